//! What counts as worse, over snapshots that are written as data.

use plimsoll_snapshot::runtime::{Event, EventKind, Limits, Time};
use plimsoll_snapshot::{Bytes, Compression, Runtime, Snapshot};

use super::*;
use crate::Changes;
use crate::testing::snapshot;
use crate::testing_runtime::{bare, guarded, started};

/// A service that takes these MiB, a sample each 5 s.
fn running(mib: impl Fn(u64) -> u64) -> Runtime {
    guarded(bare(240, mib))
}

fn steady() -> Runtime {
    running(|frame| 300 + frame % 3)
}

fn with_start(healthy: i64) -> Runtime {
    started(steady(), healthy)
}

fn of_runtimes(before: Runtime, after: Runtime) -> Vec<Regression> {
    let side = |runtime| Snapshot { runtime: Some(runtime), ..Snapshot::default() };
    Changes::between(&side(before), &side(after)).regressions
}

/// The kinds, by their names in JSON, with `stack` or the service.
fn kinds(found: &[Regression]) -> Vec<String> {
    let name = |regression: &Regression| {
        let kind = serde_json::to_value(&regression.kind).unwrap()["kind"].as_str().unwrap().to_owned();
        format!("{}: {kind}", regression.service.as_deref().unwrap_or("stack"))
    };
    found.iter().map(name).collect()
}

#[test]
fn what_is_as_it_was_or_better_is_no_regression() {
    assert_eq!(of_runtimes(steady(), steady()), []);
    assert_eq!(of_runtimes(with_start(42), with_start(10)), []);
    assert_eq!(of_runtimes(running(|frame| 300 + frame), steady()), []);
    let image = snapshot("app", &["f a 1000000"]);
    assert_eq!(Changes::between(&image, &image).regressions, []);
    assert_eq!(Changes::between(&Snapshot::default(), &image).regressions, []);
}

#[test]
fn memory_that_rises_is_one_whatever_headroom_is_left() {
    let rising = || running(|frame| 10 + frame);
    let found = of_runtimes(running(|frame| 249 + frame % 3), rising());
    // A MiB each 5 s.
    let expected = RegressionKind::RisingMemory { before: None, bytes_per_hour: 720 << 20 };
    assert_eq!(found[0], Regression { service: Some("app".into()), kind: expected });
    // What rose before and still does uses its headroom up as well.
    let still = of_runtimes(rising(), rising());
    let expected = RegressionKind::RisingMemory { before: Some(720 << 20), bytes_per_hour: 720 << 20 };
    assert_eq!(still, [Regression { service: Some("app".into()), kind: expected }]);
    let faster = of_runtimes(rising(), running(|frame| 10 + 2 * frame));
    let expected = RegressionKind::RisingMemory { before: Some(720 << 20), bytes_per_hour: 1440 << 20 };
    assert_eq!(faster[0].kind, expected);
}

#[test]
fn a_start_is_slower_where_the_intervals_do_not_overlap() {
    let found = of_runtimes(with_start(10), with_start(42));
    assert_eq!(kinds(&found), ["stack: slower_start", "app: slower_start"]);
    let RegressionKind::SlowerStart { before, after } = found[0].kind else { panic!("{found:?}") };
    assert_eq!((before.at_least_ms, before.at_most_ms), (9_000, 10_000));
    assert_eq!((after.at_least_ms, after.at_most_ms), (41_000, 42_000));
    // What happened between two probes is unknown.
    let mut wide = with_start(42);
    wide.containers[0].states[0].health.as_mut().unwrap().log.remove(0);
    assert_eq!(of_runtimes(with_start(10), wide), []);
}

#[test]
fn what_was_limited_checked_and_bounded_is_missed() {
    let mut bare = with_start(10);
    let container = &mut bare.containers[0];
    container.limits = Some(Limits::default());
    container.health_check = None;
    container.states.clear();
    bare.events.clear();
    container.logging.as_mut().unwrap().options.clear();
    assert_eq!(
        kinds(&of_runtimes(with_start(10), bare.clone())),
        ["app: lost_limit", "app: lost_health_check", "app: lost_reservation", "app: unbounded_log"]
    );
    // What was not inspected is not lost.
    bare.containers[0].limits = None;
    bare.containers[0].logging = None;
    assert_eq!(of_runtimes(with_start(10), bare), []);
}

#[test]
fn the_gravest_comes_first() {
    let mut after = running(|frame| 400 + frame % 3);
    after.containers[0].limits.as_mut().unwrap().memory = Some(Bytes(9 << 30));
    after.events = vec![Event { time: Time(60_000), container: 0, kind: EventKind::Oom }];
    assert_eq!(
        kinds(&of_runtimes(steady(), after)),
        ["app: kills", "stack: exceeds_host", "app: more_memory"]
    );
}

#[test]
fn images_grow_and_new_findings_come_with_them() {
    let check = |before: &[&str], after: &[&str], expected: &[&str]| {
        let found = Changes::between(&snapshot("app", before), &snapshot("app", after)).regressions;
        assert_eq!(kinds(&found), expected);
    };
    let base = "i ADD rootfs /\nf etc/x 100000000";
    check(&[base], &[base, "i RUN make\nf var/log/make.log 900000 l"], &["app: new_findings"]);
    check(&[base], &[base, "i RUN make\nf opt/a 1000000 a"], &["app: larger_image"]);
    check(&[base], &[base, "i RUN make\nf opt/a 900000 a"], &[]);
    // Other services are neither worse nor better.
    let found = Changes::between(&snapshot("app", &[base]), &snapshot("other", &[base])).regressions;
    assert_eq!(found, []);
}

#[test]
fn a_larger_download_shows_behind_a_smaller_image() {
    let side = |layer: &str, blob: u64| {
        let mut snapshot = snapshot("app", &[layer]);
        let layer = &mut snapshot.images[0].layers[0];
        layer.blob_bytes = Bytes(blob);
        layer.compression = Compression::Gzip;
        snapshot
    };
    let found =
        Changes::between(&side("f a 9000000", 1_000_000), &side("f a 8000000", 2_000_000)).regressions;
    assert_eq!(kinds(&found), ["app: larger_download"]);
}
