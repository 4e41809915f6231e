//! The disk of an engine: images with the layers they share, containers, volumes and the cache of builds, as the engine
//! reports them.

use serde::{Deserialize, Serialize};

use crate::room;
use crate::runtime::{Engine, Status, Time};
use crate::{Bytes, Digest};

/// What an engine stores.
///
/// Indices into `layers` and `images` are checked when a file is read, so they always hit. Absent is unknown, never zero.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Disk {
    /// The engine; absent if it was not asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub engine: Option<Engine>,
    /// When it was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed: Option<Time>,
    /// What keeps the images.
    pub store: DiskStore,
    /// Whether the driver stores each layer as a full copy of everything below it (vfs), so that layers take more on disk than
    /// their sizes.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub copies_layers: bool,
    /// The bytes of all layers, each once, as the engine adds them up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layers_bytes: Option<Bytes>,
    /// Every layer of the images once.
    #[serde(deserialize_with = "room::list")]
    pub layers: Vec<DiskLayer>,
    /// The images, those without a name included.
    #[serde(deserialize_with = "room::list")]
    pub images: Vec<DiskImage>,
    /// The containers, stopped ones included; absent if the engine did not list them.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "room::maybe_list")]
    pub containers: Option<Vec<DiskContainer>>,
    /// The volumes; absent if the engine did not list them.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "room::maybe_list")]
    pub volumes: Option<Vec<DiskVolume>>,
    /// The records of the build cache; absent if the engine did not list them.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "room::maybe_list")]
    pub cache: Option<Vec<CacheRecord>>,
}

/// What keeps the images of an engine, which decides what their sizes mean.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum DiskStore {
    /// Unpacked layers: overlay2 and its kind, and the store of Podman.
    Unpacked,
    /// The containerd image store: compressed blobs, and unpacked layers beside them.
    Containerd,
    /// Not known.
    #[default]
    Unknown,
}

/// A layer on top of all those below it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DiskLayer {
    /// The digest over the stack that ends with it (image-spec, config.md, "Layer ChainID").
    pub chain: Digest,
    /// Its bytes.
    pub bytes: Bytes,
    /// Whether BuildKit made it, so that the build cache can hold it too.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub by_buildkit: bool,
}

/// An image of an engine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct DiskImage {
    /// The image ID, or on the containerd store the digest of its index.
    pub id: String,
    /// Its names; none if a newer image took them over.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "room::list")]
    pub tags: Vec<String>,
    /// Whether it has names that are not among `tags`, because the engine cut them down to their last part.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub has_unknown_names: bool,
    /// How many containers the engine says are made of it; absent where it does not tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listed_containers: Option<u64>,
    /// Whether it came from a registry or was pushed to one; absent where the store does not tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_in_registry: Option<bool>,
    /// When it was built.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created: Option<Time>,
    /// Its size as the engine lists it.
    pub listed_bytes: Bytes,
    /// What the engine says that it shares with other images.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listed_shared_bytes: Option<Bytes>,
    /// The compressed blobs, where the store keeps them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_bytes: Option<Bytes>,
    /// Indices into [`Disk::layers`], lowest first; absent if unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layers: Option<Vec<usize>>,
}

/// A container of an engine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct DiskContainer {
    /// Its ID.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Index into [`Disk::images`]; absent if the image has gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<usize>,
    /// What it is doing.
    pub status: Status,
    /// What it wrote beside volumes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub writable_bytes: Option<Bytes>,
    /// Its log files, rotated ones included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_bytes: Option<Bytes>,
    /// The volumes that it mounts; absent where the engine does not tell.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "room::maybe_list")]
    pub volumes: Option<Vec<String>>,
}

/// A volume of an engine.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct DiskVolume {
    /// Its name.
    pub name: String,
    /// Its bytes; absent where the driver does not tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<Bytes>,
    /// How many containers the engine says mount it; absent where it does not tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listed_containers: Option<u64>,
    /// Whether an engine keeps it on this host, so that it can prune it.
    pub is_local: bool,
    /// Whether it was made for one container, without a name.
    pub is_anonymous: bool,
}

/// A record of the build cache.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct CacheRecord {
    /// Its ID.
    pub id: String,
    /// The records that it is built on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "room::list")]
    pub parents: Vec<String>,
    /// `regular`, `source.local`, `exec.cachemount`, `frontend`, `internal`, …
    pub kind: String,
    /// Its bytes.
    pub bytes: Bytes,
    /// Whether a build uses it now.
    pub in_use: bool,
    /// Whether it is a layer of an image, too.
    pub is_shared: bool,
    /// When it was used last, or else made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_used: Option<Time>,
}

impl Disk {
    /// Checks the indices.
    pub(crate) fn check(&self) -> Result<(), String> {
        let mut layers = self.images.iter().flat_map(|image| image.layers.iter().flatten());
        if layers.any(|&layer| layer >= self.layers.len()) {
            return Err("an image of the engine lacks a layer".to_owned());
        }
        let mut images = self.containers.iter().flatten().filter_map(|container| container.image);
        if images.any(|image| image >= self.images.len()) {
            return Err("a container of the engine lacks its image".to_owned());
        }
        Ok(())
    }
}
