//! The platforms of one image side by side: manifests alone, so nothing is unpacked.

use std::collections::BTreeMap;

use plimsoll_snapshot::{Bytes, Digest, Order as _, Platform};
use serde::Serialize;

/// An image for one platform, as its manifest has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlatformManifest {
    /// The names of the image.
    pub tags: Vec<String>,
    /// What it runs on.
    pub platform: Platform,
    /// The digest of the manifest.
    pub digest: Digest,
    /// When it was built (RFC 3339); absent if the config does not say.
    pub created: Option<String>,
    /// The blobs of its layers, lowest first; absent if the source lacks the manifest.
    /// Their sizes are absent where they are stored uncompressed.
    pub layers: Option<Vec<(Digest, Option<Bytes>)>>,
}

/// An image for one platform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PlatformSize {
    /// The names of the image.
    pub tags: Vec<String>,
    /// What it runs on, as `linux/amd64`.
    pub platform: String,
    /// The digest of the manifest.
    pub digest: Digest,
    /// When it was built (RFC 3339).
    pub created: Option<String>,
    /// The number of layers; null if the source lacks the manifest.
    pub layers: Option<u64>,
    /// The compressed blobs of the layers, each once: what a pull transfers. Absent where the source does not store all of them
    /// compressed.
    pub compressed_bytes: Option<Bytes>,
    /// The blobs among them that no other platform has.
    pub unique_bytes: Option<Bytes>,
}

/// Measures the platforms of an image, smallest architecture name first.
#[must_use]
pub fn platform_sizes(manifests: &[PlatformManifest]) -> Vec<PlatformSize> {
    let mut holders: BTreeMap<&Digest, u64> = BTreeMap::new();
    let blobs = |manifest: &'_ PlatformManifest| -> Option<BTreeMap<Digest, Option<Bytes>>> {
        manifest.layers.as_ref().map(|layers| layers.iter().cloned().collect())
    };
    let all: Vec<Option<BTreeMap<Digest, Option<Bytes>>>> = manifests.iter().map(blobs).collect();
    for digest in all.iter().flatten().flat_map(BTreeMap::keys) {
        *holders.entry(digest).or_default() += 1;
    }
    let sizes = manifests.iter().zip(&all).map(|(manifest, blobs)| {
        let blobs = blobs.as_ref();
        let unique = |blobs: &BTreeMap<Digest, Option<Bytes>>| -> Option<Bytes> {
            blobs.iter().filter(|(digest, _)| holders[*digest] == 1).map(|(_, &bytes)| bytes).sum()
        };
        PlatformSize {
            tags: manifest.tags.clone(),
            platform: manifest.platform.to_string(),
            digest: manifest.digest.clone(),
            created: manifest.created.clone(),
            layers: manifest.layers.as_ref().map(|layers| layers.len() as u64),
            compressed_bytes: blobs.and_then(|blobs| blobs.values().copied().sum()),
            unique_bytes: blobs.and_then(unique),
        }
    });
    let mut sizes: Vec<PlatformSize> = sizes.collect();
    sizes.order_by_key(|size| (size.tags.clone(), size.platform.clone()));
    sizes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(architecture: &str, layers: Option<&[(u8, u64)]>) -> PlatformManifest {
        // A blob without a size is stored uncompressed.
        let blob = |&(number, bytes): &(u8, u64)| {
            (Digest::sha256([number; 32]), (bytes > 0).then_some(Bytes(bytes)))
        };
        PlatformManifest {
            tags: vec!["app:1".into()],
            platform: Platform { os: "linux".into(), architecture: architecture.into(), variant: None },
            digest: Digest::sha256([0; 32]),
            created: None,
            layers: layers.map(|layers| layers.iter().map(blob).collect()),
        }
    }

    #[test]
    fn blobs_count_once_and_shared_ones_are_not_unique() {
        let sizes = platform_sizes(&[
            manifest("arm64", Some(&[(1, 10), (2, 5), (2, 5)])),
            manifest("amd64", Some(&[(1, 10), (3, 7)])),
            manifest("s390x", None),
            manifest("mips", Some(&[(1, 10), (4, 0)])),
        ]);
        let figures: Vec<_> = (sizes.iter())
            .map(|size| (&*size.platform, size.layers, size.compressed_bytes, size.unique_bytes))
            .collect();
        assert_eq!(
            figures,
            [
                ("linux/amd64", Some(2), Some(Bytes(17)), Some(Bytes(7))),
                ("linux/arm64", Some(3), Some(Bytes(15)), Some(Bytes(5))),
                ("linux/mips", Some(2), None, None),
                ("linux/s390x", None, None, None),
            ]
        );
    }
}
