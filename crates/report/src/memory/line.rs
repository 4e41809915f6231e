//! What is worth a line about the memory of a stack, as values; each language has the text.

use plimsoll_analysis::memory::compare::{ChangeReason, Gate, GateKind, MemoryComparison};
use plimsoll_analysis::memory::{
    AtOnce, CrashLoop, Headroom, KillEvidence, LimitReason, LimitRefusal, Memory, PostgresReason,
    ServiceMemory, StartUp, Totals, TrendReason, TrendVerdict,
};

use plimsoll_snapshot::Bytes;

/// One line.
#[derive(Debug)]
pub enum Line<'a> {
    /// What all services may take.
    Totals(&'a Totals),
    /// The service that is nearest to its limit.
    LeastHeadroom {
        /// Its name.
        service: &'a str,
        /// Its maximum usage.
        taken: Bytes,
        /// Its limit.
        limit: Bytes,
    },
    /// The memory of all services at the same time.
    AtOnce(&'a AtOnce),
    /// How long the whole stack takes to be healthy.
    StackHealthy {
        /// How long.
        start: &'a StartUp,
        /// Services without a health check.
        without_check: &'a [String],
    },
    /// Containers that belong to no service.
    NotCounted(&'a [String]),
    /// Something about one service.
    Of {
        /// Its name.
        service: &'a str,
        /// What.
        line: ServiceLine<'a>,
    },
    /// Services of which no limit is suggested, for the same reasons.
    NotSuggested {
        /// Their names.
        services: Vec<&'a str>,
        /// The reasons.
        refused: &'a [LimitRefusal],
    },
    /// Services whose comparison comes to its conclusion for the same reason.
    Compared {
        /// Their names.
        services: Vec<&'a str>,
        /// The reason.
        reason: &'a ChangeReason,
    },
    /// Something that is not alike on both sides.
    Unlike(&'a Gate),
    /// What may not be alike.
    MaybeUnlike(Vec<GateKind>),
}

/// Something about one service.
#[derive(Debug)]
pub enum ServiceLine<'a> {
    /// It was killed for memory.
    Killed(&'a [KillEvidence]),
    /// The number of restarts by the engine.
    Restarted(u64),
    /// The number of exits with an error.
    FailedEnds(u64),
    /// It crashes again and again.
    Crashes(&'a CrashLoop),
    /// Its memory rises.
    Trend(&'a TrendReason),
    /// Why a limit is suggested.
    Suggested(&'a LimitReason),
    /// What its health checks take.
    Checks {
        /// How many run each day.
        per_day: u64,
        /// What one takes, in milliseconds.
        check_ms: u64,
        /// What all take each day, in seconds.
        busy_seconds: u64,
    },
    /// What the current settings of PostgreSQL may use at once, and the limit.
    PostgresNow {
        /// The worst case.
        worst_case: Bytes,
        /// The limit.
        limit: Option<Bytes>,
    },
    /// How settings of PostgreSQL would fit.
    Postgres(&'a [PostgresReason]),
}

/// What is worth a line about the memory of a stack.
#[must_use]
pub fn of_memory(memory: &Memory) -> Vec<Line<'_>> {
    let mut lines = vec![Line::Totals(&memory.totals)];
    // Which services have no limit is part of the totals.
    if let Some(Headroom::Least { service, taken, limit }) = memory.headroom() {
        lines.push(Line::LeastHeadroom { service, taken, limit });
    }
    lines.extend(memory.at_once.as_ref().map(Line::AtOnce));
    if let Some(start) = &memory.start_up.whole {
        lines.push(Line::StackHealthy { start, without_check: &memory.start_up.without_check });
    }
    let mut refused: Vec<(&[LimitRefusal], Vec<&str>)> = Vec::new();
    for service in memory.services.iter().filter(|service| !service.suggestion.refused.is_empty()) {
        let own = service.suggestion.refused.as_slice();
        match refused.iter_mut().find(|(known, _)| *known == own) {
            Some((_, services)) => services.push(&service.name),
            None => refused.push((own, vec![&service.name])),
        }
    }
    let refused = refused.into_iter().map(|(refused, services)| Line::NotSuggested { services, refused });
    lines.extend(refused);
    for service in &memory.services {
        let of = |line| Line::Of { service: &service.name, line };
        lines.extend(of_service(service).into_iter().map(of));
    }
    if !memory.bystanders.is_empty() {
        lines.push(Line::NotCounted(&memory.bystanders));
    }
    lines
}

fn of_service(service: &ServiceMemory) -> Vec<ServiceLine<'_>> {
    let mut lines = Vec::new();
    if service.oom.verdict.is_kill() {
        lines.push(ServiceLine::Killed(&service.oom.evidence));
    }
    if let Some(restarts @ 1..) = service.restarts {
        lines.push(ServiceLine::Restarted(restarts));
    }
    if service.failed_ends > 0 {
        lines.push(ServiceLine::FailedEnds(service.failed_ends));
    }
    lines.extend(service.crashes.as_ref().map(ServiceLine::Crashes));
    let is_said = service
        .suggestion
        .reasons
        .iter()
        .any(|reason| matches!(reason, LimitReason::Risen { .. } | LimitReason::LeakDelayed { .. }))
        || service
            .suggestion
            .refused
            .iter()
            .any(|reason| matches!(reason, LimitRefusal::PossibleLeak { .. }));
    if !is_said && matches!(service.trend.verdict, TrendVerdict::Rising | TrendVerdict::Risen) {
        lines.push(ServiceLine::Trend(&service.trend.reason));
    }
    lines.extend(service.suggestion.reasons.iter().map(ServiceLine::Suggested));
    if let (Some(per_day), Some(check_ms)) = (service.health.checks_per_day, service.health.check_ms) {
        let busy_seconds = service.health.busy_seconds_per_day.unwrap_or(0);
        lines.push(ServiceLine::Checks { per_day, check_ms, busy_seconds });
    }
    lines.extend(
        service
            .postgres_now
            .as_ref()
            .map(|now| ServiceLine::PostgresNow { worst_case: now.worst_case, limit: service.limit.bytes() }),
    );
    lines.extend(service.postgres.as_ref().map(|settings| ServiceLine::Postgres(&settings.reasons)));
    lines
}

/// What is worth a line about the memory of two stacks.
#[must_use]
pub fn of_comparison(comparison: &MemoryComparison) -> Vec<Line<'_>> {
    let unlike = comparison.gates.iter().filter(|gate| gate.alike == Some(false));
    let unknown = comparison.gates.iter().filter(|gate| gate.alike.is_none());
    let unknown: Vec<GateKind> = unknown.map(|gate| gate.name).collect();
    let mut reasons: Vec<(&ChangeReason, Vec<&str>)> = Vec::new();
    for service in &comparison.services {
        match reasons.iter_mut().find(|(known, _)| *known == &service.reason) {
            Some((_, services)) => services.push(&service.name),
            None => reasons.push((&service.reason, vec![&service.name])),
        }
    }
    let mut lines: Vec<Line<'_>> =
        reasons.into_iter().map(|(reason, services)| Line::Compared { services, reason }).collect();
    lines.extend(unlike.map(Line::Unlike));
    if !unknown.is_empty() {
        lines.push(Line::MaybeUnlike(unknown));
    }
    lines
}
