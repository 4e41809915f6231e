//! What could be read only in part, or is not as the specification wants it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Bytes, DiffId, Digest};

/// Something a reader of the figures has to know. Everything else was read and counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields are the places that the message names")]
pub enum Warning {
    /// Several entries of one layer have the same path; an engine keeps the last one.
    DuplicateEntries { layer: DiffId, entries: u64, bytes: Bytes },
    /// A hard link whose target exists neither in its layer nor below; it is counted with no bytes.
    DanglingHardlink { layer: DiffId, path: String, target: String },
    /// An entry whose path leaves the image (`..`), which an engine refuses; it is not counted.
    PathOutsideImage { layer: DiffId, path: String },
    /// An entry of a type that no engine writes; it is not counted.
    UnknownEntryType { layer: DiffId, path: String, entry_type: String },
    /// The layer is not part of the archive (foreign or non-distributable): its size is known, its files are not.
    LayerNotIncluded { digest: Digest, bytes: Bytes },
    /// The history names more or fewer layers than there are, so instructions may be missing.
    HistoryMismatch { history_layers: u64, layers: u64 },
    /// Something beside the image that is of no known kind; it was skipped.
    SkippedManifest { digest: Digest, reason: String },
    /// The source has the image for several platforms, and none was asked for.
    OtherPlatforms { chosen: String, others: Vec<String> },
    /// A file that describes packages is damaged, or too large; what could be read of it counts.
    UnreadableMetadata { layer: DiffId, path: String, reason: String },
    /// More files describe packages than are read of one layer.
    MetadataLeftOut { layer: DiffId, files: u64 },
    /// The digest is of an algorithm that is not verified.
    DigestNotVerified { digest: Digest },
    /// The image was read without comparing anything with its digest.
    NotVerified {},
    /// Only the headers of the image were read.
    HeadersOnly {},
}

impl fmt::Display for Warning {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DuplicateEntries { layer, entries, bytes } => write!(
                out,
                "layer {layer}: {entries} entries ({} bytes) are superseded by a later one of the same path",
                bytes.0
            ),
            Self::DanglingHardlink { layer, path, target } => {
                write!(out, "layer {layer}: hard link `{path}` points to `{target}`, which does not exist")
            }
            Self::PathOutsideImage { layer, path } => {
                write!(out, "layer {layer}: entry `{path}` leaves the image and is not counted")
            }
            Self::UnknownEntryType { layer, path, entry_type } => {
                write!(out, "layer {layer}: entry `{path}` has unknown type {entry_type} and is not counted")
            }
            Self::LayerNotIncluded { digest, bytes } => {
                write!(out, "layer {digest} ({} bytes) is not part of the archive", bytes.0)
            }
            Self::HistoryMismatch { history_layers, layers } => {
                write!(out, "the history names {history_layers} layers, the image has {layers}")
            }
            Self::SkippedManifest { digest, reason } => {
                write!(out, "manifest {digest} was skipped: {reason}")
            }
            Self::OtherPlatforms { chosen, others } => {
                write!(out, "this is the image for {chosen}; there is also {}", others.join(", "))
            }
            Self::UnreadableMetadata { layer, path, reason } => {
                write!(out, "layer {layer}: `{path}`: {reason}")
            }
            Self::MetadataLeftOut { layer, files } => {
                write!(out, "layer {layer}: {files} more files of packages were not read")
            }
            Self::DigestNotVerified { digest } => {
                write!(out, "digest {digest} was not verified: only SHA-256 is")
            }
            Self::NotVerified {} => write!(out, "no digest was verified: what the source says was believed"),
            Self::HeadersOnly {} => write!(
                out,
                "only headers were read: files are taken for the same by path, size and time, and no package is known"
            ),
        }
    }
}
