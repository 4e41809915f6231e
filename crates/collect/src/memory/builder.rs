//! Joins what several files say of the same containers, and finds out which service each of them runs.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io;

use plimsoll_snapshot::runtime::{
    Container, ContainerState, Event, EventKind, Metric, Observation, PlannedService, Recording, Runtime,
    Series, ServerSettings, Time, UnreadLimit,
};
use plimsoll_snapshot::{Order as _, filled};

use sha2::{Digest as _, Sha256};

use super::identity::Identity;
use super::input::{MemoryInput, SourceSettings};
use super::names::Names;
use super::observed::SourceObservation;
use super::samples::{Row, Sample, Samples};

/// Collects inputs in any order.
#[derive(Debug, Default)]
pub struct RuntimeBuilder {
    runtime: Runtime,
    by_id: HashMap<String, usize>,
    /// The last container of each name.
    by_name: HashMap<String, usize>,
    /// The plan of each service.
    by_service: HashMap<String, usize>,
    /// Which service a container of a fixed name runs.
    container_names: BTreeMap<String, String>,
    samples: Vec<(Recording, Vec<usize>, Vec<Row>)>,
    /// The recordings of other snapshots, by their digests.
    alike: HashMap<[u8; 32], Vec<usize>>,
    renamed: Vec<(String, String)>,
    observed: Vec<SourceObservation>,
    settings: Vec<SourceSettings>,
    /// The latest time that any state of a container names, by its index.
    newest: HashMap<usize, Option<Time>>,
}

/// An ID is known by this many digits: engines print no fewer.
const ID_DIGITS: usize = 12;

/// What an engine does at a start takes no longer, in milliseconds.
const START_MS: i64 = 2000;

/// A series ends where nothing is known for longer than this many frames; what follows is another series.
const MAX_GAP: u32 = 64;

/// How many frames of gaps a recording may have for each row. Gaps are written out, so that without a bound a few rows
/// would become a snapshot of gigabytes; beyond it, each gap ends its series.
const GAPS_PER_ROW: usize = 8;

impl RuntimeBuilder {
    /// Nothing so far.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether nothing was added.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.runtime == Runtime::default()
            && self.samples.is_empty()
            && self.observed.is_empty()
            && self.settings.is_empty()
    }

    /// Adds what one file says.
    pub fn add(&mut self, mut input: MemoryInput) {
        crate::redact::memory_input(&mut input);
        for (planned, container) in input.planned {
            if let Some(container) = container {
                self.container_names.insert(container, planned.name.clone());
            }
            self.plan(planned);
        }
        for container in input.containers {
            self.inspected(container);
        }
        for event in input.events {
            let container = self.find(event.who);
            self.runtime.events.push(Event { time: event.time, container, kind: event.kind });
        }
        for Samples { recording, containers, rows } in input.samples {
            let containers = containers.into_iter().map(|who| self.find(who)).collect();
            self.samples.push((recording, containers, rows));
        }
        self.observed.extend(input.observed);
        self.settings.extend(input.settings);
        self.runtime.watched.extend(input.watched);
        self.runtime.warnings.extend(input.warnings);
    }

    /// Adds what was joined before: the runtime of another snapshot.
    pub fn add_runtime(&mut self, other: Runtime) {
        let containers = other.containers.into_iter().map(|container| {
            let who = Identity {
                id: container.id.clone(),
                name: container.name.clone(),
                service: container.service.clone(),
                project: container.project.clone(),
            };
            if container.limits.is_some() {
                self.inspected(container);
            }
            self.find(who)
        });
        let place: Vec<usize> = containers.collect();
        other.planned.into_iter().for_each(|planned| self.plan(planned));
        let moved = |event: Event| Event { container: place[event.container], ..event };
        self.runtime.events.extend(other.events.into_iter().map(moved));
        for mut recording in other.recordings {
            recording.series.iter_mut().for_each(|series| series.container = place[series.container]);
            // Two snapshots may hold the same recording, which is one.
            let alike = self.alike.entry(digest(&recording)).or_default();
            if alike.iter().all(|&index| self.runtime.recordings[index] != recording) {
                alike.push(self.runtime.recordings.len());
                self.runtime.recordings.push(recording);
            }
        }
        let own = other.observed.into_iter();
        self.observed.extend(own.map(|observation| SourceObservation {
            who: Identity::of_service(&observation.service),
            observation,
        }));
        let own = other.settings.into_iter();
        self.settings.extend(own.map(|settings| {
            let who = Identity::of_service(&settings.service);
            SourceSettings { who, settings }
        }));
        self.runtime.watched.extend(other.watched);
        self.runtime.warnings.extend(other.warnings);
    }

    /// Calls a service by another name.
    pub fn rename(&mut self, old: &str, new: &str) {
        self.renamed.push((old.to_owned(), new.to_owned()));
    }

    /// A later file overrides an earlier one, as `docker compose -f A -f B` does.
    fn plan(&mut self, new: PlannedService) {
        let index = *self.by_service.entry(new.name.clone()).or_insert(self.runtime.planned.len());
        let Some(known) = self.runtime.planned.get_mut(index) else { return self.runtime.planned.push(new) };
        fn over<T>(known: &mut Option<T>, new: Option<T>) {
            if new.is_some() {
                *known = new;
            }
        }
        if known.file != new.file {
            known.file = format!("{}, {}", known.file, new.file);
        }
        let (limits, newer) = (&mut known.limits, new.limits);
        for (unread, is_read) in [
            (UnreadLimit::Memory, newer.memory.is_some()),
            (UnreadLimit::MemorySwap, newer.memory_swap.is_some()),
            (UnreadLimit::Reservation, newer.reservation.is_some()),
        ] {
            // What a later file sets counts, be it readable or not.
            if newer.unread.contains(&unread) {
                limits.forget(unread);
            } else if is_read {
                limits.unread.remove(&unread);
            }
        }
        over(&mut limits.memory, newer.memory);
        over(&mut limits.memory_swap, newer.memory_swap);
        over(&mut limits.reservation, newer.reservation);
        over(&mut limits.oom_kill_disable, newer.oom_kill_disable);
        over(&mut limits.oom_score_adj, newer.oom_score_adj);
        over(&mut limits.pids, newer.pids);
        over(&mut limits.shm, newer.shm);
        over(&mut limits.cpu_millis, newer.cpu_millis);
        over(&mut limits.cpu_reservation_millis, newer.cpu_reservation_millis);
        over(&mut known.project, new.project);
        over(&mut known.image, new.image);
        over(&mut known.replicas, new.replicas);
        over(&mut known.health_check, new.health_check);
        over(&mut known.logging, new.logging);
        over(&mut known.restart, new.restart);
        if new.command.is_some() {
            known.entrypoint_words = new.entrypoint_words;
        }
        over(&mut known.command, new.command);
        known.build |= new.build;
        known.depends_on.extend(new.depends_on);
        known.env_names.extend(new.env_names);
        known.profiles.extend(new.profiles);
        known.unread.extend(new.unread);
        for list in [&mut known.env_names, &mut known.profiles, &mut known.unread] {
            list.order();
            list.dedup();
        }
        known.depends_on.order();
        known.depends_on.dedup_by(|later, kept| later.service == kept.service);
    }

    /// The index of a container, which is new if no line named it yet.
    fn find(&mut self, who: Identity) -> usize {
        let key = who.id.as_deref().map(id_key);
        let by_id = key.as_ref().and_then(|key| self.by_id.get(key)).copied();
        // A name alone stands for whatever has it; with an ID, for what has none yet.
        let by_name = || {
            let &index = self.by_name.get(who.name.as_deref()?)?;
            (key.is_none() || self.runtime.containers[index].id.is_none()).then_some(index)
        };
        let index = by_id.or_else(by_name).unwrap_or_else(|| {
            self.runtime.containers.push(Container::default());
            self.runtime.containers.len() - 1
        });
        if let Some(key) = key {
            self.by_id.insert(key, index);
        }
        if let Some(name) = &who.name {
            self.by_name.insert(name.clone(), index);
        }
        let known = &mut self.runtime.containers[index];
        if who.id.as_ref().map(String::len) > known.id.as_ref().map(String::len) {
            known.id = who.id;
        }
        // Some clients cut names short.
        if who.name.as_ref().map(String::len) > known.name.as_ref().map(String::len) {
            known.name = who.name;
        }
        known.service = known.service.take().or(who.service);
        known.project = known.project.take().or(who.project);
        index
    }

    fn inspected(&mut self, new: Container) {
        let index = self.find(Identity {
            id: new.id.clone(),
            name: new.name.clone(),
            service: new.service.clone(),
            project: new.project.clone(),
        });
        let known = &mut self.runtime.containers[index];
        let (newest, seen) = (self.newest.get(&index).copied(), new.states.iter().map(latest).max());
        let is_newer = known.limits.is_none() || newest <= seen;
        self.newest.extend(newest.max(seen).map(|time| (index, time)));
        // Equal ones go when all are in order.
        let mut states = std::mem::take(&mut known.states);
        states.extend(new.states.iter().cloned());
        if is_newer {
            let Container { service, project, name, .. } = std::mem::take(known);
            *known = Container {
                service: new.service.clone().or(service),
                project: new.project.clone().or(project),
                name: new.name.clone().or(name),
                ..new
            };
        }
        known.states = states;
    }

    /// Everything, joined and in order.
    #[must_use]
    pub fn finish(mut self) -> Runtime {
        self.name_services();
        self.name_observed();
        for (recording, containers, rows) in std::mem::take(&mut self.samples) {
            let recording = self.recording(recording, &containers, rows);
            self.runtime.recordings.push(recording);
        }
        for (old, new) in &self.renamed {
            let names = self.runtime.service_names_mut();
            names.filter(|name| *name == old).for_each(|name| name.clone_from(new));
        }
        for container in &mut self.runtime.containers {
            container.states.order_by_key(latest);
            container.states.dedup();
        }
        self.sort();
        self.runtime
    }

    /// Finds the services of containers whose labels were not read.
    fn name_services(&mut self) {
        let names = Names::new(&self.runtime, &self.container_names);
        let services: Vec<Option<String>> =
            self.runtime.containers.iter().map(|container| names.service(container)).collect();
        for (container, service) in self.runtime.containers.iter_mut().zip(services) {
            container.service = service;
        }
    }

    /// Finds the services of what was observed. A name alone may be that of a container or of a service; no container is
    /// made of it, since memory is of containers that were seen.
    fn name_observed(&mut self) {
        let names = Names::new(&self.runtime, &self.container_names);
        let service = |who: &Identity| {
            let by_id = who.id.as_deref().and_then(|id| self.by_id.get(&id_key(id)));
            let by_name = || self.by_name.get(who.name.as_deref()?);
            if let Some(service) = &who.service {
                return service.clone();
            }
            let known = by_id.or_else(by_name).map(|&index| &self.runtime.containers[index]);
            let unknown = Container { name: who.name.clone(), ..Container::default() };
            names.service(known.unwrap_or(&unknown)).unwrap_or_default()
        };
        let services: Vec<String> = self.observed.iter().map(|seen| service(&seen.who)).collect();
        let of_settings: Vec<String> = self.settings.iter().map(|read| service(&read.who)).collect();
        for (seen, service) in std::mem::take(&mut self.observed).into_iter().zip(services) {
            let observation = Observation { service, ..seen.observation };
            // The same file may be given twice.
            if !self.runtime.observed.contains(&observation) {
                self.runtime.observed.push(observation);
            }
        }
        for (read, service) in std::mem::take(&mut self.settings).into_iter().zip(of_settings) {
            let settings = ServerSettings { service, ..read.settings };
            if !self.runtime.settings.contains(&settings) {
                self.runtime.settings.push(settings);
            }
        }
    }

    /// Turns rows into columns: one series for each start of a container.
    fn recording(&self, mut recording: Recording, containers: &[usize], mut rows: Vec<Row>) -> Recording {
        let starts = self.starts();
        let times = recording.times.take();
        for row in &mut rows {
            row.container = containers[row.container];
            let time = times.as_ref().and_then(|times| times.get(row.frame as usize));
            let start = |time: &Time| {
                let known = starts.get(&row.container)?;
                // An engine notes the start when the process already runs.
                let soon = Time(time.0.saturating_add(START_MS));
                known.range(..=*time).next_back().or_else(|| known.range(*time..=soon).next()).copied()
            };
            row.started = row.started.or_else(|| start(time?));
        }
        recording.times = times;
        rows.order_by_key(|row| (row.container, row.started, row.frame));
        let mut series: Vec<Series> = Vec::new();
        // A row without values is a gap, and a gap at the end says nothing.
        let says =
            |sample: &Sample| !sample.values.is_empty() || sample.peak.is_some() || sample.is_unlimited;
        let mut gaps_left = rows.len().saturating_mul(GAPS_PER_ROW);
        // A container may be called by two names in one frame.
        let key = |row: &Row| (row.container, row.started, row.frame);
        let rows: Vec<Row> = rows.into_iter().filter(|row| says(&row.sample)).collect();
        for rows in rows.chunk_by(|one, other| key(one) == key(other)) {
            let row = &rows[0];
            let gap = series.last().and_then(|last| {
                let is_same = (last.container, last.started) == (row.container, row.started);
                let gap = row.frame.saturating_sub(last.first + last.length);
                (is_same && gap < MAX_GAP).then_some(gap as usize)
            });
            if let Some(left) = gap.and_then(|gap| gaps_left.checked_sub(gap)) {
                gaps_left = left;
            } else {
                let (container, started) = (row.container, row.started);
                let (first, columns) = (row.frame, BTreeMap::new());
                series.push(Series { container, started, first, length: 0, columns, peak: None });
            }
            let Some(last) = series.last_mut() else { continue };
            last.peak = last.peak.max(rows.iter().filter_map(|row| row.sample.peak).max());
            last.length = last.length.max(row.frame - last.first + 1);
            let at = row.frame - last.first;
            let values: BTreeMap<Metric, u64> =
                rows.iter().flat_map(|row| row.sample.values.iter().copied()).collect();
            for (metric, value) in values {
                let column = last.columns.entry(metric).or_default();
                column.push_gaps(at - column.len());
                column.push(Some(value));
            }
            if rows.iter().any(|row| row.sample.is_unlimited) {
                // A column without values: it was measured, and there is none.
                last.columns.entry(Metric::Limit).or_default();
            }
        }
        for series in &mut series {
            let length = series.length;
            series.columns.values_mut().for_each(|column| column.push_gaps(length - column.len()));
        }
        recording.series = series;
        self.take_out_what_is_no_limit(&mut recording);
        recording
    }

    /// When each container is known to have been started, in order.
    fn starts(&self) -> HashMap<usize, BTreeSet<Time>> {
        let mut starts: HashMap<usize, BTreeSet<Time>> = HashMap::new();
        for (index, container) in self.runtime.containers.iter().enumerate() {
            let of_states = container.states.iter().filter_map(|state| state.started);
            starts.entry(index).or_default().extend(of_states);
        }
        for event in self.runtime.events.iter().filter(|event| event.kind == EventKind::Start) {
            let known = starts.entry(event.container).or_default();
            // The engine notes the start a moment before it tells of it.
            let (from, to) = (Time(event.time.0.saturating_sub(START_MS)), event.time);
            if known.range(from..=to).next().is_none() {
                known.insert(event.time);
            }
        }
        starts
    }

    /// Without a limit, engines print the memory of the host: what is known to be that is none.
    fn take_out_what_is_no_limit(&self, recording: &mut Recording) {
        let of_host = recording.host.as_ref().and_then(|host| host.memory).map(|memory| memory.0);
        let mut none: BTreeSet<u64> = filled(of_host);
        let unlimited = |series: &&Series| {
            let limits = self.runtime.containers[series.container].limits.as_ref();
            limits.is_some_and(|limits| {
                limits.memory.is_none() && !limits.unread.contains(&UnreadLimit::Memory)
            })
        };
        for series in recording.series.iter().filter(unlimited) {
            none.extend(series.values(Metric::Limit).map(|(_, limit)| limit));
        }
        for series in &mut recording.series {
            let limits = self.runtime.containers[series.container].limits.as_ref();
            // A user may have set a limit of as much as there is.
            if limits.is_some_and(|limits| limits.memory.is_some()) {
                continue;
            }
            let Some(column) = series.columns.get_mut(&Metric::Limit) else { continue };
            *column = column.iter().map(|limit| limit.filter(|limit| !none.contains(limit))).collect();
        }
    }

    fn sort(&mut self) {
        let runtime = &mut self.runtime;
        let mut order: Vec<usize> = (0..runtime.containers.len()).collect();
        let key =
            |container: &Container| (container.service.clone(), container.name.clone(), container.id.clone());
        order.order_by_key(|&index| key(&runtime.containers[index]));
        let mut place = vec![0; order.len()];
        let mut containers = std::mem::take(&mut runtime.containers);
        for (new, &old) in order.iter().enumerate() {
            place[old] = new;
            runtime.containers.push(std::mem::take(&mut containers[old]));
        }
        for event in &mut runtime.events {
            event.container = place[event.container];
        }
        runtime.events.order_by_key(|event| (event.time, event.container, event.kind));
        // The same event may be in several files.
        runtime.events.dedup();
        for recording in &mut runtime.recordings {
            for series in &mut recording.series {
                series.container = place[series.container];
            }
            recording.series.order_by_key(|series| (series.container, series.started, series.first));
        }
        runtime.planned.order_by(|left, right| left.name.cmp(&right.name));
        runtime.observed.order_by(|left, right| {
            (&left.service, left.source, &left.file).cmp(&(&right.service, right.source, &right.file))
        });
        runtime.settings.order_by(|left, right| {
            (&left.service, left.source, &left.file).cmp(&(&right.service, right.source, &right.file))
        });
        runtime.watched.order();
        runtime.watched.dedup();
    }
}

/// What tells recordings apart without comparing each with all others.
fn digest(recording: &Recording) -> [u8; 32] {
    struct Hashing(Sha256);

    impl io::Write for Hashing {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.update(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    let mut hashing = Hashing(Sha256::new());
    // A recording can always be written; those that could not would only be compared with each other.
    let _ = serde_json::to_writer(&mut hashing, recording);
    hashing.0.finalize().into()
}

/// The last time that a state speaks of.
fn latest(state: &ContainerState) -> Option<Time> {
    let probes = state.health.iter().flat_map(|health| &health.log).filter_map(|probe| probe.end);
    state.observed.or_else(|| [state.started, state.finished].into_iter().flatten().chain(probes).max())
}

/// What tells an ID apart, however much of it was printed. Kubernetes has names, which are whole.
fn id_key(id: &str) -> String {
    if id.len() > ID_DIGITS && id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        id[..ID_DIGITS].to_owned()
    } else {
        id.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::{Surroundings, read};

    fn runtime(files: &[(&str, &str)]) -> Runtime {
        let mut builder = RuntimeBuilder::new();
        for (name, text) in files {
            builder.add(read(name, text.as_bytes(), &Surroundings::NONE).unwrap());
        }
        builder.finish()
    }

    #[test]
    fn a_container_that_is_inspected_again_and_again_takes_no_time() {
        let state = |at: i64| ContainerState { observed: Some(Time(at)), ..ContainerState::default() };
        let seen = |at: i64| Container {
            id: Some(ID.to_owned()),
            image: Some(at.to_string()),
            limits: Some(plimsoll_snapshot::runtime::Limits::default()),
            states: vec![state(at)],
            ..Container::default()
        };
        let mut builder = RuntimeBuilder::new();
        (0..100_000).chain([7]).for_each(|at| builder.inspected(seen(at)));
        let container = builder.finish().containers.remove(0);
        assert_eq!((container.states.len(), container.image.as_deref()), (100_000, Some("99999")));
    }

    const ID: &str = "f2ac88aabab9f2ac88aabab9f2ac88aabab9f2ac88aabab9f2ac88aabab9aaaa";

    fn inspect(memory: u64) -> String {
        format!(
            "[{{\"Id\":\"{ID}\",\"Name\":\"/web\",\"HostConfig\":{{\"Memory\":{memory}}},\
             \"State\":{{\"Status\":\"running\",\"StartedAt\":\"2026-11-22T16:00:00Z\"}}}}]"
        )
    }

    fn stats(minute: u32, memory: &str) -> String {
        format!(
            "{{\"t\":\"2026-11-22T16:{minute:02}:00Z\",\"ID\":\"f2ac88aabab9\",\"Container\":\"x\",\"Name\":\"web\",\"MemUsage\":\"{memory}\"}}\n"
        )
    }

    #[test]
    fn what_an_engine_prints_without_a_limit_is_no_limit() {
        let check = |memory: u64, expected: Option<u64>| {
            let runtime = runtime(&[("inspect", &inspect(memory)), ("stats", &stats(1, "5MiB / 8GiB"))]);
            assert_eq!(runtime.containers.len(), 1);
            let limit = runtime.recordings[0].series[0].values(Metric::Limit).next();
            assert_eq!(limit.map(|(_, limit)| limit), expected);
        };
        check(0, None);
        check(8 << 30, Some(8 << 30));
    }

    #[test]
    fn a_restart_begins_a_series() {
        let start = "{\"Type\":\"container\",\"Action\":\"start\",\"time\":1795363320,\"Actor\":{\"ID\":\"f2ac88aabab9\"}}";
        let samples: String = (1..4).map(|minute| stats(minute, "5MiB / 8GiB")).collect();
        let runtime = runtime(&[("inspect", &inspect(1)), ("stats", &samples), ("events", start)]);
        let spans: Vec<_> = runtime.recordings[0].series.iter().map(|one| (one.first, one.length)).collect();
        assert_eq!(spans, [(0, 1), (1, 2)]);
    }

    #[test]
    fn gaps_stay_gaps_and_long_ones_split() {
        let lines: String = [1, 2, 3]
            .map(|minute| stats(minute, if minute == 2 { "-- / --" } else { "5MiB / 8GiB" }))
            .concat();
        let short = runtime(&[("stats", &lines)]);
        let five = Some(5 << 20);
        let column = &short.recordings[0].series[0].columns[&Metric::WorkingSet];
        assert_eq!(column.iter().collect::<Vec<_>>(), [five, None, five]);
        let middle = "{\"Name\":\"a\",\"MemUsage\":\"1MiB / 1GiB\",\"Container\":\"a\"}\n".repeat(100);
        let once = "{\"Name\":\"b\",\"MemUsage\":\"1MiB / 1GiB\",\"Container\":\"b\"}\n";
        let long = runtime(&[("stats", &format!("{once}{middle}{once}"))]);
        assert_eq!(long.recordings[0].series.len(), 3);
    }

    #[test]
    fn services_are_renamed() {
        let mut builder = RuntimeBuilder::new();
        builder.add(read("compose", b"services: {api: {image: a}}", &Surroundings::NONE).unwrap());
        builder.rename("api", "backend");
        assert_eq!(builder.finish().planned[0].name, "backend");
    }
}
