//! Documentation: packages that are not installed, and files that dpkg does not unpack.

use crate::findings::{Confidence, Finding, Headline, documentation};
use crate::fix::calls::{Manager, installation, package_name};
use crate::fix::draft::Draft;
use crate::fix::refusal::Refusal;
use crate::fix::script::Command;

pub(super) fn repair(draft: &mut Draft<'_>, finding: &Finding) -> Result<Confidence, Refusal> {
    if finding.headline != Headline::DocumentationPackages {
        return super::dpkg::repair(draft, finding);
    }
    let owners = draft.owners(finding);
    let is_gone = |word: &str| {
        let name = package_name(word);
        owners.contains(&name) && documentation::is_documentation(&name)
    };
    let installs: Vec<(usize, Command)> = (draft.commands())
        .filter(|(_, command)| {
            let one = installation(command);
            let is_system = one
                .as_ref()
                .is_some_and(|one| matches!(one.manager, Manager::Apt | Manager::Apk | Manager::Dnf));
            is_system && one.is_some_and(|one| one.packages().any(|word| is_gone(&word.text)))
        })
        .map(|(step, command)| (step, command.clone()))
        .collect();
    if installs.is_empty() {
        return Err(Refusal::NotInDockerfile);
    }
    draft.also_frees_archives(&owners);
    for (step, command) in installs {
        let Some(one) = installation(&command) else { continue };
        if one.packages().all(|word| is_gone(&word.text)) {
            draft.remove_command(step, &command)?;
        } else {
            draft.remove_words(&command, is_gone)?;
        }
    }
    Ok(Confidence::Medium)
}
