//! Values that no suggested line may have.

use plimsoll_snapshot::path;
use serde::Serialize;

/// A value that is left out of a suggested line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Unfit {
    /// What the value was meant to be.
    #[serde(rename = "kind")]
    pub what: ValueKind,
    /// The value with escapes, cut to 80 characters.
    pub value: String,
}

/// What a value was meant to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum ValueKind {
    Path,
    Pattern,
    PythonPackage,
    PythonVersion,
    NpmPackage,
    SystemPackage,
    Model,
    Image,
    Digest,
    Service,
    Stage,
    User,
    Instruction,
    Index,
}

/// The most characters of a value that are kept.
const LONGEST: usize = 80;

impl Unfit {
    /// An instruction of an image that cannot be repeated.
    pub(crate) fn instruction(text: &str) -> Self {
        Self::new(ValueKind::Instruction, text)
    }

    pub(super) fn new(what: ValueKind, value: impl AsRef<[u8]>) -> Self {
        let escaped = path::escape(value.as_ref());
        let mut value: String = escaped.chars().take(LONGEST).collect();
        if value.len() < escaped.len() {
            value.push('…');
        }
        Self { what, value }
    }
}
