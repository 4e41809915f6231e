//! Which snapshots the page holds, which two of them are compared, and which files are being read.

use std::sync::Arc;

use leptos::prelude::*;
use plimsoll_analysis::series::Series;
use plimsoll_report::language::Language;
use plimsoll_snapshot::{Bundle, ReadLimits, Snapshot, Trend};

use crate::joining::{Joint, join};
use crate::load::{self, WorkerEvent};
use crate::report::Report;
use crate::role::{Name, Role};
use crate::text::{self, words};

/// A snapshot that can be compared.
#[derive(Clone)]
pub(crate) struct LoadedSnapshot {
    pub(crate) id: u32,
    pub(crate) name: Name,
    pub(crate) snapshot: Arc<Snapshot>,
    /// Whether it is a state of the series, which the trend offers.
    pub(crate) is_state: bool,
}

/// What is compared, by the numbers of the snapshots. Without a side before, everything is new.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pair {
    pub(crate) before: Option<u32>,
    pub(crate) after: Option<u32>,
}

impl Pair {
    /// Whether a snapshot is on one of the sides.
    pub(crate) fn has(self, id: u32) -> bool {
        [self.before, self.after].contains(&Some(id))
    }
}

/// A series of states around the report, and what the reader does with it.
#[derive(Clone)]
pub(crate) struct Trending {
    pub(crate) series: Arc<Series>,
    /// The number of the snapshot of each state, where the page holds it.
    ids: Arc<[Option<u32>]>,
    /// The states that the page was written around.
    written_around: [Option<usize>; 2],
    /// Which of the lines is drawn.
    pub(crate) line: RwSignal<usize>,
    /// The state that another one is to be compared with.
    pub(crate) picked: RwSignal<Option<usize>>,
}

impl Trending {
    /// The snapshot of a state.
    pub(crate) fn id(&self, state: usize) -> Option<u32> {
        *self.ids.get(state)?
    }

    /// The state that a snapshot is of.
    pub(crate) fn state(&self, id: u32) -> Option<usize> {
        self.ids.iter().position(|known| *known == Some(id))
    }
}

/// A file that is being read, or waits for it.
#[derive(Clone)]
pub(crate) struct Job {
    pub(crate) id: u32,
    pub(crate) name: String,
    /// Bytes read, and bytes to be read; nothing before it begins.
    pub(crate) progress: RwSignal<Option<(f64, f64)>>,
}

/// The state of the page: languages, loaded snapshots, and which of them are compared.
#[derive(Clone, Copy)]
pub(crate) struct Workspace {
    /// The language the page was written in, and the one it speaks.
    pub(crate) written_in: Language,
    pub(crate) language: RwSignal<Language>,
    pub(crate) held: RwSignal<Vec<LoadedSnapshot>>,
    pub(crate) pair: RwSignal<Pair>,
    /// The services that the reader compares although their names differ.
    pub(crate) joints: RwSignal<Vec<Joint>>,
    pub(crate) jobs: RwSignal<Vec<Job>>,
    /// Whether the list of snapshots lies over the page: then it has the messages, which would be invisible under it.
    pub(crate) is_over: RwSignal<bool>,
    /// What went wrong with files, the last one first, each with a number.
    pub(crate) failures: RwSignal<Vec<(u32, String)>>,
    /// The reports that were made so far: each pair is compared once.
    reports: StoredValue<Vec<(Pair, Vec<Joint>, &'static Report)>>,
    last_id: StoredValue<u32>,
    /// What every pair is judged by: the targets the page was written with.
    targets: StoredValue<Option<serde_json::Value>>,
    trend: StoredValue<Option<Trending>>,
}

impl Workspace {
    /// The page around a report, or around nothing.
    pub(crate) fn new(report: Option<&'static Report>, written_in: Language) -> Self {
        let workspace = Self {
            written_in,
            language: RwSignal::new(written_in),
            held: RwSignal::default(),
            pair: RwSignal::default(),
            joints: RwSignal::default(),
            jobs: RwSignal::default(),
            is_over: RwSignal::default(),
            failures: RwSignal::default(),
            reports: StoredValue::default(),
            last_id: StoredValue::default(),
            targets: StoredValue::default(),
            trend: StoredValue::default(),
        };
        if let Some(report) = report {
            let Bundle { before, after, targets, names, trend, .. } = report.bundle;
            let called = |side: usize, otherwise| names[side].clone().map_or(otherwise, Name::File);
            workspace.targets.set_value(targets.clone());
            let states = trend.as_ref().map_or([None, None], |trend| workspace.hold_states(trend));
            // A report of one side has nothing before.
            let is_there = !before.services.is_empty() || before.runtime.is_some();
            let hold = |side: usize, otherwise, snapshot: &Snapshot| {
                states[side].unwrap_or_else(|| workspace.hold(called(side, otherwise), snapshot.clone()))
            };
            let before = is_there.then(|| hold(0, Name::Before, before));
            let pair = Pair { before, after: Some(hold(1, Name::After, after)) };
            workspace.reports.update_value(|reports| reports.push((pair, Vec::new(), report)));
            workspace.pair.set(pair);
        }
        workspace
    }

    fn next_id(&self) -> u32 {
        self.last_id.update_value(|id| *id += 1);
        self.last_id.get_value()
    }

    fn hold(&self, name: Name, snapshot: Snapshot) -> u32 {
        self.hold_one(name, snapshot, false)
    }

    fn hold_one(&self, name: Name, snapshot: Snapshot, is_state: bool) -> u32 {
        let id = self.next_id();
        self.held
            .update(|held| held.push(LoadedSnapshot { id, name, snapshot: Arc::new(snapshot), is_state }));
        id
    }

    /// Takes the states of a series in; the numbers of those on the two sides. A series that this program cannot read is
    /// named, and the report stays.
    fn hold_states(&self, trend: &Trend) -> [Option<u32>; 2] {
        let series = match serde_json::from_value::<Series>(trend.series.clone()) {
            Ok(series) => series,
            Err(error) => {
                self.fail(text::damaged(words().series.title, &error.to_string()));
                return [None, None];
            }
        };
        let mut ids = vec![None; series.states.len()];
        for (state, snapshot) in &trend.points {
            if let (Some(id), Some(state)) = (ids.get_mut(*state), series.states.get(*state)) {
                *id = Some(self.hold_one(Name::File(state.name.clone()), snapshot.clone(), true));
            }
        }
        let sides = trend.pair.map(|state| *ids.get(state?)?);
        let (line, picked) = (RwSignal::new(0), RwSignal::new(None));
        self.trend.set_value(Some(Trending {
            series: Arc::new(series),
            ids: ids.into(),
            written_around: trend.pair,
            line,
            picked,
        }));
        sides
    }

    /// The series that the report is a part of.
    pub(crate) fn trend(&self) -> Option<Trending> {
        self.trend.get_value()
    }

    /// Compares two states of the series, whose snapshots are here.
    pub(crate) fn compare_states(&self, before: usize, after: usize) {
        let ids = self.trend().map(|trend| [before, after].map(|state| trend.id(state)));
        let pair = ids.map(|[before, after]| Pair { before, after });
        let is_whole = |pair: &Pair| pair.before.is_some() && pair.after.is_some();
        if let Some(pair) = pair.filter(is_whole).filter(|pair| *pair != self.pair.get_untracked()) {
            self.compare(pair);
            // The list holds the states that are compared.
            self.held.notify();
        }
    }

    /// The states that are compared, if the reader chose others than those that the page was written around.
    pub(crate) fn chosen_states(&self) -> Option<[usize; 2]> {
        let (trend, pair) = (self.trend()?, self.pair.get());
        let states = [pair.before, pair.after].map(|id| trend.state(id?));
        let [Some(before), Some(after)] = states else { return None };
        (states != trend.written_around).then_some([before, after])
    }

    /// What a page on a pair carries along of the series.
    pub(crate) fn trend_of(&self, bundle: &Bundle) -> Option<Trend> {
        let mut trend = bundle.trend.clone().or_else(|| {
            let reports = self.reports.get_value();
            reports.iter().find_map(|(.., report)| report.bundle.trend.clone())
        })?;
        let (known, pair) = (self.trend()?, self.pair.get_untracked());
        trend.pair = [pair.before, pair.after].map(|id| known.state(id?));
        Some(trend)
    }

    /// Takes a snapshot in.
    fn take(&self, role: Role, name: String, snapshot: Snapshot) {
        let new = self.hold(Name::File(name), snapshot);
        let is_older = |id: u32, than: u32| {
            self.held.with_untracked(|held| {
                let created = |id: u32| held.iter().find(|held| held.id == id).and_then(created);
                created(id) < created(than)
            })
        };
        self.compare(placed(self.pair.get_untracked(), role, new, is_older));
    }

    /// Chooses what is compared. If the comparison would exceed the limits of a page, the pair stays as it was.
    pub(crate) fn compare(&self, pair: Pair) {
        let [before, after] = [pair.before, pair.after].map(|id| self.snapshot(id).unwrap_or_default());
        let Bundle { before, after, .. } = paired(&before, &after);
        match ReadLimits::of_page().check_pair(&before, &after) {
            Ok(()) => self.pair.set(pair),
            Err(error) => {
                self.fail(text::not_compared(&error));
                // The list is drawn again: the browser has moved the mark to the choice that is refused.
                self.held.notify();
            }
        }
    }

    fn snapshot(&self, id: Option<u32>) -> Option<Arc<Snapshot>> {
        self.held
            .with_untracked(|held| Some(Arc::clone(&held.iter().find(|held| Some(held.id) == id)?.snapshot)))
    }

    /// The file that a snapshot came from.
    fn file_name(&self, id: Option<u32>) -> Option<String> {
        self.held.with_untracked(|held| match &held.iter().find(|held| Some(held.id) == id)?.name {
            Name::File(name) => Some(name.clone()),
            Name::Before | Name::After => None,
        })
    }

    /// The comparison of the pair; nothing without a side after.
    pub(crate) fn report(&self, pair: Pair) -> Option<&'static Report> {
        let joints = self.joints.get();
        let known = |reports: &Vec<(Pair, Vec<Joint>, &'static Report)>| {
            let mut all = reports.iter();
            all.find(|(known, with, _)| *known == pair && *with == joints).map(|(.., report)| *report)
        };
        if let Some(report) = self.reports.with_value(known) {
            return Some(report);
        }
        let after = self.snapshot(pair.after)?;
        let before = self.snapshot(pair.before).unwrap_or_default();
        let targets = self.targets.get_value();
        let names = [self.file_name(pair.before), self.file_name(pair.after)];
        let mut bundle = Bundle { targets, names, ..paired(&before, &after) };
        join(&mut bundle.before, &bundle.after, &joints);
        let report = Report::of(bundle);
        self.reports.update_value(|reports| reports.push((pair, joints, report)));
        Some(report)
    }

    /// What was after is before, and the other way round.
    pub(crate) fn swap(&self) {
        self.pair.update(|pair| *pair = Pair { before: pair.after, after: pair.before });
    }

    /// Compares a service with one of another name, or no longer.
    pub(crate) fn toggle(&self, joint: &Joint) {
        let mut joints = self.joints.get_untracked();
        match joints.iter().position(|known| known == joint) {
            Some(at) => drop(joints.remove(at)),
            None => joints.push(joint.clone()),
        }
        let pair = self.pair.get_untracked();
        let [before, after] = [pair.before, pair.after].map(|id| self.snapshot(id).unwrap_or_default());
        let Bundle { mut before, after, .. } = paired(&before, &after);
        join(&mut before, &after, &joints);
        match ReadLimits::of_page().check_pair(&before, &after) {
            Ok(()) => self.joints.set(joints),
            Err(error) => self.fail(text::not_compared(&error)),
        }
    }

    /// Forgets a snapshot. A side it stood on is empty then. A state of the series can be chosen again in the trend.
    pub(crate) fn remove(&self, id: u32) {
        let without = |side: Option<u32>| side.filter(|known| *known != id);
        let gone = |pair: &Pair| pair.has(id);
        self.pair.update(|pair| *pair = Pair { before: without(pair.before), after: without(pair.after) });
        self.reports.update_value(|reports| {
            reports.retain(|(pair, _, report)| !gone(pair) || report.bundle.trend.is_some());
        });
        self.held.update(|held| held.retain(|held| held.id != id || held.is_state));
    }

    /// Reads files of the reader's, one after the other.
    pub(crate) fn receive(&self, files: &web_sys::FileList, role: Role) {
        for file in (0..files.length()).filter_map(|index| files.get(index)) {
            let (workspace, id, name) = (*self, self.next_id(), file.name());
            let progress = RwSignal::new(None);
            self.jobs.update(|jobs| jobs.push(Job { id, name: name.clone(), progress }));
            load::read(id, &file, move |event| match event {
                WorkerEvent::Progress(done, total) => progress.set(Some((done, total))),
                WorkerEvent::Done(json) => {
                    workspace.end(id);
                    match plimsoll_snapshot::read_within(&json[..], &ReadLimits::of_page()) {
                        Ok(snapshot) => workspace.take(role, name.clone(), snapshot),
                        Err(error) => workspace.fail(text::unusable(&name, &error)),
                    }
                }
                WorkerEvent::Failed { reason, ended } => {
                    workspace.end(id);
                    // What the worker says itself is complete.
                    workspace.fail(if ended { text::damaged(&name, &reason) } else { reason });
                }
            });
        }
    }

    /// Gives a file up.
    pub(crate) fn cancel(&self, id: u32) {
        load::cancel(id);
        self.end(id);
    }

    fn end(&self, id: u32) {
        self.jobs.update(|jobs| jobs.retain(|job| job.id != id));
    }

    /// Tells the reader what went wrong; the report stays.
    pub(crate) fn fail(&self, message: String) {
        let id = self.next_id();
        self.failures.update(|failures| failures.insert(0, (id, message)));
    }

    /// Forgets a message that was read.
    pub(crate) fn dismiss(&self, id: u32) {
        self.failures.update(|failures| failures.retain(|(known, _)| *known != id));
    }
}

/// When the youngest image of a snapshot was built. The texts are RFC 3339, and compared as such.
fn created(held: &LoadedSnapshot) -> Option<String> {
    held.snapshot.images.iter().filter_map(|image| image.created.clone()).max()
}

/// The pair when a snapshot has come.
fn placed(pair: Pair, role: Role, new: u32, is_older: impl Fn(u32, u32) -> bool) -> Pair {
    match (role, pair) {
        (Role::Before, pair) => Pair { before: Some(new), ..pair },
        (Role::After, pair) | (Role::Loaded, pair @ Pair { after: None, .. }) => {
            Pair { after: Some(new), ..pair }
        }
        // Of two that come without a word the older one is taken for what was before.
        (Role::Loaded, Pair { before: None, after: Some(known) }) if is_older(new, known) => {
            Pair { before: Some(new), after: Some(known) }
        }
        (Role::Loaded, Pair { before: None, after }) => Pair { before: after, after: Some(new) },
        (Role::Loaded, pair) => pair,
    }
}

/// Both sides, as `plimsoll report` takes them.
fn paired(before: &Snapshot, after: &Snapshot) -> Bundle {
    let (mut before, after) = (before.clone(), after.clone());
    before.take_name_of(&after);
    Bundle { before, after, ..Bundle::default() }
}

#[cfg(test)]
mod tests {
    use plimsoll_snapshot::{
        Bytes, Compression, Config, Contents, DiffId, Digest, Image, ImageLayer, Layer, Platform, Service,
        Source, Transport,
    };

    use super::*;

    #[test]
    fn snapshots_find_their_side() {
        let pair = |before, after| Pair { before, after };
        let check = |from: Pair, role, new_is_older: bool, expected: Pair| {
            assert_eq!(placed(from, role, 9, |_, _| new_is_older), expected, "{from:?} {role:?}");
        };
        check(pair(None, None), Role::Loaded, false, pair(None, Some(9)));
        check(pair(None, Some(1)), Role::Loaded, false, pair(Some(1), Some(9)));
        check(pair(None, Some(1)), Role::Loaded, true, pair(Some(9), Some(1)));
        check(pair(Some(1), None), Role::Loaded, true, pair(Some(1), Some(9)));
        check(pair(Some(1), Some(2)), Role::Loaded, true, pair(Some(1), Some(2)));
        check(pair(Some(1), Some(2)), Role::Before, false, pair(Some(9), Some(2)));
        check(pair(Some(1), Some(2)), Role::After, false, pair(Some(1), Some(9)));
        check(pair(None, None), Role::Before, false, pair(Some(9), None));
    }

    /// Services that each run one of `images` images, in turn. Each image has `layers` times the same ten files.
    fn large(services: usize, images: usize, layers: usize) -> Snapshot {
        let whiteouts = b"0123456789".chunks(1).collect();
        let contents = Contents { whiteouts, ..Contents::default() };
        let layer = ImageLayer {
            layer: 0,
            digest: None,
            compression: Compression::None,
            blob_bytes: Bytes(0),
            history: None,
        };
        let image = Image {
            reference: None,
            tags: Vec::new(),
            source: Source { transport: Transport::Oci, name: "x".into() },
            id: Digest::sha256([8; 32]),
            manifest_digest: None,
            platform: Platform::default(),
            created: None,
            config: Config::default(),
            history: Vec::new(),
            layers: vec![layer; layers],
            warnings: Vec::new(),
        };
        let service = |index| Service { name: format!("s{index}"), image: index % images, build: None };
        Snapshot {
            services: (0..services).map(service).collect(),
            images: vec![image; images],
            layers: vec![Layer {
                diff_id: DiffId::new(Digest::sha256([7; 32])),
                contents: Some(Arc::new(contents)),
            }],
            ..Snapshot::default()
        }
    }

    #[test]
    fn a_comparison_above_the_limits_is_not_made() {
        Owner::new().with(|| {
            let workspace = Workspace::new(None, Language::English);
            // Each is within its limits, and so are any of them but the first two.
            let [large, small, other] = [large(1000, 1, 1000), large(1000, 1000, 1), large(1, 1, 1)];
            for snapshot in [&large, &small, &other] {
                ReadLimits::of_page().check(snapshot).unwrap();
            }
            workspace.take(Role::Before, "large".into(), large);
            workspace.take(Role::After, "small".into(), small);
            let ids: Vec<u32> = workspace.held.get_untracked().iter().map(|held| held.id).collect();
            assert_eq!(workspace.pair.get_untracked(), Pair { before: Some(ids[0]), after: None });
            let failures = workspace.failures.get_untracked();
            let message = "These snapshots cannot be compared: the content exceeds the limit of a page for files and \
                directories of all images (8\u{202f}000\u{202f}000): use `plimsoll` on the command line.";
            assert_eq!(failures.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>(), [message]);
            workspace.take(Role::After, "other".into(), other);
            assert_eq!(workspace.pair.get_untracked().before, Some(ids[0]));
            assert!(workspace.pair.get_untracked().after.is_some());
            let other = workspace.pair.get_untracked();
            workspace.compare(Pair { after: Some(ids[1]), ..other });
            assert_eq!(workspace.pair.get_untracked(), other);
            assert_eq!(workspace.failures.get_untracked().len(), 2);
        });
    }

    #[test]
    fn one_service_on_each_side_is_one_service() {
        let snapshot = |names: &[&str]| Snapshot {
            services: names
                .iter()
                .map(|name| Service { name: (*name).to_owned(), image: 0, build: None })
                .collect(),
            ..Snapshot::default()
        };
        let names = |before: &[&str], after: &[&str]| -> Vec<String> {
            let bundle = paired(&snapshot(before), &snapshot(after));
            bundle.before.services.into_iter().map(|service| service.name).collect()
        };
        assert_eq!(names(&["a"], &["b"]), ["b"]);
        assert_eq!(names(&["a"], &["b", "c"]), ["a"]);
        assert_eq!(names(&[], &["b"]), [""; 0]);
    }
}
