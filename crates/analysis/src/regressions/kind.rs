//! What can get worse.

use plimsoll_snapshot::Bytes;
use serde::Serialize;

use crate::findings::NamedFinding;
use crate::inspect::SizeChange;
use crate::memory::StartUp;
use crate::memory::compare::ChangeVerdict;

/// Something that got worse.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Regression {
    /// The service; absent for the stack as a whole.
    pub service: Option<String>,
    /// What got worse, with the figures of both sides.
    #[serde(flatten)]
    pub kind: RegressionKind,
}

/// What got worse, with the figures of both sides.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
#[expect(missing_docs, reason = "before and after are the figures of both sides")]
pub enum RegressionKind {
    /// It was killed for memory more often.
    Kills { before: u64, after: u64 },
    /// It crashes again and again.
    CrashLoop,
    /// It ended with errors more often.
    FailedEnds { before: u64, after: u64 },
    /// Its health check fails.
    Unhealthy,
    /// It has no memory limit any more.
    LostLimit { before: Bytes },
    /// Its memory rises, or still does: a possible leak, or a load that grows. `before` is absent where it did not rise.
    RisingMemory { before: Option<i64>, bytes_per_hour: i64 },
    /// All limits together no longer fit the host.
    ExceedsHost {
        #[serde(rename = "limits_bytes")]
        limits: Bytes,
        #[serde(rename = "host_bytes")]
        host: Bytes,
    },
    /// It has no health check any more.
    LostHealthCheck,
    /// It takes longer to be healthy: the intervals do not overlap.
    SlowerStart { before: StartUp, after: StartUp },
    /// Rules find something that they did not find before.
    NewFindings {
        findings: Vec<NamedFinding>,
        #[serde(rename = "saving_bytes")]
        saving: Bytes,
    },
    /// No memory is guaranteed to it any more.
    LostReservation { before: Bytes },
    /// Its log may grow without bound.
    UnboundedLog,
    /// Its image is larger.
    LargerImage { size: SizeChange },
    /// Its image is not larger, but takes longer to pull.
    LargerDownload { size: SizeChange },
    /// It takes more memory.
    MoreMemory { figure: MemoryFigure, before: Bytes, after: Bytes, verdict: ChangeVerdict },
    /// A run of its health check takes longer, in milliseconds.
    SlowerChecks { before: u64, after: u64 },
}

/// A figure of memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum MemoryFigure {
    /// The median.
    Median,
    /// The 95th percentile.
    P95,
    /// The largest sample.
    Most,
}

/// The part of a report that shows more of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// The table of services.
    Services,
    /// Memory and limits.
    Memory,
    /// The findings.
    Findings,
}

impl RegressionKind {
    /// How grave it is: what is down, what may go down, what is slower, what costs more.
    pub(super) const fn rank(&self) -> u8 {
        match self {
            Self::Kills { .. } => 0,
            Self::CrashLoop => 1,
            Self::FailedEnds { .. } => 2,
            Self::Unhealthy => 3,
            Self::LostLimit { .. } => 4,
            Self::RisingMemory { .. } => 5,
            Self::ExceedsHost { .. } => 6,
            Self::LostHealthCheck => 7,
            Self::SlowerStart { .. } => 8,
            Self::NewFindings { .. } => 9,
            Self::LostReservation { .. } => 10,
            Self::UnboundedLog => 11,
            Self::LargerImage { .. } => 12,
            Self::LargerDownload { .. } => 13,
            Self::MoreMemory { .. } => 14,
            Self::SlowerChecks { .. } => 15,
        }
    }

    /// Where a report shows more of it.
    #[must_use]
    pub const fn section(&self) -> Section {
        match self {
            Self::NewFindings { .. } => Section::Findings,
            Self::LargerImage { .. } | Self::LargerDownload { .. } => Section::Services,
            _ => Section::Memory,
        }
    }
}
