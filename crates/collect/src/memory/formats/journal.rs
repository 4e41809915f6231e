//! What `plimsoll record` writes as it goes: a line of JSON for everything it learns, so that nothing is lost.

use std::collections::BTreeMap;

use plimsoll_snapshot::runtime::{
    Container, Ended, Interruption, Load, Metric, ObservationSource, Recording, Span, Time,
};
use plimsoll_snapshot::{Bytes, Paths};
use serde::{Deserialize, Serialize};

use crate::memory::identity::Identity;
use crate::memory::input::SeenEvent;
use crate::memory::observed::{Opened, SourceObservation};
use crate::memory::reader::Reader;
use crate::memory::samples::{Framer, Sample};
use crate::memory::text::lines;

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
    /// Which files of the image were opened since the line before.
    Opened {
        /// Of whom.
        who: Identity,
        /// Whether its start was seen.
        from_start: bool,
        /// The new paths.
        paths: Paths,
        /// Events that were lost.
        #[serde(skip_serializing_if = "is_zero", default)]
        lost: u64,
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

/// The files that one container opened.
#[derive(Default)]
struct Use {
    who: Identity,
    opened: Opened,
    from_start: bool,
    lost: u64,
}

#[cfg_attr(
    not(target_family = "wasm"),
    expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")
)]
fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// Whether a file is a journal: its first line says so.
pub(crate) fn is_journal(bytes: &[u8]) -> bool {
    bytes.starts_with(b"{\"journal\":")
}

pub(crate) fn read(reader: &mut Reader, text: &str) {
    reader.input.format = "journal of plimsoll record";
    let mut framer: Option<Framer> = None;
    let mut recording = Recording::default();
    let (mut watching, mut last) = (None, None);
    let mut opened: BTreeMap<Option<String>, Use> = BTreeMap::new();
    for line in lines(text) {
        let parsed = match serde_json::from_str(&line.text) {
            Ok(parsed) => parsed,
            Err(error) => {
                let reason = if error.is_eof() {
                    "a line that is cut off"
                } else {
                    "not a line of a journal of this version"
                };
                reader.warn(Some(line.number), reason);
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
                    let values = values.into_iter().collect();
                    let sample = Sample { values, peak, ..Sample::default() };
                    framer.push_started(who, Some(time), started, sample);
                }
                last = last.max(Some(time));
            }
            JournalLine::Opened { who, from_start, paths, lost } => {
                let seen = opened.entry(who.id.clone()).or_default();
                paths.iter().for_each(|path| seen.opened.add(path));
                seen.from_start |= from_start;
                seen.lost = seen.lost.saturating_add(lost);
                seen.who = who;
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
    for seen in opened.into_values() {
        let mut observation = seen.opened.finish(&reader.input.file, ObservationSource::Recorded);
        observation.lost += seen.lost;
        observation.from_start = seen.from_start;
        observation.load.clone_from(&recording.load);
        reader.input.observed.push(SourceObservation { who: seen.who, observation });
    }
    let mut samples = framer.unwrap_or_default().finish();
    (recording.frames, recording.times) = (samples.recording.frames, samples.recording.times);
    recording.file.clone_from(&reader.input.file);
    samples.recording = recording;
    reader.input.samples.push(samples);
}

#[cfg(test)]
mod tests {
    use plimsoll_snapshot::runtime::EventKind;

    use super::*;
    use crate::memory::{RuntimeBuilder, Surroundings, read};

    fn lines() -> Vec<JournalLine> {
        let who = Identity { id: Some("f2ac88aabab9".to_owned()), ..Identity::default() };
        let frame = |time: i64, started: i64| {
            let values = BTreeMap::from([(Metric::WorkingSet, 5)]);
            let sample =
                Journaled { who: who.clone(), started: Some(Time(started)), values, peak: Some(Bytes(9)) };
            JournalLine::Frame { time: Time(time), samples: vec![sample] }
        };
        let oom = SeenEvent { time: Time(2500), who: who.clone(), kind: EventKind::Oom };
        vec![
            JournalLine::Recording { schema_version: 2, recording: Box::default() },
            JournalLine::Watching { from: Time(900) },
            frame(1000, 500),
            frame(1500, 500),
            JournalLine::Event(oom),
            frame(3000, 2900),
        ]
    }

    fn sealed(end: &str) -> plimsoll_snapshot::Runtime {
        let text: String = lines().iter().map(|line| serde_json::to_string(line).unwrap() + "\n").collect();
        let mut builder = RuntimeBuilder::new();
        builder.add(read("a.journal", format!("{text}{end}").as_bytes(), &Surroundings::NONE).unwrap());
        builder.finish()
    }

    #[test]
    fn a_journal_without_an_end_is_whole_up_to_there() {
        let runtime = sealed("{\"journal\":\"frame\",\"time\":99");
        let recording = &runtime.recordings[0];
        assert_eq!((recording.frames, recording.ended), (3, Some(Ended::Killed)));
        let spans: Vec<_> = recording.series.iter().map(|one| (one.started, one.first, one.length)).collect();
        assert_eq!(spans, [(Some(Time(500)), 0, 2), (Some(Time(2900)), 2, 1)]);
        assert_eq!(runtime.watched, [Span { from: Time(900), to: Time(3000) }]);
        assert_eq!(runtime.events.len(), 1);
        assert_eq!(runtime.warnings[0].reason, "a line that is cut off");
    }

    #[test]
    fn opened_files_are_united_under_the_load_of_the_recording() {
        let who = Identity { id: Some("f2ac88aabab9".to_owned()), ..Identity::default() };
        let opened = |path: &str, from_start, lost| JournalLine::Opened {
            who: who.clone(),
            from_start,
            paths: [path.as_bytes()].into_iter().collect(),
            lost,
        };
        let load = Load { label: "smoke".to_owned(), ..Load::default() };
        let lines =
            [opened("/a", true, 0), opened("/b", false, 2), opened("/a", false, 0), JournalLine::Load(load)];
        let end: String = lines.iter().map(|line| serde_json::to_string(line).unwrap() + "\n").collect();
        let runtime = sealed(&end);
        let [seen] = &runtime.observed[..] else { panic!("{:?}", runtime.observed) };
        assert_eq!(seen.opened.iter().collect::<Vec<_>>(), [b"a", b"b"]);
        assert_eq!(
            (seen.from_start, seen.lost, seen.load.as_ref().unwrap().label.as_str()),
            (true, 2, "smoke")
        );
    }

    #[test]
    fn the_end_says_how() {
        let end = JournalLine::End { time: Time(4000), ended: Ended::Complete };
        let runtime = sealed(&serde_json::to_string(&end).unwrap());
        assert_eq!(runtime.recordings[0].ended, Some(Ended::Complete));
        assert!(runtime.warnings.is_empty());
    }
}
