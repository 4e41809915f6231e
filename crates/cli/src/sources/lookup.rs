//! Finds out what a bare name means: an image of an engine that runs here, or else one of a registry.

use super::engine::{Connection, Engine};
use super::reference::Reference;
use super::{SourceSpec, Wanted};
use crate::error::{Error, Result};
use crate::load::Options;
use crate::printer::Printer;

/// Looks a name up, and tells where it was found.
pub(crate) fn resolve(wanted: &Wanted, options: &Options, printer: &Printer) -> Result<SourceSpec> {
    let name = match wanted {
        Wanted::Source(source) => return Ok(source.clone()),
        Wanted::Name(name) => name,
    };
    let mut asked = Vec::new();
    for engine in [Engine::Docker, Engine::Podman].into_iter().filter(|engine| engine.is_expected()) {
        match Connection::new(engine).and_then(|at| Ok((at.find(name)?, at))) {
            Ok((Some(_), at)) => {
                printer.note(&format!("note: `{name}` was found in {at}"));
                return Ok(SourceSpec::Engine { engine, reference: name.clone() });
            }
            Ok((None, at)) => asked.push(at.to_string()),
            // Another one may have it: an engine that does not answer is no reason to give up.
            Err(error) => {
                let text = error.to_string();
                printer.note(&format!("note: {}", text.lines().next().unwrap_or_default()));
            }
        }
    }
    let asked: String = asked.iter().map(|at| format!(", not in {at}")).collect();
    let reference: Reference = name.parse()?;
    if options.offline {
        return Err(Error::usage(
            format!("cannot find `{name}`: no such file{asked}"),
            "without `--offline` it would be looked up in a registry",
        ));
    }
    printer.note(&format!(
        "note: `{name}` is read from a registry, as `docker://{reference}`: no such file{asked}"
    ));
    Ok(SourceSpec::Registry(reference))
}
