//! The third stage of a scan: each image that no run has judged is put together from its layers and judged.

use std::collections::BTreeMap;
use std::fmt;
use std::io::Read as _;
use std::sync::{Arc, Mutex, PoisonError};

use plimsoll_collect::{ContentType, sniff};
use plimsoll_snapshot::{Bytes, Compression, Contents, DiffId, Digest, Facts, ReadLimits};

use super::blobs::Source;
use super::blueprint::{Blueprint, NeededLayer};
use super::exec::{Done, Unit};
use crate::facts;
use crate::said::said;
use crate::store::{Blob, Store};

/// The most bytes that layers of several images take up in memory.
const MEMORY: u64 = 256 << 20;

/// What all images of a scan share.
pub(crate) struct Workshop {
    pub(crate) store: Store,
    pub(crate) limits: ReadLimits,
    /// The layers that could not be read, and why.
    pub(crate) failed: BTreeMap<String, String>,
    pub(crate) memory: LayerMemory,
}

/// An image that is judged.
pub(crate) struct ImageUnit {
    pub(crate) digest: Digest,
    pub(crate) name: String,
    pub(crate) bytes: u64,
    /// Taken out when the image is judged.
    pub(crate) blueprint: Mutex<Option<Blueprint>>,
    pub(crate) source: Option<Source>,
    pub(crate) workshop: Arc<Workshop>,
}

impl fmt::Debug for ImageUnit {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "ImageUnit({})", self.digest)
    }
}

impl Unit for ImageUnit {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn size(&self) -> u64 {
        self.bytes
    }

    fn run(&self) -> Result<Done, String> {
        let Workshop { store, limits, failed, memory } = self.workshop.as_ref();
        if store.has_image(&self.digest) {
            return Ok(Done { was_known: true, bytes: 0 });
        }
        let blueprint = self.blueprint.lock().unwrap_or_else(PoisonError::into_inner).take();
        let blueprint = blueprint.ok_or("it was begun already")?;
        for layer in blueprint.layers() {
            if let Some(why) = failed.get(&layer.diff_id.to_string()) {
                return Err(format!("layer `{}`: {why}", layer.diff_id));
            }
        }
        let contents = |layer: &DiffId| memory.get(layer, || store.layer(layer));
        let snapshot = blueprint.snapshot(contents, |layer| self.blob(layer), limits)?;
        let facts = facts::of(&snapshot, &self.digest).ok_or("it holds no image")?;
        store.put_image(&self.digest, &facts).map_err(|error| said(&error))?;
        Ok(Done { was_known: false, bytes: facts.image_bytes })
    }
}

impl ImageUnit {
    /// How a layer is stored where this image lies: it keeps its diff ID through recompression.
    fn blob(&self, layer: &NeededLayer) -> Result<Blob, String> {
        let plain = || Blob {
            digest: Some(layer.diff_id.digest().clone()),
            compression: Compression::None,
            bytes: Bytes(layer.bytes),
        };
        let known = self.workshop.store.blob(&layer.diff_id);
        match (known, &layer.blob) {
            (Some(known), Some(blob)) if known.digest.as_ref() == Some(blob) => return Ok(known),
            (Some(known), None) if known.bytes.0 == layer.bytes => return Ok(known),
            (_, Some(blob)) if blob == layer.diff_id.digest() => return Ok(plain()),
            _ => {}
        }
        let (Some(source), Some(member)) = (&self.source, &layer.member) else {
            return Ok(Blob { digest: layer.blob.clone(), ..plain() });
        };
        let mut start = Vec::new();
        let opened = source.open(member).map_err(|error| error.to_string())?;
        let opened = opened.ok_or_else(|| format!("layer `{member}` is missing"))?;
        opened.take(512).read_to_end(&mut start).map_err(|error| error.to_string())?;
        let compression = match sniff(&start) {
            ContentType::Compressed(compression) => compression,
            ContentType::Tar | ContentType::Empty => Compression::None,
            _ => return Err(format!("layer `{member}` is neither a tar archive nor a compressed one")),
        };
        Ok(Blob { digest: layer.blob.clone(), compression, bytes: Bytes(layer.bytes) })
    }
}

/// Layers of images that were judged last: most images share their lowest layers with the next one.
#[derive(Default)]
pub(crate) struct LayerMemory(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    layers: BTreeMap<DiffId, (Arc<Contents>, u64, u64)>,
    bytes: u64,
    clock: u64,
}

impl LayerMemory {
    /// A layer, read if it is not there. The one that was not used for longest goes first.
    fn get(&self, layer: &DiffId, read: impl FnOnce() -> Option<Contents>) -> Option<Arc<Contents>> {
        {
            let mut kept = self.lock();
            kept.clock += 1;
            let clock = kept.clock;
            if let Some((contents, _, used)) = kept.layers.get_mut(layer) {
                *used = clock;
                return Some(Arc::clone(contents));
            }
        }
        let contents = Arc::new(read()?);
        let bytes = retained(&contents);
        let mut kept = self.lock();
        while kept.bytes + bytes > MEMORY
            && let Some(oldest) = kept.layers.iter().min_by_key(|(_, kept)| kept.2).map(|(id, _)| id.clone())
        {
            let freed = kept.layers.remove(&oldest).map_or(0, |(_, bytes, _)| bytes);
            kept.bytes -= freed;
        }
        if bytes < MEMORY / 2 {
            let clock = kept.clock;
            let other = kept.layers.insert(layer.clone(), (Arc::clone(&contents), bytes, clock));
            kept.bytes = kept.bytes + bytes - other.map_or(0, |(_, bytes, _)| bytes);
        }
        Some(contents)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// About how many bytes a layer takes up.
fn retained(contents: &Contents) -> u64 {
    let entries = contents.entries.len() as u64 * 64 + contents.entries.name_bytes() as u64;
    entries + contents.facts.as_ref().map_or(0, Facts::retained_bytes) + 4096
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layer_is_read_once_while_it_is_in_memory() {
        let memory = LayerMemory::default();
        let layer = DiffId::new(Digest::sha256([1; 32]));
        let first = memory.get(&layer, || Some(Contents::default())).unwrap();
        let again = memory.get(&layer, || panic!("it is in memory")).unwrap();
        assert!(Arc::ptr_eq(&first, &again));
        assert!(memory.get(&DiffId::new(Digest::sha256([2; 32])), || None).is_none());
    }
}
