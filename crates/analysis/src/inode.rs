//! The unit of accounting: the content of a regular file, stored once however many names it has.

use plimsoll_snapshot::{Bytes, ContentHash};
use serde::Serialize;

/// Why an inode is hidden: what happened to the last name it had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// A whiteout removed it, or a directory above it.
    Deleted,
    /// A later layer made a directory above it opaque.
    Opaque,
    /// A later layer has a file of other content at its path.
    Overwritten,
    /// A later layer has a file of the very same content at its path: it was touched, or changed its owner or mode.
    RewrittenSameContent,
    /// A later layer has something at its path, or at a directory above it, that is not a file, or was not one.
    ReplacedByOtherKind,
}

impl Cause {
    /// Every cause, in the order in which they are shown.
    pub const ALL: [Self; 5] = [
        Self::Deleted,
        Self::Opaque,
        Self::Overwritten,
        Self::RewrittenSameContent,
        Self::ReplacedByOtherKind,
    ];
}

/// The content of a regular file, stored once however many names it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inode {
    /// The logical size.
    pub size: Bytes,
    /// The hash of the content.
    pub content: ContentHash,
    /// Index into [`Image::layers`] of the layer that stores it.
    pub layer: u32,
    /// Index into the entries of that layer.
    pub entry: u32,
    /// The layer that took away its last name, and how; `None` while it has one.
    pub hidden: Option<(u32, Cause)>,
    /// How many names it has now.
    pub(crate) names: u32,
}
