//! What the descriptors of an index say.

use oci_spec::image::Descriptor;
use plimsoll_snapshot::{Digest, Platform};

use crate::error::{Error, Result};

pub(super) fn platform_of(named: &oci_spec::image::Platform) -> Platform {
    crate::document::platform(named.os(), named.architecture(), named.variant().as_deref())
}

/// Whether an index says that it refers to the manifest of an image, not to another index.
pub(super) fn is_manifest(descriptor: &Descriptor) -> bool {
    let media_type = descriptor.media_type().to_string();
    media_type.contains("image.manifest") || media_type.contains("distribution.manifest.v2")
}

pub(super) fn reference_of(descriptor: &Descriptor) -> Option<String> {
    let annotations = descriptor.annotations().as_ref()?;
    // containerd notes the whole name, the specification only asks for the tag.
    ["io.containerd.image.name", "org.opencontainers.image.ref.name"]
        .iter()
        .find_map(|key| annotations.get(*key).cloned())
}

/// BuildKit stores provenance and SBOMs as manifests beside the image they are about.
pub(super) fn is_attestation(descriptor: &Descriptor) -> bool {
    let annotated = descriptor.annotations().as_ref().is_some_and(|annotations| {
        annotations.get("vnd.docker.reference.type").is_some_and(|kind| kind == "attestation-manifest")
    });
    let nowhere = descriptor.platform().as_ref().is_some_and(|platform| {
        platform.os().to_string() == "unknown" && platform.architecture().to_string() == "unknown"
    });
    annotated || nowhere
}

/// Whether a layer is stored compressed, by its media type (image-spec, layer.md, "Media types"; Docker's own end with
/// `.tar.gzip`).
pub(super) fn is_compressed(layer: &Descriptor) -> bool {
    let media_type = layer.media_type().to_string();
    ["gzip", "zstd"].iter().any(|kind| media_type.contains(kind))
}

pub(super) fn is_foreign(descriptor: &Descriptor) -> bool {
    let media_type = descriptor.media_type().to_string();
    media_type.contains("foreign") || media_type.contains("nondistributable")
}

pub(super) fn digest_of(descriptor: &Descriptor, wanted_by: &str) -> Result<Digest> {
    Digest::parse(descriptor.digest().as_ref())
        .map_err(|error| Error::Document { member: wanted_by.to_owned(), reason: error.to_string() })
}
