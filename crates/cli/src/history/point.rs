//! A point of a history: which images were built of which commit, when, and what someone said of it.

use plimsoll_analysis::series::{Measured, ServiceState, State, measured};
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
    /// Seconds since 1970: when the commit was made, or else when the point was added. 0 where neither is known.
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
    /// The tags of its image in a registry, if it comes from there: the last one names it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) tags: Vec<String>,
    /// The images.
    pub(crate) services: Vec<PointService>,
    /// Image size of all services, every layer once; absent if not every layer was read.
    #[serde(default)]
    pub(crate) unique_bytes: Option<Bytes>,
    /// The compressed layers of all services, every layer once; absent unless all are compressed.
    #[serde(default)]
    pub(crate) compressed_bytes: Option<Bytes>,
    /// The part of `unique_bytes` that base images make up, as far as is known.
    #[serde(default)]
    pub(crate) base_bytes: Option<Bytes>,
    /// The memory of all services at the same time, its 95th percentile; absent without a recording.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) memory_bytes: Option<Bytes>,
    /// Milliseconds until all services were healthy; absent if no start was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) start_ms: Option<u64>,
}

/// The image of a service at a point.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PointService {
    /// The name of the service.
    pub(crate) name: String,
    /// The image ID.
    pub(crate) image: Digest,
    /// Image size; absent if not every layer was read.
    #[serde(default)]
    pub(crate) size_bytes: Option<Bytes>,
    /// The compressed layers; absent unless all are compressed.
    #[serde(default)]
    pub(crate) compressed_bytes: Option<Bytes>,
}

/// Why a growth is accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Acceptance {
    /// The reason.
    pub(crate) reason: String,
}

/// Where a point comes from.
#[derive(Clone, Debug, Default)]
pub(crate) struct Origin {
    /// See [`Point::time`].
    pub(crate) time: u64,
    /// The commit.
    pub(crate) revision: Option<String>,
    /// Its branch.
    pub(crate) branch: Option<String>,
    /// What the user calls it.
    pub(crate) labels: Vec<String>,
    /// See [`Point::tags`].
    pub(crate) tags: Vec<String>,
}

impl Point {
    /// What people call it: its tag, the start of its commit, or else its label.
    pub(crate) fn name(&self) -> String {
        let revision = self.revision.as_deref().map(|revision| revision.get(..7).unwrap_or(revision));
        let last = |texts: &[String]| texts.last().cloned();
        let name = last(&self.tags).or_else(|| revision.map(str::to_owned)).or_else(|| last(&self.labels));
        one_line(&name.unwrap_or_else(|| self.id.clone()))
    }

    /// The point of a snapshot.
    pub(crate) fn of(snapshot: &Snapshot, origin: Origin) -> Self {
        let Origin { time, revision, branch, labels, tags } = origin;
        let Measured { size, compressed, base, services, memory, start_ms } = measured(snapshot);
        let mut hash = Sha256::new();
        hash.update(revision.as_deref().unwrap_or_default());
        for service in &services {
            hash.update([0]);
            hash.update(&service.name);
            hash.update([0]);
            hash.update(service.image.to_string());
        }
        let id = hash.finalize().iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        let services = services.into_iter().map(|ServiceState { name, image, size, compressed }| {
            PointService { name, image, size_bytes: size, compressed_bytes: compressed }
        });
        Self {
            version: VERSION,
            id,
            time,
            added_ms: 0,
            revision,
            branch,
            labels,
            tags,
            services: services.collect(),
            unique_bytes: size,
            compressed_bytes: compressed,
            base_bytes: base,
            memory_bytes: memory,
            start_ms,
        }
    }

    /// What orders it. A commit is older than the point that was made of it, whatever the clock of its author said.
    pub(crate) fn order(&self) -> (u64, u64, &str) {
        let added = if self.added_ms == 0 { u64::MAX } else { self.added_ms / 1000 };
        (self.time.min(added), self.added_ms, &self.id)
    }

    /// The point as a state of a series.
    pub(crate) fn state(&self, acceptance: Option<Acceptance>) -> State {
        let service = |service: &PointService| ServiceState {
            name: service.name.clone(),
            image: service.image.clone(),
            size: service.size_bytes,
            compressed: service.compressed_bytes,
        };
        State {
            name: self.name(),
            time: Some(self.order().0).filter(|time| *time > 0),
            revision: self.revision.clone(),
            branch: self.branch.clone(),
            labels: self.labels.iter().chain(&self.tags).cloned().collect(),
            size: self.unique_bytes,
            compressed: self.compressed_bytes,
            base: self.base_bytes,
            services: self.services.iter().map(service).collect(),
            memory: self.memory_bytes,
            start_ms: self.start_ms,
            accepted: acceptance.map(|acceptance| acceptance.reason),
        }
    }
}
