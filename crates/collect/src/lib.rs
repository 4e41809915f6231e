//! Reads container images: from the bytes of archives, layouts and layers to a snapshot.
//!
//! Nothing here opens a file or a connection. A layout whose members can be opened in any order is read through
//! [`Store`]: [`plan`] finds out what has to be read, [`read_layer`] reads one blob (several at once, if the caller
//! has threads), [`SnapshotBuilder`] puts it together. What comes as one stream is read by [`read_stream`], in one
//! pass.

mod archive;
mod build;
mod catalog;
mod compression;
mod depth;
mod digest;
mod document;
mod error;
#[cfg(any(target_family = "wasm", test, feature = "page"))]
pub mod frames;
mod layer;
mod limits;
pub mod memory;
mod path;
mod plan;
mod pseudonym;
mod redact;
mod snapshot;
mod store;
mod tarball;

pub use archive::{ArchiveIndex, StreamedImages, read_stream};
pub use build::{MAX_BUILD_FILE_BYTES, read_dockerfile, read_dockerignore};
pub use catalog::catalogers;
pub use compression::{Found, decompress, sniff};
pub use depth::Depth;
pub use error::{Error, Result};
pub use layer::{ReadLayer, read_believed, read_headers, read_layer};
pub use limits::{FREE_INFLATION, Limits, Taken};
pub use plan::{Choice, PlannedImage, PlannedLayer, plan};
pub use pseudonym::pseudonymise;
pub use snapshot::SnapshotBuilder;
pub use store::{Jumping, Store};
