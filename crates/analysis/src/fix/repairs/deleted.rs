//! Files that an instruction makes and nothing uses: deleted or stripped at its end.

use std::collections::BTreeMap;

use plimsoll_snapshot::{Bytes, Order as _};

use crate::findings::{Confidence, Finding, Headline, build_leftovers, temporary_entry};
use crate::fix::calls;
use crate::fix::draft::{Draft, absolute, names};
use crate::fix::refusal::Refusal;
use crate::lines::{Line, Shell, Unfit, line, shell};

/// More files are not named one by one.
const MOST: usize = 40;

pub(super) fn logs(draft: &mut Draft<'_>, finding: &Finding) -> Result<Confidence, Refusal> {
    let start = draft.start();
    // A service may read a log, append to one that has to be there, or own it.
    let is_read = |index: u32| {
        let place = String::from_utf8_lossy(draft.input.path(&draft.input.squashed.inodes[index as usize]))
            .into_owned();
        let name = place.rsplit('/').next().unwrap_or_default().to_owned();
        let inode = &draft.input.squashed.inodes[index as usize];
        inode.size == Bytes::ZERO || start.contains(&name)
    };
    let (kept, gone): (Vec<u32>, Vec<u32>) =
        finding.inodes.iter().copied().partition(|&index| is_read(index));
    if gone.is_empty() {
        return Err(Refusal::UsedAtStart { name: "*.log".into() });
    }
    draft.left.extend(kept);
    at_the_end(draft, gone.into_iter(), "rm -f ")?;
    Ok(Confidence::Medium)
}

pub(super) fn libraries(draft: &mut Draft<'_>, finding: &Finding) -> Result<Confidence, Refusal> {
    let first = finding
        .inodes
        .iter()
        .filter_map(|&index| draft.step_of(draft.input.squashed.inodes[index as usize].layer).ok());
    let first = first.min().ok_or(Refusal::NotInDockerfile)?;
    // A later instruction may link them.
    if let Some((step, command)) =
        draft.commands().find(|(step, command)| *step > first && calls::compiles(command))
    {
        return Err(draft.used_by(step, command));
    }
    draft.used_on_top(|_, command| calls::compiles(command))?;
    at_the_end(draft, finding.inodes.iter().copied(), "rm -f ")?;
    Ok(Confidence::Medium)
}

pub(super) fn strip(draft: &mut Draft<'_>, finding: &Finding) -> Result<Confidence, Refusal> {
    let layer = |index: u32| draft.input.squashed.inodes[index as usize].layer;
    let (copied, made): (Vec<u32>, Vec<u32>) =
        finding.parts.iter().map(|(index, _)| *index).partition(|&index| {
            draft.step_of(layer(index)).is_ok_and(|step| copied_from(draft, step).is_some())
        });
    let (mut refused, mut is_done) = (None, false);
    if !copied.is_empty() {
        match strip_in_stage(draft, &copied) {
            Ok(()) => is_done = true,
            Err(reason) => {
                draft.left.extend(copied);
                refused = Some(reason);
            }
        }
    }
    if !made.is_empty() {
        let result = if draft.input.has_program("strip") {
            at_the_end(draft, made.iter().copied(), "strip --strip-unneeded ")
        } else {
            Err(Refusal::LacksProgram { name: "strip".into() })
        };
        match result {
            Ok(()) => is_done = true,
            Err(reason) => {
                draft.left.extend(made);
                refused = refused.or(Some(reason));
            }
        }
    }
    match refused {
        Some(reason) if !is_done => Err(reason),
        None if !is_done => Err(Refusal::NotInDockerfile),
        Some(reason) => {
            draft.partly.push(reason);
            Ok(Confidence::Medium)
        }
        None => Ok(Confidence::Medium),
    }
}

/// The stage that a step copies from, its sources there, and its destination.
fn copied_from(draft: &Draft<'_>, step: usize) -> Option<(String, Vec<String>, String)> {
    let instruction = draft.steps[step].instruction;
    let text = instruction.text.strip_prefix("COPY ")?;
    let (flags, mut words): (Vec<&str>, Vec<&str>) =
        text.split_whitespace().partition(|word| word.starts_with("--"));
    let stage = flags.iter().find_map(|flag| flag.strip_prefix("--from="))?;
    let destination = words.pop()?;
    let is_plain = |word: &str| !word.contains(['*', '?', '[', '$', '"']);
    if words.is_empty() || !words.iter().chain([&destination]).all(|word| is_plain(word)) {
        return None;
    }
    let whole = absolute(&format!("/{}", draft.steps[step].directory), destination);
    let is_directory = destination.ends_with('/') || words.len() > 1;
    let mark = if is_directory { "/" } else { "" };
    Some((stage.to_owned(), words.into_iter().map(str::to_owned).collect(), format!("{whole}{mark}")))
}

/// Strips files in the stage that they are copied from.
fn strip_in_stage(draft: &mut Draft<'_>, inodes: &[u32]) -> Result<(), Refusal> {
    let mut by_stage: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for &index in inodes {
        let inode = &draft.input.squashed.inodes[index as usize];
        let step = draft.step_of(inode.layer)?;
        let (stage, sources, destination) = copied_from(draft, step).ok_or(Refusal::NotInDockerfile)?;
        let place = String::from_utf8_lossy(draft.input.path(inode)).into_owned();
        let line = draft.steps[step].instruction.line;
        let source = source_of(&place, &sources, &destination).ok_or(Refusal::Form { line })?;
        by_stage.entry(stage).or_default().push(source);
    }
    for (stage, sources) in by_stage {
        let (line, script) =
            draft.last_run_of(&stage).ok_or(Refusal::LacksProgram { name: "strip".into() })?;
        // The compilers come with it.
        let tools = ["gcc", "g++", "build-essential", "binutils", "clang", "build-base", "make"];
        let runs = draft.all.iter().filter(|one| one.keyword == "RUN");
        let has_tools = runs.into_iter().any(|one| tools.iter().any(|tool| names(&one.text, tool)));
        if !has_tools {
            return Err(Refusal::LacksProgram { name: "strip".into() });
        }
        if sources.len() > MOST {
            return Err(Refusal::Form { line });
        }
        let files: Result<Vec<Line<Shell>>, _> =
            sources.iter().map(|source| shell::path(source.trim_start_matches('/').as_bytes())).collect();
        let command: Line<Shell> = line!(" \\\n && strip --strip-unneeded ", Line::joined(" ", files?));
        draft.made.edits.insert(script.end, &command)?;
    }
    Ok(())
}

/// Where a file of the image lies in the stage that it was copied from.
fn source_of(place: &str, sources: &[String], destination: &str) -> Option<String> {
    let top = destination.trim_end_matches('/');
    // One file, under its new name; or a directory, whose content is copied.
    if let [source] = sources
        && !destination.ends_with('/')
    {
        return match place.strip_prefix(top)? {
            "" => Some(source.clone()),
            rest => rest.starts_with('/').then(|| format!("{}{rest}", source.trim_end_matches('/'))),
        };
    }
    let below = place.strip_prefix(top)?.trim_start_matches('/');
    let named = |source: &&String| source.rsplit('/').next() == Some(below);
    match sources {
        [source] if !named(&source) => Some(format!("{}/{below}", source.trim_end_matches('/'))),
        _ => sources.iter().find(named).cloned(),
    }
}

/// Deletes temporary files, core dumps and installers.
pub(super) fn temporary(draft: &mut Draft<'_>, finding: &Finding) -> Result<Confidence, Refusal> {
    let is_directory = finding.headline == Headline::TemporaryFiles;
    let mut by_layer: BTreeMap<u32, BTreeMap<Vec<u8>, Vec<u32>>> = BTreeMap::new();
    for &index in finding.inodes.iter().filter(|index| !draft.freed.contains(index)) {
        let inode = &draft.input.squashed.inodes[index as usize];
        let place = draft.input.path(inode);
        let place = temporary_entry(place).filter(|_| is_directory).unwrap_or(place);
        by_layer.entry(inode.layer).or_default().entry(place.to_vec()).or_default().push(index);
    }
    let mut deletions = Vec::new();
    for (layer, places) in by_layer {
        for (place, inodes) in places {
            let command = if is_directory { "rm -rf " } else { "rm -f " };
            deletions.push(Deletion {
                layer,
                inodes,
                command: shell::path(&place).map(|path| line!(command, path)),
                place,
            });
        }
    }
    delete_each(draft, finding, deletions)
}

/// Deletes sources and object files of a build.
pub(super) fn leftovers(draft: &mut Draft<'_>, finding: &Finding) -> Result<Confidence, Refusal> {
    let trees = build_leftovers::trees(draft.input);
    let first = trees.iter().filter_map(|tree| draft.step_of(tree.layer).ok()).min();
    let first = first.ok_or(Refusal::NotInDockerfile)?;
    // A later build may go on with the objects.
    if let Some((step, command)) =
        draft.commands().find(|(step, command)| *step > first && calls::compiles(command))
        && trees.iter().any(|tree| !tree.is_whole)
    {
        return Err(draft.used_by(step, command));
    }
    let deletions = trees.into_iter().map(|tree| Deletion {
        layer: tree.layer,
        command: tree.deletion(),
        place: tree.place,
        inodes: tree.inodes,
    });
    let deletions = deletions.collect();
    delete_each(draft, finding, deletions)
}

/// A command that deletes what lies at a place.
struct Deletion {
    layer: u32,
    place: Vec<u8>,
    inodes: Vec<u32>,
    command: Result<Line<Shell>, Unfit>,
}

/// Runs each deletion at the end of the instruction that made the files, unless something else uses them.
fn delete_each(
    draft: &mut Draft<'_>,
    finding: &Finding,
    deletions: Vec<Deletion>,
) -> Result<Confidence, Refusal> {
    let start = draft.start();
    let mut refused = None;
    let mut is_done = false;
    for Deletion { layer, place, inodes, command } in deletions {
        let done = draft.step_of(layer).and_then(|step| {
            if let Some(reason) = used_elsewhere(draft, step, &place, &start) {
                return Err(reason);
            }
            if draft.is_removed(step) {
                return Ok(());
            }
            if draft.steps[step].instruction.keyword != "RUN" {
                // What the context brings has to stay out of it.
                return super::ignored::repair(draft, finding).map(drop);
            }
            draft.append(step, &command?)
        });
        match done {
            Ok(()) => is_done = true,
            Err(reason) => {
                draft.left.extend(inodes);
                refused = Some(reason);
            }
        }
    }
    match refused {
        Some(reason) if !is_done => Err(reason),
        None if !is_done => Err(Refusal::NotInDockerfile),
        reason => {
            draft.partly.extend(reason);
            Ok(Confidence::Medium)
        }
    }
}

/// What names a place besides the instruction that makes it: a later instruction of any stage, a working directory, a script
/// of the context, or what the container runs.
fn used_elsewhere(draft: &Draft<'_>, step: usize, place: &[u8], start: &str) -> Option<Refusal> {
    let place = String::from_utf8_lossy(place).into_owned();
    let name = place.rsplit('/').next().unwrap_or_default().to_owned();
    // A copy of it has become a link to it.
    let is_inside = |path: &str| path == place || path.starts_with(&format!("{place}/"));
    if draft.made.links.values().any(|original| is_inside(original)) {
        return Some(Refusal::Overlaps);
    }
    // A variable names it for the program that runs. Instructions as they are kept do not show values.
    if let Some(set) = draft.steps.iter().find(|set| {
        matches!(set.instruction.keyword.as_str(), "ENV" | "ARG")
            && draft.written(set.range.clone()).contains(&format!("/{place}"))
    }) {
        return Some(Refusal::UsedLater { line: set.instruction.line, name });
    }
    let of = draft.steps[step].index;
    for (index, instruction) in draft.all.iter().enumerate().filter(|(index, _)| *index > of) {
        let line = instruction.line;
        let is_container = matches!(instruction.keyword.as_str(), "CMD" | "ENTRYPOINT" | "HEALTHCHECK");
        let copies_from = instruction.keyword == "COPY" && instruction.text.contains("--from=");
        let is_named = names(&instruction.text, &name) && (instruction.keyword != "COPY" || copies_from);
        if is_named && !is_container {
            return Some(Refusal::UsedLater { line, name });
        }
        let scripts = instruction
            .text
            .split_whitespace()
            .map(|word| word.trim_matches(['"', '\'', ';', '[', ']', ',']));
        if instruction.keyword == "RUN"
            && scripts
                .filter(|word| word.ends_with(".sh") || word.starts_with("./"))
                .any(|word| draft.context(word).is_some_and(|script| names(&script, &name)) && index != of)
        {
            return Some(Refusal::UsedLater { line, name });
        }
    }
    if let Some(later) = draft.steps[step + 1..].iter().find(|later| is_inside(&later.directory)) {
        return Some(Refusal::UsedLater { line: later.instruction.line, name: "WORKDIR".into() });
    }
    start.contains(&format!("/{place}")).then_some(Refusal::UsedAtStart { name })
}

/// Runs a command over files at the end of each instruction that made them.
fn at_the_end(
    draft: &mut Draft<'_>,
    inodes: impl Iterator<Item = u32>,
    command: &'static str,
) -> Result<(), Refusal> {
    let mut by_layer: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    inodes.filter(|index| !draft.freed.contains(index)).for_each(|index| {
        let layer = draft.input.squashed.inodes[index as usize].layer;
        by_layer.entry(layer).or_default().push(index);
    });
    let mut refused = None;
    let mut is_done = false;
    for (layer, mut inodes) in by_layer {
        inodes.order_by_key(|&index| {
            (std::cmp::Reverse(draft.input.squashed.inodes[index as usize].size), index)
        });
        let more = inodes.split_off(inodes.len().min(MOST));
        draft.left.extend(more);
        let files: Result<Vec<Line<Shell>>, _> = inodes
            .iter()
            .map(|&index| shell::path(draft.input.path(&draft.input.squashed.inodes[index as usize])))
            .collect();
        let appended = draft
            .step_of(layer)
            .and_then(|step| draft.append(step, &line!(command, Line::joined(" ", files?))));
        match appended {
            Ok(()) => is_done = true,
            Err(reason) => {
                draft.left.extend(inodes);
                refused = Some(reason);
            }
        }
    }
    match refused {
        Some(reason) if !is_done => Err(reason),
        Some(reason) => {
            draft.partly.push(reason);
            Ok(())
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::source_of;

    #[test]
    fn files_are_found_where_they_were_copied_from() {
        let find = |place: &str, sources: &[&str], destination: &str| {
            source_of(place, &sources.iter().map(ToString::to_string).collect::<Vec<_>>(), destination)
        };
        assert_eq!(find("usr/bin/app", &["/app"], "usr/bin/app").unwrap(), "/app");
        assert_eq!(find("usr/bin/app", &["/out/app"], "usr/bin/").unwrap(), "/out/app");
        assert_eq!(find("opt/x/lib/a.so", &["/venv"], "opt/x").unwrap(), "/venv/lib/a.so");
        assert_eq!(find("opt/b", &["/a", "/b"], "opt/").unwrap(), "/b");
        assert_eq!(find("opt/c", &["/a", "/b"], "opt/"), None);
        assert_eq!(find("etc/c", &["/a"], "opt"), None);
    }
}
