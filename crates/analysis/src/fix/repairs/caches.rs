//! Caches of package managers: not stored, or deleted in the instruction that fills them.

use std::collections::{BTreeMap, BTreeSet};

use crate::findings::{Confidence, Finding, Headline};
use crate::fix::calls::{self, Manager, installation};
use crate::fix::draft::Draft;
use crate::fix::refusal::Refusal;
use crate::fix::script::Command;
use crate::lines::{Line, Shell, line, shell};
use crate::packages::{CacheKind, cache_directory};

pub(super) fn repair(draft: &mut Draft<'_>, finding: &Finding) -> Result<Confidence, Refusal> {
    let Headline::PackageManagerCache { cache } = finding.headline else { return Err(Refusal::ByHand) };
    let done = match cache {
        CacheKind::Pip => not_stored(draft, Manager::Pip, "--no-cache-dir")?,
        CacheKind::Apk => not_stored(draft, Manager::Apk, "--no-cache")?,
        CacheKind::AptLists => {
            super::lists::delete_lists(draft)?;
            true
        }
        _ => false,
    };
    if !done {
        delete(draft, finding, cache)?;
    }
    Ok(Confidence::High)
}

/// Tells every installation to store no cache; whether there was one to tell.
fn not_stored(draft: &mut Draft<'_>, manager: Manager, option: &'static str) -> Result<bool, Refusal> {
    let mut ends = Vec::new();
    for (step, command) in draft.commands() {
        let is_mounted = draft.steps[step]
            .script
            .iter()
            .flat_map(|script| &script.options)
            .any(|flag| flag.text.contains("type=cache"));
        let is_uv = command.called().first().is_some_and(|word| calls::program(&word.text) == "uv");
        if let Some(installs) = installation(command).filter(|installs| installs.manager == manager)
            && !installs.has(&[option])
            && !is_mounted
            && !is_uv
        {
            ends.push(installs.verb.range.end);
        }
    }
    for &end in &ends {
        draft.add_option(end, option)?;
    }
    if manager == Manager::Apk && !ends.is_empty() {
        fetch_no_index(draft)?;
    }
    Ok(!ends.is_empty())
}

/// Leaves out `apk update`, which stores the index that `apk add --no-cache` fetches for itself.
fn fetch_no_index(draft: &mut Draft<'_>) -> Result<(), Refusal> {
    let is_update = |command: &Command| {
        let called = command.called();
        called.first().is_some_and(|word| calls::program(&word.text) == "apk")
            && called.iter().any(|word| word.text == "update")
    };
    let updates: Vec<(usize, Command)> = (draft.commands())
        .filter(|(_, command)| is_update(command))
        .map(|(step, command)| (step, command.clone()))
        .collect();
    for (step, command) in updates {
        if draft.script(step)?.commands.len() == 1 {
            draft.remove_step(step)?;
        } else {
            draft.remove_command(step, &command)?;
        }
    }
    Ok(())
}

/// Deletes the directories of a cache at the end of each instruction that filled them.
fn delete(draft: &mut Draft<'_>, finding: &Finding, kind: CacheKind) -> Result<(), Refusal> {
    let mut directories: BTreeMap<u32, BTreeSet<Vec<u8>>> = BTreeMap::new();
    for &index in finding.inodes.iter() {
        let inode = &draft.input.squashed.inodes[index as usize];
        if let Some((_, directory)) = cache_directory(draft.input.path(inode)) {
            directories.entry(inode.layer).or_default().insert(directory.to_vec());
        }
    }
    let mut refused = Refusal::NotInDockerfile;
    let mut done = false;
    for (layer, directories) in directories {
        let step = match draft.step_of(layer) {
            Ok(step) => step,
            Err(reason) => {
                refused = reason;
                continue;
            }
        };
        if draft.is_removed(step) {
            done = true;
            continue;
        }
        if draft.steps[step].instruction.keyword != "RUN" {
            super::ignored::repair(draft, finding)?;
            done = true;
            continue;
        }
        if !directories.iter().all(|directory| directory.starts_with(b"home/")) {
            draft.needs_root(step)?;
        }
        let is_needed = matches!(
            kind,
            CacheKind::Cargo | CacheKind::Go | CacheKind::Maven | CacheKind::Gradle | CacheKind::Gem
        );
        let later = draft.commands().find(|(at, command)| *at > step && calls::compiles(command));
        if let Some((later, command)) = later.filter(|_| is_needed) {
            return Err(draft.used_by(later, command));
        }
        if kind == CacheKind::AptArchives {
            draft.append(step, &"apt-get clean".into())?;
            done = true;
            continue;
        }
        let words =
            directories.iter().map(|directory| shell::path(directory)).collect::<Result<Vec<_>, _>>()?;
        let command: Line<Shell> = line!("rm -rf ", Line::joined(" ", words));
        draft.append(step, &command)?;
        done = true;
    }
    if done { Ok(()) } else { Err(refused) }
}
