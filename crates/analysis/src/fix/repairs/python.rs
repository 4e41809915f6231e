//! Packages of pip: left out of the instruction or the list that names them.

use std::collections::BTreeSet;

use plimsoll_snapshot::Ecosystem;

use crate::findings::{Confidence, Finding};
use crate::fix::calls::{Manager, installation, package_name, program};
use crate::fix::draft::Draft;
use crate::fix::refusal::Refusal;
use crate::packages::{Owner, Package, PackageId, Use};

use super::requirements::{in_context, lines, normal};

/// Leaves out the packages that nothing uses.
pub(super) fn repair(draft: &mut Draft<'_>, finding: &Finding) -> Result<Confidence, Refusal> {
    // It does not know which packages are named in strings.
    if draft.input.snapshot.lacks_mentions {
        return Err(Refusal::OldSnapshot);
    }
    let mut unused = BTreeSet::new();
    for &index in finding.inodes.iter() {
        if let Owner::Package(id) = draft.input.catalogue.owners[index as usize] {
            let package = draft.input.catalogue.package(id);
            if package.ecosystem == Ecosystem::Python
                && package.root.is_some()
                && package.usage == Use::Unused
            {
                unused.insert(normal(&package.name));
            }
        }
    }
    without(draft, finding, unused)
}

/// Leaves out the tools that only tests and development use.
pub(super) fn test_tools(draft: &mut Draft<'_>, finding: &Finding) -> Result<Confidence, Refusal> {
    let tools = crate::findings::test_tools::tools(draft.input);
    let packages = tools.iter().map(|id| draft.input.catalogue.package(*id));
    let python = packages.filter(|package| package.ecosystem == Ecosystem::Python);
    let names: BTreeSet<String> = python.map(|package| normal(&package.name)).collect();
    // The build runs tests: `RUN pytest`, `RUN python -m pytest`, `RUN make test`.
    for name in &names {
        let called = draft.all.iter().find(|instruction| {
            instruction.keyword == "RUN"
                && !draft
                    .steps
                    .iter()
                    .any(|step| step.instruction.line == instruction.line && only_installs(step))
                && crate::fix::draft::names(&instruction.text, name)
        });
        if let Some(instruction) = called {
            return Err(Refusal::UsedLater { line: instruction.line, name: name.clone() });
        }
    }
    without(draft, finding, names)
}

/// Whether every command of a `RUN` installs something, or cleans up.
fn only_installs(step: &crate::fix::draft::Step<'_>) -> bool {
    step.script.as_ref().is_some_and(|script| {
        script.commands.iter().all(|command| {
            let first = command.called().first().map_or("", |word| program(&word.text));
            installation(command).is_some()
                || matches!(first, "set" | "rm" | "apt-get" | "apk" | "find" | "echo")
        })
    })
}

/// Leaves packages out of the instructions and the lists that name them.
fn without(
    draft: &mut Draft<'_>,
    finding: &Finding,
    mut unused: BTreeSet<String>,
) -> Result<Confidence, Refusal> {
    // The build may call its program, and the image needs it no more: `pip install uv`, `uv sync`.
    for (_, command) in draft.commands() {
        if let Some(first) = command.called().first() {
            unused.remove(&normal(program(&first.text)));
        }
    }
    // What else is unused belongs to `package.json` and its lock file, which the package manager has to write.
    if unused.is_empty() {
        return Err(Refusal::ByHand);
    }
    let mut removed = BTreeSet::new();
    let installs: Vec<(usize, crate::fix::script::Command)> = draft
        .commands()
        .filter(|(_, command)| installation(command).is_some_and(|one| one.manager == Manager::Pip))
        .map(|(step, command)| (step, command.clone()))
        .collect();
    let mut missing = None;
    for (step, command) in installs {
        let Some(one) = installation(&command) else { continue };
        let is_unused = |word: &str| unused.contains(&normal(&package_name(word)));
        let named: Vec<&str> =
            one.packages().map(|word| word.text.as_str()).filter(|word| is_unused(word)).collect();
        let rest = one.packages().count() - named.len();
        removed.extend(named.iter().map(|word| normal(&package_name(word))));
        let lists = one.lists();
        if !named.is_empty() && rest == 0 && lists.is_empty() {
            draft.remove_command(step, &command)?;
        } else if !named.is_empty() {
            draft.remove_words(&command, |word| named.contains(&word))?;
        }
        for list in lists {
            match in_context(draft, step, list) {
                Some((path, text)) => {
                    for (range, name) in lines(&text).filter(|(_, name)| unused.contains(name)) {
                        draft.remove_from(&path, &text, range)?;
                        removed.insert(name);
                    }
                }
                None => missing = Some(Refusal::LacksFile { file: list.to_owned() }),
            }
        }
    }
    match missing {
        Some(reason) if removed.is_empty() => Err(reason),
        None if removed.is_empty() => Err(Refusal::NotInDockerfile),
        _ => {
            leave_others(draft, finding, &removed);
            Ok(finding.confidence)
        }
    }
}

/// Leaves the packages of a finding that stay: a program that the build calls saves nothing, nor do its dependencies.
fn leave_others(draft: &mut Draft<'_>, finding: &Finding, removed: &BTreeSet<String>) {
    let catalogue = draft.input.catalogue;
    let is_removed = |package: &&Package| {
        package.ecosystem == Ecosystem::Python && removed.contains(&normal(&package.name))
    };
    let removed: Vec<PackageId> =
        catalogue.installed().filter(is_removed).map(|package| package.id).collect();
    let gone = catalogue.without(draft.input.squashed, &removed).gone;
    let stays = |index: &u32| match catalogue.owners[*index as usize] {
        Owner::Package(id) => !gone.contains(&id),
        _ => false,
    };
    let left: Vec<u32> = finding.inodes.iter().copied().filter(stays).collect();
    draft.left.extend(left);
}

/// Installs without bytecode.
pub(super) fn no_bytecode(draft: &mut Draft<'_>, finding: &Finding) -> Result<Confidence, Refusal> {
    let ends: Vec<usize> = draft
        .commands()
        .filter_map(|(_, command)| installation(command))
        .filter(|one| one.manager == Manager::Pip && !one.has(&["--no-compile"]))
        .map(|one| one.verb.range.end)
        .collect();
    if ends.is_empty() {
        return Err(Refusal::NotInDockerfile);
    }
    for end in ends {
        draft.add_option(end, "--no-compile")?;
    }
    Ok(finding.confidence)
}
