//! What an image was built from: the instructions of a Dockerfile, and what `.dockerignore` leaves out.

use serde::{Deserialize, Serialize};

use crate::room;

use crate::Bytes;

/// A Dockerfile that was given beside an image. It is believed to be the one the image was built from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BuildFile {
    /// The name of the file, without its directory.
    pub name: String,
    /// The instructions, in the order of the file.
    #[serde(deserialize_with = "room::list")]
    pub instructions: Vec<BuildInstruction>,
    /// The patterns of `.dockerignore`, in the order of the file; `None` if there is no such file.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ignore: Option<Vec<String>>,
    /// The files that a build sends to the engine; `None` if not measured.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub context: Option<BuildContext>,
}

/// The files of a build context, without what `.dockerignore` leaves out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct BuildContext {
    /// The bytes of the regular files.
    pub bytes: Bytes,
    /// How many files there are.
    pub files: u64,
    /// The bytes of what `.dockerignore` leaves out.
    pub ignored_bytes: Bytes,
}

/// An instruction of a Dockerfile.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BuildInstruction {
    /// The line it begins in; the first is 1.
    pub line: u32,
    /// The line it ends in, comments and empty lines behind it left out.
    pub end_line: u32,
    /// `FROM`, `RUN`, … in capitals.
    pub keyword: String,
    /// The instruction in one line, but for here-documents; values that must not leave the machine are replaced.
    pub text: String,
    /// The stage it belongs to, the first being 0; `None` before the first `FROM`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub stage: Option<u32>,
}
