//! Writes a made fleet: as an OCI layout, as docker-archives, or as the storage of Debian's `docker-registry`.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use serde_json::{Value, json};
use sha2::Digest as _;

use super::{Made, MadeImage, MadeLayer};

/// A layer as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredLayer {
    pub diff_id: String,
    pub blob: String,
    pub bytes: u64,
}

/// What was written: for each image its manifest, and its layers.
#[derive(Clone, Debug, Default)]
pub struct Written {
    pub manifests: Vec<String>,
    pub layers: Vec<Vec<StoredLayer>>,
}

pub fn sha256(bytes: &[u8]) -> String {
    let hash = sha2::Sha256::digest(bytes);
    let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

pub fn tar_of(layer: &MadeLayer) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    let mut add = |path: &str, bytes: &[u8]| {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, path, bytes).unwrap();
    };
    for (path, content) in &layer.files {
        add(path, &content.bytes());
    }
    for path in &layer.deleted {
        let (directory, name) = path.rsplit_once('/').unwrap();
        add(&format!("{directory}/.wh.{name}"), b"");
    }
    tar.into_inner().unwrap()
}

fn gzip(bytes: &[u8], level: u32) -> Vec<u8> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(level));
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

/// Gives every blob of the fleet to `put`, with its digest, and every image with its manifest to `name`.
fn write(
    made: &Made,
    mut put: impl FnMut(&str, &[u8]),
    mut name: impl FnMut(&MadeImage, &str, &[u8], &[StoredLayer]),
) -> Written {
    let mut written = Written::default();
    let mut known: BTreeMap<(usize, u32), StoredLayer> = BTreeMap::new();
    for image in &made.images {
        let mut layers = Vec::new();
        for (position, &layer) in image.layers.iter().enumerate() {
            let level = if image.recompressed && position == 0 { 9 } else { 1 };
            let stored = known.entry((layer, level)).or_insert_with(|| {
                let tar = tar_of(&made.layers[layer]);
                let blob = gzip(&tar, level);
                let stored =
                    StoredLayer { diff_id: sha256(&tar), blob: sha256(&blob), bytes: blob.len() as u64 };
                put(&stored.blob, &blob);
                stored
            });
            layers.push(stored.clone());
        }
        let history: Vec<Value> = image
            .layers
            .iter()
            .map(|&layer| json!({"created_by": made.layers[layer].instruction, "created": image.created}))
            .collect();
        let diff_ids: Vec<&str> = layers.iter().map(|layer| layer.diff_id.as_str()).collect();
        let config = json!({
            "architecture": "amd64",
            "os": "linux",
            "created": image.created,
            "config": {"User": image.user, "Cmd": ["run"]},
            "rootfs": {"type": "layers", "diff_ids": diff_ids},
            "history": history,
        });
        let config = config.to_string().into_bytes();
        put(&sha256(&config), &config);
        let described: Vec<Value> = layers
            .iter()
            .map(|layer| {
                json!({
                    "mediaType": "application/vnd.oci.image.layer.v1.tar+gzip",
                    "digest": layer.blob,
                    "size": layer.bytes,
                })
            })
            .collect();
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": {
                "mediaType": "application/vnd.oci.image.config.v1+json",
                "digest": sha256(&config),
                "size": config.len(),
            },
            "layers": described,
        });
        let manifest = manifest.to_string().into_bytes();
        let digest = sha256(&manifest);
        put(&digest, &manifest);
        name(image, &digest, &manifest, &layers);
        written.manifests.push(digest);
        written.layers.push(layers);
    }
    written
}

fn hex(digest: &str) -> &str {
    digest.split_once(':').unwrap().1
}

/// Writes one OCI layout with all images.
pub fn layout(made: &Made, root: &Path) -> Written {
    let blobs = root.join("blobs/sha256");
    fs::create_dir_all(&blobs).unwrap();
    fs::write(root.join("oci-layout"), r#"{"imageLayoutVersion":"1.0.0"}"#).unwrap();
    let mut listed = Vec::new();
    let written = write(
        made,
        |digest, bytes| fs::write(blobs.join(hex(digest)), bytes).unwrap(),
        |image, digest, manifest, _| {
            listed.push(json!({
                "mediaType": "application/vnd.oci.image.manifest.v1+json",
                "digest": digest,
                "size": manifest.len(),
                "annotations": {
                    "org.opencontainers.image.ref.name": format!("{}:{}", image.repository, image.tag),
                },
            }));
        },
    );
    let index = json!({"schemaVersion": 2, "manifests": listed});
    fs::write(root.join("index.json"), index.to_string()).unwrap();
    written
}

/// Writes the storage of a registry, as its file system driver lays it out, without its upload.
#[cfg_attr(test, expect(dead_code, reason = "the example writes one"))]
pub fn registry(made: &Made, root: &Path) -> Written {
    let root = root.join("docker/registry/v2");
    let link = |path: &Path, digest: &str| {
        fs::create_dir_all(path).unwrap();
        fs::write(path.join("link"), digest).unwrap();
    };
    write(
        made,
        |digest, bytes| {
            let place = root.join("blobs/sha256").join(&hex(digest)[..2]).join(hex(digest));
            fs::create_dir_all(&place).unwrap();
            fs::write(place.join("data"), bytes).unwrap();
        },
        |image, digest, manifest, layers| {
            let repository = root.join("repositories").join(&image.repository);
            let manifests = repository.join("_manifests");
            let tag = manifests.join("tags").join(&image.tag);
            link(&manifests.join("revisions/sha256").join(hex(digest)), digest);
            link(&tag.join("current"), digest);
            link(&tag.join("index/sha256").join(hex(digest)), digest);
            let manifest: Value = serde_json::from_slice(manifest).unwrap();
            let config = manifest["config"]["digest"].as_str().unwrap();
            for blob in layers.iter().map(|layer| layer.blob.as_str()).chain([config]) {
                link(&repository.join("_layers/sha256").join(hex(blob)), blob);
            }
        },
    )
}
