//! What holds for every source of one scan.

use plimsoll_collect::{Depth, WantedPlatform};
use plimsoll_snapshot::ReadLimits;

use crate::sources::pace::Pace;
use crate::sources::registry::Pair;

/// What is the same for every source of one scan.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    /// The one to read of images that have several.
    pub(crate) platform: Option<WantedPlatform>,
    /// How closely layers are read: tables hold only what was verified.
    pub(crate) depth: Depth,
    pub(crate) limits: ReadLimits,
    /// Whether registries are left alone.
    pub(crate) offline: bool,
    /// The registries that are contacted over plain HTTP.
    pub(crate) insecure_registries: Vec<String>,
    /// Token servers of other sites that logins may go to.
    pub(crate) token_servers: Vec<Pair>,
    /// Hosts in private networks that registries may redirect to.
    pub(crate) blob_servers: Vec<Pair>,
    /// How slow registries may be.
    pub(crate) pace: Pace,
}
