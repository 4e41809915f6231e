//! The second stage of a scan: each layer that no run has read is read once, whatever the number of its images.

use std::fmt;

use plimsoll_collect::{ReadLayer, read_layer};
use plimsoll_snapshot::{DiffId, Digest, ReadLimits};

use super::blobs::{Source, blob_of, check};
use super::exec::{Done, Unit};
use crate::said::said;
use crate::store::Store;

/// A place where a layer lies.
#[derive(Clone)]
pub(crate) struct Place {
    pub(crate) source: Source,
    pub(crate) member: String,
    pub(crate) blob: Option<Digest>,
    /// The image that named it, for messages.
    pub(crate) image: String,
}

/// A layer that is read, from the first place that has it as it should be.
pub(crate) struct LayerUnit {
    pub(crate) diff_id: DiffId,
    pub(crate) bytes: u64,
    pub(crate) places: Vec<Place>,
    pub(crate) store: Store,
    pub(crate) limits: ReadLimits,
}

impl fmt::Debug for LayerUnit {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "LayerUnit({})", self.diff_id)
    }
}

impl Unit for LayerUnit {
    fn name(&self) -> String {
        self.diff_id.to_string()
    }

    fn size(&self) -> u64 {
        self.bytes
    }

    fn run(&self) -> Result<Done, String> {
        // Another scan may have been faster.
        if self.store.has_layer(&self.diff_id) {
            return Ok(Done { was_known: true, bytes: 0 });
        }
        let mut failures = Vec::new();
        for place in &self.places {
            match self.read(place) {
                Ok(read) => {
                    self.store
                        .put_layer(&read.diff_id, &read.contents, &blob_of(&read))
                        .map_err(|error| said(&error))?;
                    return Ok(Done { was_known: false, bytes: read.blob_bytes.0 });
                }
                Err(failure) => failures.push(format!("{failure} (`{}`)", place.image)),
            }
        }
        failures.dedup();
        Err(if failures.is_empty() { "no source includes it".to_owned() } else { failures.join("; ") })
    }
}

impl LayerUnit {
    fn read(&self, place: &Place) -> Result<ReadLayer, String> {
        let name = format!("layer `{}`", place.member);
        let opened = place.source.open(&place.member).map_err(|error| error.to_string())?;
        let blob = opened.ok_or_else(|| format!("{name} is missing"))?;
        let read = read_layer(&name, blob, &self.limits).map_err(|error| said(&error))?;
        check(&self.diff_id, place.blob.as_ref(), &read)?;
        Ok(read)
    }
}
