//! Recordings of memory that were once read wrong, through the program: what it says of them is right.

#![expect(clippy::unwrap_used, reason = "a test ends where it cannot go on")]
#![expect(clippy::disallowed_methods, reason = "tests read what was written")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

fn run(directory: &Path, arguments: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(arguments)
        .current_dir(directory)
        .env("PLIMSOLL_NO_CACHE", "true")
        .output()
        .unwrap();
    let printed = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
    (output.status.code().unwrap(), printed)
}

fn case(name: &str) -> String {
    let cases: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/memory/cases");
    cases.join(name).to_str().unwrap().to_owned()
}

/// A directory with a snapshot of these files.
fn snapshot(files: &[&str]) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    let paths: Vec<String> = files.iter().map(|name| case(name)).collect();
    let mut arguments = vec!["snapshot", "-o", "a.plimsoll", "--memory"];
    arguments.extend(paths.iter().map(String::as_str));
    let (code, printed) = run(directory.path(), &arguments);
    assert_eq!(code, 0, "{printed}");
    assert!(!printed.contains("warning"), "{printed}");
    directory
}

/// The only service of these files, as JSON.
fn service(files: &[&str]) -> Value {
    let directory = snapshot(files);
    let (code, printed) = run(directory.path(), &["inspect", "a.plimsoll", "--format", "json"]);
    assert_eq!(code, 0, "{printed}");
    let json: Value = serde_json::from_str(&printed).unwrap();
    json["memory"]["services"][0].clone()
}

#[test]
fn traffic_above_a_megabyte_changes_nothing_of_what_memory_means() {
    let (before, after) = (snapshot(&["before.txt"]), snapshot(&["after.txt"]));
    fs::copy(after.path().join("a.plimsoll"), before.path().join("b.plimsoll")).unwrap();
    let (code, printed) = run(before.path(), &["compare", "a.plimsoll", "b.plimsoll", "--format", "json"]);
    assert_eq!(code, 0, "{printed}");
    let json: Value = serde_json::from_str(&printed).unwrap();
    let gates = json["memory"]["gates"].as_array().unwrap();
    let gate = gates.iter().find(|gate| gate["kind"] == "working_set").unwrap();
    assert_eq!(gate["alike"], Value::Bool(true), "{gate}");
}

#[test]
fn the_largest_numbers_are_no_limit() {
    for (file, used) in [
        ("nerd.txt", 10_590_617),
        ("nerd8.txt", 728 << 10),
        ("cgv1.txt", 62_914_560),
        ("cgv2.txt", 62_914_560),
    ] {
        let service = service(&[file]);
        assert_eq!(service["limit"]["state"], "unlimited", "{file}: {service}");
        assert_eq!(service["working_set"]["max"], used, "{file}: {service}");
    }
    assert_eq!(service(&["cgv2.txt"])["oom"]["kills"], 2);
    assert_eq!(service(&["cgv1.txt"])["oom"]["kills"], 3);
}

#[test]
fn kills_are_told_from_what_looks_like_one() {
    let verdict = |name: &str| {
        let files = [format!("{name}.events.jsonl"), format!("{name}.inspect.json")];
        let service = service(&files.each_ref().map(String::as_str));
        service["oom"]["verdict"].as_str().unwrap().to_owned()
    };
    assert_eq!(verdict("137-killHUP"), "likely");
    assert!(["unknown", "none_seen"].contains(&&*verdict("oom-disabled")));
}

#[test]
fn what_recommend_sets_passes_its_own_check() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    let write = |name: &str, text: &str| fs::write(path.join(name), text).unwrap();
    write(
        "compose.yml",
        "services:\n  app: {image: app}\n  worker: {image: worker, mem_limit: 1g, logging: {driver: local}}\n  \
         db:\n    image: postgres:16\n    command: postgres -c ssl=on -c 'log_line_prefix=%m [%p] ' -c max_connections=300\n",
    );
    write(
        "plimsoll.toml",
        "[stack]\nlimits = '2304 MB'\nlimits_with_swap = '2304 MB'\nreservations = '896 MB'\n\
         [services.'*']\nno_swap = true\noom_score_adj = 250\nlog_size = '20 MB'\npostgres = { fits = true }\n\
         limit = '768 MB'\nreservation = '256 MB'\n\
         [services.app]\nlimit = '1 GB'\nreservation = '~512 MB'\n\
         [services.db]\nlimit = '512 MB'\nreservation = '128 MB'\noom_score_adj = -600\n\
         postgres = { fits = true, work_mem = '8 MB', shared_buffers = '64 MB' }\n",
    );
    let ok = |arguments: &[&str]| {
        let (code, printed) = run(path, arguments);
        assert_eq!(code, 0, "{arguments:?}: {printed}");
        printed
    };
    ok(&["snapshot", "--compose", "compose.yml", "-o", "now.plimsoll"]);
    ok(&["recommend", "now.plimsoll", "--targets", "plimsoll.toml", "-o", "override.yml"]);
    let written = fs::read_to_string(path.join("override.yml")).unwrap();
    assert!(
        written.contains(r#"command: ["postgres", "-c", "ssl=on", "-c", "log_line_prefix=%m [%p] ", "-c", "shared_buffers=64MB""#),
        "{written}"
    );
    ok(&["snapshot", "--compose", "compose.yml", "--compose", "override.yml", "-o", "then.plimsoll"]);
    let judged = ok(&["check", "then.plimsoll", "--targets", "plimsoll.toml", "--strict"]);
    assert!(judged.contains("targets met") && !judged.contains("unknown"), "{judged}");
}

/// What a real server of PostgreSQL 15 said, and the file it was started with.
#[test]
fn settings_of_a_server_are_compared_with_its_limit() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path();
    fs::write(path.join("compose.yml"), "services: {db: {image: postgres, mem_limit: 512m}}").unwrap();
    let real = |name: &str| format!("{}/../../tests/memory/use/{name}", env!("CARGO_MANIFEST_DIR"));
    for (file, worst_case, buffers) in [
        // 256 MiB + 60 × 4 MiB + 3 × 64 MiB
        ("db.show-all", "688 MiB", "shared_buffers = 128MB: 25 % of the limit (now: 256MB)"),
        ("db.settings", "688 MiB", "shared_buffers = 128MB: 25 % of the limit (now: 256MB)"),
        // 128 MiB + 100 × 4 MiB + 3 × 64 MiB
        ("db.conf", "720 MiB", "shared_buffers = 128MB: 25 % of the limit (now: 128MB)"),
    ] {
        let arguments = ["snapshot", "--compose", "compose.yml", "--memory", &real(file), "-o", "a.plimsoll"];
        let (code, printed) = run(path, &arguments);
        assert!(code == 0 && !printed.contains("warning"), "{file}: {printed}");
        let (_, printed) = run(path, &["recommend", "a.plimsoll"]);
        let expected = format!("now: worst case {worst_case} of 512 MiB");
        assert!(printed.contains(&expected) && printed.contains(buffers), "{file}: {printed}");
        // `wal_compression = lz4` is of version 15 on, which the tag of the image does not say.
        assert_eq!(printed.contains("lz4"), file != "db.conf", "{file}: {printed}");
    }
    fs::copy(real("db.settings"), path.join("all.txt")).unwrap();
    let arguments = ["snapshot", "--compose", "compose.yml", "--memory", "all.txt", "-o", "a.plimsoll"];
    let (_, printed) = run(path, &arguments);
    assert!(printed.contains("settings of `all`") && printed.contains("`--map all=NAME`"), "{printed}");
    let (_, printed) = run(path, &[&arguments[..], &["--map", "all=db"]].concat());
    assert!(!printed.contains("warning"), "{printed}");
}
