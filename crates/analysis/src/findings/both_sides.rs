//! The findings of services before and after: which of them are new, and which are done.

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use plimsoll_snapshot::{Bytes, Order as _, Service, Snapshot};

use super::advice::{Advice, Advisor};
use super::finding::Finding;
use super::input::Input;
use super::named::FixedFinding;
use super::progress::{Outcome, ServiceProgress, follow};
use super::rules::RULES;
use crate::compare::{ImageTree, ServiceTrees};

/// Checks services of two snapshots, each image once.
pub(crate) struct BothSides<'a> {
    sides: [Side<'a>; 2],
    /// The last pair of images with their findings, and what became of these: services that run the same images follow
    /// each other.
    last: Option<(Trees<'a>, [Advice; 2], ServiceProgress)>,
}

/// Weak, so that a tree is freed before the next one is made.
type Trees<'a> = [Weak<ImageTree<'a>>; 2];

/// The findings of a service on both sides.
pub(crate) struct Judged {
    /// The findings before and after; none on a side that lacks the service.
    pub(crate) advice: [Option<Advice>; 2],
    /// What became of those before; none if a side is missing.
    pub(crate) progress: Option<ServiceProgress>,
}

impl Judged {
    /// The findings after that are new; none if there is no side before.
    pub(crate) fn new_findings(&self) -> Vec<Finding> {
        self.progress.as_ref().map(|progress| progress.new.clone()).unwrap_or_default()
    }

    /// The findings before that are done; none if a side is missing.
    pub(crate) fn fixed_findings(&self) -> FixedFindings {
        self.progress.as_ref().map(FixedFindings::of).unwrap_or_default()
    }
}

/// The findings of a service that are done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FixedFindings {
    /// The most severe first, then those that saved most.
    pub findings: Vec<FixedFinding>,
    /// The bytes they are credited with.
    pub saved: Bytes,
}

impl FixedFindings {
    fn of(progress: &ServiceProgress) -> Self {
        let followed = progress.findings.iter().filter(|followed| followed.outcome == Outcome::Done);
        let mut done: Vec<_> = followed.map(|followed| (&followed.finding, followed.saved)).collect();
        done.order_by_key(|&(finding, saved)| std::cmp::Reverse((finding.severity, saved)));
        Self {
            saved: done.iter().map(|&(_, saved)| saved).sum(),
            findings: done.into_iter().map(|(finding, saved)| FixedFinding::of(finding, saved)).collect(),
        }
    }
}

struct Side<'a> {
    source: Option<&'a str>,
    snapshot: &'a Snapshot,
    services: HashMap<&'a str, &'a Service>,
    advisor: Advisor<'static>,
}

impl<'a> BothSides<'a> {
    pub(crate) fn new(snapshots: [&'a Snapshot; 2], sources: [Option<&'a str>; 2]) -> Self {
        let ([before, after], [of_before, of_after]) = (snapshots, sources);
        Self { sides: [Side::new(before, of_before), Side::new(after, of_after)], last: None }
    }

    /// The findings of a service.
    pub(crate) fn judge(&mut self, name: &str, trees: &ServiceTrees<'a>) -> Judged {
        let trees = [trees.before.as_ref(), trees.after.as_ref()];
        let [before, after] = &mut self.sides;
        let advice = [before.advise(name, trees[0]), after.advise(name, trees[1])];
        let ([Some(before), Some(after)], [Some(old), Some(new)]) = (&advice, trees) else {
            return Judged { advice, progress: None };
        };
        let is_last = |last: &&(Trees<'a>, [Advice; 2], ServiceProgress)| {
            let is_same = |last: &Weak<_>, now| std::ptr::eq(last.as_ptr(), Arc::as_ptr(now));
            is_same(&last.0[0], old)
                && is_same(&last.0[1], new)
                && last.1[0].is_alike(before)
                && last.1[1].is_alike(after)
        };
        let progress = match self.last.as_ref().filter(is_last) {
            Some((.., known)) => Some(known.of_service(name)),
            None => {
                let inputs = self.sides[0].input(name, old).zip(self.sides[1].input(name, new));
                let progress = inputs.map(|(old, new)| follow(&old, before, &new, after));
                let trees = [Arc::downgrade(old), Arc::downgrade(new)];
                self.last = progress.clone().map(|known| (trees, [before.clone(), after.clone()], known));
                progress
            }
        };
        Judged { advice, progress }
    }
}

impl<'a> Side<'a> {
    fn new(snapshot: &'a Snapshot, source: Option<&'a str>) -> Self {
        let mut services = HashMap::new();
        for service in &snapshot.services {
            services.entry(service.name.as_str()).or_insert(service);
        }
        Self { source, snapshot, services, advisor: Advisor::new(RULES) }
    }

    fn input<'t>(&self, name: &str, tree: &'t ImageTree<'_>) -> Option<Input<'t>>
    where
        'a: 't,
    {
        let service = self.services.get(name)?;
        let input = Input::new(self.snapshot, service, &tree.squashed, &tree.packages);
        Some(Input { source: self.source, ..input })
    }

    fn advise(&mut self, name: &str, tree: Option<&Arc<ImageTree<'_>>>) -> Option<Advice> {
        let input = self.input(name, tree?)?;
        Some(self.advisor.advise(&input))
    }
}
