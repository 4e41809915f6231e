//! Whether anything uses a package, by static evidence: imports of the application's own code, the command the image
//! runs, names in settings, strings and scripts, and the needs of packages that are used.
//!
//! "Unused" means: neither imported nor named by the code that was seen, not run by the image, nor needed by anything
//! that is. What is loaded by a name that is made at run time cannot be seen. A package that a used one *can* make use
//! of (an extra, such as the driver of a database, or a plugin) is therefore never called unused.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_snapshot::{Ecosystem, Image, Snapshot, filled, path};

use super::evidence::Evidence;
use super::facts::Found;
use super::graph::Graph;
use super::mentions::{self, Mentions, Place};
use super::package::{Package, PackageId, Use};
use super::plugins::{self, Loaded};
use crate::squash::Squashed;

/// Finds what is used.
pub(super) fn find(
    snapshot: &Snapshot,
    image: &Image,
    squashed: &Squashed<'_>,
    found: &Found<'_>,
    graph: &Graph,
    packages: &mut [Package],
) {
    let evidence = Evidence::new(snapshot, image, squashed, found);
    let mut seen: BTreeSet<Ecosystem> = filled(evidence.sources.iter().map(|source| source.ecosystem));
    let mut imported: BTreeMap<PackageId, BTreeSet<&[u8]>> = BTreeMap::new();
    for (file, source) in evidence.sources.iter().enumerate() {
        for id in evidence.imported_by(file) {
            imported.entry(id).or_default().insert(source.path);
        }
    }
    let Mentions { run, named } = mentions::find(snapshot, image, squashed, &evidence.modules);
    // Where nothing at all was seen to be used, the code was not seen.
    let evident = |ecosystem: Ecosystem| {
        let mut used = imported.keys().chain(run.keys()).chain(named.keys());
        used.any(|id| packages[id.index()].ecosystem == ecosystem)
    };
    seen.retain(|&ecosystem| evident(ecosystem));

    let mut usage: Vec<Option<Use>> = vec![None; packages.len()];
    for (&id, files) in &imported {
        // Code that is no test says more.
        let (tests, code): (Vec<&[u8]>, Vec<&[u8]>) = files.iter().partition(|file| is_test(file));
        let some = code.iter().chain(&tests).take(Use::FILES);
        let some = some.map(|file| path::escape(file).into_owned()).collect();
        usage[id.index()] = Some(Use::Imported { files: some, count: files.len() as u64 });
    }
    for (&id, by) in &run {
        usage[id.index()].get_or_insert(Use::Run { by: (*by).to_owned() });
    }
    for (&id, places) in &named {
        let of_test = |place: &&Place<'_>| matches!(place, Place::File(file, _) if is_test(file));
        let (tests, code): (Vec<&Place<'_>>, Vec<&Place<'_>>) = places.iter().partition(of_test);
        let some = code.into_iter().chain(tests).take(Use::FILES).map(|place| place.shown()).collect();
        usage[id.index()].get_or_insert(Use::Named { places: some, count: places.len() as u64 });
    }
    spread(&mut usage, graph, &plugins::find(found, &evidence.modules));
    for (package, usage) in packages.iter_mut().zip(usage) {
        let unseen = if seen.contains(&package.ecosystem) { Use::Unused } else { Use::Unknown };
        package.usage = usage.unwrap_or(unseen);
        // A package of the system that brings a used one is used by that.
        if package.ecosystem.is_system() {
            package.usage = match &package.usage {
                Use::Unused => Use::Unknown,
                other => other.clone(),
            };
        }
    }
}

/// Whether a path of the application is that of a test, or of what tests share.
pub(crate) fn is_test(file: &[u8]) -> bool {
    const DIRECTORIES: [&[u8]; 6] = [b"tests", b"test", b"__tests__", b"spec", b"e2e", b"cypress"];
    const ENDINGS: [&[u8]; 7] =
        [b"_test.py", b".test.js", b".test.ts", b".spec.js", b".spec.ts", b".test.tsx", b".test.jsx"];
    const NAMES: [&[u8]; 6] =
        [b"conftest.py", b"noxfile.py", b"tox.ini", b"pytest.ini", b"setup.cfg", b"jest.config.js"];
    let name = path::name(file);
    path::parent(file).split(|&byte| byte == b'/').any(|part| DIRECTORIES.contains(&part))
        || name.starts_with(b"test_")
        || ENDINGS.iter().any(|ending| name.ends_with(ending))
        || NAMES.contains(&name)
}

/// Hands the use of packages on to what they need, and then to what they make use of if it is there.
fn spread(usage: &mut [Option<Use>], graph: &Graph, loaded: &Loaded) {
    let mut new: Vec<PackageId> =
        (0..usage.len()).filter(|&at| usage[at].is_some()).map(PackageId::new).collect();
    while !new.is_empty() {
        // Nearest first, so that the package named is the one that needs it most directly.
        let mut at = 0;
        while let Some(&by) = new.get(at) {
            at += 1;
            for &need in graph.needs(by) {
                mark(usage, &mut new, need, || Use::Needed { by });
            }
        }
        let mut optional = Vec::new();
        for &of in &new {
            for want in graph.wants(of) {
                mark(usage, &mut optional, want.package, || Use::Optional { of });
            }
            for &other in loaded.undeclared.get(&of).into_iter().flatten() {
                mark(usage, &mut optional, other, || Use::Optional { of });
            }
            for &plugin in loaded.plugins.get(&of).into_iter().flatten() {
                mark(usage, &mut optional, plugin, || Use::Plugin { of });
            }
        }
        new = optional;
    }
}

/// Notes why a package is used, if nothing else said so before.
fn mark(usage: &mut [Option<Use>], new: &mut Vec<PackageId>, package: PackageId, why: impl FnOnce() -> Use) {
    let usage = &mut usage[package.index()];
    if usage.is_none() {
        *usage = Some(why());
        new.push(package);
    }
}
