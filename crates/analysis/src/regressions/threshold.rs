//! From when a difference counts, for what got worse and what got better alike.

use plimsoll_snapshot::Bytes;

use crate::inspect::SizeChange;
use crate::memory::StartUp;

/// What every rebuild adds is no growth: less than a hundredth of the image, and less than this.
const LEAST_SIZE: Bytes = Bytes(10_000_000);
/// Memory changed if it changed by a tenth, and by at least this.
const LEAST_MEMORY: Bytes = Bytes(1 << 20);
/// Health checks whose durations differ by fewer milliseconds do not differ.
const LEAST_CHECK_MS: u64 = 10;

/// Whether an image or a download became larger.
pub(crate) fn is_larger(size: &SizeChange) -> bool {
    size.after > size.before && size.after - size.before >= LEAST_SIZE.min(Bytes(size.before.0 / 100))
}

/// Whether an image or a download became smaller.
pub(crate) fn is_smaller(size: &SizeChange) -> bool {
    is_larger(&SizeChange::new(size.after, size.before))
}

/// A start is an interval, so one is slower than another where they do not overlap.
pub(crate) const fn is_slower(before: &StartUp, after: &StartUp) -> bool {
    after.at_least_ms > before.at_most_ms
}

/// Whether a figure of memory grew.
pub(crate) fn is_more_memory(before: Bytes, after: Bytes) -> bool {
    after > before && after - before >= LEAST_MEMORY.max(Bytes(before.0 / 10))
}

/// Whether a run of a health check takes longer.
pub(crate) fn is_slower_check(before: u64, after: u64) -> bool {
    after.saturating_sub(before) >= LEAST_CHECK_MS.max(before / 4)
}
