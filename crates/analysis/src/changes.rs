//! All that two snapshots come to: what every document about them is made of.

use std::sync::Arc;

use plimsoll_snapshot::{Bytes, Digest, Snapshot};

use crate::compare::{Comparison, ServiceTrees, compare_each};
use crate::findings::{Advice, BothSides, ServiceProgress};
use crate::improvements::{Improvement, improvements};
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
    /// What became of the findings before for each service of the comparison, in its order; none if a side is missing.
    pub progress: Vec<Option<ServiceProgress>>,
    /// What got worse, the gravest first.
    pub regressions: Vec<Regression>,
    /// What got better, what matters most first.
    pub improvements: Vec<Improvement>,
}

/// What findings save together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SavingsLeft {
    /// The bytes of findings of medium and high confidence.
    pub likely: Bytes,
    /// The bytes of all findings.
    pub possible: Bytes,
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

    /// What the findings after save together, each image once; none where no image was checked.
    #[must_use]
    pub fn savings_left(&self) -> Option<SavingsLeft> {
        let mut seen: Vec<&Digest> = Vec::new();
        let mut left = None::<SavingsLeft>;
        for (service, [_, advice]) in self.comparison.services.iter().zip(&self.advice) {
            let (Some(image), Some(advice)) = (&service.after, advice) else { continue };
            if !seen.contains(&&image.id) {
                seen.push(&image.id);
                let left = left.get_or_insert_default();
                left.likely += advice.saving;
                left.possible += advice.possible_saving;
            }
        }
        left
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
        let mut advice = Vec::with_capacity(judged.len());
        let (mut new, mut fixed) = (Vec::with_capacity(judged.len()), Vec::with_capacity(judged.len()));
        let mut progress = Vec::with_capacity(judged.len());
        for judged in judged {
            new.push(judged.new_findings());
            fixed.push(judged.fixed_findings());
            advice.push(judged.advice);
            progress.push(judged.progress);
        }
        let runtimes =
            [before, after].map(|side| side.runtime.as_ref().filter(|runtime| runtime.has_services()));
        let running = runtimes.map(|side| side.map(memory));
        let compared = match runtimes {
            [Some(before), Some(after)] => Some(compare(before, after)),
            _ => None,
        };
        let memories = running.each_ref().map(Option::as_ref);
        let regressions = regressions(&comparison, &new, memories, compared.as_ref());
        let improvements = improvements(&comparison, &fixed, memories, compared.as_ref());
        let comparison = Arc::new(comparison);
        (Self { comparison, running, memory: compared, advice, progress, regressions, improvements }, kept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::snapshot;

    #[test]
    fn savings_that_are_left_count_each_image_once() {
        let mut after = snapshot("app", &["f a 100000000", "i RUN make\nf var/log/make.log 900000 l"]);
        let alone = Changes::between(&Snapshot::default(), &after).savings_left();
        assert!(alone.is_some_and(|left| left.possible >= Bytes(900_000)), "{alone:?}");
        after
            .services
            .push(plimsoll_snapshot::Service { name: "worker".into(), ..after.services[0].clone() });
        assert_eq!(Changes::between(&Snapshot::default(), &after).savings_left(), alone);
        assert_eq!(Changes::between(&after, &Snapshot::default()).savings_left(), None);
    }
}
