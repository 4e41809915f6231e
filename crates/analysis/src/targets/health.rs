//! Health checks pass.

use super::Input;
use super::outcome::{Outcome, Status};
use crate::memory::HealthVerdict;
use crate::memory::words::plural;

pub(super) fn outcomes(input: &Input<'_>) -> Vec<Outcome> {
    input.each_service(
        "healthy",
        "its health check passes",
        |targets| targets.healthy == Some(true),
        |service| {
            let health = &service.health;
            match health.verdict {
                HealthVerdict::Healthy => (Status::Pass, vec!["healthy whenever it was asked".to_owned()]),
                HealthVerdict::Unhealthy if health.went_unhealthy > 0 => {
                    (Status::Fail, vec![format!("found unhealthy {}", plural(health.went_unhealthy, "time"))])
                }
                HealthVerdict::Unhealthy => (Status::Fail, vec!["it is unhealthy".to_owned()]),
                HealthVerdict::Starting => {
                    (Status::Unknown, vec!["its first probes were still to come".to_owned()])
                }
                HealthVerdict::NoCheck => (Status::Unknown, vec!["it has no health check".to_owned()]),
                HealthVerdict::Unknown => (Status::Unknown, vec!["nothing that was read says".to_owned()]),
            }
        },
    )
}
