//! Values that no suggested line may have, and how a finding says so.

use plimsoll_snapshot::path;

use crate::said::{Said, said};

/// A value that is left out of a suggested line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfit {
    what: What,
    value: String,
}

/// What a value was meant to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum What {
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
}

/// The most characters of a value that are shown.
const SHOWN: usize = 80;

impl Unfit {
    pub(super) fn new(what: What, value: impl AsRef<[u8]>) -> Self {
        Self { what, value: path::escape(value.as_ref()).into_owned() }
    }

    /// Why a fix is left out.
    #[must_use]
    pub fn said(&self) -> Said {
        let mut value: String = self.value.chars().take(SHOWN).collect();
        if value.len() < self.value.len() {
            value.push('…');
        }
        match self.what {
            What::Path => said!("no line is suggested for `{}`: the path cannot be quoted safely", value),
            What::Pattern => said!("no line is suggested for `{}`: a `.dockerignore` cannot name it", value),
            What::PythonPackage => {
                said!("no line is suggested for `{}`: not a valid name of a Python package", value)
            }
            What::PythonVersion => {
                said!("no line is suggested for `{}`: not a valid version of a Python package", value)
            }
            What::NpmPackage => {
                said!("no line is suggested for `{}`: not a valid name of an npm package", value)
            }
            What::SystemPackage => {
                said!("no line is suggested for `{}`: not a valid name of a system package", value)
            }
            What::Model => said!("no line is suggested for `{}`: not a valid model name", value),
            What::Image => said!("no line is suggested for `{}`: not a valid image reference", value),
            What::Digest => said!("no line is suggested for `{}`: not a valid digest", value),
            What::Service => said!("no line is suggested for `{}`: not a valid service name", value),
            What::Stage => said!("no line is suggested for `{}`: not a valid name for a build stage", value),
            What::User => said!("no line is suggested for `{}`: not a valid user name", value),
            What::Instruction => {
                said!("no line is suggested for `{}`: the instruction cannot be repeated safely", value)
            }
        }
    }
}
