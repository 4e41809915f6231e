//! The difference between two image sizes as a ledger: what findings saved, what else went or changed, and what came.
//!
//! Image size is the bytes of all inodes, and every inode is matched with at most one of the other image. So the lines sum
//! to the difference exactly: the sizes of those without a match, and the differences of the others.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use plimsoll_snapshot::{ByteDelta, Bytes, Ecosystem, Order as _, path};
use serde::Serialize;

use super::input::Input;
use super::matching::Matching;
use super::places;
use super::rebuilt::Rebuilt;
use crate::packages::{CacheKind, Owner};

/// How one image size becomes another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// Image size before.
    pub before: Bytes,
    /// Image size after.
    pub after: Bytes,
    /// What leads from one to the other, to the byte: findings in their order, then the causes in theirs, each with its
    /// largest lines first. A line of no bytes is left out.
    pub lines: Vec<LedgerLine>,
}

/// A part of the difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerLine {
    /// What it comes from.
    pub cause: LedgerCause,
    /// What it adds to the size; negative if it makes the image smaller.
    pub delta: ByteDelta,
}

/// Where a part of the difference comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LedgerCause {
    /// A finding: its index in [`super::ServiceProgress::findings`].
    Finding(usize),
    /// Files that are gone and that no finding predicted.
    Removed(Group),
    /// Files with other content.
    Changed(Group),
    /// Files that every rebuild changes.
    Rebuilt,
    /// Files that are new.
    Added(Group),
}

/// Files that belong together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Group {
    /// Compiled Python.
    Bytecode,
    /// Logs.
    Logs,
    /// A cache.
    Cache {
        /// The cache.
        cache: CacheKind,
    },
    /// A package.
    Package {
        /// Its name.
        package: String,
        /// Its ecosystem.
        ecosystem: Ecosystem,
        /// The directory of packages that holds it, without a slash in front, if it lies in one.
        directory: Option<String>,
    },
    /// Files of no package, cache or log.
    Directory {
        /// The directory, without a slash in front; empty for the root.
        path: String,
    },
    /// The smaller groups together.
    Others {
        /// How many.
        groups: u64,
    },
}

/// The most groups that a cause names.
const GROUPS: usize = 10;

impl Ledger {
    /// The difference between the two sizes.
    #[must_use]
    pub fn delta(&self) -> ByteDelta {
        self.before.change_to(self.after)
    }

    /// What came: the files that are new.
    #[must_use]
    pub fn added(&self) -> Bytes {
        let added = self.lines.iter().filter(|line| matches!(line.cause, LedgerCause::Added(_)));
        added.map(|line| line.delta.magnitude()).sum()
    }

    /// The ledger of two images. `credited` has the bytes of each inode before that findings saved, `saved` those of each
    /// finding.
    pub(super) fn of(
        old: &Input<'_>,
        new: &Input<'_>,
        matching: &Matching,
        credited: &[Bytes],
        saved: impl Iterator<Item = Bytes>,
    ) -> Self {
        let (olds, news) = (&old.squashed.inodes, &new.squashed.inodes);
        let mut sums: BTreeMap<LedgerCause, i128> = BTreeMap::new();
        let mut add = |cause: LedgerCause, bytes: i128| {
            if bytes != 0 {
                *sums.entry(cause).or_default() += bytes;
            }
        };
        for (((index, inode), matched), credited) in (0..).zip(olds).zip(&matching.of_old).zip(credited) {
            let size = i128::from(inode.size.0) - i128::from(credited.0);
            let Some(later) = *matched else {
                if size != 0 {
                    add(LedgerCause::Removed(Group::of(old, index)), -size);
                }
                continue;
            };
            let change = i128::from(news[later as usize].size.0) - size;
            if change == 0 {
                continue;
            }
            let is_rebuilt = |input: &Input<'_>, index| {
                input.names(index).next().is_some_and(|place| Rebuilt::of(place).is_some())
            };
            if is_rebuilt(old, index) || is_rebuilt(new, later) {
                add(LedgerCause::Rebuilt, change);
            } else {
                add(LedgerCause::Changed(Group::of(new, later)), change);
            }
        }
        for ((index, inode), matched) in (0..).zip(news).zip(&matching.of_new) {
            if matched.is_none() && inode.size > Bytes::ZERO {
                add(LedgerCause::Added(Group::of(new, index)), i128::from(inode.size.0));
            }
        }
        for (finding, saved) in saved.enumerate() {
            add(LedgerCause::Finding(finding), -i128::from(saved.0));
        }
        let size = |input: &Input<'_>| input.squashed.inodes.iter().map(|inode| inode.size).sum();
        Self { before: size(old), after: size(new), lines: lines(sums) }
    }
}

/// The lines of a ledger: of each cause the largest groups, and the others in one.
fn lines(sums: BTreeMap<LedgerCause, i128>) -> Vec<LedgerLine> {
    let sums: Vec<_> = sums.into_iter().filter(|(_, delta)| *delta != 0).collect();
    let mut lines = Vec::new();
    for of_cause in
        sums.chunk_by(|left, right| std::mem::discriminant(&left.0) == std::mem::discriminant(&right.0))
    {
        let is_finding = matches!(of_cause[0].0, LedgerCause::Finding(_));
        let mut of_cause: Vec<_> = of_cause.iter().collect();
        if !is_finding {
            of_cause.order_by_key(|(_, delta)| Reverse(delta.unsigned_abs()));
        }
        // One group is named in the room of "1 other".
        let named = if is_finding || of_cause.len() <= GROUPS + 1 { of_cause.len() } else { GROUPS };
        let line = |(cause, delta): &(LedgerCause, i128)| LedgerLine {
            cause: cause.clone(),
            delta: delta_of(*delta),
        };
        lines.extend(of_cause[..named].iter().copied().map(line));
        let rest = &of_cause[named..];
        let others = || Group::Others { groups: rest.len() as u64 };
        let cause = rest.first().and_then(|(cause, _)| match cause {
            LedgerCause::Removed(_) => Some(LedgerCause::Removed(others())),
            LedgerCause::Changed(_) => Some(LedgerCause::Changed(others())),
            LedgerCause::Added(_) => Some(LedgerCause::Added(others())),
            LedgerCause::Finding(_) | LedgerCause::Rebuilt => None,
        });
        lines.extend(cause.map(|cause| line(&(cause, rest.iter().map(|(_, delta)| delta).sum()))));
    }
    lines
}

fn delta_of(bytes: i128) -> ByteDelta {
    ByteDelta(i64::try_from(bytes).unwrap_or(if bytes < 0 { i64::MIN } else { i64::MAX }))
}

impl Group {
    /// The group of an inode.
    fn of(input: &Input<'_>, index: u32) -> Self {
        let inode = &input.squashed.inodes[index as usize];
        let place = input.names(index).next().unwrap_or_else(|| input.path(inode));
        let owner = input.catalogue.owners[index as usize];
        match (Rebuilt::of(place), owner) {
            (Some(Rebuilt::Bytecode), _) => Self::Bytecode,
            (_, Owner::Cache(cache)) => Self::Cache { cache },
            (_, Owner::Package(id)) => {
                let package = input.catalogue.package(id);
                let directory = ["site-packages", "dist-packages", "node_modules"]
                    .iter()
                    .find_map(|name| places::down_to(place, name.as_bytes()));
                Self::Package {
                    package: package.name.clone(),
                    ecosystem: package.ecosystem,
                    directory: directory.map(|directory| path::escape(directory).into_owned()),
                }
            }
            (Some(Rebuilt::Log), _) => Self::Logs,
            (Some(Rebuilt::Cache(cache)), _) => Self::Cache { cache },
            _ => Self::Directory { path: path::escape(places::top(place, 2)).into_owned() },
        }
    }
}
