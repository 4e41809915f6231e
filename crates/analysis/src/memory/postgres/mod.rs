//! Settings of PostgreSQL that fit the limit of its container.
//!
//! PGTune's shares (le0pard/pgtune, `web` profile) assume a whole host; a container has its limit instead. So the worst
//! case is added up and shown, and connections are cut until it fits.

mod command;
mod options;

use plimsoll_snapshot::Bytes;
use serde::Serialize;

pub use self::command::CommandRefusal;
use self::command::Line;
use super::argv::Argv;
use super::server::{Server, image};
use super::stack::StackService;

const MIB: u64 = 1 << 20;
/// PGTune's number of connections for a web application.
const WEB_CONNECTIONS: u64 = 200;
/// Parallel workers of one machine, PostgreSQL's default (`max_worker_processes`).
const WORKERS: u64 = 8;
/// Autovacuum workers, PostgreSQL's default (`autovacuum_max_workers`), each of which may take `maintenance_work_mem`.
const VACUUM_WORKERS: u64 = 3;
/// Below this, sorts go to disk for nothing: PostgreSQL's default.
const LEAST_WORK_MEM: u64 = 4 * MIB;
/// More helps no vacuum and no index, says PGTune; several may run at once.
const MOST_MAINTENANCE: u64 = 2 << 30;
/// The share of the limit that is planned; the rest covers uncounted memory.
const USABLE_PERCENT: u64 = 90;

/// Settings that fit a limit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PostgresSettings {
    /// The limit they are for.
    pub limit: Bytes,
    /// The major version, where the image names one.
    pub version: Option<u64>,
    /// A quarter of the limit.
    pub shared_buffers: Bytes,
    /// Three quarters: what the planner may believe is cached. Reserves nothing.
    pub effective_cache_size: Bytes,
    /// A sixteenth of the limit, at most 2 GB.
    pub maintenance_work_mem: Bytes,
    /// For each sort or hash.
    pub work_mem: Bytes,
    /// The number of connections at which the worst case fits.
    pub max_connections: u64,
    /// What all of it may take at once.
    pub worst_case: Bytes,
    /// How the worst case was added up, and what it means.
    #[serde(skip)]
    pub reasons: Vec<PostgresReason>,
    /// What it runs with now, where its command says so, and what that may take at once.
    pub current: Option<CurrentSettings>,
}

/// How settings were found, and what they mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
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

/// What a command line sets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
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
    /// Whether it names a configuration file, which may set what the command line does not.
    pub has_config_file: bool,
    /// Whether the command line sets all four, so that no file counts.
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
    let mut settings = settings(limit?, image(service).and_then(version), demanded);
    settings.current = current(service);
    Some(settings)
}

/// What a server of PostgreSQL runs with, as far as its command says.
pub(crate) fn current(service: &StackService<'_>) -> Option<CurrentSettings> {
    if Server::of(service) != Server::Postgres {
        return None;
    }
    if let Ok(line) = Line::of(service) {
        return Some(CurrentSettings::of(|name| line.value(name).map(str::to_owned)));
    }
    // A script says it somewhere in its text.
    let argv = Argv::running(service).or_else(|| Argv::planned(service))?;
    let words = argv.words();
    let is_script = words.iter().any(|word| word.contains("postgres"));
    is_script.then(|| CurrentSettings::of(|name| in_script(&words, name)))
}

/// The command of a service with these settings, all other words as they were; or why it must not be replaced.
pub(crate) fn command(
    service: &StackService<'_>,
    settings: &PostgresSettings,
) -> Result<Vec<String>, CommandRefusal> {
    Ok(Line::of(service)?.with(&settings.parameters()))
}

/// The major version that a tag begins with: `postgres:15.4-alpine`, `pgvector:pg16`.
fn version(reference: &str) -> Option<u64> {
    let tag = reference.rsplit('/').next()?.split_once(':')?.1;
    let tag = tag.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let digits: String = tag.chars().take_while(char::is_ascii_digit).take(3).collect();
    digits.parse().ok()
}

/// The settings for a limit, with those that are demanded as they are.
pub(crate) fn settings(limit: Bytes, version: Option<u64>, demanded: DemandedSettings) -> PostgresSettings {
    let whole = |bytes: u64| Bytes(bytes / MIB * MIB);
    let shared_buffers = demanded.shared_buffers.unwrap_or_else(|| whole(limit.0 / 4)).min(limit);
    let maintenance =
        demanded.maintenance_work_mem.unwrap_or_else(|| whole(limit.0 / 16).min(Bytes(MOST_MAINTENANCE)));
    let share = (limit.0 - shared_buffers.0) / ((WEB_CONNECTIONS + WORKERS) * 3);
    // Below 64 kB PostgreSQL does not start.
    let work_mem = demanded.work_mem.map(|bytes| bytes.max(Bytes(64 << 10)));
    let work_mem = work_mem.unwrap_or(Bytes(whole(share).0.max(LEAST_WORK_MEM)));
    let usable = limit.0 / 100 * USABLE_PERCENT;
    let rest =
        usable.saturating_sub(shared_buffers.0).saturating_sub(maintenance.0.saturating_mul(VACUUM_WORKERS));
    let fitting = rest / work_mem.0;
    // Tens are easier to read, below twenty every one counts.
    let max_connections = if fitting >= 20 { fitting / 10 * 10 } else { fitting.max(3) }.min(WEB_CONNECTIONS);
    let max_connections = demanded.max_connections.unwrap_or(max_connections);
    let worst_case = worst_case(shared_buffers, work_mem, max_connections, maintenance);
    let mut reasons = vec![PostgresReason::WorstCase {
        shared_buffers,
        connections: max_connections,
        work_mem,
        vacuum_workers: VACUUM_WORKERS,
        maintenance_work_mem: maintenance,
        total: worst_case,
        limit,
    }];
    if max_connections < WEB_CONNECTIONS {
        reasons.push(PostgresReason::Pooler {
            connections: WEB_CONNECTIONS,
            would_take: self::worst_case(shared_buffers, work_mem, WEB_CONNECTIONS, maintenance),
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
    PostgresSettings {
        limit,
        version,
        shared_buffers,
        effective_cache_size: whole(limit.0 / 4 * 3),
        maintenance_work_mem: maintenance,
        work_mem,
        max_connections,
        worst_case,
        reasons,
        current: None,
    }
}

fn worst_case(shared_buffers: Bytes, work_mem: Bytes, connections: u64, maintenance: Bytes) -> Bytes {
    let work = work_mem.0.saturating_mul(connections);
    shared_buffers + Bytes(work) + Bytes(maintenance.0.saturating_mul(VACUUM_WORKERS))
}

impl PostgresSettings {
    /// The parameters to set, with their values.
    fn parameters(&self) -> [(&'static str, String); 5] {
        [
            ("shared_buffers", written(self.shared_buffers)),
            ("effective_cache_size", written(self.effective_cache_size)),
            ("maintenance_work_mem", written(self.maintenance_work_mem)),
            ("work_mem", written(self.work_mem)),
            ("max_connections", self.max_connections.to_string()),
        ]
    }

    /// The settings on one line, to be written elsewhere.
    pub(crate) fn line(&self) -> String {
        self.parameters().map(|(name, value)| format!("{name} = {value}")).join(", ")
    }
}

/// Memory as PostgreSQL writes it: `128MB`.
fn written(bytes: Bytes) -> String {
    if bytes.0.is_multiple_of(MIB) { format!("{}MB", bytes.0 / MIB) } else { format!("{}kB", bytes.0 >> 10) }
}

impl CurrentSettings {
    fn of(find: impl Fn(&str) -> Option<String>) -> Self {
        let memory = |name: &str, default: u64, unit: u64| {
            find(name).and_then(|value| postgres_memory(&value, unit)).unwrap_or(Bytes(default))
        };
        let shared_buffers = memory("shared_buffers", 128 * MIB, 8192);
        let work_mem = memory("work_mem", 4 * MIB, 1024);
        let maintenance_work_mem = memory("maintenance_work_mem", 64 * MIB, 1024);
        let max_connections = find("max_connections").and_then(|value| value.parse().ok()).unwrap_or(100);
        Self {
            shared_buffers,
            work_mem,
            max_connections,
            maintenance_work_mem,
            worst_case: worst_case(shared_buffers, work_mem, max_connections, maintenance_work_mem),
            has_config_file: find("config_file").is_some(),
            is_set: ["shared_buffers", "work_mem", "max_connections", "maintenance_work_mem"]
                .iter()
                .all(|name| find(name).is_some()),
        }
    }

    /// Whether it runs with all that is demanded.
    pub(crate) fn meets(&self, demanded: DemandedSettings) -> bool {
        let DemandedSettings { shared_buffers, work_mem, maintenance_work_mem, max_connections } = demanded;
        shared_buffers.is_none_or(|wanted| wanted == self.shared_buffers)
            && work_mem.is_none_or(|wanted| wanted == self.work_mem)
            && maintenance_work_mem.is_none_or(|wanted| wanted == self.maintenance_work_mem)
            && max_connections.is_none_or(|wanted| wanted == self.max_connections)
    }
}

/// What a script sets with `-c name=value` or `--name=value` somewhere in its text.
fn in_script(arguments: &[&str], name: &str) -> Option<String> {
    let words: Vec<&str> = arguments.iter().flat_map(|argument| argument.split_whitespace()).collect();
    let of_word = |word: &&str| {
        let word = word.trim_start_matches("-c").trim_start_matches("--").trim_matches(['"', '\'']);
        let (key, value) = word.split_once('=')?;
        (key.replace('-', "_") == name).then(|| value.to_owned())
    };
    words.iter().rev().find_map(of_word)
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
    use super::*;

    #[test]
    fn connections_are_cut_to_what_fits_512_mib() {
        let settings = settings(Bytes(512 * MIB), Some(15), DemandedSettings::default());
        assert_eq!(settings.shared_buffers, Bytes(128 * MIB));
        assert_eq!(settings.maintenance_work_mem, Bytes(32 * MIB));
        assert_eq!((settings.work_mem, settings.max_connections), (Bytes(4 * MIB), 50));
        assert!(settings.worst_case <= Bytes(512 * MIB));
        let PostgresReason::Pooler { would_take, .. } = settings.reasons[1] else { panic!("{settings:?}") };
        assert_eq!(would_take, Bytes(1024 * MIB));
    }

    #[test]
    fn a_command_says_what_it_runs_with() {
        let shell = "exec postgres -D $PGDATA -c shared_buffers=256MB -c work_mem=8192 -c max_connections=50";
        let current = CurrentSettings::of(|name| in_script(&["sh", "-c", shell], name));
        assert_eq!((current.shared_buffers, current.work_mem), (Bytes(256 * MIB), Bytes(8 * MIB)));
        assert_eq!((current.max_connections, current.maintenance_work_mem), (50, Bytes(64 * MIB)));
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
    fn maintenance_takes_two_gibibytes_at_most() {
        let of =
            |gib: u64| settings(Bytes(gib << 30), None, DemandedSettings::default()).maintenance_work_mem;
        assert_eq!([of(16), of(32), of(128)], [Bytes(1 << 30), Bytes(2 << 30), Bytes(2 << 30)]);
    }

    #[test]
    fn what_is_demanded_is_set_and_the_rest_fits_around_it() {
        let demanded = DemandedSettings {
            shared_buffers: Some(Bytes(64 * MIB)),
            work_mem: Some(Bytes(8 * MIB)),
            ..DemandedSettings::default()
        };
        let settings = settings(Bytes(512 * MIB), None, demanded);
        assert_eq!((settings.shared_buffers, settings.work_mem), (Bytes(64 * MIB), Bytes(8 * MIB)));
        assert!(settings.worst_case <= Bytes(512 * MIB) && settings.max_connections == 30, "{settings:?}");
        assert_eq!(written(Bytes(1536 << 10)), "1536kB");
    }

    #[test]
    fn hostile_limits_do_no_harm() {
        for limit in [0, 1, MIB, u64::MAX] {
            let _ = settings(Bytes(limit), None, DemandedSettings::default());
        }
    }
}
