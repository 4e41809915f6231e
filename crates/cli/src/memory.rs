//! Files that say how much memory is taken, joined into the runtime of a snapshot.

use std::collections::{BTreeSet, HashMap};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use plimsoll_analysis::packages::{is_unmatched, settle};
use plimsoll_collect::memory::{
    FileFault, JOURNAL, MemoryInput, RuntimeBuilder, Surroundings, read_compose, read_within, without_secrets,
};
use plimsoll_report::format::one_line;
use plimsoll_snapshot::runtime::Load;
use plimsoll_snapshot::{Limit, ReadLimits, Runtime, Snapshot};

use crate::error::{Error, Result};
use crate::input;
use crate::limits::MemoryLimits;
use crate::names;
use crate::printer::Printer;
use crate::unchanged::unchanged;

/// The memory data to read beside images.
#[derive(clap::Args)]
#[command(next_help_heading = "Memory options")]
pub(crate) struct MemoryArgs {
    /// Recordings of `plimsoll record`, or output of `docker stats`, `inspect`, `events`, …
    #[arg(long, value_name = "FILE", num_args = 1..)]
    memory: Vec<PathBuf>,
    /// Label for the load under which opened files, imports or mappings were seen
    ///
    /// Recordings of `plimsoll record` name their load themselves.
    #[arg(long, value_name = "TEXT", requires = "memory")]
    load: Option<String>,
    /// Compose file; later files override earlier ones, as in `docker compose -f A -f B`
    #[arg(long, value_name = "FILE")]
    compose: Vec<PathBuf>,
    /// File with the variables of the Compose files, instead of `.env` beside the first one
    ///
    /// Variables of the environment are not used.
    #[arg(long, value_name = "FILE", requires = "compose")]
    env_file: Vec<PathBuf>,
    /// Rename a service, to match the name in another snapshot
    #[arg(long, value_name = "OLD=NEW", value_parser = parse_map)]
    map: Vec<(String, String)>,
    #[command(flatten)]
    limits: MemoryLimits,
}

fn parse_map(text: &str) -> std::result::Result<(String, String), String> {
    match text.split_once('=') {
        Some((old, new)) if !old.is_empty() && !new.is_empty() => Ok((old.to_owned(), new.to_owned())),
        _ => Err("expected `OLD=NEW`".to_owned()),
    }
}

impl MemoryArgs {
    /// As if only these compose files were given.
    pub(crate) fn of_compose(files: &[PathBuf], env_files: &[PathBuf], limits: &MemoryLimits) -> Self {
        Self {
            memory: Vec::new(),
            load: None,
            compose: files.to_vec(),
            env_file: env_files.to_vec(),
            map: Vec::new(),
            limits: limits.clone(),
        }
    }

    /// How many bytes a file may have.
    fn max(&self) -> u64 {
        self.limits.0[Limit::MemoryBytes]
    }

    /// Whether there is something to be read.
    pub(crate) fn is_given(&self) -> bool {
        !self.memory.is_empty() || !self.compose.is_empty()
    }

    /// Reads everything that is given into the snapshot.
    pub(crate) fn join(&self, snapshot: &mut Snapshot, limits: &ReadLimits, printer: &Printer) -> Result<()> {
        let images: Vec<String> = snapshot.services.iter().map(|service| service.name.clone()).collect();
        for (old, new) in &self.map {
            for service in snapshot.services.iter_mut().filter(|service| service.name == *old) {
                if images.contains(new) {
                    return Err(Error::usage(
                        format!("`--map {old}={new}`: there is a service `{new}` already"),
                        "give it another name",
                    ));
                }
                service.name.clone_from(new);
            }
        }
        if self.is_given() || !self.map.is_empty() {
            let mut builder = RuntimeBuilder::new();
            let held = snapshot.runtime.take();
            let is_held = held.is_some();
            held.into_iter().for_each(|runtime| builder.add_runtime(runtime));
            let limits = limits.with(Limit::MemoryBytes, self.max());
            let variables = self.variables()?;
            let project = self.project(&variables)?;
            let is_project = project.is_some();
            project.into_iter().for_each(|project| builder.add(project));
            let alone = self.compose.iter().filter(|_| !is_project);
            for path in alone {
                self.add(&mut builder, path, &variables, &limits)?;
            }
            for path in &self.memory {
                self.add(&mut builder, path, &Variables::default(), &limits)?;
            }
            for (old, new) in &self.map {
                builder.rename(old, new);
            }
            let runtime = builder.finish();
            self.expect_renamed(&images, &runtime)?;
            tell(&runtime, printer);
            tell_unmatched_settings(&runtime, printer);
            snapshot.runtime = (self.is_given() || is_held).then_some(runtime);
            tell_unmatched(snapshot, printer);
            settle(snapshot);
        }
        Ok(())
    }

    /// Refuses a `--map` that changed nothing.
    fn expect_renamed(&self, images: &[String], runtime: &Runtime) -> Result<()> {
        let running: BTreeSet<String> = runtime.service_names().map(str::to_owned).collect();
        match self.map.iter().find(|(old, new)| !images.contains(old) && !running.contains(new)) {
            None => Ok(()),
            Some((old, new)) => {
                let known: BTreeSet<String> = images.iter().cloned().chain(running).collect();
                let known: Vec<String> = known.into_iter().collect();
                Err(Error::usage(
                    format!("`--map {old}={new}`: there is no service `{old}`"),
                    names::hint(old, "the services are", &known),
                ))
            }
        }
    }
}

impl MemoryArgs {
    /// The compose files as one project, unless there is something else among them.
    fn project(&self, variables: &Variables) -> Result<Option<MemoryInput>> {
        let Some(first) = self.compose.first().filter(|_| self.compose.len() > 1) else { return Ok(None) };
        let max = self.max();
        let read = |path: &PathBuf| {
            let bytes = unchanged(path, || content(path, max).map_err(|error| Error::read(path, error)))?;
            let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
            Ok((name, bytes))
        };
        let files = self.compose.iter().map(read).collect::<Result<Vec<_>>>()?;
        if files.iter().any(|(_, bytes)| is_snapshot(bytes)) {
            return Ok(None);
        }
        let open = |other: &str, most: u64| variables.or_beside(first, other, most);
        let surroundings = Surroundings { file: &open, env_files: &variables.files };
        Ok(read_compose(&files, &surroundings, max)?)
    }

    /// Adds one file, which may be a snapshot itself.
    fn add(
        &self,
        builder: &mut RuntimeBuilder,
        path: &Path,
        variables: &Variables,
        limits: &ReadLimits,
    ) -> Result<()> {
        let max = limits[Limit::MemoryBytes];
        let bytes = unchanged(path, || content(path, max).map_err(|error| Error::read(path, error)))?;
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
        if is_snapshot(&bytes) {
            let snapshot = plimsoll_snapshot::read_within(&bytes[..], limits)
                .map_err(|source| Error::snapshot(path, source))?;
            let runtime = snapshot.runtime.ok_or_else(|| {
                Error::usage(
                    format!("`{}` is a snapshot of images alone", path.display()),
                    "give it as a SOURCE",
                )
            })?;
            builder.add_runtime(runtime);
            return Ok(());
        }
        let open = |other: &str, most: u64| variables.or_beside(path, other, most);
        let surroundings = Surroundings { file: &open, env_files: &variables.files };
        let mut input = read_within(&name, &bytes, &surroundings, max)?;
        if let Some(load) = &self.load {
            input.label(&Load { label: without_secrets(load), ..Load::default() });
        }
        builder.add(input);
        Ok(())
    }

    /// Reads the files of variables that are given.
    fn variables(&self) -> Result<Variables> {
        let mut variables = Variables::default();
        for path in &self.env_file {
            // The usual way to have no variables; any other device would be refused.
            if path == Path::new("/dev/null") {
                variables.files.push(path.to_string_lossy().into_owned());
                continue;
            }
            let whole = std::path::absolute(path).map_err(|error| Error::read(path, error))?;
            let bytes =
                unchanged(path, || input::read(path, self.max()).map_err(|error| Error::read(path, error)))?;
            let whole = whole.to_string_lossy().into_owned();
            variables.contents.insert(whole.clone(), bytes);
            variables.files.push(whole);
        }
        Ok(variables)
    }
}

/// The files of variables that the user has named. They are read once, since some are pipes: `<(…)`.
#[derive(Default)]
struct Variables {
    /// Their paths from the root, in order. Those of a compose file would begin at its directory.
    files: Vec<String>,
    contents: HashMap<String, Vec<u8>>,
}

impl Variables {
    /// One of them, or a file that a compose file names.
    fn or_beside(&self, compose: &Path, other: &str, most: u64) -> std::result::Result<Vec<u8>, FileFault> {
        match self.contents.get(other) {
            Some(bytes) if bytes.len() as u64 > most => Err(FileFault::TooLarge),
            Some(bytes) => Ok(bytes.clone()),
            None => beside(compose, other, most),
        }
    }
}

fn is_snapshot(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1f, 0x8b]) || bytes.starts_with(b"{\"schema_version\"")
}

/// Says what was not read.
pub(crate) fn tell(runtime: &Runtime, printer: &Printer) {
    const SHOWN: usize = 10;
    for warning in runtime.warnings.iter().take(SHOWN) {
        printer.note(&format!("warning: {warning}"));
    }
    if let more @ 1.. = runtime.warnings.len().saturating_sub(SHOWN) {
        printer.note(&format!("warning: {more} more are in the snapshot"));
    }
}

/// Names what was observed of a service that has no image here.
fn tell_unmatched(snapshot: &Snapshot, printer: &Printer) {
    if snapshot.services.is_empty() {
        return;
    }
    let observed = snapshot.runtime.iter().flat_map(|runtime| &runtime.observed);
    for observation in observed.filter(|observation| is_unmatched(snapshot, observation)) {
        let names: Vec<_> = snapshot.services.iter().map(|service| one_line(&service.name)).collect();
        printer.note(&format!(
            "warning: `{}` is about a service `{1}` without an image; `--map {1}=NAME` names one of: {2}",
            one_line(&observation.file),
            one_line(&observation.service),
            names.join(", ")
        ));
    }
}

/// Names settings of a server that is not one of the services.
fn tell_unmatched_settings(runtime: &Runtime, printer: &Printer) {
    let planned = runtime.planned.iter().map(|planned| planned.name.as_str());
    let running = runtime.containers.iter().filter_map(|container| container.service.as_deref());
    let known: BTreeSet<&str> = planned.chain(running).collect();
    for settings in runtime.settings.iter().filter(|settings| !known.contains(&*settings.service)) {
        let (file, service) = (one_line(&settings.file), one_line(&settings.service));
        let known: Vec<String> = known.iter().map(|name| one_line(name)).collect();
        let rest = match known.as_slice() {
            [] => "no service is known: add a compose file, or the output of `docker inspect`".to_owned(),
            known => format!("`--map {service}=NAME` names one of: {}", known.join(", ")),
        };
        printer
            .note(&format!("warning: `{file}` has settings of `{service}`, which is not a service; {rest}"));
    }
}

/// The contents of a recording, as text.
pub(crate) fn contents(runtime: &Runtime) -> String {
    let frames: u64 = runtime.recordings.iter().map(|recording| u64::from(recording.frames)).sum();
    let counts = [
        (runtime.containers.len() as u64, "container", "containers"),
        (runtime.planned.len() as u64, "planned service", "planned services"),
        (runtime.recordings.len() as u64, "recording", "recordings"),
        (frames, "moment", "moments"),
        (runtime.events.len() as u64, "event", "events"),
        (
            runtime.observed.len() as u64,
            "observation of files or imports",
            "observations of files or imports",
        ),
        (runtime.settings.len() as u64, "list of settings", "lists of settings"),
    ];
    let known = counts.iter().filter(|(count, ..)| *count > 0);
    let parts: Vec<_> =
        known.map(|(count, one, many)| format!("{count} {}", if *count == 1 { one } else { many })).collect();
    if parts.is_empty() { "nothing".to_owned() } else { parts.join(", ") }
}

/// One byte more than is read of any file, to detect a file that is too long.
fn content(path: &Path, max: u64) -> std::io::Result<Vec<u8>> {
    input::read_start(path, max.saturating_mul(JOURNAL).saturating_add(1))
}

/// A file that a compose file names, by its path as seen from that file. A device or a pipe would never end.
fn beside(compose: &Path, other: &str, most: u64) -> std::result::Result<Vec<u8>, FileFault> {
    let path = compose.parent().unwrap_or(Path::new(".")).join(other);
    let fault = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => FileFault::Missing,
        _ => FileFault::Refused,
    };
    let metadata = std::fs::metadata(&path).map_err(fault)?;
    if !metadata.is_file() {
        return Err(FileFault::NotAFile);
    }
    if metadata.len() > most {
        return Err(FileFault::TooLarge);
    }
    let mut bytes = Vec::new();
    let file = input::regular(&path).map_err(fault)?;
    file.take(most.saturating_add(1)).read_to_end(&mut bytes).map_err(fault)?;
    if bytes.len() as u64 > most { Err(FileFault::TooLarge) } else { Ok(bytes) }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn only_regular_files_are_read_beside_a_compose_file() {
        let directory = tempfile::tempdir().unwrap();
        let compose = directory.path().join("compose.yml");
        std::fs::write(&compose, "x").unwrap();
        std::fs::write(directory.path().join("b.yml"), "12345").unwrap();
        let _socket = std::os::unix::net::UnixListener::bind(directory.path().join("socket")).unwrap();
        assert_eq!(beside(&compose, "b.yml", 5), Ok(b"12345".to_vec()));
        assert_eq!(beside(&compose, "b.yml", 4), Err(FileFault::TooLarge));
        assert_eq!(beside(&compose, "no.yml", 4), Err(FileFault::Missing));
        assert_eq!(beside(&compose, "b.yml/x", 4), Err(FileFault::Missing));
        for place in ["/dev/zero", ".", "socket"] {
            assert_eq!(beside(&compose, place, 9), Err(FileFault::NotAFile), "{place}");
        }
    }
}
