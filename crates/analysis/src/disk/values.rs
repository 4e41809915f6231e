//! What an engine stores and what may go, as values.

use plimsoll_snapshot::runtime::{Engine, Status, Time};
use plimsoll_snapshot::{Bytes, DiskStore};
use serde::Serialize;

use crate::inspect::SizeChange;

/// The disk of an engine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DiskUse {
    /// The engine, if it was asked.
    pub engine: Option<Engine>,
    /// When it was asked.
    pub observed: Option<Time>,
    /// What keeps the images, which decides what their sizes mean.
    pub store: DiskStore,
    /// Whether the driver stores each layer as a full copy of everything below it (vfs): layers take more on disk than here.
    pub copies_layers: bool,
    /// What it holds, by kind.
    pub totals: Totals,
    /// The images, largest unique size first.
    pub images: Vec<ImageUse>,
    /// The containers, most bytes first; absent if the engine did not list them.
    pub containers: Option<Vec<ContainerUse>>,
    /// The volumes, largest first; absent if the engine did not list them.
    pub volumes: Option<Vec<VolumeUse>>,
    /// The build cache by kind, largest first; absent if the engine did not list it.
    pub cache: Option<Vec<CacheUse>>,
    /// What each command of the engine would free and lose.
    pub prunes: Vec<Prune>,
    /// What may go for certain: the build cache without layers of images, and images without a name that nothing uses.
    /// Absent if that is not known.
    pub reclaimable_bytes: Option<Bytes>,
    /// Commands that free it, and single ones for what else is not used.
    pub suggestions: Vec<Suggestion>,
}

/// Bytes by kind. They add up, but for what is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Totals {
    /// All layers of the images, each once; absent if neither they nor their sum are known.
    pub images_bytes: Option<Bytes>,
    /// The sizes that the engine lists, added up over images.
    pub listed_bytes: Bytes,
    /// The compressed blobs among `listed_bytes`, where the store keeps them.
    pub content_bytes: Option<Bytes>,
    /// What containers wrote beside volumes; absent if no size is known.
    pub containers_bytes: Option<Bytes>,
    /// Their logs; absent if none could be measured.
    pub logs_bytes: Option<Bytes>,
    /// The volumes whose size is known; absent if no size is known.
    pub volumes_bytes: Option<Bytes>,
    /// The build cache, without what are layers of images too; absent if the engine did not list it.
    pub cache_bytes: Option<Bytes>,
}

impl Totals {
    /// Everything that is known, together.
    #[must_use]
    pub fn bytes(&self) -> Bytes {
        self.kinds().into_iter().chain([self.logs_bytes]).flatten().sum()
    }

    /// Whether every kind is known. Logs are measured apart, and often cannot be.
    #[must_use]
    pub fn are_known(&self) -> bool {
        self.kinds().iter().all(Option::is_some)
    }

    const fn kinds(&self) -> [Option<Bytes>; 4] {
        [self.images_bytes, self.containers_bytes, self.volumes_bytes, self.cache_bytes]
    }
}

/// One image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ImageUse {
    /// Its names; none if a newer image took them over.
    pub tags: Vec<String>,
    /// The image ID.
    pub id: String,
    /// Its size as the engine lists it.
    pub listed_bytes: Bytes,
    /// The compressed blobs in it, where the store keeps them.
    pub content_bytes: Option<Bytes>,
    /// The layers that no other image has: what the engine says where its layers are unknown, and absent if it says nothing.
    pub unique_bytes: Option<Bytes>,
    /// The layers that others have, too.
    pub shared_bytes: Option<Bytes>,
    /// What the engine takes for unique, if that is another figure.
    pub engine_unique_bytes: Option<Bytes>,
    /// How many containers are made of it, stopped ones included; absent if unknown.
    pub containers: Option<u64>,
    /// Whether the engine cut its names down, so that `tags` lacks them.
    pub has_unknown_names: bool,
    /// Whether it was neither pulled nor pushed: it cannot be fetched again. Absent where the store does not tell.
    pub is_only_here: Option<bool>,
}

/// One container.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ContainerUse {
    /// Its name.
    pub name: String,
    /// Its ID.
    pub id: String,
    /// What it is doing.
    pub status: Status,
    /// What it wrote beside volumes; absent if unknown.
    pub writable_bytes: Option<Bytes>,
    /// Its logs; absent if they could not be measured.
    pub log_bytes: Option<Bytes>,
}

/// One volume.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct VolumeUse {
    /// Its name.
    pub name: String,
    /// Its bytes; absent if unknown.
    pub bytes: Option<Bytes>,
    /// How many containers mount it, stopped ones included; absent if unknown.
    pub containers: Option<u64>,
    /// Whether it was made for one container, without a name.
    pub is_anonymous: bool,
}

/// The records of the build cache of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CacheUse {
    /// `regular`, `source.local`, `exec.cachemount`, …
    pub kind: String,
    /// How many there are.
    pub records: u64,
    /// The bytes of those that are no layers of images.
    pub bytes: Bytes,
    /// The bytes of those that are layers of images, too: they are counted there.
    pub shared_bytes: Bytes,
    /// The bytes, without shared ones, of those that were last used on the last day, in the last week, and before.
    pub by_age: [Bytes; 3],
}

/// A command of the engine that removes what is not used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Prune {
    /// Which.
    pub kind: PruneKind,
    /// The command.
    pub command: String,
    /// What it would free; absent if unknown.
    pub frees_bytes: Option<Bytes>,
    /// What would be lost, or may be.
    pub loses: Vec<Loss>,
}

/// The commands of an engine that remove what is not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are those of the commands")]
pub enum PruneKind {
    Containers,
    Images,
    AllImages,
    Volumes,
    AllVolumes,
    BuildCache,
    AllBuildCache,
    System,
    AllSystem,
}

/// What is lost with a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Loss {
    /// What stopped containers wrote.
    Written {
        /// The containers.
        names: Vec<String>,
        /// Their bytes.
        bytes: Bytes,
    },
    /// Stopped containers, and their logs.
    Containers {
        /// How many.
        containers: u64,
    },
    /// The data of volumes.
    Volumes {
        /// The volumes.
        names: Vec<String>,
        /// Their bytes, as far as known.
        bytes: Bytes,
    },
    /// Images that exist only here.
    OnlyHere {
        /// Their names.
        names: Vec<String>,
    },
    /// Images that a registry has, or may have.
    Images {
        /// How many.
        images: u64,
    },
    /// Images without a name.
    Untagged {
        /// How many.
        images: u64,
    },
    /// Time of the next builds.
    BuildTime {
        /// How many records.
        records: u64,
    },
}

/// A command to paste. Nothing here runs it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Suggestion {
    /// What it does.
    pub kind: SuggestionKind,
    /// The command.
    pub command: String,
    /// What it frees, after those before it; absent if unknown.
    pub frees_bytes: Option<Bytes>,
}

/// What a suggested command does, and why it is safe or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SuggestionKind {
    /// Removes the build cache: nothing is lost but time.
    BuildCache,
    /// Removes images without a name that nothing uses.
    Untagged,
    /// Removes an image that nothing uses and a registry has.
    FetchAgain,
    /// Removes an image that nothing uses and that exists only here, or may.
    OnlyHere,
    /// Removes a stopped container with what it wrote.
    Container,
    /// Removes a volume that no container mounts, with its data.
    Volume,
}

impl SuggestionKind {
    /// Whether nothing is lost that cannot be made again.
    #[must_use]
    pub const fn is_safe(self) -> bool {
        matches!(self, Self::BuildCache | Self::Untagged)
    }
}

/// What a disk holds, before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DiskChange {
    /// By kind, then all together, then what may go for certain.
    pub kinds: Vec<(DiskKind, SizeChange)>,
}

/// What takes room on a disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are those of `Totals`")]
pub enum DiskKind {
    Images,
    Containers,
    Logs,
    Volumes,
    Cache,
    All,
    Reclaimable,
}
