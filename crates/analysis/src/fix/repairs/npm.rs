//! Development dependencies of npm projects: not installed.

use std::collections::BTreeSet;

use plimsoll_snapshot::path;

use super::staged;
use crate::findings::{Confidence, Finding};
use crate::fix::calls::{self, Manager, installation};
use crate::fix::draft::{Draft, names};
use crate::fix::refusal::Refusal;
use crate::fix::script::Command;
use crate::lines::{Dockerfile, Line};

pub(super) fn repair(draft: &mut Draft<'_>, finding: &Finding) -> Result<Confidence, Refusal> {
    let (mut asks, mut elsewhere) = (false, false);
    let installs: Vec<(usize, usize, &'static str)> = draft
        .commands()
        .filter_map(|(step, command)| {
            let one = installation(command)?;
            let option = match one.manager {
                Manager::Npm => "--omit=dev",
                Manager::Yarn => "--production",
                Manager::Pnpm => "--prod",
                _ => return None,
            };
            let is_global = one.has(&["-g", "--global"]);
            // It asks for them, and counts more than the option.
            asks |= one.has(&["--production=false", "--include=dev", "--dev", "--include", "--prod=false"]);
            elsewhere |= draft.directory_of(step, command) != draft.steps[step].directory;
            let is_done = one.has(&["--omit=dev", "--production", "--prod", "-P", "--only=production"]);
            (!is_global && !is_done).then_some((step, one.verb.range.end, option))
        })
        .collect();
    let &(first, ..) = installs.first().ok_or(Refusal::NotInDockerfile)?;
    if asks {
        return Err(Refusal::Form { line: draft.steps[first].instruction.line });
    }
    // A build needs what is installed for it.
    let uses = |command: &Command| {
        let called = command.called();
        let name = called.first().map_or("", |word| calls::program(&word.text));
        installation(command).is_none()
            && (matches!(
                name,
                "npm" | "npx" | "yarn" | "pnpm" | "pnpx" | "tsc" | "node" | "ng" | "vite" | "next"
            ) || calls::is_script(command))
    };
    let builds: Vec<(usize, String)> = draft
        .commands()
        .filter(|(step, command)| *step >= first && uses(command))
        .map(|(step, command)| (step, command.text()))
        .collect();
    draft.used_on_top(|_, command| uses(command))?;
    let start = draft.start();
    let scripts = draft.start_scripts();
    if let Some(name) =
        draft.owners(finding).into_iter().find(|name| names(&start, name) || names(&scripts, name))
    {
        return Err(Refusal::UsedAtStart { name });
    }
    // A package may have programs of other names: `tsc`.
    let words: BTreeSet<&str> =
        scripts.split_whitespace().chain(start.split_whitespace().take(MOST_WORDS)).collect();
    let programs = finding.inodes.iter().filter_map(|&index| {
        let place = draft.input.path(&draft.input.squashed.inodes[index as usize]);
        let is_program = matches!(path::name(path::parent(place)), b"bin" | b".bin");
        let name = std::str::from_utf8(path::name(place)).ok().filter(|_| is_program)?;
        Some(name.split('.').next().unwrap_or(name))
    });
    if let Some(name) = programs.into_iter().find(|name| words.contains(name)) {
        return Err(Refusal::UsedAtStart { name: name.to_owned() });
    }
    if let Some((last, name)) = builds.last() {
        if elsewhere {
            return Err(Refusal::Form { line: draft.steps[first].instruction.line });
        }
        let used = Refusal::UsedLater { line: draft.steps[*last].instruction.line, name: name.clone() };
        let prune: Line<Dockerfile> = match installs[0].2 {
            _ if builds.iter().any(|(_, text)| text.contains(" prune")) => "".into(),
            "--omit=dev" => "RUN npm prune --omit=dev\n".into(),
            "--prod" => "RUN pnpm prune --prod\n".into(),
            _ => return Err(used),
        };
        return staged::build_in_stage(draft, first, *last, &prune).ok_or(used)?.map(|()| Confidence::Medium);
    }
    for (_, at, option) in installs {
        draft.add_option(at, option)?;
    }
    Ok(Confidence::High)
}

/// The words of a start that name programs: scripts follow them.
const MOST_WORDS: usize = 50;
