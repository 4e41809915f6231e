//! The edits of a Dockerfile and of the files beside it. One that overlaps another is refused.

use std::ops::Range;

use super::Draft;
use crate::findings::Lines;
use crate::fix::change::{Change, FixedFile};
use crate::fix::edits::{Conflict, Edits};
use crate::fix::refusal::Refusal;
use crate::fix::script::{Command, Separator};
use crate::lines::{Dockerfile, Line, Shell};

impl Draft<'_> {
    /// Adds a command at the end of a `RUN`.
    pub(in crate::fix) fn append(&mut self, step: usize, command: &Line<Shell>) -> Result<(), Refusal> {
        let (end, joint) = {
            let script = self.script(step)?;
            if !script.can_append {
                return Err(Refusal::Form { line: self.steps[step].instruction.line });
            }
            (script.end, self.joint(step))
        };
        Ok(self.made.edits.insert(end, &format!("{joint}{command}"))?)
    }

    /// Adds a command at the beginning of a `RUN`.
    pub(in crate::fix) fn prepend(&mut self, step: usize, command: &Line<Shell>) -> Result<(), Refusal> {
        let script = self.script(step)?;
        if script.is_here_document {
            // Before `set -e` a failure would go unnoticed.
            let is_setting =
                |command: &&Command| command.words.first().is_some_and(|word| word.text == "set");
            let first = script.commands.iter().find(|command| !is_setting(command));
            let is_line = |command: &&Command| {
                !command.is_nested && matches!(command.after, Separator::Start | Separator::Semicolon)
            };
            let Some(first) = first.filter(is_line) else {
                return Err(Refusal::Form { line: self.steps[step].instruction.line });
            };
            let at = first.range().start;
            let indent = &self.text[self.line_start(at)..at];
            return Ok(self.made.edits.insert(at, &format!("{command}\n{indent}"))?);
        }
        let start = script.start;
        let joint = self.joint(step);
        Ok(self.made.edits.insert(start, &format!("{command}{joint}"))?)
    }

    /// What joins two commands, in the layout of the instruction.
    fn joint(&self, step: usize) -> String {
        let written = self.written(self.steps[step].range.clone());
        // The last line of a here-document is its delimiter.
        let is_here_document = self.steps[step].script.as_ref().is_some_and(|script| script.is_here_document);
        if is_here_document {
            return " \\\n    && ".to_owned();
        }
        let indent = written.rsplit_once('\n').map_or(" ", |(_, line)| {
            let blanks = line.len() - line.trim_start().len();
            if blanks == 0 { " " } else { &line[..blanks] }
        });
        format!(" \\\n{indent}&& ")
    }

    /// Puts an option behind the verb of an installation.
    pub(in crate::fix) fn add_option(&mut self, at: usize, option: &'static str) -> Result<(), Refusal> {
        Ok(self.made.edits.insert_words(at, &format!(" {option}"))?)
    }

    /// Puts words behind a place of a command.
    pub(in crate::fix) fn insert_words(&mut self, at: usize, words: &Line<Shell>) -> Result<(), Refusal> {
        Ok(self.made.edits.insert_words(at, &format!(" {words}"))?)
    }

    /// Adds an option to a `RUN`, `COPY` or `ADD`.
    pub(in crate::fix) fn add_flag(&mut self, step: usize, flag: &Line<Dockerfile>) -> Result<(), Refusal> {
        let step = &self.steps[step];
        let at = step.range.start + step.instruction.keyword.len();
        self.made.needs_buildkit |= flag.starts_with("--mount") || flag.starts_with("--chmod");
        Ok(self.made.edits.insert(at, &format!(" {flag}"))?)
    }

    /// Puts instructions on lines before a step.
    pub(in crate::fix) fn insert_before(
        &mut self,
        step: usize,
        lines: &impl Instructions,
    ) -> Result<(), Refusal> {
        let at = self.line_start(self.steps[step].range.start);
        Ok(self.made.edits.insert(at, &format!("{}\n", lines.text()))?)
    }

    /// Puts instructions on lines after a step.
    pub(in crate::fix) fn insert_after(
        &mut self,
        step: usize,
        lines: &impl Instructions,
    ) -> Result<(), Refusal> {
        let at = self.steps[step].range.end;
        Ok(self.made.edits.insert(at, &format!("\n{}", lines.text()))?)
    }

    /// Puts instructions in the place of a step.
    pub(in crate::fix) fn replace_step(
        &mut self,
        step: usize,
        lines: &impl Instructions,
    ) -> Result<(), Refusal> {
        let range = self.steps[step].range.clone();
        self.made.needs_buildkit |= lines.text().contains("--mount");
        Ok(self.made.edits.replace(range, lines.text())?)
    }

    /// Removes a part of another file of the build context.
    pub(in crate::fix) fn remove_from(
        &mut self,
        path: &str,
        text: &str,
        range: Range<usize>,
    ) -> Result<(), Refusal> {
        let file =
            self.made.files.entry(path.to_owned()).or_insert_with(|| (text.to_owned(), Edits::default()));
        Ok(file.1.remove(range)?)
    }

    /// Replaces a part of another file of the build context.
    pub(in crate::fix) fn replace_in(
        &mut self,
        path: &str,
        text: &str,
        range: Range<usize>,
        by: &'static str,
    ) -> Result<(), Refusal> {
        let file =
            self.made.files.entry(path.to_owned()).or_insert_with(|| (text.to_owned(), Edits::default()));
        Ok(file.1.replace(range, by)?)
    }

    /// The files that change.
    pub(in crate::fix) fn changes(&self, dockerignore: Option<&str>) -> Vec<Change> {
        let mut changes = Vec::new();
        let mut push = |file, before: &str, after: String| {
            if after != before {
                changes.push(Change { file, before: before.to_owned(), after });
            }
        };
        let edits = &self.made.edits;
        if let Some(stages) = &self.made.stages {
            push(FixedFile::Dockerfile, self.text, like(self.text, stages.text(edits, self.text)));
            for (path, text) in stages.stages.iter().flat_map(|stage| &stage.lists) {
                push(FixedFile::Context(path.clone()), &self.context(path).unwrap_or_default(), text.clone());
            }
        } else if !edits.is_empty() {
            push(FixedFile::Dockerfile, self.text, like(self.text, edits.apply(self.text)));
        }
        if !self.made.ignored.is_empty() {
            let before = dockerignore.unwrap_or_default();
            let gap = if before.is_empty() || before.ends_with('\n') { "" } else { "\n" };
            // A new file is a part of the context, too.
            let own = if dockerignore.is_none() { ".dockerignore\n" } else { "" };
            let after = format!("{before}{gap}{own}{}\n", self.made.ignored.join("\n"));
            push(FixedFile::Dockerignore, before, like(before, after));
        }
        for (path, (text, edits)) in &self.made.files {
            push(FixedFile::Context(path.clone()), text, edits.apply(text));
        }
        changes
    }

    /// Removes a step with its line break.
    pub(in crate::fix) fn remove_step(&mut self, step: usize) -> Result<(), Refusal> {
        let range = self.steps[step].range.clone();
        let start = self.line_start(range.start);
        let end = self.text[range.end..].find('\n').map_or(self.text.len(), |at| range.end + at + 1);
        self.made.edits.remove(start..end)?;
        self.made.removed_steps.insert(step);
        Ok(())
    }

    /// Removes words of a command, each with the blank before it.
    pub(in crate::fix) fn remove_words(
        &mut self,
        command: &Command,
        is_removed: impl Fn(&str) -> bool,
    ) -> Result<(), Refusal> {
        for pair in command.words.windows(2).filter(|pair| is_removed(&pair[1].text)) {
            self.made.edits.remove(pair[0].range.end..pair[1].range.end)?;
        }
        Ok(())
    }

    /// Removes a command that `&&` or `;` joins to others, and the instruction if it was the last one.
    pub(in crate::fix) fn remove_command(&mut self, step: usize, command: &Command) -> Result<(), Refusal> {
        let form = Refusal::Form { line: self.steps[step].instruction.line };
        let script = self.script(step)?.clone();
        let at = script.commands.iter().position(|other| other == command).ok_or(form.clone())?;
        let is_joined = |command: &Command| command.after != Separator::Other && !command.is_nested;
        if !is_joined(command) || script.commands.get(at + 1).is_some_and(|next| !is_joined(next)) {
            return Err(form);
        }
        self.made.removed.insert((step, at));
        let is_kept = |at: &usize| !self.made.removed.contains(&(step, *at));
        let before = (0..at).rev().find(is_kept);
        let behind = (at + 1..script.commands.len()).find(is_kept);
        match (before, behind) {
            (None, None) => self.remove_step(step),
            (Some(before), _) => {
                Ok(self.made.edits.remove(script.commands[before].range().end..command.range().end)?)
            }
            (None, Some(behind)) => {
                Ok(self.made.edits.remove(command.range().start..script.commands[behind].range().start)?)
            }
        }
    }

    /// Inserts instructions that repeat those of the file, or consist of checked lines.
    pub(in crate::fix) fn insert_at(&mut self, at: usize, text: &str) -> Result<(), Refusal> {
        Ok(self.made.edits.insert(at, text)?)
    }
}

/// Lines of a Dockerfile that hold no value which was not checked or quoted.
pub(in crate::fix) trait Instructions {
    fn text(&self) -> &str;
}

impl Instructions for Line<Dockerfile> {
    fn text(&self) -> &str {
        self.as_str()
    }
}

impl Instructions for Lines {
    fn text(&self) -> &str {
        self.as_str()
    }
}

/// A text with the line breaks of another.
fn like(other: &str, text: String) -> String {
    if other.contains("\r\n") { text.replace("\r\n", "\n").replace('\n', "\r\n") } else { text }
}

impl From<Conflict> for Refusal {
    fn from(Conflict: Conflict) -> Self {
        Self::Overlaps
    }
}
