//! What to do about a finding: lines for a Dockerfile, a `.dockerignore`, a compose file, a list of requirements or a shell.

use serde::Serialize;

use super::step;
use crate::said::Said;

/// Lines that mend something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fix {
    /// Where the lines belong.
    pub kind: FixKind,
    /// What they do, in a few words.
    pub does: Said,
    /// The instruction they replace, as it stands in the image; `None` for lines that are new.
    pub replaces: Option<String>,
    /// The lines. In a list of requirements `-` stands before what goes and `+` before what comes.
    pub lines: String,
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

impl Fix {
    /// New lines of a kind.
    #[must_use]
    pub fn new(kind: FixKind, does: impl Into<Said>, lines: impl Into<String>) -> Self {
        Self { kind, does: does.into(), replaces: None, lines: lines.into() }
    }

    /// Lines that stand for an instruction of the image, with its options.
    #[must_use]
    pub fn instead_of(
        instruction: impl Into<String>,
        does: impl Into<Said>,
        lines: impl Into<String>,
    ) -> Self {
        let instruction = instruction.into();
        Self {
            kind: FixKind::Dockerfile,
            does: does.into(),
            lines: step::keep_flags(&instruction, lines.into()),
            replaces: Some(instruction),
        }
    }
}
