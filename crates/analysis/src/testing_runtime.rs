//! Services that run, as data, for the tests of what got worse and what got better.

use std::collections::BTreeMap;

use plimsoll_snapshot::runtime::{
    Container, ContainerState, Event, EventKind, Health, HealthStatus, Host, Limits, Logging, Metric, Probe,
    ProbeRun, Recording, Series, Status, Time,
};
use plimsoll_snapshot::{Bytes, Runtime};

const MIB: u64 = 1 << 20;

/// A service without limit, health check and log bound that takes these MiB, a sample each 5 s.
pub(crate) fn bare(frames: u32, mib: impl Fn(u64) -> u64) -> Runtime {
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

/// The same service with limit, reservation, health check and log bound.
pub(crate) fn guarded(mut runtime: Runtime) -> Runtime {
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

/// A service that started, and was healthy this number of seconds later, each with a probe that failed a second before.
pub(crate) fn started(mut runtime: Runtime, healthy: i64) -> Runtime {
    let event = |second: i64, kind| Event { time: Time(second * 1000), container: 0, kind };
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
