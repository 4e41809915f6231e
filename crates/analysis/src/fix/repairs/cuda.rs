//! Packages with GPU libraries: their builds for the CPU in the lists and instructions that install them.

use plimsoll_snapshot::Ecosystem;

use super::requirements::{in_context, lines, normal};
use crate::findings::{CPU_PACKAGES, Confidence, Finding, TORCH_INDEX};
use crate::fix::calls::{Installation, Manager, installation, package_name};
use crate::fix::draft::Draft;
use crate::fix::refusal::Refusal;
use crate::fix::script::Command;
use crate::lines::{line, names};

pub(super) fn repair(draft: &mut Draft<'_>, finding: &Finding) -> Result<Confidence, Refusal> {
    let is_installed = |name: &str| {
        let mut installed = draft.input.catalogue.installed();
        installed.any(|package| package.ecosystem == Ecosystem::Python && package.name == name)
    };
    let has_torch = is_installed("torch");
    let others: Vec<(&str, &str)> = CPU_PACKAGES.into_iter().filter(|(gpu, _)| is_installed(gpu)).collect();
    let installs: Vec<(usize, Command)> = draft
        .commands()
        .filter(|(_, command)| installation(command).is_some_and(|one| one.manager == Manager::Pip))
        .map(|(step, command)| (step, command.clone()))
        .collect();
    if installs.is_empty() {
        return Err(Refusal::NotInDockerfile);
    }
    let (mut is_done, mut missing) = (false, None);
    for (step, command) in &installs {
        let Some(one) = installation(command) else { continue };
        let mut installs_torch = one.packages().any(|word| package_name(&word.text) == "torch");
        for word in one.packages() {
            is_done |= renamed_word(draft, &word.text, word.range.clone(), &others)?;
        }
        for list in one.lists() {
            let Some((path, text)) = in_context(draft, *step, list) else {
                missing = Some(Refusal::LacksFile { file: list.to_owned() });
                continue;
            };
            // The hashes are those of the other files.
            if text.contains("--hash") && (has_torch || !others.is_empty()) {
                return Err(Refusal::Hashes { file: path });
            }
            installs_torch |= has_torch && lines(&text).any(|(_, name)| name == "torch");
            is_done |= changed_list(draft, &path, &text, &others, has_torch)?;
        }
        if installs_torch {
            add_index(draft, &one)?;
            is_done = true;
        } else if has_torch && needs_torch(draft, &one, *step) {
            // Torch comes as a dependency: the same index serves it.
            add_index(draft, &one)?;
            is_done = true;
        }
    }
    match missing {
        Some(reason) if !is_done => Err(reason),
        None if !is_done => Err(Refusal::NotInDockerfile),
        _ => Ok(finding.confidence),
    }
}

/// Whether an installation names a package that needs torch.
fn needs_torch(draft: &Draft<'_>, one: &Installation<'_>, step: usize) -> bool {
    let catalogue = draft.input.catalogue;
    let python = || catalogue.installed().filter(|package| package.ecosystem == Ecosystem::Python);
    let Some(torch) = python().find(|package| package.name == "torch") else { return false };
    let listed = one.lists().into_iter().filter_map(|list| in_context(draft, step, list));
    let mut named: Vec<String> = one.packages().map(|word| normal(&package_name(&word.text))).collect();
    named.extend(listed.flat_map(|(_, text)| lines(&text).map(|(_, name)| name).collect::<Vec<_>>()));
    python().any(|package| {
        named.contains(&normal(&package.name)) && catalogue.graph.kind(package.id, torch.id).is_some()
    })
}

/// Names the place of the builds for the CPU. An extra index offers `2.5.1+cpu` beside `2.5.1`, and pip takes the former for the
/// newer (PEP 440, "Local version").
fn add_index(draft: &mut Draft<'_>, one: &Installation<'_>) -> Result<(), Refusal> {
    let index = draft.cpu_index.unwrap_or(TORCH_INDEX);
    if one.arguments.iter().any(|word| word.text.contains(index)) {
        return Ok(());
    }
    draft.insert_words(one.verb.range.end, &line!("--extra-index-url ", names::index(index)?))
}

/// Replaces the package in a word: `"tensorflow==2.15"` becomes `"tensorflow-cpu==2.15"`.
fn renamed_word(
    draft: &mut Draft<'_>,
    word: &str,
    range: std::ops::Range<usize>,
    others: &[(&'static str, &'static str)],
) -> Result<bool, Refusal> {
    let name = package_name(word);
    let Some((gpu, cpu)) = others.iter().find(|(gpu, _)| *gpu == normal(&name)) else { return Ok(false) };
    let start = range.start + (word.len() - word.trim_start_matches(['"', '\'']).len());
    draft.made.edits.replace(start..start + gpu.len(), cpu)?;
    Ok(true)
}

/// Replaces packages in a list, and leaves out those that only their GPU builds need.
fn changed_list(
    draft: &mut Draft<'_>,
    path: &str,
    text: &str,
    others: &[(&'static str, &'static str)],
    has_torch: bool,
) -> Result<bool, Refusal> {
    let mut is_changed = false;
    for (range, name) in lines(text) {
        if let Some((gpu, cpu)) = others.iter().find(|(gpu, _)| *gpu == name) {
            let written = &text[range.clone()];
            let start = range.start + (written.len() - written.trim_start().len());
            draft.replace_in(path, text, start..start + gpu.len(), cpu)?;
            is_changed = true;
        } else if has_torch && (name.starts_with("nvidia-") || name == "triton") {
            draft.remove_from(path, text, range)?;
            is_changed = true;
        }
    }
    Ok(is_changed)
}
