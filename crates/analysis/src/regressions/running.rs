//! What runs worse: memory, limits, starts, health.

use std::collections::HashMap;

use plimsoll_snapshot::Bytes;

use super::kind::{MemoryFigure, Regression, RegressionKind};
use super::threshold::{is_more_memory, is_slower, is_slower_check};
use crate::memory::compare::{ChangeVerdict, MemoryComparison, ServiceMemoryComparison};
use crate::memory::{Bound, HealthVerdict, Limit, Memory, ServiceMemory, TrendVerdict};

pub(super) fn find(
    before: &Memory,
    after: &Memory,
    compared: Option<&MemoryComparison>,
    found: &mut Vec<Regression>,
) {
    let of_stack = |kind| Regression { service: None, kind };
    if let [Some(old), Some(new)] = [before, after].map(|side| side.start_up.whole)
        && is_slower(&old, &new)
    {
        found.push(of_stack(RegressionKind::SlowerStart { before: old, after: new }));
    }
    if let (Limit::Limited(limits), Some(host)) = (after.totals.limits, after.totals.host)
        && limits > host
        && before.totals.fits_host() == Some(true)
    {
        found.push(of_stack(RegressionKind::ExceedsHost { limits, host }));
    }
    let old: HashMap<&str, &ServiceMemory> = by_name(&before.services, |service| &service.name);
    let differences: HashMap<&str, &ServiceMemoryComparison> =
        by_name(compared.map_or(&[], |compared| &compared.services), |service| &service.name);
    for service in &after.services {
        let Some(old) = old.get(service.name.as_str()) else { continue };
        let kinds = of_service(old, service, differences.get(service.name.as_str()).copied());
        found.extend(kinds.into_iter().map(|kind| Regression { service: Some(service.name.clone()), kind }));
    }
}

pub(crate) fn by_name<T>(services: &[T], name: impl Fn(&T) -> &String) -> HashMap<&str, &T> {
    services.iter().map(|service| (name(service).as_str(), service)).collect()
}

fn of_service(
    before: &ServiceMemory,
    after: &ServiceMemory,
    difference: Option<&ServiceMemoryComparison>,
) -> Vec<RegressionKind> {
    use RegressionKind as Kind;
    let mut found = Vec::new();
    let kills = [before, after].map(|side| if side.oom.verdict.is_kill() { side.oom.kills } else { 0 });
    if kills[1] > kills[0] {
        found.push(Kind::Kills { before: kills[0], after: kills[1] });
    }
    if after.crashes.is_some() && before.crashes.is_none() {
        found.push(Kind::CrashLoop);
    } else if after.failed_ends > before.failed_ends {
        found.push(Kind::FailedEnds { before: before.failed_ends, after: after.failed_ends });
    }
    match (before.health.verdict, after.health.verdict) {
        (HealthVerdict::Unhealthy, HealthVerdict::Unhealthy) => {}
        (_, HealthVerdict::Unhealthy) => found.push(Kind::Unhealthy),
        (
            HealthVerdict::Healthy | HealthVerdict::Unhealthy | HealthVerdict::Starting,
            HealthVerdict::NoCheck,
        ) => found.push(Kind::LostHealthCheck),
        _ => {}
    }
    if let (Limit::Limited(before), Limit::Unlimited) = (before.limit, after.limit) {
        found.push(Kind::LostLimit { before });
    }
    // Of a reservation, `None` also means not inspected: then the limit is not known either.
    if let (Some(bytes), None) = (before.reservation, after.reservation)
        && after.limit != Limit::Unknown
    {
        found.push(Kind::LostReservation { before: bytes });
    }
    // What still rises is no better for having risen before: headroom is used up all the same.
    if let Some(bytes_per_hour) = rise(after) {
        found.push(Kind::RisingMemory { before: rise(before), bytes_per_hour });
    }
    if let (Some(before), Some(after)) = (before.start_ups.first(), after.start_ups.first())
        && is_slower(before, after)
    {
        found.push(Kind::SlowerStart { before: *before, after: *after });
    }
    if after.log.bound == Bound::Unbounded && matches!(before.log.bound, Bound::Bounded(_) | Bound::Elsewhere)
    {
        found.push(Kind::UnboundedLog);
    }
    found.extend(difference.and_then(more_memory));
    if let (Some(before), Some(after)) = (before.health.check_ms, after.health.check_ms)
        && is_slower_check(before, after)
    {
        found.push(Kind::SlowerChecks { before, after });
    }
    found
}

/// The service whose memory rises fastest, whatever was before.
#[must_use]
pub fn rising(memory: &Memory) -> Option<Regression> {
    let rises = memory.services.iter().filter_map(|service| Some((rise(service)?, &service.name)));
    let (bytes_per_hour, name) = rises.max_by_key(|(bytes_per_hour, _)| *bytes_per_hour)?;
    let kind = RegressionKind::RisingMemory { before: None, bytes_per_hour };
    Some(Regression { service: Some(name.clone()), kind })
}

/// How fast memory rises; none if it does not.
pub(crate) fn rise(service: &ServiceMemory) -> Option<i64> {
    service.trend.bytes_per_hour.filter(|_| service.trend.verdict == TrendVerdict::Rising)
}

/// Whether more memory is taken: the runs say so, or a figure grew and no runs say that it is chance.
fn more_memory(difference: &ServiceMemoryComparison) -> Option<RegressionKind> {
    let figures = figures(difference);
    let (figure, before, after) = match difference.verdict {
        ChangeVerdict::Smaller | ChangeVerdict::NoDifference => return None,
        // The peaks distinguish the runs.
        ChangeVerdict::Larger => figures[2],
        ChangeVerdict::Indicative | ChangeVerdict::NotComparable => {
            figures.into_iter().find(|&(_, before, after)| is_more_memory(before, after))?
        }
    };
    Some(RegressionKind::MoreMemory { figure, before, after, verdict: difference.verdict })
}

/// The figures of both sides that are compared, the one that says most first. The last are the peaks.
pub(crate) fn figures(difference: &ServiceMemoryComparison) -> [(MemoryFigure, Bytes, Bytes); 3] {
    let (old, new) = (&difference.before, &difference.after);
    [
        (MemoryFigure::P95, old.p95, new.p95),
        (MemoryFigure::Median, old.p50, new.p50),
        (MemoryFigure::Most, old.max, new.max),
    ]
}
