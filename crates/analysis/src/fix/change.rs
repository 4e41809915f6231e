//! A file that fixes change.

/// A file before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Which one.
    pub file: FixedFile,
    /// Its text; empty if it is new.
    pub before: String,
    /// Its new text.
    pub after: String,
}

/// A file that fixes change.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FixedFile {
    /// The Dockerfile.
    Dockerfile,
    /// The `.dockerignore`.
    Dockerignore,
    /// The Compose file.
    Compose,
    /// Another file of the build context, by its path there.
    Context(String),
}
