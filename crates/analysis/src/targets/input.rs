//! What a kind of target judges: the demands, and what both sides show.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use plimsoll_snapshot::{Snapshot, filled};

use super::file::{ServiceTargets, Targets};
use super::outcome::{Outcome, Status};
use super::reason::Reason;
use super::title::Title;
use crate::compare::{Comparison, ImageTree};
use crate::findings::StackAdvice;
use crate::inspect::{ImageInspection, Inspection, StackSize, inspect};
use crate::memory::{Memory, ServiceMemory, memory};

/// What a kind of target judges.
pub(crate) struct Input<'a> {
    pub(crate) targets: &'a Targets,
    pub(crate) before: Option<Arc<Side<'a>>>,
    pub(crate) after: Arc<Side<'a>>,
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) comparison: Option<Arc<Comparison>>,
    /// The findings after, where a target forbids some.
    pub(crate) advice: Option<Arc<StackAdvice>>,
    pub(crate) probes: &'a BTreeMap<String, i64>,
    /// Every service, with what is demanded of it.
    pub(crate) services: Vec<(String, ServiceTargets)>,
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

/// What one side shows.
pub(crate) struct Side<'a> {
    pub(crate) inspection: Inspection,
    pub(crate) memory: Option<Memory>,
    /// The images of the services that were looked into already.
    pub(crate) images: BTreeMap<String, Arc<ImageTree<'a>>>,
}

impl<'a> Side<'a> {
    pub(super) fn of(snapshot: &'a Snapshot) -> Self {
        let memory = snapshot.runtime.as_ref().map(memory);
        Self { inspection: inspect(snapshot), memory, images: BTreeMap::new() }
    }

    pub(super) fn of_compared<'c>(
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

/// The services of the snapshot and those the targets name, by name.
pub(super) fn services(targets: &Targets, after: &Side<'_>) -> Vec<(String, ServiceTargets)> {
    let images = after.inspection.images.iter().map(|image| image.service.as_str());
    let running =
        after.memory.iter().flat_map(|memory| &memory.services).map(|service| service.name.as_str());
    let named = targets.services.keys().map(String::as_str).filter(|name| *name != "*");
    let names: BTreeSet<&str> = filled(images.chain(running).chain(named));
    names.into_iter().map(|name| (name.to_owned(), targets.service(name))).collect()
}
