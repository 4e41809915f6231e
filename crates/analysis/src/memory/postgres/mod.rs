//! Settings of PostgreSQL that fit the limit of its container.
//!
//! PGTune's shares (le0pard/pgtune) assume a whole host; a container has its limit instead. So the worst
//! case is added up and shown, and connections are cut until it fits.

mod command;
mod options;
mod parameters;
mod stated;

use plimsoll_snapshot::Bytes;
use serde::Serialize;

pub use self::command::CommandRefusal;
use self::command::Line;
use self::parameters::{Basis, MAX_VACUUM, others, vacuum_workers, workers, written};
pub use self::parameters::{Parameter, ParameterReason, PostgresProfile, Storage, Workload};
use self::stated::Stated;
use super::server::{Server, image};
use super::stack::StackService;

const MIB: u64 = 1 << 20;
/// Below this, sorts go to disk for nothing: PostgreSQL's default.
const LEAST_WORK_MEM: u64 = 4 * MIB;
/// More helps no index, says PGTune.
const MOST_MAINTENANCE: u64 = 8 << 30;
/// The share of the limit that is planned; the rest covers uncounted memory.
const USABLE_PERCENT: u64 = 90;

/// Settings that fit a limit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PostgresSettings {
    /// The limit they are for.
    pub limit: Bytes,
    /// The major version, where the image names one.
    pub version: Option<u64>,
    /// A quarter of the limit.
    pub shared_buffers: Bytes,
    /// Three quarters: what the planner may believe is cached. Reserves nothing.
    pub effective_cache_size: Bytes,
    /// A sixteenth of the limit, an eighth for a warehouse, at most 8 GB.
    pub maintenance_work_mem: Bytes,
    /// For each sort or hash.
    pub work_mem: Bytes,
    /// The number of connections at which the worst case fits.
    pub max_connections: u64,
    /// What all of it may take at once.
    pub worst_case: Bytes,
    /// What the settings are for.
    pub profile: PostgresProfile,
    /// The CPUs that it may use, where that is known.
    pub cpus: Option<u64>,
    /// Every parameter to set, with its reason.
    pub parameters: Vec<Parameter>,
    /// How the worst case was added up, and what it means.
    #[serde(skip)]
    pub reasons: Vec<PostgresReason>,
    /// What it runs with now, where anything says so, and what that may take at once.
    pub current: Option<CurrentSettings>,
}

/// How settings were found, and what they mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PostgresReason {
    /// How the worst case was added up.
    WorstCase {
        /// Buffers that all share.
        shared_buffers: Bytes,
        /// Connections, each with `work_mem` once.
        connections: u64,
        /// The memory of each connection.
        work_mem: Bytes,
        /// Autovacuum workers, each with `maintenance_work_mem`.
        vacuum_workers: u64,
        /// The memory of each vacuum worker.
        maintenance_work_mem: Bytes,
        /// The sum of the parts.
        total: Bytes,
        /// The memory limit.
        limit: Bytes,
    },
    /// More connections would take too much.
    Pooler {
        /// The number of connections that would use too much.
        connections: u64,
        /// What they would take.
        would_take: Bytes,
        /// The number of connections that fits.
        fitting: u64,
    },
    /// A hash may take twice `work_mem` (from version 15 on).
    HashMultiplier,
    /// A query may take `work_mem` several times.
    SeveralTimes,
    /// Not even the smallest settings fit.
    TooLittle {
        /// The memory limit.
        limit: Bytes,
    },
}

/// What a server runs with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CurrentSettings {
    /// 128 MB unless it says otherwise.
    pub shared_buffers: Bytes,
    /// 4 MB unless it says otherwise.
    pub work_mem: Bytes,
    /// 100 unless it says otherwise.
    pub max_connections: u64,
    /// 64 MB unless it says otherwise.
    pub maintenance_work_mem: Bytes,
    /// What all of it may take at once.
    pub worst_case: Bytes,
    /// Whether a configuration file sets what the command line does not.
    pub has_config_file: bool,
    /// Whether these values are complete: the server was asked, its file was read, or the command line sets all four.
    pub is_set: bool,
}

/// Settings that the targets require, whether or not they fit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of PostgreSQL")]
pub struct DemandedSettings {
    pub shared_buffers: Option<Bytes>,
    pub work_mem: Option<Bytes>,
    pub maintenance_work_mem: Option<Bytes>,
    pub max_connections: Option<u64>,
    pub profile: PostgresProfile,
}

/// The settings for a service, if it is a server of PostgreSQL.
pub(crate) fn postgres(
    service: &StackService<'_>,
    limit: Option<Bytes>,
    demanded: DemandedSettings,
) -> Option<PostgresSettings> {
    if Server::of(service) != Server::Postgres {
        return None;
    }
    let stated = Stated::of(service);
    let version = stated.version().or_else(|| version(image(service)?));
    let least_connections = least_connections(&stated, version, demanded.profile.workload);
    let mut settings = settings(limit?, version, cpus(service), demanded, least_connections);
    settings.current = stated.is_known().then(|| CurrentSettings::of(&stated));
    for parameter in &mut settings.parameters {
        parameter.now = stated.value(parameter.name);
    }
    Some(settings)
}

/// What a server of PostgreSQL runs with, as far as anything says.
pub(crate) fn current(service: &StackService<'_>) -> Option<CurrentSettings> {
    if Server::of(service) != Server::Postgres {
        return None;
    }
    let stated = Stated::of(service);
    stated.is_known().then(|| CurrentSettings::of(&stated))
}

/// The fewest connections with which the server starts: it keeps some for superusers, and before version 12 it refused
/// fewer connections than senders of write-ahead log.
fn least_connections(stated: &Stated<'_>, version: Option<u64>, workload: Workload) -> u64 {
    let number =
        |name: &str, default: u64| stated.value(name).and_then(|value| value.parse().ok()).unwrap_or(default);
    let reserved =
        number("superuser_reserved_connections", 3).saturating_add(number("reserved_connections", 0));
    let senders = match version {
        Some(12..) => 0,
        _ if workload == Workload::Desktop => 0,
        _ => number("max_wal_senders", 10),
    };
    reserved.max(senders).saturating_add(1)
}

/// The processes that a server may start: one for each connection, workers, and its own.
pub(crate) fn processes(
    service: &StackService<'_>,
    limit: Option<Bytes>,
    demanded: DemandedSettings,
) -> Option<u64> {
    /// The postmaster, the checkpointer, writers, launchers and the logger.
    const OWN: u64 = 10;
    let settings = postgres(service, limit, demanded)?;
    let is_set = settings.worst_case <= settings.limit && command(service, &settings).is_ok();
    let stated = Stated::of(service);
    let number = |name: &str, default: u64| {
        let set =
            settings.parameters.iter().find(|one| is_set && one.name == name).map(|one| one.value.clone());
        set.or_else(|| stated.value(name)).and_then(|value| value.parse().ok()).unwrap_or(default)
    };
    let parts = [
        number("max_connections", 100),
        number("max_worker_processes", 8),
        number("autovacuum_max_workers", 3),
        number("max_wal_senders", 10),
        OWN,
    ];
    Some(parts.into_iter().fold(0, u64::saturating_add))
}

/// The shell command that asks whether the server takes connections, where it listens.
pub(crate) fn health_check(service: &StackService<'_>) -> String {
    let stated = Stated::of(service);
    let plain = |text: &String| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/._-".contains(&byte))
    };
    let port = stated.value("port").filter(plain).map(|port| format!(" -p {port}")).unwrap_or_default();
    let sockets = stated.value("unix_socket_directories");
    let socket = sockets.and_then(|list| Some(list.split(',').next()?.trim().to_owned())).filter(plain);
    let socket = socket.map(|directory| format!(" -h {directory}")).unwrap_or_default();
    // Without a user, the server logs at each check that `root` does not exist.
    format!("pg_isready -q -U \"${{POSTGRES_USER:-postgres}}\"{port}{socket}")
}

/// The whole CPUs that it may use: its limit, or else those of the host.
fn cpus(service: &StackService<'_>) -> Option<u64> {
    let limit = service.limits().and_then(|limits| limits.cpu_millis).filter(|millis| *millis > 0);
    let host = service.runtime.recordings.iter().rev().find_map(|recording| recording.host.as_ref()?.cpus);
    limit.map(|millis| (millis / 1000).max(1)).or(host)
}

/// The command of a service with these settings, all other words as they were; or why it must not be replaced.
pub(crate) fn command(
    service: &StackService<'_>,
    settings: &PostgresSettings,
) -> Result<Vec<String>, CommandRefusal> {
    Ok(Line::of(service)?.with(&settings.values()))
}

/// The major version that a tag begins with: `postgres:15.4-alpine`, `pgvector:pg16`.
fn version(reference: &str) -> Option<u64> {
    let tag = reference.rsplit('/').next()?.split_once(':')?.1;
    let tag = tag.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let digits: String = tag.chars().take_while(char::is_ascii_digit).take(3).collect();
    digits.parse().ok()
}

/// The settings for a limit, with those that are demanded as they are.
pub(crate) fn settings(
    limit: Bytes,
    version: Option<u64>,
    cpus: Option<u64>,
    demanded: DemandedSettings,
    least_connections: u64,
) -> PostgresSettings {
    let whole = |bytes: u64| Bytes(bytes / MIB * MIB);
    let workload = demanded.profile.workload;
    let (buffers_part, cache_quarters, maintenance_part) = workload.shares();
    let connections = workload.connections();
    let shared_buffers = demanded.shared_buffers.unwrap_or_else(|| whole(limit.0 / buffers_part)).min(limit);
    let maintenance = demanded
        .maintenance_work_mem
        .unwrap_or_else(|| whole(limit.0 / maintenance_part).min(Bytes(MOST_MAINTENANCE)));
    let share = (limit.0 - shared_buffers.0)
        / connections.saturating_add(workers(cpus)).saturating_mul(3)
        / workload.work_divisor();
    // Below 64 kB PostgreSQL does not start.
    let work_mem = demanded.work_mem.map(|bytes| bytes.max(Bytes(64 << 10)));
    let work_mem = work_mem.unwrap_or(Bytes(whole(share).0.max(LEAST_WORK_MEM)));
    let usable = limit.0 / 100 * USABLE_PERCENT;
    let vacuum = Vacuum { workers: vacuum_workers(cpus), memory: maintenance.min(MAX_VACUUM) };
    let rest = usable.saturating_sub(shared_buffers.0).saturating_sub(vacuum.total().0);
    let fitting = rest / work_mem.0;
    // Tens are easier to read, below twenty every one counts.
    let max_connections = if fitting >= 20 { fitting / 10 * 10 } else { fitting }.min(connections);
    let max_connections = max_connections.max(least_connections);
    let max_connections = demanded.max_connections.unwrap_or(max_connections);
    let worst_case = worst_case(shared_buffers, work_mem, max_connections, vacuum);
    let mut reasons = vec![PostgresReason::WorstCase {
        shared_buffers,
        connections: max_connections,
        work_mem,
        vacuum_workers: vacuum.workers,
        maintenance_work_mem: vacuum.memory,
        total: worst_case,
        limit,
    }];
    if max_connections < connections {
        reasons.push(PostgresReason::Pooler {
            connections,
            would_take: self::worst_case(shared_buffers, work_mem, connections, vacuum),
            fitting: max_connections,
        });
    }
    reasons.push(match version {
        Some(15..) | None => PostgresReason::HashMultiplier,
        Some(_) => PostgresReason::SeveralTimes,
    });
    if worst_case > limit {
        reasons.push(PostgresReason::TooLittle { limit });
    }
    let effective_cache_size = whole(limit.0 / 4 * cache_quarters);
    let budget = |name, value, why| Parameter { name, value, now: None, why };
    let share = |part| ParameterReason::Share { percent: 100 / part };
    let mut parameters = vec![
        budget("shared_buffers", written(shared_buffers), share(buffers_part)),
        budget("effective_cache_size", written(effective_cache_size), ParameterReason::Cache),
        budget("maintenance_work_mem", written(maintenance), share(maintenance_part)),
        budget("work_mem", written(work_mem), ParameterReason::WorkMem),
        budget("max_connections", max_connections.to_string(), ParameterReason::Connections),
    ];
    let profile = demanded.profile;
    let basis = Basis { profile, version: version.unwrap_or(0), cpus, shared_buffers, maintenance };
    parameters.extend(others(&basis));
    PostgresSettings {
        limit,
        version,
        profile,
        cpus,
        parameters,
        shared_buffers,
        effective_cache_size,
        maintenance_work_mem: maintenance,
        work_mem,
        max_connections,
        worst_case,
        reasons,
        current: None,
    }
}

/// Vacuum workers, and what each may take.
#[derive(Clone, Copy)]
struct Vacuum {
    workers: u64,
    memory: Bytes,
}

impl Vacuum {
    fn total(self) -> Bytes {
        Bytes(self.memory.0.saturating_mul(self.workers))
    }
}

fn worst_case(shared_buffers: Bytes, work_mem: Bytes, connections: u64, vacuum: Vacuum) -> Bytes {
    shared_buffers + Bytes(work_mem.0.saturating_mul(connections)) + vacuum.total()
}

impl PostgresSettings {
    /// The parameters to set, with their values.
    fn values(&self) -> Vec<(&'static str, String)> {
        self.parameters.iter().map(|parameter| (parameter.name, parameter.value.clone())).collect()
    }

    /// The settings on one line, to be written elsewhere.
    pub(crate) fn line(&self) -> String {
        let each: Vec<String> =
            self.values().into_iter().map(|(name, value)| format!("{name} = {value}")).collect();
        each.join(", ")
    }
}

impl CurrentSettings {
    fn of(stated: &Stated<'_>) -> Self {
        let find = |name: &str| stated.value(name);
        let memory = |name: &str, default: u64, unit: u64| {
            find(name).and_then(|value| postgres_memory(&value, unit)).unwrap_or(Bytes(default))
        };
        let shared_buffers = memory("shared_buffers", 128 * MIB, 8192);
        let work_mem = memory("work_mem", 4 * MIB, 1024);
        let maintenance_work_mem = memory("maintenance_work_mem", 64 * MIB, 1024);
        let max_connections = find("max_connections").and_then(|value| value.parse().ok()).unwrap_or(100);
        let workers = find("autovacuum_max_workers").and_then(|value| value.parse().ok()).unwrap_or(3);
        // `-1` stands for `maintenance_work_mem`, as nothing does.
        let vacuum = Vacuum { workers, memory: memory("autovacuum_work_mem", maintenance_work_mem.0, 1024) };
        Self {
            shared_buffers,
            work_mem,
            max_connections,
            maintenance_work_mem,
            worst_case: worst_case(shared_buffers, work_mem, max_connections, vacuum),
            has_config_file: stated.has_file(),
            is_set: stated.has_read()
                || ["shared_buffers", "work_mem", "max_connections", "maintenance_work_mem"]
                    .iter()
                    .all(|name| stated.value(name).is_some()),
        }
    }

    /// Whether it runs with all that is demanded.
    pub(crate) fn meets(&self, demanded: DemandedSettings) -> bool {
        let DemandedSettings { shared_buffers, work_mem, maintenance_work_mem, max_connections, .. } =
            demanded;
        shared_buffers.is_none_or(|wanted| wanted == self.shared_buffers)
            && work_mem.is_none_or(|wanted| wanted == self.work_mem)
            && maintenance_work_mem.is_none_or(|wanted| wanted == self.maintenance_work_mem)
            && max_connections.is_none_or(|wanted| wanted == self.max_connections)
    }
}

/// A figure of memory as PostgreSQL reads it: binary, with `kB`, `MB`, `GB`, or in the setting's own unit
/// (PostgreSQL documentation, 20.1.1).
fn postgres_memory(text: &str, unit: u64) -> Option<Bytes> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, suffix) = text.split_at(digits);
    let factor = match suffix {
        "" => unit,
        "B" => 1,
        "kB" => 1 << 10,
        "MB" => MIB,
        "GB" => 1 << 30,
        "TB" => 1 << 40,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(factor).map(Bytes)
}

#[cfg(test)]
mod tests {
    use plimsoll_snapshot::Runtime;
    use plimsoll_snapshot::runtime::{Command, Container, ServerSettings, SettingsSource};

    use super::super::stack::services;
    use super::*;

    #[test]
    fn connections_are_cut_to_what_fits_512_mib() {
        let settings = settings(Bytes(512 * MIB), Some(15), None, DemandedSettings::default(), 4);
        assert_eq!(settings.shared_buffers, Bytes(128 * MIB));
        assert_eq!(settings.maintenance_work_mem, Bytes(32 * MIB));
        assert_eq!((settings.work_mem, settings.max_connections), (Bytes(4 * MIB), 50));
        assert!(settings.worst_case <= Bytes(512 * MIB));
        let PostgresReason::Pooler { would_take, .. } = settings.reasons[1] else { panic!("{settings:?}") };
        assert_eq!(would_take, Bytes(1024 * MIB));
    }

    #[test]
    fn what_the_server_says_counts_more_than_its_command_and_that_more_than_its_file() {
        let shell = "exec postgres -D $PGDATA -c shared_buffers=256MB -c work_mem=8192 -c max_connections=50";
        let command = Command(["sh", "-c", shell].map(str::to_owned).to_vec());
        let container =
            Container { service: Some("db".into()), command: Some(command), ..Container::default() };
        let mut runtime = Runtime { containers: vec![container], ..Runtime::default() };
        let check = |runtime: &Runtime, expected: [u64; 4], is_set: bool| {
            let current = current(&services(runtime)[0]).unwrap();
            let found = [current.shared_buffers, current.work_mem, current.maintenance_work_mem];
            let [buffers, work, maintenance] = found.map(|bytes| bytes.0 / MIB);
            assert_eq!([buffers, work, maintenance, current.max_connections], expected);
            assert_eq!(current.is_set, is_set);
        };
        check(&runtime, [256, 8, 64, 50], false);
        let said = |service: &str, source, values: &[(&str, &str)]| ServerSettings {
            file: "f".into(),
            service: service.into(),
            source,
            values: values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        };
        let file = [("work_mem", "1MB"), ("maintenance_work_mem", "32MB")];
        runtime.settings.push(said("db", SettingsSource::File, &file));
        check(&runtime, [256, 8, 32, 50], true);
        let server = [("work_mem", "2MB"), ("server_version", "13.9"), ("shared_buffers", "128MB")];
        runtime.settings.push(said("db", SettingsSource::Server, &server));
        runtime.settings.push(said("other", SettingsSource::Server, &[("work_mem", "512MB")]));
        check(&runtime, [128, 2, 32, 50], true);
        let services = services(&runtime);
        let settings = postgres(&services[0], Some(Bytes(512 * MIB)), DemandedSettings::default()).unwrap();
        assert_eq!(settings.version, Some(13));
        let now = |name: &str| settings.parameters.iter().find(|one| one.name == name)?.now.as_deref();
        assert_eq!((now("work_mem"), now("max_connections"), now("jit")), (Some("2MB"), Some("50"), None));
    }

    #[test]
    fn versions_come_from_tags() {
        for (reference, expected) in [
            ("postgres:15.4-alpine", Some(15)),
            ("registry:5000/pgvector/pgvector:pg16", Some(16)),
            ("postgres", None),
            ("postgres:latest", None),
        ] {
            assert_eq!(version(reference), expected, "{reference}");
        }
    }

    #[test]
    fn maintenance_takes_eight_gibibytes_at_most_and_each_vacuum_worker_two() {
        let of = |gib: u64| settings(Bytes(gib << 30), None, None, DemandedSettings::default(), 4);
        let maintenance = |gib| of(gib).maintenance_work_mem.0 >> 30;
        assert_eq!([16, 32, 128, 256].map(maintenance), [1, 2, 8, 8]);
        let vacuum = of(128).parameters.into_iter().find(|one| one.name == "autovacuum_work_mem");
        assert_eq!(vacuum.map(|one| one.value).as_deref(), Some("2048MB"));
    }

    /// Five sizes and three versions beside what PGTune's own source gives (`pgtune.txt`, made by running it). Names of
    /// parameters and values are the same but for what the match below names.
    #[test]
    fn settings_are_those_of_pgtune() {
        let workload = |name: &str| match name {
            "web" => Workload::Web,
            "oltp" => Workload::Oltp,
            "dw" => Workload::Warehouse,
            "desktop" => Workload::Desktop,
            _ => Workload::Mixed,
        };
        let mut rows = 0;
        for row in include_str!("pgtune.txt").lines().filter(|row| !row.starts_with('#')) {
            let (basis, values) = row.split_once(" : ").unwrap();
            let basis: Vec<&str> = basis.split(' ').collect();
            let number = |at: usize| basis[at].parse::<u64>().unwrap();
            let (limit, version, cpus) = (Bytes(number(0) * MIB), number(1), number(2));
            let storage = if basis[4] == "hdd" { Storage::Hdd } else { Storage::Ssd };
            let profile = PostgresProfile { workload: workload(basis[3]), storage };
            let demanded = DemandedSettings { profile, ..DemandedSettings::default() };
            let ours = settings(limit, Some(version), Some(cpus), demanded, 4);
            assert!(ours.worst_case <= limit, "{row}");
            let bytes = |value: &str| postgres_memory(value, 1024).map_or(0, |bytes| bytes.0);
            let mut names: Vec<&str> = ours.parameters.iter().map(|one| one.name).collect();
            for (name, value) in values.split(' ').map(|word| word.split_once('=').unwrap()) {
                if name == "io_method" {
                    continue;
                }
                let own = ours.parameters.iter().find(|one| one.name == name);
                let own = own.unwrap_or_else(|| panic!("{name} is missing: {row}"));
                names.retain(|other| *other != name);
                let (own, what) = (&own.value, format!("{name} = {value}, not {}: {row}", own.value));
                match name {
                    // What does not fit is cut.
                    "max_connections" => {
                        assert!(own.parse::<u64>().unwrap() <= value.parse().unwrap(), "{what}");
                    }
                    // In whole MiB.
                    "work_mem" => assert_eq!(bytes(own), bytes(value) / MIB * MIB, "{what}"),
                    _ if value.ends_with("kB") => assert_eq!(bytes(own), bytes(value), "{what}"),
                    _ => assert_eq!(own, value, "{what}"),
                }
            }
            names.retain(|name| *name != "io_workers");
            assert!(names.is_empty(), "{names:?}: {row}");
            rows += 1;
        }
        assert_eq!(rows, 30);
    }

    #[test]
    fn what_is_demanded_is_set_and_the_rest_fits_around_it() {
        let demanded = DemandedSettings {
            shared_buffers: Some(Bytes(64 * MIB)),
            work_mem: Some(Bytes(8 * MIB)),
            ..DemandedSettings::default()
        };
        let settings = settings(Bytes(512 * MIB), None, None, demanded, 4);
        assert_eq!((settings.shared_buffers, settings.work_mem), (Bytes(64 * MIB), Bytes(8 * MIB)));
        assert!(settings.worst_case <= Bytes(512 * MIB) && settings.max_connections == 30, "{settings:?}");
        assert_eq!(written(Bytes(1536 << 10)), "1536kB");
    }

    #[test]
    fn hostile_limits_do_no_harm() {
        for limit in [0, 1, MIB, u64::MAX] {
            let _ = settings(Bytes(limit), None, Some(limit), DemandedSettings::default(), 4);
        }
    }
}
