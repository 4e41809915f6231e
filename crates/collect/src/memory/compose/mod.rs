//! Compose files as they are written, and as `docker compose config` prints them.
//!
//! A project is read as Compose reads it: every file is parsed and merged over those before it, with what it extends and
//! includes, and single values are read at the end. The order of the modules is the order of the work. What Compose
//! would refuse is a warning, and what cannot be read is unknown, never absent.
//!
//! Variables come from `.env` beside the first file, or from the files that are named instead, and from no environment:
//! what a reader exports must not enter a snapshot. Their values are used for sizes, numbers, durations, truth values,
//! words of a fixed list and the names of images, files and the project. Commands, checks and names stay as written.

mod dotenv;
mod files;
mod interpolate;
mod limits;
mod merge;
mod project;
mod service;
mod values;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use serde_json::Value as Json;

pub use files::{FileFault, OpenFile};

use self::files::Files;
use self::project::{Project, Services, Value};
use super::{Reader, Surroundings};
use crate::yaml::{Budget, Fault, Node, Origin, Spent, parse};

/// Whether a document is a compose file.
pub(crate) fn is_compose(document: &Node) -> bool {
    let services = document.get("services");
    services.is_some_and(|services| services.as_entries().is_some())
        || (services.is_none() && document.get("include").is_some_and(|include| include.as_items().is_some()))
}

/// The same, of a document that was read as JSON.
pub(crate) fn is_compose_json(document: &Json) -> bool {
    let services = document.get("services");
    services.is_some_and(Json::is_object)
        || (services.is_none() && document.get("include").is_some_and(Json::is_array))
}

/// One file of a project.
pub(crate) struct Sheet {
    /// Its path below the project directory.
    pub(crate) path: String,
    pub(crate) documents: Vec<Node>,
}

impl Sheet {
    /// From YAML.
    pub(crate) fn parse(path: &str, text: &str) -> Result<Self, Fault> {
        Ok(Self { path: path.to_owned(), documents: parse(text, Origin(0), &Budget::default())? })
    }

    /// From a document that was read as JSON.
    pub(crate) fn of_json(path: &str, value: &Json) -> Self {
        Self { path: path.to_owned(), documents: vec![Node::from_json(value, Origin(0))] }
    }
}

/// Reads the files of a project, a later one over an earlier one. All files that they name may have so many bytes.
pub(crate) fn read(
    reader: &mut Reader,
    sheets: &[Sheet],
    surroundings: &Surroundings<'_>,
    bytes: u64,
) -> Result<(), Spent> {
    reader.input.format = "compose";
    let mut project = Project::new(Files::new(surroundings.file, bytes), surroundings.env_files)?;
    let name = project_name(&project, sheets)?;
    if let Some(name) = &name {
        project.set_name(name);
    }
    let mut services = Services::new();
    // Which of the files speak of a service.
    let mut sources: BTreeMap<Rc<str>, Vec<&str>> = BTreeMap::new();
    for sheet in sheets {
        let file = sheet.path.rsplit(['/', '\\']).next().unwrap_or(&sheet.path);
        for document in &sheet.documents {
            let before: BTreeSet<Rc<str>> = services.keys().cloned().collect();
            project.add(&mut services, document, &sheet.path, Origin(0), &mut vec![sheet.path.clone()])?;
            let own =
                document.get("services").and_then(Node::as_entries).into_iter().flat_map(BTreeMap::keys);
            let new = services.keys().filter(|name| !before.contains(*name));
            for name in own.chain(new) {
                let files = sources.entry(Rc::clone(name)).or_default();
                if files.last() != Some(&file) {
                    files.push(file);
                }
            }
        }
    }
    for (service, node) in &services {
        let (mut planned, container) = service::planned(&mut project, service, node)?;
        planned.project.clone_from(&name);
        planned.file = sources.get(service).map(|files| files.join(", ")).unwrap_or_default();
        reader.input.planned.push((planned, container));
    }
    for warning in &project.warnings {
        reader.warn(None, warning);
    }
    Ok(())
}

/// The name of the project, if the files give one: Compose's own default is the name of a directory of the machine.
fn project_name(project: &Project<'_>, sheets: &[Sheet]) -> Result<Option<String>, Spent> {
    let mut name = None;
    for scalar in sheets
        .iter()
        .flat_map(|sheet| &sheet.documents)
        .filter_map(|document| document.get("name")?.as_scalar())
    {
        if let Value::Known(text) = project.value(scalar)? {
            name = Some(text).filter(|text| !text.is_empty()).or(name);
        }
    }
    let name = project.variable("COMPOSE_PROJECT_NAME").map(ToOwned::to_owned).or(name);
    let normal = name.map(|name| {
        let kept = name.to_lowercase().replace(|sign: char| !is_of_a_name(sign), "");
        kept.trim_start_matches(['_', '-']).to_owned()
    });
    Ok(normal.map(|name| crate::redact::credentials(&name).into_owned()).filter(|name| !name.is_empty()))
}

fn is_of_a_name(sign: char) -> bool {
    sign.is_ascii_lowercase() || sign.is_ascii_digit() || ['_', '-'].contains(&sign)
}

#[cfg(test)]
mod tests {
    use plimsoll_snapshot::Bytes;
    use plimsoll_snapshot::runtime::{PlannedService, RestartPolicy, Runtime, Swap};

    use super::*;
    use crate::memory::{RuntimeBuilder, read};

    fn runtime(text: &str, files: &[(&str, &str)]) -> Runtime {
        let file = |path: &str, most: u64| {
            let variables = (".env", "LIMIT=768m\nREGISTRY_TOKEN=s3cret\n");
            let mut all = files.iter().chain(std::iter::once(&variables));
            let (_, text) = all.find(|(name, _)| *name == path).ok_or(FileFault::Missing)?;
            if text.len() as u64 > most { Err(FileFault::TooLarge) } else { Ok(text.as_bytes().to_vec()) }
        };
        let surroundings = Surroundings { file: &file, env_files: &[] };
        let mut builder = RuntimeBuilder::new();
        builder.add(read("compose.yml", text.as_bytes(), &surroundings).unwrap());
        builder.finish()
    }

    fn service(yaml: &str) -> PlannedService {
        runtime(&format!("services:\n  web: {yaml}\n"), &[]).planned.remove(0)
    }

    #[test]
    fn units_are_binary_whatever_they_look_like() {
        let check = |value: &str, expected: Option<u64>| {
            let limit = service(&format!("{{mem_limit: {value}}}")).limits.memory;
            assert_eq!(limit.map(|bytes| bytes.0), expected, "{value}");
        };
        for value in ["1GB", "1g", "1G", "1gb", "\"1073741824\"", "1073741824", "1 GiB"] {
            check(value, Some(1 << 30));
        }
        for value in ["768m", "768MB", "\"${LIMIT}\"", "\"${LIMIT:-1g}\"", "\"${NONE:-768M}\""] {
            check(value, Some(768 << 20));
        }
        for value in ["0", "\"${NONE}\"", "lots", "null"] {
            check(value, None);
        }
    }

    #[test]
    fn swap_is_unset_unlimited_or_a_total() {
        let check = |value: &str| service(&format!("{{memswap_limit: {value}}}")).limits.memory_swap;
        assert_eq!(
            [check("0"), check("-1"), check("\"-1\"")],
            [None, Some(Swap::Unlimited), Some(Swap::Unlimited)]
        );
        assert_eq!(check("1g"), Some(Swap::Total(Bytes(1 << 30))));
    }

    #[test]
    fn anchors_and_merge_keys_are_resolved() {
        let text = "x-base: &base\n  logging: &log {driver: json-file, options: {max-size: 10m, tag: secret}}\n  restart: on-failure:3\n\
                    services:\n  a:\n    <<: *base\n    image: a\n  b: {logging: *log, healthcheck: {disable: true}}\n";
        let planned = runtime(text, &[]).planned;
        let expected = BTreeMap::from([("max-size".to_owned(), "10m".to_owned())]);
        assert!(planned.iter().all(|service| service.logging.as_ref().unwrap().options == expected));
        assert_eq!(
            planned[0].restart,
            Some(RestartPolicy { name: "on-failure".into(), max_retries: Some(3) })
        );
        assert!(planned[1].health_check.as_ref().unwrap().is_disabled());
    }

    #[test]
    fn services_extend_others_here_and_elsewhere() {
        let common =
            "services:\n  base: {image: x, mem_limit: 1g, environment: [A=1], deploy: {replicas: 2}}\n";
        let text = "services:\n  web: {extends: {file: common.yml, service: base}, mem_limit: 2g, environment: {B: x}}\n  \
                    api: {extends: web}\n  loop: {image: x, extends: loop}\n  lost: {image: x, extends: {file: no.yml, service: x}}\n";
        let runtime = runtime(text, &[("common.yml", common)]);
        let api = &runtime.planned[0];
        assert_eq!((api.limits.memory, api.replicas), (Some(Bytes(2 << 30)), Some(2)));
        assert_eq!(api.env_names, ["A", "B"]);
        let reasons: Vec<_> = runtime.warnings.iter().map(|warning| warning.reason.as_str()).collect();
        assert_eq!(
            reasons,
            [
                "services extend each other in a circle: `loop` of `compose.yml` → `loop` of `compose.yml`",
                "`no.yml` is extended, and does not exist",
                "service `x` of `no.yml` is extended, and cannot be read"
            ]
        );
    }

    #[test]
    fn what_compose_refuses_is_named() {
        let text =
            "services:\n  web: {image: x, mem_limit: 1g, deploy: {resources: {limits: {memory: 2g}}}}\n";
        let warnings = runtime(text, &[]).warnings;
        assert!(warnings[0].reason.contains("service `web`: `mem_limit`"), "{warnings:?}");
    }

    #[test]
    fn values_of_variables_stay_out() {
        let service = service(
            "{image: \"host/${REGISTRY_TOKEN}/web\", environment: {API_KEY: s3cret}, command: [run, --token, s3cret], \
             healthcheck: {test: \"PGPASSWORD=s3cret psql\"}}",
        );
        assert!(!format!("{service:?}").contains("s3cret"), "{service:?}");
        assert_eq!(service.env_names, ["API_KEY"]);
    }
}
