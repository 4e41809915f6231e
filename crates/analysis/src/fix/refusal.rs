//! Why a finding is not fixed by an edit.

use serde::Serialize;

use crate::findings::Confidence;
use crate::lines::Unfit;

/// A step of the proof that a fix works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ProofStep {
    /// The build.
    Build,
    /// The probe of the built image.
    Probe,
}

/// Why a finding is not fixed by an edit. Each language has a sentence for each of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Refusal {
    /// The rule has no edit: its fix needs a decision.
    ByHand,
    /// The files come with the base image, or no instruction of the Dockerfile made them.
    NotInDockerfile,
    /// The instruction has a form that is not taken apart: a list in JSON, a here-document, a comment between commands.
    Form {
        /// Its line in the Dockerfile.
        line: u32,
    },
    /// A later instruction uses it.
    UsedLater {
        /// The line of that instruction.
        line: u32,
        /// The name that it uses.
        name: String,
    },
    /// The container uses it when it starts.
    UsedAtStart {
        /// The name that it uses.
        name: String,
    },
    /// An instruction between the two may need the files.
    UsedBetween {
        /// The line of that instruction.
        line: u32,
    },
    /// The instruction runs as another user than root, and the edit needs root.
    NotRoot {
        /// Its line in the Dockerfile.
        line: u32,
    },
    /// The image lacks a program that the edit needs.
    LacksProgram {
        /// Its name.
        name: String,
    },
    /// The file that lists the packages was not found in the build context.
    LacksFile {
        /// Its path in the build context, or its usual name.
        file: String,
    },
    /// The build context already has a file that the fix would write, with another content.
    FileExists {
        /// Its path in the build context.
        file: String,
    },
    /// The list of packages has hashes, which belong to the files that are installed now.
    Hashes {
        /// Its path in the build context.
        file: String,
    },
    /// A value of the Compose file has a form that is not edited: an alias, a variable, or a value that others share.
    ComposeForm {
        /// Its key.
        key: String,
    },
    /// The snapshot is older than the facts that the rule needs: the image has to be read again.
    OldSnapshot,
    /// Another fix changes the same words.
    Overlaps,
    /// The fix is less certain than asked for.
    Uncertain {
        /// How certain it is.
        confidence: Confidence,
    },
    /// The `.dockerignore` keeps the files on purpose.
    Kept {
        /// The pattern that would exclude them.
        pattern: String,
    },
    /// The Dockerfile has the fix already.
    Present,
    /// The image could not be built or used with it.
    Failed {
        /// What failed.
        step: ProofStep,
    },
    /// A value does not fit into a line.
    Unfit {
        /// The value.
        value: Unfit,
    },
}

impl From<Unfit> for Refusal {
    fn from(value: Unfit) -> Self {
        Self::Unfit { value }
    }
}
