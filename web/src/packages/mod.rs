//! The packages of both sides in one list: rows, their order, who owns the bytes, what was unticked. No document here.

mod owners;
mod rows;

use plimsoll_analysis::Squashed;
use plimsoll_analysis::compare::ServiceTrees;
use plimsoll_analysis::packages::{Catalogue, Package, PackageId, Root, WhatIf};

pub(crate) use owners::{Owned, owners};
pub(crate) use rows::{Filter, Order, Row, chosen, rows};

/// An image with its packages.
#[derive(Clone, Copy)]
pub(crate) struct Side<'a> {
    pub(crate) squashed: &'a Squashed<'a>,
    pub(crate) catalogue: &'a Catalogue,
}

/// The image whose packages can be unticked: the one after, or else the only one.
pub(crate) fn subject<'a>(trees: &'a ServiceTrees<'a>) -> Option<Side<'a>> {
    side(trees.after.as_ref(), trees.packages_after.as_ref())
        .or_else(|| side(trees.before.as_ref(), trees.packages_before.as_ref()))
}

fn side<'a>(squashed: Option<&'a Squashed<'a>>, catalogue: Option<&'a Catalogue>) -> Option<Side<'a>> {
    Some(Side { squashed: squashed?, catalogue: catalogue? })
}

/// An image without the packages of some keys; `None` if it has none of them.
pub(crate) fn without(side: Side<'_>, keys: &[String]) -> Option<WhatIf> {
    let mut ids: Vec<PackageId> = keys.iter().flat_map(|key| side.catalogue.named(key)).collect();
    ids.sort_unstable();
    ids.dedup();
    (!ids.is_empty()).then(|| side.catalogue.without(side.squashed, &ids))
}

/// Why a package is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why<'a> {
    /// Another one brought it.
    PartOf(PackageId),
    /// For its own sake.
    Root(&'a Root),
    /// Others need it: the first of so many.
    Needed(PackageId, usize),
    /// It is not said.
    Unknown,
}

pub(crate) fn why(package: &Package) -> Why<'_> {
    match (package.part_of, &package.root, package.needed_by.first()) {
        (Some(holder), ..) => Why::PartOf(holder),
        (None, Some(root), _) => Why::Root(root),
        (None, None, Some(first)) => Why::Needed(*first, package.needed_by.len()),
        (None, None, None) => Why::Unknown,
    }
}
