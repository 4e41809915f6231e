//! Finds out what a bare name means: an image of an engine that runs here, or else one of a registry.

use std::fmt;

use super::engine::{Connection, Deadline, Engine};
use super::naming::{Naming, naming};
use super::reference::Reference;
use super::{SourceSpec, Wanted};
use crate::error::{Error, Result};
use crate::options::Options;
use crate::printer::Printer;

/// A place where a name was looked for, without success.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Tried {
    File,
    /// The engine answered that it has no such image.
    NotIn(String),
    /// Why the engine did not answer.
    Unreached(String),
    /// There is no socket where it should be.
    NoSocket(Engine),
}

impl fmt::Display for Tried {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File => write!(out, "no such file"),
            Self::NotIn(engine) => write!(out, "not in {engine}"),
            Self::Unreached(why) => write!(out, "{why}"),
            Self::NoSocket(engine) => write!(out, "no {} engine runs here", engine.name()),
        }
    }
}

/// What was tried, in order.
fn listed(tried: &[Tried]) -> String {
    let mut texts: Vec<_> = tried.iter().map(Tried::to_string).collect();
    if !tried.iter().any(|tried| matches!(tried, Tried::NotIn(_))) {
        texts.push("so no engine was asked".to_owned());
    }
    texts.join("; ")
}

/// The engines that did not answer: they may have another image of that name.
fn unreached(tried: &[Tried]) -> String {
    let failed = tried.iter().filter(|tried| matches!(tried, Tried::Unreached(_)));
    failed.map(|tried| format!("{tried}; ")).collect()
}

/// Looks a name up, and tells where it was found.
pub(crate) fn resolve(wanted: &Wanted, options: &Options, printer: &Printer) -> Result<SourceSpec> {
    let name = match wanted {
        Wanted::Source(source) => return Ok(source.clone()),
        Wanted::Name(name) => name,
    };
    let mut tried = vec![Tried::File];
    for engine in [Engine::Docker, Engine::Podman] {
        let connection = Connection::new(engine, Deadline::Document(options.pace));
        if connection.is_ok() && !engine.is_expected() {
            tried.push(Tried::NoSocket(engine));
            continue;
        }
        match connection.and_then(|at| Ok((at.find(name)?, at))) {
            Ok((Some(_), at)) => {
                printer.note(&format!("note: `{name}`: {}found in {at}", unreached(&tried)));
                return Ok(SourceSpec::Engine { engine, reference: name.clone() });
            }
            Ok((None, at)) => tried.push(Tried::NotIn(at.to_string())),
            // Another one may have it: an engine that does not answer is no reason to give up.
            Err(error) => tried.push(Tried::Unreached(error.to_string())),
        }
    }
    let reference: Reference = name.parse()?;
    let tried = listed(&tried);
    if naming(name) != Naming::Image {
        return Err(Error::usage(
            format!("cannot find `{name}`: {tried}; it looks like a file, so no registry was asked"),
            format!("check the path; an image of a registry is `docker://{name}`"),
        ));
    }
    if options.offline {
        return Err(Error::usage(
            format!("cannot find `{name}`: {tried}"),
            "without `--offline`, a registry is asked next",
        ));
    }
    printer.note(&format!("note: `{name}`: {tried}; asking the registry, as `docker://{reference}`"));
    Ok(SourceSpec::Registry(reference))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_tried_is_listed_in_order() {
        let check = |tried: &[Tried], expected: &str| assert_eq!(listed(tried), expected);
        check(
            &[
                Tried::File,
                Tried::NotIn("the Docker engine at x".to_owned()),
                Tried::NoSocket(Engine::Podman),
            ],
            "no such file; not in the Docker engine at x; no Podman engine runs here",
        );
        check(
            &[Tried::File, Tried::Unreached("cannot reach it".to_owned()), Tried::NoSocket(Engine::Podman)],
            "no such file; cannot reach it; no Podman engine runs here; so no engine was asked",
        );
    }
    #[test]
    fn an_engine_that_did_not_answer_is_named_when_another_did() {
        let tried =
            [Tried::File, Tried::Unreached("cannot reach it".to_owned()), Tried::NotIn("there".to_owned())];
        assert_eq!(unreached(&tried), "cannot reach it; ");
        assert_eq!(unreached(&tried[..1]), "");
    }
}
