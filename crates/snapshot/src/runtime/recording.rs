//! Memory over time: frames that all containers share, and columns with gaps.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Column, Span, Time};
use crate::Bytes;
use crate::room;

/// Samples of some containers.
///
/// A frame is one moment at which everything was asked: what stands in one frame may be added up. A series covers
/// consecutive frames, and has no value where its container was not there or did not answer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Recording {
    /// The file it was read of, without its directory.
    pub file: String,
    /// What made it.
    pub format: RecordingFormat,
    /// The engine, where the source names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub engine: Option<Engine>,
    /// The machine, where the source describes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host: Option<Host>,
    /// What [`Metric::WorkingSet`] means here. Figures of different regimes must not be compared.
    pub regime: Regime,
    /// How good the figures are.
    pub quality: Quality,
    /// The time between two frames that was asked for, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval_ms: Option<u64>,
    /// What loaded the stack meanwhile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub load: Option<Load>,
    /// How it ended; absent where the source does not say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<Ended>,
    /// When the engine could not be asked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "room::list")]
    pub interruptions: Vec<Interruption>,
    /// How many frames there are.
    pub frames: u32,
    /// When each frame was taken, never falling; absent where the source has no times.
    #[serde(skip_serializing_if = "Option::is_none", with = "deltas")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<Vec<i64>>"))]
    pub times: Option<Vec<Time>>,
    /// One for each start of each container, by container and start.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "room::list")]
    pub series: Vec<Series>,
}

impl Recording {
    /// From the first frame to the last; none without times.
    #[must_use]
    pub fn span(&self) -> Option<Span> {
        let times = self.times.as_ref()?;
        Some(Span { from: *times.first()?, to: *times.last()? })
    }
}

/// What one container took between one start and the next: a restart resets peaks and counters. Where nothing is
/// known for long, one start may have several series.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Series {
    /// Index into [`super::Runtime::containers`].
    pub container: usize,
    /// When it was started; absent where no source says.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub started: Option<Time>,
    /// The frame of its first value.
    pub first: u32,
    /// How many frames it covers.
    pub length: u32,
    /// The values; a metric that the source does not give has no column.
    pub columns: BTreeMap<Metric, Column>,
    /// The most it ever took since its start, by the kernel's own count: page cache included.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub peak: Option<Bytes>,
}

impl Series {
    /// The values of a metric that are there, with their frames. Gaps cost nothing, however long they are.
    pub fn values(&self, metric: Metric) -> impl Iterator<Item = (u32, u64)> + '_ {
        let values = self.columns.get(&metric).into_iter().flat_map(Column::values);
        values.map(|(index, value)| (self.first.saturating_add(index), value))
    }
}

/// What is measured. Without another unit in its name, in bytes at that moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// What cannot be taken away without harm, as [`Recording::regime`] defines it.
    WorkingSet,
    /// Everything that is charged, page cache included.
    Usage,
    /// The limit; a column without values where there is none, no column where it is unknown. (Engines print the memory of the host then: that is taken out where the
    /// host or the container is known.)
    Limit,
    /// Memory of processes.
    Anon,
    /// Page cache, tmpfs and shared memory included.
    File,
    /// The page cache that was not used for long.
    InactiveFile,
    /// tmpfs and shared memory.
    Shmem,
    /// Memory of the kernel's objects.
    Slab,
    /// The part of it that cannot be taken back.
    SlabUnreclaimable,
    /// Stacks of the kernel.
    KernelStack,
    /// Buffers of the network.
    Sock,
    /// Swap.
    Swap,
    /// Since the start: microseconds in which some process waited for memory (PSI).
    PressureSomeUs,
    /// Since the start: microseconds in which all processes waited for memory (PSI).
    PressureFullUs,
    /// Since the start: how often the limit was hit (`memory.events max`, `failcnt`).
    LimitHits,
    /// Since the start: processes that the kernel killed for memory (`memory.events oom_kill`).
    OomKills,
    /// Since the start: CPU time in microseconds.
    CpuUs,
    /// Hundredths of a percent of one CPU.
    CpuHundredths,
    /// Since the start: microseconds in which its CPU limit held it back.
    ThrottledUs,
    /// Since the start: bytes received.
    NetReceived,
    /// Since the start: bytes sent.
    NetSent,
    /// Since the start: bytes read from block devices.
    BlockRead,
    /// Since the start: bytes written to block devices.
    BlockWritten,
    /// Processes and threads.
    Pids,
}

/// What made a recording.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum RecordingFormat {
    /// `plimsoll record`.
    #[default]
    Recorded,
    DockerStats,
    PodmanStats,
    NerdctlStats,
    CrictlStats,
    CtrMetrics,
    EngineApi,
    Cgroup,
    KubectlTop,
    Prometheus,
}

/// An engine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Engine {
    /// Whose.
    pub kind: EngineKind,
    /// `26.1.5+dfsg1`; empty if unknown.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub version: String,
    /// The version of its API; empty if unknown.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub api_version: String,
}

/// Whose engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum EngineKind {
    Docker,
    Podman,
    Nerdctl,
    Kubernetes,
}

/// The machine the containers run on. Never its name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Host {
    /// All of its memory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory: Option<Bytes>,
    /// Its CPUs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpus: Option<u64>,
    /// The version of the kernel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kernel: Option<String>,
    /// 1 or 2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cgroup_version: Option<u64>,
}

/// What the working set is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Regime {
    /// Usage without the page cache that was not used for long: docker since 20.10, podman since 5.6, Kubernetes.
    UsageMinusInactiveFile,
    /// Usage without any page cache: docker before 20.10.
    UsageMinusCache,
    /// Everything that is charged: podman before 4.9 and on cgroup v1.
    Usage,
    /// Memory of processes alone: podman 4.9 to 5.5 on cgroup v2.
    Anon,
    /// The private working set: Windows.
    PrivateWorkingSet,
    /// The source does not say which engine of which version it is.
    #[default]
    Unknown,
}

/// How good the figures are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[expect(missing_docs, reason = "the types say it")]
pub struct Quality {
    pub resolution: Resolution,
    pub base: UnitBase,
    pub timestamps: Timestamps,
}

/// How fine the figures of memory are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Resolution {
    /// To the byte.
    #[default]
    Exact,
    /// Printed with four digits (`%.4g`): from 1 GiB on, steps of a MiB.
    FourDigits,
    /// Printed in whole MiB.
    Mebibytes,
}

/// What a unit of the source is a power of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum UnitBase {
    /// There are no units: plain bytes.
    #[default]
    None,
    /// 1024.
    Binary,
    /// 1000.
    Decimal,
}

/// Where times come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Timestamps {
    /// The source takes the time itself.
    #[default]
    Source,
    /// A script wrote one beside each line.
    Added,
    /// There are none: the order of frames is all that is known.
    Absent,
}

/// What loaded the stack.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Load {
    /// What it was, in the words of the user; what looks like a secret is replaced.
    pub label: String,
    /// From when to when, where it was run by the recorder: else throughout.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub span: Option<Span>,
    /// How it ended, where it was run by the recorder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i64>,
}

/// How a recording ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// After the time that was asked for, or with the command it was made for.
    Complete,
    /// The user stopped it.
    Interrupted,
    /// Without a word: it was sealed afterwards from what it had written.
    Killed,
    /// Because the engine did not come back.
    EngineLost,
}

/// A time in which the engine could not be asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Interruption {
    /// From the first failed question to the next answer.
    #[serde(flatten)]
    pub span: Span,
    /// Why, as text.
    pub reason: String,
}

/// The first time, then the differences: small numbers that compress well.
mod deltas {
    use serde::de::Error as _;

    use super::{Deserialize, Deserializer, Serialize, Serializer, Time};

    pub(super) fn serialize<S: Serializer>(times: &Option<Vec<Time>>, out: S) -> Result<S::Ok, S::Error> {
        let mut previous = 0_i64;
        let differences = times.as_ref().map(|times| -> Vec<i64> {
            let difference = |time: &Time| time.0.wrapping_sub(std::mem::replace(&mut previous, time.0));
            times.iter().map(difference).collect()
        });
        differences.serialize(out)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Vec<Time>>, D::Error> {
        let Some(differences) = Option::<Vec<i64>>::deserialize(input)? else { return Ok(None) };
        let mut time = 0_i64;
        let add = |difference: i64| {
            time = time.checked_add(difference)?;
            Some(Time(time))
        };
        let times: Option<Vec<Time>> = differences.into_iter().map(add).collect();
        times.map(Some).ok_or_else(|| D::Error::custom("the times of a recording overflow"))
    }
}
