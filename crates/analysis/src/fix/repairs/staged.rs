//! A build in its own stage: the image gets the directory that it works in, and nothing else of the build.

use crate::fix::draft::Draft;
use crate::fix::refusal::Refusal;
use crate::lines::{Dockerfile, Line, dockerfile, line, names};

/// The stage that both begin with, and that of the build.
const BASE: &str = "base";
const BUILD: &str = "build";

/// Places where a build leaves what the image does not need.
const LITTER: [&str; 9] = [
    "tmp/",
    "var/tmp/",
    "root/.npm/",
    "root/.cache/",
    "root/.config/",
    "root/.local/",
    "root/.yarn/",
    "usr/local/share/.cache/",
    "var/cache/",
];

/// Moves the steps from the first copy of the context to the last build into a stage. What comes before is the base of both.
/// `None` if the image needs more of the build than its working directory.
pub(super) fn build_in_stage(
    draft: &mut Draft<'_>,
    install: usize,
    last: usize,
    before_end: &Line<Dockerfile>,
) -> Option<Result<(), Refusal>> {
    let from = draft.steps.iter().rposition(|step| step.instruction.keyword == "FROM")?;
    let is_last = draft.all.last()?.stage == draft.steps[from].instruction.stage;
    let is_copy = |step: &usize| matches!(draft.steps[*step].instruction.keyword.as_str(), "COPY" | "ADD");
    let first = (from + 1..install).find(is_copy).unwrap_or(install);
    let directory = draft.steps[last].directory.clone();
    let keywords = |step: usize| draft.steps[step].instruction.keyword.as_str();
    let is_simple = (first..=last).all(|step| {
        draft.steps[step].directory == directory
            && draft.needs_root(step).is_ok()
            && !matches!(keywords(step), "USER" | "ONBUILD" | "FROM")
    });
    if !is_last || first <= from || directory.is_empty() || !is_simple {
        return None;
    }
    if draft.all.iter().any(|instruction| {
        let mut words = instruction.text.split_whitespace();
        instruction.keyword == "FROM"
            && words.any(|word| matches!(word.to_ascii_lowercase().as_str(), BASE | BUILD))
    }) {
        return None;
    }
    let layers: Vec<u32> = draft.steps[first..=last].iter().filter_map(|step| step.layer).collect();
    let is_left_behind = draft.input.visible().any(|(_, inode, _)| {
        let place = String::from_utf8_lossy(draft.input.path(inode)).into_owned();
        layers.contains(&inode.layer)
            && !place.strip_prefix(directory.as_str()).is_some_and(|rest| rest.starts_with('/'))
            && !LITTER.iter().any(|litter| place.starts_with(litter))
    });
    // What the build deletes or replaces of the base would be there again.
    let is_changed = draft.input.inodes().any(|(_, inode, _)| {
        !layers.contains(&inode.layer) && inode.hidden.is_some_and(|(by, _)| layers.contains(&by))
    });
    if is_left_behind || is_changed {
        return None;
    }
    Some(insert(draft, from, first, last, before_end))
}

fn insert(
    draft: &mut Draft<'_>,
    from: usize,
    first: usize,
    last: usize,
    before_end: &Line<Dockerfile>,
) -> Result<(), Refusal> {
    let words: Vec<&str> = draft.steps[from].instruction.text.split_whitespace().collect();
    let alias =
        words.iter().position(|word| word.eq_ignore_ascii_case("as")).and_then(|at| words.get(at + 1));
    let base: Line<Dockerfile> = match alias {
        Some(alias) => names::stage(alias)?,
        None => BASE.into(),
    };
    if alias.is_none() {
        draft.insert_at(draft.steps[from].range.end, " AS base")?;
    }
    // Build arguments and settings hold for one stage: each gets those that stand before or in it.
    let written = |range: std::ops::Range<usize>, is_meant: &dyn Fn(&str) -> bool| -> String {
        let meant = draft.steps[range].iter().filter(|step| is_meant(&step.instruction.keyword));
        meant.map(|step| format!("{}\n", draft.written(step.range.clone()))).collect()
    };
    let arguments = written(from + 1..first, &|keyword| keyword == "ARG");
    let settings =
        written(first..last + 1, &|keyword| !matches!(keyword, "RUN" | "COPY" | "ADD" | "WORKDIR"));
    let place = dockerfile::path(draft.steps[last].directory.as_bytes())?;
    let has_owner = draft.steps[first..=last].iter().any(|step| step.instruction.text.contains("--chown"));
    let start = draft.line_start(draft.steps[first].range.start);
    let end = draft.line_after(draft.steps[last].range.end);
    if draft.made.edits.has_insertion_at(end) {
        return Err(Refusal::Overlaps);
    }
    let begin: Line<Dockerfile> = line!("\nFROM ", &base, " AS build\n");
    let copy: Line<Dockerfile> = line!("COPY --from=build ", &place, " ", &place, "\n");
    let gap = if end == draft.text_len() { "\n" } else { "" };
    draft.insert_at(start, &format!("{begin}{arguments}"))?;
    draft.insert_at(end, &format!("{gap}{before_end}\nFROM {base}\n{arguments}{settings}{copy}"))?;
    // The classic builder gives everything that is copied to root.
    draft.made.needs_buildkit |= has_owner || draft.made.edits.mention("--chown");
    Ok(())
}
