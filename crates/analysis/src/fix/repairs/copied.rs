//! Copies that a build makes with `cp`: links in their place.

use std::collections::{BTreeMap, BTreeSet};

use crate::findings::{Confidence, Finding, temporary_entry};
use crate::fix::calls;
use crate::fix::draft::{Draft, absolute, names};
use crate::fix::refusal::Refusal;
use crate::fix::script::{Command, Word};

/// A `cp` of one source.
struct Copying {
    step: usize,
    verb: usize,
    source: Word,
    /// The path of the source, and that of the copy, without a slash in front.
    from: String,
    to: String,
}

pub(super) fn repair(draft: &mut Draft<'_>, finding: &Finding) -> Result<Confidence, Refusal> {
    let mut refused = None;
    let mut linked: BTreeSet<u32> = BTreeSet::new();
    let meant: BTreeSet<u32> =
        finding.inodes.iter().copied().filter(|index| !draft.freed.contains(index)).collect();
    for copying in copyings(draft) {
        let layer = draft.steps[copying.step].layer;
        let copies: Vec<u32> = (draft.input.visible())
            .filter(|(_, inode, _)| Some(inode.layer) == layer)
            .filter(|(_, inode, _)| inside(&copying.to, draft.input.path(inode)))
            .map(|(index, ..)| index)
            .collect();
        // Every file of the copy has its twin: otherwise the other one would miss in it.
        if copies.is_empty() || !copies.iter().any(|index| meant.contains(index)) {
            continue;
        }
        match usable(draft, &copying) {
            Some(reason) => refused = Some(reason),
            None => {
                // Another finding may name other files of the same copy.
                if draft.made.links.insert(copying.verb, copying.from.clone()).is_none() {
                    link(draft, &copying)?;
                }
                linked.extend(copies);
            }
        }
    }
    let done: BTreeSet<u32> = meant.intersection(&linked).copied().collect();
    if done.is_empty() {
        return Err(refused.unwrap_or(Refusal::ByHand));
    }
    let left: Vec<u32> = meant.difference(&linked).copied().collect();
    draft.left.extend(left);
    draft.partly.extend(refused);
    Ok(Confidence::Medium)
}

/// Makes links of a copy.
fn link(draft: &mut Draft<'_>, copying: &Copying) -> Result<(), Refusal> {
    draft.made.edits.insert(copying.verb, " -s")?;
    // A symbolic link needs the whole path.
    let source = &copying.source;
    if !source.text.trim_start_matches(['"', '\'']).starts_with('/') {
        let at = source.range.start + usize::from(source.text.starts_with(['"', '\'']));
        let directory = &draft.steps[copying.step].directory;
        let prefix = if directory.is_empty() { "/".to_owned() } else { format!("/{directory}/") };
        draft.made.edits.insert(at, &prefix)?;
    }
    Ok(())
}

/// The `cp` commands that copy one file or directory to a new place.
fn copyings(draft: &Draft<'_>) -> Vec<Copying> {
    draft.commands().filter_map(|(step, command)| copying(draft, step, command)).collect()
}

fn copying(draft: &Draft<'_>, step: usize, command: &Command) -> Option<Copying> {
    let called = command.called();
    let (program, arguments) = called.split_first()?;
    if calls::program(&program.text) != "cp" {
        return None;
    }
    let (options, operands): (Vec<&Word>, Vec<&Word>) =
        arguments.iter().partition(|word| word.text.starts_with('-'));
    let is_known = |word: &&Word| {
        let letters = word.text.trim_start_matches('-');
        word.text.starts_with("--") && matches!(letters, "recursive" | "archive" | "force" | "verbose")
            || !word.text.starts_with("--") && letters.chars().all(|letter| "rRafvp".contains(letter))
    };
    let &[source, destination] = &operands[..] else { return None };
    let is_plain = |word: &Word| !word.text.contains(['$', '*', '?', '[', '{', '`', '\\', '~']);
    if !options.iter().all(is_known) || !is_plain(source) || !is_plain(destination) {
        return None;
    }
    let directory = draft.directory_of(step, command);
    // A `cd` between leads elsewhere than the directory of the instruction.
    if !source.text.trim_start_matches(['"', '\'']).starts_with('/')
        && directory != draft.steps[step].directory
    {
        return None;
    }
    let whole = |word: &Word| absolute(&format!("/{directory}"), word.text.trim_matches(['"', '\'']));
    let (from, mut to) = (whole(source), whole(destination));
    let name = from.rsplit('/').next()?;
    // Into a directory that was there before.
    let is_below = |index: &u32, place: &str| {
        inside(place, draft.input.path(&draft.input.squashed.inodes[*index as usize]))
    };
    let layer = draft.steps[step].layer?;
    let made: Vec<u32> = (draft.input.visible())
        .filter(|(_, inode, _)| inode.layer == layer)
        .map(|(index, ..)| index)
        .collect();
    let nested = format!("{to}/{name}");
    if made.iter().any(|index| is_below(index, &nested)) {
        to = nested;
    }
    Some(Copying { step, verb: program.range.end, source: source.clone(), from, to })
}

/// Whether a path is a place, or lies below it.
fn inside(place: &str, path: &[u8]) -> bool {
    path.strip_prefix(place.as_bytes()).is_some_and(|rest| rest.is_empty() || rest[0] == b'/')
}

/// Why a copy cannot be a link: what it was made of is gone, changed or unknown, or something else needs real files.
fn usable(draft: &Draft<'_>, copying: &Copying) -> Option<Refusal> {
    let Copying { step, from, to, .. } = copying;
    let line = draft.steps[*step].instruction.line;
    // The original is what should go.
    if temporary_entry(from.as_bytes()).is_some() {
        return Some(Refusal::ByHand);
    }
    let contents =
        |place: &str| -> BTreeMap<Vec<u8>, (plimsoll_snapshot::Bytes, plimsoll_snapshot::ContentHash)> {
            let files = draft.input.visible().filter(|(_, inode, _)| inside(place, draft.input.path(inode)));
            files
                .map(|(_, inode, _)| {
                    (draft.input.path(inode)[place.len()..].to_vec(), (inode.size, inode.content))
                })
                .collect()
        };
    let (source, copy) = (contents(from), contents(to));
    if copy.is_empty() || copy.iter().any(|(path, file)| source.get(path) != Some(file)) {
        return Some(Refusal::UsedBetween { line });
    }
    let name = |place: &str| place.rsplit('/').next().unwrap_or_default().to_owned();
    // A later instruction that names either may change one of them, or copy it to another stage.
    let of = draft.steps[*step].index;
    for (index, instruction) in draft.all.iter().enumerate() {
        let is_meant = index > of && matches!(instruction.keyword.as_str(), "RUN" | "COPY" | "ADD");
        let is_named = |place: &str| {
            instruction.text.contains(&format!("/{place}")) || names(&instruction.text, &name(place))
        };
        let is_other_copy = draft.steps.iter().any(|step| {
            step.index == index
                && step.script.as_ref().is_some_and(|script| {
                    script.commands.iter().all(|command| {
                        let first = command.called().first().map_or("", |word| calls::program(&word.text));
                        matches!(first, "cp" | "mkdir" | "set")
                    })
                })
        });
        if is_meant && !is_other_copy && (is_named(from) || is_named(to)) {
            return Some(Refusal::UsedLater { line: instruction.line, name: name(to) });
        }
    }
    None
}
