//! The English words for what the analysis names by an enum; those of other languages are in `language`.

use plimsoll_analysis::Cause;
use plimsoll_analysis::compare::{FileChange, LayerMatch};

/// How bytes are hidden.
#[must_use]
pub const fn cause(cause: Cause) -> &'static str {
    match cause {
        Cause::Deleted => "deleted",
        Cause::Opaque => "hidden by an opaque directory",
        Cause::Overwritten => "overwritten",
        Cause::RewrittenSameContent => "rewritten with the same content",
        Cause::ReplacedByOtherKind => "replaced by another kind",
    }
}

/// What happened to a layer.
#[must_use]
pub const fn layer_match(kind: LayerMatch) -> &'static str {
    match kind {
        LayerMatch::Kept => "kept",
        LayerMatch::Changed => "changed",
        LayerMatch::Removed => "removed",
        LayerMatch::Added => "new",
    }
}

/// What happened to a file.
#[must_use]
pub const fn file_change(change: FileChange) -> &'static str {
    match change {
        FileChange::Unchanged => "unchanged",
        FileChange::Added => "added",
        FileChange::Removed => "removed",
        FileChange::Modified => "modified",
        FileChange::Attributes => "owner or mode",
    }
}

/// The key of a change in attributes of the page, in CSV and in the JSON document.
#[must_use]
pub const fn file_change_key(change: FileChange) -> &'static str {
    match change {
        FileChange::Attributes => "attributes",
        other => file_change(other),
    }
}

/// What happened to a layer, as the JSON document names it.
#[must_use]
pub const fn layer_match_key(kind: LayerMatch) -> &'static str {
    match kind {
        LayerMatch::Added => "added",
        other => layer_match(other),
    }
}
