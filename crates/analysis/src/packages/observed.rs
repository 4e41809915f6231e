//! What runs were seen to use of an image, joined with its packages: opened files, imported modules.
//!
//! A run shows use. It shows the absence of use only for what it exercised, and only if its source sees every open.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use plimsoll_snapshot::runtime::{MappedFile, Observation, ObservationSource, Resident};
use plimsoll_snapshot::{Ecosystem, Image, Order as _, Paths, Snapshot, filled, path};
use serde::Serialize;

use super::evidence::Evidence;
use super::facts::Found;
use super::package::{Contradiction, ObservedUse, Owner, Package, PackageId, Use};
use super::symlinks::Symlinks;
use crate::squash::Squashed;

/// What was seen of an image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Observed {
    /// The observations of the services that run it, in the order of the snapshot.
    pub runs: Vec<ObservedRun>,
    /// For each inode, the runs that opened it: a bit for each, the last one for all that have none.
    opened: Vec<u64>,
    /// The inode of a path that some process has mapped.
    pub(super) mapped: HashMap<String, u32>,
    /// Whether every service that runs the image was seen from its start, under a named load, and completely.
    pub proves_absence: bool,
    /// The modules that were imported, with the packages that have them.
    pub(super) modules: HashMap<String, Vec<PackageId>>,
}

/// One observation of a service that runs the image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ObservedRun {
    /// The file it was read of.
    pub file: String,
    /// The service.
    pub service: String,
    /// What saw it.
    pub source: ObservationSource,
    /// The load meanwhile, if it has a name.
    pub load: Option<String>,
    /// Whether the start was seen.
    pub from_start: bool,
    /// Whether nothing was lost.
    pub complete: bool,
    /// Opened files of the image.
    pub opened_files: u64,
    /// Opened files that are not of the image.
    pub outside_files: u64,
    /// Opens that failed.
    pub failed_opens: u64,
    /// Opens of which the path is not known.
    pub unplaced_opens: u64,
    /// Events that were lost.
    pub lost_events: u64,
}

impl ObservedRun {
    /// Whether a file that it did not see was not opened: every open was seen, from the start, under a named load.
    #[must_use]
    pub fn proves_absence(&self) -> bool {
        self.source.sees_every_open() && self.from_start && self.complete && self.load.is_some()
    }
}

/// The observations of the services that run an image. What names no known service is of the only one there is.
pub(super) fn concerning<'a>(snapshot: &'a Snapshot, image: &Image) -> Vec<&'a Observation> {
    let Some(runtime) = &snapshot.runtime else { return Vec::new() };
    let is_image = |index: usize| std::ptr::eq(&snapshot.images[index], image);
    let is_service = |name: &str| {
        let runs = runtime.containers.iter().filter_map(|container| container.service.as_deref());
        let planned = runtime.planned.iter().map(|planned| planned.name.as_str());
        let images = snapshot.services.iter().map(|service| service.name.as_str());
        runs.chain(planned).chain(images).any(|known| known == name)
    };
    let is_meant = |observation: &&Observation| {
        let mut named = snapshot.services.iter().filter(|service| service.name == observation.service);
        match (named.next(), &snapshot.services[..]) {
            (Some(service), _) => is_image(service.image),
            (None, [only]) => is_image(only.image) && !is_service(&observation.service),
            _ => false,
        }
    };
    runtime.observed.iter().filter(is_meant).collect()
}

/// Whether an observation is of no image of the snapshot.
#[must_use]
pub fn is_unmatched(snapshot: &Snapshot, observation: &Observation) -> bool {
    let is_this = |one: &&Observation| std::ptr::eq(*one, observation);
    !snapshot.images.iter().any(|image| concerning(snapshot, image).iter().any(is_this))
}

/// Puts the paths of all observations where they lie in their images, and only counts those that lie in none: names of
/// uploaded files, for example, are private.
pub fn settle(snapshot: &mut Snapshot) {
    let Some(runtime) = &snapshot.runtime else { return };
    let mut settled: Vec<Option<Observation>> = vec![None; runtime.observed.len()];
    for (index, image) in snapshot.images.iter().enumerate() {
        // An image that no service runs concerns no observation.
        let is_run = snapshot.services.iter().any(|service| service.image == index);
        let meant = concerning(snapshot, image);
        if meant.is_empty() || !is_run {
            continue;
        }
        let squashed = crate::squash::squash(snapshot, image);
        let symlinks = Symlinks::new(snapshot, image, &squashed);
        let places = Places { snapshot, image, squashed: &squashed, symlinks: &symlinks };
        for (at, observation) in runtime.observed.iter().enumerate() {
            if meant.iter().any(|one| std::ptr::eq(*one, observation)) {
                settled[at] = Some(places.settled(observation));
            }
        }
    }
    let Some(runtime) = &mut snapshot.runtime else { return };
    for (observation, settled) in runtime.observed.iter_mut().zip(settled) {
        if let Some(settled) = settled {
            *observation = settled;
        }
    }
}

/// Where containers of an image have something else mounted over its code: there, neither imports that were read nor
/// opened files are those of the code that runs.
pub(super) fn mounted_code(
    snapshot: &Snapshot,
    image: &Image,
    squashed: &Squashed<'_>,
    owners: &[Owner],
    packages: &[Package],
) -> Vec<String> {
    let services =
        snapshot.services.iter().filter(|service| std::ptr::eq(&snapshot.images[service.image], image));
    let names: BTreeSet<&str> = filled(services.map(|service| service.name.as_str()));
    let runs = |service: Option<&String>| service.is_some_and(|name| names.contains(name.as_str()));
    let containers = snapshot.runtime.iter().flat_map(|runtime| &runtime.containers);
    let places: BTreeSet<&str> = filled(
        containers
            .filter(|container| runs(container.service.as_ref()))
            .flat_map(|container| &container.mounts)
            .map(|mount| mount.target.trim_matches('/')),
    );
    if places.is_empty() {
        return Vec::new();
    }
    let is_code = |owner: Owner| match owner {
        Owner::Application => true,
        Owner::Package(id) => {
            matches!(packages[id.index()].ecosystem, Ecosystem::Python | Ecosystem::Npm)
        }
        _ => false,
    };
    let working = image.config.working_dir.trim_matches('/');
    let mut over: BTreeSet<&str> = filled(places.iter().copied().filter(|place| {
        *place == working || working.strip_prefix(place).is_some_and(|rest| rest.starts_with('/'))
    }));
    for (inode, _) in squashed.inodes.iter().zip(owners).filter(|(_, owner)| is_code(**owner)) {
        let layer = &snapshot.layers[image.layers[inode.layer as usize].layer];
        let (Some(contents), None) = (&layer.contents, inode.hidden) else { continue };
        let path = contents.entries.path(inode.entry as usize);
        let is_above = |place: &&&str| {
            path.strip_prefix(place.as_bytes()).is_some_and(|rest| rest.is_empty() || rest[0] == b'/')
        };
        over.extend(places.iter().filter(is_above));
    }
    over.into_iter().map(str::to_owned).collect()
}

/// Joins what was seen with the packages. `None` if nothing was.
pub(super) fn find(
    snapshot: &Snapshot,
    image: &Image,
    squashed: &Squashed<'_>,
    found: &Found<'_>,
    symlinks: &Symlinks<'_>,
    owners: &[Owner],
    packages: &mut [Package],
) -> Option<Observed> {
    let observations = concerning(snapshot, image);
    if observations.is_empty() {
        return None;
    }
    let places = Places { snapshot, image, squashed, symlinks };
    let mut observed = Observed { opened: vec![0; squashed.inodes.len()], ..Observed::default() };
    let mut used_in = vec![0_u64; packages.len()];
    let modules = observations.iter().any(|observation| !observation.imports.is_empty());
    let evidence = modules.then(|| Evidence::new(snapshot, image, squashed, found));
    for (number, observation) in (0..).zip(&observations) {
        let bit = 1 << u32::min(number, u64::BITS - 1);
        let inodes = places.inodes(observation);
        let mut used: BTreeSet<PackageId> = BTreeSet::new();
        for &inode in &inodes {
            observed.opened[inode as usize] |= bit;
            if let Owner::Package(id) = owners[inode as usize] {
                used.insert(id);
            }
        }
        if let Some(evidence) = &evidence {
            for import in observation.imports.iter().flat_map(|run| &run.modules) {
                let packages = evidence.modules.packages(Ecosystem::Python, &import.module);
                used.extend(packages);
                observed.modules.entry(import.module.clone()).or_insert_with(|| packages.to_vec());
            }
        }
        used.iter().for_each(|id| used_in[id.index()] += 1);
        for file in observation.processes.iter().flat_map(|process| &process.files) {
            if !observed.mapped.contains_key(&file.path)
                && let Some(inode) = path::unescape(&file.path).and_then(|path| places.inode(&path))
            {
                observed.mapped.insert(file.path.clone(), inode);
            }
        }
        observed.runs.push(run(observation, inodes.len() as u64));
    }
    let services =
        snapshot.services.iter().filter(|service| std::ptr::eq(&snapshot.images[service.image], image));
    let only = snapshot.services.len() == 1;
    observed.proves_absence = services
        .map(|service| &service.name)
        .all(|name| observed.runs.iter().any(|run| run.proves_absence() && (run.service == *name || only)));
    describe(&observed, squashed, owners, &used_in, packages);
    Some(observed)
}

fn run(observation: &Observation, opened_files: u64) -> ObservedRun {
    let paths = (observation.opened.len() + observation.relative.len()) as u64;
    ObservedRun {
        file: observation.file.clone(),
        service: observation.service.clone(),
        source: observation.source,
        load: observation.load.as_ref().map(|load| load.label.clone()).filter(|label| !label.is_empty()),
        from_start: observation.from_start,
        complete: observation.lost == 0 && observation.unplaced == 0,
        opened_files,
        outside_files: observation.outside + paths.saturating_sub(opened_files),
        failed_opens: observation.failed,
        unplaced_opens: observation.unplaced,
        lost_events: observation.lost,
    }
}

/// Adds to each package what was seen of it.
fn describe(
    observed: &Observed,
    squashed: &Squashed<'_>,
    owners: &[Owner],
    used_in: &[u64],
    packages: &mut [Package],
) {
    let mut uses = vec![ObservedUse::default(); packages.len()];
    for (index, owner) in owners.iter().enumerate() {
        if let Owner::Package(id) = owner {
            let _ = observed.add(squashed, index, &mut uses[id.index()]);
        }
    }
    let sees_all = observed.runs.iter().any(|run| run.source.sees_every_open());
    for ((package, seen), &used_in) in packages.iter_mut().zip(uses).zip(used_in) {
        let contradiction = match (&package.usage, used_in > 0) {
            (Use::Unused, true) => Some(Contradiction::UsedButNotNamed),
            (Use::Imported { .. } | Use::Run { .. } | Use::Named { .. }, false)
                if sees_all && package.part_of.is_none() && seen.files > 0 =>
            {
                Some(Contradiction::NamedButNotUsed)
            }
            _ => None,
        };
        let runs = observed.runs.len() as u64;
        package.observed = package.installed.then_some(ObservedUse { used_in, runs, contradiction, ..seen });
    }
}

impl Observed {
    /// Whether some run opened an inode.
    #[must_use]
    pub fn is_opened(&self, inode: usize) -> bool {
        self.runs_of(inode) != 0
    }

    fn runs_of(&self, inode: usize) -> u64 {
        self.opened.get(inode).copied().unwrap_or(0)
    }

    /// Counts an inode of the final tree; gives the runs that opened it.
    fn add(&self, squashed: &Squashed<'_>, inode: usize, to: &mut ObservedUse) -> u64 {
        let known = &squashed.inodes[inode];
        if known.hidden.is_some() {
            return 0;
        }
        to.files += 1;
        if self.is_opened(inode) {
            to.opened_files += 1;
            to.opened_bytes += known.size;
        } else {
            to.unopened_bytes += known.size;
        }
        self.runs_of(inode)
    }

    /// What was seen of the inodes of some owner.
    #[must_use]
    pub fn of(
        &self,
        squashed: &Squashed<'_>,
        owners: &[Owner],
        is_meant: impl Fn(Owner) -> bool,
    ) -> ObservedUse {
        let mut seen = ObservedUse { runs: self.runs.len() as u64, ..ObservedUse::default() };
        let mut runs = 0;
        for (index, _) in owners.iter().enumerate().filter(|(_, owner)| is_meant(**owner)) {
            runs |= self.add(squashed, index, &mut seen);
        }
        seen.used_in = runs.count_ones().into();
        seen
    }

    /// What was seen of the directories of the final tree down to a depth, in the order of their paths.
    #[must_use]
    pub fn directories(
        &self,
        snapshot: &Snapshot,
        image: &Image,
        squashed: &Squashed<'_>,
        depth: usize,
    ) -> Vec<(String, ObservedUse)> {
        let mut sums: BTreeMap<Vec<u8>, (ObservedUse, u64)> = BTreeMap::new();
        for (index, inode) in squashed.inodes.iter().enumerate().filter(|(_, inode)| inode.hidden.is_none()) {
            let layer = &snapshot.layers[image.layers[inode.layer as usize].layer];
            let Some(contents) = &layer.contents else { continue };
            let path = contents.entries.path(inode.entry as usize);
            let mut end = 0;
            for _ in 0..depth {
                let Some(slash) = path[end..].iter().position(|&byte| byte == b'/') else { break };
                end += slash + 1;
                let (seen, runs) = sums.entry(path[..end - 1].to_vec()).or_default();
                *runs |= self.add(squashed, index, seen);
            }
        }
        let all = self.runs.len() as u64;
        let shown = |(path, (seen, runs)): (Vec<u8>, (ObservedUse, u64))| {
            let seen = ObservedUse { used_in: runs.count_ones().into(), runs: all, ..seen };
            (path::escape(&path).into_owned(), seen)
        };
        sums.into_iter().map(shown).collect()
    }
}

/// Finds what paths of a container mean in the image.
struct Places<'a, 's> {
    snapshot: &'a Snapshot,
    image: &'a Image,
    squashed: &'a Squashed<'a>,
    symlinks: &'a Symlinks<'s>,
}

impl Places<'_, '_> {
    /// The inodes that an observation names, each once.
    fn inodes(&self, observation: &Observation) -> BTreeSet<u32> {
        let working = self.image.config.working_dir.as_bytes();
        let below = observation.relative.iter().map(|path| [working, b"/", path].concat());
        let all = |paths: &Paths| paths.iter().map(<[u8]>::to_vec).collect::<Vec<_>>();
        let paths: Vec<Vec<u8>> = all(&observation.opened).into_iter().chain(below).collect();
        // Each path follows a few links; what is opened is as long as it is.
        self.symlinks.allow(paths.iter().map(|path| 4 * path.len() as u64 + 256).sum());
        paths.iter().filter_map(|path| self.inode(path)).collect()
    }

    /// An observation whose paths all lie in the image.
    fn settled(&self, observation: &Observation) -> Observation {
        let inodes = self.inodes(observation);
        let mut paths: Vec<&[u8]> = inodes.iter().map(|&inode| self.path(inode)).collect();
        paths.order_by(|left, right| path::compare(left, right));
        let all = (observation.opened.len() + observation.relative.len()) as u64;
        let mut settled = Observation {
            opened: paths.iter().copied().collect(),
            relative: Paths::default(),
            outside: observation.outside + all.saturating_sub(paths.len() as u64),
            ..observation.clone()
        };
        for process in &mut settled.processes {
            let is_here = |file: &MappedFile| {
                path::unescape(&file.path).is_some_and(|path| self.inode(&path).is_some())
            };
            let (mut files, others): (Vec<_>, Vec<_>) =
                std::mem::take(&mut process.files).into_iter().partition(is_here);
            let mut sum = Resident::default();
            others.iter().for_each(|file| sum += file.resident);
            if !others.is_empty() {
                files.push(MappedFile { path: String::new(), resident: sum });
            }
            process.files = files;
        }
        settled
    }

    /// A path of an inode in the final tree.
    fn path(&self, inode: u32) -> &[u8] {
        let Some((layer, entry)) = self.squashed.names_of(inode).next() else { return &[] };
        let layer = &self.snapshot.layers[self.image.layers[layer as usize].layer];
        layer.contents.as_ref().map_or(&[], |contents| contents.entries.path(entry as usize))
    }

    /// The file of the final tree at a path, as the kernel would find it.
    fn inode(&self, path: &[u8]) -> Option<u32> {
        let real = self.symlinks.resolve(path).unwrap_or_else(|| without_dots(path));
        let mut layers = self.image.layers.iter().zip(0_u32..);
        layers.find_map(|(layer, index)| {
            let contents = self.snapshot.layers[layer.layer].contents.as_ref()?;
            let entry = u32::try_from(contents.entries.find(&real)?).ok()?;
            self.squashed.names.is_alive(index, entry).then(|| self.squashed.inode_of(index, entry))?
        })
    }
}

/// A path without links on the way, whose `..` leads to the directory above.
fn without_dots(path: &[u8]) -> Vec<u8> {
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in path.split(|&byte| byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join(&b'/')
}
