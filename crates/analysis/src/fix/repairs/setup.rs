//! Settings of the image: the user and the health check.

use crate::findings::{Confidence, Finding};
use crate::fix::draft::Draft;
use crate::fix::refusal::Refusal;

/// Adds a health check. Whether the service answers on `/` is not known.
pub(super) fn health_check(draft: &mut Draft<'_>, finding: &Finding) -> Result<Confidence, Refusal> {
    at_the_end(draft, finding)?;
    Ok(Confidence::Low)
}

/// Runs the service as another user. Which directories it writes to is not known.
pub(super) fn user(draft: &mut Draft<'_>, finding: &Finding) -> Result<Confidence, Refusal> {
    at_the_end(draft, finding)?;
    Ok(Confidence::Low)
}

fn at_the_end(draft: &mut Draft<'_>, finding: &Finding) -> Result<(), Refusal> {
    let fix = finding.fixes.first().ok_or(Refusal::ByHand)?;
    let is_start = |keyword: &str| matches!(keyword, "CMD" | "ENTRYPOINT");
    let starts = draft.steps.iter().rposition(|step| is_start(&step.instruction.keyword));
    match starts {
        Some(step) => draft.insert_before(step, &fix.lines),
        None => draft.insert_after(draft.steps.len().saturating_sub(1), &fix.lines),
    }
}
