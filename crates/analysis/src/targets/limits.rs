//! Limits of memory: set as planned, kept, and together no more than there is.

use plimsoll_snapshot::Bytes;
use plimsoll_snapshot::runtime::UnreadLimit;

use super::outcome::{Good, Measured, Outcome, Status};
use super::{Input, MemoryDemand, Side};
use crate::memory::words::{binary, plural};
use crate::memory::{Limit, Memory, ServiceMemory};

pub(super) fn outcomes(input: &Input<'_>) -> Vec<Outcome> {
    let mut outcomes = totals(input);
    outcomes.extend(input.each_service(
        "limit_respected",
        "it has a limit, the planned one, and keeps it",
        |targets| targets.limit_respected == Some(true),
        respected,
    ));
    outcomes.extend(input.each_service(
        "no_swap",
        "it may not swap",
        |targets| targets.no_swap == Some(true),
        |service| match (service.limit, service.limit_with_swap) {
            (Limit::Limited(limit), Limit::Limited(both)) if limit == both => {
                (Status::Pass, vec![format!("RAM and swap together are limited to {}", binary(both))])
            }
            (Limit::Unknown, _) => (Status::Unknown, vec!["its limit is not known".to_owned()]),
            (_, Limit::Unknown) => (Status::Unknown, vec!["its limit of swap is not known".to_owned()]),
            (_, Limit::Limited(both)) => {
                (Status::Fail, vec![format!("RAM and swap together may reach {}", binary(both))])
            }
            _ => (Status::Fail, vec!["swap is not limited".to_owned()]),
        },
    ));
    for (name, targets) in &input.services {
        for (key, title, demand, found) in [
            ("limit", "its limit", targets.limit, input.after.service(name).map(|service| service.limit)),
            (
                "reservation",
                "its reservation",
                targets.reservation,
                input.after.service(name).map(reservation),
            ),
        ] {
            let Some(demand) = demand else { continue };
            let (status, evidence) = match found {
                Some(found) => exactly(&demand, found),
                None => (Status::Unknown, input.unseen()),
            };
            let title = format!("{title} is {}", demand.words());
            let mut outcome = Outcome::plain(format!("services.{name}.{key}"), &title, Some(name), status);
            outcome.measured = found.and_then(Limit::bytes).map(binary);
            outcomes.push(outcome.because([evidence]));
        }
    }
    outcomes
}

fn reservation(service: &ServiceMemory) -> Limit {
    match (service.reservation, service.limit) {
        (Some(bytes), _) => Limit::Limited(bytes),
        (None, _) if service.unread.contains(&UnreadLimit::Reservation) => Limit::Unknown,
        (None, Limit::Unknown) => Limit::Unknown,
        (None, _) => Limit::Unlimited,
    }
}

fn exactly(demand: &MemoryDemand, found: Limit) -> (Status, String) {
    #[expect(clippy::cast_precision_loss, reason = "beyond 2⁵³ bytes nobody counts")]
    let matches = |bytes: Bytes| {
        let tolerance = if demand.about { MemoryDemand::TOLERANCE } else { 0.0 };
        (bytes.0 as f64 - demand.value.0).abs() <= demand.value.0 * tolerance + 0.5
    };
    match found {
        Limit::Limited(bytes) if matches(bytes) => (Status::Pass, format!("set to {}", binary(bytes))),
        Limit::Limited(bytes) => {
            (Status::Fail, format!("set to {}, not {}", binary(bytes), binary(demand.value.bytes())))
        }
        Limit::Unlimited => (Status::Fail, "none is set".to_owned()),
        Limit::Unknown => (Status::Unknown, "it is not known".to_owned()),
    }
}

fn respected(service: &ServiceMemory) -> (Status, Vec<String>) {
    let limit = match service.limit {
        Limit::Unlimited => return (Status::Fail, vec!["it has no limit".to_owned()]),
        Limit::Unknown => return (Status::Unknown, vec!["its limit is not known".to_owned()]),
        Limit::Limited(limit) => limit,
    };
    let mut evidence = vec![format!("the limit is {}", binary(limit))];
    if let Some(planned) = service.planned_limit
        && ![Limit::Unknown, service.limit].contains(&planned)
    {
        let planned = planned.bytes().map_or_else(|| "none".to_owned(), binary);
        return (Status::Fail, vec![format!("the limit is {}, but {planned} is planned", binary(limit))]);
    }
    if service.oom.verdict.is_kill() {
        evidence.push(format!("it was killed at it: {}", service.oom.evidence.join(", ")));
        return (Status::Fail, evidence);
    }
    if let Some(hits @ 1..) = service.limit_hits {
        // The kernel took page cache back and nobody was killed: the limit held, and was felt.
        evidence.push(format!("reached {}, without a kill", plural(hits, "time")));
    }
    let most = service.peak.or(service.working_set.map(|taken| taken.max));
    match most {
        None => {
            evidence.push("what it takes was not recorded".to_owned());
            (Status::Unknown, evidence)
        }
        Some(most) if most > limit => {
            evidence.push(format!("it took {}", binary(most)));
            (Status::Fail, evidence)
        }
        Some(most) => {
            evidence.push(format!("it took {} at most", binary(most)));
            (Status::Pass, evidence)
        }
    }
}

fn totals(input: &Input<'_>) -> Vec<Outcome> {
    let targets = &input.targets.stack;
    let mut outcomes = Vec::new();
    let memory = input.after.memory.as_ref();
    for (key, title, levels, read) in [
        (
            "limits",
            "the limits of all services add up to no more",
            &targets.limits,
            sum as fn(&Memory) -> Limit,
        ),
        (
            "limits_with_swap",
            "the limits of RAM and swap add up to no more",
            &targets.limits_with_swap,
            sum_with_swap,
        ),
    ] {
        let Some(levels) = levels else { continue };
        let measured =
            memory.map_or_else(|| Measured::Unknown(input.unseen()), |memory| measured(memory, read(memory)));
        let id = format!("stack.{key}");
        let outcome = Outcome::figure(id, title, None, Good::AtMost, levels, &measured);
        outcomes.push(outcome.because(memory.and_then(|memory| parts(memory, key))));
    }
    if let Some(levels) = &targets.reservations {
        let measured = match memory {
            Some(memory) if memory.totals.unreserved.is_empty() => {
                Measured::Exactly(float(memory.totals.reservations))
            }
            Some(memory) => Measured::Unknown(format!(
                "no reservation is known of {}",
                memory.totals.unreserved.join(", ")
            )),
            None => Measured::Unknown(input.unseen()),
        };
        let title = "the reservations of all services add up to no more";
        let id = "stack.reservations".to_owned();
        outcomes.push(Outcome::figure(id, title, None, Good::AtMost, levels, &measured));
    }
    if targets.fits_host {
        outcomes.push(fits_host(&input.after, &input.unseen()));
    }
    outcomes
}

fn sum(memory: &Memory) -> Limit {
    memory.totals.limits
}

fn sum_with_swap(memory: &Memory) -> Limit {
    memory.totals.limits_with_swap
}

fn measured(memory: &Memory, limit: Limit) -> Measured {
    match limit {
        Limit::Limited(bytes) => Measured::Exactly(float(bytes)),
        Limit::Unlimited if memory.totals.unlimited.is_empty() => {
            Measured::Unbounded("swap is not limited".to_owned())
        }
        Limit::Unlimited => Measured::Unbounded(format!("no limit: {}", memory.totals.unlimited.join(", "))),
        Limit::Unknown => {
            Measured::Unknown(format!("the limit is not known of {}", memory.totals.unknown.join(", ")))
        }
    }
}

/// `backend 1 GiB + frontend 768 MiB`.
fn parts(memory: &Memory, key: &str) -> Option<String> {
    let parts: Vec<String> = memory
        .services
        .iter()
        .filter_map(|service| {
            let limit = if key == "limits" { service.limit } else { service.limit_with_swap }.bytes()?;
            let times =
                if service.replicas > 1 { format!(" × {}", service.replicas) } else { String::new() };
            Some(format!("{} {}{times}", service.name, binary(limit)))
        })
        .collect();
    (!parts.is_empty()).then(|| parts.join(" + "))
}

fn fits_host(after: &Side, unseen: &str) -> Outcome {
    let (status, evidence) = match &after.memory {
        None => (Status::Unknown, unseen.to_owned()),
        Some(memory) => {
            let totals = &memory.totals;
            let host = totals.host.map_or_else(|| "a host of unknown memory".to_owned(), binary);
            match (totals.fits_host(), totals.limits) {
                (Some(true), Limit::Limited(sum)) => (Status::Pass, format!("{} of {host}", binary(sum))),
                (Some(false), Limit::Limited(sum)) => (Status::Fail, format!("{} of {host}", binary(sum))),
                (Some(_), _) => (Status::Fail, format!("no limit: {}", totals.unlimited.join(", "))),
                (None, Limit::Unknown) => {
                    (Status::Unknown, format!("the limit is not known of {}", totals.unknown.join(", ")))
                }
                (None, _) => (Status::Unknown, host),
            }
        }
    };
    Outcome::plain("stack.fits_host".to_owned(), "all limits together fit the host", None, status)
        .because([evidence])
}

#[expect(clippy::cast_precision_loss, reason = "beyond 2⁵³ bytes nobody counts")]
fn float(bytes: Bytes) -> f64 {
    bytes.0 as f64
}
