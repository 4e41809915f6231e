//! Whether anything uses a package, by static evidence: imports of the application's own code, the command the image
//! runs, and the needs of packages that are used.
//!
//! "Unused" means: not imported by the code that was seen, not run by the image, nor needed by anything that is. What
//! is loaded by a name that is made at run time cannot be seen. A package that a used one *can* make use of (an extra,
//! such as the driver of a database) is therefore never called unused.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_snapshot::{Ecosystem, Image, Snapshot, filled, path};

use super::commands::commands;
use super::evidence::Evidence;
use super::facts::Found;
use super::graph::Graph;
use super::package::{Package, PackageId, Use};
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
    let mut run: BTreeMap<PackageId, &str> = BTreeMap::new();
    for (by, words) in commands(snapshot, image) {
        for id in evidence.run_by(&words) {
            run.entry(id).or_insert(by);
        }
    }
    // Where nothing at all was seen to be used, the code was not seen.
    let evident = |ecosystem: Ecosystem| {
        imported.keys().chain(run.keys()).any(|id| packages[id.index()].ecosystem == ecosystem)
    };
    seen.retain(|&ecosystem| evident(ecosystem));

    let mut usage: Vec<Option<Use>> = vec![None; packages.len()];
    for (&id, files) in &imported {
        let named = files.iter().take(Use::FILES).map(|file| path::escape(file).into_owned()).collect();
        usage[id.index()] = Some(Use::Imported { files: named, count: files.len() as u64 });
    }
    for (&id, by) in &run {
        usage[id.index()].get_or_insert(Use::Run { by: (*by).to_owned() });
    }
    spread(&mut usage, |id| graph.needs(id), |by| Use::Needed { by });
    let used: Vec<PackageId> =
        (0..usage.len()).filter(|&at| usage[at].is_some()).map(PackageId::new).collect();
    for of in used {
        for want in graph.wants(of) {
            usage[want.package.index()].get_or_insert(Use::Optional { of });
        }
    }
    spread(&mut usage, |id| graph.needs(id), |by| Use::Needed { by });
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

/// Hands the use of a package on to what it needs.
fn spread<'g>(
    usage: &mut [Option<Use>],
    needs: impl Fn(PackageId) -> &'g [PackageId],
    use_by: impl Fn(PackageId) -> Use,
) {
    let mut pending: Vec<PackageId> =
        (0..usage.len()).filter(|&at| usage[at].is_some()).map(PackageId::new).collect();
    // Nearest first, so that the package named is the one that needs it most directly.
    while !pending.is_empty() {
        let mut next = Vec::new();
        for by in pending {
            for need in needs(by) {
                if usage[need.index()].is_none() {
                    usage[need.index()] = Some(use_by(by));
                    next.push(*need);
                }
            }
        }
        pending = next;
    }
}
