//! Targets judged over stacks that are written as data.

use std::collections::BTreeMap;

use plimsoll_snapshot::runtime::{
    Column, Container, ContainerState, Event, EventKind, Limits, Load, Logging, Metric, PlannedService,
    Recording, Series, Span, Status as State, Time,
};
use plimsoll_snapshot::{Bytes, Runtime, Snapshot};

use super::*;
use crate::testing::{add_service, snapshot};

const MIB: u64 = 1 << 20;

fn outcome(targets: &str, before: Option<&Snapshot>, after: &Snapshot, id: &str) -> Outcome {
    let judgement = judge(&parse(targets).unwrap(), before, after, &BTreeMap::new());
    judgement.outcomes.into_iter().find(|outcome| outcome.id == id).unwrap_or_else(|| panic!("no {id}"))
}

fn check(targets: &str, before: Option<&Snapshot>, after: &Snapshot, id: &str, status: Status, words: &str) {
    let outcome = outcome(targets, before, after, id);
    assert_eq!(outcome.status, status, "{outcome:#?}");
    // The values as JSON, without its quotes.
    let text = serde_json::to_string(&outcome).unwrap().replace('"', "");
    assert!(text.contains(words), "{text} has no {words}");
}

/// A stack of one service `app`, recorded under load for two minutes with 300 MiB and a limit.
fn running(limit: Option<u64>) -> Snapshot {
    let container = Container {
        service: Some("app".into()),
        limits: Some(Limits { memory: limit.map(|mib| Bytes(mib * MIB)), ..Limits::default() }),
        logging: Some(Logging { driver: "json-file".into(), ..Logging::default() }),
        states: vec![ContainerState {
            status: State::Running,
            restart_count: Some(0),
            ..ContainerState::default()
        }],
        ..Container::default()
    };
    let series = Series {
        length: 3,
        columns: BTreeMap::from([(Metric::WorkingSet, Column::from(vec![Some(300 * MIB); 3]))]),
        ..Series::default()
    };
    let recording = Recording {
        frames: 3,
        times: Some(vec![Time(0), Time(60_000), Time(120_000)]),
        load: Some(Load { label: "50 users".into(), ..Load::default() }),
        series: vec![series],
        ..Recording::default()
    };
    let runtime = Runtime {
        containers: vec![container],
        recordings: vec![recording],
        watched: vec![Span { from: Time(0), to: Time(120_000) }],
        ..Runtime::default()
    };
    Snapshot { runtime: Some(runtime), ..Snapshot::default() }
}

#[test]
fn sizes_and_reductions() {
    let before = snapshot("app", &["f a 1000", "f b 1000"]);
    let after = snapshot("app", &["f a 1000"]);
    let targets =
        "[services.app]\nsize = 999\nreduction = { minimum = 50, ideal = 60 }\n[stack]\nsize = '1 kB'";
    check(targets, None, &after, "services.app.size", Status::Fail, "margin:-1.0");
    check(targets, None, &after, "stack.size", Status::Pass, "margin:0.0");
    check(
        targets,
        Some(&before),
        &after,
        "services.app.reduction",
        Status::Pass,
        "kind:sizes,before:2000,after:1000",
    );
    check(targets, None, &after, "services.app.reduction", Status::Unknown, "kind:nothing_to_compare");
    let reached = outcome(targets, Some(&before), &after, "services.app.reduction").reached;
    assert_eq!(reached, Some(Level::Minimum));
    check("[services.gone]\nsize = 1", None, &after, "services.gone.size", Status::Unknown, "kind:no_image");
}

#[test]
fn shared_layers_weigh_once_or_twice_as_it_is_asked() {
    let mut stack = snapshot("a", &["f base 100"]);
    add_service(&mut stack, "b", &["f base 100"]);
    let targets = "[stack]\nsize = 100\nsize_sum = 100";
    check(
        targets,
        None,
        &stack,
        "stack.size",
        Status::Pass,
        "measured:{kind:exactly,value:100.0,unit:bytes}",
    );
    check(
        targets,
        None,
        &stack,
        "stack.size_sum",
        Status::Fail,
        "measured:{kind:exactly,value:200.0,unit:bytes}",
    );
}

#[test]
fn growth_and_waste() {
    let before = snapshot("app", &["f base 100", "f a 100\nf b 1"]);
    let after = snapshot("app", &["f base 100", "f a 120\nf b 1", "w a"]);
    let targets = "[services.'*']\ngrowth = 5\nlayer_growth = 5\nhidden = 10";
    check(targets, Some(&before), &after, "services.app.growth", Status::Fail, "before:201,after:221");
    check(
        targets,
        Some(&before),
        &after,
        "services.app.layer_growth",
        Status::Fail,
        "kind:layer_grown,instruction:null,before:101,after:121",
    );
    check(targets, Some(&before), &after, "services.app.hidden", Status::Fail, "kind:most_hidden,bytes:120");
    check(targets, Some(&before), &before, "services.app.layer_growth", Status::Pass, "kind:no_new_version");
}

#[test]
fn limits_are_judged_against_plan_and_use() {
    let targets = "[services.app]\nlimit = '512 MB'\nlimit_respected = true\nno_swap = true\n[stack]\nlimits = '512 MB'";
    check(
        targets,
        None,
        &running(Some(512)),
        "services.app.limit",
        Status::Pass,
        "kind:set_to,found:{value:536870912.0",
    );
    check(
        targets,
        None,
        &running(Some(256)),
        "services.app.limit",
        Status::Fail,
        "wanted:{value:536870912.0",
    );
    check(targets, None, &running(None), "services.app.limit", Status::Fail, "kind:none_set");
    check(
        targets,
        None,
        &running(Some(512)),
        "services.app.limit_respected",
        Status::Pass,
        "kind:took,most:314572800",
    );
    check(
        targets,
        None,
        &running(Some(512)),
        "services.app.no_swap",
        Status::Fail,
        "kind:swap_allowed,bytes:1073741824",
    );
    check(targets, None, &running(None), "services.app.limit_respected", Status::Fail, "kind:no_limit");
    check(
        targets,
        None,
        &running(Some(512)),
        "stack.limits",
        Status::Pass,
        "parts:[{service:app,bytes:536870912,replicas:1}]",
    );
    check(targets, None, &running(None), "stack.limits", Status::Fail, "kind:without_limit,services:[app]");
    let mut planned = running(Some(512));
    let limits = Limits { memory: Some(Bytes(MIB)), ..Limits::default() };
    planned.runtime.as_mut().unwrap().planned =
        vec![PlannedService { name: "app".into(), limits, ..PlannedService::default() }];
    check(targets, None, &planned, "services.app.limit_respected", Status::Fail, "planned:1048576");
}

#[test]
fn kills_and_loads() {
    let targets = "[services.app]\nno_oom = true\nmemory_under_load = '400 MB'\nruns = true";
    check(targets, None, &running(None), "services.app.no_oom", Status::Pass, "kind:events_heard");
    check(targets, None, &running(None), "services.app.memory_under_load", Status::Pass, "p95:314572800");
    let mut idle = running(None);
    idle.runtime.as_mut().unwrap().recordings[0].load = None;
    check(targets, None, &idle, "services.app.no_oom", Status::Unknown, "kind:may_have_idled");
    check(targets, None, &idle, "services.app.memory_under_load", Status::Unknown, "when:idle_or_unlabelled");
    let mut killed = running(None);
    let event = |kind| Event { time: Time(1), container: 0, kind };
    killed.runtime.as_mut().unwrap().events =
        vec![event(EventKind::Oom), event(EventKind::Die { exit_code: Some(137) })];
    check(targets, None, &killed, "services.app.no_oom", Status::Fail, "kind:engine_reported,events:1");
    check(targets, None, &killed, "services.app.runs", Status::Fail, "kind:failed_ends,ends:1");
    check(targets, None, &running(None), "services.app.runs", Status::Pass, "kind:running");
}

#[test]
fn nothing_known_is_unknown_in_every_kind() {
    let targets = "[stack]\nsize=1\nsize_sum=1\nreduction=1\nreduction_sum=1\ngrowth=1\nlimits=1\nlimits_with_swap=1\n\
        reservations=1\nfits_host=true\nmemory_under_load=1\nstart_up=1\n[services.app]\nsize=1\nreduction=1\ngrowth=1\n\
        layer_growth=1\nhidden=1\npackages_not_allowed=['torch']\nimage_built=true\nruns=true\nhealthy=true\nlimit=1\n\
        reservation=1\nlimit_respected=true\nno_swap=true\nno_oom=true\nmemory_under_load=1\nstart_up=1\nlogs=true\n\
        log_size=1\ncontext=1\noom_score_adj=1\n\
        postgres={fits=true,shared_buffers=1,work_mem=1,maintenance_work_mem=1,max_connections=1}\n[cost]\nreduction=1\nprice=1\nprice_per_gib=1\n[host]\ndisk=1\nreclaimable=1\n[[checks]]\nid='x'\ntitle='x'";
    let judgement = judge(&parse(targets).unwrap(), None, &Snapshot::default(), &BTreeMap::new());
    let known: Vec<_> = judgement.outcomes.iter().filter(|one| one.status != Status::Unknown).collect();
    assert!(known.is_empty(), "{known:#?}");
    assert_eq!((judgement.unknown, judgement.passed, judgement.failed), (41, 0, 0));
    assert!(judgement.outcomes.iter().all(|one| !one.evidence.is_empty()));
}

#[test]
fn costs_need_prices_and_a_before() {
    let targets = "[cost]\nreduction = 40\nprice_per_gib = 2\nhost_reserve = '512 MB'\nbefore = '8 GB'";
    // 512 MiB and as much for the host: 1 GiB instead of 8.
    check(
        targets,
        None,
        &running(Some(512)),
        "cost.reduction",
        Status::Pass,
        "measured:{kind:exactly,value:87.5,unit:percent}",
    );
    check(
        targets,
        None,
        &running(None),
        "cost.reduction",
        Status::Unknown,
        "kind:limit_unknown_of,services:[app]",
    );
    let targets = "[cost]\nprice = 5\nsizes = [{ name = 's', memory = '1 GB', price = 4 }]";
    check(targets, None, &running(Some(512)), "cost.price", Status::Pass, "size:s");
    check(targets, None, &running(Some(600)), "cost.price", Status::Unknown, "kind:no_server_size");
}

#[test]
fn a_probe_counts_more_than_a_word() {
    let targets = "[[checks]]\nid = 'works'\ntitle = 'it works'\nattested = { by = 'Ana', on = '2025-12-15', passed = true }";
    let word = outcome(targets, None, &Snapshot::default(), "checks.works");
    assert!(
        word.status == Status::Pass
            && word.attested
            && matches!(&word.evidence[0], Reason::Attested { by, on, .. } if by == "Ana" && on == "2025-12-15")
    );
    let probes = BTreeMap::from([("works".to_owned(), 7)]);
    let judgement = judge(&parse(targets).unwrap(), None, &Snapshot::default(), &probes);
    assert_eq!(judgement.outcomes[0].status, Status::Fail);
    let nobody = targets.replace("Ana", "");
    assert_eq!(outcome(&nobody, None, &Snapshot::default(), "checks.works").status, Status::Unknown);
}

#[test]
fn logs_have_to_end() {
    let targets = "[services.app]\nlogs = true\nlog_size = '50 MB'";
    check(
        targets,
        None,
        &running(None),
        "services.app.logs",
        Status::Fail,
        "kind:no_max_size,driver:json-file",
    );
    check(
        targets,
        None,
        &running(None),
        "services.app.log_size",
        Status::Fail,
        "kind:no_max_size,driver:json-file",
    );
}

/// A stack whose only service `db` is planned, with a limit of 512 MiB.
fn database(image: &str, command: &[&str], score: Option<i64>) -> Snapshot {
    let plan = PlannedService {
        name: "db".into(),
        image: Some(image.into()),
        limits: Limits { memory: Some(Bytes(512 * MIB)), oom_score_adj: score, ..Limits::default() },
        command: Some(plimsoll_snapshot::runtime::Command(
            command.iter().map(|word| (*word).to_owned()).collect(),
        )),
        entrypoint_words: Some(0),
        ..PlannedService::default()
    };
    let runtime = Runtime { planned: vec![plan], ..Runtime::default() };
    Snapshot { runtime: Some(runtime), ..Snapshot::default() }
}

#[test]
fn scores_are_those_that_are_demanded() {
    let targets = "[services.db]\noom_score_adj = -500";
    let id = "services.db.oom_score_adj";
    check(
        targets,
        None,
        &database("postgres", &["postgres"], Some(-500)),
        id,
        Status::Pass,
        "kind:set_to_number,found:-500,wanted:null",
    );
    check(targets, None, &database("postgres", &["postgres"], None), id, Status::Fail, "found:0,wanted:-500");
    check(targets, None, &Snapshot::default(), id, Status::Unknown, "kind:nothing_runs");
    assert!(parse("[services.db]\noom_score_adj = 1001").unwrap_err().contains("between −1000 and 1000"));
}

#[test]
fn settings_of_postgres_are_those_of_its_command() {
    let targets = "[services.'*']\npostgres = { fits = true, work_mem = '8 MB', max_connections = 40 }";
    let fitting =
        ["postgres", "-c", "work_mem=8MB", "-c", "max_connections=40", "-c", "maintenance_work_mem=16MB"];
    let fits = database("postgres:16", &fitting, None);
    check(
        targets,
        None,
        &fits,
        "services.db.postgres.fits",
        Status::Pass,
        "worst_case:520093696,limit:536870912",
    );
    check(
        targets,
        None,
        &fits,
        "services.db.postgres.work_mem",
        Status::Pass,
        "found:{value:8388608.0,unit:bytes},wanted:null",
    );
    let default = database("postgres:16", &["postgres"], None);
    check(targets, None, &default, "services.db.postgres.fits", Status::Fail, "worst_case:754974720");
    check(
        targets,
        None,
        &default,
        "services.db.postgres.max_connections",
        Status::Fail,
        "found:100,wanted:40",
    );
    let file = database("postgres:16", &["postgres", "-c", "config_file=/a.conf"], None);
    check(targets, None, &file, "services.db.postgres.fits", Status::Unknown, "kind:config_file_unread");
    check(targets, None, &file, "services.db.postgres.work_mem", Status::Unknown, "kind:config_file_unread");
    // What holds for every service requires nothing from services of another kind.
    let other = database("postgres-exporter", &["/bin/postgres_exporter"], None);
    let judged = judge(&parse(targets).unwrap(), None, &other, &BTreeMap::new());
    assert_eq!(judged.outcomes, []);
    let named = targets.replace("'*'", "db");
    check(&named, None, &other, "services.db.postgres.fits", Status::Unknown, "kind:not_postgres");
}

#[test]
fn the_disk_of_the_host_is_judged_where_it_was_read() {
    let targets = "[host]\ndisk = '1 kB'\nreclaimable = '100 B'";
    let mut host = Snapshot::default();
    check(targets, None, &host, "host.disk", Status::Unknown, "kind:disk_not_read");
    let volume = |bytes| plimsoll_snapshot::DiskVolume { bytes: Some(Bytes(bytes)), ..Default::default() };
    let record = |bytes| plimsoll_snapshot::CacheRecord { bytes: Bytes(bytes), ..Default::default() };
    let disk = |volume, record| plimsoll_snapshot::Disk {
        volumes: Some(vec![volume]),
        cache: Some(vec![record]),
        containers: Some(Vec::new()),
        ..Default::default()
    };
    host.disk = Some(disk(volume(800), record(50)));
    check(
        targets,
        None,
        &host,
        "host.disk",
        Status::Pass,
        "kind:disk,images:0,containers:0,volumes:800,cache:50",
    );
    check(targets, None, &host, "host.reclaimable", Status::Pass, "value:50.0");
    host.disk = Some(disk(volume(2000), record(150)));
    check(targets, None, &host, "host.disk", Status::Fail, "margin:-1150.0");
    check(targets, None, &host, "host.reclaimable", Status::Fail, "margin:-50.0");
    host.disk = Some(plimsoll_snapshot::Disk { volumes: None, ..disk(volume(0), record(1)) });
    check(targets, None, &host, "host.disk", Status::Unknown, "kind:disk_partly_known");
    check(targets, None, &host, "host.reclaimable", Status::Pass, "value:1.0");
}

#[test]
fn build_contexts_are_judged_where_they_were_measured() {
    let targets = "[services.app]\ncontext = '1 kB'";
    let mut built = snapshot("app", &["f a 1"]);
    check(targets, None, &built, "services.app.context", Status::Unknown, "kind:context_not_measured");
    let context = |bytes: u64| plimsoll_snapshot::BuildContext {
        bytes: Bytes(bytes),
        files: 2,
        ignored_bytes: Bytes(5000),
    };
    built.services[0].build = Some(plimsoll_snapshot::BuildFile {
        context: Some(context(900)),
        ..plimsoll_snapshot::BuildFile::default()
    });
    check(targets, None, &built, "services.app.context", Status::Pass, "kind:context,files:2,ignored:5000");
    built.services[0].build.as_mut().unwrap().context = Some(context(2000));
    check(targets, None, &built, "services.app.context", Status::Fail, "margin:-1000.0");
}

/// An image with a base image of one layer, and one layer above it.
fn on_base(base: u64, own: u64) -> Snapshot {
    let base = format!("i ADD rootfs /\nf lib {base} base{base}");
    let own = format!("i RUN make\nf app {own} own{own}");
    snapshot("app", &[base.as_str(), own.as_str()])
}

#[test]
fn a_base_refresh_is_no_growth_of_the_image_itself() {
    let before = on_base(100_000, 50_000);
    let refreshed = on_base(128_000, 50_100);
    let id = "services.app.own_growth";
    let own = |demand: &str| format!("[services.app]\nown_growth = '{demand}'");
    let both = "own:{before:50000,after:50100,delta:100,percent:0.2},base:{before:100000,after:128000,delta:28000,percent:28.0}";
    check(&own("1 kB"), Some(&before), &refreshed, id, Status::Pass, both);
    check(&own("1 %"), Some(&before), &refreshed, id, Status::Pass, "measured:{kind:exactly,value:0.2");
    check(&own("50 B"), Some(&before), &refreshed, id, Status::Fail, "instruction:RUN make");
    check(
        "[services.app]\ngrowth = '1 kB'",
        Some(&before),
        &refreshed,
        "services.app.growth",
        Status::Fail,
        "",
    );
    // Smaller is no growth.
    check(&own("0 B"), Some(&refreshed), &before, id, Status::Pass, "value:-100.0");
    check(&own("1 kB"), Some(&snapshot("web", &["f a 1"])), &before, id, Status::Unknown, "side:before");
    check(&own("1 kB"), None, &before, id, Status::Unknown, "kind:nothing_to_compare");
}

#[test]
fn a_base_image_that_one_side_does_not_show_hides_no_growth() {
    let before = on_base(100_000, 50_000);
    let squashed = snapshot("app", &["i COPY / /\nf lib 100000 base\nf app 90000 own"]);
    let targets = "[services.app]\nown_growth = '1 kB'";
    for (before, after, growth) in [(&before, &squashed, "40000"), (&squashed, &before, "-40000")] {
        let words = format!("measured:{{kind:exactly,value:{growth}.0");
        let status = if growth.starts_with('-') { Status::Pass } else { Status::Fail };
        check(targets, Some(before), after, "services.app.own_growth", status, &words);
        check(targets, Some(before), after, "services.app.own_growth", status, "no_base_recognised");
    }
}

#[test]
fn growth_in_bytes_counts_from_zero() {
    let (small, large) = (snapshot("app", &["f a 1000"]), snapshot("app", &["f a 3000 b"]));
    let of = |demand: &str| format!("[stack]\ngrowth = '{demand}'\n[services.app]\ngrowth = '{demand}'");
    for id in ["stack.growth", "services.app.growth"] {
        check(&of("2 kB"), Some(&small), &large, id, Status::Pass, "margin:0.0");
        check(&of("1999 B"), Some(&small), &large, id, Status::Fail, "before:1000,after:3000");
        check(&of("200 %"), Some(&small), &large, id, Status::Pass, "kind:times");
        check(&of("1 B"), None, &large, id, Status::Unknown, "kind:nothing_to_compare");
    }
}

#[test]
fn layers_findings_and_gates_of_dive() {
    let image = snapshot(
        "app",
        &["i RUN a\nf base 1000", "i RUN b\nf waste 4000000 x\nf kept 4000000", "i RUN c\nw waste"],
    );
    let layers = |most: u64| format!("[services.'*']\nlayers = {most}");
    check(&layers(3), None, &image, "services.app.layers", Status::Pass, "unit:count");
    check(&layers(2), None, &image, "services.app.layers", Status::Fail, "margin:-1.0");
    let share = |most: &str| format!("[services.'*']\nhidden_share = '{most}'\ndive_efficiency = '{most}'");
    check(&share("50 %"), None, &image, "services.app.hidden_share", Status::Pass, "bytes:4000000");
    check(&share("49 %"), None, &image, "services.app.hidden_share", Status::Fail, "");
    check(&share("50 %"), None, &image, "services.app.dive_efficiency", Status::Pass, "");
    check(&share("90 %"), None, &image, "services.app.dive_efficiency", Status::Fail, "");
    let finding = |kind: &str| format!("[services.'*']\nfindings_not_allowed = ['{kind}']");
    let id = |kind: &str| format!("services.app.findings_not_allowed.{kind}");
    for (kind, status, words) in [
        ("rewritten-files", Status::Fail, "rule:rewritten-files"),
        ("secrets", Status::Pass, "evidence:[]"),
        ("low", Status::Fail, "rule:rewritten-files"),
        ("high", Status::Pass, "evidence:[]"),
    ] {
        check(&finding(kind), None, &image, &id(kind), status, words);
    }
    let error = parse(&finding("secret")).unwrap_err();
    assert!(error.contains("did you mean `secrets`?"), "{error}");
}
