//! The packages of two images: added, removed, upgraded, grown.

use std::collections::BTreeMap;

use plimsoll_snapshot::{Bytes, Ecosystem, Order as _};
use serde::Serialize;

use crate::inspect::SizeChange;
use crate::packages::{Catalogue, Package};

/// A package that is not the same on both sides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PackageChange {
    /// The world it comes from.
    pub ecosystem: Ecosystem,
    /// The name of the package.
    pub name: String,
    /// What happened to it.
    pub change: PackageChangeKind,
    /// Its versions before; several where it is installed more than once.
    #[serde(rename = "versions_before")]
    pub before: Vec<String>,
    /// The versions that are installed after.
    #[serde(rename = "versions_after")]
    pub after: Vec<String>,
    /// Its own bytes of the final tree.
    #[serde(flatten)]
    pub size: SizeChange,
}

/// What happened to a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PackageChangeKind {
    /// The package exists only after.
    Added,
    /// The package exists only before.
    Removed,
    /// The package exists on both sides, in different versions.
    Upgraded,
    /// There in the same version with another size.
    Resized,
}

/// Compares the installed packages of two images by ecosystem and name, the largest change first.
#[must_use]
pub fn compare_packages(before: Option<&Catalogue>, after: Option<&Catalogue>) -> Vec<PackageChange> {
    let mut sides: BTreeMap<(Ecosystem, &str), [Vec<&Package>; 2]> = BTreeMap::new();
    for (side, catalogue) in [before, after].into_iter().enumerate() {
        for package in catalogue.into_iter().flat_map(Catalogue::installed) {
            sides.entry((package.ecosystem, &package.name)).or_default()[side].push(package);
        }
    }
    let mut changes: Vec<PackageChange> = (sides.into_iter())
        .filter_map(|((ecosystem, name), [before, after])| {
            let bytes = |side: &[&Package]| side.iter().map(|package| package.tree_bytes).sum::<Bytes>();
            let size = SizeChange::new(bytes(&before), bytes(&after));
            let (before, after) = (versions(&before), versions(&after));
            let change = match (before.is_empty(), after.is_empty()) {
                (true, _) => PackageChangeKind::Added,
                (_, true) => PackageChangeKind::Removed,
                _ if before != after => PackageChangeKind::Upgraded,
                _ if size.delta.0 != 0 => PackageChangeKind::Resized,
                _ => return None,
            };
            Some(PackageChange { ecosystem, name: name.to_owned(), change, before, after, size })
        })
        .collect();
    changes.order_by_key(|change| std::cmp::Reverse(change.size.delta.magnitude()));
    changes
}

fn versions(packages: &[&Package]) -> Vec<String> {
    let mut versions: Vec<_> = packages.iter().map(|package| package.version.clone()).collect();
    versions.order();
    versions
}
