//! What counts as better, over snapshots that are written as data.

use std::collections::BTreeMap;

use plimsoll_snapshot::runtime::{
    Container, ContainerState, Event, EventKind, Health, HealthStatus, Host, Limits, Logging, Metric, Probe,
    ProbeRun, Recording, Series, Status, Time,
};
use plimsoll_snapshot::{Bytes, Compression, Runtime, Snapshot};

use super::*;
use crate::Changes;
use crate::testing::snapshot;

const MIB: u64 = 1 << 20;

/// A service without limit, health check and log bound that takes these MiB, a sample each 5 s.
fn bare(mib: impl Fn(u64) -> u64) -> Runtime {
    recorded(240, mib)
}

fn recorded(frames: u32, mib: impl Fn(u64) -> u64) -> Runtime {
    let values = (0..u64::from(frames)).map(|frame| Some(mib(frame) * MIB)).collect();
    let recording = Recording {
        frames,
        times: Some((0..i64::from(frames)).map(|frame| Time(frame * 5000)).collect()),
        host: Some(Host { memory: Some(Bytes(8 << 30)), ..Host::default() }),
        series: vec![Series {
            length: frames,
            columns: BTreeMap::from([(Metric::WorkingSet, values)]),
            ..Series::default()
        }],
        ..Recording::default()
    };
    let container = Container {
        service: Some("app".into()),
        limits: Some(Limits::default()),
        logging: Some(Logging { driver: "json-file".into(), options: BTreeMap::new() }),
        ..Container::default()
    };
    Runtime { containers: vec![container], recordings: vec![recording], ..Runtime::default() }
}

fn steady() -> Runtime {
    bare(|frame| 300 + frame % 3)
}

/// With limit, reservation, health check and log bound.
fn guarded() -> Runtime {
    let mut runtime = steady();
    let container = &mut runtime.containers[0];
    container.limits = Some(Limits {
        memory: Some(Bytes(512 * MIB)),
        reservation: Some(Bytes(64 * MIB)),
        ..Limits::default()
    });
    container.health_check = Some(Probe { test: vec!["CMD".into(), "true".into()], ..Probe::default() });
    container.logging.as_mut().unwrap().options.insert("max-size".into(), "10m".into());
    runtime
}

/// Started, and healthy this number of seconds later, each with a probe that failed a second before.
fn started(healthy: i64) -> Runtime {
    let event = |second: i64, kind| Event { time: Time(second * 1000), container: 0, kind };
    let mut runtime = guarded();
    runtime.events =
        vec![event(0, EventKind::Start), event(healthy, EventKind::Health { status: HealthStatus::Healthy })];
    let probe = |second: i64, exit_code| ProbeRun {
        start: Some(Time(second * 1000)),
        end: Some(Time(second * 1000 + 100)),
        exit_code,
    };
    runtime.containers[0].states = vec![ContainerState {
        status: Status::Running,
        started: Some(Time(0)),
        health: Some(Health {
            status: HealthStatus::Healthy,
            log: vec![probe(healthy - 1, 1), probe(healthy, 0)],
            ..Default::default()
        }),
        ..Default::default()
    }];
    runtime
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
    assert_eq!(of_runtimes(steady(), steady()), []);
    assert_eq!(of_runtimes(guarded(), steady()), []);
    assert_eq!(of_runtimes(started(10), started(42)), []);
    let image = snapshot("app", &["f a 1000000"]);
    assert_eq!(Changes::between(&image, &image).improvements, []);
    assert_eq!(Changes::between(&image, &Snapshot::default()).improvements, []);
}

#[test]
fn what_is_limited_checked_and_bounded_now_counts() {
    assert_eq!(
        kinds(&of_runtimes(steady(), started(10))),
        ["app: new_limit", "app: new_health_check", "app: new_reservation", "app: bounded_log"]
    );
    // What was not inspected may have been there.
    let mut unknown = steady();
    unknown.containers[0].limits = None;
    unknown.containers[0].logging = None;
    assert_eq!(kinds(&of_runtimes(unknown, guarded())), [] as [&str; 0]);
}

#[test]
fn memory_that_no_longer_rises_is_better_only_if_that_was_seen() {
    let rising = || bare(|frame| 10 + frame);
    let found = of_runtimes(rising(), bare(|frame| 130 + frame % 3));
    assert_eq!(found[0].kind, ImprovementKind::LevelMemory { before: 720 << 20 });
    // Too short a recording shows no trend.
    let short = recorded(3, |_| 300);
    assert!(!kinds(&of_runtimes(rising(), short)).contains(&"app: level_memory".to_owned()));
}

#[test]
fn a_start_is_faster_where_the_intervals_do_not_overlap() {
    let found = of_runtimes(started(42), started(10));
    assert_eq!(kinds(&found), ["stack: faster_start", "app: faster_start"]);
    let mut wide = started(42);
    wide.containers[0].states[0].health.as_mut().unwrap().log.remove(0);
    assert_eq!(of_runtimes(wide, started(10)), []);
}

#[test]
fn fewer_kills_count_only_where_kills_are_counted() {
    let kill = Event { time: Time(60_000), container: 0, kind: EventKind::Oom };
    let before = Runtime { events: vec![kill], ..guarded() };
    // Nothing was recorded that would show a kill.
    assert_eq!(of_runtimes(before.clone(), guarded()), []);
    let mut watched = guarded();
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
