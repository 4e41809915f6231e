//! The snapshot: what was read of a set of container images, as one versioned file.
//!
//! A snapshot holds facts, never verdicts. Whatever can be derived (the squashed tree, hidden bytes,
//! findings) is derived by `plimsoll-analysis` whenever it is asked for, so an old snapshot profits from
//! a new rule. The format on disk is described in `docs/snapshot-format.md`.

mod build;
mod bundle;
pub mod command;
mod disk;
mod ecosystem;
mod entries;
mod error;
mod facts;
mod file;
pub mod hidden;
mod identity;
mod image;
mod limit;
mod limits;
mod metadata_fault;
mod not_an_image;
mod order;
pub mod path;
mod path_list;
mod room;
pub mod runtime;
mod units;
mod warning;

pub use build::{BuildContext, BuildFile, BuildInstruction};
pub use bundle::{Bundle, FixPatch, Trend};
pub use disk::{CacheRecord, Disk, DiskContainer, DiskImage, DiskLayer, DiskStore, DiskVolume};
pub use ecosystem::Ecosystem;
pub use entries::{Attributes, Entries, EntriesBuilder, Entry, EntryKind, Node};
pub use error::FormatError;
pub use facts::{
    BinaryFact, DiversionFact, Facts, FileList, FileListFact, Files, ImportFact, LeadFact, MentionFact,
    MentionKind, PackageFact, Requirement, RequirementKind, SecretFact, SecretKind, SelectionFact,
};
pub use file::{read, read_within, write_gzip, write_json};
pub use identity::{ContentHash, DiffId, Digest, InvalidDigest};
pub use image::{
    Compression, Config, Contents, EnvironmentNames, HealthCheck, HistoryEntry, Image, ImageLayer, Layer,
    Platform, Service, Snapshot, Source, Transport,
};
pub use limit::{Limit, LimitGroup, LimitUnit};
pub use limits::ReadLimits;
pub use metadata_fault::{FaultPlace, MetadataFault, MetadataProblem};
pub use not_an_image::{ArtifactKind, NotAnImage};
pub use order::{Order, filled};
pub use path_list::{LONGEST_PATH, Paths};
pub use runtime::Runtime;
pub use units::{ByteDelta, Bytes};
pub use warning::Warning;

/// The version of the format this crate writes. Every change of the format raises it by one.
///
/// 1: images and their files. 2: what the files say ([`Facts`]), and what runs ([`Runtime`]).
/// 3: more ecosystems, diversions and leads. 4: names in texts ([`MentionFact`]), programs and plugins of packages.
/// 5: published ports and mounts of containers, what an engine stores ([`Disk`]), and what services were seen to use
/// ([`runtime::Observation`]). 6: how long a limit of CPU held containers back ([`runtime::Metric::ThrottledUs`]).
pub const SCHEMA_VERSION: u32 = 6;

/// The examples of the README are tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
