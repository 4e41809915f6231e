//! What `plimsoll ci` needs besides images: where it runs, what it compares with, and where its results go.

pub(crate) mod also;
pub(crate) mod baseline;
pub(crate) mod comments;
pub(crate) mod git;
pub(crate) mod outputs;
pub(crate) mod surroundings;
