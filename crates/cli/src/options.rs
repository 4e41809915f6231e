//! What holds for every source of one call.

use std::time::Duration;

use plimsoll_collect::{Depth, WantedPlatform};
use plimsoll_snapshot::ReadLimits;

use crate::cache::Cache;
use crate::sources::pace::Pace;
use crate::sources::registry::Pair;

/// Whether an attached snapshot is read instead of the layers of an image.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Attachments {
    /// Layers are read.
    #[default]
    Ignored,
    /// Layers are read where no snapshot is attached.
    Preferred,
    /// Layers are never read.
    Only,
}

/// What is the same for every source of one run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    /// The one to read of sources that have several.
    pub(crate) platform: Option<WantedPlatform>,
    pub(crate) cache: Cache,
    /// How closely layers are read, where the source lets that be chosen.
    pub(crate) depth: Depth,
    pub(crate) limits: ReadLimits,
    /// Whether registries are left alone.
    pub(crate) offline: bool,
    /// Whether attached snapshots are read instead of layers.
    pub(crate) attachments: Attachments,
    /// Whether names that tell whose machine it was are replaced.
    pub(crate) redact: bool,
    /// The registries that are contacted over plain HTTP.
    pub(crate) insecure_registries: Vec<String>,
    /// Token servers of other sites that logins may go to.
    pub(crate) token_servers: Vec<Pair>,
    /// Hosts in private networks that registries may redirect to.
    pub(crate) blob_servers: Vec<Pair>,
    /// How slow registries and engines may be.
    pub(crate) pace: Pace,
    /// How long an engine may take to start an archive.
    pub(crate) archive_start: Duration,
}
