//! The clock of the machine that records.

use std::time::{SystemTime, UNIX_EPOCH};

use plimsoll_snapshot::runtime::Time;

/// The time of the machine that records.
pub(crate) fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Time(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
