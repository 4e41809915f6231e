//! Why a memory setting has its value, and what stays open: in English.

use plimsoll_analysis::memory::recommend::{Exceeded, Open, Room, SettingReason, Sum};
use plimsoll_analysis::memory::{CommandRefusal, InsideSetting, ParameterReason, PostgresReason, Storage};

use super::memory::{WINDOW, limit_reason, limit_refusal, log, memory};
use crate::format::count;
use crate::language::Language;

const EN: Language = Language::English;

pub(super) fn postgres(reason: &PostgresReason) -> String {
    match *reason {
        PostgresReason::WorstCase {
            shared_buffers,
            connections,
            work_mem,
            vacuum_workers,
            maintenance_work_mem,
            total,
            limit,
        } => format!(
            "worst case: {} of shared buffers + {connections} connections × {} + {vacuum_workers} vacuum workers × {} \
             = {} of {}",
            memory(shared_buffers),
            memory(work_mem),
            memory(maintenance_work_mem),
            memory(total),
            memory(limit)
        ),
        PostgresReason::Pooler { connections, would_take, fitting } => format!(
            "{connections} connections would use {}: for more than {fitting}, put a pooler in front (PgBouncer)",
            memory(would_take)
        ),
        PostgresReason::HashMultiplier => {
            "since version 15 a hash may use twice `work_mem` (`hash_mem_multiplier = 2`), and a query may use several hashes"
                .to_owned()
        }
        PostgresReason::SeveralTimes => {
            "a query may use `work_mem` several times, once per sort or hash".to_owned()
        }
        PostgresReason::TooLittle { limit } => {
            format!("{} is too little for PostgreSQL: even these settings do not fit", memory(limit))
        }
    }
}

fn parameter_reason(why: ParameterReason) -> String {
    match why {
        ParameterReason::Share { percent } => format!("{percent} % of the limit"),
        ParameterReason::Cache => "what the planner may assume to be cached; it reserves nothing".to_owned(),
        ParameterReason::WorkMem => "memory for each sort or hash, at least 4 MB".to_owned(),
        ParameterReason::Connections => "as many as fit in the worst case".to_owned(),
        ParameterReason::HugePages => "huge pages help from 2 GB of shared buffers on".to_owned(),
        ParameterReason::WalBuffers => "3 % of the shared buffers, at most 16 MB".to_owned(),
        ParameterReason::WalSpace => "space on disk between checkpoints, not memory".to_owned(),
        ParameterReason::SpreadCheckpoints => {
            "writes are spread over the time between checkpoints".to_owned()
        }
        ParameterReason::Statistics => "the sample of the planner; larger for a data warehouse".to_owned(),
        ParameterReason::RandomReads { storage } => {
            format!("cost of a random read from {}", storage_name(storage))
        }
        ParameterReason::ConcurrentReads { storage } => {
            format!("reads at the same time from {}", storage_name(storage))
        }
        ParameterReason::Workers { cpus } => format!("for {cpus} CPUs"),
        ParameterReason::VacuumWorkers { cpus } => format!("vacuum workers for {cpus} CPUs"),
        ParameterReason::VacuumMemory => "several vacuum workers run at the same time".to_owned(),
        ParameterReason::NoJit => "compiling short queries costs more than it saves".to_owned(),
        ParameterReason::WalCompression => "writes less for little CPU".to_owned(),
        ParameterReason::IoWorkers { cpus } => {
            format!("for {cpus} CPUs; container engines refuse `io_uring`")
        }
        ParameterReason::NoReplication => "nothing replicates a developer's database".to_owned(),
    }
}

const fn storage_name(storage: Storage) -> &'static str {
    match storage {
        Storage::Ssd => "a solid-state drive",
        Storage::Nvme => "an NVMe drive",
        Storage::San => "network storage",
        Storage::Hdd => "a rotating disk",
    }
}

fn inside(setting: &InsideSetting) -> String {
    match *setting {
        InsideSetting::Jvm { percent, heap, rest } => format!(
            "{percent} % of the limit as heap, {}; {} stay for classes, compiled code and threads. The default is 25 %. \
             A JVM sees its limit since 8u191 and 10, on cgroup v2 since 8u372, 11.0.16 and 15",
            memory(heap),
            memory(rest)
        ),
        InsideSetting::Node { old_space, rest } => format!(
            "{} of old space; {} stay for buffers, compiled code and threads",
            memory(old_space),
            memory(rest)
        ),
        InsideSetting::Workers { workers, each, now, for_cpus, worst_case } => format!(
            "workers: {workers}; {now} used at most {} each; the CPUs can use {for_cpus}; worst case {}",
            memory(each),
            memory(worst_case)
        ),
        InsideSetting::Redis { data, rest } => format!(
            "`maxmemory` of {}; {} stay for the copy that saving makes and for fragmentation; beyond it, writes fail \
             unless `maxmemory-policy` evicts data",
            memory(data),
            memory(rest)
        ),
        InsideSetting::Arenas { threads, by_default } => format!(
            "2 arenas of glibc instead of up to {by_default}: {threads} threads keep memory that they free in separate arenas"
        ),
    }
}

fn room(room: &Room) -> String {
    match room {
        Room::Share { used } => {
            format!("its share of the limit has to hold the {} that it used", memory(*used))
        }
        Room::Allowed { by, bytes } => {
            format!(
                "`{by}` allows it {}, and a lower limit would have it killed; to set less, lower both",
                memory(*bytes)
            )
        }
        Room::Settings { worst_case } => format!(
            "its settings may use {} at once, and they stay; to set less, lower both",
            memory(*worst_case)
        ),
        Room::Connections { connections } => {
            format!("PostgreSQL needs it for {} connections", count(*connections))
        }
    }
}

pub(super) fn setting_reason(reason: &SettingReason) -> String {
    match reason {
        SettingReason::Demanded => "required by the targets".to_owned(),
        SettingReason::DemandedAbove { suggested } => {
            format!("required by the targets; {} would be enough", memory(*suggested))
        }
        SettingReason::DemandTooLow { demanded } => {
            format!("the targets require {}, which is too little", memory(*demanded))
        }
        SettingReason::DemandedUnmeasured => "required by the targets, not measured".to_owned(),
        SettingReason::AsItIs => "as it is: too little is known to change it".to_owned(),
        SettingReason::Limit { reason } => limit_reason(reason),
        SettingReason::NotSuggested { reason } => limit_refusal(reason),
        SettingReason::Room { least, room: why } => format!("at least {}: {}", memory(*least), room(why)),
        SettingReason::Processes { processes } => {
            format!("its settings may start {} processes", count(*processes))
        }
        SettingReason::BelowUse { used } => {
            format!("this is less than the {} that the container used: check that it is enough", memory(*used))
        }
        SettingReason::Took { most } => format!("it used at most {}", memory(*most)),
        SettingReason::LargestUse {
            resource,
            largest,
            windows,
            independent,
            margin_percent,
            confidence,
            at_least,
        } => format!(
            "the largest of {} of 60 s is {}, plus {margin_percent} %: equivalent to {independent} independent windows, {}{}",
            EN.many(*windows, &WINDOW),
            EN.amount(*resource, *largest),
            (super::running::WORDS.confidence)(*confidence),
            if *at_least { "; a limit held it back, so this is a minimum" } else { "" }
        ),
        SettingReason::Parameter { parameter } => {
            let now = parameter.now.as_ref().map(|now| format!(" (now: {now})")).unwrap_or_default();
            format!("{} = {}: {}{now}", parameter.name, parameter.value, parameter_reason(parameter.why))
        }
        SettingReason::Inside { setting } => inside(setting),
        SettingReason::Median => "median: it uses no more for half of the time".to_owned(),
        SettingReason::NoSwap { default_total } => format!(
            "no swap: by default, an engine allows as much swap as memory, {} in total",
            memory(*default_total)
        ),
        SettingReason::DatabaseKilledLate => {
            "the kernel kills a database late, because a database loses more than one request; delete this line on a rootless \
             engine, which may not lower the score"
                .to_owned()
        }
        SettingReason::KilledEarly { before_database } => {
            let whom = if *before_database { "the database" } else { "other programs of the host" };
            format!("the kernel kills it before {whom}; delete this line if the service stores data")
        }
        SettingReason::SharedMemory { now } => {
            let now = now.map_or_else(|| "64 MiB by default".to_owned(), memory);
            format!(
                "parallel queries use this shared memory; it has {now}, and usage counts towards the limit"
            )
        }
        SettingReason::PostgresNow { worst_case, limit } => {
            format!("now: worst case {} of {}", memory(*worst_case), memory(*limit))
        }
        SettingReason::CommandWins => "the command takes precedence over its configuration file".to_owned(),
        SettingReason::Postgres { reason } => postgres(reason),
        SettingReason::Log { now, megabytes } => {
            let now = now.as_ref().map_or_else(|| "the targets require less".to_owned(), log);
            format!("{now}: {megabytes} MB per container instead")
        }
        SettingReason::BusyCheck { check_ms, interval_ms, seconds_per_day } => format!(
            "a check takes {} and runs every {}: {seconds_per_day} s per day",
            EN.duration(*check_ms),
            EN.duration(*interval_ms)
        ),
        SettingReason::NoDatabaseCheck => {
            "it has none, so nothing shows when the database is ready".to_owned()
        }
    }
}

pub(super) fn open(open: &Open) -> String {
    match open {
        Open::NoLimit { refused, limit_unknown } => {
            let mut why: Vec<String> = refused.iter().map(limit_refusal).collect();
            if *limit_unknown {
                why.push("its current limit is unknown".to_owned());
            }
            format!("no limit can be suggested: {}", why.join("; "))
        }
        Open::NoSwapWithoutLimit => "the targets require no swap, which requires a memory limit".to_owned(),
        Open::ReservationAboveLimit { demanded } => {
            format!(
                "the targets require a reservation of {}, which is more than the limit",
                memory(*demanded)
            )
        }
        Open::UnclearServer => {
            "its image is a database image, but its command is not understood: `oom_score_adj` is not set"
                .to_owned()
        }
        Open::HealthCheckOff => "its health check is disabled".to_owned(),
        Open::NoHealthCheck => "it has no health check".to_owned(),
        Open::LogTooSmall => {
            "the targets require a log of less than 1 MB, which no log driver supports".to_owned()
        }
        Open::PostgresFits { worst_case, limit } => {
            format!("its PostgreSQL settings fit: worst case {} of {}", memory(*worst_case), memory(*limit))
        }
        Open::CommandKept { why, settings } => format!("{}; settings that fit: {settings}", command(*why)),
        Open::SetAlready { setting, by } => {
            format!("`{by}` decides already; for this limit: {}", inside(setting))
        }
        Open::LimitTooSmall { setting, used } => format!(
            "not set: {}; that is less than the {} that it used, so writes would fail or data would be evicted",
            inside(setting),
            memory(*used)
        ),
        Open::CpuQuota => {
            "no `cpus`: the Compose file sets `cpu_quota`, and engines refuse both together".to_owned()
        }
        Open::Reason { reason } => setting_reason(reason),
    }
}

const fn command(why: CommandRefusal) -> &'static str {
    match why {
        CommandRefusal::Redacted => {
            "a part of its command is not in the recording, because it may be a secret"
        }
        CommandRefusal::TooLong => "its command is too long to be recorded in full",
        CommandRefusal::NotUnderstood => {
            "its command is not a PostgreSQL command, so it must not be replaced"
        }
        CommandRefusal::EntrypointUnknown => "its entrypoint cannot be separated from its command",
        CommandRefusal::Variables => "its command contains variables",
        CommandRefusal::Unwritable => "its command contains characters that cannot be written to a file",
        CommandRefusal::Unknown => {
            "the data does not show its command, and the command of its image is unknown"
        }
    }
}

pub(super) fn exceeded(exceeded: &Exceeded) -> String {
    let what = match exceeded.sum {
        Sum::Limits => "limits",
        Sum::Reservations => "reservations",
    };
    format!(
        "these {what} add up to {}, and the targets require at most {}",
        memory(exceeded.total),
        memory(exceeded.demanded)
    )
}
