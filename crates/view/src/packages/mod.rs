//! The packages of both sides in one list: rows, their order, who owns the bytes, what was unticked.

mod owners;
mod rows;

use plimsoll_analysis::Squashed;
use plimsoll_analysis::compare::ServiceTrees;
use plimsoll_analysis::packages::{Catalogue, Package, PackageId, Root, Want, WhatIf};
use plimsoll_snapshot::Order as _;

pub use owners::{Owned, owners};
pub use rows::{Filter, Order, Row, chosen, key, rows};

/// An image with its packages.
#[derive(Clone, Copy)]
pub struct Side<'a> {
    /// Its final tree.
    pub squashed: &'a Squashed<'a>,
    /// Its packages.
    pub catalogue: &'a Catalogue,
}

/// The image whose packages can be unticked: the one after, or else the only one.
pub fn subject<'a>(trees: &'a ServiceTrees<'a>) -> Option<Side<'a>> {
    let image = trees.after.as_deref().or(trees.before.as_deref())?;
    Some(Side { squashed: &image.squashed, catalogue: &image.packages })
}

/// An image without the packages of some keys; `None` if it has none of them.
pub fn without(side: Side<'_>, keys: &[String]) -> Option<WhatIf> {
    let mut ids: Vec<PackageId> = keys.iter().flat_map(|key| side.catalogue.named(key)).collect();
    ids.order();
    ids.dedup();
    (!ids.is_empty()).then(|| side.catalogue.without(side.squashed, &ids))
}

/// Why a package is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why<'a> {
    /// Another one brought it.
    PartOf(PackageId),
    /// For its own sake.
    Root(&'a Root),
    /// Other packages need it: the first, and how many.
    Needed(PackageId, usize),
    /// Another one makes use of it, and works without.
    Wanted(Want),
    /// It is not said.
    Unknown,
}

/// The first reason for a package, the strongest kind first.
pub fn why(package: &Package) -> Why<'_> {
    match (package.part_of, &package.root, package.needed_by.first()) {
        (Some(holder), ..) => Why::PartOf(holder),
        (None, Some(root), _) => Why::Root(root),
        (None, None, Some(first)) => Why::Needed(*first, package.needed_by.len()),
        (None, None, None) => package
            .wanted_by
            .iter()
            .min_by_key(|want| want.kind)
            .map_or(Why::Unknown, |want| Why::Wanted(*want)),
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_analysis::compare::{BridgeCause, PackageChangeKind, compare_with_trees};
    use plimsoll_analysis::packages::Broken;
    use plimsoll_snapshot::{Bytes, Ecosystem};

    use super::*;
    use crate::testing::python;

    /// A Python package: its name and version, the size of its one file, and what it needs.
    const BEFORE: &[(&str, &str, u64, &[&str])] = &[
        ("web", "1", 100, &["json"]),
        ("json", "1", 40, &[]),
        ("old", "3", 900, &[]),
        ("same", "1", 7, &[]),
    ];
    const AFTER: &[(&str, &str, u64, &[&str])] =
        &[("web", "2", 300, &["json"]), ("json", "1", 40, &[]), ("same", "1", 7, &[])];

    fn check(test: impl FnOnce(&ServiceTrees<'_>, Vec<Row<'_>>)) {
        let (before, after) = (python(BEFORE), python(AFTER));
        let (comparison, trees) = compare_with_trees(&before, &after);
        test(&trees[0], rows(&trees[0], &comparison.services[0].packages));
    }

    #[test]
    fn a_row_is_a_package_on_both_sides() {
        check(|_, rows| {
            let named: Vec<_> = rows
                .iter()
                .map(|row| (row.key.as_str(), row.change, row.shown(row.own).0, row.shown(row.retained).0))
                .collect();
            assert_eq!(
                named,
                [
                    ("python:json", None, 50, 50),
                    ("python:old", Some(PackageChangeKind::Removed), 910, 910),
                    ("python:same", None, 17, 17),
                    ("python:web", Some(PackageChangeKind::Upgraded), 310, 360),
                ]
            );
        });
    }

    #[test]
    fn rows_are_filtered_searched_and_sorted() {
        check(|_, rows| {
            let names = |filter, search, order| {
                let chosen = chosen(&rows, filter, search, order).into_iter();
                chosen.map(|at| rows[at].name).collect::<Vec<_>>().join(" ")
            };
            assert_eq!(Filter::first(&rows), Filter::Changed);
            assert_eq!(names(Filter::Changed, "", Order::Own), "old web");
            assert_eq!(names(Filter::All, "", Order::Retained), "old web json same");
            assert_eq!(names(Filter::All, "", Order::Name), "json old same web");
            assert_eq!(names(Filter::All, " PYTHON:W", Order::Change), "web");
            assert_eq!(names(Filter::All, "nothing", Order::Change), "");
        });
    }

    #[test]
    fn owners_sum_to_the_final_trees() {
        check(|trees, _| {
            let owners = owners(trees);
            let sum = |size: fn(&Owned) -> Bytes| owners.iter().map(size).sum::<Bytes>();
            let whole =
                [&trees.before, &trees.after].map(|image| image.as_ref().unwrap().squashed.tree.root().bytes);
            assert_eq!([sum(|owned| owned.size.before), sum(|owned| owned.size.after)], whole);
            assert_eq!(owners[0].owner, BridgeCause::Packages(Ecosystem::Python));
        });
    }

    #[test]
    fn without_a_package_go_those_that_only_it_keeps() {
        check(|trees, _| {
            let side = subject(trees).unwrap();
            let keys = |keys: &[&str]| keys.iter().map(|&key| key.to_owned()).collect::<Vec<_>>();
            let gone = without(side, &keys(&["python:web", "python:old"])).unwrap();
            assert_eq!((gone.gone.len(), gone.image_bytes, gone.broken.len()), (2, Bytes(360), 0));
            let broken = without(side, &keys(&["python:json"])).unwrap().broken;
            assert!(matches!(broken[..], [Broken::Package { .. }]), "{broken:?}");
            // What an address names and the image has not.
            assert_eq!(without(side, &keys(&["python:old"])), None);
            let web = side.catalogue.package(side.catalogue.named("web")[0]);
            assert!(matches!(why(web), Why::Root(_)));
        });
    }
}
