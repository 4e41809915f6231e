//! What got worse between two snapshots, the gravest first: what good news must not hide.
//!
//! Every document about two snapshots shows this list right under its headline. A change counts where both sides are
//! known: what was never measured did not get worse. The thresholds are in `docs/compare-format.md`.

mod images;
mod kind;
pub(crate) mod running;
pub(crate) mod threshold;

use plimsoll_snapshot::Order as _;

pub use kind::{MemoryFigure, Regression, RegressionKind, Section};
pub use running::rising;

use crate::compare::Comparison;
use crate::findings::Finding;
use crate::memory::Memory;
use crate::memory::compare::MemoryComparison;

/// What got worse, the gravest first. `new` has the new findings of each service of the comparison.
#[must_use]
pub fn regressions(
    comparison: &Comparison,
    new: &[Vec<Finding>],
    memory: [Option<&Memory>; 2],
    compared: Option<&MemoryComparison>,
) -> Vec<Regression> {
    let mut found = Vec::new();
    if let [Some(before), Some(after)] = memory {
        running::find(before, after, compared, &mut found);
    }
    images::find(comparison, new, &mut found);
    found.order_by_key(|regression| regression.kind.rank());
    found
}

#[cfg(test)]
mod tests;
