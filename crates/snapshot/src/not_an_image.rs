//! What a manifest describes that is not an image.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a manifest describes instead of an image. Its `Display` is the English text, with an article where it has one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the fields are what the variant names")]
pub enum NotAnImage {
    /// As an older snapshot says it.
    Verbatim(String),
    /// An artifact of a known kind, perhaps of a known tool or format.
    Artifact { kind: ArtifactKind, tool: Option<String> },
    /// An artifact that declares another type.
    ArtifactType(String),
    /// Neither an index nor a manifest: its media type.
    MediaType(String),
    /// A manifest of schema 1, which Docker dropped in 2017.
    Schema1,
    /// Neither an index nor a manifest, without a media type.
    Unknown,
}

/// The kinds of artifacts that registries hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum ArtifactKind {
    Artifact,
    Attestation,
    Bundle,
    Cache,
    Chart,
    Collection,
    Feature,
    Image,
    Index,
    /// An index with which parts of layers are pulled when they are read.
    LazyIndex,
    Model,
    Module,
    Plugin,
    Policy,
    Project,
    Record,
    Sbom,
    ScanReport,
    Signature,
}

impl ArtifactKind {
    const fn name(self) -> &'static str {
        match self {
            Self::Artifact => "artifact",
            Self::Attestation => "attestation",
            Self::Bundle => "bundle",
            Self::Cache => "cache",
            Self::Chart => "chart",
            Self::Collection => "collection",
            Self::Feature => "feature",
            Self::Image => "image",
            Self::Index => "index",
            Self::LazyIndex => "index for lazy pulling",
            Self::Model => "model",
            Self::Module => "module",
            Self::Plugin => "plugin",
            Self::Policy => "policy",
            Self::Project => "project",
            Self::Record => "record",
            Self::Sbom => "SBOM",
            Self::ScanReport => "scan report",
            Self::Signature => "signature",
        }
    }
}

impl fmt::Display for NotAnImage {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Verbatim(text) => out.write_str(text),
            Self::Artifact { kind, tool } => {
                let first = tool.as_deref().unwrap_or(kind.name());
                let has_vowel = first.starts_with(['A', 'E', 'I', 'O', 'U', 'a', 'e', 'i', 'o', 'u']);
                let article = if has_vowel || first == ArtifactKind::Sbom.name() { "an" } else { "a" };
                match tool {
                    Some(tool) => write!(out, "{article} {tool} {}", kind.name()),
                    None => write!(out, "{article} {}", kind.name()),
                }
            }
            Self::ArtifactType(media_type) => write!(out, "an artifact of type `{media_type}`"),
            Self::MediaType(media_type) => write!(out, "media type `{media_type}`"),
            Self::Schema1 => out.write_str("a manifest of schema 1, which Docker dropped in 2017"),
            Self::Unknown => out.write_str("neither an index nor a manifest"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn articles_fit_the_word_that_follows() {
        let text = |kind, tool: Option<&str>| {
            NotAnImage::Artifact { kind, tool: tool.map(str::to_owned) }.to_string()
        };
        assert_eq!(text(ArtifactKind::Chart, Some("Helm")), "a Helm chart");
        assert_eq!(text(ArtifactKind::Model, Some("Ollama")), "an Ollama model");
        assert_eq!(text(ArtifactKind::Sbom, None), "an SBOM");
        assert_eq!(text(ArtifactKind::Index, Some("SOCI")), "a SOCI index");
        assert_eq!(text(ArtifactKind::LazyIndex, None), "an index for lazy pulling");
    }
}
