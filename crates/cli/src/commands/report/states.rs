//! A series with the snapshots of its states.

use plimsoll_analysis::series::Series;
use plimsoll_snapshot::Snapshot;

use crate::error::Result;

/// Reads the snapshot of a state, by its index.
pub(super) type Load = Box<dyn FnMut(usize) -> Result<Snapshot>>;

/// A series, and the snapshots of its states.
pub(super) struct States {
    pub(super) series: Series,
    pub(super) load: Load,
}
