//! What got better between two snapshots, in the order of what it means: the counterpart of [`crate::regressions`].
//!
//! Both lists stand side by side in every document. The same thresholds hold for both, and here too only a change counts
//! of which both sides are known. The list is in `docs/compare-format.md`.

mod images;
mod kind;
mod running;

use plimsoll_snapshot::Order as _;

pub use kind::{Improvement, ImprovementKind};

use crate::compare::Comparison;
use crate::findings::FixedFindings;
use crate::memory::Memory;
use crate::memory::compare::MemoryComparison;

/// What got better, what matters most first. `fixed` has the findings of each service of the comparison that are done.
#[must_use]
pub fn improvements(
    comparison: &Comparison,
    fixed: &[FixedFindings],
    memory: [Option<&Memory>; 2],
    compared: Option<&MemoryComparison>,
) -> Vec<Improvement> {
    let mut found = Vec::new();
    if let [Some(before), Some(after)] = memory {
        running::find(before, after, compared, &mut found);
    }
    images::find(comparison, fixed, &mut found);
    found.order_by_key(|improvement| improvement.kind.rank());
    found
}

#[cfg(test)]
mod tests;
