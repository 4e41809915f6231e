//! An image whose documents were read: which layers it needs, and how it becomes a snapshot once they are there.

use std::collections::BTreeMap;
use std::sync::Arc;

use plimsoll_collect::{InputName, OpenedImages, PlannedImage, Stack};
use plimsoll_snapshot::{Contents, DiffId, Digest, ReadLimits, Snapshot, Transport};

use crate::store::Blob;

/// A layer that an image needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NeededLayer {
    pub(crate) diff_id: DiffId,
    /// The name of its blob in the source; none if the source does not include it.
    pub(crate) member: Option<String>,
    /// The digest of its blob, where the source names it.
    pub(crate) blob: Option<Digest>,
    /// The size of its blob.
    pub(crate) bytes: u64,
}

/// An image without its layers.
#[derive(Debug)]
pub(crate) enum Blueprint {
    /// As a source describes it.
    Planned { image: Box<PlannedImage>, transport: Transport, name: String },
    /// As a snapshot has it: one service, one image.
    Snapshot(Box<Snapshot>),
}

impl Blueprint {
    /// What the image is called in the fleet: the digest of its manifest or, where it has none, of its config.
    pub(crate) fn digest(&self) -> Option<Digest> {
        let (manifest, id) = match self {
            Self::Planned { image, .. } => (&image.manifest_digest, &image.id),
            Self::Snapshot(snapshot) => {
                let image = snapshot.images.first()?;
                (&image.manifest_digest, &image.id)
            }
        };
        Some(manifest.as_ref().unwrap_or(id).clone())
    }

    /// The layers that it needs, lowest first.
    pub(crate) fn layers(&self) -> Vec<NeededLayer> {
        match self {
            Self::Planned { image, .. } => (image.layers.iter())
                .map(|layer| NeededLayer {
                    diff_id: layer.diff_id.clone(),
                    member: layer.member.clone(),
                    blob: layer.digest.clone(),
                    bytes: layer.bytes.0,
                })
                .collect(),
            Self::Snapshot(snapshot) => (snapshot.images.iter().flat_map(|image| &image.layers))
                .map(|layer| NeededLayer {
                    diff_id: snapshot.layers[layer.layer].diff_id.clone(),
                    member: None,
                    blob: layer.digest.clone(),
                    bytes: layer.blob_bytes.0,
                })
                .collect(),
        }
    }

    /// The snapshot of the image alone. `contents` returns the contents of a layer, and `blob` its stored form.
    ///
    /// # Errors
    /// If a layer is missing, or the image exceeds a limit.
    pub(crate) fn snapshot(
        self,
        contents: impl Fn(&DiffId) -> Option<Arc<Contents>>,
        blob: impl Fn(&NeededLayer) -> Result<Blob, String>,
        limits: &ReadLimits,
    ) -> Result<Snapshot, String> {
        let needed = self.layers();
        let mut snapshot = match self {
            Self::Snapshot(snapshot) => *snapshot,
            Self::Planned { image, transport, name } => {
                let mut snapshot = described(*image, transport, &name, limits)?;
                for (layer, needed) in snapshot.images[0].layers.iter_mut().zip(&needed) {
                    let stored = blob(needed)?;
                    (layer.compression, layer.blob_bytes) = (stored.compression, stored.bytes);
                    layer.digest = layer.digest.take().or(stored.digest);
                }
                snapshot
            }
        };
        for layer in &mut snapshot.layers {
            let read =
                contents(&layer.diff_id).ok_or_else(|| format!("layer `{}` was not read", layer.diff_id))?;
            layer.contents = Some(read);
        }
        limits.check(&snapshot).map_err(|error| error.to_string())?;
        Ok(snapshot)
    }
}

/// The snapshot of a planned image, without contents.
fn described(
    image: PlannedImage,
    transport: Transport,
    name: &str,
    limits: &ReadLimits,
) -> Result<Snapshot, String> {
    let input = InputName { place: name.to_owned(), file: name.to_owned() };
    let opened = OpenedImages { transport, images: vec![image], layers: BTreeMap::new() };
    let mut stack = Stack::new(crate::generator::GENERATOR);
    let images = stack.add_images(&input, opened).map_err(|error| error.to_string())?;
    stack.name_images(&input, &images).map_err(|error| format!("two images are `{}`", error.service))?;
    stack.finish(limits).map_err(|error| format!("{error:?}"))
}

/// The part of a snapshot that is about one of its images, as one service, without contents.
pub(crate) fn alone(snapshot: &Snapshot, index: usize) -> Option<Snapshot> {
    let service = snapshot.services.iter().find(|service| service.image == index)?;
    let mut image = snapshot.images.get(index)?.clone();
    let mut layers: Vec<plimsoll_snapshot::Layer> = Vec::new();
    for layer in &mut image.layers {
        let diff_id = &snapshot.layers[layer.layer].diff_id;
        let known = layers.iter().position(|known| known.diff_id == *diff_id);
        layer.layer = known.unwrap_or_else(|| {
            layers.push(plimsoll_snapshot::Layer { diff_id: diff_id.clone(), contents: None });
            layers.len() - 1
        });
    }
    let service = plimsoll_snapshot::Service { image: 0, ..service.clone() };
    Some(Snapshot {
        schema_version: snapshot.schema_version,
        generator: snapshot.generator.clone(),
        services: vec![service],
        images: vec![image],
        layers,
        lacks_mentions: snapshot.lacks_mentions,
        ..Snapshot::default()
    })
}
