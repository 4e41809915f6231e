//! One recording: asks the engine at an interval, listens to it, and writes down what it says.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

use plimsoll_collect::memory::{Identity, JournalLine, Journaled, SeenEvent, engine_sample, inspected};
use plimsoll_snapshot::SCHEMA_VERSION;
use plimsoll_snapshot::runtime::{
    Ended, EngineKind, EventKind, HealthStatus, Interruption, Load, Metric, Quality, Recording,
    RecordingFormat, Resolution, Span, Status, Time, Timestamps, UnitBase,
};
use serde_json::Value;

use super::Journal;
use super::api;
use super::cgroup::Files;
use super::clock::now;
use super::events::{Heard, WAITING, listen};
use super::files::FileWatch;
use super::target::{Listed, Target};
use crate::error::{Error, Result};
use crate::printer::Printer;
use crate::sources::engine::{Connection, Deadline, Engine};

/// Where the lines of a session go.
pub(crate) trait Log {
    /// Takes a line, at once.
    fn write(&mut self, line: &JournalLine) -> Result<()>;
}

impl Log for Journal {
    fn write(&mut self, line: &JournalLine) -> Result<()> {
        Self::write(self, line)
    }
}

/// When a recording ends. Whatever comes first.
pub(crate) struct Stop<'a> {
    /// After so long.
    pub(crate) duration: Option<Duration>,
    /// Once the user asks for it.
    pub(crate) asked: &'a AtomicBool,
    /// Once the command has ended; gives its exit code then.
    pub(crate) command: &'a mut dyn FnMut() -> Option<i64>,
}

/// What a recording is when it has ended.
pub(crate) struct Recorded<L> {
    /// Ready to be sealed.
    pub(crate) journal: L,
    pub(crate) ended: Ended,
    /// Why nothing was recorded, if nothing was.
    pub(crate) unseen: Option<Error>,
}

/// A container that is recorded.
#[derive(Debug, Default)]
struct WatchedContainer {
    started: Option<Time>,
    files: Option<Files>,
    /// How often it was written down.
    inspections: u32,
    health: Option<HealthStatus>,
    is_running: bool,
    /// Where its root file system is mounted, if opened files are recorded.
    root: Option<PathBuf>,
}

pub(crate) struct Session<'a, L> {
    connection: Connection,
    target: Target,
    journal: L,
    printer: &'a Printer,
    interval: Duration,
    heard: Receiver<Heard>,
    containers: BTreeMap<String, WatchedContainer>,
    /// Containers that are not wanted.
    others: BTreeSet<String>,
    /// Whether the working set is that of the kernel's files.
    has_files: bool,
    /// Whether what the engine calls the working set is another figure.
    needs_files: bool,
    is_local: bool,
    /// Since when the engine cannot be asked, and why.
    away: Option<(Time, Instant, String)>,
    frames: u64,
    /// Who tells which files are opened, if that is recorded.
    opened: Option<FileWatch>,
}

/// An engine that does not answer by then is asked again.
const TIMEOUT: Duration = Duration::from_secs(10);
/// An engine that is away for longer does not come back.
const PATIENCE: Duration = Duration::from_secs(90);
/// How often the list is read even if no change is reported, in frames.
const LIST_EVERY: u64 = 30;
/// A container that starts again and again is written down so often.
const MAX_INSPECTIONS: u32 = 100;

impl<'a, L: Log> Session<'a, L> {
    /// Asks the engine what it is, and writes the head of the journal.
    pub(crate) fn start(
        engine: Engine,
        target: Target,
        journal: L,
        interval: Duration,
        load: Option<Load>,
        opened: Option<FileWatch>,
        printer: &'a Printer,
    ) -> Result<Self> {
        let connection = Connection::new(engine, Deadline::Total(TIMEOUT))?;
        let (about, host) = api::about(&connection)?;
        let (said, heard) = sync_channel(WAITING);
        std::thread::spawn(move || listen(engine, &said));
        let is_local = connection.is_local();
        let mut session = Self {
            connection,
            target,
            journal,
            printer,
            interval,
            heard,
            containers: BTreeMap::new(),
            others: BTreeSet::new(),
            has_files: false,
            needs_files: false,
            is_local,
            away: None,
            frames: 0,
            opened,
        };
        let first = session.listed()?;
        session.has_files =
            is_local && first.iter().any(|container| session.files_of(&container.id).is_some());
        session.needs_files = session.has_files && about.kind == EngineKind::Podman;
        let recording = Recording {
            format: RecordingFormat::Recorded,
            regime: api::regime(&about, &host, session.has_files),
            quality: Quality {
                resolution: Resolution::Exact,
                base: UnitBase::None,
                timestamps: Timestamps::Source,
            },
            interval_ms: u64::try_from(interval.as_millis()).ok(),
            engine: Some(about),
            host: Some(host),
            load,
            ..Recording::default()
        };
        let recording = Box::new(recording);
        session.journal.write(&JournalLine::Recording { schema_version: SCHEMA_VERSION, recording })?;
        session.discover()?;
        Ok(session)
    }

    /// How many containers are recorded.
    pub(crate) fn containers(&self) -> usize {
        self.containers.len()
    }

    /// Refuses names that no container has: what the engine has is listed.
    pub(crate) fn expect_all(&self) -> Result<()> {
        let all: Vec<Listed> = self.connection.json("containers/json?all=true")?.unwrap_or_default();
        self.target.expect_all(&all)
    }

    /// Writes down what loads the stack.
    pub(crate) fn load(&mut self, load: Load) -> Result<()> {
        self.journal.write(&JournalLine::Load(load))
    }

    /// Records until it is to stop; gives the journal, ready to be sealed.
    pub(crate) fn run(mut self, stop: &mut Stop<'_>, load: Option<&Load>) -> Result<Recorded<L>> {
        let begin = Instant::now();
        let mut next = begin;
        let ended = loop {
            self.hear_until(next, stop.asked)?;
            if stop.asked.load(Ordering::Relaxed) {
                break Ended::Interrupted;
            }
            self.frame()?;
            if let Some(exit_code) = (stop.command)() {
                if let Some(mut load) = load.cloned() {
                    load.span = load.span.map(|span| Span { to: now(), ..span });
                    load.exit_code = Some(exit_code);
                    self.load(load)?;
                }
                break Ended::Complete;
            }
            if stop.duration.is_some_and(|duration| begin.elapsed() >= duration) {
                break Ended::Complete;
            }
            if self.away.as_ref().is_some_and(|(_, since, _)| since.elapsed() > PATIENCE) {
                break Ended::EngineLost;
            }
            next += self.interval;
            // A frame that took longer than the interval leaves a gap, not a queue.
            let missed = Instant::now().saturating_duration_since(next);
            if missed > self.interval {
                next += missed;
            }
        };
        self.finish(ended)
    }

    fn finish(mut self, ended: Ended) -> Result<Recorded<L>> {
        let ids: Vec<_> = self.containers.keys().cloned().collect();
        for id in ids {
            // An engine that is gone has nothing more to say.
            if self.inspect(&id, true).is_err() {
                break;
            }
        }
        if let Some((from, _, reason)) = self.away.take() {
            let span = Span { from, to: now() };
            self.journal.write(&JournalLine::Interruption(Interruption { span, reason }))?;
        }
        // What has happened by now. An engine that never stops talking is not waited for.
        for _ in 0..WAITING {
            let Ok(heard) = self.heard.try_recv() else { break };
            self.note(heard)?;
        }
        if let Some(opened) = &mut self.opened {
            opened.finish();
        }
        self.opened()?;
        self.journal.write(&JournalLine::End { time: now(), ended })?;
        // A container may have come and gone: only what was never seen at all is a mistake.
        let unseen = if self.containers.is_empty() { self.expect_all().err() } else { None };
        Ok(Recorded { journal: self.journal, ended, unseen })
    }

    /// Writes down what the engine tells, until it is time.
    fn hear_until(&mut self, time: Instant, stop: &AtomicBool) -> Result<()> {
        /// How soon a request to stop is seen.
        const PATIENT: Duration = Duration::from_millis(100);
        while !stop.load(Ordering::Relaxed) {
            let left = time.saturating_duration_since(Instant::now());
            match self.heard.recv_timeout(left.min(PATIENT)) {
                // However much there is to hear, the next frame comes in time.
                Ok(heard) if left.is_zero() => return self.note(heard),
                Ok(heard) => self.note(heard)?,
                Err(_) if left.is_zero() => return Ok(()),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => std::thread::sleep(left.min(PATIENT)),
            }
        }
        Ok(())
    }

    fn note(&mut self, heard: Heard) -> Result<()> {
        match heard {
            Heard::Watching(from) => self.journal.write(&JournalLine::Watching { from }),
            Heard::Deaf(from) => self.journal.write(&JournalLine::Deaf { from }),
            Heard::Event(event) => self.happened(event),
        }
    }

    fn happened(&mut self, event: SeenEvent) -> Result<()> {
        let Some(id) = event.who.id.clone() else { return Ok(()) };
        let begins = matches!(event.kind, EventKind::Create | EventKind::Start);
        if !self.containers.contains_key(&id) {
            if begins || !self.others.contains(&id) {
                self.others.remove(&id);
                self.asked(Self::discover)?;
            }
            if !self.containers.contains_key(&id) {
                return Ok(());
            }
        }
        let kind = event.kind;
        self.journal.write(&JournalLine::Event(event))?;
        let Some(watched) = self.containers.get_mut(&id) else { return Ok(()) };
        let is_news = match kind {
            // podman tells of every probe.
            EventKind::Health { status } => watched.health.replace(status) != Some(status),
            EventKind::Start | EventKind::Die { .. } | EventKind::Oom | EventKind::Update => true,
            _ => false,
        };
        if is_news {
            self.asked(|session| session.inspect(&id, false))?;
        }
        Ok(())
    }

    /// Does something for which the engine has to answer; that it does not is written down, and no error.
    fn asked(&mut self, ask: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        let asked = now();
        match ask(self) {
            Ok(()) => self.is_back(asked),
            // What cannot be written is the end of it.
            Err(error @ Error::Write { .. }) => Err(error),
            Err(error) => {
                if self.away.is_none() {
                    self.printer.note(&format!("note: {error}; asking again"));
                    let reason = match error {
                        Error::Engine { reason, .. } => reason,
                        error => error.to_string(),
                    };
                    self.away = Some((asked, Instant::now(), reason));
                }
                Ok(())
            }
        }
    }

    fn is_back(&mut self, to: Time) -> Result<()> {
        let Some((from, _, reason)) = self.away.take() else { return Ok(()) };
        self.printer.note("note: the engine answers again");
        self.journal.write(&JournalLine::Interruption(Interruption { span: Span { from, to }, reason }))?;
        // Whatever ran may have been started again meanwhile.
        let ids: Vec<_> = self.containers.keys().cloned().collect();
        ids.iter().try_for_each(|id| self.asked(|session| session.inspect(id, false)))
    }

    fn listed(&self) -> Result<Vec<Listed>> {
        let all: Option<Vec<Listed>> = self.connection.json("containers/json?all=true")?;
        Ok(all.unwrap_or_default().into_iter().filter(|container| self.target.is_met_by(container)).collect())
    }

    /// Finds containers that are wanted and not yet known.
    fn discover(&mut self) -> Result<()> {
        let all: Option<Vec<Listed>> = self.connection.json("containers/json?all=true")?;
        for container in all.unwrap_or_default() {
            if !self.target.is_met_by(&container) {
                self.others.insert(container.id);
                continue;
            }
            let known = self.containers.get(&container.id);
            // Events may have been missed.
            if known.is_none_or(|known| known.is_running != container.is_running()) {
                self.containers.entry(container.id.clone()).or_default();
                self.inspect(&container.id, false)?;
            }
        }
        Ok(())
    }

    fn files_of(&self, id: &str) -> Option<Files> {
        let value: Value = self.connection.json(&format!("containers/{id}/json")).ok()??;
        let pid = value.pointer("/State/Pid")?.as_u64().filter(|&pid| pid > 0)?;
        Files::of(pid, id)
    }

    /// Writes down what a container is, and notes when it was started.
    fn inspect(&mut self, id: &str, is_last: bool) -> Result<()> {
        let value: Option<Value> = self.connection.json(&format!("containers/{id}/json"))?;
        let Some(watched) = self.containers.get_mut(id) else { return Ok(()) };
        let Some(value) = value else {
            watched.is_running = false;
            return Ok(());
        };
        let Some(container) = inspected(&value, Some(now())) else { return Ok(()) };
        let state = container.states.last();
        watched.is_running =
            state.is_some_and(|state| matches!(state.status, Status::Running | Status::Paused));
        watched.started = state.and_then(|state| state.started);
        watched.health = state.and_then(|state| state.health.as_ref()).map(|health| health.status);
        let pid = value.pointer("/State/Pid").and_then(Value::as_u64).filter(|&pid| pid > 0);
        watched.files = pid.filter(|_| self.is_local).and_then(|pid| Files::of(pid, id));
        if let Some(opened) = &self.opened
            && watched.is_running
        {
            // An engine whose snapshots lie elsewhere names no place: then its ID stands for it.
            let place = value.pointer("/GraphDriver/Data/MergedDir").and_then(Value::as_str);
            let root = PathBuf::from(place.unwrap_or(id));
            opened.adopt(&root, pid.filter(|_| self.is_local));
            watched.root = Some(root);
        }
        watched.inspections += 1;
        if watched.inspections <= MAX_INSPECTIONS || is_last {
            self.journal.write(&JournalLine::Container { container: Box::new(container) })?;
        }
        Ok(())
    }

    /// Asks for everything once.
    fn frame(&mut self) -> Result<()> {
        let lists = self.frames.is_multiple_of(LIST_EVERY) || self.away.is_some();
        self.frames += 1;
        self.opened()?;
        self.asked(|session| {
            if lists {
                session.discover()?;
            }
            session.sample()
        })
    }

    /// Writes down which files were opened since the last frame.
    fn opened(&mut self) -> Result<()> {
        let Some(opened) = &self.opened else { return Ok(()) };
        for (id, watched) in &self.containers {
            let Some(seen) = watched.root.as_ref().and_then(|root| opened.take(root)) else { continue };
            if seen.paths.is_empty() && seen.lost == 0 {
                continue;
            }
            // Times of the engine and of this program are those of one clock.
            let from_start =
                seen.marked.zip(watched.started).is_some_and(|(marked, started)| marked <= started);
            self.journal.write(&JournalLine::Opened {
                who: Identity { id: Some(id.chars().take(12).collect()), ..Identity::default() },
                from_start,
                paths: seen.paths.iter().map(Vec::as_slice).collect(),
                lost: seen.lost,
            })?;
        }
        Ok(())
    }

    fn sample(&mut self) -> Result<()> {
        let mut samples = Vec::new();
        let mut time = None;
        for (id, watched) in self.containers.iter().filter(|(_, watched)| watched.is_running) {
            let path = format!("containers/{id}/stats?stream=false&one-shot=true");
            let answer: Option<Value> = match self.connection.json(&path) {
                Ok(answer) => answer,
                // An engine that answers everything else has a container that does not: a gap.
                Err(_) if self.connection.json::<Value>("version").is_ok() => continue,
                Err(error) => return Err(error),
            };
            let Some(answer) = answer.map(|answer| engine_sample(&answer)) else { continue };
            // A container that does not run has no figures.
            if answer.values.is_empty() {
                continue;
            }
            time = time.or(answer.time);
            let mut values: BTreeMap<Metric, u64> = answer.values.into_iter().collect();
            let mut peak = answer.peak;
            let files = watched.files.as_ref().and_then(Files::sample);
            if self.needs_files && files.is_none() {
                values.remove(&Metric::WorkingSet);
            }
            if let Some(files) = files {
                for (metric, value) in files.values {
                    // Which figure the working set is, is the same throughout.
                    if metric != Metric::WorkingSet || self.has_files {
                        values.insert(metric, value);
                    }
                }
                peak = files.peak.or(peak);
            }
            let who = Identity { id: Some(id.chars().take(12).collect()), ..Identity::default() };
            samples.push(Journaled { who, started: watched.started, values, peak });
        }
        let time = time.unwrap_or_else(now);
        self.journal.write(&JournalLine::Frame { time, samples })
    }
}
