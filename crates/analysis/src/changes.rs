//! All that two snapshots come to: what every document about them is made of.

use std::sync::Arc;

use plimsoll_snapshot::Snapshot;

use crate::compare::{Comparison, ServiceTrees, compare_each};
use crate::findings::{Advice, BothSides, Judged};
use crate::memory::compare::{MemoryComparison, compare};
use crate::memory::{Memory, memory};
use crate::regressions::{Regression, regressions};

/// Two snapshots compared in every respect.
#[derive(Clone, Debug, PartialEq)]
pub struct Changes {
    /// The comparison of their images.
    pub comparison: Arc<Comparison>,
    /// The memory of both sides, where anything is known of it.
    pub running: [Option<Memory>; 2],
    /// What became of the memory, where both sides were recorded.
    pub memory: Option<MemoryComparison>,
    /// The findings of both sides for each service of the comparison, in its order.
    pub advice: Vec<[Option<Advice>; 2]>,
    /// What got worse, the gravest first.
    pub regressions: Vec<Regression>,
}

impl Changes {
    /// Compares two snapshots.
    #[must_use]
    pub fn between(before: &Snapshot, after: &Snapshot) -> Self {
        Self::keeping(before, after, [None, None], drop).0
    }

    /// The same, and the files and the packages of both sides for each service, in the order of the comparison. Commands that
    /// are printed name the snapshots by `sources`.
    #[must_use]
    pub fn with_trees<'a>(
        before: &'a Snapshot,
        after: &'a Snapshot,
        sources: [Option<&str>; 2],
    ) -> (Self, Vec<ServiceTrees<'a>>) {
        Self::keeping(before, after, sources, |trees| trees)
    }

    fn keeping<'a, T>(
        before: &'a Snapshot,
        after: &'a Snapshot,
        sources: [Option<&str>; 2],
        keep: impl Fn(ServiceTrees<'a>) -> T,
    ) -> (Self, Vec<T>) {
        let mut sides = BothSides::new([before, after], sources);
        let (comparison, kept) =
            compare_each(before, after, |name, trees| (sides.judge(name, &trees), keep(trees)));
        let (judged, kept): (Vec<_>, Vec<_>) = kept.into_iter().unzip();
        let (advice, new): (Vec<_>, Vec<_>) =
            judged.into_iter().map(|Judged { advice, new }| (advice, new)).unzip();
        let runtimes =
            [before, after].map(|side| side.runtime.as_ref().filter(|runtime| runtime.has_services()));
        let running = runtimes.map(|side| side.map(memory));
        let compared = match runtimes {
            [Some(before), Some(after)] => Some(compare(before, after)),
            _ => None,
        };
        let found = regressions(&comparison, &new, running.each_ref().map(Option::as_ref), compared.as_ref());
        let changes =
            Self { comparison: Arc::new(comparison), running, memory: compared, advice, regressions: found };
        (changes, kept)
    }
}
