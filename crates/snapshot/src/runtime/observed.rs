//! What running containers were seen to use: opened files, mapped memory, imported modules.

use serde::{Deserialize, Serialize};

use super::Load;
use crate::room;
use crate::{Bytes, Paths};

/// What one source saw of one service. It shows use; only a source that sees every open can show its absence.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Observation {
    /// The file it was read of, without its directory.
    pub file: String,
    /// What saw it.
    pub source: ObservationSource,
    /// The service, as the source or the name of its file says.
    pub service: String,
    /// The load meanwhile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub load: Option<Load>,
    /// Whether the source saw the first program start.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub from_start: bool,
    /// The files that were opened, run, mapped or changed, in path order.
    pub opened: Paths,
    /// Opened files whose paths begin at the working directory of the image, in path order.
    #[serde(skip_serializing_if = "Paths::is_empty")]
    pub relative: Paths,
    /// Opened files that do not lie in the image, of which no path is kept.
    #[serde(skip_serializing_if = "is_zero")]
    pub outside: u64,
    /// Opens that failed: what was looked for and not found.
    #[serde(skip_serializing_if = "is_zero")]
    pub failed: u64,
    /// Opens of which the source does not say the whole path.
    #[serde(skip_serializing_if = "is_zero")]
    pub unplaced: u64,
    /// Whether the source lost events.
    #[serde(skip_serializing_if = "is_zero")]
    pub lost: u64,
    /// The memory of processes, at one moment.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "room::list")]
    pub processes: Vec<ProcessMemory>,
    /// The imports of each Python interpreter that started.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "room::list")]
    pub imports: Vec<ImportRun>,
}

/// What saw something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ObservationSource {
    /// `plimsoll record --files`: the kernel's own events.
    #[default]
    Recorded,
    /// A log of `strace -f`.
    Strace,
    /// What Python prints with `-X importtime`.
    ImportTime,
    /// `/proc/PID/maps`.
    Maps,
    /// `/proc/PID/smaps`.
    Smaps,
    /// `docker diff`.
    Diff,
}

impl ObservationSource {
    /// Whether it sees every open, so that what it does not name was not opened.
    #[must_use]
    pub fn sees_every_open(self) -> bool {
        matches!(self, Self::Recorded | Self::Strace)
    }
}

/// The memory of one process.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct ProcessMemory {
    /// What is mapped of files, by path. The last one, with an empty path, stands for all that do not lie in the image.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "room::list")]
    pub files: Vec<MappedFile>,
    /// The heap of the C library (`brk`).
    pub heap: Resident,
    /// Stacks that the kernel names.
    pub stacks: Resident,
    /// All other memory without a file: allocators' arenas, threads' stacks, shared memory.
    pub other: Resident,
}

/// What a process has mapped of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct MappedFile {
    /// Its path, without a slash in front, with escapes for what is not text.
    pub path: String,
    /// What of it is in memory.
    #[serde(flatten)]
    pub resident: Resident,
}

/// Memory of mappings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Resident {
    /// Everything that is in memory (`Rss`).
    pub resident: Bytes,
    /// The process's share: pages that n processes have count as one nth (`Pss`).
    pub proportional: Bytes,
    /// What no other process has.
    pub private: Bytes,
    /// What was swapped out.
    #[serde(skip_serializing_if = "Bytes::is_zero")]
    pub swap: Bytes,
}

impl std::ops::AddAssign for Resident {
    fn add_assign(&mut self, other: Self) {
        self.resident += other.resident;
        self.proportional += other.proportional;
        self.private += other.private;
        self.swap += other.swap;
    }
}

/// The imports of one interpreter, children before parents.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct ImportRun {
    /// The modules, in the order in which their imports ended.
    #[serde(deserialize_with = "room::list")]
    pub modules: Vec<ImportedModule>,
    /// Whether lines of several processes are mixed, so that times count and nesting does not.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub interleaved: bool,
}

/// One import.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct ImportedModule {
    /// Its full name.
    pub module: String,
    /// Microseconds that it took itself.
    pub own_us: u64,
    /// Microseconds with everything that it imported first.
    pub cumulative_us: u64,
    /// How many imports were under way when it began.
    pub depth: u32,
}

#[cfg_attr(
    not(target_family = "wasm"),
    expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")
)]
fn is_zero(count: &u64) -> bool {
    *count == 0
}
