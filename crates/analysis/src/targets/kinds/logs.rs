//! Logs can be read, and end before the disk does.

use plimsoll_snapshot::Bytes;

use crate::memory::{Bound, LogBound, ServiceMemory};
use crate::targets::file::ServiceTargets;
use crate::targets::input::Input;
use crate::targets::outcome::{Good, Measured, Outcome, Status};
use crate::targets::reason::Reason;
use crate::targets::title::Title;

pub(super) fn outcomes(input: &Input<'_>) -> Vec<Outcome> {
    let demands = |targets: &ServiceTargets| targets.logs == Some(true);
    let mut outcomes = input.each_service("logs", &Title::LogBounded, demands, judge);
    for (name, targets) in &input.services {
        let Some(levels) = &targets.log_size else { continue };
        let measured = match input.after.service(name).map(|service| &service.log) {
            None => Measured::Unknown(input.unseen()),
            Some(log) => match log.bound {
                Bound::Bounded(bytes) => Measured::Exactly(float(bytes)),
                Bound::Unbounded => Measured::Unbounded(reason(log)),
                Bound::Elsewhere | Bound::Unknown => Measured::Unknown(reason(log)),
            },
        };
        let id = format!("services.{name}.log_size");
        outcomes.push(Outcome::figure(id, Title::SmallLog, Some(name), Good::AtMost, levels, &measured));
    }
    outcomes
}

fn reason(log: &LogBound) -> Reason {
    Reason::Log { reason: log.reason.clone() }
}

fn judge(service: &ServiceMemory) -> (Status, Vec<Reason>) {
    let log = &service.log;
    let driver = log.driver.clone().map(|driver| Reason::LogDriver { driver });
    let status = match (log.readable, log.bound) {
        (Some(false), _) | (_, Bound::Unbounded) => Status::Fail,
        (Some(true), Bound::Bounded(_) | Bound::Elsewhere) => Status::Pass,
        _ => Status::Unknown,
    };
    let size = match log.bound {
        Bound::Bounded(bytes) if !bytes.is_zero() => Some(Reason::LogBound { bytes }),
        _ => None,
    };
    (status, driver.into_iter().chain([reason(log)]).chain(size).collect())
}

#[expect(clippy::cast_precision_loss, reason = "beyond 2⁵³ bytes nobody counts")]
fn float(bytes: Bytes) -> f64 {
    bytes.0 as f64
}
