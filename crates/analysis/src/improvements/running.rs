//! What runs better: memory, limits, starts, health.

use std::collections::HashMap;

use super::kind::{Improvement, ImprovementKind};
use crate::memory::compare::{ChangeVerdict, MemoryComparison, ServiceMemoryComparison};
use crate::memory::{Bound, HealthVerdict, Limit, Memory, OomVerdict, ServiceMemory, TrendVerdict};
use crate::regressions::running::{by_name, figures, rise};
use crate::regressions::threshold::{is_more_memory, is_slower, is_slower_check};

pub(super) fn find(
    before: &Memory,
    after: &Memory,
    compared: Option<&MemoryComparison>,
    found: &mut Vec<Improvement>,
) {
    let of_stack = |kind| Improvement { service: None, kind };
    if let [Some(old), Some(new)] = [before, after].map(|side| side.start_up.whole)
        && is_slower(&new, &old)
    {
        found.push(of_stack(ImprovementKind::FasterStart { before: old, after: new }));
    }
    // Limits that are set for the first time have lines of their services.
    if let (Limit::Limited(_), Limit::Limited(limits)) = (before.totals.limits, after.totals.limits)
        && let Some(host) = after.totals.host
        && limits <= host
        && before.totals.fits_host() == Some(false)
    {
        found.push(of_stack(ImprovementKind::FitsHost { limits, host }));
    }
    let old: HashMap<&str, &ServiceMemory> = by_name(&before.services, |service| &service.name);
    let differences: HashMap<&str, &ServiceMemoryComparison> =
        by_name(compared.map_or(&[], |compared| &compared.services), |service| &service.name);
    for service in &after.services {
        let Some(old) = old.get(service.name.as_str()) else { continue };
        let kinds = of_service(old, service, differences.get(service.name.as_str()).copied());
        found.extend(kinds.into_iter().map(|kind| Improvement { service: Some(service.name.clone()), kind }));
    }
}

fn of_service(
    before: &ServiceMemory,
    after: &ServiceMemory,
    difference: Option<&ServiceMemoryComparison>,
) -> Vec<ImprovementKind> {
    use ImprovementKind as Kind;
    let mut found = Vec::new();
    // A service of which nothing was recorded did not get better.
    let was_watched = after.oom.verdict != OomVerdict::Unknown;
    let kills = [before, after].map(|side| if side.oom.verdict.is_kill() { side.oom.kills } else { 0 });
    if was_watched && kills[1] < kills[0] {
        found.push(Kind::FewerKills { before: kills[0], after: kills[1] });
    }
    if was_watched && before.crashes.is_some() && after.crashes.is_none() && after.working_set.is_some() {
        found.push(Kind::NoCrashLoop);
    }
    match (before.health.verdict, after.health.verdict) {
        (HealthVerdict::Unhealthy, HealthVerdict::Healthy) => found.push(Kind::Healthy),
        (HealthVerdict::NoCheck, HealthVerdict::Healthy | HealthVerdict::Starting) => {
            found.push(Kind::NewHealthCheck);
        }
        _ => {}
    }
    if let (Limit::Unlimited, Limit::Limited(after)) = (before.limit, after.limit) {
        found.push(Kind::NewLimit { after });
    }
    // Of a reservation, `None` also means not inspected: then the limit is not known either.
    if let (None, Some(bytes)) = (before.reservation, after.reservation)
        && before.limit != Limit::Unknown
    {
        found.push(Kind::NewReservation { after: bytes });
    }
    if let (Some(before), TrendVerdict::Steady) = (rise(before), after.trend.verdict) {
        found.push(Kind::LevelMemory { before });
    }
    if let (Some(before), Some(after)) = (before.start_ups.first(), after.start_ups.first())
        && is_slower(after, before)
    {
        found.push(Kind::FasterStart { before: *before, after: *after });
    }
    if before.log.bound == Bound::Unbounded && matches!(after.log.bound, Bound::Bounded(_) | Bound::Elsewhere)
    {
        found.push(Kind::BoundedLog);
    }
    found.extend(difference.and_then(less_memory));
    if let (Some(before), Some(after)) = (before.health.check_ms, after.health.check_ms)
        && is_slower_check(after, before)
    {
        found.push(Kind::FasterChecks { before, after });
    }
    found
}

/// Whether less memory is taken: the runs say so, or a figure fell and no runs say that it is chance.
fn less_memory(difference: &ServiceMemoryComparison) -> Option<ImprovementKind> {
    let figures = figures(difference);
    let (figure, before, after) = match difference.verdict {
        ChangeVerdict::Larger | ChangeVerdict::NoDifference => return None,
        // The peaks distinguish the runs.
        ChangeVerdict::Smaller => figures[2],
        ChangeVerdict::Indicative | ChangeVerdict::NotComparable => {
            figures.into_iter().find(|&(_, before, after)| is_more_memory(after, before))?
        }
    };
    Some(ImprovementKind::LessMemory { figure, before, after, verdict: difference.verdict })
}
