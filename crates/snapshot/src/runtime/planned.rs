//! A service as a compose file or a pod spec asks for it.

use serde::{Deserialize, Serialize};

use crate::room;

use super::{Command, Limits, Logging, Probe, RestartPolicy};

/// What a file asks for. Names of environment variables only, never their values.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct PlannedService {
    /// The name of the service; before and after are matched by it.
    pub name: String,
    /// The compose project, or the Kubernetes namespace.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// The file it was read of, without its directory.
    pub file: String,
    /// What kind of file that is.
    pub format: PlanFormat,
    /// The image it runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// Whether the image is built here.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub build: bool,
    /// What each of its containers may take; what has no value is not asked for.
    pub limits: Limits,
    /// How many containers run it; absent where the file does not say, which means one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replicas: Option<u64>,
    /// The health check, where the file has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health_check: Option<Probe>,
    /// Where its output goes, where the file says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logging: Option<Logging>,
    /// When it is started again, where the file says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restart: Option<RestartPolicy>,
    /// What it runs, where the file says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<Command>,
    /// How many words of the command are the entrypoint that the file sets; absent if the source does not tell them apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entrypoint_words: Option<u32>,
    /// What has to run before it, by name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "room::list")]
    pub depends_on: Vec<Dependency>,
    /// The names of the environment variables, sorted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "room::list")]
    pub env_names: Vec<String>,
    /// The profiles it is part of; with any, it runs only if one is asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "room::list")]
    pub profiles: Vec<String>,
    /// The keys of the file whose values could not be read, sorted: what they ask for is not known. `extends` stands for
    /// everything the service may take from a base that could not be read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[serde(deserialize_with = "room::list")]
    pub unread: Vec<String>,
}

/// The kinds of file that plan services.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PlanFormat {
    /// A compose file as it is written, or what `docker compose config` makes of it.
    #[default]
    Compose,
    /// A pod, or what makes pods.
    Kubernetes,
}

/// A service that has to run first.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(default)]
pub struct Dependency {
    /// Its name.
    pub service: String,
    /// What is waited for: `service_started`, `service_healthy`, `service_completed_successfully`.
    pub condition: String,
}
