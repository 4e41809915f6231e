//! Reads the documents of an image: Docker's manifest, OCI indexes and manifests, configs.

use oci_spec::image::{ImageConfiguration, ImageIndex, ImageManifest};
use plimsoll_snapshot::{
    Config, DiffId, Digest, EnvironmentNames, HealthCheck, HistoryEntry, MentionKind, NotAnImage, Order as _,
    Platform, command,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::cache_paths;
use crate::error::{Error, Result};
use crate::redact;

/// An image in the `manifest.json` of an archive that `docker save` wrote.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct DockerImage {
    pub(crate) config: String,
    #[serde(default)]
    pub(crate) repo_tags: Option<Vec<String>>,
    #[serde(default)]
    pub(crate) layers: Option<Vec<String>>,
}

/// What a blob of JSON turns out to be. Media types are wrong too often to be asked.
#[derive(Debug)]
pub(crate) enum ImageDocument {
    Index(Box<ImageIndex>),
    Manifest(Box<ImageManifest>),
    Other(NotAnImage),
}

/// What a config says of an image.
#[derive(Clone, Debug)]
pub(crate) struct ImageFacts {
    pub(crate) platform: Platform,
    pub(crate) created: Option<String>,
    pub(crate) config: Config,
    pub(crate) history: Vec<HistoryEntry>,
    pub(crate) diff_ids: Vec<DiffId>,
}

pub(crate) fn parse<T: DeserializeOwned>(member: &str, bytes: &[u8]) -> Result<T> {
    serde_json::from_slice(bytes).map_err(|error| invalid(member, &error))
}

fn invalid(member: &str, error: &serde_json::Error) -> Error {
    Error::Document { member: member.to_owned(), reason: redact::message(&error.to_string()) }
}

/// Reads an index or a manifest, going by what is in it.
pub(crate) fn image_document(member: &str, bytes: &[u8]) -> Result<ImageDocument> {
    #[derive(Deserialize)]
    struct Shape {
        manifests: Option<serde::de::IgnoredAny>,
        layers: Option<serde::de::IgnoredAny>,
        config: Option<serde::de::IgnoredAny>,
        #[serde(rename = "mediaType")]
        media_type: Option<String>,
        #[serde(rename = "schemaVersion")]
        schema_version: Option<u64>,
    }
    let shape: Shape = parse(member, bytes)?;
    if shape.manifests.is_some() {
        return parse(member, bytes).map(|index| ImageDocument::Index(Box::new(index)));
    }
    let is_manifest = shape.media_type.as_deref().is_some_and(|name| name.contains("manifest"));
    if shape.config.is_some() && (shape.layers.is_some() || is_manifest) {
        return manifest(member, bytes).map(|manifest| ImageDocument::Manifest(Box::new(manifest)));
    }
    Ok(ImageDocument::Other(match (shape.media_type, shape.schema_version) {
        (Some(media_type), _) => NotAnImage::MediaType(redact::name(&media_type).into_owned()),
        (None, Some(1)) => NotAnImage::Schema1,
        (None, _) => NotAnImage::Unknown,
    }))
}

/// Reads a manifest. An image without layers may have no list of them, or `null`, as Go writes an empty one.
fn manifest(member: &str, bytes: &[u8]) -> Result<ImageManifest> {
    let mut value: serde_json::Value = parse(member, bytes)?;
    if let Some(manifest) = value.as_object_mut()
        && manifest.get("layers").is_none_or(serde_json::Value::is_null)
    {
        manifest.insert("layers".to_owned(), serde_json::Value::Array(Vec::new()));
        return serde_json::from_value(value).map_err(|error| invalid(member, &error));
    }
    parse(member, bytes)
}

/// Reads the config of an image.
pub(crate) fn image_facts(member: &str, bytes: &[u8]) -> Result<ImageFacts> {
    let configuration: ImageConfiguration = parse(member, bytes)?;
    let diff_ids = configuration.rootfs().diff_ids().iter().map(|text| {
        let digest = Digest::parse(text);
        digest.map(DiffId::new).map_err(|error| Error::Document {
            member: member.to_owned(),
            reason: format!("rootfs.diff_ids: {error}"),
        })
    });
    let history = configuration.history().iter().flatten().map(|step| HistoryEntry {
        created_by: redact::instruction(step.created_by().as_deref().unwrap_or_default()),
        created: step.created().as_deref().map(|created| redact::name(created).into_owned()),
        empty_layer: step.empty_layer().unwrap_or(false),
    });
    Ok(ImageFacts {
        platform: platform(
            configuration.os(),
            configuration.architecture(),
            configuration.variant().as_deref(),
        ),
        created: configuration.created().as_deref().map(|created| redact::name(created).into_owned()),
        config: run_config(member, &configuration, bytes)?,
        history: history.collect(),
        diff_ids: diff_ids.collect::<Result<_>>()?,
    })
}

/// A platform, as configs and indexes name it.
pub(crate) fn platform(os: &impl ToString, architecture: &impl ToString, variant: Option<&str>) -> Platform {
    let name = |text: &str| redact::name(text).into_owned();
    Platform {
        os: name(&os.to_string()),
        architecture: name(&architecture.to_string()),
        variant: variant.filter(|variant| !variant.is_empty()).map(name),
    }
}

/// What Docker adds to the config of the specification.
#[derive(Default, Deserialize)]
struct DockerConfig {
    config: Option<DockerRunConfig>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct DockerRunConfig {
    healthcheck: Option<DockerHealthCheck>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct DockerHealthCheck {
    test: Option<Vec<String>>,
    interval: u64,
    timeout: u64,
    start_period: u64,
    retries: u64,
}

fn run_config(member: &str, configuration: &ImageConfiguration, bytes: &[u8]) -> Result<Config> {
    let docker: DockerConfig = parse(member, bytes)?;
    let health_check = docker.config.and_then(|config| config.healthcheck).map(|check| HealthCheck {
        test: arguments(check.test.as_ref()),
        interval_ns: check.interval,
        timeout_ns: check.timeout,
        start_period_ns: check.start_period,
        retries: check.retries,
    });
    let Some(config) = configuration.config() else {
        return Ok(Config { health_check, ..Config::default() });
    };
    let name = |text: &str| redact::name(text).into_owned();
    let name_of = |variable: &String| name(variable.split('=').next().unwrap_or_default());
    let setting = |text: &Option<String>| redact::setting(text.as_deref().unwrap_or_default()).into_owned();
    let sorted = |list: Option<&Vec<String>>| {
        let mut list: Vec<String> =
            list.into_iter().flatten().map(|text| redact::setting(text).into_owned()).collect();
        list.order();
        list
    };
    Ok(Config {
        user: setting(config.user()),
        entrypoint: arguments(config.entrypoint().as_ref()),
        command: arguments(config.cmd().as_ref()),
        working_dir: setting(config.working_dir()),
        env_names: config.env().iter().flatten().map(name_of).collect(),
        search_paths: {
            let paths = config.env().iter().flatten().flat_map(|variable| cache_paths::of_variable(variable));
            paths.map(|path| redact::setting(path).into_owned()).collect()
        },
        environment: environment_names(config.env().iter().flatten()),
        exposed_ports: sorted(config.exposed_ports().as_ref()),
        volumes: sorted(config.volumes().as_ref()),
        labels: config
            .labels()
            .iter()
            .flatten()
            .map(|(label, value)| (redact::setting(label).into_owned(), redact::value(label, value)))
            .collect(),
        stop_signal: config.stop_signal().as_deref().map(name),
        health_check,
    })
}

/// What variables `NAME=VALUE` name, and nothing else of their values.
fn environment_names<'a>(variables: impl Iterator<Item = &'a String>) -> Vec<EnvironmentNames> {
    let mut found = Vec::new();
    for (variable, value) in variables.filter_map(|variable| variable.split_once('=')) {
        let mut names = command::variable_names(variable, value);
        names.truncate(MAX_ENVIRONMENT_NAMES);
        for kind in [MentionKind::Module, MentionKind::Driver] {
            let mut names: Vec<String> = (names.iter().filter(|name| name.0 == kind))
                .map(|(_, name)| redact::name(name).into_owned())
                .collect();
            names.order();
            names.dedup();
            if !names.is_empty() {
                found.push(EnvironmentNames { variable: redact::name(variable).into_owned(), kind, names });
            }
        }
    }
    found
}

/// The most names of one variable.
const MAX_ENVIRONMENT_NAMES: usize = 100;

fn arguments(list: Option<&Vec<String>>) -> Vec<String> {
    redact::arguments(list.into_iter().flatten())
}
