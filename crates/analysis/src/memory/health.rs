//! What health checks found, and what they cost.

use plimsoll_snapshot::Order as _;
use plimsoll_snapshot::runtime::{EventKind, HealthStatus, Status};
use serde::Serialize;

use super::stack::StackService;
use super::startup::{has_check, probe_interval_ms};

/// What is known of the health of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum HealthVerdict {
    /// Every container that runs is healthy.
    Healthy,
    /// A container that runs is not, or was not at some time after it had been.
    Unhealthy,
    /// The first probes are still to come.
    Starting,
    /// There is no health check.
    NoCheck,
    /// There is no evidence.
    Unknown,
}

/// The health of a service and the cost of asking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ServiceHealth {
    /// The health of the service.
    pub verdict: HealthVerdict,
    /// How often a check found it unhealthy while events were heard.
    pub went_unhealthy: u64,
    /// How often it is asked, for each container.
    pub checks_per_day: Option<u64>,
    /// How long a check takes on average, in milliseconds.
    pub check_ms: Option<u64>,
    /// Seconds of a day in which a check runs.
    pub busy_seconds_per_day: Option<u64>,
}

pub(crate) fn health(service: &StackService<'_>) -> ServiceHealth {
    let went_unhealthy = service
        .events
        .iter()
        .filter(|event| event.kind == EventKind::Health { status: HealthStatus::Unhealthy })
        .count() as u64;
    let has_check = has_check(service);
    let checks_per_day = has_check.then(|| 86_400_000 / probe_interval_ms(service).max(1));
    let check_ms = mean_probe_ms(service);
    ServiceHealth {
        verdict: verdict(service, has_check, went_unhealthy),
        went_unhealthy,
        checks_per_day,
        check_ms,
        busy_seconds_per_day: checks_per_day
            .zip(check_ms)
            .map(|(checks, milliseconds)| checks.saturating_mul(milliseconds) / 1000),
    }
}

fn verdict(service: &StackService<'_>, has_check: bool, went_unhealthy: u64) -> HealthVerdict {
    // Engines say `unhealthy` of what is paused or has ended, without having asked.
    let running = service.states().into_iter().filter(|(_, state)| state.status == Status::Running);
    let mut worst: Option<HealthStatus> = None;
    for (_, state) in running {
        let Some(health) = &state.health else { continue };
        let rank = |status: HealthStatus| match status {
            HealthStatus::Healthy => 0,
            HealthStatus::Starting => 1,
            HealthStatus::Unhealthy => 2,
        };
        if worst.is_none_or(|worst| rank(health.status) > rank(worst)) {
            worst = Some(health.status);
        }
    }
    let last_event = service.events.iter().rev().find_map(|event| match event.kind {
        EventKind::Health { status } => Some(status),
        _ => None,
    });
    match (worst, went_unhealthy) {
        (Some(HealthStatus::Unhealthy), _) | (_, 1..) => HealthVerdict::Unhealthy,
        (Some(HealthStatus::Healthy), _) => HealthVerdict::Healthy,
        (Some(HealthStatus::Starting), _) => HealthVerdict::Starting,
        (None, _) => match last_event {
            Some(HealthStatus::Healthy) => HealthVerdict::Healthy,
            Some(HealthStatus::Unhealthy) => HealthVerdict::Unhealthy,
            Some(HealthStatus::Starting) => HealthVerdict::Starting,
            None if has_check => HealthVerdict::Unknown,
            None if service.containers.iter().any(|(_, container)| container.limits.is_some()) => {
                HealthVerdict::NoCheck
            }
            None => HealthVerdict::Unknown,
        },
    }
}

fn mean_probe_ms(service: &StackService<'_>) -> Option<u64> {
    let mut runs: Vec<_> = service
        .containers
        .iter()
        .flat_map(|(_, container)| &container.states)
        .filter_map(|state| state.health.as_ref())
        .flat_map(|health| &health.log)
        .filter_map(|run| Some((run.start?, run.start?.until(run.end?)?)))
        .collect();
    // One probe may stand in the logs of several states.
    runs.order();
    runs.dedup();
    let sum = runs.iter().fold(0_u64, |sum, (_, milliseconds)| sum.saturating_add(*milliseconds));
    sum.checked_div(runs.len() as u64)
}
