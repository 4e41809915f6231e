//! Detects the format of a file from its content, and reads it.

use plimsoll_snapshot::Limit;

use serde_json::Value;

use super::formats::compose::Surroundings;
use super::formats::{FORMATS, Format, compose, docker_stats, is_log, journal, podman_stats};
use super::input::MemoryInput;
use super::quota::Quota;
use super::reader::{Reader, Recognition};
use super::{json, text};
use crate::error::{Error, Result};
use crate::yaml::{self, Budget, Origin};

/// How many times as many a journal may have, which is read line by line: days of samples.
pub const JOURNAL: u64 = 8;

/// How many times the bytes that a file may have its values may take in memory.
const QUOTA: usize = 8;

/// The formats that are tried, for the message about a file of none of them.
const KNOWN: &str = "`docker stats`, `podman stats`, `podman pod stats`, `nerdctl stats` or `crictl stats` (table or JSON), `ctr task metrics`, answers of an engine's `/stats`, \
                     `inspect`, `events --format json`, a compose file or `compose config`, cgroup files, \
                     `kubectl top pod --containers`, a pod spec, a Prometheus range query, `strace` logs, import times of Python, `/proc/PID/maps` or `smaps`, `docker diff`, settings of PostgreSQL (`SHOW ALL`, `postgresql.conf`), or a journal of `plimsoll record`";

/// Reads one file, whatever of the known formats it is. `name` is used in messages alone.
///
/// # Errors
/// If it is of no known format, or damaged as a whole. A line that cannot be read is counted in the warnings.
pub fn read(name: &str, bytes: &[u8], surroundings: &Surroundings<'_>) -> Result<MemoryInput> {
    read_within(name, bytes, surroundings, Limit::MemoryBytes.default_value())
}

/// Reads one file of at most `max` bytes, or [`JOURNAL`] times as many if it is a journal.
///
/// # Errors
/// As [`read`], and if it is longer.
pub fn read_within(
    name: &str,
    bytes: &[u8],
    surroundings: &Surroundings<'_>,
    max: u64,
) -> Result<MemoryInput> {
    let max = if journal::is_journal(bytes) { max.saturating_mul(JOURNAL) } else { max };
    check_size(name, bytes.len() as u64, max)?;
    let text = text::decode(bytes);
    let mut reader = Reader {
        input: MemoryInput { file: name.to_owned(), ..MemoryInput::default() },
        bytes_left: max - bytes.len() as u64,
    };
    if journal::is_journal(bytes) {
        journal::read(&mut reader, &text);
        return Ok(reader.input);
    }
    let quota = Quota::new(usize::try_from(max).unwrap_or(usize::MAX).saturating_mul(QUOTA));
    let result = match json::Shape::of(&text, &quota) {
        json::Shape::Document(value) => reader.document(&value, surroundings),
        // A log may begin with a bracket, and other programs may write JSON between its lines.
        json::Shape::Lines | json::Shape::Broken(_) if is_log(&text) => reader.other(&text, surroundings),
        json::Shape::Lines => reader.json_lines(&text, &quota),
        json::Shape::Broken(reason) => {
            let reason = crate::redact::message(&reason);
            return Err(Error::Document { member: name.to_owned(), reason });
        }
        json::Shape::Other => reader.other(&text, surroundings),
    };
    match result {
        Recognition::Yes => Ok(reader.input),
        Recognition::No(looks) => Err(Error::NoMemory { file: name.to_owned(), looks, known: KNOWN }),
        Recognition::Broken(reason) => {
            Err(Error::Document { member: name.to_owned(), reason: crate::redact::message(&reason) })
        }
    }
}

/// Reads compose files as one project, a later one over an earlier one, as `docker compose -f A -f B` does. `None` if one
/// of them is something else. All of them, and the files that they name, may have `max` bytes together.
///
/// # Errors
/// If one of them is damaged as a whole, or they are longer.
pub fn read_compose(
    files: &[(String, Vec<u8>)],
    surroundings: &Surroundings<'_>,
    max: u64,
) -> Result<Option<MemoryInput>> {
    let names = || files.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ");
    let length = files.iter().map(|(_, bytes)| bytes.len() as u64).sum();
    check_size(&names(), length, max)?;
    let quota = Quota::new(usize::try_from(max).unwrap_or(usize::MAX).saturating_mul(QUOTA));
    let mut sheets = Vec::new();
    for (name, bytes) in files {
        let text = text::decode(bytes);
        let damaged = |reason: String| Error::Document {
            member: name.clone(),
            reason: crate::redact::message(&reason),
        };
        sheets.push(match json::Shape::of(&text, &quota) {
            json::Shape::Document(value) => compose::Sheet::of_json(name, &value),
            json::Shape::Broken(reason) => return Err(damaged(reason)),
            json::Shape::Lines | json::Shape::Other => match compose::Sheet::parse(name, &text) {
                Ok(sheet) => sheet,
                Err(fault) if looks_like_compose(&text) => return Err(damaged(fault.to_string())),
                Err(_) => return Ok(None),
            },
        });
    }
    // A file that goes over another may have no services.
    let is_compose = |sheet: &compose::Sheet| sheet.documents.iter().any(compose::is_compose);
    let is_part = |sheet: &compose::Sheet| {
        sheet
            .documents
            .iter()
            .all(|document| document.as_entries().is_some() && document.get("apiVersion").is_none())
    };
    if !sheets.iter().any(is_compose) || !sheets.iter().all(is_part) {
        return Ok(None);
    }
    let input = MemoryInput { file: names(), ..MemoryInput::default() };
    let mut reader = Reader { input, bytes_left: max - length };
    match compose::read(&mut reader, &sheets, surroundings, max - length) {
        Ok(()) => Ok(Some(reader.input)),
        Err(spent) => Err(Error::Document { member: names(), reason: spent.to_string() }),
    }
}

fn check_size(name: &str, length: u64, limit: u64) -> Result<()> {
    if length <= limit {
        return Ok(());
    }
    Err(Error::Limit {
        what: "the size of a file about memory",
        place: format!("`{name}`"),
        limit,
        found: Some(length),
        which: Limit::MemoryBytes,
    })
}

/// Whether a text that is no YAML was meant to be a compose file.
fn looks_like_compose(text: &str) -> bool {
    text.lines().any(|line| line.trim_end() == "services:")
}

impl Reader {
    /// One JSON document.
    fn document(&mut self, value: &Value, surroundings: &Surroundings<'_>) -> Recognition {
        let elements = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        let Some(first) = elements.first() else { return Recognition::No("an empty JSON array") };
        if compose::is_compose_json(first) {
            return self.compose(compose::Sheet::of_json(&self.input.file, first), surroundings);
        }
        self.documents(&elements[..1], elements).unwrap_or_else(|| {
            let numbered: Vec<(u64, &Value)> = (1..).zip(elements).collect();
            self.objects(&numbered)
        })
    }

    /// Documents of a format that some of them show. `None` if none does.
    fn documents(&mut self, some: &[Value], all: &[Value]) -> Option<Recognition> {
        FORMATS.iter().find_map(|format| match format {
            Format::Documents(is, read) if some.iter().any(is) => Some(read(self, all)),
            _ => None,
        })
    }

    /// One JSON object a line, perhaps with a time in front.
    fn json_lines(&mut self, text: &str, quota: &Quota) -> Recognition {
        let mut lines = json::Lines::default();
        let mut objects: Vec<(u64, Value)> = Vec::new();
        let mut stats: Option<docker_stats::Stats> = None;
        for line in text::lines(text) {
            // Lines of stats are done with one by one, all others are held.
            let quota_of_line = stats.as_ref().map(|_| Quota::new(json::QUOTA_OF_LINE));
            let (at, value) = match lines.parse(&line, quota_of_line.as_ref().unwrap_or(quota)) {
                Ok(Some(object)) => object,
                Ok(None) => continue,
                Err(reason) => {
                    self.warn(Some(line.number), reason);
                    continue;
                }
            };
            let is_first = objects.is_empty() && stats.is_none();
            if is_first && docker_stats::is_line(&value) && !podman_stats::is_of_pod(&value) {
                stats = Some(docker_stats::Stats::default());
            }
            match &mut stats {
                Some(stats) => stats.push(self, &at, &value),
                None => objects.push((at.line, value)),
            }
        }
        match stats {
            Some(stats) => stats.finish(self),
            None if objects.is_empty() => Recognition::No("JSON lines without an object"),
            None => self.objects(&objects.iter().map(|(line, value)| (*line, value)).collect::<Vec<_>>()),
        }
    }

    /// A list of objects of one kind: by the first that is of a known one.
    fn objects(&mut self, objects: &[(u64, &Value)]) -> Recognition {
        /// How many objects of no known kind may stand before one that is.
        const TRIED: usize = 100;
        for (_, value) in objects.iter().take(TRIED) {
            let known = FORMATS.iter().find_map(|format| match format {
                Format::Objects(is, read) if is(value) => Some(read),
                _ => None,
            });
            if let Some(read) = known {
                return read(self, objects);
            }
            // What `podman stats --format json` prints again and again: an array in each line.
            if value.is_array() {
                let elements = objects
                    .iter()
                    .flat_map(|(line, value)| {
                        value.as_array().into_iter().flatten().map(|value| (*line, value))
                    })
                    .filter(|(_, value)| !value.is_array());
                return self.objects(&elements.collect::<Vec<_>>());
            }
        }
        Recognition::No("JSON of another kind")
    }

    /// What is not JSON.
    fn other(&mut self, text: &str, surroundings: &Surroundings<'_>) -> Recognition {
        for format in FORMATS {
            if let Format::Text(is, read) = format
                && is(text)
            {
                return read(self, text);
            }
        }
        let budget = Budget::default();
        let documents = match yaml::parse(text, Origin(0), &budget) {
            Ok(documents) => documents,
            Err(fault) if looks_like_compose(text) => return Recognition::Broken(fault.to_string()),
            Err(_) => return Recognition::No("text of another kind"),
        };
        if documents.iter().any(compose::is_compose) {
            return self.compose(compose::Sheet { path: self.input.file.clone(), documents }, surroundings);
        }
        if !documents.iter().any(|document| document.get("apiVersion").is_some()) {
            return Recognition::No("text of another kind");
        }
        let documents: std::result::Result<Vec<_>, _> =
            documents.iter().map(|document| document.to_json(&budget)).collect();
        match documents {
            Ok(documents) => {
                self.documents(&documents, &documents).unwrap_or(Recognition::No("text of another kind"))
            }
            Err(spent) => Recognition::Broken(spent.to_string()),
        }
    }

    fn compose(&mut self, sheet: compose::Sheet, surroundings: &Surroundings<'_>) -> Recognition {
        let bytes = self.bytes_left;
        match compose::read(self, &[sheet], surroundings, bytes) {
            Ok(()) => Recognition::Yes,
            Err(spent) => Recognition::Broken(spent.to_string()),
        }
    }
}
