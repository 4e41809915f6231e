//! What a server runs with, as it or its configuration file says.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The settings of one server of PostgreSQL, as one source says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct ServerSettings {
    /// The file they were read of, without its directory.
    pub file: String,
    /// The service, as the name of the file says.
    pub service: String,
    /// What says so.
    pub source: SettingsSource,
    /// Parameters of memory, storage and parallel work by name, as PostgreSQL writes them: `128MB`. No others are kept.
    pub values: BTreeMap<String, String>,
}

/// What says which settings a server has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SettingsSource {
    /// The server, asked by `SHOW ALL` or through `pg_settings`: it counts whatever the command line and files say.
    #[default]
    Server,
    /// A configuration file, over which the command line goes.
    File,
}
