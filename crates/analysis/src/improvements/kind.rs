//! What can get better.

use plimsoll_snapshot::Bytes;
use serde::Serialize;

use crate::findings::FixedFinding;
use crate::inspect::SizeChange;
use crate::memory::StartUp;
use crate::memory::compare::ChangeVerdict;
use crate::regressions::{MemoryFigure, Section};

/// Something that got better.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Improvement {
    /// The service; absent for the stack as a whole.
    pub service: Option<String>,
    /// What got better, with the figures of both sides.
    #[serde(flatten)]
    pub kind: ImprovementKind,
}

/// What got better, with the figures of both sides.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
#[expect(missing_docs, reason = "before and after are the figures of both sides")]
pub enum ImprovementKind {
    /// It was killed for memory less often, while kills were counted.
    FewerKills { before: u64, after: u64 },
    /// It crashed again and again, and no longer does.
    NoCrashLoop,
    /// Its health check failed, and passes.
    Healthy,
    /// It has a memory limit now.
    NewLimit { after: Bytes },
    /// Its memory rose, and no longer does.
    LevelMemory { before: i64 },
    /// All limits together fit the host now.
    FitsHost {
        #[serde(rename = "limits_bytes")]
        limits: Bytes,
        #[serde(rename = "host_bytes")]
        host: Bytes,
    },
    /// It has a health check now.
    NewHealthCheck,
    /// It takes less time to be healthy: the intervals do not overlap.
    FasterStart { before: StartUp, after: StartUp },
    /// Its image is smaller.
    SmallerImage { size: SizeChange },
    /// Its image is not smaller, but takes less time to pull.
    SmallerDownload { size: SizeChange },
    /// It takes less memory.
    LessMemory { figure: MemoryFigure, before: Bytes, after: Bytes, verdict: ChangeVerdict },
    /// Findings are done. `saved` has the bytes they are credited with.
    FixedFindings {
        findings: Vec<FixedFinding>,
        #[serde(rename = "saved_bytes")]
        saved: Bytes,
    },
    /// Memory is guaranteed to it now.
    NewReservation { after: Bytes },
    /// Its log no longer grows without bound.
    BoundedLog,
    /// A run of its health check takes less time, in milliseconds.
    FasterChecks { before: u64, after: u64 },
}

impl ImprovementKind {
    /// How much it means: what is up again, what can no longer go down, what is faster, what costs less.
    pub(super) const fn rank(&self) -> u8 {
        match self {
            Self::FewerKills { .. } => 0,
            Self::NoCrashLoop => 1,
            Self::Healthy => 2,
            Self::NewLimit { .. } => 3,
            Self::LevelMemory { .. } => 4,
            Self::FitsHost { .. } => 5,
            Self::NewHealthCheck => 6,
            Self::FasterStart { .. } => 7,
            Self::SmallerImage { .. } => 8,
            Self::SmallerDownload { .. } => 9,
            Self::LessMemory { .. } => 10,
            Self::FixedFindings { .. } => 11,
            Self::NewReservation { .. } => 12,
            Self::BoundedLog => 13,
            Self::FasterChecks { .. } => 14,
        }
    }

    /// Where a report shows more of it.
    #[must_use]
    pub const fn section(&self) -> Section {
        match self {
            Self::FixedFindings { .. } => Section::Findings,
            Self::SmallerImage { .. } | Self::SmallerDownload { .. } => Section::Services,
            _ => Section::Memory,
        }
    }
}
