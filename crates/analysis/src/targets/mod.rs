//! Judges a stack against what is demanded of it: pass, fail or unknown, each with its evidence.
//!
//! One file for each kind of target, and one list of them. Evidence that is absent makes a target unknown, never passed.

mod context;
mod cost;
mod demanded;
mod file;
mod health;
mod images;
mod limits;
mod logs;
mod names;
mod oom;
mod oom_score;
mod outcome;
mod packages;
mod postgres;
mod probes;
mod reason;
mod running;
mod size;
mod start_up;
mod usage;
mod values;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock};

use plimsoll_snapshot::{Snapshot, filled};
use serde::Serialize;

pub use file::{
    Attestation, Check, CostTargets, MemoryDemand, PostgresTargets, Server, ServiceTargets, SizeKind,
    StackTargets, Targets, VERSION, document, parse, read,
};
pub use names::{Nameless, service_names};
pub use outcome::{Good, Level, LevelOutcome, Outcome, Status};
pub use reason::{Demanded, Figure, Measure, Part, Reason, ServerBasis, TakenWhen, Title, Unit, When};
pub use values::{Demand, Duration, Levels, MemorySize, Percent, Price, Size, Value};

use crate::compare::{Comparison, ImageTree, ServiceTrees, compare};
use crate::inspect::{ImageInspection, Inspection, StackSize, inspect};
use crate::memory::{Memory, ServiceMemory, memory};

/// The kinds of target, in the order their outcomes are shown: images first, then what runs, then what a server costs.
const KINDS: &[fn(&Input<'_>) -> Vec<Outcome>] = &[
    images::outcomes,
    size::outcomes,
    context::outcomes,
    packages::outcomes,
    running::outcomes,
    health::outcomes,
    start_up::outcomes,
    limits::outcomes,
    oom_score::outcomes,
    postgres::outcomes,
    oom::outcomes,
    usage::outcomes,
    logs::outcomes,
    probes::outcomes,
    cost::outcomes,
];

/// The outcomes of all targets.
#[derive(Clone, Debug, PartialEq, Serialize)]
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
    /// Each target, in the order of the kinds.
    #[serde(skip)]
    pub outcomes: Vec<Outcome>,
}

/// What one side shows.
pub(crate) struct Side<'a> {
    pub(crate) inspection: Inspection,
    pub(crate) memory: Option<Memory>,
    /// The images of the services that were looked into already.
    pub(crate) images: BTreeMap<String, Arc<ImageTree<'a>>>,
}

impl<'a> Side<'a> {
    fn of(snapshot: &'a Snapshot) -> Self {
        let memory = snapshot.runtime.as_ref().map(memory);
        Self { inspection: inspect(snapshot), memory, images: BTreeMap::new() }
    }

    fn of_compared<'c>(
        stack: StackSize,
        services: impl Iterator<Item = (Option<&'c ImageInspection>, &'c Option<Arc<ImageTree<'a>>>)>,
        memory: Option<&Memory>,
    ) -> Self
    where
        'a: 'c,
    {
        let (mut inspections, mut images) = (Vec::new(), BTreeMap::new());
        for (inspection, image) in services {
            let (Some(inspection), Some(image)) = (inspection, image) else { continue };
            images.insert(inspection.service.clone(), Arc::clone(image));
            inspections.push(inspection.clone());
        }
        Self { inspection: Inspection { images: inspections, stack }, memory: memory.cloned(), images }
    }

    pub(crate) fn image(&self, service: &str) -> Option<&ImageInspection> {
        self.inspection.images.iter().find(|image| image.service == service)
    }

    pub(crate) fn service(&self, name: &str) -> Option<&ServiceMemory> {
        self.memory.as_ref()?.services.iter().find(|service| service.name == name)
    }
}

/// What a kind of target judges.
pub(crate) struct Input<'a> {
    pub(crate) targets: &'a Targets,
    pub(crate) before: Option<Arc<Side<'a>>>,
    pub(crate) after: Arc<Side<'a>>,
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) comparison: Option<Arc<Comparison>>,
    pub(crate) probes: &'a BTreeMap<String, i64>,
    /// Every service, with what is demanded of it.
    pub(crate) services: Vec<(String, ServiceTargets)>,
}

/// What two snapshots show, gathered once: who changes a target has it judged again at once.
pub struct Evidence<'a> {
    before: Option<(&'a Snapshot, Arc<Side<'a>>)>,
    snapshot: &'a Snapshot,
    after: Arc<Side<'a>>,
    /// Only some targets ask for it.
    comparison: OnceLock<Arc<Comparison>>,
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
        }
    }

    /// Judges it. `probes` are exit codes by the id of their check.
    #[must_use]
    pub fn judge(&self, targets: &Targets, probes: &BTreeMap<String, i64>) -> Judgement {
        let wants_layers = targets.services.values().any(|service| service.layer_growth.is_some());
        let comparison = self.before.as_ref().filter(|_| wants_layers).map(|(before, _)| {
            Arc::clone(self.comparison.get_or_init(|| Arc::new(compare(before, self.snapshot))))
        });
        judge_input(&Input {
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
        ideals_reached: ideals().filter(|level| level.status == Status::Pass).count() as u64,
        outcomes,
    }
}

/// The services of the snapshot and those the targets name, by name.
fn services(targets: &Targets, after: &Side<'_>) -> Vec<(String, ServiceTargets)> {
    let images = after.inspection.images.iter().map(|image| image.service.as_str());
    let running =
        after.memory.iter().flat_map(|memory| &memory.services).map(|service| service.name.as_str());
    let named = targets.services.keys().map(String::as_str).filter(|name| *name != "*");
    let names: BTreeSet<&str> = filled(images.chain(running).chain(named));
    names.into_iter().map(|name| (name.to_owned(), targets.service(name))).collect()
}

impl Input<'_> {
    /// One outcome for each service of which something is demanded that a runtime shows: `judge` is only asked where
    /// the service was seen to run or was planned.
    pub(crate) fn each_service(
        &self,
        key: &str,
        title: &Title,
        demands: fn(&ServiceTargets) -> bool,
        judge: impl Fn(&ServiceMemory) -> (Status, Vec<Reason>),
    ) -> Vec<Outcome> {
        let services = self.services.iter().filter(|(_, targets)| demands(targets));
        services
            .map(|(name, _)| {
                let (status, evidence) = match self.after.service(name) {
                    Some(service) => judge(service),
                    None => (Status::Unknown, vec![self.unseen()]),
                };
                let id = format!("services.{name}.{key}");
                Outcome::plain(id, title.clone(), Some(name), status).because(evidence)
            })
            .collect()
    }

    /// Why nothing is known of a service.
    pub(crate) fn unseen(&self) -> Reason {
        if self.after.memory.is_none() { Reason::NothingRuns } else { Reason::ServiceNotSeen }
    }
}

#[cfg(test)]
mod tests;
