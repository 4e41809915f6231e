//! `[ci]` of the target file: what `plimsoll ci` measures, and what it compares with.

use std::collections::BTreeMap;

use serde::Deserialize;

/// What `plimsoll ci` measures.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub struct CiSettings {
    /// The image of each service.
    pub images: BTreeMap<String, CiImage>,
    /// The directory of the history.
    pub history: Option<String>,
}

/// The image of a service: its source, or more about it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum CiImage {
    /// The source alone.
    Source(String),
    /// The source, and where to find what belongs to it.
    Detailed(CiDetails),
}

/// The image of a service, and what belongs to it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct CiDetails {
    /// The image: what `plimsoll snapshot` takes as a source.
    pub source: String,
    /// The Dockerfile that it was built from.
    pub dockerfile: Option<String>,
    /// The image that it is compared with, where the history has none.
    pub baseline: Option<String>,
}

impl CiImage {
    /// The source.
    #[must_use]
    pub fn source(&self) -> &str {
        match self {
            Self::Source(source) => source,
            Self::Detailed(details) => &details.source,
        }
    }

    /// Details beside the source.
    #[must_use]
    pub const fn details(&self) -> Option<&CiDetails> {
        match self {
            Self::Source(_) => None,
            Self::Detailed(details) => Some(details),
        }
    }
}
