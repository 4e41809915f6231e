//! What to do about a finding: lines for a Dockerfile, a `.dockerignore`, a compose file, a list of requirements or a shell.

use std::fmt;
use std::ops::Deref;

use serde::Serialize;

use super::Finding;
use crate::instruction::Instruction;
use crate::lines::install::{Becomes, changed};
use crate::lines::{Dockerfile, Dockerignore, Line, Requirements, Shell, Toml, Unfit, Yaml, step};
use crate::said::Said;

/// Lines that mend something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fix {
    /// Where the lines belong.
    pub kind: FixKind,
    /// What they do, in a few words.
    pub does: Said,
    /// The instruction they replace, as it stands in the image; `None` for lines that are new. It is shown, never pasted.
    pub replaces: Option<String>,
    /// The lines. In a list of requirements `-` stands before what goes and `+` before what comes.
    pub lines: Lines,
}

/// Where lines belong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum FixKind {
    Dockerfile,
    Dockerignore,
    Compose,
    Requirements,
    Command,
}

/// The lines of a fix, which a [`Line`] of some language became: they hold no value that was not checked or quoted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Lines(String);

/// A language that fixes are written in.
pub trait Pasted {
    /// Where lines of it belong.
    const KIND: FixKind;
}

impl Pasted for Dockerfile {
    const KIND: FixKind = FixKind::Dockerfile;
}
impl Pasted for Dockerignore {
    const KIND: FixKind = FixKind::Dockerignore;
}
impl Pasted for Yaml {
    const KIND: FixKind = FixKind::Compose;
}
impl Pasted for Requirements {
    const KIND: FixKind = FixKind::Requirements;
}
impl Pasted for Toml {
    const KIND: FixKind = FixKind::Requirements;
}
impl Pasted for Shell {
    const KIND: FixKind = FixKind::Command;
}

impl Fix {
    /// New lines; the language says where they belong.
    #[must_use]
    pub fn new<L: Pasted>(does: impl Into<Said>, lines: impl Into<Line<L>>) -> Self {
        let lines = Lines(lines.into().into_text());
        Self { kind: L::KIND, does: does.into(), replaces: None, lines }
    }

    /// Lines that stand for an instruction of the image, with its options.
    #[must_use]
    pub fn instead_of(
        instruction: impl Into<String>,
        does: impl Into<Said>,
        lines: impl Into<Line<Dockerfile>>,
    ) -> Self {
        let instruction = instruction.into();
        let lines = step::keep_flags(&instruction, lines.into());
        Self { replaces: Some(instruction), ..Self::new(does, lines) }
    }
}

/// The fix that changes the packages a `RUN` names; none if it names none of them.
pub(super) fn instead_of(
    instruction: Option<Instruction>,
    does: &'static str,
    becomes: impl Fn(&str) -> Option<Becomes>,
) -> Option<Fix> {
    let instruction = instruction?;
    let lines = changed(&instruction, becomes)?;
    Some(Fix::instead_of(instruction, does, lines))
}

impl Finding {
    /// Adds a fix, or why there is none.
    pub(super) fn add(&mut self, fix: Result<impl IntoIterator<Item = Fix>, Unfit>) {
        match fix {
            Ok(fixes) => self.fixes.extend(fixes),
            Err(unfit) => self.leave_out([unfit]),
        }
    }

    /// The words that may be put into a fix; why others are left out is said.
    pub(super) fn fitting<T>(&mut self, words: impl IntoIterator<Item = Result<T, Unfit>>) -> Vec<T> {
        let (mut fitting, mut unfit) = (Vec::new(), Vec::new());
        for word in words {
            match word {
                Ok(word) => fitting.push(word),
                Err(other) => unfit.push(other),
            }
        }
        self.leave_out(unfit);
        fitting
    }

    /// Says why a fix, or a part of one, is left out.
    pub(super) fn leave_out(&mut self, unfit: impl IntoIterator<Item = Unfit>) {
        for said in unfit.into_iter().map(|unfit| unfit.said()) {
            if self.left_out.len() < Self::EXAMPLES && !self.left_out.contains(&said) {
                self.left_out.push(said);
            }
        }
    }
}

impl Lines {
    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Deref for Lines {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Lines {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl PartialEq<&str> for Lines {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}
