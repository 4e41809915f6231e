//! Who is who: containers, plans and series joined by service.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use plimsoll_snapshot::runtime::{
    Container, ContainerState, Event, Limits, Metric, PlannedService, Series, Status, UnreadLimit,
};
use plimsoll_snapshot::{Bytes, Order as _, Runtime, filled};
use serde::Serialize;

use super::recorded::Recorded;

/// A limit as it is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "state", content = "bytes", rename_all = "snake_case")]
pub enum Limit {
    /// Not inspected.
    #[default]
    Unknown,
    /// Inspected, and there is none.
    Unlimited,
    /// The limit in bytes.
    Limited(Bytes),
}

impl Limit {
    /// The bytes, if there is a limit.
    #[must_use]
    pub fn bytes(self) -> Option<Bytes> {
        match self {
            Self::Limited(bytes) => Some(bytes),
            Self::Unknown | Self::Unlimited => None,
        }
    }

    /// The limit that an engine or a file sets. Zero is how both write that there is none.
    pub(crate) fn of(limits: &Limits) -> Self {
        match limits.memory.filter(|limit| !limit.is_zero()) {
            Some(limit) => Self::Limited(limit),
            None if limits.unread.contains(&UnreadLimit::Memory) => Self::Unknown,
            None => Self::Unlimited,
        }
    }

    /// What is known of two taken together: the worse.
    pub(crate) fn or_worse(self, other: Self) -> Self {
        match (self, other) {
            (Self::Unlimited, _) | (_, Self::Unlimited) => Self::Unlimited,
            (Self::Unknown, limit) | (limit, Self::Unknown) => limit,
            (Self::Limited(one), Self::Limited(other)) => Self::Limited(one.max(other)),
        }
    }
}

/// One service of a stack.
pub(crate) struct StackService<'a> {
    pub(crate) name: String,
    /// Its containers, with their indices.
    pub(crate) containers: Vec<(usize, &'a Container)>,
    pub(crate) plan: Option<&'a PlannedService>,
    /// Its series, with their recordings.
    pub(crate) series: Vec<(Recorded<'a>, &'a Series)>,
    /// What happened to it, oldest first.
    pub(crate) events: Vec<&'a Event>,
    /// When events were recorded: beginnings in order, each with the latest end of those up to it.
    pub(crate) watched_until: Rc<[(i64, i64)]>,
    pub(crate) runtime: &'a Runtime,
}

/// The services, by name.
///
/// Where some containers belong to a project or a plan, those that belong to none are no part of the stack: the load
/// generator beside it, say.
pub(crate) fn services(runtime: &Runtime) -> Vec<StackService<'_>> {
    let members = Members::of(runtime);
    let mut containers: BTreeMap<&str, Vec<(usize, &Container)>> = BTreeMap::new();
    for (index, container) in runtime.containers.iter().enumerate() {
        if let Some(name) = name(container).filter(|_| members.has(container)) {
            containers.entry(name).or_default().push((index, container));
        }
    }
    let plans: BTreeMap<&str, &PlannedService> =
        filled(runtime.planned.iter().map(|plan| (plan.name.as_str(), plan)));
    // A service of a profile runs only where the user enabled it.
    let planned = plans.values().filter(|plan| plan.profiles.is_empty()).map(|plan| plan.name.as_str());
    let names: BTreeSet<&str> = filled(containers.keys().copied().chain(planned));
    let watched_until = watched_until(runtime);
    let mut services: Vec<_> = names
        .into_iter()
        .map(|name| StackService {
            name: name.to_owned(),
            containers: containers.remove(name).unwrap_or_default(),
            plan: plans.get(name).copied(),
            series: Vec::new(),
            events: Vec::new(),
            watched_until: Rc::clone(&watched_until),
            runtime,
        })
        .collect();
    hand_out(runtime, &mut services);
    services
}

fn watched_until(runtime: &Runtime) -> Rc<[(i64, i64)]> {
    let mut watched: Vec<(i64, i64)> = runtime.watched.iter().map(|span| (span.from.0, span.to.0)).collect();
    watched.order();
    let mut latest = i64::MIN;
    for (_, to) in &mut watched {
        latest = latest.max(*to);
        *to = latest;
    }
    watched.into()
}

/// Gives each service its series and events, in one pass.
fn hand_out<'a>(runtime: &'a Runtime, services: &mut [StackService<'a>]) {
    let mut owner = vec![None; runtime.containers.len()];
    for (service_index, service) in services.iter().enumerate() {
        for &(container, _) in &service.containers {
            owner[container] = Some(service_index);
        }
    }
    for recording in &runtime.recordings {
        let recorded = Recorded::new(recording);
        for series in &recording.series {
            if let Some(service) = owner[series.container] {
                services[service].series.push((recorded, series));
            }
        }
    }
    for event in &runtime.events {
        if let Some(service) = owner[event.container] {
            services[service].events.push(event);
        }
    }
}

/// The containers that are no part of the stack, by name.
pub(crate) fn bystanders(runtime: &Runtime) -> Vec<String> {
    let members = Members::of(runtime);
    let others = runtime.containers.iter().filter(|container| !members.has(container));
    let names: BTreeSet<_> = filled(others.filter_map(name));
    names.into_iter().map(str::to_owned).collect()
}

fn name(container: &Container) -> Option<&str> {
    container.service.as_deref().or(container.name.as_deref()).or(container.id.as_deref())
}

/// Which containers make up the stack.
struct Members<'a> {
    planned: BTreeSet<&'a str>,
    /// Whether nothing says which, so that all do.
    all: bool,
}

impl<'a> Members<'a> {
    fn of(runtime: &'a Runtime) -> Self {
        let planned = runtime.planned.iter().map(|plan| plan.name.as_str()).collect();
        let mut members = Self { planned, all: false };
        members.all = !runtime.containers.iter().any(|container| members.has(container));
        members
    }

    fn has(&self, container: &Container) -> bool {
        let is_planned = container.service.as_deref().is_some_and(|service| self.planned.contains(service));
        self.all || container.project.is_some() || is_planned
    }
}

impl<'a> StackService<'a> {
    /// The containers that count now: those that run, or all if none does.
    pub(crate) fn current(&self) -> Vec<(usize, &'a Container)> {
        let runs = |container: &Container| {
            matches!(last_state(container).map(|state| state.status), Some(Status::Running | Status::Paused))
        };
        let running: Vec<_> =
            self.containers.iter().filter(|(_, container)| runs(container)).copied().collect();
        if running.is_empty() { self.containers.clone() } else { running }
    }

    /// How many containers run it: as planned, or as were seen.
    pub(crate) fn replicas(&self) -> u64 {
        let planned = self.plan.and_then(|plan| plan.replicas);
        planned.unwrap_or_else(|| match self.at_once() {
            0 => (self.current().len() as u64).max(1),
            seen => seen,
        })
    }

    /// How many of its containers have series that overlap in one recording, at most.
    fn at_once(&self) -> u64 {
        let mut most = 0;
        for series in self.series.chunk_by(|(one, _), (other, _)| one.is(*other)) {
            let mut edges: Vec<(u32, bool)> = Vec::with_capacity(series.len() * 2);
            for (_, series) in series {
                edges.extend([(series.first, true), (series.first.saturating_add(series.length), false)]);
            }
            // Where one ends and another begins in one frame, the end comes first.
            edges.order();
            let mut now = 0_u64;
            for (_, begins) in edges {
                now = if begins { now + 1 } else { now.saturating_sub(1) };
                most = most.max(now);
            }
        }
        most
    }

    /// The limit that holds for each of its containers: the inspected one, else the one that was sampled.
    pub(crate) fn limit(&self) -> Limit {
        let sampled = self.sampled_limits();
        let limit = |(index, container): (usize, &Container)| match &container.limits {
            Some(limits) => Limit::of(limits),
            None => sampled.get(&index).copied().unwrap_or_default(),
        };
        self.current().into_iter().map(limit).fold(Limit::Unknown, Limit::or_worse)
    }

    /// The limit that is known of it: where nothing was seen of one, that of the plan, which says nothing against it.
    pub(crate) fn known_limit(&self) -> Limit {
        match self.limit() {
            Limit::Unknown => self.planned_limit().unwrap_or_default(),
            limit => limit,
        }
    }

    /// The last limit that was sampled of each container.
    fn sampled_limits(&self) -> BTreeMap<usize, Limit> {
        let mut sampled = BTreeMap::new();
        for (_, series) in
            self.series.iter().filter(|(_, series)| series.columns.contains_key(&Metric::Limit))
        {
            let has_values = || series.values(Metric::WorkingSet).next().is_some();
            match series.values(Metric::Limit).last() {
                Some((_, limit)) => _ = sampled.insert(series.container, Limit::Limited(Bytes(limit))),
                None if has_values() => _ = sampled.insert(series.container, Limit::Unlimited),
                None => {}
            }
        }
        sampled
    }

    /// The limit that the plan asks for; none without a plan.
    pub(crate) fn planned_limit(&self) -> Option<Limit> {
        self.plan.map(|plan| Limit::of(&plan.limits))
    }

    /// How gladly the kernel kills it: as inspected, or as planned, where what is not set is zero.
    pub(crate) fn oom_score_adj(&self) -> Option<i64> {
        Some(self.limits()?.oom_score_adj.unwrap_or(0))
    }

    /// The last that was seen of each current container.
    pub(crate) fn states(&self) -> Vec<(&'a Container, &'a ContainerState)> {
        self.current()
            .into_iter()
            .filter_map(|(_, container)| Some((container, last_state(container)?)))
            .collect()
    }
}

/// The last that was seen of a container.
pub(crate) fn last_state(container: &Container) -> Option<&ContainerState> {
    container.states.last()
}
