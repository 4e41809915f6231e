//! Splits an image that several services run: what each needs of it, what both need, and what it would weigh alone.
//!
//! A service is known by the command it runs. Its code is what that command names, what lies beside it in its own
//! directory, and what this code imports of the application; its packages are what all that imports or runs, and what
//! those need. Everything but packages of languages is taken to be needed by every service: so a prediction is an
//! upper bound of what a split leaves.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use plimsoll_snapshot::{Bytes, Image, Order as _, Service, Snapshot, path};
use serde::Serialize;

use super::catalogue::{Catalogue, catalogue};
use super::commands::words_of;
use super::evidence::Evidence;
use super::installed;
use super::package::{DependencyKind, Package, PackageId, Use, Want};
use super::pnp::PlugNPlay;
use super::symlinks::Symlinks;
use crate::squash::{Squashed, squash};

/// One image that several services run.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Split {
    /// The name of the image.
    pub reference: Option<String>,
    /// Image size: what each of the services pulls now.
    pub size_bytes: Bytes,
    /// The services, in their order.
    pub services: Vec<ServiceShare>,
    /// Packages that several of them need.
    pub shared: Part,
    /// Packages that none of them is seen to need.
    pub unused: Part,
}

/// What one service needs of an image.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ServiceShare {
    /// The name of the service.
    pub service: String,
    /// The files of the application that it begins with.
    pub entries: Vec<String>,
    /// How many files of the application it reaches.
    pub files: u64,
    /// Packages that it alone needs.
    pub only: Part,
    /// The size of an image with what it needs, and everything that is no package of a language.
    pub predicted_bytes: Bytes,
}

/// Some packages, and their size.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Part {
    /// Their bytes in all layers.
    pub bytes: Bytes,
    /// The packages, the largest first.
    pub packages: Vec<Package>,
}

/// Every image that several services run, with commands that can be followed into its code.
#[must_use]
pub fn splits(snapshot: &Snapshot) -> Vec<Split> {
    let mut by_image: BTreeMap<usize, Vec<&Service>> = BTreeMap::new();
    for service in &snapshot.services {
        by_image.entry(service.image).or_default().push(service);
    }
    by_image.retain(|_, services| services.len() > 1);
    by_image
        .into_iter()
        .filter_map(|(index, services)| {
            let image = &snapshot.images[index];
            let squashed = squash(snapshot, image);
            let catalogue = catalogue(snapshot, image, &squashed);
            let commands: Vec<_> = services
                .iter()
                .map(|service| (service.name.as_str(), command(snapshot, image, &service.name)))
                .collect();
            split(snapshot, image, &squashed, &catalogue, &commands)
        })
        .collect()
}

/// What a service runs: as a compose file plans it, as its container was started, or as the image says.
fn command<'a>(snapshot: &'a Snapshot, image: &'a Image, service: &str) -> Vec<&'a str> {
    let runtime = snapshot.runtime.as_ref();
    let planned = runtime.and_then(|runtime| {
        let planned = runtime.planned.iter().find(|planned| planned.name == service)?;
        planned.command.as_ref()
    });
    match planned {
        Some(command) if !command.0.is_empty() => words_of(&command.0),
        _ => words_of(&image.config.entrypoint).into_iter().chain(words_of(&image.config.command)).collect(),
    }
}

/// Splits an image by the commands that services run it with; `None` if fewer than two lead into its code.
#[must_use]
pub fn split(
    snapshot: &Snapshot,
    image: &Image,
    squashed: &Squashed<'_>,
    catalogue: &Catalogue,
    commands: &[(&str, Vec<&str>)],
) -> Option<Split> {
    let symlinks = Symlinks::new(snapshot, image, squashed);
    let plug_n_play = PlugNPlay::new(snapshot, image, squashed);
    let found = installed::find(snapshot, image, squashed, &symlinks, &plug_n_play);
    let evidence = Evidence::new(snapshot, image, squashed, &found);
    let code = Code::new(&evidence, &image.config.working_dir);
    // Services that run the same command need the same.
    let mut known: BTreeMap<&[&str], Rc<Followed>> = BTreeMap::new();
    // Settings that name a package are of no service: every one needs it.
    let named: BTreeSet<PackageId> = (catalogue.installed())
        .filter(|package| matches!(package.usage, Use::Named { .. } | Use::Plugin { .. }))
        .map(|package| package.id)
        .collect();
    let follow = |words: &[&str]| {
        let entries = code.entries(words);
        let files = code.reached(&entries);
        let mut packages = evidence.run_by(words);
        packages.extend(&named);
        packages.extend(files.iter().flat_map(|&file| evidence.imported_by(file)));
        let packages = with_needs(catalogue, packages);
        Rc::new(Followed { entries, files: files.len() as u64, packages })
    };
    let followed: Vec<(&str, Rc<Followed>)> = (commands.iter())
        .map(|(service, words)| (*service, Rc::clone(known.entry(words).or_insert_with(|| follow(words)))))
        .collect();
    if followed.iter().filter(|(_, followed)| !followed.entries.is_empty()).count() < 2 {
        return None;
    }
    let size: Bytes = squashed.inodes.iter().map(|inode| inode.size).sum();
    let of_languages: BTreeSet<PackageId> = (catalogue.installed())
        .filter(|package| !matches!(package.usage, Use::Unknown) && !package.ecosystem.is_system())
        .map(|package| package.id)
        .collect();
    let mut users: BTreeMap<PackageId, usize> = BTreeMap::new();
    for (_, followed) in &followed {
        followed.packages.iter().for_each(|&id| *users.entry(id).or_default() += 1);
    }
    let needed_by = |id: &PackageId| users.get(id).copied().unwrap_or(0);
    let part = |ids: BTreeSet<PackageId>| part(catalogue, &ids);
    let services = followed
        .iter()
        .map(|(service, followed)| {
            let Followed { entries, files, packages } = &**followed;
            let needless: Vec<PackageId> = of_languages.difference(packages).copied().collect();
            let needless = catalogue.freed(&needless).image;
            ServiceShare {
                service: (*service).to_owned(),
                entries: entries.iter().map(|&file| path::escape(evidence.path(file)).into_owned()).collect(),
                files: *files,
                only: part(packages.iter().copied().filter(|id| needed_by(id) == 1).collect()),
                predicted_bytes: size - needless,
            }
        })
        .collect();
    Some(Split {
        reference: image.reference.clone(),
        size_bytes: size,
        services,
        shared: part(of_languages.iter().copied().filter(|id| needed_by(id) > 1).collect()),
        unused: part(of_languages.iter().copied().filter(|id| needed_by(id) == 0).collect()),
    })
}

/// What a command leads to.
struct Followed {
    /// The files it begins with.
    entries: Vec<usize>,
    /// How many files those lead to.
    files: u64,
    /// The packages these need.
    packages: BTreeSet<PackageId>,
}

fn part(catalogue: &Catalogue, ids: &BTreeSet<PackageId>) -> Part {
    let mut packages: Vec<Package> = ids.iter().map(|&id| catalogue.package(id).clone()).collect();
    packages.order_by_key(|package| (std::cmp::Reverse(package.image_bytes), package.id));
    Part { bytes: packages.iter().map(|package| package.image_bytes).sum(), packages }
}

/// Packages with all that they need. What they can make use of is needed only if nothing else says why it is there.
fn with_needs(catalogue: &Catalogue, packages: BTreeSet<PackageId>) -> BTreeSet<PackageId> {
    let mut all = BTreeSet::new();
    let mut pending: Vec<PackageId> = packages.into_iter().collect();
    while let Some(id) = pending.pop() {
        if all.insert(id) {
            pending.extend(catalogue.graph.needs(id));
            let is_needed = |want: &&Want| {
                want.kind < DependencyKind::Optional
                    || matches!(catalogue.package(want.package).usage, Use::Optional { .. })
            };
            pending.extend(catalogue.graph.wants(id).iter().filter(is_needed).map(|want| want.package));
        }
    }
    all
}

/// The code of the application: its source files, and which of them import which.
struct Code<'e> {
    evidence: &'e Evidence<'e>,
    by_path: BTreeMap<&'e [u8], usize>,
    working_dir: &'e str,
}

impl<'e> Code<'e> {
    fn new(evidence: &'e Evidence<'e>, working_dir: &'e str) -> Self {
        let by_path = (0..evidence.len()).map(|file| (evidence.path(file), file)).collect();
        Self { evidence, by_path, working_dir: working_dir.trim_matches('/') }
    }

    /// The source files that a command names: `frontend/app.py`, `-m backend.main`, `backend.main:app`.
    fn entries(&self, words: &[&str]) -> Vec<usize> {
        let mut entries: Vec<usize> = words
            .iter()
            .filter_map(|word| {
                let word = word.trim_matches(['"', '\'']);
                let target = word.split(':').next().unwrap_or(word);
                self.file(word).or_else(|| self.module(self.working_dir.as_bytes(), target))
            })
            .collect();
        entries.dedup();
        entries
    }

    fn file(&self, word: &str) -> Option<usize> {
        let relative = word.trim_start_matches("./");
        let path = match relative.strip_prefix('/') {
            Some(absolute) => absolute.to_owned(),
            None if self.working_dir.is_empty() => relative.to_owned(),
            None => format!("{}/{relative}", self.working_dir),
        };
        self.by_path.get(path.as_bytes()).copied()
    }

    /// The file of a module, looked for in a directory.
    fn module(&self, directory: &[u8], module: &str) -> Option<usize> {
        let mut path = directory.to_vec();
        for part in module.split('.').filter(|part| !part.is_empty()) {
            if !path.is_empty() {
                path.push(b'/');
            }
            path.extend_from_slice(part.as_bytes());
        }
        let endings: [&[u8]; 5] = [b".py", b"/__init__.py", b".js", b".mjs", b"/index.js"];
        endings.iter().find_map(|ending| self.by_path.get(&[&path, *ending].concat()[..]).copied())
    }

    /// The files that are reached from some: through imports, and those beside an entry that has its own directory.
    fn reached(&self, entries: &[usize]) -> BTreeSet<usize> {
        let mut reached = BTreeSet::new();
        let mut pending = entries.to_vec();
        for &entry in entries {
            let directory = path::parent(self.evidence.path(entry));
            if !directory.is_empty() && directory != self.working_dir.as_bytes() {
                // What is imported relatively is not noted: all of the directory is taken.
                let below = self.by_path.iter().filter(|(path, _)| {
                    path.strip_prefix(directory).is_some_and(|rest| rest.starts_with(b"/"))
                });
                pending.extend(below.map(|(_, &file)| file));
            }
        }
        while let Some(file) = pending.pop() {
            if reached.insert(file) {
                let beside = path::parent(self.evidence.path(file));
                let modules = self.evidence.modules(file).iter();
                pending.extend(modules.filter_map(|module| {
                    let parent = module.rsplit_once('.').map_or(module.as_str(), |(parent, _)| parent);
                    [module.as_str(), parent].into_iter().find_map(|module| {
                        self.module(self.working_dir.as_bytes(), module)
                            .or_else(|| self.module(beside, module))
                    })
                }));
            }
        }
        reached
    }
}
