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
    let values: Column = mib.iter().map(|value| Some(value * MIB)).collect();
    Recording {
        frames,
        interval_ms: Some(5000),
        times: Some((0..i64::from(frames)).map(|frame| Time(frame * 5000)).collect()),
        load: Some(Load { label: "load".into(), ..Load::default() }),
        series: vec![Series {
            container,
            started: Some(Time(0)),
            length: frames,
            columns: BTreeMap::from([(Metric::WorkingSet, values)]),
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
    let LimitReason::LargestWindow { largest, .. } = suggestion.reasons[0] else { panic!("{suggestion:?}") };
    assert_eq!(largest.0 / MIB, 312);
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
    assert_eq!(refused[0], LimitRefusal::TooFewWindows { windows: 1, least: 10 });
    assert!(refused.contains(&LimitRefusal::StartNotRecorded), "{refused:?}");
    assert!(refused.contains(&LimitRefusal::NoLoad), "{refused:?}");
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
    assert!(matches!(service.suggestion.refused[0], LimitRefusal::PossibleLeak { .. }));
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
    runtime.recordings[0].series[0].columns.insert(Metric::OomKills, Column::from(vec![Some(0); 16]));
    assert_eq!(memory(&runtime).services[0].oom.verdict, OomVerdict::NoneSeen);
    runtime.recordings[0].series[0].columns.insert(Metric::OomKills, Column::from(vec![Some(2); 16]));
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
    let gap = Column::from(vec![None, Some(50 * MIB), Some(300 * MIB)]);
    both.series[1].columns.insert(Metric::WorkingSet, gap);
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
    use recommend::{Demanded, Demands, Setting, recommend};
    let mut runtime =
        stack(vec![container("app", None), container("db", Some(512))], vec![recording(0, &[300; 16])]);
    runtime.containers[1].image = Some("postgres:16".into());
    let recommended = recommend(&runtime, &Demands::none());
    let settings = |index: usize| -> Vec<Setting> {
        recommended.services[index].settings.iter().map(|one| one.setting.clone()).collect()
    };
    let recommend::Open::NoLimit { refused, .. } = &recommended.services[0].open[0] else { panic!() };
    assert_eq!(refused[0], LimitRefusal::TooFewWindows { windows: 1, least: 10 });
    assert!(!settings(0).iter().any(|setting| matches!(setting, Setting::Limit(_))));
    assert!(settings(1).contains(&Setting::Limit(Bytes(512 * MIB))));
    assert!(settings(1).contains(&Setting::LimitWithSwap(Bytes(512 * MIB))));
    assert!(settings(1).contains(&Setting::OomScore(-500)) && settings(0).contains(&Setting::OomScore(300)));
    assert!(settings(1).contains(&Setting::Shm(Bytes(256 * MIB))));
    let command = settings(1)
        .into_iter()
        .find_map(|one| if let Setting::Command(words) = one { Some(words) } else { None });
    assert!(command.unwrap().contains(&"max_connections=50".to_owned()));
    let service = |name: &str| Demanded {
        limit: Some(Bytes(1024 * MIB)).filter(|_| name == "app"),
        ..Demanded::default()
    };
    let recommended = recommend(&runtime, &Demands { service: &service, ..Demands::none() });
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

fn service(runtime: &Runtime) -> ServiceMemory {
    memory(runtime).services.remove(0)
}

/// What is recommended for a service, as `setting` and reasons, and what is left open.
fn recommended(runtime: &Runtime) -> recommend::ServiceRecommendation {
    recommend::recommend(runtime, &recommend::Demands::none()).services.remove(0)
}

fn setting<T>(
    recommended: &recommend::ServiceRecommendation,
    of: impl Fn(&recommend::Setting) -> Option<T>,
) -> Option<T> {
    recommended.settings.iter().find_map(|one| of(&one.setting))
}

#[test]
fn what_waits_at_its_limit_was_not_killed() {
    let mut runtime = stack(vec![container("app", Some(64))], vec![]);
    runtime.events = vec![event(0, 60, EventKind::Oom)];
    assert_eq!(service(&runtime).oom.verdict, OomVerdict::Certain);
    runtime.containers[0].limits.as_mut().unwrap().oom_kill_disable = Some(true);
    // Some engines set their flag at the event.
    let state = ContainerState { oom_killed: Some(true), ..ContainerState::default() };
    runtime.containers[0].states = vec![state];
    let oom = service(&runtime).oom;
    assert_eq!((oom.verdict, oom.kills), (OomVerdict::Unknown, 0));
    assert_eq!(oom.evidence[0], KillEvidence::WaitedForMemory { events: 1 });
    runtime.events.push(event(0, 70, EventKind::Die { exit_code: Some(137) }));
    assert_eq!(service(&runtime).oom.verdict, OomVerdict::Likely);
}

#[test]
fn only_what_asks_for_an_end_explains_one() {
    let check = |kind: EventKind, code: i64, likely: bool, failed: u64| {
        let mut runtime = stack(vec![container("app", None)], vec![]);
        runtime.events = vec![event(0, 10, kind), event(0, 15, EventKind::Die { exit_code: Some(code) })];
        let service = service(&runtime);
        assert_eq!(
            (service.oom.verdict == OomVerdict::Likely, service.failed_ends),
            (likely, failed),
            "{kind:?} {code}"
        );
    };
    let kill = |signal| EventKind::Kill { signal: Some(signal) };
    check(kill(1), 137, true, 1);
    check(kill(10), 137, true, 1);
    check(kill(28), 137, true, 1);
    check(kill(1), 129, false, 0);
    check(kill(1), 1, false, 1);
    check(kill(9), 137, false, 0);
    check(kill(15), 137, false, 0);
    check(kill(15), 1, false, 0);
    check(EventKind::Kill { signal: None }, 137, false, 0);
    check(kill(i64::MAX), 137, true, 1);
}

#[test]
fn an_exit_code_of_another_container_is_explained_by_its_own_stop() {
    let mut runtime = stack(vec![container("app", None), container("app", None)], vec![]);
    let ended = ContainerState { status: Status::Exited, exit_code: Some(137), ..ContainerState::default() };
    runtime.containers[1].states = vec![ended];
    runtime.events = vec![event(0, 10, EventKind::Stop)];
    assert_eq!(service(&runtime).oom.verdict, OomVerdict::Likely);
}

/// Lives of eleven seconds, one after the other, with a crash at the end of each.
fn crash_loop(lives: i64, exit_code: i64, with_events: bool) -> Runtime {
    let mut recording = recording(0, &[]);
    let times: Vec<Time> = (0..lives * 12).map(|second| Time(second * 1000)).collect();
    recording.frames = u32::try_from(times.len()).unwrap();
    (recording.interval_ms, recording.times) = (Some(1000), Some(times));
    recording.series = (0..lives)
        .map(|life| Series {
            container: 0,
            started: Some(Time(life * 12_000)),
            first: u32::try_from(life * 12).unwrap(),
            length: 11,
            columns: BTreeMap::from([(Metric::WorkingSet, Column::from(vec![Some(9 * MIB); 11]))]),
            peak: None,
        })
        .collect();
    let mut runtime = stack(vec![container("app", None)], vec![recording]);
    if with_events {
        for life in 0..lives {
            runtime.events.push(event(0, life * 12, EventKind::Start));
            let die = EventKind::Die { exit_code: Some(exit_code) };
            runtime.events.push(event(0, life * 12 + 11, die));
        }
    }
    runtime
}

#[test]
fn a_service_that_crashes_again_and_again_gets_no_limit() {
    for (runtime, sign) in [
        (crash_loop(14, 1, true), CrashSign::FailedEnds { count: 14 }),
        (crash_loop(14, 0, true), CrashSign::ShortLives { count: 14 }),
        (crash_loop(14, 1, false), CrashSign::ShortLives { count: 14 }),
    ] {
        let crash = CrashLoop { sign, longest_life_ms: Some(11_000) };
        let service = service(&runtime);
        assert_eq!(service.suggestion.windows, None, "no window was lived through");
        assert_eq!(service.suggestion.limit, None);
        let refused = &service.suggestion.refused;
        assert!(refused.contains(&LimitRefusal::TooFewWindows { windows: 0, least: 10 }), "{refused:?}");
        assert!(refused.contains(&LimitRefusal::Crashes { crash }), "{refused:?}");
        let recommended = recommended(&runtime);
        let is_limit =
            |setting: &recommend::Setting| matches!(setting, recommend::Setting::Limit(_)).then_some(());
        assert_eq!(setting(&recommended, is_limit), None);
        assert!(
            matches!(&recommended.open[0], recommend::Open::NoLimit { refused: why, .. } if why == refused)
        );
    }
    // Even an old limit is not repeated.
    let mut limited = crash_loop(14, 1, true);
    limited.containers[0].limits.as_mut().unwrap().memory = Some(Bytes(512 * MIB));
    let recommend::Open::NoLimit { refused, .. } = &recommended(&limited).open[0] else { panic!() };
    assert!(refused.iter().any(|why| matches!(why, LimitRefusal::Crashes { .. })));
}

#[test]
fn a_restart_by_hand_is_no_crash_loop() {
    let mut runtime = stack(vec![container("app", None)], vec![recording(0, &steady(300))]);
    runtime.events = vec![
        event(0, 0, EventKind::Start),
        event(0, 1800, EventKind::Kill { signal: Some(15) }),
        event(0, 1801, EventKind::Die { exit_code: Some(143) }),
        event(0, 1802, EventKind::Start),
    ];
    assert_eq!(service(&runtime).crashes, None);
    assert!(service(&runtime).suggestion.limit.is_some());
}

#[test]
fn a_step_is_not_steady_and_lowers_the_confidence() {
    let values: Vec<u64> =
        (0..720).map(|sample| if sample < 400 { 200 } else { 400 } + sample * 7919 % 5).collect();
    let service = service(&stack(vec![container("app", None)], vec![recording(0, &values)]));
    assert_eq!(service.trend.verdict, TrendVerdict::Risen);
    let TrendReason::Step { from, to, .. } = service.trend.reason else { panic!("{:?}", service.trend) };
    assert_eq!((from.0 / MIB, to.0 / MIB), (204, 404));
    assert_eq!(service.suggestion.confidence, Some(Confidence::Low));
    let trend = service.trend.reason.clone();
    assert!(service.suggestion.reasons.contains(&LimitReason::Risen { trend }));
}

#[test]
fn a_leak_is_said_whatever_else_is() {
    // Fourteen minutes in which it grows faster and faster: few windows, and each follows from the last.
    let convex: Vec<u64> = (0..168).map(|sample| 100 + sample * sample / 150).collect();
    let leaking = service(&stack(vec![container("app", None)], vec![recording(0, &convex)]));
    assert!(leaking.trend.verdict == TrendVerdict::Rising || leaking.trend.verdict == TrendVerdict::Risen);
    assert!(
        leaking.suggestion.limit.is_none() || leaking.suggestion.confidence == Some(Confidence::Low),
        "{leaking:?}"
    );
    let is_named = |reason: &LimitReason| matches!(reason, LimitReason::Risen { .. });
    let is_refused = |refusal: &LimitRefusal| matches!(refusal, LimitRefusal::PossibleLeak { .. });
    let suggestion = &leaking.suggestion;
    assert!(suggestion.reasons.iter().any(is_named) || suggestion.refused.iter().any(is_refused));
    // Five per cent in an hour.
    let slow: Vec<u64> = (0..720).map(|sample| 4000 + sample * 200 / 720 + sample * 7919 % 3).collect();
    let slow = service(&stack(vec![container("app", None)], vec![recording(0, &slow)]));
    assert_eq!(
        (slow.trend.verdict, slow.suggestion.confidence),
        (TrendVerdict::Risen, Some(Confidence::Low))
    );
    let slowly =
        |reason: &LimitReason| matches!(reason, LimitReason::Risen { trend: TrendReason::SlowRise { .. } });
    assert!(slow.suggestion.reasons.iter().any(slowly), "{:?}", slow.suggestion);
    // A kill gives a larger limit, which only delays the next one.
    let growing: Vec<u64> = (0..720).map(|sample| 100 + sample).collect();
    let mut killed = stack(vec![container("app", Some(1024))], vec![recording(0, &growing)]);
    killed.events = vec![event(0, 3500, EventKind::Oom)];
    let suggestion = service(&killed).suggestion;
    let delays = |reason: &LimitReason| matches!(reason, LimitReason::LeakDelayed { .. });
    assert!(suggestion.reasons.iter().any(delays), "{suggestion:?}");
}

#[test]
fn what_cannot_be_read_is_unknown_and_never_none() {
    use plimsoll_snapshot::runtime::UnreadLimit;
    let mut runtime = stack(vec![container("app", None), container("other", Some(512))], vec![]);
    runtime.containers[0].limits.as_mut().unwrap().forget(UnreadLimit::Memory);
    runtime.containers[1].limits.as_mut().unwrap().forget(UnreadLimit::MemorySwap);
    let memory = memory(&runtime);
    assert_eq!(memory.services[0].limit, Limit::Unknown);
    assert_eq!(memory.services[1].limit_with_swap, Limit::Unknown);
    assert_eq!((memory.totals.limits, memory.totals.limited), (Limit::Unknown, Bytes(512 * MIB)));
    assert_eq!(memory.totals.unknown, ["app"]);
}

fn planned(image: &str, command: &[&str]) -> Runtime {
    let plan = PlannedService {
        name: "db".into(),
        image: Some(image.into()),
        limits: Limits { memory: Some(Bytes(512 * MIB)), ..Limits::default() },
        command: (!command.is_empty()).then(|| {
            plimsoll_snapshot::runtime::Command(command.iter().map(|word| (*word).to_owned()).collect())
        }),
        entrypoint_words: Some(0),
        ..PlannedService::default()
    };
    Runtime { planned: vec![plan], ..Runtime::default() }
}

#[test]
fn the_command_of_postgres_is_kept_word_by_word_or_left_alone() {
    let command = |runtime: &Runtime| {
        let recommended = recommended(runtime);
        let words = |setting: &recommend::Setting| {
            if let recommend::Setting::Command(words) = setting { Some(words.join(" ")) } else { None }
        };
        setting(&recommended, words).ok_or(recommended.open)
    };
    let kept =
        |words: &[&str]| command(&planned("postgres:16", words)).unwrap_or_else(|why| panic!("{why:?}"));
    let ssl = ["postgres", "-c", "ssl=on", "-c", "shared_buffers=1GB", "-c", "hba_file=/etc/pg_hba.conf"];
    assert!(
        kept(&ssl).starts_with("postgres -c ssl=on -c hba_file=/etc/pg_hba.conf -c shared_buffers=128MB ")
    );
    assert!(
        kept(&["-c max_connections=300 -c 'log_line_prefix=%m [%p] '"])
            .starts_with("-c log_line_prefix=%m [%p]  -c ")
    );
    assert!(kept(&[]).starts_with("postgres -c shared_buffers=128MB"));
    let config = kept(&["postgres", "--config-file=/etc/postgresql.conf"]);
    assert!(
        config.starts_with("postgres --config-file=/etc/postgresql.conf -c shared_buffers=128MB"),
        "{config}"
    );
    let left = |image: &str, words: &[&str], expected: CommandRefusal| {
        let open = command(&planned(image, words)).unwrap_err();
        let is_it = |open: &recommend::Open| {
            matches!(open, recommend::Open::CommandKept { why, settings }
            if *why == expected && settings.contains("shared_buffers = 128MB"))
        };
        assert!(open.iter().any(is_it), "{open:?}");
    };
    left("postgres:16", &["sh", "-c", "exec postgres -c shared_buffers=1GB"], CommandRefusal::NotUnderstood);
    left("postgres:16", &["postgres -c shared_buffers=1GB && true"], CommandRefusal::NotUnderstood);
    left(
        "postgres:16",
        &["postgres", "-c", "shared_buffers=1GB", "-c", "x.password=…"],
        CommandRefusal::Redacted,
    );
    left("postgres:16", &["postgres", "-c", "port=${PORT}"], CommandRefusal::Variables);
    left("bitnami/postgresql:16", &[], CommandRefusal::Unknown);
    left(
        "ghcr.io/cloudnative-pg/postgresql:16",
        &["/controller/manager", "instance", "run"],
        CommandRefusal::NotUnderstood,
    );
}

#[test]
fn advice_for_databases_goes_to_servers_alone() {
    let score = |runtime: &Runtime| {
        let score = |setting: &recommend::Setting| {
            if let recommend::Setting::OomScore(score) = setting { Some(*score) } else { None }
        };
        setting(&recommended(runtime), score)
    };
    for image in [
        "prometheuscommunity/postgres-exporter",
        "mongo-express",
        "kafka-ui",
        "my-redis-client",
        "elasticsearch-head",
    ] {
        let runtime = planned(image, &[]);
        assert_eq!(score(&runtime), Some(300), "{image}");
        let recommended = recommended(&runtime);
        assert!(!format!("{recommended:?}").contains("pg_isready"), "{image}");
        assert!(!format!("{recommended:?}").contains("before_database: true"), "there is none");
        assert!(memory(&runtime).services[0].postgres.is_none());
    }
    assert_eq!(score(&planned("redis:7", &[])), Some(-500));
    assert_eq!(score(&planned("postgres:16", &["pg_dump", "-h", "db"])), Some(300));
    assert_eq!(score(&planned("postgres:16", &["/start.sh"])), None);
    let mut both = planned("postgres:16", &[]);
    both.planned.push(PlannedService { name: "app".into(), ..PlannedService::default() });
    assert!(format!("{:?}", recommended(&both)).contains("before_database: true"));
}
