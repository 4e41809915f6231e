//! No output takes the place of an input, and its name says what it is.

#![expect(clippy::unwrap_used, reason = "a test ends where it cannot go on")]
#![expect(clippy::disallowed_methods, reason = "tests read what was written")]

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use plimsoll_snapshot::runtime::{Container, PlannedService};
use plimsoll_snapshot::{Runtime, SCHEMA_VERSION, Snapshot};
use tempfile::TempDir;

struct Run {
    code: i32,
    stdout: Vec<u8>,
    stderr: String,
}

/// The program, run in a directory, with something on standard input.
fn run_with(directory: &Path, arguments: &[&str], input: Stdio, bytes: &[u8]) -> Run {
    let mut child = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(arguments)
        .current_dir(directory)
        .env("PLIMSOLL_NO_CACHE", "true")
        .stdin(input)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    if let Some(mut stdin) = child.stdin.take() {
        let _ = stdin.write_all(bytes);
    }
    let output = child.wait_with_output().unwrap();
    Run {
        code: output.status.code().unwrap(),
        stdout: output.stdout,
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

fn run(directory: &Path, arguments: &[&str]) -> Run {
    run_with(directory, arguments, Stdio::null(), b"")
}

fn write(directory: &Path, name: &str, services: &[&str]) {
    let container = |service: &&str| Container {
        service: Some((*service).to_owned()),
        name: Some((*service).to_owned()),
        ..Container::default()
    };
    let planned = |service: &&str| PlannedService {
        name: (*service).to_owned(),
        file: "stack.yaml".to_owned(),
        ..PlannedService::default()
    };
    let runtime = Runtime {
        containers: services.iter().map(container).collect(),
        planned: services.iter().map(planned).collect(),
        ..Runtime::default()
    };
    let snapshot = Snapshot { schema_version: SCHEMA_VERSION, runtime: Some(runtime), ..Snapshot::default() };
    plimsoll_snapshot::write_gzip(&snapshot, File::create(directory.join(name)).unwrap()).unwrap();
}

/// A directory with two snapshots and files of every other kind of input.
fn inputs() -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    write(directory.path(), "a.json", &["app"]);
    write(directory.path(), "b.json", &["app"]);
    fs::write(at("compose.json"), "{\"services\": {\"app\": {\"image\": \"x\"}}}").unwrap();
    fs::write(at("plimsoll.toml"), "[stack]\nsize = 1").unwrap();
    fs::write(at("x.journal"), "{\"journal\":\"end\",\"time\":1,\"ended\":\"complete\"}\n").unwrap();
    fs::create_dir_all(at("layout/blobs")).unwrap();
    fs::write(at("layout/oci-layout"), "{\"imageLayoutVersion\": \"1.0.0\"}").unwrap();
    fs::write(at("layout/index.json"), "{\"schemaVersion\": 2, \"manifests\": []}").unwrap();
    fs::hard_link(at("a.json"), at("hard.json")).unwrap();
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("a.json", at("soft.json")).unwrap();
        std::os::unix::fs::symlink("layout/new.json", at("dangling.json")).unwrap();
    }
    directory
}

/// Every file of a directory, with its content.
fn files(directory: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(self::files(&path));
        } else {
            files.push((path.clone(), fs::read(&path).unwrap_or_default()));
        }
    }
    files.sort();
    files
}

#[cfg(unix)]
#[test]
fn no_output_takes_the_place_of_an_input() {
    let directory = inputs();
    let before = files(directory.path());
    for arguments in [
        &["report", "a.json", "b.json", "-o", "a.json"][..],
        &["report", "a.json", "b.json", "-o", "b.json"],
        &["report", "a.json", "b.json", "-o", "./layout/../a.json"],
        &["report", "a.json", "b.json", "-o", "hard.json"],
        &["report", "a.json", "b.json", "-o", "soft.json"],
        &["report", "soft.json", "b.json", "-o", "a.json"],
        &["report", "a.json", "-o", "a.json"],
        &["snapshot", "a.json", "-o", "a.json"],
        &["snapshot", "app=a.json", "-o", "hard.json"],
        &["snapshot", "oci:layout", "-o", "layout/new.json"],
        &["snapshot", "layout", "-o", "layout/blobs/new"],
        &["snapshot", "layout", "-o", "dangling.json"],
        &["snapshot", "docker-archive:a.json", "-o", "a.json"],
        &["snapshot", "--memory", "a.json", "-o", "a.json"],
        &["snapshot", "--compose", "compose.json", "-o", "compose.json"],
        &["init", "--compose", "plimsoll.toml", "-o", "plimsoll.toml", "--force"],
        &["recommend", "a.json", "-o", "a.json"],
        &["record", "--seal", "x.journal", "-o", "x.journal"],
    ] {
        let run = run(directory.path(), arguments);
        assert_eq!(run.code, 2, "{arguments:?}: {}", run.stderr);
        // A recommendation is refused by its name already.
        assert!(
            run.stderr.contains("the output `") || arguments[0] == "recommend",
            "{arguments:?}: {}",
            run.stderr
        );
        assert!(files(directory.path()) == before, "{arguments:?} changed a file");
    }
    let standard = File::open(directory.path().join("a.json")).unwrap();
    let run = run_with(directory.path(), &["snapshot", "-", "-o", "a.json"], standard.into(), b"");
    assert!(run.code == 2 && run.stderr.contains("standard input"), "{}", run.stderr);
    assert!(files(directory.path()) == before);
}

#[test]
fn the_ending_chooses_the_format() {
    let directory = inputs();
    let check = |arguments: &[&str], code: i32, words: &str| {
        let run = run(directory.path(), arguments);
        assert_eq!(run.code, code, "{arguments:?}: {}", run.stderr);
        assert!(run.stderr.contains(words), "{arguments:?}: {}", run.stderr);
    };
    for (name, begin) in [("r.md", "**"), ("r.json", "{"), ("r.SVG", "<svg")] {
        check(&["report", "a.json", "b.json", "-o", name], 0, name);
        let text = fs::read_to_string(directory.path().join(name)).unwrap();
        assert!(text.starts_with(begin), "{name}: {text}");
    }
    for name in ["r.jpg", "r.webp", "r.csv", "r.txt", "r.plimsoll", "r.pdf"] {
        check(&["report", "a.json", "b.json", "-o", name], 2, "promises");
    }
    for (format, name) in
        [("json", "r.md"), ("html", "r.json"), ("markdown", "r.png"), ("card", "r.html"), ("html", "r.txt")]
    {
        check(&["report", "a.json", "b.json", "--format", format, "-o", name], 2, "promises");
    }
    check(&["report", "a.json", "b.json", "--format", "markdown", "-o", "r.txt"], 0, "r.txt");
    check(&["snapshot", "a.json", "-o", "s.html"], 2, "promises HTML");
    check(&["snapshot", "a.json", "-o", "s.tar"], 2, "promises an archive");
    check(&["record", "-o", "s.png"], 2, "promises PNG");
    check(&["init", "-o", "s.json"], 2, "promises JSON");
    check(&["recommend", "a.json", "-o", "s.toml"], 2, "promises TOML");
    check(&["viewer", "-o", "s.md"], 2, "promises Markdown");
}

#[test]
fn a_dash_is_standard_output_and_input() {
    let directory = inputs();
    let written = run(directory.path(), &["snapshot", "a.json", "-o", "-"]);
    assert_eq!(&written.stdout[..2], [0x1f, 0x8b], "{}", written.stderr);
    let read = run_with(directory.path(), &["inspect", "-"], Stdio::piped(), &written.stdout);
    assert!(read.code == 0 && String::from_utf8_lossy(&read.stdout).contains("app"), "{}", read.stderr);
    for arguments in [&["compare", "-", "b.json"][..], &["compare", "b.json", "-"], &["check", "-"]] {
        let run = run_with(directory.path(), arguments, Stdio::piped(), &written.stdout);
        assert!(!run.stderr.contains("no tar"), "{arguments:?}: {}", run.stderr);
    }
    let both = run(directory.path(), &["compare", "-", "-"]);
    assert!(both.code == 2 && both.stderr.contains("one side"), "{}", both.stderr);
    for arguments in [
        &["init", "-o", "-"][..],
        &["recommend", "a.json", "-o", "-"],
        &["report", "a.json", "--format", "json", "-o", "-"],
    ] {
        let run = run(directory.path(), arguments);
        assert!(run.code == 0 && !run.stdout.is_empty(), "{arguments:?}: {}", run.stderr);
    }
    assert!(!directory.path().join("-").exists());
}

#[test]
fn snapshots_are_joined() {
    let directory = inputs();
    write(directory.path(), "web.json", &["web"]);
    let joined = run(directory.path(), &["snapshot", "a.json", "web.json", "b.json", "-o", "all.json"]);
    assert_eq!(joined.code, 0, "{}", joined.stderr);
    let all = plimsoll_snapshot::read(File::open(directory.path().join("all.json")).unwrap()).unwrap();
    let names: Vec<_> = all.runtime.unwrap().containers.into_iter().filter_map(|one| one.service).collect();
    assert_eq!(names, ["app", "web"]);
}

#[test]
fn a_report_may_have_one_side() {
    let directory = inputs();
    for (name, words) in [("one.md", "**"), ("one.json", "plimsoll-inspection"), ("one.svg", "<svg")] {
        let run = run(directory.path(), &["report", "a.json", "-o", name]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert!(fs::read_to_string(directory.path().join(name)).unwrap().contains(words));
    }
}

#[test]
fn the_compose_file_of_the_snapshot_is_named() {
    let directory = inputs();
    let run = run(directory.path(), &["recommend", "a.json", "-o", "o.yml"]);
    assert!(run.stderr.contains("docker compose -f stack.yaml -f o.yml config"), "{}", run.stderr);
}

#[test]
fn a_series_is_a_page_but_no_brief_and_a_history_is_not_redacted() {
    let directory = TempDir::new().unwrap();
    let place = directory.path();
    ["a.plimsoll", "b.plimsoll", "c.plimsoll"].iter().for_each(|name| write(place, name, &["app"]));
    let sources = ["a.plimsoll", "b.plimsoll", "c.plimsoll"];
    let series = |rest: &[&str]| run(place, &[&["report"], &sources[..], rest].concat());
    let brief = series(&["--format", "brief"]);
    assert!(brief.code == 2 && brief.stderr.contains("a series has no brief"), "{}", brief.stderr);
    let nowhere = series(&["--format", "html"]);
    assert!(nowhere.code == 2 && nowhere.stderr.contains("--output report.html"), "{}", nowhere.stderr);
    let history = run(place, &["report", "--history", "sizes", "--redact", "--format", "markdown"]);
    assert!(history.code == 2 && history.stderr.contains("cannot be redacted"), "{}", history.stderr);
}
