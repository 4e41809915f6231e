//! What counts as better, over snapshots that are written as data.

use plimsoll_snapshot::runtime::{Event, EventKind, Metric, Time};
use plimsoll_snapshot::{Bytes, Compression, Runtime, Snapshot};

use super::*;
use crate::Changes;
use crate::testing::snapshot;
use crate::testing_runtime::{bare, guarded, started};

fn level() -> Runtime {
    bare(240, |frame| 300 + frame % 3)
}

fn with_start(healthy: i64) -> Runtime {
    started(guarded(level()), healthy)
}

fn of_runtimes(before: Runtime, after: Runtime) -> Vec<Improvement> {
    let side = |runtime| Snapshot { runtime: Some(runtime), ..Snapshot::default() };
    Changes::between(&side(before), &side(after)).improvements
}

/// The kinds, by their names in JSON, with `stack` or the service.
fn kinds(found: &[Improvement]) -> Vec<String> {
    let name = |improvement: &Improvement| {
        let kind = serde_json::to_value(&improvement.kind).unwrap()["kind"].as_str().unwrap().to_owned();
        format!("{}: {kind}", improvement.service.as_deref().unwrap_or("stack"))
    };
    found.iter().map(name).collect()
}

#[test]
fn what_is_as_it_was_or_worse_is_no_improvement() {
    assert_eq!(of_runtimes(level(), level()), []);
    assert_eq!(of_runtimes(guarded(level()), level()), []);
    assert_eq!(of_runtimes(with_start(10), with_start(42)), []);
    let image = snapshot("app", &["f a 1000000"]);
    assert_eq!(Changes::between(&image, &image).improvements, []);
    assert_eq!(Changes::between(&image, &Snapshot::default()).improvements, []);
}

#[test]
fn what_is_limited_checked_and_bounded_now_counts() {
    assert_eq!(
        kinds(&of_runtimes(level(), with_start(10))),
        ["app: new_limit", "app: new_health_check", "app: new_reservation", "app: bounded_log"]
    );
    // What was not inspected may have been there.
    let mut unknown = level();
    unknown.containers[0].limits = None;
    unknown.containers[0].logging = None;
    assert_eq!(kinds(&of_runtimes(unknown, guarded(level()))), [] as [&str; 0]);
}

#[test]
fn memory_that_no_longer_rises_is_better_only_if_that_was_seen() {
    let rising = || bare(240, |frame| 10 + frame);
    let found = of_runtimes(rising(), bare(240, |frame| 130 + frame % 3));
    assert_eq!(found[0].kind, ImprovementKind::LevelMemory { before: 720 << 20 });
    // Too short a recording shows no trend.
    let short = bare(3, |_| 300);
    assert!(!kinds(&of_runtimes(rising(), short)).contains(&"app: level_memory".to_owned()));
}

#[test]
fn a_start_is_faster_where_the_intervals_do_not_overlap() {
    let found = of_runtimes(with_start(42), with_start(10));
    assert_eq!(kinds(&found), ["stack: faster_start", "app: faster_start"]);
    let mut wide = with_start(42);
    wide.containers[0].states[0].health.as_mut().unwrap().log.remove(0);
    assert_eq!(of_runtimes(wide, with_start(10)), []);
}

#[test]
fn fewer_kills_count_only_where_kills_are_counted() {
    let kill = Event { time: Time(60_000), container: 0, kind: EventKind::Oom };
    let before = Runtime { events: vec![kill], ..guarded(level()) };
    // Nothing was recorded that would show a kill.
    assert_eq!(of_runtimes(before.clone(), guarded(level())), []);
    let mut watched = guarded(level());
    let recording = &mut watched.recordings[0];
    let none = (0..recording.frames).map(|_| Some(0)).collect();
    recording.series[0].columns.insert(Metric::OomKills, none);
    let found = of_runtimes(before, watched);
    assert_eq!(found[0].kind, ImprovementKind::FewerKills { before: 1, after: 0 });
}

#[test]
fn images_shrink_and_findings_are_done() {
    let check = |before: &[&str], after: &[&str], expected: &[&str]| {
        let found = Changes::between(&snapshot("app", before), &snapshot("app", after)).improvements;
        assert_eq!(kinds(&found), expected);
    };
    let base = "i ADD rootfs /\nf etc/x 100000000";
    check(&[base, "i RUN make\nf var/log/make.log 900000 l"], &[base], &["app: fixed_findings"]);
    check(&[base, "i RUN make\nf opt/a 2000000 a"], &[base], &["app: smaller_image"]);
    check(&[base, "i RUN make\nf opt/a 900000 a"], &[base], &[]);
    let found = Changes::between(
        &snapshot("app", &[base, "i RUN make\nf var/log/make.log 900000 l"]),
        &snapshot("app", &[base]),
    );
    let ImprovementKind::FixedFindings { findings, saved } = &found.improvements[0].kind else {
        panic!("{:?}", found.improvements)
    };
    assert_eq!((findings.len(), *saved), (1, Bytes(900_000)));
    // Other services are neither worse nor better.
    let found = Changes::between(&snapshot("app", &[base]), &snapshot("other", &[base])).improvements;
    assert_eq!(found, []);
}

#[test]
fn a_smaller_download_shows_behind_an_image_of_the_same_size() {
    let side = |blob: u64| {
        let mut snapshot = snapshot("app", &["f a 9000000"]);
        let layer = &mut snapshot.images[0].layers[0];
        layer.blob_bytes = Bytes(blob);
        layer.compression = Compression::Gzip;
        snapshot
    };
    let found = Changes::between(&side(2_000_000), &side(1_000_000)).improvements;
    assert_eq!(kinds(&found), ["app: smaller_download"]);
}
