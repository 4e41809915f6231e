//! A container as it was started and as it was seen: limits, states, events.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Time;
use crate::room;
use crate::{Bytes, Digest};

/// One container, with everything that was read of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Container {
    /// The service it runs, as compose labels, names or flags say; before and after are matched by it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// The compose project, or the Kubernetes namespace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// Its ID: 64 digits, or the first of them where no source gives all. Kubernetes: `POD/CONTAINER`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its name, without the slash that the engine puts in front.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The image that runs, by its config: [`crate::Image::id`] of the same image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_id: Option<Digest>,
    /// The reference it was started by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// What it may take; absent if it was never inspected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limits: Option<Limits>,
    /// Where its output goes; absent if it was never inspected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logging: Option<Logging>,
    /// When it is started again; absent if it was never inspected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restart: Option<RestartPolicy>,
    /// The ports of the host that lead to it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "room::list")]
    pub published: Vec<PublishedPort>,
    /// What is mounted into it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "room::list")]
    pub mounts: Vec<Mount>,
    /// The health check that runs, of the image or of the container; absent if there is none, or it was never inspected.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health_check: Option<Probe>,
    /// What it runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<Command>,
    /// How many words of the command are the entrypoint; absent if the source does not tell them apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entrypoint_words: Option<u32>,
    /// The names of the environment variables.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "room::list")]
    pub env_names: Vec<String>,
    /// What it was seen to be, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "room::list")]
    pub states: Vec<ContainerState>,
}

/// The process and its arguments; what looks like a secret is replaced.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct Command(pub Vec<String>);

/// What a container may take. A limit without a value is none, unless it is listed in [`Limits::unread`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Limits {
    /// RAM, including tmpfs and shared memory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory: Option<Bytes>,
    /// RAM and swap together. Not set, an engine takes twice the memory, or no limit if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_swap: Option<Swap>,
    /// What it is guaranteed under pressure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reservation: Option<Bytes>,
    /// Whether it hangs at its limit instead of being killed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oom_kill_disable: Option<bool>,
    /// How gladly the kernel kills it: −1000 never, 1000 first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oom_score_adj: Option<i64>,
    /// Processes and threads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pids: Option<u64>,
    /// The size of `/dev/shm`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shm: Option<Bytes>,
    /// Thousandths of a CPU.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu_millis: Option<u64>,
    /// Whether the CPU is limited by a quota (`cpu_quota`), beside which engines refuse another limit.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub cpu_quota: bool,
    /// Thousandths of a CPU that are guaranteed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu_reservation_millis: Option<u64>,
    /// What is set to something that could not be read: it is unknown, not absent.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub unread: BTreeSet<UnreadLimit>,
}

impl Limits {
    /// Notes that something is set, to a value that cannot be read.
    pub fn forget(&mut self, what: UnreadLimit) {
        match what {
            UnreadLimit::Memory => self.memory = None,
            UnreadLimit::MemorySwap => self.memory_swap = None,
            UnreadLimit::Reservation => self.reservation = None,
        }
        self.unread.insert(what);
    }
}

/// A limit that is set, to a value that could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are those of `Limits`")]
pub enum UnreadLimit {
    Memory,
    MemorySwap,
    Reservation,
}

/// A limit of RAM and swap together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Swap {
    /// As much swap as there is.
    Unlimited,
    /// RAM and swap; as much as the memory means no swap at all.
    Total(Bytes),
}

/// The log driver and the options that bound or place what it writes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Logging {
    /// `json-file`, `local`, `journald`, `k8s-file`, …; empty where the default of the engine holds.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub driver: String,
    /// `max-size`, `max-file`, `mode`, `max-buffer-size` and `compress` as they are written; no other option is kept.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, String>,
}

/// When a container is started again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct RestartPolicy {
    /// `no`, `always`, `on-failure`, `unless-stopped`.
    pub name: String,
    /// How often at most, for `on-failure`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_retries: Option<u64>,
}

/// A port of a container that is reached through the host.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct PublishedPort {
    /// The port inside, as `80/tcp`.
    pub port: String,
    /// The port of the host, after an address if it listens on one alone: `8080`, `127.0.0.1:8080`; empty where the engine
    /// chooses.
    pub host: String,
}

/// A directory or file that a container sees in place of what its image has there. Never the path on the host.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Mount {
    /// Where it lies in the container.
    pub target: String,
    /// `bind`, `volume`, `tmpfs`, …
    pub kind: String,
    /// The name of a volume; absent where the engine made it up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume: Option<String>,
    /// Whether the container cannot write to it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub read_only: bool,
}

/// A health check. Durations are in milliseconds, absent where the engine's default holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[expect(missing_docs, reason = "the names are those of the Dockerfile's options")]
pub struct Probe {
    /// `["CMD", …]`, `["CMD-SHELL", …]`, or `["NONE"]` where it is switched off; what looks like a secret is replaced.
    #[serde(deserialize_with = "room::list")]
    pub test: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_period_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_interval_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retries: Option<u64>,
}

impl Probe {
    /// Whether it says that nothing is to be checked.
    #[must_use]
    pub fn is_disabled(&self) -> bool {
        self.test.first().is_none_or(|first| first == "NONE")
    }
}

/// A container at one moment, as an engine describes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct ContainerState {
    /// When it was asked for; absent in a file, which does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed: Option<Time>,
    /// What it was doing.
    pub status: Status,
    /// Of the last process that ended; says nothing while the first one runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i64>,
    /// The engine's flag. Engines clear it at each start and do not always set it: `false` proves nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub oom_killed: Option<bool>,
    /// How often the engine started it again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restart_count: Option<u64>,
    /// When it was started last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started: Option<Time>,
    /// When it ended last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finished: Option<Time>,
    /// What the health check found; absent without one. Not to be believed of a container that is not running.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health: Option<Health>,
}

/// What a container is doing, under the names of the engines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Status {
    Created,
    Running,
    Paused,
    Restarting,
    Removing,
    Exited,
    Dead,
    /// A state that has no name here.
    #[default]
    Unknown,
}

/// What the health check found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Health {
    /// The verdict of the engine.
    pub status: HealthStatus,
    /// How many probes failed in a row.
    pub failing_streak: u64,
    /// The last probes, oldest first; engines keep five. Never what they printed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "room::list")]
    pub log: Vec<ProbeRun>,
}

/// The verdict of the engine on a health check.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum HealthStatus {
    #[default]
    Starting,
    Healthy,
    Unhealthy,
}

/// One probe.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[expect(missing_docs, reason = "the names say it")]
pub struct ProbeRun {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<Time>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<Time>,
    pub exit_code: i64,
}

/// Something that happened to a container.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Event {
    /// When.
    pub time: Time,
    /// Index into [`super::Runtime::containers`].
    pub container: usize,
    /// What.
    #[serde(flatten)]
    pub kind: EventKind,
}

/// What can happen to a container; what has no bearing on memory, health or life is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are those of the engines' events")]
pub enum EventKind {
    Create,
    Start,
    Restart,
    /// The kernel killed a process of it for memory; the container may live on.
    Oom,
    Die {
        #[serde(skip_serializing_if = "Option::is_none", default)]
        exit_code: Option<i64>,
    },
    /// A signal was sent through the engine.
    Kill {
        #[serde(skip_serializing_if = "Option::is_none", default)]
        signal: Option<i64>,
    },
    Stop,
    Pause,
    Unpause,
    /// Its limits were changed.
    Update,
    Destroy,
    /// The verdict on its health changed, or (podman) was found again.
    Health {
        status: HealthStatus,
    },
}
