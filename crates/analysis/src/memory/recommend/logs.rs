//! A log that ends.

use plimsoll_snapshot::Bytes;

use super::super::Bound;
use super::draft::{Draft, Known};
use super::reason::{Open, SettingReason};
use super::setting::Setting;

/// What of a log is kept unless less is demanded: files, and the decimal megabytes of each.
const FILES: u64 = 3;
const MEGABYTES: u64 = 10;
const MB: u64 = 1_000_000;

pub(super) fn add(known: &Known<'_>, draft: &mut Draft) {
    let log = &known.memory.log;
    let demanded = known.demanded.log_size;
    let is_too_large = |bytes: Bytes| demanded.is_some_and(|demanded| bytes > demanded);
    let now = match log.bound {
        Bound::Unbounded | Bound::Unknown => Some(log.reason.clone()),
        Bound::Bounded(bytes) if is_too_large(bytes) => None,
        Bound::Bounded(_) | Bound::Elsewhere => return,
    };
    let most = demanded.map_or(FILES * MEGABYTES, |demanded| demanded.0 / MB);
    let (files, megabytes) = match most {
        0 => return draft.leave(Open::LogTooSmall),
        1..FILES => (1, most),
        most => (FILES, (most / FILES).min(MEGABYTES)),
    };
    let reason = SettingReason::Log { now, megabytes: files * megabytes };
    draft.set(Setting::Log { megabytes, files }, vec![reason]);
}
