//! A small image that is made on the spot, and the registry that has it.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::server::{Answer, Request};

/// The layer is as long as this, and a bit.
pub(crate) const FILE: usize = 3_000_000;

/// The documents and the layer of an image, by digest.
#[derive(Clone)]
pub(crate) struct Image {
    pub(crate) blobs: BTreeMap<String, Vec<u8>>,
    pub(crate) manifest: String,
    pub(crate) index: String,
    pub(crate) layer: String,
}

impl Image {
    pub(crate) fn new() -> Self {
        Self::of_layers("application/vnd.oci.image.layer.v1.tar")
    }

    /// An image whose manifest gives its layer this media type.
    pub(crate) fn of_layers(media_type: &str) -> Self {
        let mut blobs = BTreeMap::new();
        let mut add = |bytes: Vec<u8>| {
            let digest = digest(&bytes);
            blobs.insert(digest.clone(), bytes);
            digest
        };
        let tar = layer();
        let size = tar.len();
        let layer = add(tar);
        let config = json!({
            "os": "linux", "architecture": "amd64",
            "rootfs": {"type": "layers", "diff_ids": [layer]},
            "history": [{"created_by": "COPY data /data"}],
        });
        let config = config.to_string().into_bytes();
        let config_size = config.len();
        let config = add(config);
        let manifest = json!({
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": config, "size": config_size},
            "layers": [{"mediaType": media_type, "digest": layer, "size": size}],
        });
        let manifest = manifest.to_string().into_bytes();
        let manifest_size = manifest.len();
        let manifest = add(manifest);
        let on = |architecture: &str, digest: &str| {
            json!({
                "mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": digest, "size": manifest_size,
                "platform": {"os": "linux", "architecture": architecture},
            })
        };
        let elsewhere = format!("sha256:{}", "5".repeat(64));
        let index = json!({
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.index.v1+json",
            "manifests": [on("arm64", &elsewhere), on("amd64", &manifest)],
        });
        let index = add(index.to_string().into_bytes());
        Self { blobs, manifest, index, layer }
    }

    /// What a registry says that has the manifest as `team/app:v1` and the index as `team/app:multi`.
    pub(crate) fn answer(&self, request: &Request) -> Answer {
        let Some(path) = request.path.strip_prefix("/v2/team/app/") else { return Answer::not_found() };
        let (digest, tag) = match path.split_once('/') {
            Some(("manifests", "v1")) => (self.manifest.as_str(), true),
            Some(("manifests", "multi")) => (self.index.as_str(), true),
            Some(("manifests" | "blobs", digest)) => (digest, false),
            _ => return Answer::not_found(),
        };
        let Some(bytes) = self.blobs.get(digest) else { return Answer::not_found() };
        let start = request.header("range").map(|range| {
            range.strip_prefix("bytes=").unwrap().strip_suffix('-').unwrap().parse::<usize>().unwrap()
        });
        let answer = match start {
            Some(start) => {
                let range = format!("bytes {start}-{}/{}", bytes.len() - 1, bytes.len());
                Answer::new(206, &bytes[start..]).header("Content-Range", &range)
            }
            None => Answer::new(200, bytes),
        };
        if tag { answer.header("Docker-Content-Digest", digest) } else { answer }
    }

    /// The image as `docker save` writes it.
    pub(crate) fn archive(&self) -> Vec<u8> {
        let manifest: Value = serde_json::from_slice(&self.blobs[&self.manifest]).unwrap();
        let member = |digest: &str| format!("blobs/sha256/{}", digest.strip_prefix("sha256:").unwrap());
        let config = manifest["config"]["digest"].as_str().unwrap();
        let list = json!([{
            "Config": member(config), "RepoTags": ["team/app:v1"], "Layers": [member(&self.layer)],
        }]);
        let list = list.to_string().into_bytes();
        let mut archive = tar::Builder::new(Vec::new());
        for (name, bytes) in [
            (member(config).as_str(), &self.blobs[config]),
            (member(&self.layer).as_str(), &self.blobs[&self.layer]),
            ("manifest.json", &list),
        ] {
            append(&mut archive, name, bytes);
        }
        archive.into_inner().unwrap()
    }
}

pub(crate) fn digest(bytes: &[u8]) -> String {
    let hex: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

fn layer() -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    let bytes: Vec<u8> = (0..FILE).map(|index| (index * index % 251).to_le_bytes()[0]).collect();
    append(&mut tar, "data", &bytes);
    tar.into_inner().unwrap()
}

pub(crate) fn append(tar: &mut tar::Builder<Vec<u8>>, name: &str, bytes: &[u8]) {
    let mut header = tar::Header::new_gnu();
    header.set_size(bytes.len() as u64);
    header.set_mode(0o644);
    tar.append_data(&mut header, name, bytes).unwrap();
}
