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
mod interpolate;
mod journal;
mod json;
mod kubectl_top;
mod kubernetes;
mod labels;
mod names;
mod podman_stats;
mod printed;
mod prometheus;
mod samples;
mod table;
mod text;
mod time;
mod units;

use plimsoll_snapshot::runtime::{Container, PlannedService, RuntimeWarning, Span};
use serde_json::Value;

pub use builder::RuntimeBuilder;
pub use cgroup::Cgroup;
pub use container::inspected;
pub use engine_stats::{EngineSample, engine_sample};
pub use events::{SeenEvent, seen_event};
pub use journal::{JournalLine, Journaled};
pub use samples::Samples;
pub use units::duration_ms;

use crate::error::{Error, Result};

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
    /// The value of a variable. It is used where a limit, a number or the name of an image is wanted, nowhere else.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
    /// The content of another file, for `extends`.
    pub file: &'a dyn Fn(&str) -> Option<Vec<u8>>,
}

impl Surroundings<'_> {
    /// A file that stands alone.
    pub const NONE: Surroundings<'static> = Surroundings { variable: &|_| None, file: &|_| None };
}

/// The most bytes of one file, which is kept in memory as a whole.
pub const MAX_BYTES: usize = 128 << 20;

/// How many times as many a journal may have, which is read line by line: days of samples.
pub const JOURNAL: u64 = 8;

/// Free text without what looks like a secret.
#[must_use]
pub fn without_secrets(text: &str) -> String {
    crate::redact::text(text).into_owned()
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
    if bytes.len() as u64 > max {
        return Err(Error::Limit {
            what: "the size of a file about memory",
            place: format!("`{name}`"),
            limit: max,
            found: Some(bytes.len() as u64),
            flag: "--limit-memory-bytes",
        });
    }
    let text = text::decode(bytes);
    let mut reader = Reader { input: MemoryInput { file: name.to_owned(), ..MemoryInput::default() } };
    if journal::is_journal(bytes) {
        journal::read(&mut reader, &text);
        return Ok(reader.input);
    }
    let result = match json::Shape::of(&text) {
        json::Shape::Document(value) => reader.document(&value, surroundings),
        json::Shape::Lines => reader.json_lines(&text),
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
        if compose::is_compose(first) {
            return compose::read(self, first, surroundings);
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
    fn json_lines(&mut self, text: &str) -> Found {
        let mut lines = json::Lines::default();
        for line in text::lines(text) {
            if let Err(reason) = lines.push(&line) {
                self.warn(Some(line.number), reason);
            }
        }
        let objects = lines.objects;
        let Some(first) = objects.first() else {
            return Found::No("JSON in no line of which there is an object");
        };
        if docker_stats::is_line(&first.value) && !podman_stats::is_of_pod(&first.value) {
            return docker_stats::read(self, &objects);
        }
        let numbered: Vec<_> = objects.iter().map(|object| (object.line, &object.value)).collect();
        self.objects(&numbered)
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
        match json::yaml(text) {
            Ok(documents) => match documents.first() {
                Some(first) if compose::is_compose(first) => compose::read(self, first, surroundings),
                _ if documents.iter().any(kubernetes::is_spec) => kubernetes::read(self, &documents),
                _ => Found::No("text of another kind"),
            },
            Err(reason) if text.lines().any(|line| line.trim_end() == "services:") => Found::Broken(reason),
            Err(_) => Found::No("text of another kind"),
        }
    }
}
