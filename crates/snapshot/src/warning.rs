//! What could be read only in part, or is not as the specification wants it.

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};

use crate::{Bytes, DiffId, Digest, MetadataFault, NotAnImage};

/// Something a reader of the figures has to know. Everything else was read and counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case", try_from = "Fields")]
#[expect(missing_docs, reason = "the fields are the places that the message names")]
pub enum Warning {
    /// Several entries of one layer have the same path; an engine keeps the last one.
    DuplicateEntries { layer: DiffId, entries: u64, bytes: Bytes },
    /// A hard link whose target exists neither in its layer nor below; it is counted with no bytes.
    DanglingHardlink { layer: DiffId, path: String, target: String },
    /// A hard link to a file of a lower layer that its own layer deletes; engines that unpack in order refuse it.
    HardlinkToDeleted { layer: DiffId, path: String, target: String },
    /// The layer has something below a path that a lower layer has as a symbolic link. Docker's overlay2 makes it a
    /// directory, which is what is counted; containerd and Podman follow the link.
    BelowLowerSymlink { layer: DiffId, path: String },
    /// An entry whose path leaves the image (`..`), which an engine refuses; it is not counted.
    PathOutsideImage { layer: DiffId, path: String },
    /// An entry of a type that no engine writes; it is not counted.
    UnknownEntryType { layer: DiffId, path: String, entry_type: String },
    /// The layer is not part of the archive (foreign or non-distributable): its size is known, its files are not.
    LayerNotIncluded { digest: Digest, bytes: Bytes },
    /// The history names more or fewer layers than there are, so instructions may be missing.
    HistoryMismatch { history_layers: u64, layers: u64 },
    /// The file of a config is named by another digest than it has; engines load it, and the ID is the digest it has.
    ConfigNameMismatch { name: String, digest: Digest },
    /// Something beside the image that is not one; it was skipped.
    SkippedManifest {
        digest: Digest,
        #[serde(flatten, serialize_with = "manifest_with_text")]
        #[cfg_attr(feature = "schema", schemars(with = "ManifestWithText<'static>"))]
        what: NotAnImage,
    },
    /// The source has the image for several platforms, and none was asked for.
    OtherPlatforms { chosen: String, others: Vec<String> },
    /// A file that describes packages is damaged, or too large; what could be read of it counts.
    UnreadableMetadata {
        layer: DiffId,
        path: String,
        #[serde(flatten, serialize_with = "fault_with_text")]
        #[cfg_attr(feature = "schema", schemars(with = "FaultWithText<'static>"))]
        fault: MetadataFault,
    },
    /// More files describe packages than are read of one layer.
    MetadataLeftOut { layer: DiffId, files: u64 },
    /// The digest is of an algorithm that is not verified.
    DigestNotVerified { digest: Digest },
    /// The image was read without comparing anything with its digest.
    NotVerified {},
    /// Only the headers of the image were read.
    HeadersOnly {},
}

/// A fault as it is written.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct FaultWithText<'a> {
    /// The English text.
    reason: String,
    /// The value; absent if an older snapshot has the text alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<&'a MetadataFault>,
}

/// What a manifest describes, as it is written.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ManifestWithText<'a> {
    /// The English text.
    reason: String,
    /// The value; absent if an older snapshot has the text alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    what: Option<&'a NotAnImage>,
}

/// Adds the English text as `reason`. What an older snapshot had as text alone stays text alone.
fn fault_with_text<S: Serializer>(fault: &MetadataFault, to: S) -> Result<S::Ok, S::Error> {
    let value = Some(fault).filter(|fault| !fault.is_verbatim());
    FaultWithText { reason: fault.to_string(), fault: value }.serialize(to)
}

/// The same for what a manifest describes.
fn manifest_with_text<S: Serializer>(what: &NotAnImage, to: S) -> Result<S::Ok, S::Error> {
    let value = Some(what).filter(|what| !matches!(what, NotAnImage::Verbatim(_)));
    ManifestWithText { reason: what.to_string(), what: value }.serialize(to)
}

/// The fields of all kinds, as they are read: a reader for each kind would be several times the code.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Fields {
    kind: String,
    layer: Option<DiffId>,
    digest: Option<Digest>,
    entries: Option<u64>,
    bytes: Option<Bytes>,
    files: Option<u64>,
    layers: Option<u64>,
    history_layers: Option<u64>,
    name: Option<String>,
    path: Option<String>,
    target: Option<String>,
    entry_type: Option<String>,
    reason: Option<String>,
    fault: Option<MetadataFault>,
    what: Option<NotAnImage>,
    chosen: Option<String>,
    others: Option<Vec<String>>,
}

impl TryFrom<Fields> for Warning {
    type Error = String;

    fn try_from(fields: Fields) -> Result<Self, String> {
        let Fields { kind, layer, digest, entries, bytes, files, layers, history_layers, .. } = fields;
        let Fields { name, path, target, entry_type, reason, fault, what, chosen, others, .. } = fields;
        let warning = || {
            Some(match kind.as_str() {
                "duplicate_entries" => {
                    Self::DuplicateEntries { layer: layer?, entries: entries?, bytes: bytes? }
                }
                "dangling_hardlink" => Self::DanglingHardlink { layer: layer?, path: path?, target: target? },
                "hardlink_to_deleted" => {
                    Self::HardlinkToDeleted { layer: layer?, path: path?, target: target? }
                }
                "below_lower_symlink" => Self::BelowLowerSymlink { layer: layer?, path: path? },
                "path_outside_image" => Self::PathOutsideImage { layer: layer?, path: path? },
                "unknown_entry_type" => {
                    Self::UnknownEntryType { layer: layer?, path: path?, entry_type: entry_type? }
                }
                "layer_not_included" => Self::LayerNotIncluded { digest: digest?, bytes: bytes? },
                "history_mismatch" => {
                    Self::HistoryMismatch { history_layers: history_layers?, layers: layers? }
                }
                "config_name_mismatch" => Self::ConfigNameMismatch { name: name?, digest: digest? },
                "skipped_manifest" => Self::SkippedManifest {
                    digest: digest?,
                    what: what.or_else(|| reason.map(NotAnImage::Verbatim))?,
                },
                "other_platforms" => Self::OtherPlatforms { chosen: chosen?, others: others? },
                "unreadable_metadata" => Self::UnreadableMetadata {
                    layer: layer?,
                    path: path?,
                    fault: fault.or_else(|| reason.map(MetadataFault::verbatim))?,
                },
                "metadata_left_out" => Self::MetadataLeftOut { layer: layer?, files: files? },
                "digest_not_verified" => Self::DigestNotVerified { digest: digest? },
                "not_verified" => Self::NotVerified {},
                "headers_only" => Self::HeadersOnly {},
                _ => return None,
            })
        };
        let unknown = format!("a warning of an unknown kind, or without what it is about: `{kind}`");
        warning().ok_or(unknown)
    }
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
            Self::HardlinkToDeleted { layer, path, target } => write!(
                out,
                "layer {layer}: hard link `{path}` points to `{target}` of a lower layer, which the layer deletes"
            ),
            Self::BelowLowerSymlink { layer, path } => write!(
                out,
                "layer {layer}: `{path}` is a symbolic link of a lower layer, and this layer has entries below it: Docker's \
                 overlay2 makes it a directory, as counted here; containerd and Podman follow the link"
            ),
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
            Self::ConfigNameMismatch { name, digest } => {
                write!(out, "config `{name}` is not named by its digest, {digest}")
            }
            Self::SkippedManifest { digest, what } => {
                write!(out, "manifest {digest} was skipped: {what}")
            }
            Self::OtherPlatforms { chosen, others } => {
                write!(out, "this is the image for {chosen}; there is also {}", others.join(", "))
            }
            Self::UnreadableMetadata { layer, path, fault } => {
                write!(out, "layer {layer}: `{path}`: {fault}")
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ArtifactKind, MetadataProblem};

    #[test]
    fn older_snapshots_have_reasons_as_text() {
        let layer = DiffId::new(Digest::sha256([1; 32]));
        let old = format!(
            r#"{{"kind":"unreadable_metadata","layer":"{layer}","path":"a","reason":"apk: line 3: a line is no field"}}"#
        );
        let warning: Warning = serde_json::from_str(&old).unwrap();
        assert_eq!(warning.to_string(), format!("layer {layer}: `a`: apk: line 3: a line is no field"));
        assert_eq!(serde_json::to_string(&warning).unwrap(), old);
        let fault =
            MetadataFault { reader: "apk".to_owned(), ..MetadataProblem::NotAField.into() }.on_line(3);
        let new = Warning::UnreadableMetadata { layer: layer.clone(), path: "a".to_owned(), fault };
        assert_eq!(
            serde_json::to_value(&new).unwrap(),
            serde_json::json!({
                "kind": "unreadable_metadata",
                "layer": layer.to_string(),
                "path": "a",
                "reason": "apk: line 3: expected `KEY: VALUE`",
                "fault": {"reader": "apk", "place": {"line": 3}, "problem": "not_a_field"},
            })
        );
    }

    #[test]
    fn every_kind_survives_the_file() {
        let layer = DiffId::new(Digest::sha256([1; 32]));
        let digest = Digest::sha256([2; 32]);
        let path = || "a".to_owned();
        let all = [
            Warning::DuplicateEntries { layer: layer.clone(), entries: 1, bytes: Bytes(2) },
            Warning::DanglingHardlink { layer: layer.clone(), path: path(), target: path() },
            Warning::HardlinkToDeleted { layer: layer.clone(), path: path(), target: path() },
            Warning::BelowLowerSymlink { layer: layer.clone(), path: path() },
            Warning::PathOutsideImage { layer: layer.clone(), path: path() },
            Warning::UnknownEntryType { layer: layer.clone(), path: path(), entry_type: path() },
            Warning::LayerNotIncluded { digest: digest.clone(), bytes: Bytes(3) },
            Warning::HistoryMismatch { history_layers: 1, layers: 2 },
            Warning::ConfigNameMismatch { name: path(), digest: digest.clone() },
            Warning::SkippedManifest { digest: digest.clone(), what: NotAnImage::Verbatim(path()) },
            Warning::SkippedManifest { digest: digest.clone(), what: NotAnImage::Unknown },
            Warning::SkippedManifest {
                digest: digest.clone(),
                what: NotAnImage::Artifact { kind: ArtifactKind::Chart, tool: Some(path()) },
            },
            Warning::OtherPlatforms { chosen: path(), others: vec![path()] },
            Warning::UnreadableMetadata {
                layer: layer.clone(),
                path: path(),
                fault: MetadataFault::verbatim(path()),
            },
            Warning::UnreadableMetadata {
                layer: layer.clone(),
                path: path(),
                fault: MetadataFault {
                    reader: path(),
                    ..MetadataFault::from(MetadataProblem::TooLarge { bytes: Bytes(5) })
                        .on_line(3)
                        .because("x")
                },
            },
            Warning::MetadataLeftOut { layer, files: 4 },
            Warning::DigestNotVerified { digest },
            Warning::NotVerified {},
            Warning::HeadersOnly {},
        ];
        for warning in all {
            let json = serde_json::to_string(&warning).unwrap();
            assert_eq!(serde_json::from_str::<Warning>(&json).unwrap(), warning, "{json}");
        }
        assert!(serde_json::from_str::<Warning>(r#"{"kind": "odd"}"#).is_err());
        assert!(serde_json::from_str::<Warning>(r#"{"kind": "metadata_left_out"}"#).is_err());
    }
}
