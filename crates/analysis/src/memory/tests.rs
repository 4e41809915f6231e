//! The judgements over stacks that are written as data.

use std::collections::BTreeMap;

use plimsoll_snapshot::runtime::{
    Column, Container, ContainerState, Event, EventKind, Health, HealthStatus, Limits, Load, PlannedService,
    ProbeRun, Recording, Series, Span, Status, Swap, Time,
};

use super::*;

const MIB: u64 = 1 << 20;

/// A recording with a sample each 5 s from the start of its container on, in MiB, under a load.
fn recording(container: usize, mib: &[u64]) -> Recording {
    let frames = u32::try_from(mib.len()).unwrap();
    let values = mib.iter().map(|value| Some(value * MIB)).collect();
    Recording {
        frames,
        interval_ms: Some(5000),
        times: Some((0..i64::from(frames)).map(|frame| Time(frame * 5000)).collect()),
        load: Some(Load { label: "load".into(), ..Load::default() }),
        series: vec![Series {
            container,
            started: Some(Time(0)),
            length: frames,
            columns: BTreeMap::from([(Metric::WorkingSet, Column(values))]),
            ..Series::default()
        }],
        ..Recording::default()
    }
}

fn container(service: &str, limit: Option<u64>) -> Container {
    Container {
        service: Some(service.into()),
        project: Some("stack".into()),
        name: Some(format!("stack-{service}-1")),
        limits: Some(Limits { memory: limit.map(|mib| Bytes(mib * MIB)), ..Limits::default() }),
        ..Container::default()
    }
}

fn stack(containers: Vec<Container>, recordings: Vec<Recording>) -> Runtime {
    Runtime { containers, recordings, ..Runtime::default() }
}

/// Values of a service that wavers around a level: an hour of samples.
fn steady(level: u64) -> Vec<u64> {
    (0..720).map(|sample| level + sample * 7919 % 13).collect()
}

fn event(container: usize, second: i64, kind: EventKind) -> Event {
    Event { time: Time(second * 1000), container, kind }
}

#[test]
fn a_steady_hour_gives_a_limit_with_its_reason() {
    let memory = memory(&stack(vec![container("app", Some(1024))], vec![recording(0, &steady(300))]));
    let suggestion = &memory.services[0].suggestion;
    assert_eq!(suggestion.windows.unwrap().count, 60);
    assert!(suggestion.refused.is_empty(), "{:?}", suggestion.refused);
    // 312 MiB and 25 or 50 % more, in steps of 16 MiB.
    assert!([Some(Bytes(400 * MIB)), Some(Bytes(480 * MIB))].contains(&suggestion.limit), "{suggestion:?}");
    assert!(suggestion.reasons[0].contains("312 MiB"), "{:?}", suggestion.reasons);
    assert_eq!(memory.services[0].headroom, Some(Bytes((1024 - 312) * MIB)));
    assert!(!suggestion.at_least);
}

#[test]
fn thin_evidence_is_refused_in_words() {
    let mut short = recording(0, &[300; 16]);
    short.load = None;
    short.series[0].started = None;
    let refused =
        memory(&stack(vec![container("app", None)], vec![short])).services.remove(0).suggestion.refused;
    assert!(refused[0].contains("2 windows"), "{refused:?}");
    assert!(refused.iter().any(|reason| reason.contains("start")), "{refused:?}");
    assert!(refused.iter().any(|reason| reason.contains("load")), "{refused:?}");
    let nothing = memory(&stack(vec![container("app", None)], vec![])).services.remove(0).suggestion;
    assert_eq!((nothing.limit, nothing.refused.len()), (None, 1));
}

#[test]
fn what_grows_is_a_possible_leak_and_not_sized() {
    let growing: Vec<u64> = (0..720).map(|sample| 100 + sample).collect();
    let service =
        memory(&stack(vec![container("app", None)], vec![recording(0, &growing)])).services.remove(0);
    assert_eq!(service.trend.verdict, TrendVerdict::Rising);
    // A MiB each 5 s.
    assert_eq!(service.trend.bytes_per_hour, Some(720 * 1024 * 1024));
    assert_eq!(service.suggestion.limit, None);
    assert!(service.suggestion.refused[0].contains("possible leak"), "{:?}", service.suggestion.refused);
    let steady = memory(&stack(vec![container("app", None)], vec![recording(0, &steady(300))]));
    assert_eq!(steady.services[0].trend.verdict, TrendVerdict::Steady);
}

#[test]
fn at_its_limit_a_need_is_at_least() {
    let mut values = steady(280);
    values[100] = 300;
    let service =
        memory(&stack(vec![container("app", Some(304))], vec![recording(0, &values)])).services.remove(0);
    assert!(service.suggestion.at_least);
}

#[test]
fn an_oom_kill_gives_a_bump_even_from_little() {
    let mut runtime = stack(vec![container("app", Some(1024))], vec![recording(0, &[300; 16])]);
    runtime.events =
        vec![event(0, 60, EventKind::Oom), event(0, 61, EventKind::Die { exit_code: Some(137) })];
    let service = memory(&runtime).services.remove(0);
    assert_eq!((service.oom.verdict, service.oom.kills), (OomVerdict::Certain, 1));
    // A fifth of 1 GiB is more than 100 MiB.
    assert_eq!(service.suggestion.limit, Some(Bytes(1232 * MIB)));
    assert!(service.suggestion.at_least);
}

#[test]
fn kills_are_told_from_stops() {
    let check = |events: Vec<Event>, expected: OomVerdict| {
        let mut runtime = stack(vec![container("app", None)], vec![]);
        runtime.events = events;
        let oom = memory(&runtime).services.remove(0).oom;
        assert_eq!(oom.verdict, expected, "{:?}", oom.evidence);
    };
    let die = |second| event(0, second, EventKind::Die { exit_code: Some(137) });
    check(vec![die(10)], OomVerdict::Likely);
    check(vec![event(0, 9, EventKind::Kill { signal: Some(9) }), die(10)], OomVerdict::Unknown);
    check(vec![event(0, 1, EventKind::Stop), die(100)], OomVerdict::Likely);
    check(vec![], OomVerdict::Unknown);
}

#[test]
fn a_flag_that_is_not_set_proves_nothing_but_a_counter_does() {
    let mut runtime = stack(vec![container("app", None)], vec![recording(0, &[300; 16])]);
    runtime.containers[0].states = vec![ContainerState {
        status: Status::Running,
        oom_killed: Some(false),
        ..ContainerState::default()
    }];
    assert_eq!(memory(&runtime).services[0].oom.verdict, OomVerdict::Unknown);
    runtime.recordings[0].series[0].columns.insert(Metric::OomKills, Column(vec![Some(0); 16]));
    assert_eq!(memory(&runtime).services[0].oom.verdict, OomVerdict::NoneSeen);
    runtime.recordings[0].series[0].columns.insert(Metric::OomKills, Column(vec![Some(2); 16]));
    assert_eq!(memory(&runtime).services[0].oom.kills, 2);
    let mut watched = stack(vec![container("app", None)], vec![recording(0, &[300; 16])]);
    watched.watched = vec![Span { from: Time(0), to: Time(75_000) }];
    assert_eq!(memory(&watched).services[0].oom.verdict, OomVerdict::NoneSeen);
}

#[test]
fn limits_add_up_with_replicas_and_swap() {
    let mut runtime = stack(vec![container("a", Some(1024)), container("b", Some(512))], vec![]);
    runtime.planned =
        vec![PlannedService { name: "b".into(), replicas: Some(3), ..PlannedService::default() }];
    runtime.containers[0].limits.as_mut().unwrap().memory_swap = Some(Swap::Total(Bytes(1024 * MIB)));
    let totals = memory(&runtime).totals;
    assert_eq!(totals.limits, Limit::Limited(Bytes(2560 * MIB)));
    // Not set, an engine gives as much swap as memory.
    assert_eq!(totals.limits_with_swap, Limit::Limited(Bytes(4096 * MIB)));
    runtime.containers.push(container("c", None));
    let totals = memory(&runtime).totals;
    assert_eq!((totals.limits, totals.limited), (Limit::Unlimited, Bytes(2560 * MIB)));
    assert_eq!(totals.unlimited, ["c"]);
    assert_eq!(totals.fits_host(), Some(false));
}

#[test]
fn sums_are_of_one_instant_and_leave_bystanders_out() {
    // A load generator beside a compose project.
    let load = Container { service: Some("load".into()), ..Container::default() };
    let mut both = recording(0, &[100, 200, 100]);
    both.series.push(recording(1, &[100, 50, 300]).series.remove(0));
    both.series.push(recording(2, &[999; 3]).series.remove(0));
    both.series[1].columns.get_mut(&Metric::WorkingSet).unwrap().0[0] = None;
    let memory = memory(&stack(vec![container("a", None), container("b", None), load], vec![both]));
    let at_once = memory.at_once.unwrap();
    assert_eq!(at_once.all.max, Bytes(400 * MIB));
    assert_eq!((at_once.all.count, at_once.incomplete), (2, 1));
    assert_eq!(at_once.loaded, Some(at_once.all));
    assert_eq!(memory.bystanders, ["load"]);
}

#[test]
fn a_start_lies_between_two_probes() {
    let mut runtime = stack(vec![container("app", None)], vec![]);
    let run = |second: i64, exit_code| ProbeRun {
        start: Some(Time(second * 1000)),
        end: Some(Time(second * 1000 + 200)),
        exit_code,
    };
    runtime.containers[0].states = vec![ContainerState {
        status: Status::Running,
        started: Some(Time(0)),
        health: Some(Health {
            status: HealthStatus::Healthy,
            failing_streak: 0,
            log: vec![run(10, 1), run(20, 0)],
        }),
        ..ContainerState::default()
    }];
    let memory = memory(&runtime);
    let start = memory.services[0].start_ups[0];
    assert_eq!((start.at_least_ms, start.at_most_ms), (10_000, 20_200));
    assert_eq!(memory.start_up.whole, Some(start));
    assert_eq!(memory.services[0].health.check_ms, Some(200));
    assert_eq!(memory.services[0].health.checks_per_day, Some(2880));
}

#[test]
fn a_stack_has_started_when_its_last_service_is_healthy() {
    let healthy = EventKind::Health { status: HealthStatus::Healthy };
    let mut runtime = stack(vec![container("db", None), container("app", None)], vec![]);
    runtime.events = vec![
        event(0, 0, EventKind::Start),
        event(0, 10, healthy),
        event(1, 11, EventKind::Start),
        event(1, 41, healthy),
    ];
    assert_eq!(memory(&runtime).start_up.whole.unwrap().at_most_ms, 41_000);
    runtime.events.pop();
    let start_up = memory(&runtime).start_up;
    assert_eq!(start_up.without_check, ["app"]);
}

#[test]
fn recommendations_say_why_and_leave_open_what_is_not_known() {
    use recommend::{Setting, recommend};
    let mut runtime =
        stack(vec![container("app", None), container("db", Some(512))], vec![recording(0, &[300; 16])]);
    runtime.containers[1].image = Some("postgres:16".into());
    let recommended = recommend(&runtime, &BTreeMap::new());
    let settings = |index: usize| -> Vec<Setting> {
        recommended.services[index].settings.iter().map(|one| one.setting.clone()).collect()
    };
    assert!(recommended.services[0].open[0].contains("2 windows"), "{:?}", recommended.services[0].open);
    assert!(!settings(0).iter().any(|setting| matches!(setting, Setting::Limit(_))));
    assert!(settings(1).contains(&Setting::Limit(Bytes(512 * MIB))));
    assert!(settings(1).contains(&Setting::LimitWithSwap(Bytes(512 * MIB))));
    assert!(settings(1).contains(&Setting::OomScore(-500)) && settings(0).contains(&Setting::OomScore(300)));
    assert!(settings(1).contains(&Setting::Shm(Bytes(256 * MIB))));
    let command = settings(1)
        .into_iter()
        .find_map(|one| if let Setting::Command(words) = one { Some(words) } else { None });
    assert_eq!(command.unwrap().last().unwrap(), "max_connections=50");
    let demanded = BTreeMap::from([("app".to_owned(), Bytes(1024 * MIB))]);
    let recommended = recommend(&runtime, &demanded);
    assert_eq!(recommended.services[0].settings[0].setting, Setting::Limit(Bytes(1024 * MIB)));
    assert!(recommended.services[0].settings.iter().all(|one| !one.reasons.is_empty()));
}

#[test]
fn nothing_is_unknown_and_never_fine() {
    let empty = memory(&Runtime::default());
    assert_eq!((empty.totals.limits, empty.at_once), (Limit::Unknown, None));
    let service = memory(&stack(vec![Container { name: Some("x".into()), ..Container::default() }], vec![]))
        .services
        .remove(0);
    assert_eq!(service.limit, Limit::Unknown);
    assert_eq!(service.health.verdict, HealthVerdict::Unknown);
    assert_eq!(service.log.bound, Bound::Unknown);
}
