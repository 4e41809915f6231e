//! Reads container images: from the bytes of archives, layouts and layers to a snapshot.
//!
//! Nothing here opens a file or a connection. A layout whose members can be opened in any order is read through
//! [`Store`]: [`plan`] finds out what has to be read, [`read_layer`] reads one blob (several at once, if the caller
//! has threads), [`SnapshotBuilder`] puts it together. What comes as one stream is read by [`read_stream`], in one
//! pass.

mod archive;
mod artifact;
mod cache_paths;
mod catalog;
mod compression;
mod depth;
mod digest;
mod dive_ci;
mod dockerfile;
mod dockerignore;
mod document;
mod error;
mod foreign;
#[cfg(any(target_family = "wasm", test, feature = "page"))]
pub mod frames;
mod hash;
mod layer;
mod limits;
pub mod memory;
mod merge;
mod path;
mod plan;
mod platform;
#[cfg(not(target_family = "wasm"))]
mod pseudonym;
mod redact;
mod snapshot;
mod store;
mod symlinks;
mod tarball;
mod usage;
mod yaml;

pub use archive::{ArchiveIndex, StreamedImages, read_stream};
pub use catalog::catalogers;
pub use compression::{Found, decompress, sniff};
pub use depth::Depth;
pub use dive_ci::{DiveRules, read_dive_rules};
pub use dockerfile::read_dockerfile;
pub use dockerignore::{MAX_BUILD_FILE_BYTES, read_dockerignore};
pub use error::{Error, Hint, Result};
pub use layer::{ReadLayer, read_believed, read_headers, read_layer};
pub use limits::{FREE_INFLATION, Limits};
pub use merge::merge;
pub use plan::{Choice, PlannedImage, PlannedLayer, plan};
pub use platform::is_platform;
#[cfg(not(target_family = "wasm"))]
pub use pseudonym::{pseudonymise, without_names};
pub use snapshot::SnapshotBuilder;
pub use store::{Jumping, Store};
pub use usage::Usage;
