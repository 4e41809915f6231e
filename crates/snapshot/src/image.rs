//! The schema: services, images, and the layers they share.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::room;
use crate::{BuildFile, Bytes, DiffId, Digest, Disk, Entries, Facts, MentionKind, Paths, Runtime, Warning};

/// What was read of a set of images.
///
/// Indices into `images` and `layers` are checked when a file is read, so they always hit.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Snapshot {
    /// The format of the file, [`crate::SCHEMA_VERSION`] after reading.
    pub schema_version: u32,
    /// The program that wrote the file, as `plimsoll 0.1.0`.
    pub generator: String,
    /// Who runs what, in the order it was asked for.
    #[serde(deserialize_with = "room::list")]
    pub services: Vec<Service>,
    /// Every image once, however many services run it.
    #[serde(deserialize_with = "room::list")]
    pub images: Vec<Image>,
    /// Every layer once, however many images hold it.
    #[serde(deserialize_with = "room::list")]
    pub layers: Vec<Layer>,
    /// What runs and what it takes; absent if not read.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub runtime: Option<Runtime>,
    /// What an engine stores; absent if not read.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub disk: Option<Disk>,
    /// Whether an image was read by a program that did not yet note which names its files mention (before schema 4).
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub lacks_mentions: bool,
}

impl Snapshot {
    /// If this snapshot and a later one have one service each, they are two versions of one: it goes by the name it has
    /// later. Its old name, if that was another.
    pub fn take_name_of(&mut self, later: &Self) -> Option<String> {
        let ([service], [renamed]) = (&mut self.services[..], &later.services[..]) else { return None };
        (service.name != renamed.name).then(|| std::mem::replace(&mut service.name, renamed.name.clone()))
    }
}

/// A name and the image it stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Service {
    /// The name before and after are matched by.
    pub name: String,
    /// Index into [`Snapshot::images`].
    pub image: usize,
    /// What it was built from, where that was given.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub build: Option<BuildFile>,
}

/// One image for one platform.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Image {
    /// The name the image was asked by, or its first tag.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reference: Option<String>,
    /// Every tag the source gives the image.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    #[serde(deserialize_with = "room::list")]
    pub tags: Vec<String>,
    /// Where it was read from.
    pub source: Source,
    /// The digest of the config: what engines call the image ID.
    pub id: Digest,
    /// The digest of the manifest, where the source has one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub manifest_digest: Option<Digest>,
    /// What it runs on.
    pub platform: Platform,
    /// When it was built (RFC 3339), as the config says.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub created: Option<String>,
    /// How it is run.
    pub config: Config,
    /// How it was built, oldest step first.
    #[serde(deserialize_with = "room::list")]
    pub history: Vec<HistoryEntry>,
    /// What it is made of, lowest layer first.
    #[serde(deserialize_with = "room::list")]
    pub layers: Vec<ImageLayer>,
    /// What has to be known of the figures.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    #[serde(deserialize_with = "room::list")]
    pub warnings: Vec<Warning>,
}

/// Where an image was read from. Holds no path of the machine: the same image gives the same snapshot anywhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Source {
    /// The kind of source, under the name skopeo gives it.
    pub transport: Transport,
    /// The name of the file, the directory or the repository.
    pub name: String,
}

/// The kinds of source, named as skopeo names its transports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Transport {
    /// What `docker save` and `podman save` write.
    DockerArchive,
    /// An OCI layout in a tar.
    OciArchive,
    /// An OCI layout in a directory.
    Oci,
    /// What `skopeo copy … dir:` writes.
    Dir,
    /// A Docker or Podman engine.
    DockerDaemon,
    /// A registry.
    Docker,
    /// The store of Podman, Buildah and CRI-O.
    ContainersStorage,
}

impl Transport {
    /// The name as it is written before the colon.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::DockerArchive => "docker-archive",
            Self::OciArchive => "oci-archive",
            Self::Oci => "oci",
            Self::Dir => "dir",
            Self::DockerDaemon => "docker-daemon",
            Self::Docker => "docker",
            Self::ContainersStorage => "containers-storage",
        }
    }
}

/// The platform of an image (image-spec, image-index.md, "platform").
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Platform {
    /// `linux` or `windows`.
    pub os: String,
    /// `amd64`, `arm64`, …
    pub architecture: String,
    /// `v8`, …
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub variant: Option<String>,
}

impl std::fmt::Display for Platform {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}/{}", self.os, self.architecture)?;
        self.variant.iter().try_for_each(|variant| write!(out, "/{variant}"))
    }
}

/// How an image is run (image-spec, config.md). Names of environment variables only, never their values,
/// but for paths in caches.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Config {
    /// User, or user:group; empty is root.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub user: String,
    /// The first process.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "room::list")]
    pub entrypoint: Vec<String>,
    /// Its arguments.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "room::list")]
    pub command: Vec<String>,
    /// Where it starts.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub working_dir: String,
    /// The names of the environment variables.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "room::list")]
    pub env_names: Vec<String>,
    /// The paths in caches of package managers that search paths among these variables lead to (`PATH`, `CLASSPATH`);
    /// nothing else of their values.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub search_paths: Vec<String>,
    /// The modules and drivers that variables among these name (`DJANGO_SETTINGS_MODULE`, the scheme of an address);
    /// nothing else of their values.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "room::list")]
    pub environment: Vec<EnvironmentNames>,
    /// The ports it says it listens on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "room::list")]
    pub exposed_ports: Vec<String>,
    /// The paths it says it writes to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "room::list")]
    pub volumes: Vec<String>,
    /// Labels; a value that looks like a secret is replaced.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// The signal that ends it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop_signal: Option<String>,
    /// The health check: Docker's extension of the config.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health_check: Option<HealthCheck>,
}

/// What the value of an environment variable names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EnvironmentNames {
    /// The variable.
    pub variable: String,
    /// What the names are.
    pub kind: MentionKind,
    /// The names, sorted.
    #[serde(deserialize_with = "room::list")]
    pub names: Vec<String>,
}

/// A health check as the image defines it; durations are in nanoseconds, zero where the engine's default holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
#[expect(missing_docs, reason = "the names are those of the Dockerfile's options")]
pub struct HealthCheck {
    #[serde(deserialize_with = "room::list")]
    pub test: Vec<String>,
    pub interval_ns: u64,
    pub timeout_ns: u64,
    pub start_period_ns: u64,
    pub retries: u64,
}

/// One step of the build.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HistoryEntry {
    /// The instruction as the builder noted it; values that must not leave the machine are replaced.
    pub created_by: String,
    /// When (RFC 3339).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub created: Option<String>,
    /// Whether it made no layer.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub empty_layer: bool,
}

/// A layer as one image holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ImageLayer {
    /// Index into [`Snapshot::layers`].
    pub layer: usize,
    /// The digest of the blob, where the source names it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub digest: Option<Digest>,
    /// How the blob is compressed.
    pub compression: Compression,
    /// The size of the blob as it is stored, compressed or not.
    pub blob_bytes: Bytes,
    /// Index into [`Image::history`] of the step that made the layer.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub history: Option<usize>,
}

/// How a blob is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Compression {
    None,
    Gzip,
    Zstd,
    Bzip2,
    Xz,
}

/// A layer: the same wherever it stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Layer {
    /// The digest of the uncompressed tar.
    pub diff_id: DiffId,
    /// What is in it; absent if the source only names the layer. Snapshots that hold the same layer can share it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub contents: Option<Arc<Contents>>,
}

/// The contents of a layer: what it adds, and what it hides of the layers below.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Contents {
    /// The size of the uncompressed tar.
    pub tar_bytes: Bytes,
    /// Files, directories, links and devices, in path order, each path once.
    pub entries: Entries,
    /// The paths that are deleted from the layers below, in path order.
    #[serde(skip_serializing_if = "Paths::is_empty", default)]
    pub whiteouts: Paths,
    /// The directories whose children in the layers below are all hidden, in path order.
    #[serde(skip_serializing_if = "Paths::is_empty", default)]
    pub opaque: Paths,
    /// What has to be known of this layer in every image.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    #[serde(deserialize_with = "room::list")]
    pub warnings: Vec<Warning>,
    /// What its files say; absent if not read (schema version 1).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub facts: Option<Facts>,
}
