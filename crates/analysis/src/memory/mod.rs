//! What the services of a running stack take, may take and should be allowed to take.
//!
//! The rules, with their sources, are in `docs/memory.md`. Everything that cannot be known from what was read is
//! unknown, never zero and never fine.

mod argv;
pub mod compare;
pub mod cost;
mod gates;
mod headroom;
mod health;
mod inside;
mod lives;
mod logs;
mod oom;
mod postgres;
pub mod recommend;
mod recorded;
mod rng;
mod samples;
mod server;
mod stack;
mod startup;
mod stats;
mod suggest;
pub mod timeline;
mod totals;
mod trend;
mod usage;

use std::collections::BTreeSet;

use plimsoll_snapshot::runtime::{Host, Metric, UnreadLimit};
use plimsoll_snapshot::{Bytes, Runtime};
use serde::Serialize;

pub use headroom::Headroom;
pub use health::{HealthVerdict, ServiceHealth};
pub use inside::InsideSetting;
pub use lives::{CrashLoop, CrashSign};
pub use logs::{Bound, LogBound, LogReason};
pub use oom::{KillEvidence, Oom, OomVerdict};
pub use postgres::{
    CommandRefusal, CurrentSettings, DemandedSettings, Parameter, ParameterReason, PostgresProfile,
    PostgresReason, PostgresSettings, Storage, Workload,
};
pub use recorded::WINDOW_MS;
pub use samples::{AtOnce, Distribution};
pub use stack::Limit;
pub use startup::{StackStartUp, StartUp};
pub use suggest::{Confidence, Coverage, LimitReason, LimitRefusal, Suggestion};
pub use totals::Totals;
pub use trend::{Over, PointUnit, Trend, TrendReason, TrendVerdict};
pub use usage::{Resource, ResourceSuggestion, ResourceUsage};

use samples::{is_loaded, taken};
use stack::StackService;

/// The memory of a stack, judged.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Memory {
    /// The machine, where something describes it.
    pub host: Host,
    /// The services, by name.
    #[serde(skip)]
    pub services: Vec<ServiceMemory>,
    /// The containers that belong to no service, and so are not counted.
    pub bystanders: Vec<String>,
    /// What all may take.
    pub totals: Totals,
    /// What all took at the same instant; absent where nothing was recorded.
    pub at_once: Option<AtOnce>,
    /// How long the whole takes to be healthy.
    pub start_up: StackStartUp,
    /// The loads that were run while it was recorded.
    pub loads: Vec<String>,
}

/// The memory of one service, judged.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ServiceMemory {
    /// The name of the service.
    #[serde(rename = "service")]
    pub name: String,
    /// How many containers run it.
    pub replicas: u64,
    /// The limit of each.
    pub limit: Limit,
    /// The limit of each, of RAM and swap together.
    pub limit_with_swap: Limit,
    /// What is guaranteed to each.
    pub reservation: Option<Bytes>,
    /// The limit that a compose file or pod spec asks for; absent without one.
    pub planned_limit: Option<Limit>,
    /// What it took, over all samples.
    pub working_set: Option<Distribution>,
    /// What it took under load.
    pub loaded: Option<Distribution>,
    /// The most by the kernel's own count, page cache included.
    pub peak: Option<Bytes>,
    /// The most of what cannot be taken away.
    pub floor: Option<Bytes>,
    /// The maximum swap that was sampled.
    pub swap: Option<Bytes>,
    /// How often the limit was hit; absent where nothing counts it.
    pub limit_hits: Option<u64>,
    /// What the limit leaves above the most it took.
    pub headroom: Option<Bytes>,
    /// How often the engine started it again.
    pub restarts: Option<u64>,
    /// How often one of its containers ended with an error that no stop explains, while events were heard.
    pub failed_ends: u64,
    /// Its OOM kills.
    #[serde(skip)]
    pub oom: Oom,
    /// Whether it takes more and more.
    #[serde(skip)]
    pub trend: Trend,
    /// The limit it should have.
    #[serde(skip)]
    pub suggestion: Suggestion,
    /// Its starts, the slowest first.
    pub start_ups: Vec<StartUp>,
    /// Its health check.
    pub health: ServiceHealth,
    /// Its log.
    #[serde(skip)]
    pub log: LogBound,
    /// The settings that fit its limit, if it is PostgreSQL.
    #[serde(skip)]
    pub postgres: Option<PostgresSettings>,
    /// What PostgreSQL runs with, as far as its command says.
    pub postgres_now: Option<CurrentSettings>,
    /// Whether it is a server of PostgreSQL.
    pub is_postgres: bool,
    /// Limits that are set, to something that could not be read.
    pub unread: BTreeSet<UnreadLimit>,
    /// What says that it crashes again and again; absent if it does not.
    #[serde(skip)]
    pub crashes: Option<CrashLoop>,
    /// What it uses besides memory: CPU, network, block devices, processes.
    pub usage: Vec<ResourceUsage>,
    /// The limit of CPU it should have, in thousandths of one.
    pub cpu_suggestion: ResourceSuggestion,
    /// The limit of processes and threads it should have.
    pub pids_suggestion: ResourceSuggestion,
    /// `oom_score_adj`: the higher, the earlier the kernel kills it. Absent if not inspected.
    pub oom_score_adj: Option<i64>,
}

/// Judges the memory of a stack.
#[must_use]
pub fn memory(runtime: &Runtime) -> Memory {
    let services = stack::services(runtime);
    let host = host(runtime);
    Memory {
        services: services.iter().map(service_memory).collect(),
        bystanders: stack::bystanders(runtime),
        totals: totals::totals(&services, host.memory),
        at_once: samples::at_once(&services),
        start_up: startup::stack_start_up(&services),
        loads: runtime
            .recordings
            .iter()
            .filter_map(|recording| Some(recording.load.as_ref()?.label.clone()))
            .collect(),
        host,
    }
}

/// The machine: each figure from the last recording that has it.
fn host(runtime: &Runtime) -> Host {
    let mut host = Host::default();
    for known in runtime.recordings.iter().filter_map(|recording| recording.host.as_ref()) {
        host.memory = known.memory.or(host.memory);
        host.cpus = known.cpus.or(host.cpus);
        host.kernel = known.kernel.clone().or(host.kernel);
        host.cgroup_version = known.cgroup_version.or(host.cgroup_version);
    }
    host
}

fn service_memory(service: &StackService<'_>) -> ServiceMemory {
    let limit = service.known_limit();
    let working_set = Distribution::of(&taken(service, |_, _| true));
    let most = |metric| {
        let values = service.series.iter().flat_map(|(_, series)| series.values(metric));
        values.map(|(_, value)| value).max()
    };
    let oom = oom::oom(service);
    let trend = trend::trend(service);
    let suggestion = suggest::suggest(service, limit, &oom, &trend);
    let for_postgres = limit.bytes().or(suggestion.limit).or(service.planned_limit().and_then(Limit::bytes));
    let usage = usage::usage(service);
    let restarts = service.states().into_iter().filter_map(|(_, state)| state.restart_count).max();
    ServiceMemory {
        name: service.name.clone(),
        replicas: service.replicas(),
        limit,
        limit_with_swap: totals::with_swap(limit, service),
        reservation: service.reservation(),
        planned_limit: service.planned_limit(),
        headroom: limit.bytes().zip(working_set).map(|(limit, taken)| limit - taken.max),
        working_set,
        loaded: Distribution::of(&taken(service, is_loaded)),
        peak: service.series.iter().filter_map(|(_, series)| series.peak).max(),
        floor: suggest::floor(service),
        swap: most(Metric::Swap).map(Bytes),
        limit_hits: most(Metric::LimitHits),
        restarts,
        failed_ends: oom::unexplained_ends(&service.events, |code| code != 0),
        start_ups: startup::start_ups(service),
        health: health::health(service),
        log: logs::bound(logging(service)),
        postgres: postgres::postgres(service, for_postgres, DemandedSettings::default()),
        postgres_now: postgres::current(service),
        is_postgres: server::Server::of(service) == server::Server::Postgres,
        unread: service.limits().map(|limits| limits.unread.clone()).unwrap_or_default(),
        crashes: lives::crash_loop(service),
        cpu_suggestion: usage::cpu(service, &usage, host(service.runtime).cpus),
        pids_suggestion: usage::pids(service),
        usage,
        oom_score_adj: service.oom_score_adj(),
        oom,
        trend,
        suggestion,
    }
}

fn logging<'a>(service: &'a StackService<'_>) -> Option<&'a plimsoll_snapshot::runtime::Logging> {
    let inspected = service.current().into_iter().find_map(|(_, container)| container.logging.as_ref());
    inspected.or(service.plan.and_then(|plan| plan.logging.as_ref()))
}

#[cfg(test)]
mod tests;
