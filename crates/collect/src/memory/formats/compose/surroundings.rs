//! What a compose file may refer to.

use super::files::{FileFault, OpenFile};

/// What a compose file may refer to.
pub struct Surroundings<'a> {
    /// Opens another file: one that is included or extended, or one of variables.
    pub file: &'a OpenFile<'a>,
    /// The files of variables, instead of `.env`.
    pub env_files: &'a [String],
}

impl Surroundings<'_> {
    /// A file that stands alone.
    pub const NONE: Surroundings<'static> =
        Surroundings { file: &|_, _| Err(FileFault::Missing), env_files: &[] };
}
