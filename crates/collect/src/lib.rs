//! Reads container images: from the bytes of archives, layouts and layers to a snapshot.
//!
//! Nothing here opens a file or a connection. [`read`] makes a snapshot of one stream: the short way. [`open_file`],
//! [`open_stream`] and [`open_store`] detect what an input is, [`plan`] what has to be read, and read it. A layout whose
//! members can be opened in any order is a [`Store`], whose blobs [`read_layer`] reads, several at once if the caller has
//! threads. What comes as one stream is read by [`read_stream`], in one pass. [`Stack`] puts everything together under the
//! names of services.

mod archive;
mod artifact;
mod cache_paths;
mod catalog;
mod compression;
mod depth;
mod digest;
pub mod disk;
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
pub mod memory;
mod merge;
mod open;
mod path;
mod plan;
mod platform;
#[cfg(not(target_family = "wasm"))]
mod pseudonym;
mod read;
mod redact;
mod snapshot;
mod stack;
mod store;
mod symlinks;
mod tarball;
mod usage;
mod yaml;

pub use archive::{ArchiveIndex, StreamedImages, read_stream};
pub use catalog::catalogers;
pub use compression::{ContentType, FREE_INFLATION, decompress, sniff};
pub use depth::Depth;
pub use dive_ci::{DiveRules, read_dive_rules};
pub use dockerfile::read_dockerfile;
pub use dockerignore::{MAX_BUILD_FILE_BYTES, read_dockerignore};
pub use error::{Error, ForeignContent, Hint, Result};
pub use layer::{ContentSink, ReadLayer, read_believed, read_contents, read_headers, read_layer};
pub use merge::merge;
pub use open::{
    ArchiveStore, LayerCache, OpenedFile, OpenedImages, OpenedStream, PendingLayers, Progress, Request,
    open_archive, open_file, open_image_stream, open_store, open_stream,
};
pub use plan::{FoundPlatform, ImageSelection, PlannedImage, PlannedLayer, plan, platforms};
pub use platform::WantedPlatform;
#[cfg(not(target_family = "wasm"))]
pub use pseudonym::{pseudonymise, without_names};
pub use read::{ReadError, read};
pub use redact::shows_secret;
pub use snapshot::SnapshotBuilder;
pub use stack::{InputName, NameError, SameName, Stack, StackError};
pub use store::{Seekable, Store};
pub use usage::Usage;

/// The examples of the README are tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
