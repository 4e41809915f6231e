//! What all layers of one source took so far.

use std::sync::atomic::{AtomicU64, Ordering};

use plimsoll_snapshot::{Compression, Limit, ReadLimits};

use crate::error::{Error, Result};
use crate::layer::ReadLayer;

/// What all layers of one source took so far. Several threads may add to it.
#[derive(Debug, Default)]
pub struct Usage {
    inflated: AtomicU64,
    retained: AtomicU64,
}

impl Usage {
    /// Adds a layer that was read, and fails if that is too much for one source.
    pub fn add(&self, place: &str, layer: &ReadLayer, limits: &ReadLimits) -> Result<()> {
        let is_inflated = layer.compression != Compression::None;
        let inflated = if is_inflated { layer.contents.tar_bytes.0 } else { 0 };
        let sums = [
            (
                &self.inflated,
                inflated,
                "the size of all layers, inflated,",
                limits[Limit::InflatedBytes],
                Limit::InflatedBytes,
            ),
            (
                &self.retained,
                layer.retained_bytes(),
                "what has to be kept of all layers",
                limits[Limit::RetainedBytes],
                Limit::RetainedBytes,
            ),
        ];
        for (sum, more, what, limit, which) in sums {
            let found = sum.fetch_add(more, Ordering::Relaxed).saturating_add(more);
            if found > limit {
                return Err(Error::Limit { what, place: place.to_owned(), limit, found: Some(found), which });
            }
        }
        Ok(())
    }
}
