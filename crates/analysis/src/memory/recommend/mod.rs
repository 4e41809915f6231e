//! What should be set for each service, each with its reason: the content of a compose override.

use std::collections::BTreeMap;

use plimsoll_snapshot::runtime::Probe;
use plimsoll_snapshot::{Bytes, Runtime};
use serde::Serialize;

use super::postgres::{self, PostgresSettings};
use super::stack::{self, Limit, StackService};
use super::words::{binary, duration};
use super::{Bound, ServiceMemory, service_memory};

const MIB: u64 = 1 << 20;
/// What PostgreSQL's parallel queries need of `/dev/shm`; engines give 64 MiB.
const SHM: Bytes = Bytes(256 * MIB);
/// A health check should run for no more than one part in so many of the time.
const BUSY: u64 = 50;
/// Killed late and early by the kernel; −1000 would mean never, and then something else dies.
const DATABASE_OOM_SCORE: i64 = -500;
const STATELESS_OOM_SCORE: i64 = 300;

/// What should be set for a stack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Recommendation {
    /// Each service, by name.
    pub services: Vec<ServiceRecommendation>,
}

/// What should be set for a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ServiceRecommendation {
    /// Its name.
    pub name: String,
    /// What to set, in the order it is written.
    pub settings: Vec<Recommended>,
    /// What cannot be recommended, and why.
    pub open: Vec<String>,
}

/// One thing to set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Recommended {
    /// What.
    #[serde(flatten)]
    pub setting: Setting,
    /// Why, in words.
    pub reasons: Vec<String>,
}

/// What compose can set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "setting", content = "value", rename_all = "snake_case")]
pub enum Setting {
    /// The limit of memory.
    Limit(Bytes),
    /// The reservation of memory.
    Reservation(Bytes),
    /// The limit of memory and swap together.
    LimitWithSwap(Bytes),
    /// How gladly the kernel kills it.
    OomScore(i64),
    /// The size of `/dev/shm`.
    Shm(Bytes),
    /// A log of so many files of so many decimal megabytes.
    Log {
        /// The size of a file, in MB.
        megabytes: u64,
        /// How many files.
        files: u64,
    },
    /// A health check.
    HealthCheck {
        /// The command; absent to keep it.
        test: Option<Vec<String>>,
        /// The time between two checks, in seconds.
        interval_s: u64,
    },
    /// The command.
    Command(Vec<String>),
}

/// Recommends what to set for the services of a stack. `demanded` are limits by service that hold unless more is needed:
/// those of a target file.
#[must_use]
pub fn recommend(runtime: &Runtime, demanded: &BTreeMap<String, Bytes>) -> Recommendation {
    let services = stack::services(runtime);
    let services = services.iter().map(|service| {
        let memory = service_memory(service);
        of_service(service, &memory, demanded.get(&service.name).copied())
    });
    Recommendation { services: services.collect() }
}

fn of_service(
    service: &StackService<'_>,
    memory: &ServiceMemory,
    demanded: Option<Bytes>,
) -> ServiceRecommendation {
    let (mut settings, mut open) = (Vec::new(), Vec::new());
    let mut set = |setting: Setting, reasons: Vec<String>| settings.push(Recommended { setting, reasons });
    let limit = limit(memory, demanded);
    match limit {
        Ok((limit, ref reasons)) => {
            set(Setting::Limit(limit), reasons.clone());
            let reservation = reservation(memory, limit);
            if let Some((reservation, reason)) = reservation {
                set(Setting::Reservation(reservation), vec![reason]);
            }
            set(
                Setting::LimitWithSwap(limit),
                vec![format!(
                    "no swap: not set, an engine gives as much swap as memory, {} in all",
                    binary(limit + limit)
                )],
            );
        }
        Err(ref why) => open.push(format!("no limit can be named: {}", why.join("; "))),
    }
    let (score, why) = if is_database(service) {
        (
            DATABASE_OOM_SCORE,
            "the kernel kills a database late: what it loses is more than a request; a rootless engine may not lower the score, leave it out there",
        )
    } else {
        (STATELESS_OOM_SCORE, "the kernel kills it before the database: it can be started again")
    };
    set(Setting::OomScore(score), vec![why.to_owned()]);
    if let Some(settings) = postgres::postgres(service, limit.as_ref().ok().map(|(limit, _)| *limit)) {
        shm(service, &settings, &mut set);
        command(service, &settings, &mut set, &mut open);
    }
    if matches!(memory.log.bound, Bound::Unbounded | Bound::Unknown) {
        let reason = format!("{}: 30 MB for each container instead", memory.log.reason);
        set(Setting::Log { megabytes: 10, files: 3 }, vec![reason]);
    }
    health(service, memory, &mut set, &mut open);
    ServiceRecommendation { name: service.name.clone(), settings, open }
}

/// The limit to set and why, or why none can be named.
fn limit(memory: &ServiceMemory, demanded: Option<Bytes>) -> Result<(Bytes, Vec<String>), Vec<String>> {
    let suggestion = &memory.suggestion;
    let took = memory.working_set.map(|taken| format!("it took {} at most", binary(taken.max)));
    match (suggestion.limit, demanded, memory.limit) {
        (Some(suggested), Some(demanded), _) if demanded >= suggested => {
            let mut reasons = vec![format!("demanded by the targets; {} would do", binary(suggested))];
            reasons.extend(suggestion.reasons.iter().cloned());
            Ok((demanded, reasons))
        }
        (Some(suggested), demanded, _) => {
            let mut reasons = suggestion.reasons.clone();
            if let Some(demanded) = demanded {
                reasons.push(format!("the targets demand {}, which is too little", binary(demanded)));
            }
            Ok((suggested, reasons))
        }
        (None, Some(demanded), _) => {
            let mut reasons = vec!["demanded by the targets, not measured".to_owned()];
            reasons.extend(suggestion.refused.iter().cloned().chain(took));
            Ok((demanded, reasons))
        }
        (None, None, Limit::Limited(limit)) => {
            let mut reasons = vec!["as it is: too little is known to change it".to_owned()];
            reasons.extend(suggestion.refused.iter().cloned().chain(took));
            Ok((limit, reasons))
        }
        (None, None, _) => Err(suggestion.refused.clone()),
    }
}

fn reservation(memory: &ServiceMemory, limit: Bytes) -> Option<(Bytes, String)> {
    if let Some(reservation) = memory.suggestion.reservation {
        return Some((reservation.min(limit), "half of the time it takes no more (median)".to_owned()));
    }
    let known = memory.reservation?;
    Some((known.min(limit), "as it is: too little is known to change it".to_owned()))
}

/// The images that keep what they are given.
const DATABASES: [&str; 15] = [
    "cassandra",
    "clickhouse",
    "couchdb",
    "elasticsearch",
    "etcd",
    "influxdb",
    "kafka",
    "mariadb",
    "minio",
    "mongo",
    "mysql",
    "opensearch",
    "rabbitmq",
    "redis",
    "valkey",
];

fn is_database(service: &StackService<'_>) -> bool {
    let run = service.current().into_iter().filter_map(|(_, container)| container.image.as_deref());
    let mut images = run.chain(service.plan.and_then(|plan| plan.image.as_deref()));
    images.any(|image| {
        let name = image.rsplit('/').next().unwrap_or(image);
        let name = name.split([':', '@']).next().unwrap_or(name);
        postgres::is_postgres(image) || DATABASES.iter().any(|database| name.starts_with(database))
    })
}

fn shm(service: &StackService<'_>, postgres: &PostgresSettings, set: &mut impl FnMut(Setting, Vec<String>)) {
    let wanted = SHM.min(Bytes(postgres.limit.0 / 2 / MIB * MIB));
    let limits = service.current().into_iter().find_map(|(_, container)| container.limits.as_ref());
    let now = limits.or(service.plan.map(|plan| &plan.limits)).and_then(|limits| limits.shm);
    if now.is_none_or(|now| now < wanted) {
        let now = now.map_or_else(|| "64 MiB by default".to_owned(), binary);
        let reason = format!(
            "parallel queries share memory there; it has {now}, and what is used counts towards the limit"
        );
        set(Setting::Shm(wanted), vec![reason]);
    }
}

fn command(
    service: &StackService<'_>,
    postgres: &PostgresSettings,
    set: &mut impl FnMut(Setting, Vec<String>),
    open: &mut Vec<String>,
) {
    let fits = |current: &super::CurrentSettings| current.worst_case <= postgres.limit;
    if let Some(current) = postgres.current.as_ref().filter(|current| fits(current)) {
        open.push(format!(
            "its PostgreSQL settings fit: {} at worst of {}",
            binary(current.worst_case),
            binary(postgres.limit)
        ));
        return;
    }
    let mebibytes = |bytes: Bytes| format!("{}MB", bytes.0 / MIB);
    let options = [
        ("shared_buffers", mebibytes(postgres.shared_buffers)),
        ("effective_cache_size", mebibytes(postgres.effective_cache_size)),
        ("maintenance_work_mem", mebibytes(postgres.maintenance_work_mem)),
        ("work_mem", mebibytes(postgres.work_mem)),
        ("max_connections", postgres.max_connections.to_string()),
    ];
    let options: Vec<String> =
        options.into_iter().flat_map(|(name, value)| ["-c".to_owned(), format!("{name}={value}")]).collect();
    let run = service.current().into_iter().find_map(|(_, container)| container.command.as_ref());
    let words = service.plan.and_then(|plan| plan.command.as_ref()).or(run);
    // A script of its own must not be replaced by a command.
    let is_plain = words.is_none_or(|words| {
        words.0.iter().all(|word| !word.contains(char::is_whitespace))
            && words.0.iter().any(|word| word == "postgres" || word.starts_with("-c"))
    });
    let mut reasons = postgres.reasons.clone();
    if let Some(current) = &postgres.current {
        reasons
            .insert(0, format!("now {} at worst of {}", binary(current.worst_case), binary(postgres.limit)));
    }
    if is_plain && postgres.worst_case <= postgres.limit {
        let command = std::iter::once("postgres".to_owned()).chain(options).collect();
        set(Setting::Command(command), reasons);
    } else if postgres.worst_case <= postgres.limit {
        open.push(format!("its command is a script of its own; in it: postgres {}", options.join(" ")));
        open.extend(reasons);
    } else {
        open.extend(reasons);
    }
}

fn health(
    service: &StackService<'_>,
    memory: &ServiceMemory,
    set: &mut impl FnMut(Setting, Vec<String>),
    open: &mut Vec<String>,
) {
    let health = &memory.health;
    match (health.checks_per_day, health.check_ms) {
        (Some(checks), Some(check_ms)) => {
            let interval_ms = 86_400_000 / checks.max(1);
            if check_ms.saturating_mul(BUSY) > interval_ms {
                let interval_s = (check_ms.saturating_mul(BUSY) / 1000).clamp(30, 600).div_ceil(10) * 10;
                let reason = format!(
                    "a check takes {} and runs every {}: {} s of each day",
                    duration(check_ms),
                    duration(interval_ms),
                    health.busy_seconds_per_day.unwrap_or(0)
                );
                set(Setting::HealthCheck { test: None, interval_s }, vec![reason]);
            }
        }
        (Some(_), None) => {}
        (None, _) if postgres::reference(service).is_some() => {
            let test = vec!["CMD-SHELL".to_owned(), "pg_isready -q".to_owned()];
            let reason = "it has none, so nothing tells when the database is ready".to_owned();
            set(Setting::HealthCheck { test: Some(test), interval_s: 30 }, vec![reason]);
        }
        (None, _) => {
            let off =
                service.plan.and_then(|plan| plan.health_check.as_ref()).is_some_and(Probe::is_disabled);
            open.push(if off {
                "its health check is switched off".to_owned()
            } else {
                "it has no health check".to_owned()
            });
        }
    }
}
