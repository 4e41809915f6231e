//! Limits of memory: set as planned, kept, and together no more than there is.

use plimsoll_snapshot::Bytes;
use plimsoll_snapshot::runtime::UnreadLimit;

use crate::memory::{Limit, Memory, ServiceMemory};
use crate::targets::file::MemoryDemand;
use crate::targets::input::{Input, Side};
use crate::targets::outcome::{Good, Measured, Outcome, Status};
use crate::targets::reason::{Part, Reason};
use crate::targets::title::{Figure, Measure, Title, Unit};

pub(super) fn outcomes(input: &Input<'_>) -> Vec<Outcome> {
    let mut outcomes = totals(input);
    outcomes.extend(input.each_service(
        "limit_respected",
        &Title::LimitRespected,
        |targets| targets.limit_respected == Some(true),
        respected,
    ));
    outcomes.extend(input.each_service(
        "no_swap",
        &Title::NoSwap,
        |targets| targets.no_swap == Some(true),
        |service| {
            let (status, evidence) = swap(service);
            (status, vec![evidence])
        },
    ));
    for (name, targets) in &input.services {
        let service = input.after.service(name);
        for (key, is_limit, demand, found) in [
            ("limit", true, targets.limit, service.map(|service| service.limit)),
            ("reservation", false, targets.reservation, service.map(reservation)),
        ] {
            let Some(demand) = demand else { continue };
            let (status, evidence) = match found {
                Some(found) => exactly(&demand, found),
                None => (Status::Unknown, input.unseen()),
            };
            let wanted = demand.demanded();
            let title = if is_limit {
                Title::Limit { demand: wanted }
            } else {
                Title::Reservation { demand: wanted }
            };
            let mut outcome = Outcome::plain(format!("services.{name}.{key}"), title, Some(name), status);
            let exactly = |bytes| Measure::Exactly { figure: figure(bytes) };
            outcome.measured = found.and_then(Limit::bytes).map(exactly);
            outcomes.push(outcome.because([evidence]));
        }
    }
    outcomes
}

fn swap(service: &ServiceMemory) -> (Status, Reason) {
    match (service.limit, service.limit_with_swap) {
        (Limit::Limited(limit), Limit::Limited(bytes)) if limit == bytes => {
            (Status::Pass, Reason::SwapLimited { bytes })
        }
        (Limit::Unknown, _) => (Status::Unknown, Reason::LimitUnknown),
        (_, Limit::Unknown) => (Status::Unknown, Reason::SwapUnknown),
        (_, Limit::Limited(bytes)) => (Status::Fail, Reason::SwapAllowed { bytes }),
        _ => (Status::Fail, Reason::SwapUnlimited),
    }
}

fn figure(bytes: Bytes) -> Figure {
    Figure { value: float(bytes), unit: Unit::Memory }
}

fn reservation(service: &ServiceMemory) -> Limit {
    match (service.reservation, service.limit) {
        (Some(bytes), _) => Limit::Limited(bytes),
        (None, _) if service.unread.contains(&UnreadLimit::Reservation) => Limit::Unknown,
        (None, Limit::Unknown) => Limit::Unknown,
        (None, _) => Limit::Unlimited,
    }
}

fn exactly(demand: &MemoryDemand, found: Limit) -> (Status, Reason) {
    #[expect(clippy::cast_precision_loss, reason = "beyond 2⁵³ bytes nobody counts")]
    let matches = |bytes: Bytes| {
        let tolerance = if demand.about { MemoryDemand::TOLERANCE } else { 0.0 };
        (bytes.0 as f64 - demand.value.0).abs() <= demand.value.0 * tolerance + 0.5
    };
    match found {
        Limit::Limited(bytes) if matches(bytes) => {
            (Status::Pass, Reason::SetTo { found: figure(bytes), wanted: None })
        }
        Limit::Limited(bytes) => {
            let wanted = Some(figure(demand.value.bytes()));
            (Status::Fail, Reason::SetTo { found: figure(bytes), wanted })
        }
        Limit::Unlimited => (Status::Fail, Reason::NoneSet),
        Limit::Unknown => (Status::Unknown, Reason::NotKnown),
    }
}

fn respected(service: &ServiceMemory) -> (Status, Vec<Reason>) {
    let limit = match service.limit {
        Limit::Unlimited => return (Status::Fail, vec![Reason::NoLimit]),
        Limit::Unknown => return (Status::Unknown, vec![Reason::LimitUnknown]),
        Limit::Limited(limit) => limit,
    };
    let mut evidence = vec![Reason::Limit { limit }];
    if let Some(planned) = service.planned_limit
        && ![Limit::Unknown, service.limit].contains(&planned)
    {
        return (Status::Fail, vec![Reason::NotAsPlanned { limit, planned: planned.bytes() }]);
    }
    if service.oom.verdict.is_kill() {
        evidence.push(Reason::KilledAtLimit { evidence: service.oom.evidence.clone() });
        return (Status::Fail, evidence);
    }
    if let Some(times @ 1..) = service.limit_hits {
        // The kernel took page cache back and no process was killed: the limit held, and was felt.
        evidence.push(Reason::LimitReached { times });
    }
    let most = service.peak.or(service.working_set.map(|taken| taken.max));
    match most {
        None => {
            evidence.push(Reason::UsageNotRecorded);
            (Status::Unknown, evidence)
        }
        Some(bytes) if bytes > limit => {
            evidence.push(Reason::TookMore { bytes });
            (Status::Fail, evidence)
        }
        Some(most) => {
            evidence.push(Reason::Took { most });
            (Status::Pass, evidence)
        }
    }
}

fn totals(input: &Input<'_>) -> Vec<Outcome> {
    let targets = &input.targets.stack;
    let mut outcomes = Vec::new();
    let memory = input.after.memory.as_ref();
    for (key, title, levels, read) in [
        ("limits", Title::SumOfLimits, &targets.limits, sum as fn(&Memory) -> Limit),
        ("limits_with_swap", Title::SumOfLimitsWithSwap, &targets.limits_with_swap, sum_with_swap),
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
            Some(memory) => {
                let services = memory.totals.unreserved.clone();
                Measured::Unknown(Reason::ReservationUnknownOf { services })
            }
            None => Measured::Unknown(input.unseen()),
        };
        let (id, title) = ("stack.reservations".to_owned(), Title::SumOfReservations);
        outcomes.push(Outcome::figure(id, title, None, Good::AtMost, levels, &measured));
    }
    if targets.fits_host {
        outcomes.push(fits_host(&input.after, input.unseen()));
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
        Limit::Unlimited if memory.totals.unlimited.is_empty() => Measured::Unbounded(Reason::SwapUnlimited),
        Limit::Unlimited => {
            Measured::Unbounded(Reason::WithoutLimit { services: memory.totals.unlimited.clone() })
        }
        Limit::Unknown => {
            Measured::Unknown(Reason::LimitUnknownOf { services: memory.totals.unknown.clone() })
        }
    }
}

/// The limit of each service that has one.
fn parts(memory: &Memory, key: &str) -> Option<Reason> {
    let parts: Vec<Part> = memory
        .services
        .iter()
        .filter_map(|service| {
            let limit = if key == "limits" { service.limit } else { service.limit_with_swap };
            let (name, replicas) = (service.name.clone(), service.replicas);
            Some(Part { service: name, bytes: limit.bytes()?, replicas })
        })
        .collect();
    (!parts.is_empty()).then_some(Reason::Parts { parts })
}

fn fits_host(after: &Side, unseen: Reason) -> Outcome {
    let (status, evidence) = match &after.memory {
        None => (Status::Unknown, unseen),
        Some(memory) => {
            let totals = &memory.totals;
            let of_host = |limits| Reason::OfHost { limits, host: totals.host };
            match (totals.fits_host(), totals.limits) {
                (Some(true), Limit::Limited(sum)) => (Status::Pass, of_host(Some(sum))),
                (Some(false), Limit::Limited(sum)) => (Status::Fail, of_host(Some(sum))),
                (Some(_), _) => (Status::Fail, Reason::WithoutLimit { services: totals.unlimited.clone() }),
                (None, Limit::Unknown) => {
                    (Status::Unknown, Reason::LimitUnknownOf { services: totals.unknown.clone() })
                }
                (None, _) => (Status::Unknown, of_host(None)),
            }
        }
    };
    Outcome::plain("stack.fits_host".to_owned(), Title::FitsHost, None, status).because([evidence])
}

#[expect(clippy::cast_precision_loss, reason = "beyond 2⁵³ bytes nobody counts")]
fn float(bytes: Bytes) -> f64 {
    bytes.0 as f64
}
