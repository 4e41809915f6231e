//! `docker stats --format json`, `docker compose stats` and `nerdctl stats`: an object of strings a line.

use plimsoll_snapshot::runtime::{
    Quality, Recording, RecordingFormat, Regime, Resolution, Timestamps, UnitBase,
};
use serde_json::Value;

use crate::memory::identity::Identity;
use crate::memory::json::{self, At};
use crate::memory::printed::{Units, has_decimal_commas, is_blank, memory, others};
use crate::memory::reader::{Reader, Recognition};
use crate::memory::samples::{Framer, Sample};
use crate::memory::time;

/// The fields that people and tools put a time in.
const TIME_FIELDS: [&str; 7] = ["t", "time", "timestamp", "ts", "date", "@timestamp", "Timestamp"];

/// Whether a value is a line of it.
pub(crate) fn is_line(value: &Value) -> bool {
    value.get("MemUsage").is_some_and(Value::is_string)
}

/// The same in one document: lines that were put in an array.
pub(crate) fn read_values(reader: &mut Reader, values: &[(u64, &Value)]) -> Recognition {
    let mut stats = Stats::default();
    for (line, value) in values {
        stats.push(reader, &At { line: *line, ..At::default() }, value);
    }
    stats.finish(reader)
}

/// What was read so far, line by line: a file of them is too large to be held as values.
#[derive(Debug, Default)]
pub(crate) struct Stats {
    framer: Framer,
    /// Whether a line says what its user called the container by, as docker's do and nerdctl's do not. A template of
    /// one's own has other fields.
    is_docker: bool,
    units: Option<Units>,
    /// Whether some line prints memory, and some a limit beside it.
    has_memory: bool,
    has_limit: bool,
}

impl Stats {
    pub(crate) fn push(&mut self, reader: &mut Reader, at: &At, value: &Value) {
        self.is_docker |= value.get("BlockIO").is_none() || value.get("Container").is_some();
        if let Some(cell) = json::text(value, "MemUsage") {
            self.units = self.units.or_else(|| Units::of(cell));
            self.has_memory |= !is_blank(cell);
            self.has_limit |= cell.contains('/');
        }
        if at.clears {
            self.framer.next_frame();
        }
        match line(value) {
            Ok((who, sample)) => {
                let field = TIME_FIELDS.iter().find_map(|field| time::of_value(value.get(field)?));
                self.framer.push(who, field.or(at.time), sample);
            }
            Err(reason) => reader.warn(Some(at.line), reason),
        }
    }

    pub(crate) fn finish(self, reader: &mut Reader) -> Recognition {
        let (format, kind) = if self.is_docker {
            (RecordingFormat::DockerStats, "docker stats, JSON")
        } else {
            (RecordingFormat::NerdctlStats, "nerdctl stats, JSON")
        };
        reader.input.format = kind;
        let mut about = recording(&reader.input.file, format);
        if let Some(units) = self.units {
            units.describe(&mut about);
        }
        // Windows has no limit to print.
        if self.has_memory && !self.has_limit {
            about.regime = Regime::PrivateWorkingSet;
        }
        reader.input.samples.push(self.framer.finish_as(about));
        Recognition::Yes
    }
}

/// A recording of figures that are printed for people, in powers of 1024.
pub(crate) fn recording(file: &str, format: RecordingFormat) -> Recording {
    Recording {
        file: file.to_owned(),
        format,
        // Neither prints its version; docker before 20.10 took away all of the cache, and is long gone.
        regime: Regime::UsageMinusInactiveFile,
        quality: Quality {
            resolution: Resolution::FourDigits,
            base: UnitBase::Binary,
            timestamps: Timestamps::Added,
        },
        ..Recording::default()
    }
}

fn line(value: &Value) -> Result<(Identity, Sample), &'static str> {
    if !value.is_object() {
        return Err("no JSON object");
    }
    let said = json::owned(value, "ID").or_else(|| json::owned(value, "Container"));
    let (id, name) = match said {
        Some(id) if is_id(&id) => (Some(id), json::owned(value, "Name")),
        // What the user typed is a name.
        said => (None, json::owned(value, "Name").or(said)),
    };
    // The container was removed while it was being asked.
    let name = name.filter(|name| !is_blank(name));
    if id.is_none() && name.is_none() {
        return Err("neither an ID nor a name");
    }
    let mut sample = Sample::default();
    let text = |field| json::text(value, field).unwrap_or_default();
    let commas = has_decimal_commas([text("CPUPerc"), text("MemPerc")].into_iter());
    let cell = |field| if commas { text(field).replace(',', ".") } else { text(field).to_owned() };
    if text("MemUsage").is_empty() {
        return Err("no `MemUsage`");
    }
    memory(&mut sample, &cell("MemUsage"))?;
    others(&mut sample, &cell("CPUPerc"), &cell("NetIO"), &cell("BlockIO"), text("PIDs"));
    Ok((Identity { id, name, ..Identity::default() }, sample))
}

/// Whether it is an ID or the beginning of one.
pub(crate) fn is_id(text: &str) -> bool {
    (12..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
