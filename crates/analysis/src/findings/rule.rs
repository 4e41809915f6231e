//! A rule as a value: its name and its check.

use plimsoll_snapshot::Snapshot;

use super::finding::Finding;
use super::input::Input;
use super::rule_id::RuleId;

/// Something that is often wrong with images. Each language has its title, its reason, its fix and its limits.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// The name.
    pub id: RuleId,
    /// How it is found.
    pub check: Check,
}

/// What a rule looks at.
#[derive(Clone, Copy, Debug)]
pub enum Check {
    /// One image.
    Image(fn(&Input<'_>) -> Vec<Finding>),
    /// All services together. It stacks the images that it needs, one at a time.
    Stack(fn(&Snapshot) -> Vec<Finding>),
}
