//! The parameters of PostgreSQL beside its budget of memory: what PGTune (le0pard/pgtune, July 2026) sets for a workload,
//! a storage and a number of CPUs, by version.
//!
//! Two differences are on purpose. PGTune 18 asks for `io_uring`, which the seccomp profile of container engines refuses:
//! the default, `worker`, stays. And an unknown version gets no parameter that an older server would refuse to start with.

use plimsoll_snapshot::Bytes;
use serde::{Deserialize, Serialize};

const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

/// What a database does most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Workload {
    /// Many short queries of a web application.
    #[default]
    Web,
    /// Many short transactions.
    Oltp,
    /// Few large queries.
    Warehouse,
    /// A database beside other programs of a developer.
    Desktop,
    /// Short and large queries.
    Mixed,
}

/// What the data lie on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Storage {
    /// A solid-state drive.
    #[default]
    Ssd,
    /// A drive on PCI Express.
    Nvme,
    /// A network of storage.
    San,
    /// A rotating disk.
    Hdd,
}

/// What settings are for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PostgresProfile {
    /// What the database does most.
    pub workload: Workload,
    /// What its data lie on.
    pub storage: Storage,
}

impl Workload {
    /// How many connections it has.
    pub(super) const fn connections(self) -> u64 {
        match self {
            Self::Web => 200,
            Self::Oltp => 300,
            Self::Warehouse => 40,
            Self::Desktop => 20,
            Self::Mixed => 100,
        }
    }

    /// Parts of the limit for shared buffers, the cache in quarters, and for maintenance.
    pub(super) const fn shares(self) -> (u64, u64, u64) {
        match self {
            Self::Web | Self::Oltp | Self::Mixed => (4, 3, 16),
            Self::Warehouse => (4, 3, 8),
            Self::Desktop => (16, 1, 16),
        }
    }

    /// What a share of `work_mem` is divided by.
    pub(super) const fn work_divisor(self) -> u64 {
        match self {
            Self::Web | Self::Oltp => 1,
            Self::Warehouse | Self::Mixed => 2,
            Self::Desktop => 6,
        }
    }

    /// The least and the most write-ahead log between checkpoints.
    const fn wal(self) -> (Bytes, Bytes) {
        match self {
            Self::Web | Self::Mixed => (Bytes(GIB), Bytes(4 * GIB)),
            Self::Oltp => (Bytes(2 * GIB), Bytes(8 * GIB)),
            Self::Warehouse => (Bytes(4 * GIB), Bytes(16 * GIB)),
            Self::Desktop => (Bytes(100 * MIB), Bytes(2 * GIB)),
        }
    }
}

/// A parameter, and why it has its value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// The value to set, as PostgreSQL writes it.
    pub value: String,
    /// The value that is set now; absent if nothing is known to set one.
    pub now: Option<String>,
    /// The reason for the value.
    #[serde(flatten)]
    pub why: ParameterReason,
}

/// Why a parameter has its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ParameterReason {
    /// A part of the limit: this many percent.
    Share {
        /// Percent of the limit.
        percent: u64,
    },
    /// What the planner may believe is cached; it reserves nothing.
    Cache,
    /// The share of each sort or hash in the rest.
    WorkMem,
    /// As many connections as fit.
    Connections,
    /// Huge pages are worth it from 2 GB of shared buffers on.
    HugePages,
    /// 3 % of the shared buffers, at most 16 MB.
    WalBuffers,
    /// Space on disk between checkpoints, not memory.
    WalSpace,
    /// Checkpoints are spread over the time between them.
    SpreadCheckpoints,
    /// How much the planner samples.
    Statistics,
    /// What a random read costs on this storage.
    RandomReads {
        /// The storage.
        storage: Storage,
    },
    /// How many reads this storage serves at once.
    ConcurrentReads {
        /// The storage.
        storage: Storage,
    },
    /// As many workers as CPUs; below four, the defaults stay.
    Workers {
        /// The number of CPUs.
        cpus: u64,
    },
    /// Vacuum workers of a machine with that many CPUs.
    VacuumWorkers {
        /// The number of CPUs.
        cpus: u64,
    },
    /// Each vacuum worker takes no more than 2 GB.
    VacuumMemory,
    /// Compiling short queries costs more than it saves.
    NoJit,
    /// Less to write for little CPU.
    WalCompression,
    /// The default is three; `io_uring` is refused in containers.
    IoWorkers {
        /// The number of CPUs.
        cpus: u64,
    },
    /// Nothing replicates a database of a developer.
    NoReplication,
}

/// What the parameters depend on.
pub(super) struct Basis {
    pub(super) profile: PostgresProfile,
    /// The major version; 0 if unknown.
    pub(super) version: u64,
    pub(super) cpus: Option<u64>,
    pub(super) shared_buffers: Bytes,
    pub(super) maintenance: Bytes,
}

/// The most that a vacuum worker may take, as several run at once.
pub(super) const MAX_VACUUM: Bytes = Bytes(2 * GIB);

/// The number of vacuum workers, by the number of CPUs.
pub(super) fn vacuum_workers(cpus: Option<u64>) -> u64 {
    match cpus {
        Some(32..) => 5,
        Some(16..) => 4,
        _ => 3,
    }
}

/// Worker processes that may each take `work_mem`.
pub(super) fn workers(cpus: Option<u64>) -> u64 {
    cpus.filter(|cpus| *cpus >= 4).unwrap_or(8)
}

/// Everything beside the budget of memory, in PGTune's order.
pub(super) fn others(basis: &Basis) -> Vec<Parameter> {
    let Basis { profile: PostgresProfile { workload, storage }, version, cpus, .. } = *basis;
    let mut all = Vec::new();
    let mut set = |name: &'static str, value: String, why: ParameterReason| {
        all.push(Parameter { name, value, now: None, why });
    };
    let is_warehouse = workload == Workload::Warehouse;
    set("checkpoint_completion_target", "0.9".to_owned(), ParameterReason::SpreadCheckpoints);
    set("wal_buffers", written(wal_buffers(basis.shared_buffers)), ParameterReason::WalBuffers);
    let statistics = if is_warehouse { 500 } else { 100 };
    set("default_statistics_target", statistics.to_string(), ParameterReason::Statistics);
    let is_cheap = storage != Storage::Hdd && !is_warehouse;
    let cost = if is_cheap { "1.1" } else { "4" };
    set("random_page_cost", cost.to_owned(), ParameterReason::RandomReads { storage });
    let concurrency = match storage {
        Storage::Hdd => 2,
        Storage::Ssd => 200,
        Storage::San => 300,
        Storage::Nvme => 1000,
    };
    set("effective_io_concurrency", concurrency.to_string(), ParameterReason::ConcurrentReads { storage });
    let huge = if basis.shared_buffers >= Bytes(2 * GIB) { "try" } else { "off" };
    set("huge_pages", huge.to_owned(), ParameterReason::HugePages);
    let (least, most) = workload.wal();
    set("min_wal_size", written(least), ParameterReason::WalSpace);
    set("max_wal_size", written(most), ParameterReason::WalSpace);
    if let Some(cpus @ 4..) = cpus {
        let half = cpus.div_ceil(2);
        let why = ParameterReason::Workers { cpus };
        set("max_worker_processes", cpus.to_string(), why);
        let gather = if is_warehouse { half } else { half.min(4) };
        set("max_parallel_workers_per_gather", gather.to_string(), why);
        if version >= 10 {
            set("max_parallel_workers", cpus.to_string(), why);
        }
        if version >= 11 {
            set("max_parallel_maintenance_workers", half.min(4).to_string(), why);
        }
    }
    if workload == Workload::Desktop {
        set("wal_level", "minimal".to_owned(), ParameterReason::NoReplication);
        set("max_wal_senders", "0".to_owned(), ParameterReason::NoReplication);
    }
    if version >= 12 && matches!(workload, Workload::Web | Workload::Oltp | Workload::Mixed) {
        set("jit", "off".to_owned(), ParameterReason::NoJit);
    }
    match version {
        15.. => set("wal_compression", "lz4".to_owned(), ParameterReason::WalCompression),
        10.. => set("wal_compression", "on".to_owned(), ParameterReason::WalCompression),
        _ => {}
    }
    if let Some(cpus @ 16..) = cpus {
        let count = vacuum_workers(Some(cpus)).to_string();
        set("autovacuum_max_workers", count, ParameterReason::VacuumWorkers { cpus });
    }
    if basis.maintenance >= MAX_VACUUM {
        set("autovacuum_work_mem", written(MAX_VACUUM), ParameterReason::VacuumMemory);
    }
    if let (18.., Some(cpus @ 16..)) = (version, cpus) {
        set("io_workers", (cpus / 4).min(32).to_string(), ParameterReason::IoWorkers { cpus });
    }
    all
}

/// 3 % of the shared buffers; what is near 16 MB becomes 16 MB.
fn wal_buffers(shared_buffers: Bytes) -> Bytes {
    let share = shared_buffers.0 / 1024 * 3 / 100;
    let near = 14 * 1024;
    Bytes(if share > near { 16 * MIB } else { share.max(32) * 1024 })
}

/// Memory as PostgreSQL writes it: `128MB`.
pub(super) fn written(bytes: Bytes) -> String {
    if bytes.0.is_multiple_of(MIB) { format!("{}MB", bytes.0 / MIB) } else { format!("{}kB", bytes.0 >> 10) }
}
