//! What can be set for a service, and what is demanded of it.

use plimsoll_snapshot::Bytes;
use serde::Serialize;

use super::reason::{Exceeded, Open, SettingReason};
use crate::memory::DemandedSettings;

/// What should be set for a stack.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Recommendation {
    /// Each service, by name.
    pub services: Vec<ServiceRecommendation>,
    /// What is demanded of all together and not met.
    pub open: Vec<Exceeded>,
}

/// What should be set for a service.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ServiceRecommendation {
    /// The name of the service.
    pub name: String,
    /// What to set, in the order it is written.
    pub settings: Vec<Recommended>,
    /// What cannot be recommended, and why.
    pub open: Vec<Open>,
}

/// One thing to set.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Recommended {
    /// The setting to write.
    #[serde(flatten)]
    pub setting: Setting,
    /// The reasons for the setting.
    pub reasons: Vec<SettingReason>,
}

/// What compose can set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
    /// A log of `files` files of `megabytes` decimal megabytes each.
    Log {
        /// The size of a file, in MB.
        megabytes: u64,
        /// The number of files.
        files: u64,
    },
    /// A health check.
    HealthCheck {
        /// The command; absent to keep it.
        test: Option<Vec<String>>,
        /// The time between two checks, in seconds.
        interval_s: u64,
    },
    /// The limit of CPU, in thousandths of one.
    Cpus(u64),
    /// The limit of processes and threads.
    Pids(u64),
    /// Variables of the environment, with their values.
    Environment(Vec<(&'static str, String)>),
    /// The command, word by word.
    Command(Vec<String>),
}

/// What a target file demands of a service and compose can set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Demanded {
    /// The limit of memory, which holds unless more is needed.
    pub limit: Option<Bytes>,
    /// The reservation of memory.
    pub reservation: Option<Bytes>,
    /// Whether it may not swap.
    pub no_swap: bool,
    /// How gladly the kernel kills it.
    pub oom_score_adj: Option<i64>,
    /// What its log takes at most.
    pub log_size: Option<Bytes>,
    /// The settings of PostgreSQL.
    pub postgres: DemandedSettings,
}

/// What a target file demands of a stack.
pub struct Demands<'a> {
    /// The requirements of a service, by its name.
    pub service: &'a dyn Fn(&str) -> Demanded,
    /// The limits add up to at most this.
    pub limits: Option<Bytes>,
    /// The reservations add up to at most this.
    pub reservations: Option<Bytes>,
}

impl Demands<'_> {
    /// No requirements.
    #[must_use]
    pub fn none() -> Demands<'static> {
        Demands { service: &|_| Demanded::default(), limits: None, reservations: None }
    }
}
