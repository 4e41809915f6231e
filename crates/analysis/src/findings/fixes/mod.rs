//! Fixes of findings: lines for a Dockerfile, a `.dockerignore`, a compose file, a list of requirements or a shell.

mod action;
pub(super) mod dpkg;
pub(super) mod leftovers;
pub(super) mod without;

use std::fmt;
use std::ops::Deref;

use serde::Serialize;

pub use action::{Action, TorchPlace};

use crate::instruction::Instruction;
use crate::lines::install::{Becomes, changed};
use crate::lines::{Dockerfile, Dockerignore, Line, Requirements, Shell, Toml, Yaml, step};

/// Lines that fix something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// Where the lines belong.
    pub kind: FixKind,
    /// What they do.
    pub action: Action,
    /// The instruction that they replace, as it stands in the image; `None` for new lines. It is shown, never pasted.
    pub replaces: Option<String>,
    /// The lines. In a list of requirements `-` removes a line and `+` adds one.
    pub lines: Lines,
}

/// Where lines belong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
    pub fn new<L: Pasted>(action: Action, lines: impl Into<Line<L>>) -> Self {
        let lines = Lines(lines.into().into_text());
        Self { kind: L::KIND, action, replaces: None, lines }
    }

    /// Lines that replace an instruction of the image and keep its options.
    #[must_use]
    pub fn instead_of(
        instruction: impl Into<String>,
        action: Action,
        lines: impl Into<Line<Dockerfile>>,
    ) -> Self {
        let instruction = instruction.into();
        let lines = step::keep_flags(&instruction, lines.into());
        Self { replaces: Some(instruction), ..Self::new(action, lines) }
    }
}

/// The fix that changes the packages a `RUN` names; none if it names none of them.
pub(super) fn instead_of(
    instruction: Option<Instruction>,
    action: Action,
    becomes: impl Fn(&str) -> Option<Becomes>,
) -> Option<Fix> {
    let instruction = instruction?;
    let lines = changed(&instruction, becomes)?;
    Some(Fix::instead_of(instruction, action, lines))
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
