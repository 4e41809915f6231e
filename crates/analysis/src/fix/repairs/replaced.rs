//! Fixes that replace one instruction as a whole.

use crate::findings::{Confidence, Finding, FixKind};
use crate::fix::draft::Draft;
use crate::fix::refusal::Refusal;

pub(super) fn repair(draft: &mut Draft<'_>, finding: &Finding) -> Result<Confidence, Refusal> {
    let mut fixes =
        finding.fixes.iter().filter(|fix| fix.kind == FixKind::Dockerfile && fix.replaces.is_some());
    let fix = fixes.next().ok_or(Refusal::ByHand)?;
    let step = draft.steps.iter().position(|step| Some(&step.instruction.text) == fix.replaces.as_ref());
    let step = step.ok_or(Refusal::NotInDockerfile)?;
    draft.replace_step(step, &fix.lines)?;
    Ok(finding.confidence)
}
