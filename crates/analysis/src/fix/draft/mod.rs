//! A Dockerfile that is being changed, and what repairs ask about it.

mod editing;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use plimsoll_snapshot::{BuildFile, BuildInstruction};

use super::calls;
use super::edits::Edits;
use super::refusal::Refusal;
use super::script::{self, Command, Script};
use super::stages::Stages;
use crate::dockerfile;
use crate::findings::{Finding, Input};

/// Reads a file of the build context by its path there.
pub type ReadContext<'a> = &'a dyn Fn(&str) -> Option<String>;

/// A Dockerfile that is being changed.
pub(super) struct Draft<'a> {
    pub(super) input: &'a Input<'a>,
    text: &'a str,
    read: ReadContext<'a>,
    /// The instructions that made the image, in their order.
    pub(super) steps: Vec<Step<'a>>,
    /// The `RUN` instructions of other stages that begin with one of this image: each with its line.
    on_top: Vec<(u32, Option<Script>)>,
    /// The name or the number of the stage that made the image, where it is not the last one.
    pub(super) target: Option<String>,
    /// All instructions.
    pub(super) all: &'a [BuildInstruction],
    /// What was changed so far.
    pub(super) made: Made,
    /// The index with builds of torch for the CPU, in the place of that of PyTorch.
    pub(super) cpu_index: Option<&'a str>,
    /// The inodes that fixes before free.
    pub(super) freed: BTreeSet<u32>,
    /// Why a part of the finding that is being fixed is left.
    pub(super) partly: Vec<Refusal>,
    /// The inodes of the finding that is being fixed that are left: they save nothing.
    pub(super) left: BTreeSet<u32>,
    /// The inodes beyond the finding that is being fixed that its fix frees, too: archives of packages that are not
    /// installed any more.
    pub(super) also: BTreeSet<u32>,
    known: RefCell<BTreeMap<String, Option<String>>>,
}

/// Changes. A fix that is refused half-way goes back to those before it.
#[derive(Clone, Default)]
pub(super) struct Made {
    /// Those of the Dockerfile.
    pub(super) edits: Edits,
    /// The patterns that the `.dockerignore` gets.
    pub(super) ignored: Vec<String>,
    /// Those of other files of the context, each with its text.
    files: BTreeMap<String, (String, Edits)>,
    /// Whether the result needs BuildKit.
    pub(super) needs_buildkit: bool,
    /// The steps whose changes of owner or mode store no files any more.
    pub(super) settled: BTreeSet<usize>,
    /// The places of the `cp` that make links, each with the path that it links to, without a slash in front.
    pub(super) links: BTreeMap<usize, String>,
    /// The commands that are removed: steps and places.
    removed: BTreeSet<(usize, usize)>,
    pub(super) removed_steps: BTreeSet<usize>,
    /// The stages of services that share the image.
    pub(super) stages: Option<Stages>,
}

/// An instruction that made the image.
#[derive(Debug)]
pub(super) struct Step<'a> {
    /// Its place among all instructions.
    pub(super) index: usize,
    /// The layer that it made.
    pub(super) layer: Option<u32>,
    pub(super) instruction: &'a BuildInstruction,
    /// Where it lies in the file, without the line break at its end.
    pub(super) range: Range<usize>,
    /// Its commands, if it is a `RUN` that can be taken apart.
    pub(super) script: Option<Script>,
    /// The working directory.
    pub(super) directory: String,
    /// The user that it runs as; `None` for root.
    user: Option<String>,
}

impl<'a> Draft<'a> {
    /// `None` if the instructions and the text do not fit together.
    pub(super) fn new(input: &'a Input<'a>, text: &'a str, read: ReadContext<'a>) -> Option<Self> {
        let build: &'a BuildFile = input.build?;
        let starts = line_starts(text);
        let range = |instruction: &BuildInstruction| range_of(text, &starts, instruction);
        let escape = escape_of(text);
        let mut is_unix = true;
        let last = input.written.iter().rev().find_map(|index| *index);
        let stages = dockerfile::Stages::of(build);
        let stage = last.map_or_else(
            || stages.ranges.len().checked_sub(1),
            |last| stages.ranges.iter().position(|range| range.contains(&last)),
        )?;
        let mut steps = Vec::new();
        let mut directory = String::new();
        let mut user = None;
        for index in stages.chain(stage) {
            let instruction = &build.instructions[index];
            let range = range(instruction)?;
            if !text
                .get(range.clone())?
                .get(..instruction.keyword.len())?
                .eq_ignore_ascii_case(&instruction.keyword)
            {
                return None;
            }
            let layer = input.written.iter().position(|written| *written == Some(index));
            if let Some(shell) = instruction.text.strip_prefix("SHELL ") {
                is_unix = is_unix_shell(shell);
            }
            let script = (instruction.keyword == "RUN" && is_unix)
                .then(|| script::parse(text, range.clone(), escape))
                .flatten();
            if let Some(next) = instruction.text.strip_prefix("WORKDIR ") {
                directory = absolute(&directory, next.trim().trim_matches('"'));
            }
            if let Some(next) = instruction.text.strip_prefix("USER ") {
                let name = next.trim().trim_matches('"').split(':').next().unwrap_or_default().to_owned();
                user = Some(name).filter(|name| name != "root" && name != "0");
            }
            steps.push(Step {
                index,
                layer: layer.and_then(|layer| u32::try_from(layer).ok()),
                instruction,
                range,
                script,
                directory: directory.clone(),
                user: user.clone(),
            });
        }
        let own: BTreeSet<usize> = steps.iter().map(|step| step.index).collect();
        let mut on_top: BTreeMap<usize, (u32, Option<Script>)> = BTreeMap::new();
        for other in 0..stages.ranges.len() {
            let chain: Vec<usize> = stages.chain(other).into_iter().collect();
            if chain.iter().any(|index| own.contains(index)) {
                for index in chain.into_iter().filter(|index| !own.contains(index)) {
                    let instruction = &build.instructions[index];
                    if instruction.keyword == "RUN" {
                        let script = script::parse(text, range(instruction)?, escape);
                        on_top.insert(index, (instruction.line, script));
                    }
                }
            }
        }
        Some(Self {
            input,
            text,
            read,
            steps,
            on_top: on_top.into_values().collect(),
            target: (stage + 1 < stages.ranges.len()).then(|| stages.name(stage, build)),
            all: &build.instructions,
            made: Made { edits: Edits::continued_by(escape), ..Made::default() },
            cpu_index: None,
            freed: BTreeSet::new(),
            partly: Vec::new(),
            left: BTreeSet::new(),
            also: BTreeSet::new(),
            known: RefCell::default(),
        })
    }

    /// The text of a place of the Dockerfile.
    pub(super) fn written(&self, range: Range<usize>) -> &'a str {
        self.text.get(range).unwrap_or_default()
    }

    /// A file of the build context.
    pub(super) fn context(&self, path: &str) -> Option<String> {
        let path = path.trim_start_matches("./");
        let mut known = self.known.borrow_mut();
        known.entry(path.to_owned()).or_insert_with(|| (self.read)(path)).clone()
    }

    /// The packages that own the files of a finding.
    pub(super) fn owners(&self, finding: &Finding) -> BTreeSet<String> {
        let owner = |index: &u32| self.input.package(self.input.catalogue.owners[*index as usize]);
        finding.inodes.iter().filter_map(owner).map(|package| package.name.clone()).collect()
    }

    /// Whether the layer of a step has such a file, be it that a later layer hides it.
    pub(super) fn stores(&self, step: usize, is_meant: impl Fn(&[u8]) -> bool) -> bool {
        let Some(layer) = self.steps[step].layer else { return false };
        self.input.inodes().any(|(_, inode, _)| inode.layer == layer && is_meant(self.input.path(inode)))
    }

    /// Notes files of a step that the fix frees besides those of its finding.
    pub(super) fn also_frees(&mut self, step: usize, is_meant: impl Fn(&[u8]) -> bool) {
        let Some(layer) = self.steps[step].layer else { return };
        let input = self.input;
        let meant =
            input.visible().filter(|(_, inode, _)| inode.layer == layer && is_meant(input.path(inode)));
        self.also.extend(meant.map(|(index, ..)| index));
    }

    /// Notes the archives of packages that are not installed any more.
    pub(super) fn also_frees_archives(&mut self, packages: &BTreeSet<String>) {
        let is_archive = |place: &[u8]| {
            let name =
                place.strip_prefix(b"var/cache/apt/archives/").and_then(|name| str::from_utf8(name).ok());
            name.and_then(|name| name.split_once('_')).is_some_and(|(name, _)| packages.contains(name))
        };
        for step in 0..self.steps.len() {
            self.also_frees(step, is_archive);
        }
    }

    /// The step that made a layer.
    pub(super) fn step_of(&self, layer: u32) -> Result<usize, Refusal> {
        self.steps.iter().position(|step| step.layer == Some(layer)).ok_or(Refusal::NotInDockerfile)
    }

    /// Refuses what needs root in a step that runs as another user.
    pub(super) fn needs_root(&self, step: usize) -> Result<(), Refusal> {
        let step = &self.steps[step];
        if step.user.is_some() { Err(Refusal::NotRoot { line: step.instruction.line }) } else { Ok(()) }
    }

    /// The refusal that names the program of a command.
    pub(super) fn used_by(&self, step: usize, command: &Command) -> Refusal {
        let name = command.called().first().map_or("", |word| calls::program(&word.text)).to_owned();
        Refusal::UsedLater { line: self.steps[step].instruction.line, name }
    }

    /// The commands of a step.
    pub(super) fn script(&self, step: usize) -> Result<&Script, Refusal> {
        let step = &self.steps[step];
        step.script.as_ref().ok_or(Refusal::Form { line: step.instruction.line })
    }

    /// All commands of all steps that can be taken apart, each with its step.
    pub(super) fn commands(&self) -> impl Iterator<Item = (usize, &Command)> {
        self.steps.iter().enumerate().flat_map(|(at, step)| {
            step.script
                .iter()
                .flat_map(move |script| script.commands.iter().map(move |command| (at, command)))
        })
    }

    /// Refuses what an instruction of a stage on top of this image uses. One that cannot be taken apart may use anything.
    pub(super) fn used_on_top(&self, is_use: impl Fn(&Script, &Command) -> bool) -> Result<(), Refusal> {
        for (line, script) in &self.on_top {
            let Some(script) = script else { return Err(Refusal::Form { line: *line }) };
            if let Some(command) = script.commands.iter().find(|command| is_use(script, command)) {
                let name = command.called().first().map_or("", |word| calls::program(&word.text)).to_owned();
                return Err(Refusal::UsedLater { line: *line, name });
            }
        }
        Ok(())
    }

    /// The working directory of a command: that of its step, or where a `cd` before it leads.
    pub(super) fn directory_of(&self, step: usize, command: &Command) -> String {
        let commands = self.steps[step].script.iter().flat_map(|script| &script.commands);
        commands.take_while(|other| *other != command).fold(
            self.steps[step].directory.clone(),
            |directory, other| match other.called() {
                [first, to, ..] if first.text == "cd" => {
                    absolute(&format!("/{directory}"), to.text.trim_matches(['"', '\'']))
                }
                _ => directory,
            },
        )
    }

    /// A file of the build context with the changes so far.
    pub(super) fn changed_file(&self, path: &str) -> Option<String> {
        match self.made.files.get(path) {
            Some((text, edits)) => Some(edits.apply(text)),
            None => self.context(path),
        }
    }

    /// Where a step begins, or the comments right above it.
    pub(super) fn start_with_comments(&self, step: usize) -> usize {
        let mut start = self.line_start(self.steps[step].range.start);
        while start > 0 {
            let above = self.line_start(start - 1);
            if !self.text[above..start].trim_start().starts_with('#') {
                break;
            }
            start = above;
        }
        start
    }

    /// Whether a step is removed.
    pub(super) fn is_removed(&self, step: usize) -> bool {
        self.made.removed_steps.contains(&step)
    }

    pub(super) fn line_start(&self, at: usize) -> usize {
        self.text[..at].rfind('\n').map_or(0, |at| at + 1)
    }

    /// Where the line behind a place begins.
    pub(super) fn line_after(&self, at: usize) -> usize {
        self.text[at..].find('\n').map_or(self.text.len(), |end| at + end + 1)
    }

    pub(super) fn text_len(&self) -> usize {
        self.text.len()
    }

    /// The last `RUN` of a stage that a command can be added to: its line and its script.
    pub(super) fn last_run_of(&self, stage: &str) -> Option<(u32, Script)> {
        let number: Option<u32> = stage.parse().ok();
        let is_named = |from: &BuildInstruction| {
            let mut words = from.text.split_whitespace().skip_while(|word| !word.eq_ignore_ascii_case("as"));
            words.nth(1).is_some_and(|name| name.eq_ignore_ascii_case(stage))
        };
        let froms = self.all.iter().filter(|instruction| instruction.keyword == "FROM");
        let stage = froms
            .filter_map(|from| Some((from, from.stage?)))
            .find(|(from, at)| is_named(from) || number == Some(*at))
            .map(|(_, at)| at)?;
        let mut runs = self.all.iter().filter(|one| one.keyword == "RUN" && one.stage == Some(stage));
        let run = runs.next_back()?;
        let range = range_of(self.text, &line_starts(self.text), run)?;
        let script = script::parse(self.text, range, escape_of(self.text))?;
        script.can_append.then_some((run.line, script))
    }
}

/// Whether a text has a name as a whole word, or as a part of a path.
pub(super) fn names(text: &str, name: &str) -> bool {
    let is_part = |character: char| character.is_alphanumeric() || matches!(character, '_' | '-');
    text.match_indices(name)
        .any(|(at, _)| !text[..at].ends_with(is_part) && !text[at + name.len()..].starts_with(is_part))
}

/// A path from the root, without a slash in front.
pub(super) fn absolute(directory: &str, path: &str) -> String {
    let whole = if path.starts_with('/') { path.to_owned() } else { format!("{directory}/{path}") };
    let mut parts: Vec<&str> = Vec::new();
    for part in whole.split('/') {
        match part {
            "" | "." => {}
            ".." => _ = parts.pop(),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// Where an instruction lies in the file, without the line break at its end.
fn range_of(text: &str, starts: &[usize], instruction: &BuildInstruction) -> Option<Range<usize>> {
    let start = *starts.get(instruction.line.checked_sub(1)? as usize)?;
    let end = starts.get(instruction.end_line as usize).copied().unwrap_or(text.len());
    let said = text.get(start..end)?;
    let indent = said.len() - said.trim_start_matches('\u{feff}').trim_start().len();
    Some(start + indent..start + said.trim_end().len())
}

fn line_starts(text: &str) -> Vec<usize> {
    std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect()
}

/// Whether commands are those of a POSIX shell, by the list of a `SHELL` instruction.
fn is_unix_shell(list: &str) -> bool {
    let words: Vec<String> = serde_json::from_str(list.trim()).unwrap_or_default();
    let program = words.first().map_or("", |word| calls::program(word));
    matches!(program, "sh" | "bash" | "ash" | "dash" | "zsh" | "busybox")
}

/// The character that continues lines (Dockerfile reference, "escape").
fn escape_of(text: &str) -> char {
    let directives = text.lines().map_while(|line| line.trim_start().strip_prefix('#'));
    let mut escapes = directives
        .filter_map(|line| line.split_once('='))
        .filter(|(name, _)| name.trim().eq_ignore_ascii_case("escape"));
    if escapes.next().is_some_and(|(_, value)| value.trim() == "`") { '`' } else { '\\' }
}
