//! Health checks pass.

use crate::memory::HealthVerdict;
use crate::targets::input::Input;
use crate::targets::outcome::{Outcome, Status};
use crate::targets::reason::Reason;
use crate::targets::title::Title;

pub(super) fn outcomes(input: &Input<'_>) -> Vec<Outcome> {
    input.each_service(
        "healthy",
        &Title::Healthy,
        |targets| targets.healthy == Some(true),
        |service| {
            let health = &service.health;
            let (status, evidence) = match health.verdict {
                HealthVerdict::Healthy => (Status::Pass, Reason::Healthy),
                HealthVerdict::Unhealthy if health.went_unhealthy > 0 => {
                    (Status::Fail, Reason::WentUnhealthy { times: health.went_unhealthy })
                }
                HealthVerdict::Unhealthy => (Status::Fail, Reason::Unhealthy),
                HealthVerdict::Starting => (Status::Unknown, Reason::NoProbeYet),
                HealthVerdict::NoCheck => (Status::Unknown, Reason::NoHealthCheck),
                HealthVerdict::Unknown => (Status::Unknown, Reason::HealthUnknown),
            };
            (status, vec![evidence])
        },
    )
}
