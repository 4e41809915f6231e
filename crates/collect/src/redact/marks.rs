//! Characters with a special meaning in redacted texts.

/// What stands for a value that was taken out.
pub(super) const REMOVED: &str = "…";

/// What stands between the arguments of a command while they are looked at together.
pub(super) const BETWEEN: char = '\u{1f}';
