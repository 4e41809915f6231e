//! Settings of PostgreSQL that fit the limit of its container.
//!
//! PGTune's shares (le0pard/pgtune, `web` profile) assume a whole host; a container has its limit instead. So the worst
//! case is added up and shown, and connections are cut until it fits.

use plimsoll_snapshot::Bytes;
use plimsoll_snapshot::runtime::Command;
use serde::Serialize;

use super::stack::StackService;
use super::words::binary;

const MIB: u64 = 1 << 20;
/// PGTune's number of connections for a web application.
const WEB_CONNECTIONS: u64 = 200;
/// Parallel workers of one machine, PostgreSQL's default (`max_worker_processes`).
const WORKERS: u64 = 8;
/// Autovacuum workers, PostgreSQL's default (`autovacuum_max_workers`), each of which may take `maintenance_work_mem`.
const VACUUM_WORKERS: u64 = 3;
/// Below this, sorts go to disk for nothing: PostgreSQL's default.
const LEAST_WORK_MEM: u64 = 4 * MIB;
/// What of the limit is planned with; the rest is for what nobody counts.
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
    /// A sixteenth.
    pub maintenance_work_mem: Bytes,
    /// For each sort or hash.
    pub work_mem: Bytes,
    /// So many that the worst case fits.
    pub max_connections: u64,
    /// What all of it may take at once.
    pub worst_case: Bytes,
    /// How the worst case was added up, and what it means, in words.
    pub reasons: Vec<String>,
    /// What it runs with now, where its command says so, and what that may take at once.
    pub current: Option<CurrentSettings>,
}

/// What a command line sets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[expect(
    missing_docs,
    reason = "the names are those of PostgreSQL; 128 MB, 4 MB, 100 and 64 MB are its defaults"
)]
pub struct CurrentSettings {
    pub shared_buffers: Bytes,
    pub work_mem: Bytes,
    pub max_connections: u64,
    pub maintenance_work_mem: Bytes,
    pub worst_case: Bytes,
}

/// The settings for a service, if it is PostgreSQL.
pub(crate) fn postgres(service: &StackService<'_>, limit: Option<Bytes>) -> Option<PostgresSettings> {
    let reference = reference(service)?;
    let version = version(&reference);
    let current = command(service).map(|command| current(&command.0));
    let mut settings = settings(limit?, version);
    settings.current = current;
    Some(settings)
}

/// The reference of its image, if that is PostgreSQL.
pub(crate) fn reference(service: &StackService<'_>) -> Option<String> {
    let images = service.current().into_iter().filter_map(|(_, container)| container.image.clone());
    let mut images = images.chain(service.plan.and_then(|plan| plan.image.clone()));
    images.find(|image| is_postgres(image))
}

fn command<'a>(service: &'a StackService<'_>) -> Option<&'a Command> {
    let run = service.current().into_iter().find_map(|(_, container)| container.command.as_ref());
    run.or(service.plan.and_then(|plan| plan.command.as_ref()))
}

/// Whether a reference names PostgreSQL or an image that is made of it.
pub(crate) fn is_postgres(reference: &str) -> bool {
    let name = reference.rsplit('/').next().unwrap_or(reference);
    let name = name.split([':', '@']).next().unwrap_or(name);
    ["postgres", "postgresql", "pgvector", "postgis", "timescaledb"].contains(&name)
        || name.starts_with("timescaledb-")
        || name.starts_with("postgres-")
}

/// The major version that a tag begins with: `postgres:15.4-alpine`, `pgvector:pg16`.
fn version(reference: &str) -> Option<u64> {
    let tag = reference.rsplit('/').next()?.split_once(':')?.1;
    let tag = tag.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let digits: String = tag.chars().take_while(char::is_ascii_digit).take(3).collect();
    digits.parse().ok()
}

/// The settings for a limit.
pub(crate) fn settings(limit: Bytes, version: Option<u64>) -> PostgresSettings {
    let whole = |bytes: u64| Bytes(bytes / MIB * MIB);
    let shared_buffers = whole(limit.0 / 4);
    let maintenance = whole(limit.0 / 16);
    let share = (limit.0 - shared_buffers.0) / ((WEB_CONNECTIONS + WORKERS) * 3);
    let work_mem = Bytes(whole(share).0.max(LEAST_WORK_MEM));
    let usable = limit.0 / 100 * USABLE_PERCENT;
    let rest = usable.saturating_sub(shared_buffers.0).saturating_sub(VACUUM_WORKERS * maintenance.0);
    let fitting = rest / work_mem.0;
    // Tens are easier to read, below twenty every one counts.
    let max_connections = if fitting >= 20 { fitting / 10 * 10 } else { fitting.max(3) }.min(WEB_CONNECTIONS);
    let worst_case = worst_case(shared_buffers, work_mem, max_connections, maintenance);
    let mut reasons = vec![format!(
        "worst case: {} of shared buffers + {max_connections} connections × {} + {VACUUM_WORKERS} vacuum workers × {} = {} of {}",
        binary(shared_buffers),
        binary(work_mem),
        binary(maintenance),
        binary(worst_case),
        binary(limit)
    )];
    if max_connections < WEB_CONNECTIONS {
        reasons.push(format!(
            "{WEB_CONNECTIONS} connections would take {}: who needs more than {max_connections} puts a pooler in front (PgBouncer)",
            binary(self::worst_case(shared_buffers, work_mem, WEB_CONNECTIONS, maintenance))
        ));
    }
    match version {
        Some(15..) | None => reasons.push(
            "since version 15 a hash may take twice `work_mem` (`hash_mem_multiplier = 2`), and a query several of them"
                .to_owned(),
        ),
        Some(_) => reasons.push("a query may take `work_mem` several times, once for each sort or hash".to_owned()),
    }
    if worst_case > limit {
        reasons.push(format!("{} is too little for PostgreSQL: not even this fits", binary(limit)));
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

/// What a command line sets with `-c name=value` or `--name=value`; a shell's one long argument is looked into.
fn current(command: &[String]) -> CurrentSettings {
    let words: Vec<&str> = command.iter().flat_map(|argument| argument.split_whitespace()).collect();
    let find = |name: &str| {
        let of_word = |word: &&str| {
            let word = word.trim_start_matches("-c").trim_start_matches("--").trim_matches(['"', '\'']);
            let (key, value) = word.split_once('=')?;
            (key.replace('-', "_") == name).then(|| value.to_owned())
        };
        words.iter().rev().find_map(of_word)
    };
    let memory = |name: &str, default: u64, unit: u64| {
        find(name).and_then(|value| postgres_memory(&value, unit)).unwrap_or(Bytes(default))
    };
    let shared_buffers = memory("shared_buffers", 128 * MIB, 8192);
    let work_mem = memory("work_mem", 4 * MIB, 1024);
    let maintenance_work_mem = memory("maintenance_work_mem", 64 * MIB, 1024);
    let max_connections = find("max_connections").and_then(|value| value.parse().ok()).unwrap_or(100);
    CurrentSettings {
        shared_buffers,
        work_mem,
        max_connections,
        maintenance_work_mem,
        worst_case: worst_case(shared_buffers, work_mem, max_connections, maintenance_work_mem),
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
    use super::*;

    #[test]
    fn connections_are_cut_to_what_fits_512_mib() {
        let settings = settings(Bytes(512 * MIB), Some(15));
        assert_eq!(settings.shared_buffers, Bytes(128 * MIB));
        assert_eq!(settings.maintenance_work_mem, Bytes(32 * MIB));
        assert_eq!((settings.work_mem, settings.max_connections), (Bytes(4 * MIB), 50));
        assert!(settings.worst_case <= Bytes(512 * MIB));
        assert!(settings.reasons[1].contains("1 GiB"), "{:?}", settings.reasons);
    }

    #[test]
    fn a_command_says_what_it_runs_with() {
        let shell = "exec postgres -D $PGDATA -c shared_buffers=256MB -c work_mem=8192 -c max_connections=50";
        let current = current(&["sh".to_owned(), "-c".to_owned(), shell.to_owned()]);
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
        assert!(is_postgres("agente/postgres:15") && !is_postgres("backend"));
    }

    #[test]
    fn hostile_limits_do_no_harm() {
        for limit in [0, 1, MIB, u64::MAX] {
            let _ = settings(Bytes(limit), None);
        }
    }
}
