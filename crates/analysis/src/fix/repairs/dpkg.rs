//! Files that dpkg leaves out: a setting before the first installation.

use crate::findings::{Action, Confidence, Finding, RuleId};
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
    // Messages in another language are wanted where it is set.
    let language = draft.all.iter().find(|instruction| {
        let text = &instruction.text;
        let sets = instruction.keyword == "ENV"
            && ["LANG=", "LC_ALL=", "LANGUAGE="].iter().any(|name| text.contains(name));
        let is_english = ["C.UTF-8", "C.utf8", "POSIX", "=en", "=C", "=\"en", "=\"C"]
            .iter()
            .any(|value| text.contains(value));
        sets && !is_english || text.contains("locale-gen")
    });
    if let Some(language) = language.filter(|_| finding.rule == RuleId::Locales) {
        return Err(Refusal::UsedLater { line: language.line, name: "LANG".into() });
    }
    draft.insert_before(step, &fix.lines)?;
    Ok(Confidence::High)
}
