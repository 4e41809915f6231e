//! Why a snapshot cannot be read.

use std::io;

use crate::SCHEMA_VERSION;
use crate::limit::Limit;

/// Why a file is no snapshot that can be used.
#[derive(Debug, thiserror::Error)]
pub enum FormatError {
    /// It could not be read or inflated.
    #[error("the snapshot cannot be read")]
    Io(#[from] io::Error),
    /// It is larger than any snapshot.
    #[error("the snapshot exceeds the limit of {limit} bytes")]
    TooLarge {
        /// The most bytes that are read of one, inflated.
        limit: u64,
    },
    /// It holds more of something than any stack has.
    #[error("the {what} of the snapshot exceed the limit of {limit} (met: {found})")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// How many there are.
        found: u64,
        /// How many there may be.
        limit: u64,
        /// The limit.
        which: Limit,
    },
    /// It is some other file.
    #[error("this is not a Plimsoll snapshot: it has no `schema_version`")]
    NotASnapshot,
    /// It is from the future.
    #[error(
        "the snapshot has schema version {found}, this program reads up to {SCHEMA_VERSION}: use a newer plimsoll"
    )]
    Newer {
        /// The version of the file.
        found: u64,
    },
    /// It is damaged.
    #[error("the snapshot is damaged: {0}")]
    Damaged(String),
}
