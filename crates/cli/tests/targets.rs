//! What `check`, `init` and `recommend` print, and how they end.

#![expect(clippy::unwrap_used, reason = "a test ends where it cannot go on")]
#![expect(clippy::disallowed_methods, reason = "tests read what was written")]

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;
use std::process::Command;

use plimsoll_snapshot::runtime::{
    Column, Container, ContainerState, Limits, Load, Logging, Metric, Recording, Series, Span, Status, Time,
};
use plimsoll_snapshot::{Bytes, Runtime, SCHEMA_VERSION, Snapshot};
use tempfile::TempDir;

const MIB: u64 = 1 << 20;

struct Run {
    code: i32,
    stdout: String,
    stderr: String,
}

/// The program, run in a directory.
fn run(directory: &Path, arguments: &[&str]) -> Run {
    let program = env!("CARGO_BIN_EXE_plimsoll");
    let output = Command::new(program)
        .args(arguments)
        .current_dir(directory)
        .env("PLIMSOLL_NO_CACHE", "true")
        .output()
        .unwrap();
    Run {
        code: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A directory with `after.plimsoll`: one service with a limit of 512 MiB that took 300 MiB for a quarter of an hour.
fn recorded() -> TempDir {
    let frames = 900 / 5;
    let container = Container {
        service: Some("app".into()),
        limits: Some(Limits { memory: Some(Bytes(512 * MIB)), ..Limits::default() }),
        logging: Some(Logging { driver: "json-file".into(), ..Logging::default() }),
        states: vec![ContainerState { status: Status::Running, ..ContainerState::default() }],
        ..Container::default()
    };
    let values: Column = (0..u64::from(frames)).map(|frame| Some((300 - frame * 7 % 5) * MIB)).collect();
    let series = Series {
        started: Some(Time(0)),
        length: frames,
        columns: BTreeMap::from([(Metric::WorkingSet, values)]),
        ..Series::default()
    };
    let recording = Recording {
        frames,
        times: Some((0..i64::from(frames)).map(|frame| Time(frame * 5000)).collect()),
        load: Some(Load { label: "50 users".into(), ..Load::default() }),
        series: vec![series],
        ..Recording::default()
    };
    let runtime = Runtime {
        containers: vec![container],
        recordings: vec![recording],
        watched: vec![Span { from: Time(0), to: Time(900_000) }],
        ..Runtime::default()
    };
    let snapshot = Snapshot { schema_version: SCHEMA_VERSION, runtime: Some(runtime), ..Snapshot::default() };
    let directory = tempfile::tempdir().unwrap();
    let file = File::create(directory.path().join("after.plimsoll")).unwrap();
    plimsoll_snapshot::write_gzip(&snapshot, file).unwrap();
    directory
}

/// What `check` says of these targets: how it ends, and a part of what it prints.
fn check(targets: &str, arguments: &[&str], code: i32, words: &str) {
    let directory = recorded();
    fs::write(directory.path().join("plimsoll.toml"), targets).unwrap();
    let run = run(directory.path(), &[&["check", "after.plimsoll"], arguments].concat());
    let printed = format!("{}{}", run.stdout, run.stderr);
    assert_eq!(run.code, code, "{printed}");
    assert!(printed.contains(words), "{printed}");
}

#[test]
fn check_ends_as_its_targets_do() {
    check("[services.app]\nlimit = '512 MB'\nno_oom = true", &[], 0, "2 of 2 targets met");
    check("[services.app]\nlimit = '1 GB'", &[], 1, "set to 512 MiB, not 1 GiB");
    check("[services.app]\nhealthy = true", &[], 0, "1 unknown");
    check("[services.app]\nhealthy = true", &["--strict"], 1, "1 unknown");
    let ideal = "[services.app]\nmemory_under_load = { minimum = '400 MB', ideal = '200 MB' }";
    check(ideal, &[], 0, "missed by 100 MiB");
    check(ideal, &["--level", "ideal"], 1, "0 of 1 ideals");
    check("[services.app]\nlogs = true", &["--format", "markdown"], 1, "| ▲ missed | app |");
    check("[services.app]\nlogs = true", &["--language", "es"], 1, "crece sin límite");
    check("[services.app]\nlogs = true", &["--format", "json"], 1, "\"format\": \"plimsoll-targets\"");
}

#[test]
fn probes_are_named_by_their_check() {
    let targets = "[[checks]]\nid = 'works'\ntitle = 'it works'";
    check(targets, &["--probe", "works=0"], 0, "its probe exited with 0");
    check(targets, &["--probe", "works=3"], 1, "its probe exited with 3");
    check(targets, &["--probe", "other=0"], 2, "no check with this id");
    check(targets, &["--probe", "works"], 2, "expected `ID=EXIT_CODE`");
}

#[test]
fn what_cannot_be_judged_ends_with_two() {
    check("[stack]\nsize = 'big'", &[], 2, "`big` is not a size");
    check("", &[], 2, "demands nothing");
    let directory = recorded();
    let missing = run(directory.path(), &["check", "after.plimsoll"]);
    assert!(missing.code == 2 && missing.stderr.contains("hint: `plimsoll init`"), "{}", missing.stderr);
}

#[test]
fn a_name_or_an_argument_that_is_missing_is_an_error() {
    check("[services.ap]\nsize = '1 GB'", &[], 2, "did you mean `app`? its services are `app`");
    check("[services.db]\nhealthy = true", &[], 2, "its services are `app`");
    check("[stack]\ngrowth = 5", &[], 2, "no BEFORE: stack.growth");
    check("[services.'*']\nlayer_growth = 5", &[], 2, "services.*.layer_growth");
    check("[services.app]\nlimit = '512 MB'", &["--level", "ideal"], 2, "names an ideal");
    check("[services.app]\npackages_not_allowed = ['pyhton:torch']", &[], 2, "did you mean `python`");
    let probe = "[[checks]]\nid = 'works'\ntitle = 'it works'";
    check(probe, &["--probe", "work=0"], 2, "did you mean `works`");
    check(probe, &["--probe", "works=1", "--probe", "works=0"], 2, "two exit codes");
    let directory = recorded();
    fs::write(directory.path().join("plimsoll.toml"), "[services.ap]\nlimit = '1 GB'").unwrap();
    for arguments in [
        &["recommend", "after.plimsoll", "--targets", "plimsoll.toml"][..],
        &["snapshot", "after.plimsoll", "--map", "ap=b", "-o", "out.plimsoll"],
    ] {
        let run = run(directory.path(), arguments);
        assert!(run.code == 2 && run.stderr.contains("did you mean `app`"), "{}", run.stderr);
    }
}

#[test]
fn the_last_line_counts_and_names() {
    let targets = "[services.app]\nlimit = '1 GB'\nhealthy = true\nmemory_under_load = { minimum = '400 MB', ideal = '200 MB' }";
    check(
        targets,
        &[],
        1,
        "\nfailed: 1 of 3 targets met; 1 missed: services.app.limit; 1 unknown: services.app.healthy\n",
    );
    check(
        "[services.app]\nhealthy = true",
        &[],
        0,
        "\npassed: 0 of 1 targets met; 1 unknown: services.app.healthy\n",
    );
    check(
        "[services.app]\nhealthy = true",
        &["--strict"],
        1,
        "1 unknown and counted as missed: services.app.healthy\n",
    );
    let ideal = "[services.app]\nmemory_under_load = { minimum = '400 MB', ideal = '200 MB' }";
    check(ideal, &["--level", "ideal"], 1, "1 missed: services.app.memory_under_load (ideal)\n");
}

#[test]
fn init_never_writes_over_a_file_unless_it_is_told_to() {
    let directory = recorded();
    let compose = "services:\n  app:\n    image: x\n    mem_limit: 512m\n";
    fs::write(directory.path().join("compose.yml"), compose).unwrap();
    let arguments = ["init", "--compose", "compose.yml"];
    assert_eq!(run(directory.path(), &arguments).code, 0);
    let written = fs::read_to_string(directory.path().join("plimsoll.toml")).unwrap();
    assert!(written.contains("[services.app]") && written.contains("limit = \"512 MiB\""), "{written}");
    fs::write(directory.path().join("plimsoll.toml"), "mine").unwrap();
    let again = run(directory.path(), &arguments);
    assert!(again.code == 2 && again.stderr.contains("--force"), "{}", again.stderr);
    assert_eq!(fs::read_to_string(directory.path().join("plimsoll.toml")).unwrap(), "mine");
    assert_eq!(run(directory.path(), &[&arguments[..], &["--force"]].concat()).code, 0);
    // It compares with before.
    let alone = run(directory.path(), &["check", "after.plimsoll"]);
    assert!(alone.code == 2 && alone.stderr.contains("stack.reduction"), "{}", alone.stderr);
    assert_eq!(run(directory.path(), &["check", "after.plimsoll", "after.plimsoll"]).code, 1);
}

#[test]
fn a_command_that_is_printed_names_its_file_as_one_word() {
    let directory = recorded();
    for (name, word) in
        [("a b;$(x).yml", "'a b;$(x).yml'"), ("it's.yml", "'it'\\''s.yml'"), ("a\nb.yml", "FILE")]
    {
        let written = run(directory.path(), &["recommend", "after.plimsoll", "-o", name]);
        let command = format!("docker compose -f compose.yml -f {word} config");
        assert!(written.code == 0 && written.stderr.contains(&command), "{}", written.stderr);
    }
    // What begins with a dash is no option of the program that is called.
    let written = run(directory.path(), &["recommend", "after.plimsoll", "--output=-x.yml"]);
    assert!(written.stderr.contains("-f ./-x.yml config"), "{}", written.stderr);
}

#[test]
fn recommend_writes_an_override_with_reasons() {
    let directory = recorded();
    let printed = run(directory.path(), &["recommend", "after.plimsoll"]);
    assert_eq!(printed.code, 0, "{}", printed.stderr);
    // 300 MiB and half more, for fifteen windows are few: 464 MiB in steps of 16.
    for words in
        ["memory: 464M", "low confidence", "memswap_limit: 464M", "oom_score_adj: 300", "max-size: \"10m\""]
    {
        assert!(printed.stdout.contains(words), "{words}: {}", printed.stdout);
    }
    let images = Snapshot { schema_version: SCHEMA_VERSION, ..Snapshot::default() };
    plimsoll_snapshot::write_gzip(&images, File::create(directory.path().join("images.plimsoll")).unwrap())
        .unwrap();
    let nothing = run(directory.path(), &["recommend", "images.plimsoll"]);
    assert!(nothing.code == 2 && nothing.stderr.contains("contains no recording"), "{}", nothing.stderr);
}

#[test]
fn recommend_replaces_only_what_it_wrote() {
    let directory = recorded();
    let path = directory.path().join("o.yml");
    let write = || run(directory.path(), &["recommend", "after.plimsoll", "-o", "o.yml"]);
    fs::write(&path, "services: {}\n").unwrap();
    let refused = write();
    assert!(refused.code == 2 && refused.stderr.contains("did not write it"), "{}", refused.stderr);
    assert_eq!(fs::read_to_string(&path).unwrap(), "services: {}\n");
    fs::write(&path, "").unwrap();
    for _ in 0..2 {
        assert_eq!(write().code, 0);
    }
}

#[test]
fn inspect_and_compare_show_memory() {
    let directory = recorded();
    let inspected = run(directory.path(), &["inspect", "after.plimsoll"]);
    assert!(inspected.code == 0 && inspected.stdout.contains("512 MiB"), "{}", inspected.stdout);
    let json = run(directory.path(), &["inspect", "after.plimsoll", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(json["memory"]["services"][0]["limit"]["bytes"], 512 * MIB);
    let compared = run(directory.path(), &["compare", "after.plimsoll", "after.plimsoll"]);
    assert!(compared.stdout.contains("a verdict needs 4 on each side"), "{}", compared.stdout);
}
