//! Why something should be set, and why something cannot be.

use plimsoll_snapshot::Bytes;
use serde::Serialize;

use super::super::inside::InsideSetting;
use super::super::postgres::{CommandRefusal, Parameter, PostgresReason};
use super::super::{Confidence, LimitReason, LimitRefusal, LogReason, Resource};

/// Why something should be set.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SettingReason {
    /// The targets demand it.
    Demanded,
    /// The targets demand it; less would do.
    DemandedAbove {
        /// The limit that would be sufficient.
        suggested: Bytes,
    },
    /// The targets demand less, which is too little.
    DemandTooLow {
        /// The limit that the targets require.
        demanded: Bytes,
    },
    /// The targets demand it, and nothing was measured that says it is enough.
    DemandedUnmeasured,
    /// It is set like this, and too little is known to change it.
    AsItIs,
    /// Why a limit is suggested.
    Limit {
        /// The reason for the suggestion.
        reason: LimitReason,
    },
    /// Why no limit is suggested, where one holds anyway.
    NotSuggested {
        /// Why no limit is suggested.
        reason: LimitRefusal,
    },
    /// The program needs a larger limit than what was measured suggests, or than what is demanded.
    Room {
        /// The least limit.
        least: Bytes,
        /// Why.
        #[serde(flatten)]
        room: Room,
    },
    /// As many processes as the settings of the program start.
    Processes {
        /// The number of processes.
        processes: u64,
    },
    /// The setting is below what the container used.
    BelowUse {
        /// The maximum that the container used.
        used: Bytes,
    },
    /// The most it took.
    Took {
        /// The maximum memory it used.
        most: Bytes,
    },
    /// The largest window of something, and what is added to it.
    LargestUse {
        /// The resource.
        resource: Resource,
        /// The largest window, in the unit of the resource.
        largest: u64,
        /// How many windows there are.
        windows: u64,
        /// How many independent windows they are worth.
        independent: u64,
        /// What is added, in percent.
        margin_percent: u64,
        /// How much it rests on.
        confidence: Confidence,
        /// Whether a limit held it back, so that it may need more.
        at_least: bool,
    },
    /// Half of the time it takes no more.
    Median,
    /// Without a setting an engine gives as much swap as memory.
    NoSwap {
        /// Memory and swap together, by default.
        default_total: Bytes,
    },
    /// The kernel kills a database late.
    DatabaseKilledLate,
    /// The kernel kills it early.
    KilledEarly {
        /// Before the database of the stack; else before other programs of the host.
        before_database: bool,
    },
    /// Parallel queries share memory in `/dev/shm`.
    SharedMemory {
        /// What it has now; absent for the default of 64 MiB.
        now: Option<Bytes>,
    },
    /// What the settings of PostgreSQL may take now.
    PostgresNow {
        /// The worst case of the settings.
        worst_case: Bytes,
        /// The memory limit.
        limit: Bytes,
    },
    /// What the command sets counts more than what the configuration file sets.
    CommandWins,
    /// How settings of PostgreSQL were found.
    Postgres {
        /// The reason for the settings.
        reason: PostgresReason,
    },
    /// A parameter of PostgreSQL, with its reason.
    Parameter {
        /// The parameter.
        parameter: Parameter,
    },
    /// A setting of the program that runs, which fits into its limit.
    Inside {
        /// The setting.
        setting: InsideSetting,
    },
    /// What its log does now, and what it takes instead.
    Log {
        /// Why its log is not bounded; absent where the targets demand less.
        now: Option<LogReason>,
        /// Megabytes for each container instead.
        megabytes: u64,
    },
    /// A health check takes too much of the time.
    BusyCheck {
        /// What one takes, in milliseconds.
        check_ms: u64,
        /// How often it runs, in milliseconds.
        interval_ms: u64,
        /// Seconds of each day.
        seconds_per_day: u64,
    },
    /// It has no health check, so nothing tells when the database is ready.
    NoDatabaseCheck,
}

/// Why a program needs room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "room", rename_all = "snake_case")]
pub enum Room {
    /// Its share of the limit (the heap, the data) has to hold what the container used.
    Share {
        /// The maximum that the container used.
        used: Bytes,
    },
    /// An argument allows it to use that much.
    Allowed {
        /// The argument.
        by: String,
        /// What it allows.
        bytes: Bytes,
    },
    /// Settings of PostgreSQL that are not replaced allow that much at once.
    Settings {
        /// The worst case of the settings.
        worst_case: Bytes,
    },
    /// PostgreSQL has to take some connections.
    Connections {
        /// The number of connections.
        connections: u64,
    },
}

/// Why something cannot be recommended.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Open {
    /// No limit can be named.
    NoLimit {
        /// What keeps it from being named.
        refused: Vec<LimitRefusal>,
        /// Whether the limit it has is not known either.
        limit_unknown: bool,
    },
    /// The targets demand no swap, which takes a limit.
    NoSwapWithoutLimit,
    /// The targets demand a reservation above the limit.
    ReservationAboveLimit {
        /// The reservation that the targets require.
        demanded: Bytes,
    },
    /// Its image is that of a database, but what it runs is not understood.
    UnclearServer,
    /// Its health check is switched off.
    HealthCheckOff,
    /// It has no health check.
    NoHealthCheck,
    /// The targets demand a log of less than a megabyte.
    LogTooSmall,
    /// Its PostgreSQL settings fit.
    PostgresFits {
        /// The worst case of the settings.
        worst_case: Bytes,
        /// The memory limit.
        limit: Bytes,
    },
    /// Its command must not be replaced.
    CommandKept {
        /// Why the command is kept.
        why: CommandRefusal,
        /// The settings that fit, as PostgreSQL writes them.
        settings: String,
    },
    /// A setting of the program is made already.
    SetAlready {
        /// The setting that would be made.
        setting: InsideSetting,
        /// The variable or the argument that sets it.
        by: String,
    },
    /// A setting that fits the limit is below what the container used, and the program would fail.
    LimitTooSmall {
        /// The setting that would be made.
        setting: InsideSetting,
        /// The maximum that the container used.
        used: Bytes,
    },
    /// The file limits the CPU by `cpu_quota`, beside which engines refuse `cpus`.
    CpuQuota,
    /// Something about the settings that would be made.
    Reason {
        /// The reason, as for a setting.
        reason: SettingReason,
    },
}

/// A sum that the targets bound, and that is exceeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Exceeded {
    /// Whether limits or reservations exceed the target.
    pub sum: Sum,
    /// The sum of the services.
    pub total: Bytes,
    /// The targets demand at most this.
    pub demanded: Bytes,
}

/// The values that are summed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Sum {
    /// The limits of all services.
    Limits,
    /// The reservations of the services.
    Reservations,
}
