//! The shapes of the answers, as engines write them.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct SystemDf {
    pub(super) layers_size: Option<i64>,
    pub(super) images: Option<Vec<ImageSummary>>,
    pub(super) containers: Option<Vec<ContainerSummary>>,
    pub(super) volumes: Option<Vec<Volume>>,
    pub(super) build_cache: Option<Vec<Cache>>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct ImageSummary {
    pub(super) id: String,
    pub(super) repo_tags: Option<Vec<String>>,
    pub(super) repo_digests: Option<Vec<String>>,
    pub(super) created: Value,
    pub(super) size: i64,
    pub(super) shared_size: Option<i64>,
    pub(super) containers: Option<i64>,
}

impl ImageSummary {
    /// Adds what another answer says of the image. Podman cuts names down to their tags and IDs down to their digits in one of
    /// them, and the plain list of Docker has −1 for what is shared and for the number of containers.
    pub(super) fn join(&mut self, other: Self) {
        let has_names = |tags: &Option<Vec<String>>| tags.iter().flatten().any(|tag| is_whole_name(tag));
        if has_names(&other.repo_tags) || !has_names(&self.repo_tags) {
            self.repo_tags = other.repo_tags;
        }
        if other.id.len() > self.id.len() {
            self.id = other.id;
        }
        self.containers = self.containers.max(other.containers);
        self.repo_digests = self.repo_digests.take().filter(|list| !list.is_empty()).or(other.repo_digests);
        if other.shared_size.is_some_and(|shared| shared >= 0) {
            self.shared_size = other.shared_size;
            self.size = other.size;
        }
    }
}

/// Whether a name of an image has more than its tag: Podman 4 lists `latest` for `docker.io/library/app:latest`.
pub(super) fn is_whole_name(name: &str) -> bool {
    name.contains(':')
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct ContainerSummary {
    pub(super) id: String,
    pub(super) names: Option<Vec<String>>,
    #[serde(rename = "ImageID")]
    pub(super) image_id: String,
    pub(super) state: String,
    pub(super) size_rw: Option<i64>,
    pub(super) size_root_fs: Option<i64>,
    pub(super) mounts: Option<Vec<MountPoint>>,
}

impl ContainerSummary {
    /// What it wrote, or a negative number. Engines omit a zero, but they omit both sizes unless a client asks for them.
    pub(super) fn written(&self) -> Option<i64> {
        self.size_rw.or_else(|| self.size_root_fs.map(|_| 0))
    }

    /// Adds what another answer says of the container. Podman lists the mounts in one of them alone.
    pub(super) fn join(&mut self, other: Self) {
        self.size_rw = self.written().or_else(|| other.written());
        self.mounts = self.mounts.take().or(other.mounts);
        if self.names.is_none() {
            self.names = other.names;
        }
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct MountPoint {
    pub(super) r#type: String,
    pub(super) name: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Volume {
    pub(super) name: String,
    pub(super) driver: String,
    pub(super) labels: Option<BTreeMap<String, String>>,
    pub(super) usage_data: Option<Usage>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Usage {
    pub(super) size: Option<i64>,
    pub(super) ref_count: Option<i64>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Cache {
    #[serde(rename = "ID")]
    pub(super) id: String,
    pub(super) parent: Option<String>,
    pub(super) parents: Option<Vec<String>>,
    pub(super) r#type: String,
    pub(super) in_use: bool,
    pub(super) shared: bool,
    pub(super) size: i64,
    pub(super) created_at: Value,
    pub(super) last_used_at: Value,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct ImageInspect {
    pub(super) id: String,
    pub(super) size: i64,
    #[serde(rename = "RootFS")]
    pub(super) root_fs: RootFs,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct RootFs {
    pub(super) layers: Option<Vec<String>>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Step {
    pub(super) id: String,
    pub(super) created_by: String,
    pub(super) comment: String,
    pub(super) size: i64,
}
