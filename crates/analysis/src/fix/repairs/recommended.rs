//! Packages that are only recommended: not installed.

use crate::findings::{Confidence, Finding};
use crate::fix::calls::{self, Manager, installation};
use crate::fix::draft::Draft;
use crate::fix::refusal::Refusal;

const OPTION: &str = "--no-install-recommends";
/// Kept although it is only recommended: TLS clients use it without a dependency.
const CERTIFICATES: &str = "ca-certificates";

pub(super) fn repair(draft: &mut Draft<'_>, finding: &Finding) -> Result<Confidence, Refusal> {
    let gone = draft.owners(finding);
    let installs: Vec<(usize, usize, usize)> = draft
        .commands()
        .filter_map(|(step, command)| {
            let one =
                installation(command).filter(|one| one.manager == Manager::Apt && !one.has(&[OPTION]))?;
            Some((step, one.verb.range.end, one.arguments.last()?.range.end))
        })
        .collect();
    let &(first, ..) = installs.first().ok_or(Refusal::NotInDockerfile)?;
    // Compilers that came along may be what a later instruction needs.
    let compilers = ["build-essential", "gcc", "g++", "make", "libc6-dev", "python3-dev"];
    if let Some(tool) = compilers.iter().find(|tool| gone.contains(**tool))
        && let Some((step, _)) =
            draft.commands().find(|(step, command)| *step >= first && calls::compiles(command))
    {
        let line = draft.steps[step].instruction.line;
        return Err(Refusal::UsedLater { line, name: (*tool).to_owned() });
    }
    let comes_along = draft.input.catalogue.installed().any(|package| {
        package.name == CERTIFICATES
            && package.root.is_none()
            && package.layer >= draft.input.base_layers
            && package.needed_by.is_empty()
    });
    draft.also_frees_archives(&gone);
    for (at, (_, verb, end)) in installs.into_iter().enumerate() {
        draft.add_option(verb, OPTION)?;
        if comes_along && at == 0 {
            draft.add_option(end, CERTIFICATES)?;
        }
    }
    Ok(Confidence::Medium)
}
