//! Makes images out of layers that are written down as lists: archives and layouts for cases that no engine writes on
//! demand.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tar::{EntryType, Header};

/// A tar to which entries are added one by one, in any order and however odd.
#[derive(Default)]
pub struct Layer {
    tar: Vec<u8>,
}

impl Layer {
    /// A regular file of `size` bytes, all of them `fill`.
    #[must_use]
    pub fn file(self, path: &str, size: usize, fill: u8) -> Self {
        self.entry(path, EntryType::Regular, "", &vec![fill; size])
    }

    /// A directory.
    #[must_use]
    pub fn directory(self, path: &str) -> Self {
        self.entry(path, EntryType::Directory, "", &[])
    }

    /// A symbolic link.
    #[must_use]
    pub fn symlink(self, path: &str, target: &str) -> Self {
        self.entry(path, EntryType::Symlink, target, &[])
    }

    /// A hard link.
    #[must_use]
    pub fn hardlink(self, path: &str, target: &str) -> Self {
        self.entry(path, EntryType::Link, target, &[])
    }

    /// A marker that deletes a path of the layers below.
    #[must_use]
    pub fn whiteout(self, path: &str) -> Self {
        let marker = match path.rsplit_once('/') {
            Some((parent, name)) => format!("{parent}/.wh.{name}"),
            None => format!(".wh.{path}"),
        };
        self.file(&marker, 0, 0)
    }

    /// A marker that hides all that the layers below have in a directory.
    #[must_use]
    pub fn opaque(self, path: &str) -> Self {
        self.file(&format!("{path}/.wh..wh..opq"), 0, 0)
    }

    /// Any entry.
    #[must_use]
    pub fn entry(mut self, path: &str, kind: EntryType, target: &str, content: &[u8]) -> Self {
        let mut header = Header::new_gnu();
        header.set_mode(0o644);
        header.set_entry_type(kind);
        header.set_size(content.len() as u64);
        header.set_link_name_literal(target).expect("a short target");
        let name = path.as_bytes();
        header.as_mut_bytes()[..name.len()].copy_from_slice(name);
        header.set_cksum();
        self.block(header.as_bytes());
        self.block(content);
        self
    }

    /// Bytes as they are, filled up to a whole block.
    pub fn block(&mut self, bytes: &[u8]) {
        self.tar.extend_from_slice(bytes);
        self.tar.resize(self.tar.len().next_multiple_of(512), 0);
    }

    /// The tar with its end.
    #[must_use]
    pub fn finish(&self) -> Vec<u8> {
        [&self.tar[..], &[0; 1024]].concat()
    }
}

/// The SHA-256 of some bytes, in hexadecimal.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The config of an image of these uncompressed layers.
#[must_use]
pub fn config(layers: &[Vec<u8>], architecture: &str) -> Value {
    let diff_ids: Vec<_> = layers.iter().map(|layer| format!("sha256:{}", sha256(layer))).collect();
    let history: Vec<_> =
        (0..layers.len()).map(|step| json!({"created_by": format!("RUN step {step}")})).collect();
    json!({
        "architecture": architecture,
        "os": "linux",
        "config": {},
        "rootfs": {"type": "layers", "diff_ids": diff_ids},
        "history": history,
    })
}

/// An archive of one image, as Docker up to 24 writes it: `manifest.json` comes last.
#[must_use]
pub fn docker_archive(layers: &[Vec<u8>], tag: &str) -> Vec<u8> {
    let config = config(layers, "amd64").to_string();
    let name = format!("{}.json", sha256(config.as_bytes()));
    let members: Vec<String> = (0..layers.len()).map(|number| format!("layer{number}/layer.tar")).collect();
    let manifest = json!([{"Config": name, "RepoTags": [tag], "Layers": members}]).to_string();
    let mut archive = Layer::default();
    for (member, layer) in members.iter().zip(layers) {
        archive = archive.entry(member, EntryType::Regular, "", layer);
    }
    archive
        .entry(&name, EntryType::Regular, "", config.as_bytes())
        .entry("manifest.json", EntryType::Regular, "", manifest.as_bytes())
        .finish()
}

/// An OCI layout in a directory, blob by blob.
pub struct Layout<'a> {
    root: &'a Path,
}

impl<'a> Layout<'a> {
    /// An empty one.
    #[must_use]
    pub fn new(root: &'a Path) -> Self {
        fs::create_dir_all(root.join("blobs/sha256")).expect("a directory that can be written");
        fs::write(root.join("oci-layout"), "{\"imageLayoutVersion\": \"1.0.0\"}").expect("it can be written");
        Self { root }
    }

    /// Stores a blob, and gives its descriptor.
    #[must_use]
    pub fn blob(&self, media_type: &str, bytes: &[u8]) -> Value {
        let digest = sha256(bytes);
        fs::write(self.root.join("blobs/sha256").join(&digest), bytes).expect("it can be written");
        json!({"mediaType": media_type, "digest": format!("sha256:{digest}"), "size": bytes.len()})
    }

    /// Stores a document, and gives its descriptor.
    #[must_use]
    pub fn document(&self, media_type: &str, document: &Value) -> Value {
        self.blob(media_type, document.to_string().as_bytes())
    }

    /// Stores an image of these uncompressed layers, and gives the descriptor of its manifest.
    #[must_use]
    pub fn image(&self, layers: &[Vec<u8>], architecture: &str) -> Value {
        let blobs = layers.iter().map(|layer| self.blob(LAYER, layer));
        self.manifest(&config(layers, architecture), &blobs.collect::<Vec<_>>())
    }

    /// Stores a config and a manifest, and gives the descriptor of that.
    #[must_use]
    pub fn manifest(&self, config: &Value, layers: &[Value]) -> Value {
        let config = self.document("application/vnd.oci.image.config.v1+json", config);
        let manifest = json!({"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": layers});
        self.document(MANIFEST, &manifest)
    }

    /// Stores an index, and gives its descriptor.
    #[must_use]
    pub fn index(&self, manifests: &[Value]) -> Value {
        self.document(INDEX, &json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": manifests}))
    }

    /// Writes `index.json`.
    pub fn finish(&self, manifests: &[Value]) {
        let index = json!({"schemaVersion": 2, "manifests": manifests}).to_string();
        fs::write(self.root.join("index.json"), index).expect("it can be written");
    }
}

/// The media type of an uncompressed layer.
pub const LAYER: &str = "application/vnd.oci.image.layer.v1.tar";
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";

/// A descriptor with more fields.
#[must_use]
pub fn with(mut descriptor: Value, fields: Value) -> Value {
    if let (Some(descriptor), Value::Object(fields)) = (descriptor.as_object_mut(), fields) {
        descriptor.extend(fields);
    }
    descriptor
}
