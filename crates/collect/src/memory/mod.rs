//! Reads what engines, orchestrators and kernels say of memory: one file a format, found out by content.
//!
//! [`read`] reads one file, [`RuntimeBuilder`] joins what several files say of the same containers.

mod builder;
mod cgroup;
mod compose;
mod container;
mod crictl;
mod ctr;
mod docker_stats;
mod engine_stats;
mod events;
mod headless;
mod journal;
mod json;
mod kubectl_top;
mod kubernetes;
mod labels;
mod names;
mod podman_stats;
mod printed;
mod prometheus;
mod room;
mod samples;
mod table;
mod text;
mod time;
mod units;

use plimsoll_snapshot::runtime::{Container, PlannedService, RuntimeWarning, Span};
use serde_json::Value;

pub use builder::RuntimeBuilder;
pub use cgroup::Cgroup;
pub use compose::{FileFault, OpenFile};
pub use container::inspected;
pub use engine_stats::{EngineSample, engine_sample};
pub use events::{SeenEvent, seen_event};
pub use journal::{JournalLine, Journaled};
pub use samples::Samples;
pub use units::duration_ms;

use self::room::Room;
use crate::error::{Error, Result};
use crate::yaml::{self, Budget, Origin};

/// What one file says.
#[derive(Debug, Default)]
pub struct MemoryInput {
    /// The name of the file, without its directory.
    pub file: String,
    /// What the file is, in words.
    pub format: &'static str,
    /// What was inspected.
    pub containers: Vec<Container>,
    /// What is planned, each with the name that its container is given, if it is.
    pub planned: Vec<(PlannedService, Option<String>)>,
    /// What was sampled.
    pub samples: Vec<Samples>,
    /// What happened.
    pub events: Vec<SeenEvent>,
    /// When somebody listened.
    pub watched: Vec<Span>,
    /// What was not read.
    pub warnings: Vec<RuntimeWarning>,
}

/// Who a line is about, as far as it says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(default)]
#[expect(missing_docs, reason = "the names are those of `Container`")]
pub struct Identity {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
}

impl Identity {
    /// A container of which only the name is known.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self { name: Some(name.to_owned()), ..Self::default() }
    }
}

/// What a compose file may refer to.
pub struct Surroundings<'a> {
    /// Opens another file: one that is included or extended, or one of variables.
    pub file: &'a OpenFile<'a>,
    /// The files of variables, instead of `.env`.
    pub env_files: &'a [String],
}

impl Surroundings<'_> {
    /// A file that stands alone.
    pub const NONE: Surroundings<'static> =
        Surroundings { file: &|_, _| Err(FileFault::Missing), env_files: &[] };
}

/// The most bytes of one file, which is kept in memory as a whole.
pub const MAX_BYTES: usize = 128 << 20;

/// How many times as many a journal may have, which is read line by line: days of samples.
pub const JOURNAL: u64 = 8;

/// How many times the bytes that a file may have its values may take in memory.
const ROOM: usize = 8;

/// Free text without what looks like a secret.
#[must_use]
pub fn without_secrets(text: &str) -> String {
    crate::redact::text(text).into_owned()
}

/// What a server says, without what looks like a secret. Digests and identifiers stay: they name what is meant.
#[must_use]
pub fn answer_without_secrets(text: &str) -> String {
    crate::redact::setting(text).into_owned()
}

/// A message without what parsers quote, and without logins and tokens. What merely looks random stays, since messages name digests and files.
#[must_use]
pub fn without_credentials(text: &str) -> String {
    crate::redact::said(text)
}

/// What is tried, for those whose file is nothing of it.
const KNOWN: &str = "`docker stats`, `podman stats`, `podman pod stats`, `nerdctl stats` or `crictl stats` (table or JSON), `ctr task metrics`, answers of an engine's `/stats`, \
                     `inspect`, `events --format json`, a compose file or `compose config`, cgroup files, \
                     `kubectl top pod --containers`, a pod spec, a Prometheus range query, or a journal of `plimsoll record`";

/// Reads one file, whatever of the known formats it is. `name` is used in messages alone.
///
/// # Errors
/// If it is of no known format, or damaged as a whole. A line that cannot be read is counted in the warnings.
pub fn read(name: &str, bytes: &[u8], surroundings: &Surroundings<'_>) -> Result<MemoryInput> {
    read_within(name, bytes, surroundings, MAX_BYTES)
}

/// Reads one file of at most `max` bytes, or [`JOURNAL`] times as many if it is a journal.
///
/// # Errors
/// As [`read`], and if it is longer.
pub fn read_within(
    name: &str,
    bytes: &[u8],
    surroundings: &Surroundings<'_>,
    max: usize,
) -> Result<MemoryInput> {
    let max = max as u64;
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
    let room = Room::new(usize::try_from(max).unwrap_or(usize::MAX).saturating_mul(ROOM));
    let result = match json::Shape::of(&text, &room) {
        json::Shape::Document(value) => reader.document(&value, surroundings),
        json::Shape::Lines => reader.json_lines(&text, &room),
        json::Shape::Broken(reason) => {
            let reason = crate::redact::message(&reason);
            return Err(Error::Document { member: name.to_owned(), reason });
        }
        json::Shape::Other => reader.other(&text, surroundings),
    };
    match result {
        Found::Yes => Ok(reader.input),
        Found::No(looks) => Err(Error::NoMemory { file: name.to_owned(), looks, known: KNOWN }),
        Found::Broken(reason) => {
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
    max: usize,
) -> Result<Option<MemoryInput>> {
    let (max, names) =
        (max as u64, || files.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", "));
    let length = files.iter().map(|(_, bytes)| bytes.len() as u64).sum();
    check_size(&names(), length, max)?;
    let room = Room::new(usize::try_from(max).unwrap_or(usize::MAX).saturating_mul(ROOM));
    let mut sheets = Vec::new();
    for (name, bytes) in files {
        let text = text::decode(bytes);
        let damaged = |reason: String| Error::Document {
            member: name.clone(),
            reason: crate::redact::message(&reason),
        };
        sheets.push(match json::Shape::of(&text, &room) {
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
        flag: "--limit-memory-bytes",
    })
}

/// Whether a text that is no YAML was meant to be a compose file.
fn looks_like_compose(text: &str) -> bool {
    text.lines().any(|line| line.trim_end() == "services:")
}

/// Whether a format was recognised.
pub(crate) enum Found {
    Yes,
    /// It was not; what it looks like.
    No(&'static str),
    /// It was, but it cannot be read.
    Broken(String),
}

/// Collects what is read, and what is not.
pub(crate) struct Reader {
    pub(crate) input: MemoryInput,
    /// How many bytes the files may have that this one names.
    bytes_left: u64,
}

/// How many different reasons are kept of one file.
const MAX_WARNINGS: usize = 50;

impl Reader {
    /// Notes something that was not read. Equal reasons are counted.
    pub(crate) fn warn(&mut self, line: Option<u64>, reason: &str) {
        let reason = &*crate::redact::message(reason);
        let warnings = &mut self.input.warnings;
        if let Some(known) = warnings.iter_mut().find(|known| known.reason == reason) {
            known.count += 1;
        } else if warnings.len() < MAX_WARNINGS {
            let (file, reason) = (self.input.file.clone(), reason.to_owned());
            warnings.push(RuntimeWarning { file, line, reason, count: 1 });
        } else if let Some(last) = warnings.last_mut() {
            "more of other kinds".clone_into(&mut last.reason);
            last.count += 1;
        }
    }

    /// One JSON document.
    fn document(&mut self, value: &Value, surroundings: &Surroundings<'_>) -> Found {
        let elements = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        let Some(first) = elements.first() else { return Found::No("an empty JSON array") };
        if compose::is_compose_json(first) {
            return self.compose(compose::Sheet::of_json(&self.input.file, first), surroundings);
        }
        if kubernetes::is_spec(first) {
            return kubernetes::read(self, elements);
        }
        if prometheus::is_answer(first) {
            return prometheus::read(self, first);
        }
        let numbered: Vec<(u64, &Value)> = (1..).zip(elements).collect();
        self.objects(&numbered)
    }

    /// One JSON object a line, perhaps with a time in front.
    fn json_lines(&mut self, text: &str, room: &Room) -> Found {
        let mut lines = json::Lines::default();
        let mut objects: Vec<(u64, Value)> = Vec::new();
        let mut stats: Option<docker_stats::Stats> = None;
        for line in text::lines(text) {
            // Lines of stats are done with one by one, all others are held.
            let room_of_line = stats.as_ref().map(|_| Room::new(json::ROOM_OF_LINE));
            let (at, value) = match lines.parse(&line, room_of_line.as_ref().unwrap_or(room)) {
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
            None if objects.is_empty() => Found::No("JSON in no line of which there is an object"),
            None => self.objects(&objects.iter().map(|(line, value)| (*line, value)).collect::<Vec<_>>()),
        }
    }

    /// A list of objects of one kind: by the first that is of a known one.
    fn objects(&mut self, objects: &[(u64, &Value)]) -> Found {
        type Is = fn(&Value) -> bool;
        type Read = fn(&mut Reader, &[(u64, &Value)]) -> Found;
        const KINDS: [(Is, Read); 8] = [
            (container::is_inspect, container::read),
            (engine_stats::is_answer, engine_stats::read),
            (podman_stats::is_report, podman_stats::read),
            (docker_stats::is_line, docker_stats::read_values),
            (crictl::is_list, crictl::read),
            (ctr::is_metrics, ctr::read),
            (events::is_event, events::read),
            (|value| value.is_array(), Reader::nested),
        ];
        let kind = |(_, value): &(u64, &Value)| KINDS.iter().find(|(is, _)| is(value));
        match objects.iter().take(100).find_map(kind) {
            Some((_, read)) => read(self, objects),
            None => Found::No("JSON of another kind"),
        }
    }

    /// Arrays in lines: what `podman stats --format json` prints again and again.
    fn nested(&mut self, objects: &[(u64, &Value)]) -> Found {
        let flat: Vec<_> = objects
            .iter()
            .flat_map(|(line, value)| value.as_array().into_iter().flatten().map(|value| (*line, value)))
            .filter(|(_, value)| !value.is_array())
            .collect();
        self.objects(&flat)
    }

    /// What is not JSON.
    fn other(&mut self, text: &str, surroundings: &Surroundings<'_>) -> Found {
        if table::is_table(text) {
            return table::read(self, text);
        }
        if kubectl_top::is_table(text) {
            return kubectl_top::read(self, text);
        }
        if ctr::is_table(text) {
            return ctr::read_table(self, text);
        }
        if cgroup::is_files(text) {
            return cgroup::read(self, text);
        }
        if headless::is_rows(text) {
            return headless::read(self, text);
        }
        let budget = Budget::default();
        let documents = match yaml::parse(text, Origin(0), &budget) {
            Ok(documents) => documents,
            Err(fault) if looks_like_compose(text) => return Found::Broken(fault.to_string()),
            Err(_) => return Found::No("text of another kind"),
        };
        if documents.iter().any(compose::is_compose) {
            return self.compose(compose::Sheet { path: self.input.file.clone(), documents }, surroundings);
        }
        if !documents.iter().any(|document| document.get("apiVersion").is_some()) {
            return Found::No("text of another kind");
        }
        match documents
            .iter()
            .map(|document| document.to_json(&budget))
            .collect::<std::result::Result<Vec<_>, _>>()
        {
            Ok(documents) if documents.iter().any(kubernetes::is_spec) => kubernetes::read(self, &documents),
            Ok(_) => Found::No("text of another kind"),
            Err(spent) => Found::Broken(spent.to_string()),
        }
    }

    fn compose(&mut self, sheet: compose::Sheet, surroundings: &Surroundings<'_>) -> Found {
        let bytes = self.bytes_left;
        match compose::read(self, &[sheet], surroundings, bytes) {
            Ok(()) => Found::Yes,
            Err(spent) => Found::Broken(spent.to_string()),
        }
    }
}
