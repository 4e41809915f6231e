//! What got worse between two snapshots, the gravest first: what good news must not hide.
//!
//! Every document about two snapshots shows this list right under its headline. A change counts where both sides are
//! known: what was never measured did not get worse. The thresholds are in `docs/compare-format.md`.

mod images;
mod running;

use plimsoll_snapshot::{Bytes, Order as _};
use serde::Serialize;

pub use running::rising;

use crate::compare::Comparison;
use crate::findings::{Advice, Severity};
use crate::inspect::SizeChange;
use crate::memory::compare::{ChangeVerdict, MemoryComparison};
use crate::memory::{Memory, StartUp};
use crate::said::Said;

/// Something that got worse.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Regression {
    /// The service; absent for the stack as a whole.
    pub service: Option<String>,
    /// What got worse, with the figures of both sides.
    #[serde(flatten)]
    pub kind: RegressionKind,
}

/// What got worse, with the figures of both sides.
#[derive(Clone, Debug, PartialEq, Serialize)]
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
    ExceedsHost { limits: Bytes, host: Bytes },
    /// It has no health check any more.
    LostHealthCheck,
    /// It takes longer to be healthy: the intervals do not overlap.
    SlowerStart { before: StartUp, after: StartUp },
    /// Rules find something that they did not find before.
    NewFindings { findings: Vec<NewFinding>, saving: Bytes },
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
#[serde(rename_all = "snake_case")]
pub enum MemoryFigure {
    /// The median.
    Median,
    /// The 95th percentile.
    P95,
    /// The largest sample.
    Most,
}

/// A finding whose rule found nothing before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NewFinding {
    /// The ID of the rule.
    pub rule: &'static str,
    /// What was found.
    pub title: Said,
    /// How much it matters.
    pub severity: Severity,
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
    const fn rank(&self) -> u8 {
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

/// What got worse, the gravest first. `advice` has the findings of both sides for each service of the comparison.
#[must_use]
pub fn regressions(
    comparison: &Comparison,
    advice: &[[Option<Advice>; 2]],
    memory: [Option<&Memory>; 2],
    compared: Option<&MemoryComparison>,
) -> Vec<Regression> {
    let mut found = Vec::new();
    if let [Some(before), Some(after)] = memory {
        running::find(before, after, compared, &mut found);
    }
    images::find(comparison, advice, &mut found);
    found.order_by_key(|regression| regression.kind.rank());
    found
}

#[cfg(test)]
mod tests;
