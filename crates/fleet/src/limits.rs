//! The flags of limits, as hints of errors name them.

use plimsoll_snapshot::Limit;

/// The flag of `plimsoll snapshot` that changes a limit.
pub(crate) fn flag(limit: Limit) -> String {
    format!("--limit-{}", limit.name())
}
