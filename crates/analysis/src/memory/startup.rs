//! How long services take until they are healthy. The moment itself is never seen, only the probes around it, so each
//! figure is an interval (interval-censored: Turnbull 1976).

use std::collections::{BTreeMap, HashMap};

use plimsoll_snapshot::Order as _;
use plimsoll_snapshot::runtime::{EventKind, HealthStatus, Time};
use serde::Serialize;

use super::stack::StackService;

/// The first probe comes one interval after the start, 30 s unless the check says otherwise (moby, `health.go`).
const DEFAULT_INTERVAL_MS: u64 = 30_000;

/// Events and inspect name one start at most so far apart.
const SAME_START_MS: i64 = 1_999;

/// How long a start took.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StartUp {
    /// When it was started.
    pub started: Time,
    /// Not healthy yet at this many milliseconds: the last probe that failed, or the start itself.
    pub at_least_ms: u64,
    /// Healthy at this many milliseconds.
    pub at_most_ms: u64,
}

/// The starts of a whole stack.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StackStartUp {
    /// From the first start to the moment all with a health check were healthy; absent where some never was.
    pub whole: Option<StartUp>,
    /// The services without a health check: when they are ready is not known.
    pub without_check: Vec<String>,
    /// The services of which no start was seen.
    pub unseen: Vec<String>,
}

/// Every start of a service that became healthy, slowest first.
pub(crate) fn start_ups(service: &StackService<'_>) -> Vec<StartUp> {
    let mut found = Vec::new();
    let mut by_events = starts_by_events(service);
    for &(index, container) in &service.containers {
        let mut starts = by_events.remove(&index).unwrap_or_default();
        let logs = container.states.iter().filter(|state| state.started.is_some());
        let probes = logs.filter_map(|state| state.health.as_ref()).flat_map(|health| &health.log);
        let mut failed: Vec<Time> =
            probes.filter(|run| run.exit_code != 0).filter_map(|run| run.start).collect();
        failed.order();
        // The log of an engine keeps five probes: it holds the first one only if it holds fewer.
        for (started, first) in container.states.iter().filter_map(|state| {
            let log = &state.health.as_ref()?.log;
            let first = log.iter().find(|run| run.exit_code == 0)?.end?;
            (log.len() < 5).then_some((state.started?, first))
        }) {
            // Events and inspect name one start a few milliseconds apart.
            let near =
                Time(started.0.saturating_sub(SAME_START_MS))..=Time(started.0.saturating_add(SAME_START_MS));
            match starts.range_mut(near).next() {
                Some((_, healthy @ None)) => *healthy = Some(first),
                Some(_) => {}
                None => _ = starts.insert(started, Some(first)),
            }
        }
        for (started, healthy) in starts {
            let Some(healthy) = healthy else { continue };
            let Some(at_most_ms) = started.until(healthy) else { continue };
            let before = failed.partition_point(|failed| *failed < healthy).checked_sub(1);
            let at_least_ms = before.and_then(|last| started.until(failed[last])).unwrap_or(0);
            found.push(StartUp { started, at_least_ms, at_most_ms });
        }
    }
    found.order_by_key(|start| (std::cmp::Reverse(start.at_most_ms), start.started));
    found.dedup();
    found
}

/// When each container was started, and when it was healthy first after that, by the events.
fn starts_by_events(service: &StackService<'_>) -> HashMap<usize, BTreeMap<Time, Option<Time>>> {
    let mut starts: HashMap<usize, BTreeMap<Time, Option<Time>>> = HashMap::new();
    for event in &service.events {
        let of_container = starts.entry(event.container).or_default();
        match event.kind {
            EventKind::Start => _ = of_container.entry(event.time).or_default(),
            EventKind::Health { status: HealthStatus::Healthy } => {
                if let Some(mut last) = of_container.last_entry() {
                    last.get_mut().get_or_insert(event.time);
                }
            }
            _ => {}
        }
    }
    starts
}

pub(crate) fn stack_start_up(services: &[StackService<'_>]) -> StackStartUp {
    let mut stack = StackStartUp::default();
    // The first start of each service: a later one is a restart.
    let mut firsts = Vec::new();
    let mut earliest: Option<Time> = None;
    for service in services.iter().filter(|service| !service.containers.is_empty()) {
        let first = start_ups(service).into_iter().min_by_key(|start| start.started);
        match first {
            Some(first) => firsts.push(first),
            None if !has_check(service) => stack.without_check.push(service.name.clone()),
            None => stack.unseen.push(service.name.clone()),
        }
        let starts = service.events.iter().filter(|event| event.kind == EventKind::Start);
        let states = service.containers.iter().flat_map(|(_, container)| &container.states);
        let first =
            starts.map(|event| event.time).min().or_else(|| states.filter_map(|state| state.started).min());
        earliest = match (earliest, first) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
    }
    if let Some(begin) = earliest
        && stack.unseen.is_empty()
    {
        let at = |start: &StartUp, after: u64| begin.until(start.started).map(|before| before + after);
        let least = firsts.iter().filter_map(|start| at(start, start.at_least_ms)).max();
        let most = firsts.iter().filter_map(|start| at(start, start.at_most_ms)).max();
        if let (Some(at_least_ms), Some(at_most_ms)) = (least, most) {
            stack.whole = Some(StartUp { started: begin, at_least_ms, at_most_ms });
        }
    }
    stack
}

/// Whether a service has a health check, as far as anything says.
pub(crate) fn has_check(service: &StackService<'_>) -> bool {
    let planned = service.plan.and_then(|plan| plan.health_check.as_ref());
    service.containers.iter().any(|(_, container)| {
        container.health_check.as_ref().is_some_and(|check| !check.is_disabled())
            || container.states.iter().any(|state| state.health.is_some())
    }) || planned.is_some_and(|check| !check.is_disabled())
        || service.events.iter().any(|event| matches!(event.kind, EventKind::Health { .. }))
}

/// Why an interval may be this wide: probes come this far apart.
pub(crate) fn probe_interval_ms(service: &StackService<'_>) -> u64 {
    let check = service.containers.iter().find_map(|(_, container)| container.health_check.as_ref());
    let check = check.or(service.plan.and_then(|plan| plan.health_check.as_ref()));
    check.and_then(|check| check.interval_ms).filter(|&interval| interval > 0).unwrap_or(DEFAULT_INTERVAL_MS)
}
