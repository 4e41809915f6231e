//! Judges both sides: every kind of target in turn.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use plimsoll_snapshot::Snapshot;
use serde::Serialize;

use super::file::{ServiceTargets, Targets};
use super::input::{Input, Side, services};
use super::kinds::KINDS;
use super::outcome::{Level, Outcome, Status};
use super::reason::Reason;
use super::title::When;
use crate::compare::{Comparison, ServiceTrees, compare};
use crate::findings::{FingerprintStart, RULES, StackAdvice, advise_by};
use crate::memory::Memory;

/// The outcomes of all targets.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Judgement {
    /// What the targets are called.
    pub name: Option<String>,
    /// Whether there was something to compare with.
    pub compared: bool,
    /// How many of the targets that have to be met are.
    pub passed: u64,
    /// How many are missed.
    pub failed: u64,
    /// How many cannot be judged.
    pub unknown: u64,
    /// How many ideals are named, and how many are reached.
    pub ideals: u64,
    /// The number of ideals that are reached.
    pub ideals_reached: u64,
    /// Accepted findings of the target file that the images do not have. They are looked for only if a target forbids findings.
    #[serde(skip)]
    pub unused: Vec<FingerprintStart>,
    /// Each target, in the order of the kinds.
    #[serde(skip)]
    pub outcomes: Vec<Outcome>,
}

/// What the server costs, in the currency of the target file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prices {
    /// Before, if that is known.
    pub before: Option<f64>,
    /// After.
    pub after: f64,
}

impl Judgement {
    /// What the server costs by the cost model of the targets; none without one, or where it is not known.
    #[must_use]
    pub fn prices(&self) -> Option<Prices> {
        let evidence = self.outcomes.iter().flat_map(|outcome| &outcome.evidence);
        let mut prices = [None; 2];
        for reason in evidence {
            match reason {
                Reason::Of { side, reason } => {
                    if let Reason::ServerPrice { price, .. } = **reason {
                        prices[usize::from(*side == When::After)] = Some(price);
                    }
                }
                Reason::ServerPrice { price, .. } => prices[1] = Some(*price),
                _ => {}
            }
        }
        Some(Prices { before: prices[0], after: prices[1]? })
    }
}

/// What two snapshots show, gathered once: who changes a target has it judged again at once.
pub struct Evidence<'a> {
    pub(super) before: Option<(&'a Snapshot, Arc<Side<'a>>)>,
    snapshot: &'a Snapshot,
    pub(super) after: Arc<Side<'a>>,
    /// Only some targets ask for it.
    comparison: OnceLock<Arc<Comparison>>,
    advice: OnceLock<Arc<StackAdvice>>,
}

impl std::fmt::Debug for Evidence<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Evidence").field("compared", &self.before.is_some()).finish_non_exhaustive()
    }
}

impl<'a> Evidence<'a> {
    /// Gathers what a snapshot shows, with one from before where there is one.
    #[must_use]
    pub fn of(before: Option<&'a Snapshot>, after: &'a Snapshot) -> Self {
        Self {
            before: before.map(|before| (before, Arc::new(Side::of(before)))),
            snapshot: after,
            after: Arc::new(Side::of(after)),
            comparison: OnceLock::new(),
            advice: OnceLock::new(),
        }
    }

    /// Judges two snapshots that are already compared, with the memory of both.
    #[must_use]
    pub fn of_compared(
        before: Option<&'a Snapshot>,
        after: &'a Snapshot,
        comparison: &Arc<Comparison>,
        trees: &[ServiceTrees<'a>],
        memory: [Option<&Memory>; 2],
    ) -> Self {
        let services = || comparison.services.iter().zip(trees);
        let side_before = || {
            let services = services().map(|(service, trees)| (service.before.as_ref(), &trees.before));
            Side::of_compared(comparison.before, services, memory[0])
        };
        let side_after = services().map(|(service, trees)| (service.after.as_ref(), &trees.after));
        Self {
            before: before.map(|before| (before, Arc::new(side_before()))),
            snapshot: after,
            after: Arc::new(Side::of_compared(comparison.after, side_after, memory[1])),
            comparison: Arc::clone(comparison).into(),
            advice: OnceLock::new(),
        }
    }

    /// Judges it. `probes` are exit codes by the id of their check.
    #[must_use]
    pub fn judge(&self, targets: &Targets, probes: &BTreeMap<String, i64>) -> Judgement {
        let wants = |demand: fn(&ServiceTargets) -> bool| targets.services.values().any(demand);
        let wants_pairs = wants(|service| service.layer_growth.is_some() || service.own_growth.is_some());
        let comparison = self.before.as_ref().filter(|_| wants_pairs).map(|(before, _)| {
            Arc::clone(self.comparison.get_or_init(|| Arc::new(compare(before, self.snapshot))))
        });
        let wants_findings = wants(|service| service.findings_not_allowed.is_some());
        let find = || {
            let rules: Vec<_> = RULES.iter().collect();
            Arc::new(advise_by(self.snapshot, &rules, None))
        };
        judge_input(&Input {
            advice: wants_findings.then(|| Arc::clone(self.advice.get_or_init(find))),
            services: services(targets, &self.after),
            targets,
            before: self.before.as_ref().map(|(_, side)| Arc::clone(side)),
            after: Arc::clone(&self.after),
            snapshot: self.snapshot,
            comparison,
            probes,
        })
    }
}

/// Judges a snapshot, with one from before where there is one. `probes` are exit codes by the id of their check.
#[must_use]
pub fn judge(
    targets: &Targets,
    before: Option<&Snapshot>,
    after: &Snapshot,
    probes: &BTreeMap<String, i64>,
) -> Judgement {
    Evidence::of(before, after).judge(targets, probes)
}

/// Acceptances of findings that are not there.
fn unused(input: &Input<'_>) -> Vec<FingerprintStart> {
    let unused = |advice: &Arc<StackAdvice>| {
        let unused = advice.unused(&input.targets.accepted).into_iter();
        unused.map(|acceptance| acceptance.finding.clone()).collect()
    };
    input.advice.as_ref().map(unused).unwrap_or_default()
}

fn judge_input(input: &Input<'_>) -> Judgement {
    let outcomes: Vec<Outcome> = KINDS.iter().flat_map(|kind| kind(input)).collect();
    let count = |status| outcomes.iter().filter(|one| one.required && one.status == status).count() as u64;
    let ideals = || outcomes.iter().flat_map(|one| &one.levels).filter(|level| level.level == Level::Ideal);
    Judgement {
        name: input.targets.name.clone(),
        compared: input.before.is_some(),
        passed: count(Status::Pass),
        failed: count(Status::Fail),
        unknown: count(Status::Unknown),
        ideals: ideals().count() as u64,
        unused: unused(input),
        ideals_reached: ideals().filter(|level| level.status == Status::Pass).count() as u64,
        outcomes,
    }
}
