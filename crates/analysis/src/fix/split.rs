//! One image that several services run becomes one stage for each: what a service installs is what it needs.
//!
//! The instructions up to the first installation stay as they are and become the stage `common`. What follows is repeated for
//! each service, with its own list of packages, its ports, its command, and its health check.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use plimsoll_snapshot::{Bytes, Ecosystem};

use super::calls::{Manager, installation, package_name};
use super::draft::Draft;
use super::refusal::Refusal;
use super::repairs::requirements;
use super::script::Command;
use super::stages::{Stage, Stages};
use crate::findings::{Confidence, Finding};
use crate::lines::{Dockerfile, Line, is_visible, names};
use crate::packages::{PackageId, Split};

/// A service of the image.
#[derive(Clone, Debug)]
pub(super) struct Run<'a> {
    pub(super) service: &'a str,
    /// What the Compose file lets it run in place of the command of the image.
    pub(super) command: Option<&'a [String]>,
    /// Whether its health check stands in the Compose file.
    pub(super) has_check: bool,
}

/// Splits the image. The stage of the service that runs the command of the image comes last: a build without a target gives
/// that one, as before.
pub(super) fn split(
    draft: &mut Draft<'_>,
    finding: &Finding,
    split: &Split,
    runs: &[Run<'_>],
) -> Result<Confidence, Refusal> {
    let first = draft
        .steps
        .iter()
        .rposition(|step| step.instruction.keyword == "FROM")
        .ok_or(Refusal::NotInDockerfile)?;
    let is_last = draft.all.last().is_some_and(|last| last.stage == draft.steps[first].instruction.stage);
    if !is_last {
        return Err(Refusal::Form { line: draft.steps[first].instruction.line });
    }
    if let Some(trigger) = draft.all.iter().find(|instruction| instruction.keyword == "ONBUILD") {
        return Err(Refusal::Form { line: trigger.line });
    }
    let installs: Vec<(usize, Command)> = draft
        .commands()
        .filter(|(step, command)| {
            *step > first && installation(command).is_some_and(|one| one.manager == Manager::Pip)
        })
        .map(|(step, command)| (step, command.clone()))
        .collect();
    let lists = lists(draft, &installs)?;
    let repeated = repeated_from(draft, first, &installs, &lists)?;
    let (common, named_at) = common(draft, first)?;
    let own_command: Vec<&str> = draft.input.image.config.command.iter().map(String::as_str).collect();
    let is_main = |run: &Run<'_>| {
        run.command.is_none_or(|command| command.iter().map(String::as_str).eq(own_command.iter().copied()))
    };
    let mut order: Vec<&Run<'_>> = runs.iter().collect();
    let last = order.iter().position(|run| is_main(run)).unwrap_or(0);
    let main = order.remove(last);
    order.push(main);
    let mut names = BTreeSet::from([common.clone()]);
    let mut stages = Vec::new();
    for run in order {
        let name: Line<Dockerfile> = names::stage(&run.service.to_ascii_lowercase())?;
        if !names.insert(name.as_str().to_owned()) {
            return Err(names::taken(run.service).into());
        }
        let before = draft.made.clone();
        let stage = stage(
            draft,
            split,
            runs,
            run,
            &Part { name: &name, first: repeated, installs: &installs, lists: &lists },
        );
        draft.made = before;
        stages.push(stage?);
    }
    if stages.iter().all(|stage| stage.gone.is_empty()) {
        return Err(Refusal::ByHand);
    }
    let arguments = draft.steps[first + 1..repeated].iter().filter(|step| step.instruction.keyword == "ARG");
    let arguments: String =
        arguments.map(|step| format!("{}\n", draft.written(step.range.clone()))).collect();
    let from = draft.start_with_comments(repeated);
    if !draft.made.edits.are_apart_at(from) {
        return Err(Refusal::Overlaps);
    }
    draft.made.stages = Some(Stages { from, common, named_at, arguments, stages });
    Ok(finding.confidence)
}

/// What all stages have in common.
struct Part<'a> {
    name: &'a Line<Dockerfile>,
    /// The first step that is repeated.
    first: usize,
    installs: &'a [(usize, Command)],
    /// The lists of packages: the word that names each, its path in the context, and its text with the fixes so far.
    lists: &'a [List],
}

struct List {
    path: String,
    text: String,
}

/// The lists of packages that installations name.
fn lists(draft: &Draft<'_>, installs: &[(usize, Command)]) -> Result<Vec<List>, Refusal> {
    let mut found: Vec<List> = Vec::new();
    for (step, command) in installs {
        for list in installation(command).iter().flat_map(super::calls::Installation::lists) {
            let (path, _) = requirements::in_context(draft, *step, list)
                .ok_or_else(|| Refusal::LacksFile { file: list.to_owned() })?;
            let text = draft.changed_file(&path).unwrap_or_default();
            // A list in a list may name the packages, too.
            let refers = text.lines().any(|line| {
                let line = line.trim_start();
                line.starts_with("-r") || line.starts_with("--requirement") || line.starts_with("-e")
            });
            if refers {
                return Err(Refusal::LacksFile { file: path });
            }
            if draft.start().contains(file_name(&path)) {
                return Err(Refusal::UsedAtStart { name: path });
            }
            if found.iter().all(|known| known.path != path) {
                found.push(List { path, text });
            }
        }
    }
    Ok(found)
}

/// The first step that stages repeat: the first installation, or the `COPY` that names its list.
fn repeated_from(
    draft: &Draft<'_>,
    first: usize,
    installs: &[(usize, Command)],
    lists: &[List],
) -> Result<usize, Refusal> {
    let names_list = |step: usize| {
        let instruction = draft.steps[step].instruction;
        matches!(instruction.keyword.as_str(), "COPY" | "ADD")
            && crate::instruction::context_sources(&instruction.text)
                .iter()
                .any(|source| lists.iter().any(|list| file_name(source) == file_name(&list.path)))
    };
    let install = installs.iter().map(|(step, _)| *step).min();
    (first + 1..draft.steps.len())
        .find(|step| names_list(*step))
        .into_iter()
        .chain(install)
        .min()
        .ok_or(Refusal::NotInDockerfile)
}

/// The name of the stage that the others begin with, and where it has to be written.
fn common(draft: &Draft<'_>, first: usize) -> Result<(String, Option<usize>), Refusal> {
    let from = &draft.steps[first];
    let words: Vec<&str> = from.instruction.text.split_whitespace().collect();
    if let Some(at) = words.iter().position(|word| word.eq_ignore_ascii_case("as")) {
        let name = words.get(at + 1).ok_or(Refusal::Form { line: from.instruction.line })?;
        return Ok(((*name).to_owned(), None));
    }
    Ok(("common".to_owned(), Some(from.range.end)))
}

fn stage(
    draft: &mut Draft<'_>,
    split: &Split,
    runs: &[Run<'_>],
    run: &Run<'_>,
    part: &Part<'_>,
) -> Result<Stage, Refusal> {
    let foreign: BTreeMap<String, PackageId> = (split.services.iter())
        .filter(|share| share.service != run.service)
        .flat_map(|share| &share.only.packages)
        .filter(|package| package.ecosystem == Ecosystem::Python)
        .map(|package| (requirements::normal(&package.name), package.id))
        .collect();
    let is_foreign = |name: &str| foreign.contains_key(&requirements::normal(name));
    let mut kept: BTreeSet<String> = BTreeSet::new();
    // Words of installations.
    for (step, command) in part.installs {
        let Some(one) = installation(command) else { continue };
        let named: Vec<&str> = one
            .packages()
            .map(|word| word.text.as_str())
            .filter(|word| is_foreign(&package_name(word)))
            .collect();
        let all = one.packages().count();
        kept.extend(one.packages().map(|word| requirements::normal(&package_name(&word.text))));
        named.iter().for_each(|word| _ = kept.remove(&requirements::normal(&package_name(word))));
        if named.is_empty() {
            continue;
        }
        if named.len() == all && one.lists().is_empty() {
            draft.remove_command(*step, command)?;
        } else {
            draft.remove_words(command, |word| named.contains(&word))?;
        }
    }
    // Lists.
    let mut lists = Vec::new();
    for list in part.lists {
        let path = own_path(&list.path, part.name);
        let mut text = list.text.clone();
        let foreign: Vec<Range<usize>> = requirements::lines(&list.text)
            .filter(|(_, name)| is_foreign(name))
            .map(|(range, _)| range)
            .collect();
        kept.extend(requirements::lines(&list.text).map(|(_, name)| name).filter(|name| !is_foreign(name)));
        foreign.into_iter().rev().for_each(|range| text.replace_range(range, ""));
        if draft.context(&path).is_some_and(|there| there != text) {
            return Err(Refusal::FileExists { file: path });
        }
        rename(draft, part.first, file_name(&list.path), file_name(&path))?;
        lists.push((path, text));
    }
    let gone = without_needs(draft, &foreign, &kept);
    let end = settings(draft, part.first, runs, run)?;
    Ok(Stage {
        service: run.service.to_owned(),
        name: part.name.as_str().to_owned(),
        edits: draft.made.edits.clone(),
        end,
        lists,
        gone,
    })
}

/// Packages without those that something needs that stays.
fn without_needs(
    draft: &Draft<'_>,
    foreign: &BTreeMap<String, PackageId>,
    kept: &BTreeSet<String>,
) -> Vec<PackageId> {
    let catalogue = draft.input.catalogue;
    let mut pending: Vec<PackageId> = catalogue
        .installed()
        .filter(|package| {
            package.ecosystem == Ecosystem::Python && kept.contains(&requirements::normal(&package.name))
        })
        .map(|package| package.id)
        .collect();
    let mut needed = BTreeSet::new();
    while let Some(id) = pending.pop() {
        if needed.insert(id) {
            pending.extend(catalogue.graph.needs(id));
        }
    }
    foreign.values().copied().filter(|id| !needed.contains(id)).collect()
}

/// Renames a file in everything that is repeated.
fn rename(draft: &mut Draft<'_>, first: usize, old: &str, new: &str) -> Result<(), Refusal> {
    let is_part = |character: char| character.is_alphanumeric() || matches!(character, '_' | '-' | '.');
    for step in first..draft.steps.len() {
        let (range, keyword) =
            (draft.steps[step].range.clone(), draft.steps[step].instruction.keyword.clone());
        if !matches!(keyword.as_str(), "RUN" | "COPY" | "ADD") || draft.is_removed(step) {
            continue;
        }
        let written = draft.written(range.clone());
        let places: Vec<usize> = written
            .match_indices(old)
            .filter(|(at, _)| {
                !written[..*at].ends_with(is_part) && !written[at + old.len()..].starts_with(is_part)
            })
            .map(|(at, _)| range.start + at)
            .collect();
        for at in places {
            draft.made.edits.replace(at..at + old.len(), new)?;
        }
    }
    Ok(())
}

/// Sets ports, health check and command of a stage. Returns the instructions for its end.
fn settings(draft: &mut Draft<'_>, first: usize, runs: &[Run<'_>], run: &Run<'_>) -> Result<String, Refusal> {
    let image_command = draft.input.image.config.command.clone();
    let ports = |run: &Run<'_>| ports(run.command.unwrap_or(&image_command));
    let own = ports(run);
    let others: BTreeSet<u16> =
        runs.iter().filter(|other| other.service != run.service).flat_map(&ports).collect();
    let is_of_others = |port: u16| others.contains(&port) && !own.contains(&port);
    let mut command_at = None;
    for step in first..draft.steps.len() {
        let (instruction, range) = (draft.steps[step].instruction, draft.steps[step].range.clone());
        let words = instruction.text.split_whitespace().skip(1);
        match instruction.keyword.as_str() {
            "EXPOSE" => {
                let number = |word: &str| word.split('/').next()?.parse::<u16>().ok();
                let (gone, stay): (Vec<&str>, Vec<&str>) =
                    words.partition(|word| number(word).is_some_and(is_of_others));
                if !gone.is_empty() && stay.is_empty() {
                    draft.remove_step(step)?;
                } else if !gone.is_empty() {
                    draft.made.edits.replace(range, &format!("EXPOSE {}", stay.join(" ")))?;
                }
            }
            // It asks another service, or the Compose file has its own.
            "HEALTHCHECK" if run.has_check || numbers(&instruction.text).any(is_of_others) => {
                draft.remove_step(step)?;
            }
            "CMD" => command_at = Some((range, instruction.line)),
            _ => {}
        }
    }
    let Some(command) = run.command.filter(|command| **command != image_command[..]) else {
        return Ok(String::new());
    };
    // What was replaced because it looks like a secret, or hides something, stays in the Compose file.
    let text = command.concat();
    if !text.chars().all(is_visible) || text.contains('…') {
        return Ok(String::new());
    }
    let list = serde_json::to_string(command).map_err(|_| Refusal::ByHand)?;
    match command_at {
        Some((range, _)) => {
            draft.made.edits.replace(range, &format!("CMD {list}"))?;
            Ok(String::new())
        }
        None => Ok(format!("CMD {list}\n")),
    }
}

/// The ports that a command names.
fn ports(command: &[String]) -> BTreeSet<u16> {
    command.iter().flat_map(|word| numbers(word)).filter(|port| *port >= LEAST_PORT).collect()
}

/// Smaller numbers of a command are rarely ports: workers, levels, versions.
const LEAST_PORT: u16 = 80;

/// The numbers in a text that may be ports.
fn numbers(text: &str) -> impl Iterator<Item = u16> {
    text.split(|character: char| !character.is_ascii_digit()).filter_map(|digits| digits.parse().ok())
}

/// `requirements.txt` of the service `web`: `requirements-web.txt`.
fn own_path(path: &str, service: &str) -> String {
    let name = file_name(path);
    let directory = &path[..path.len() - name.len()];
    match name.rsplit_once('.') {
        Some((stem, ending)) if !stem.is_empty() => format!("{directory}{stem}-{service}.{ending}"),
        _ => format!("{directory}{name}-{service}"),
    }
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// What a service is promised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promise {
    /// The service.
    pub service: String,
    /// The stage that is its image.
    pub target: String,
    /// Image size with all fixes.
    pub after: Bytes,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_ports_are_read() {
        assert_eq!(own_path("a/requirements.txt", "web"), "a/requirements-web.txt");
        assert_eq!(own_path("list", "web"), "list-web");
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(ports(&words("run a:8501 --server.port=8502 -w 4")), BTreeSet::from([8501, 8502]));
    }
}
