//! The rows of the table of packages: one for each ecosystem and name, with all versions of both sides.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use plimsoll_analysis::compare::{PackageChange, PackageChangeKind, ServiceTrees, SizeChange};
use plimsoll_analysis::packages::{Catalogue, Package, PackageId, Use};
use plimsoll_snapshot::{Bytes, Ecosystem, Order as _};

/// A package of either side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row<'a> {
    /// Where it comes from.
    pub ecosystem: Ecosystem,
    /// Its name, as its ecosystem writes it.
    pub name: &'a str,
    /// What it is called in addresses and attributes, and by [`Catalogue::named`].
    pub key: String,
    /// Its versions before.
    pub before: Vec<PackageId>,
    /// Its versions after.
    pub after: Vec<PackageId>,
    /// `None` if it is the same on both sides.
    pub change: Option<PackageChangeKind>,
    /// Its own bytes of the final tree.
    pub own: SizeChange,
    /// Its retained size in the final tree.
    pub retained: SizeChange,
    /// Whether nothing that was seen uses it.
    pub unused: bool,
}

impl Row<'_> {
    /// Whether it is there after.
    pub fn stays(&self) -> bool {
        !self.after.is_empty()
    }

    /// The figure of the side that is shown: after, unless it is gone.
    pub fn shown(&self, size: SizeChange) -> Bytes {
        if self.stays() { size.after } else { size.before }
    }
}

/// The packages of both sides of a service, of which these changed.
pub fn rows<'a>(trees: &'a ServiceTrees<'_>, changes: &[PackageChange]) -> Vec<Row<'a>> {
    let changes: HashMap<(Ecosystem, &str), PackageChangeKind> =
        changes.iter().map(|change| ((change.ecosystem, change.name.as_str()), change.change)).collect();
    let mut sides: BTreeMap<(Ecosystem, &str), [Vec<&Package>; 2]> = BTreeMap::new();
    let catalogues = [&trees.before, &trees.after].map(|image| image.as_ref().map(|image| &image.packages));
    for (at, catalogue) in catalogues.into_iter().enumerate() {
        for package in catalogue.into_iter().flat_map(Catalogue::installed) {
            sides.entry((package.ecosystem, package.name.as_str())).or_default()[at].push(package);
        }
    }
    let row = |((ecosystem, name), packages): ((Ecosystem, &'a str), [Vec<&'a Package>; 2])| {
        let sum = |bytes: fn(&Package) -> Bytes| {
            let [before, after] =
                packages.each_ref().map(|side| side.iter().map(|package| bytes(package)).sum());
            SizeChange::new(before, after)
        };
        let own = sum(|package| package.tree_bytes);
        let [before, after] = [0, 1].map(|at| retained(catalogues[at], &packages[at]));
        let ids = packages.each_ref().map(|side| side.iter().map(|package| package.id).collect());
        let last = packages.iter().rev().find(|side| !side.is_empty());
        let unused = last.is_some_and(|side| side.iter().all(|package| matches!(package.usage, Use::Unused)));
        let [ids_before, ids_after] = ids;
        Row {
            ecosystem,
            name,
            key: key(ecosystem, name),
            before: ids_before,
            after: ids_after,
            change: changes.get(&(ecosystem, name)).copied(),
            own,
            retained: SizeChange::new(before, after),
            unused,
        }
    };
    sides.into_iter().map(row).collect()
}

/// What leaves with all versions of a package.
fn retained(catalogue: Option<&Catalogue>, packages: &[&Package]) -> Bytes {
    match (catalogue, packages) {
        (_, [one]) => one.retained_tree_bytes,
        (Some(catalogue), [_, _, ..]) => {
            let ids: Vec<PackageId> = packages.iter().map(|package| package.id).collect();
            catalogue.leaving_bytes(&ids)
        }
        _ => Bytes::ZERO,
    }
}

/// What a package is called in addresses and attributes, and by [`Catalogue::named`].
pub fn key(ecosystem: Ecosystem, name: &str) -> String {
    format!("{}:{name}", ecosystem.name())
}

/// Which rows are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filter {
    /// What differs between the sides.
    Changed,
    /// What nothing that was seen uses.
    Unused,
    /// Everything.
    All,
}

impl Filter {
    /// In the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Changed, Self::Unused, Self::All];

    /// The name in attributes.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Unused => "unused",
            Self::All => "all",
        }
    }

    /// Whether a row is left.
    pub fn takes(self, row: &Row<'_>) -> bool {
        match self {
            Self::Changed => row.change.is_some(),
            Self::Unused => row.unused,
            Self::All => true,
        }
    }

    /// What a reader sees first: what changed, if anything did on two sides.
    pub fn first(rows: &[Row<'_>]) -> Self {
        let differ = rows.iter().any(|row| row.change.is_some());
        if differ { Self::Changed } else { Self::All }
    }
}

/// How rows are sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// By name.
    Name,
    /// The largest own size first.
    Own,
    /// The largest retained size first.
    Retained,
    /// The largest difference first.
    Change,
}

impl Order {
    /// The name in attributes.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Own => "own",
            Self::Retained => "retained",
            Self::Change => "change",
        }
    }
}

/// The rows that a filter and a search leave, in an order; as indices. What is equal stays in the order of names.
pub fn chosen(rows: &[Row<'_>], filter: Filter, search: &str, order: Order) -> Vec<usize> {
    let search = search.trim().to_lowercase();
    let mut chosen: Vec<usize> = (0..rows.len())
        .filter(|&at| filter.takes(&rows[at]) && rows[at].key.to_lowercase().contains(&search))
        .collect();
    match order {
        Order::Name => chosen.order_by_key(|&at| (rows[at].name, rows[at].ecosystem)),
        Order::Own => chosen.order_by_key(|&at| Reverse(rows[at].shown(rows[at].own))),
        Order::Retained => chosen.order_by_key(|&at| Reverse(rows[at].shown(rows[at].retained))),
        Order::Change => chosen.order_by_key(|&at| Reverse(rows[at].own.delta.magnitude())),
    }
    chosen
}
