//! Gives every inode its one owner.
//!
//! In this order: a package whose list has the file in its own layer; one whose list has its path in another layer
//! (a later layer that only changed the owner of the file copied it); compiled Python goes with its source; a package
//! in whose directory it lies; weights of models; caches; the application; none. Packages of the operating system come
//! before those of languages, because it is the system that installs and removes them.
//!
//! An inode with several names belongs to the package that claims any of them. Who else has a name of it is noted: its
//! bytes are freed only when all of them let go.

use std::collections::{BTreeSet, HashMap, HashSet};

use plimsoll_snapshot::{Ecosystem, FileList, Files, Image, Order as _, Snapshot, path};

use super::areas::{Application, Caches, is_store};
use super::facts::{Found, NONE, facts, path_of};
use super::package::{Owner, PackageId};
use super::running_from::RunningFrom;
use super::symlinks::Symlinks;
use crate::squash::{Names, Squashed};

/// The owner of each inode.
pub(super) struct Ownership {
    /// The owner of each inode.
    pub(super) owners: Vec<Owner>,
    /// The inodes whose names belong to different owners, in order, with all of these.
    pub(super) shared: Vec<(u32, Vec<Owner>)>,
    /// For each described package the one that claims the file it is described by.
    pub(super) holders: Vec<Option<PackageId>>,
}

/// One name of an inode, and the package that claims it.
struct Place {
    inode: u32,
    layer: u32,
    entry: u32,
    package: u32,
}

/// Finds the owner of each inode.
pub(super) fn assign(
    snapshot: &Snapshot,
    image: &Image,
    squashed: &Squashed<'_>,
    found: &Found<'_>,
    symlinks: &Symlinks<'_>,
    running_from: &RunningFrom,
) -> Ownership {
    let mut claims = Claims::new(snapshot, image, squashed, found, symlinks);
    claims.lists();
    let nearest = claims.directories();
    let mut places = claims.places(&nearest);
    compiled_python(snapshot, image, squashed, &mut places);
    let holders = claims.add_nearest(&nearest, &mut places);
    let mut model_of = vec![NONE; squashed.inodes.len()];
    for (model, id) in found.models.iter().zip(found.described.len()..) {
        model.inodes.iter().for_each(|&inode| claim(&mut model_of[inode as usize], PackageId::new(id).0));
    }
    let application = Application::of(snapshot, image, squashed);
    let mut caches = Caches::default();
    let mut owner = |place: &Place| {
        let package = if place.package == NONE { model_of[place.inode as usize] } else { place.package };
        if package != NONE {
            return Some(Owner::Package(PackageId(package)));
        }
        let path = path_of(snapshot, image, place.layer, place.entry);
        match caches.of(path) {
            Some(kind) if !running_from.leads_to(squashed.names.of(place.layer, place.entry)) => {
                Some(Owner::Cache(kind))
            }
            _ if is_store(path) => None,
            _ if application.owns(place.layer, path) => Some(Owner::Application),
            _ => Some(Owner::Unowned),
        }
    };
    let mut owners = Vec::with_capacity(squashed.inodes.len());
    let mut shared = Vec::new();
    // The names of an inode come one after the other.
    for names in places.chunk_by(|left, right| left.inode == right.inode) {
        let all: BTreeSet<Owner> = names.iter().filter_map(&mut owner).collect();
        owners.push(all.iter().copied().min_by_key(|&owner| rank(owner)).unwrap_or(Owner::Unowned));
        if all.len() > 1 {
            shared.push((names[0].inode, all.into_iter().collect()));
        }
    }
    Ownership { owners, shared, holders }
}

/// Of several owners the one that counts: what is a cache under one of its names is none under the others.
fn rank(owner: Owner) -> (u8, Owner) {
    let rank = match owner {
        Owner::Package(_) => 0,
        Owner::Application => 1,
        Owner::Unowned => 2,
        Owner::Cache(_) => 3,
    };
    (rank, owner)
}

struct Claims<'c> {
    snapshot: &'c Snapshot,
    image: &'c Image,
    squashed: &'c Squashed<'c>,
    found: &'c Found<'c>,
    symlinks: &'c Symlinks<'c>,
    /// For each layer the package that claims each of its entries.
    of_entries: Vec<Vec<u32>>,
    /// The package that claims each name, in whatever layer.
    of_names: Vec<u32>,
    /// The package that claims what lies below a name.
    below: HashMap<u32, u32>,
    /// The package of the system that claims what lies below a name, listed or not.
    below_system: HashMap<u32, u32>,
    /// The names that lists give to files which a package moved out of its way.
    diverted: HashMap<u32, Diverted>,
}

/// A file that has another name than lists give it.
struct Diverted {
    /// The package whose own file has the name.
    by: u32,
    /// The name that the file of any other package has.
    to: u32,
}

impl<'c> Claims<'c> {
    fn new(
        snapshot: &'c Snapshot,
        image: &'c Image,
        squashed: &'c Squashed<'c>,
        found: &'c Found<'c>,
        symlinks: &'c Symlinks<'c>,
    ) -> Self {
        let entries = |layer: &plimsoll_snapshot::ImageLayer| {
            let contents = snapshot.layers[layer.layer].contents.as_ref();
            contents.map_or(0, |contents| contents.entries.len())
        };
        Self {
            snapshot,
            image,
            squashed,
            found,
            symlinks,
            of_entries: image.layers.iter().map(|layer| vec![NONE; entries(layer)]).collect(),
            of_names: vec![NONE; squashed.names.len()],
            below: HashMap::new(),
            below_system: HashMap::new(),
            diverted: HashMap::new(),
        }
    }

    /// Claims by lists of files, in the order of ecosystems: the first claim holds.
    fn lists(&mut self) {
        let found = self.found;
        let mut by_key: HashMap<(Ecosystem, &str), u32> = HashMap::new();
        // Later ones are not installed any more: those that are keep their key.
        for (package, id) in found.described.iter().zip(0..) {
            for (_, fact) in &package.all {
                by_key.entry((fact.ecosystem, fact.key.as_str())).or_insert(id);
            }
        }
        // dpkg calls the list of a package `NAME:ARCH.list` if several may be installed side by side, and `NAME.list` on systems
        // that were made otherwise. The second name tells no two of them apart.
        let mut by_bare_name: HashMap<(Ecosystem, &str), Option<u32>> = HashMap::new();
        for (&(ecosystem, key), &id) in &by_key {
            if let Some((name, _)) = key.split_once(':') {
                by_bare_name.entry((ecosystem, name)).and_modify(|known| *known = None).or_insert(Some(id));
            }
        }
        self.divert(&by_key);
        let mut lists: Vec<(Ecosystem, u32, u32, &FileList)> = Vec::new();
        for (layer, facts) in facts(self.snapshot, self.image) {
            for list in &facts.file_lists {
                let whole = list.package.as_str();
                let owner =
                    by_key.get(&(list.ecosystem, whole)).copied().or_else(|| match whole.split_once(':') {
                        Some((name, _)) => by_key.get(&(list.ecosystem, name)).copied(),
                        None => by_bare_name.get(&(list.ecosystem, whole)).copied().flatten(),
                    });
                if let Some(owner) = owner {
                    lists.push((list.ecosystem, owner, layer, &list.files));
                    // A file that describes packages and lists their files is of all of them.
                    if facts.packages.binary_search_by_key(&list.entry, |fact| fact.entry).is_err() {
                        self.claim_entry(owner, layer, list.entry);
                    }
                }
            }
        }
        for (package, id) in found.described.iter().zip(0..) {
            for &(layer, fact) in &package.all {
                if let Files::Listed(list) = &fact.files {
                    lists.push((fact.ecosystem, id, layer, list));
                }
            }
        }
        lists.order_by_key(|&(ecosystem, owner, layer, _)| (ecosystem, owner, layer));
        for &(_, owner, layer, list) in &lists {
            for entry in list.entries() {
                match self.diverted_name(owner, layer, entry) {
                    Some(name) => claim(&mut self.of_names[name as usize], owner),
                    None => self.claim_entry(owner, layer, entry),
                }
            }
            for path in list.elsewhere.iter() {
                if let Some(name) = self.name_at(path) {
                    let moved = self.diverted.get(&name).filter(|diverted| diverted.by != owner);
                    claim(&mut self.of_names[moved.map_or(name, |diverted| diverted.to) as usize], owner);
                }
            }
        }
        // A package may be installed as links to where its files lie. What others list stays theirs.
        for (ecosystem, owner, layer, list) in lists {
            let contents = &self.snapshot.layers[self.image.layers[layer as usize].layer].contents;
            let linked = self.symlinks.leading_to(contents.as_deref(), list, ecosystem.is_system());
            for path in linked {
                if let Some(name) = self.name_at(&path) {
                    claim(&mut self.of_names[name as usize], owner);
                }
            }
        }
    }

    /// Notes which files lists call by the name of another (dpkg-divert(1)).
    fn divert(&mut self, by_key: &HashMap<(Ecosystem, &str), u32>) {
        for (_, facts) in facts(self.snapshot, self.image) {
            for fact in &facts.diversions {
                let name = |path: &str| {
                    let path = path::unescape(path)?;
                    self.name_at(&path).or_else(|| self.name_at(&[b"usr/", &path[..]].concat()))
                };
                let (Some(from), Some(to)) = (name(&fact.from), name(&fact.to)) else { continue };
                let by = by_key.get(&(Ecosystem::Dpkg, fact.by.as_str())).copied().unwrap_or(NONE);
                self.diverted.insert(from, Diverted { by, to });
            }
        }
    }

    /// The name of the file that a list means by that of an entry, if a package moved it.
    fn diverted_name(&self, owner: u32, layer: u32, entry: u32) -> Option<u32> {
        if self.diverted.is_empty() || entry as usize >= self.of_entries[layer as usize].len() {
            return None;
        }
        let name = self.squashed.names.of(layer, entry);
        self.diverted.get(&name).filter(|diverted| diverted.by != owner).map(|diverted| diverted.to)
    }

    /// Claims by directory, and of the files that describe a package alone. Gives the nearest claim of each name.
    fn directories(&mut self) -> Nearest {
        let found = self.found;
        let shared = shared_descriptions(found);
        let mut alone = Vec::new();
        for (package, id) in found.described.iter().zip(0..) {
            for &(layer, fact) in &package.all {
                match &fact.files {
                    Files::Below(paths) => {
                        for path in paths.iter() {
                            if let Some(name) = self.name_at(path) {
                                let is_system = fact.ecosystem.is_system();
                                let below = if is_system { &mut self.below_system } else { &mut self.below };
                                below.entry(name).or_insert(id);
                            }
                        }
                    }
                    Files::Itself => {
                        alone.push((id, layer, fact.entry));
                        continue;
                    }
                    Files::Listed(_) | Files::Unknown => {}
                }
                match fact.ecosystem {
                    // The database is that of all packages, unless there is a file of each.
                    Ecosystem::Dpkg if package.path.starts_with(b"var/lib/dpkg/status.d/") => {
                        self.claim_entry(id, layer, fact.entry);
                    }
                    ecosystem if ecosystem.has_database() => {}
                    Ecosystem::Python => {
                        let name = self.squashed.names.of(layer, fact.entry);
                        let directory = self.squashed.names.parent(name);
                        // An egg-info that is a single file lies among all the others.
                        if path::parent(package.path) == fact.key.as_bytes() {
                            self.below.entry(directory).or_insert(id);
                        }
                        self.claim_entry(id, layer, fact.entry);
                    }
                    _ if matches!(fact.files, Files::Unknown) || shared.contains(&(layer, fact.entry)) => {}
                    _ => self.claim_entry(id, layer, fact.entry),
                }
            }
        }
        let nearest =
            Nearest { of_systems: self.nearest(&self.below_system), of_languages: self.nearest(&self.below) };
        self.files_alone(&alone, &nearest);
        self.dpkg_scripts();
        nearest
    }

    /// Claims of files that are packages themselves. What came with a runtime is a part of that: `jrt-fs.jar` of a JDK,
    /// the compiler of Go.
    fn files_alone(&mut self, files: &[(u32, u32, u32)], nearest: &Nearest) {
        let described = &self.found.described;
        let is_runtime = |id: u32| {
            described.get(id as usize).is_some_and(|package| package.fact.ecosystem == Ecosystem::Generic)
        };
        for &(id, layer, entry) in files {
            let name = self.squashed.names.of(layer, entry);
            if !is_runtime(Nearest::at(&nearest.of_languages, name)) {
                self.claim_entry(id, layer, entry);
            }
        }
    }

    /// The scripts and lists that dpkg keeps of a package: `var/lib/dpkg/info/NAME.postinst`.
    fn dpkg_scripts(&mut self) {
        const INFO: &[u8] = b"var/lib/dpkg/info/";
        let found = self.found;
        let keys: HashMap<&str, u32> = (found.described.iter().zip(0..))
            .filter(|(package, _)| package.fact.ecosystem == Ecosystem::Dpkg)
            .map(|(package, id)| (package.fact.key.as_str(), id))
            .collect();
        if keys.is_empty() {
            return;
        }
        for (layer, index) in self.image.layers.iter().zip(0..) {
            let Some(contents) = &self.snapshot.layers[layer.layer].contents else { continue };
            let from = contents.entries.lower_bound(INFO.strip_suffix(b"/").unwrap_or(INFO));
            for entry in from..contents.entries.len() {
                let Some(name) = contents.entries.get(entry).path.strip_prefix(INFO) else {
                    if contents.entries.get(entry).path.starts_with(b"var/lib/dpkg/info") {
                        continue;
                    }
                    break;
                };
                let stem = name.rsplitn(2, |&byte| byte == b'.').last().unwrap_or(name);
                let owner = str::from_utf8(stem).ok().and_then(|stem| {
                    keys.get(stem).or_else(|| keys.get(stem.split_once(':').map_or(stem, |(name, _)| name)))
                });
                if let Some(&owner) = owner {
                    self.claim_entry(owner, index, u32::try_from(entry).unwrap_or(NONE));
                }
            }
        }
    }

    fn claim_entry(&mut self, owner: u32, layer: u32, entry: u32) {
        if let Some(claimed) = self.of_entries[layer as usize].get_mut(entry as usize) {
            claim(claimed, owner);
            claim(&mut self.of_names[self.squashed.names.of(layer, entry) as usize], owner);
        }
    }

    /// The name of a path, if any layer has it or something below it.
    fn name_at(&self, path: &[u8]) -> Option<u32> {
        self.image.layers.iter().zip(0..).find_map(|(layer, index)| {
            let entries = &self.snapshot.layers[layer.layer].contents.as_ref()?.entries;
            let at = entries.lower_bound(path);
            let found = (at < entries.len()).then(|| entries.get(at).path)?;
            let rest = found.strip_prefix(path)?;
            if !rest.is_empty() && !rest.starts_with(b"/") {
                return None;
            }
            let mut name = self.squashed.names.of(index, u32::try_from(at).ok()?);
            for _ in rest.iter().filter(|&&byte| byte == b'/') {
                name = self.squashed.names.parent(name);
            }
            Some(name)
        })
    }

    /// Every name of every inode, with the package whose list has it, or that of the system in whose directory it lies.
    fn places(&self, nearest: &Nearest) -> Vec<Place> {
        let is_system = |package: u32| {
            let described = self.found.described.get(package as usize);
            described.is_some_and(|package| package.fact.ecosystem.is_system())
        };
        let inodes = 0..u32::try_from(self.squashed.inodes.len()).unwrap_or(NONE);
        let place = |inode: u32, (layer, entry): (u32, u32)| {
            let of_entry = self.of_entries[layer as usize][entry as usize];
            let name = self.squashed.names.of(layer, entry);
            let listed = if of_entry == NONE { self.of_names[name as usize] } else { of_entry };
            let of_system = Nearest::at(&nearest.of_systems, name);
            let package = if of_system != NONE && !is_system(listed) { of_system } else { listed };
            Place { inode, layer, entry, package }
        };
        let mut places = Vec::with_capacity(self.squashed.inodes.len());
        for (inode, stored) in inodes.zip(&self.squashed.inodes) {
            let before = places.len();
            places.extend(self.squashed.names_of(inode).map(|name| place(inode, name)));
            // Every inode has an owner, whatever its names are.
            if places.len() == before {
                places.push(place(inode, (stored.layer, stored.entry)));
            }
        }
        places
    }

    /// Gives what has no owner yet to the package whose directory it lies in, and tells who claims the descriptions of
    /// packages.
    fn add_nearest(&self, nearest: &Nearest, places: &mut [Place]) -> Vec<Option<PackageId>> {
        let names = &self.squashed.names;
        let nearest = |layer, entry| {
            let name = names.of(layer, entry);
            let mut package = Nearest::at(&nearest.of_systems, name);
            claim(&mut package, Nearest::at(&nearest.of_languages, name));
            package
        };
        for place in places {
            claim(&mut place.package, nearest(place.layer, place.entry));
        }
        let holder = |package: &super::facts::Described<'_>| {
            let (layer, entry) = (package.layer, package.fact.entry);
            let mut holder = self.of_entries[layer as usize][entry as usize];
            claim(&mut holder, self.of_names[names.of(layer, entry) as usize]);
            claim(&mut holder, nearest(layer, entry));
            (holder != NONE).then_some(PackageId(holder))
        };
        self.found.described.iter().map(holder).collect()
    }

    /// For each name the package of the nearest directory that one claims; nothing if none does.
    fn nearest(&self, below: &HashMap<u32, u32>) -> Vec<u32> {
        let names = &self.squashed.names;
        let mut nearest = vec![NONE; if below.is_empty() { 0 } else { names.len() }];
        // Parents come before their children.
        for name in 0..nearest.len() {
            let name = u32::try_from(name).unwrap_or(NONE);
            let inherited = if name == Names::ROOT { NONE } else { nearest[names.parent(name) as usize] };
            nearest[name as usize] = below.get(&name).copied().unwrap_or(inherited);
        }
        nearest
    }
}

/// For each name the package that claims the nearest directory it lies in; empty if no package claims one.
struct Nearest {
    of_systems: Vec<u32>,
    of_languages: Vec<u32>,
}

impl Nearest {
    fn at(packages: &[u32], name: u32) -> u32 {
        packages.get(name as usize).copied().unwrap_or(NONE)
    }
}

/// The files (layer and entry) that describe several packages, each with its own files: they belong to none.
fn shared_descriptions(found: &Found<'_>) -> HashSet<(u32, u32)> {
    let mut seen = HashSet::new();
    let described = found.described.iter().flat_map(|package| &package.all);
    let with_files = described.filter(|(_, fact)| matches!(fact.files, Files::Below(_)));
    with_files.map(|&(layer, fact)| (layer, fact.entry)).filter(|place| !seen.insert(*place)).collect()
}

fn claim(place: &mut u32, owner: u32) {
    if *place == NONE {
        *place = owner;
    }
}

/// `__pycache__/x.cpython-311.pyc` belongs to the owner of `x.py`.
fn compiled_python(snapshot: &Snapshot, image: &Image, squashed: &Squashed<'_>, places: &mut [Place]) {
    let names = &squashed.names;
    let mut compiled: HashMap<(u32, &[u8]), Vec<usize>> = HashMap::new();
    for (index, place) in places.iter().enumerate().filter(|(_, place)| place.package == NONE) {
        let path = path_of(snapshot, image, place.layer, place.entry);
        if let Some(stem) = compiled_stem(path) {
            let cache = names.parent(names.of(place.layer, place.entry));
            compiled.entry((names.parent(cache), stem)).or_default().push(index);
        }
    }
    if compiled.is_empty() {
        return;
    }
    for index in 0..places.len() {
        let Place { layer, entry, package, .. } = places[index];
        let path = path_of(snapshot, image, layer, entry);
        let Some(stem) = path::name(path).strip_suffix(b".py") else { continue };
        if package == NONE {
            continue;
        }
        let directory = names.parent(names.of(layer, entry));
        for compiled in compiled.remove(&(directory, stem)).unwrap_or_default() {
            places[compiled].package = package;
        }
    }
}

/// The name of the source of a compiled file, without its ending (PEP 3147).
fn compiled_stem(path: &[u8]) -> Option<&[u8]> {
    let name = path::name(path).strip_suffix(b".pyc")?;
    (path::name(path::parent(path)) == b"__pycache__").then_some(())?;
    let tag = (0..name.len())
        .find(|&at| [&b".cpython-"[..], b".pypy"].iter().any(|tag| name[at..].starts_with(tag)))?;
    Some(&name[..tag])
}
