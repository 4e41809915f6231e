//! The images that a plan names, and which of them are wanted.

use plimsoll_snapshot::{Bytes, DiffId, Digest, Warning};

use crate::depth::Depth;
use crate::document::ImageFacts;
use crate::platform::WantedPlatform;

/// Which image of several is wanted.
#[derive(Clone, Debug, Default)]
pub struct ImageSelection {
    /// A tag, an image ID (or the start of one), or `@N` for the image at that position.
    pub reference: Option<String>,
    /// The platform of images for several.
    pub platform: Option<WantedPlatform>,
    /// Manifests and configs are compared with their digests only if layers are, too.
    pub depth: Depth,
}

/// An image whose documents were read and whose layers were not.
#[derive(Debug)]
pub struct PlannedImage {
    /// The name it was asked by, or its first tag.
    pub reference: Option<String>,
    /// Every name the source gives it.
    pub tags: Vec<String>,
    /// The digest of the config.
    pub id: Digest,
    /// The digest of the manifest, where there is one.
    pub manifest_digest: Option<Digest>,
    /// What has to be read, lowest layer first.
    pub layers: Vec<PlannedLayer>,
    pub(crate) facts: ImageFacts,
    pub(crate) warnings: Vec<Warning>,
}

/// A layer that is to be read.
#[derive(Clone, Debug)]
pub struct PlannedLayer {
    /// The name of its blob in the store; `None` if the source does not include it.
    pub member: Option<String>,
    /// The digest of the blob, where the source names it.
    pub digest: Option<Digest>,
    /// The digest its uncompressed tar has to have.
    pub diff_id: DiffId,
    /// The size of the blob.
    pub bytes: Bytes,
}
