//! Settings of the image: the user and the health check.

use crate::findings::{Confidence, Finding};
use crate::fix::draft::Draft;
use crate::fix::refusal::Refusal;

/// Adds the instructions of a fix before the command of the container.
///
/// Whether the service answers on `/`, and which directories it writes to, is not known: the confidence is low.
pub(super) fn repair(draft: &mut Draft<'_>, finding: &Finding) -> Result<Confidence, Refusal> {
    let fix = finding.fixes.first().ok_or(Refusal::ByHand)?;
    let is_start = |keyword: &str| matches!(keyword, "CMD" | "ENTRYPOINT");
    let start = draft.steps.iter().rposition(|step| is_start(&step.instruction.keyword));
    match start {
        Some(step) => draft.insert_before(step, &fix.lines)?,
        None => draft.insert_after(draft.steps.len().saturating_sub(1), &fix.lines)?,
    }
    Ok(Confidence::Low)
}
