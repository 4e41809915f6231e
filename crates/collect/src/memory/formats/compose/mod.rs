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
mod surroundings;
mod values;
mod words;

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::Value as Json;

pub use files::{FileFault, OpenFile};
pub use surroundings::Surroundings;

use self::files::Files;
use self::project::{Project, Services, Value};
use crate::memory::reader::Reader;
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

/// Reads the files of a project, a later one over an earlier one. All files that they name may have `max` bytes together.
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
            let mut chain = vec![sheet.path.clone()];
            for name in project.add(&mut services, document, &sheet.path, Origin(0), &mut chain)? {
                let files = sources.entry(name).or_default();
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
mod tests;
