//! Files that dpkg leaves out: a setting before the first installation.

use crate::findings::{Action, Confidence, Finding};
use crate::fix::calls::{Manager, installation};
use crate::fix::draft::Draft;
use crate::fix::refusal::Refusal;

pub(super) fn repair(draft: &mut Draft<'_>, finding: &Finding) -> Result<Confidence, Refusal> {
    let Some(fix) = finding.fixes.iter().find(|fix| fix.action == Action::ExcludeInDpkg) else {
        return super::replaced::repair(draft, finding);
    };
    let first = draft
        .commands()
        .find(|(_, command)| installation(command).is_some_and(|one| one.manager == Manager::Apt));
    let (step, _) = first.ok_or(Refusal::NotInDockerfile)?;
    draft.needs_root(step)?;
    draft.insert_before(step, &fix.lines)?;
    Ok(Confidence::High)
}
