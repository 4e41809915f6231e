//! Logs can be read, and end before the disk does.

use plimsoll_snapshot::Bytes;

use super::outcome::{Good, Measured, Outcome, Status};
use super::{Input, Size, Value};
use crate::memory::{Bound, ServiceMemory};

pub(super) fn outcomes(input: &Input<'_>) -> Vec<Outcome> {
    let title = "its log can be read and is bounded";
    let mut outcomes = input.each_service("logs", title, |targets| targets.logs == Some(true), judge);
    for (name, targets) in &input.services {
        let Some(levels) = &targets.log_size else { continue };
        let measured = match input.after.service(name).map(|service| &service.log) {
            None => Measured::Unknown(input.unseen()),
            Some(log) => match log.bound {
                Bound::Bounded(bytes) => Measured::Exactly(float(bytes)),
                Bound::Unbounded => Measured::Unbounded(log.reason.clone()),
                Bound::Elsewhere | Bound::Unknown => Measured::Unknown(log.reason.clone()),
            },
        };
        let id = format!("services.{name}.log_size");
        let title = "the log of a container is small";
        outcomes.push(Outcome::figure(id, title, Some(name), Good::AtMost, levels, &measured));
    }
    outcomes
}

fn judge(service: &ServiceMemory) -> (Status, Vec<String>) {
    let log = &service.log;
    let driver = log.driver.as_deref().map(|driver| format!("driver `{driver}`"));
    let status = match (log.readable, log.bound) {
        (Some(false), _) | (_, Bound::Unbounded) => Status::Fail,
        (Some(true), Bound::Bounded(_) | Bound::Elsewhere) => Status::Pass,
        _ => Status::Unknown,
    };
    let size = match log.bound {
        Bound::Bounded(bytes) if !bytes.is_zero() => {
            Some(format!("at most {} for each container", Size::words(float(bytes))))
        }
        _ => None,
    };
    (status, driver.into_iter().chain([log.reason.clone()]).chain(size).collect())
}

#[expect(clippy::cast_precision_loss, reason = "beyond 2⁵³ bytes nobody counts")]
fn float(bytes: Bytes) -> f64 {
    bytes.0 as f64
}
