//! A point of a history: which images were built of which commit, when, and what someone said of it.

use plimsoll_analysis::inspect::{inspect, stack_size};
use plimsoll_report::format::one_line;
use plimsoll_snapshot::{Bytes, Digest, Snapshot};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// The version of the files. Additions leave it.
pub(crate) const VERSION: u32 = 1;

/// A point.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Point {
    /// The version of the file.
    pub(crate) version: u32,
    /// Names the point: the same images of the same commit are one point.
    pub(crate) id: String,
    /// Seconds since 1970: when the commit was made, or else when the point was added.
    pub(crate) time: u64,
    /// Milliseconds since 1970 when the point was added: commits of one second keep their order.
    #[serde(default)]
    pub(crate) added_ms: u64,
    /// The commit.
    pub(crate) revision: Option<String>,
    /// Its branch.
    pub(crate) branch: Option<String>,
    /// What the user calls it.
    #[serde(default)]
    pub(crate) labels: Vec<String>,
    /// The images.
    pub(crate) services: Vec<PointService>,
    /// Image size of all services, every layer once.
    pub(crate) unique_bytes: Bytes,
}

/// The image of a service at a point.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PointService {
    /// The name of the service.
    pub(crate) name: String,
    /// The image ID.
    pub(crate) image: Digest,
    /// Image size.
    pub(crate) size_bytes: Bytes,
}

/// Why a growth is accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Acceptance {
    /// The reason.
    pub(crate) reason: String,
}

impl Point {
    /// What people call it: the start of its commit.
    pub(crate) fn name(&self) -> String {
        let revision = self.revision.as_deref().map(|revision| revision.get(..7).unwrap_or(revision));
        one_line(revision.unwrap_or(&self.id))
    }

    /// The point of a snapshot.
    pub(crate) fn of(
        snapshot: &Snapshot,
        time: u64,
        revision: Option<String>,
        branch: Option<String>,
        labels: Vec<String>,
    ) -> Self {
        let service = |image: &plimsoll_analysis::inspect::ImageInspection| PointService {
            name: image.service.clone(),
            image: image.id.clone(),
            size_bytes: image.size_bytes,
        };
        let services: Vec<PointService> = inspect(snapshot).images.iter().map(service).collect();
        let mut hash = Sha256::new();
        hash.update(revision.as_deref().unwrap_or_default());
        for service in &services {
            hash.update([0]);
            hash.update(&service.name);
            hash.update([0]);
            hash.update(service.image.to_string());
        }
        let id = hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        let unique_bytes = stack_size(snapshot).unique_bytes;
        Self { version: VERSION, id, time, added_ms: 0, revision, branch, labels, services, unique_bytes }
    }
}
