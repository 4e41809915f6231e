//! What holds for every source of one call.

use std::time::Duration;

use plimsoll_collect::{Depth, WantedPlatform};
use plimsoll_snapshot::ReadLimits;

use crate::attached::Attachments;
use crate::cache::Cache;
use crate::sources::pace::Pace;
use crate::sources::registry::Pair;

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
