//! A state of a series: which images were built, when and of which commit, and what they weigh.

use std::collections::BTreeMap;

use plimsoll_snapshot::{Bytes, Compression, DiffId, Digest, Image, Snapshot, Transport};
use serde::{Deserialize, Serialize};

use super::Measure;
use crate::base_image::{base_layers, base_layers_by_history};
use crate::inspect::inspect;
use crate::memory::memory;

/// A state.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct State {
    /// What people call it: the start of its commit, a tag, or a file.
    pub name: String,
    /// Seconds since 1970; absent where it is not known.
    pub time: Option<u64>,
    /// The commit.
    pub revision: Option<String>,
    /// Its branch.
    pub branch: Option<String>,
    /// What the user calls it.
    pub labels: Vec<String>,
    /// Image size of all services, every layer once; absent unless every layer was read.
    #[serde(rename = "size_bytes")]
    pub size: Option<Bytes>,
    /// The compressed layers, every layer once; absent unless all are compressed.
    #[serde(rename = "compressed_bytes")]
    pub compressed: Option<Bytes>,
    /// The part of `size` that base images make up, as far as is known.
    #[serde(rename = "base_bytes")]
    pub base: Option<Bytes>,
    /// The images.
    pub services: Vec<ServiceState>,
    /// The memory of all services at the same time, its 95th percentile; absent without a recording.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[serde(rename = "memory_bytes")]
    pub memory: Option<Bytes>,
    /// Milliseconds until all services were healthy; absent if no start was seen.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub start_ms: Option<u64>,
    /// Why someone accepted its growth.
    pub accepted: Option<String>,
}

/// The image of a service at a state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ServiceState {
    /// The name of the service.
    #[serde(rename = "service")]
    pub name: String,
    /// The image ID.
    pub image: Digest,
    /// Image size; absent unless every layer was read.
    #[serde(rename = "size_bytes")]
    pub size: Option<Bytes>,
    /// The compressed layers; absent unless all are compressed.
    #[serde(rename = "compressed_bytes")]
    pub compressed: Option<Bytes>,
}

impl State {
    /// Its size, as a series follows it.
    #[must_use]
    pub const fn size_in(&self, measure: Measure) -> Option<Bytes> {
        match measure {
            Measure::ImageSize => self.size,
            Measure::Compressed => self.compressed,
        }
    }

    /// What the images add to their base images.
    #[must_use]
    pub fn own(&self) -> Option<Bytes> {
        Some(self.size? - self.base?)
    }
}

impl ServiceState {
    /// Its size, as a series follows it.
    #[must_use]
    pub const fn size_in(&self, measure: Measure) -> Option<Bytes> {
        match measure {
            Measure::ImageSize => self.size,
            Measure::Compressed => self.compressed,
        }
    }
}

/// What the images of a snapshot weigh.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Measured {
    /// See [`State::size`].
    pub size: Option<Bytes>,
    /// See [`State::compressed`].
    pub compressed: Option<Bytes>,
    /// See [`State::base`].
    pub base: Option<Bytes>,
    /// The images.
    pub services: Vec<ServiceState>,
    /// See [`State::memory`].
    pub memory: Option<Bytes>,
    /// See [`State::start_ms`].
    pub start_ms: Option<u64>,
}

/// Measures the images of a snapshot. Layers may be absent: then there is no unpacked size.
#[must_use]
pub fn measured(snapshot: &Snapshot) -> Measured {
    let is_read =
        |image: &Image| image.layers.iter().all(|layer| snapshot.layers[layer.layer].contents.is_some());
    let images = || snapshot.services.iter().map(|service| &snapshot.images[service.image]);
    let inspection = images().all(is_read).then(|| inspect(snapshot));
    let services = snapshot.services.iter().enumerate().map(|(index, service)| {
        let image = &snapshot.images[service.image];
        ServiceState {
            name: service.name.clone(),
            image: image.id.clone(),
            size: inspection.as_ref().map(|inspection| inspection.images[index].size_bytes),
            compressed: sum(compressed(image, snapshot)),
        }
    });
    let base = inspection.as_ref().map(|inspection| {
        let mut layers: BTreeMap<&DiffId, Bytes> = BTreeMap::new();
        for (service, inspected) in snapshot.services.iter().zip(&inspection.images) {
            let image = &snapshot.images[service.image];
            let count =
                base_layers(image, service.build.as_ref()).unwrap_or_else(|| base_layers_by_history(image));
            for layer in inspected.layers.iter().take(count) {
                layers.insert(&layer.diff_id, layer.file_bytes);
            }
        }
        layers.into_values().sum()
    });
    let running = snapshot.runtime.as_ref().map(memory);
    Measured {
        memory: running.as_ref().and_then(|running| {
            running.at_once.as_ref().map(|all| all.loaded.as_ref().unwrap_or(&all.all).p95)
        }),
        start_ms: running.as_ref().and_then(|running| Some(running.start_up.whole.as_ref()?.at_most_ms)),
        size: inspection.as_ref().map(|inspection| inspection.stack.unique_bytes),
        compressed: sum(images().flat_map(|image| compressed(image, snapshot))),
        base,
        services: services.collect(),
    }
}

/// The compressed size of each layer, where it is compressed. The blob of a layer that was not read is compressed if its digest
/// is not that of the plain layer. What a registry stores is what is pulled, compressed or not.
fn compressed<'a>(
    image: &'a Image,
    snapshot: &'a Snapshot,
) -> impl Iterator<Item = (&'a DiffId, Option<Bytes>)> {
    let is_pulled = image.source.transport == Transport::Docker;
    image.layers.iter().map(move |layer| {
        let diff_id = &snapshot.layers[layer.layer].diff_id;
        let is_other = layer.digest.as_ref().is_some_and(|digest| digest != diff_id.digest());
        let is_compressed = is_pulled || layer.compression != Compression::None || is_other;
        (diff_id, is_compressed.then_some(layer.blob_bytes))
    })
}

/// The sum with every layer once; none if there is none, or one is not compressed.
fn sum<'a>(layers: impl Iterator<Item = (&'a DiffId, Option<Bytes>)>) -> Option<Bytes> {
    let layers: BTreeMap<&DiffId, Option<Bytes>> = layers.collect();
    if layers.is_empty() {
        return None;
    }
    layers.into_values().sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::snapshot;

    #[test]
    fn a_layer_that_was_not_read_has_a_compressed_size_alone() {
        let mut stack = snapshot("app", &["i ADD rootfs /\nf a 70", "i RUN x\nf b 30"]);
        let whole = measured(&stack);
        assert_eq!((whole.size, whole.base), (Some(Bytes(100)), Some(Bytes(70))));
        stack.layers[1].contents = None;
        for layer in &mut stack.images[0].layers {
            (layer.digest, layer.blob_bytes) = (Some(Digest::sha256([7; 32])), Bytes(11));
            layer.compression = Compression::None;
        }
        let part = measured(&stack);
        assert_eq!((part.size, part.base, part.compressed), (None, None, Some(Bytes(22))));
        assert_eq!(part.services[0].compressed, Some(Bytes(22)));
        // A blob that is the plain layer is not compressed.
        stack.images[0].layers[0].digest = Some(stack.layers[0].diff_id.digest().clone());
        assert_eq!(measured(&stack).compressed, None);
        stack.images[0].source.transport = Transport::Docker;
        assert_eq!(measured(&stack).compressed, Some(Bytes(22)));
    }
}
