//! What `plimsoll record` writes as it goes: a line of JSON for everything it learns, so that nothing is lost.

use std::collections::BTreeMap;

use plimsoll_snapshot::Bytes;
use plimsoll_snapshot::runtime::{Container, Ended, Interruption, Load, Metric, Recording, Span, Time};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::events::SeenEvent;
use super::json::Object;
use super::samples::{Framer, Sample};
use super::{Found, Identity, Reader};

/// A line of a journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "journal", rename_all = "snake_case")]
pub enum JournalLine {
    /// The first: everything about the recording but its samples.
    Recording {
        /// The version of the snapshot format that it will be sealed in.
        schema_version: u32,
        /// The recording, without frames.
        recording: Box<Recording>,
    },
    /// What was inspected.
    Container {
        /// Limits, and the state at that moment.
        container: Box<Container>,
    },
    /// What was measured at one moment.
    Frame {
        /// When.
        time: Time,
        /// Of whom, and what.
        samples: Vec<Journaled>,
    },
    /// What happened.
    Event(SeenEvent),
    /// From here on, events are listened to.
    Watching {
        /// Since when.
        from: Time,
    },
    /// From here on, they are not.
    Deaf {
        /// Since when.
        from: Time,
    },
    /// The engine could not be asked.
    Interruption(Interruption),
    /// What loads the stack; the last one holds.
    Load(Load),
    /// The last: how it ended.
    End {
        /// When.
        time: Time,
        /// How.
        ended: Ended,
    },
}

/// What one container took at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Journaled {
    /// Who.
    pub who: Identity,
    /// When it was started.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub started: Option<Time>,
    /// What was measured; empty if it did not answer.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", default)]
    pub values: BTreeMap<Metric, u64>,
    /// The most it ever took.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub peak: Option<Bytes>,
}

/// Whether a value is a line of a journal.
pub(crate) fn is_line(value: &Value) -> bool {
    value.get("journal").is_some()
}

pub(crate) fn read(reader: &mut Reader, objects: Vec<Object>) -> Found {
    reader.input.format = "journal of plimsoll record";
    let mut framer: Option<Framer> = None;
    let mut recording = Recording::default();
    let (mut watching, mut last) = (None, None);
    for Object { line, value, .. } in objects {
        let parsed = match serde_json::from_value(value) {
            Ok(parsed) => parsed,
            Err(_) => {
                reader.warn(Some(line), "not a line of a journal of this version");
                continue;
            }
        };
        match parsed {
            JournalLine::Recording { recording: head, .. } => recording = *head,
            JournalLine::Container { container } => {
                last = last.max(container.states.last().and_then(|state| state.observed));
                reader.input.containers.push(*container);
            }
            JournalLine::Frame { time, samples } => {
                let framer = framer.get_or_insert_default();
                framer.announce(time);
                for Journaled { who, started, values, peak } in samples {
                    let sample = Sample { values: values.into_iter().collect(), peak };
                    framer.push_started(who, Some(time), started, sample);
                }
                last = last.max(Some(time));
            }
            JournalLine::Event(event) => {
                last = last.max(Some(event.time));
                reader.input.events.push(event);
            }
            JournalLine::Watching { from } => watching = Some(from),
            JournalLine::Deaf { from: to } => {
                reader.input.watched.extend(watching.take().map(|from| Span { from, to }));
            }
            JournalLine::Interruption(interruption) => recording.interruptions.push(interruption),
            JournalLine::Load(load) => recording.load = Some(load),
            JournalLine::End { time, ended } => {
                last = last.max(Some(time));
                recording.ended = Some(ended);
            }
        }
    }
    // A journal that ends without a word is that of a recorder that was killed.
    recording.ended.get_or_insert(Ended::Killed);
    let to = |from: Time| last.map_or(from, |last| last.max(from));
    reader.input.watched.extend(watching.map(|from| Span { from, to: to(from) }));
    let mut samples = framer.unwrap_or_default().finish();
    (recording.frames, recording.times) = (samples.recording.frames, samples.recording.times);
    recording.file.clone_from(&reader.input.file);
    samples.recording = recording;
    reader.input.samples.push(samples);
    Found::Yes
}
