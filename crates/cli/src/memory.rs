//! Files that say how much memory is taken, joined into the runtime of a snapshot.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use plimsoll_collect::memory::{JOURNAL, MAX_BYTES, RuntimeBuilder, Surroundings, read_within};
use plimsoll_snapshot::{Runtime, Snapshot};

use crate::error::{Error, Result};
use crate::files;
use crate::printer::Printer;
use crate::steady::steady;

/// What is read beside images.
#[derive(clap::Args)]
#[command(next_help_heading = "Memory")]
pub(crate) struct MemoryArgs {
    /// What an engine says of its containers: `docker stats`, `inspect`, `events`, … or a recording of `plimsoll record`
    #[arg(long, value_name = "FILE", num_args = 1..)]
    memory: Vec<PathBuf>,
    /// A compose file; a later one overrides an earlier one
    #[arg(long, value_name = "FILE")]
    compose: Vec<PathBuf>,
    /// Call a service by another name, to match it with that of another snapshot
    #[arg(long, value_name = "OLD=NEW", value_parser = parse_map)]
    map: Vec<(String, String)>,
    /// The most bytes of one such file; a journal may have eight times as many
    #[arg(long, hide_short_help = true, value_name = "BYTES", default_value_t = MAX_BYTES)]
    limit_memory_bytes: usize,
}

fn parse_map(text: &str) -> std::result::Result<(String, String), String> {
    match text.split_once('=') {
        Some((old, new)) if !old.is_empty() && !new.is_empty() => Ok((old.to_owned(), new.to_owned())),
        _ => Err("expected `OLD=NEW`".to_owned()),
    }
}

impl MemoryArgs {
    /// As if only these compose files were given.
    pub(crate) fn of_compose(files: &[PathBuf]) -> Self {
        Self { memory: Vec::new(), compose: files.to_vec(), map: Vec::new(), limit_memory_bytes: MAX_BYTES }
    }

    /// Whether there is something to be read.
    pub(crate) fn is_given(&self) -> bool {
        !self.memory.is_empty() || !self.compose.is_empty()
    }

    /// Reads everything that is given into the snapshot.
    pub(crate) fn join(&self, snapshot: &mut Snapshot, printer: &Printer) -> Result<()> {
        for (old, new) in &self.map {
            snapshot
                .services
                .iter_mut()
                .filter(|service| service.name == *old)
                .for_each(|service| service.name.clone_from(new));
        }
        if !self.is_given() {
            return Ok(());
        }
        let mut builder = RuntimeBuilder::new();
        for path in self.compose.iter().chain(&self.memory) {
            add(&mut builder, path, self.limit_memory_bytes)?;
        }
        for (old, new) in &self.map {
            builder.rename(old, new);
        }
        let runtime = builder.finish();
        tell(&runtime, printer);
        snapshot.runtime = Some(runtime);
        Ok(())
    }
}

/// Says what was not read.
pub(crate) fn tell(runtime: &Runtime, printer: &Printer) {
    const SHOWN: usize = 10;
    for warning in runtime.warnings.iter().take(SHOWN) {
        printer.note(&format!("warning: {warning}"));
    }
    if let more @ 1.. = runtime.warnings.len().saturating_sub(SHOWN) {
        printer.note(&format!("warning: {more} more of the kind are in the snapshot"));
    }
}

/// What there is, in words.
pub(crate) fn contents(runtime: &Runtime) -> String {
    let frames: u64 = runtime.recordings.iter().map(|recording| u64::from(recording.frames)).sum();
    let counts = [
        (runtime.containers.len() as u64, "container", "containers"),
        (runtime.planned.len() as u64, "planned service", "planned services"),
        (runtime.recordings.len() as u64, "recording", "recordings"),
        (frames, "moment", "moments"),
        (runtime.events.len() as u64, "event", "events"),
    ];
    let known = counts.iter().filter(|(count, ..)| *count > 0);
    let parts: Vec<_> =
        known.map(|(count, one, many)| format!("{count} {}", if *count == 1 { one } else { many })).collect();
    if parts.is_empty() { "nothing".to_owned() } else { parts.join(", ") }
}

/// Adds one file, which may be a snapshot itself.
fn add(builder: &mut RuntimeBuilder, path: &Path, max: usize) -> Result<()> {
    let bytes = steady(path, || content(path, max).map_err(|error| Error::read(path, error)))?;
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    let is_snapshot = bytes.starts_with(&[0x1f, 0x8b]) || bytes.starts_with(b"{\"schema_version\"");
    if is_snapshot {
        let snapshot = plimsoll_snapshot::read(&bytes[..]).map_err(|source| Error::snapshot(path, source))?;
        let runtime = snapshot.runtime.ok_or_else(|| {
            Error::usage(format!("`{}` is a snapshot of images alone", path.display()), "give it as a SOURCE")
        })?;
        builder.add_runtime(runtime);
        return Ok(());
    }
    let directory = path.parent().unwrap_or(Path::new("."));
    let variables = dotenv(&directory.join(".env"), max);
    let variable = |name: &str| std::env::var(name).ok().or_else(|| variables.get(name).cloned());
    let file = |other: &str| content(&directory.join(other), max).ok();
    builder.add(read_within(&name, &bytes, &Surroundings { variable: &variable, file: &file }, max)?);
    Ok(())
}

/// One byte more than is read of any file, so that one which is longer is told from one which is not.
fn content(path: &Path, max: usize) -> std::io::Result<Vec<u8>> {
    files::read_start(path, (max as u64).saturating_mul(JOURNAL).saturating_add(1))
}

/// The variables that compose takes from beside its file. The environment goes before them, as it does there.
fn dotenv(path: &Path, max: usize) -> BTreeMap<String, String> {
    let text = content(path, max).unwrap_or_default();
    parse_dotenv(&String::from_utf8_lossy(&text))
}

fn parse_dotenv(text: &str) -> BTreeMap<String, String> {
    let pair = |line: &str| {
        let (name, value) = line.trim().trim_start_matches("export ").split_once('=')?;
        let value = value.trim();
        let quoted = |quote: char| value.strip_prefix(quote)?.strip_suffix(quote);
        let bare = || value.split(" #").next().unwrap_or_default().trim_end();
        let value = quoted('"').or_else(|| quoted('\'')).unwrap_or_else(bare);
        (!name.trim_start().starts_with('#')).then(|| (name.trim().to_owned(), value.to_owned()))
    };
    text.lines().filter_map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_beside_a_compose_file_are_read() {
        let read = parse_dotenv("# A=1\nB=2 # two\nexport C=\"x # y\"\n\nD='z'\nE\nF=\n");
        let read: Vec<_> = read.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(read, [("B", "2"), ("C", "x # y"), ("D", "z"), ("F", "")]);
    }
}
