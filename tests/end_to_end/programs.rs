//! The commands: what they print, what they write, and that they agree with each other.

use std::fs;
use std::io::Write as _;
use std::process::Stdio;

use plimsoll_tests::{image, program};
use serde_json::Value;

const ARCHIVE: &str = "docker-26.1.5-graphdriver/micro3.save.tar.gz";

fn archive(reference: &str) -> String {
    format!("docker-archive:{}:{reference}", image(ARCHIVE).display())
}

#[test]
fn a_snapshot_names_services_and_stores_shared_layers_once() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("after.plimsoll");
    let run = program::succeed([
        "snapshot",
        &format!("backend={}", archive("agente/micro-backend:after")),
        &format!("frontend={}", archive("agente/micro-frontend:after")),
        "-o",
        file.to_str().unwrap(),
    ]);
    assert_eq!(run.stdout, "");
    assert!(run.stderr.contains("2 services (backend, frontend)"), "{}", run.stderr);
    let document = program::json(["inspect", file.to_str().unwrap(), "--format", "json"]);
    let services: Vec<_> =
        document["images"].as_array().unwrap().iter().map(|image| &image["service"]).collect();
    assert_eq!(services, ["backend", "frontend"]);
    let stack = &document["stack"];
    assert_eq!(
        (stack["sum_bytes"].as_u64(), stack["unique_bytes"].as_u64()),
        (Some(3_971_340), Some(1_986_388))
    );
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let directory = tempfile::tempdir().unwrap();
    let files = ["one", "two"].map(|name| directory.path().join(name));
    for file in &files {
        program::succeed(["snapshot", image(ARCHIVE).to_str().unwrap(), "-o", file.to_str().unwrap()]);
    }
    assert_eq!(fs::read(&files[0]).unwrap(), fs::read(&files[1]).unwrap());
}

#[test]
fn a_comparison_sums_to_the_difference() {
    let (before, after) = (archive("agente/micro-before"), archive("agente/micro-backend:after"));
    let document = program::json(["compare", &before, &after, "--format", "json"]);
    let service = &document["services"][0];
    let bytes = |value: &Value| value.as_i64().unwrap();
    let sum: i64 = service["bridge"].as_array().unwrap().iter().map(|step| bytes(&step["delta"])).sum();
    assert_eq!(sum, bytes(&service["size"]["delta"]));
    assert_eq!(sum, 1_986_200 - 2_482_465);
    assert_eq!(service["layers"][0]["match"], "kept");
}

#[test]
fn text_and_markdown_say_what_json_says() {
    let (before, after) = (archive("agente/micro-before"), archive("agente/micro-backend:after"));
    let verdict = program::json(["compare", &before, &after, "--format", "json"])["verdict_text"].clone();
    let text = program::succeed(["compare", &before, &after]).stdout;
    assert!(text.starts_with(verdict.as_str().unwrap()), "{text}");
    let markdown = program::succeed(["compare", &before, &after, "--format", "markdown"]).stdout;
    assert!(markdown.starts_with("**micro-backend fell from 2.48 MB to 1.99 MB"), "{markdown}");
}

#[test]
fn a_report_is_the_comparison_to_the_byte() {
    for names in [
        ["agente-before", "agente-after"],
        ["agente-after", "agente-before"],
        ["agente-before-memory", "agente-after-memory"],
        ["agente-after-memory", "agente-after"],
    ] {
        let [before, after] = names.map(|name| {
            plimsoll_tests::root().join(format!("examples/{name}.plimsoll")).display().to_string()
        });
        for [format, language] in [["markdown", "en"], ["markdown", "es"], ["json", "es"]] {
            let [report, compare] = ["report", "compare"].map(|command| {
                program::succeed([command, &before, &after, "--format", format, "--language", language])
                    .stdout
            });
            assert!(report == compare, "{before} {after} {format} {language}");
        }
    }
}

#[test]
fn a_report_of_one_side_has_its_memory() {
    let images = archive("agente/micro-before");
    let running = plimsoll_tests::root().join("examples/agente-after-memory.plimsoll").display().to_string();
    let json = |command: &str| program::succeed([command, running.as_str(), "--format", "json"]).stdout;
    assert!(json("report") == json("inspect"));
    for language in ["en", "es"] {
        let markdown = |command, file: &str| {
            program::succeed([command, file, "--format", "markdown", "--language", language]).stdout
        };
        let (report, without) = (markdown("report", &running), markdown("inspect", &images));
        let inspected = markdown("inspect", &running);
        let memory: Vec<&str> = inspected.lines().filter(|line| !without.contains(line)).collect();
        assert!(memory.len() > 5);
        assert!(memory.iter().all(|line| report.contains(line)), "{report}");
    }
}

#[test]
fn an_archive_is_read_from_a_pipe() {
    let mut child = program::command()
        .args(["inspect", "-", "--format", "json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(&fs::read(image(ARCHIVE)).unwrap()).unwrap();
    let output = child.wait_with_output().unwrap();
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["images"][0]["size_bytes"], 2_482_465);
}

#[test]
fn a_closed_pipe_is_no_error() {
    let mut child = program::command()
        .args(["inspect", image(ARCHIVE).to_str().unwrap(), "--format", "json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr), (Some(0), Vec::new()));
}

#[test]
fn no_value_of_a_variable_reaches_an_output() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("snapshot.json");
    program::succeed(["snapshot", image(ARCHIVE).to_str().unwrap(), "-o", file.to_str().unwrap()]);
    let snapshot = fs::read_to_string(&file).unwrap();
    assert!(snapshot.contains("API_KEY"));
    assert!(!snapshot.contains("not-a-real-key"));
    for format in ["text", "json", "markdown"] {
        let printed = program::succeed(["inspect", file.to_str().unwrap(), "--format", format]).stdout;
        assert!(!printed.contains("not-a-real-key"), "{format}");
    }
}

#[test]
fn a_layer_that_is_known_is_not_read_again() {
    let directory = tempfile::tempdir().unwrap();
    let archive = directory.path().join("archive.tar");
    fs::copy(image("docker-26.1.5-containerd/micro3.save.tar"), &archive).unwrap();
    let inspect = |arguments: &[&str]| {
        let mut command = program::command();
        command.env_remove("PLIMSOLL_NO_CACHE").env("PLIMSOLL_CACHE_DIR", directory.path().join("cache"));
        let output =
            command.args(["inspect", archive.to_str().unwrap(), "--format", "json"]).args(arguments).output();
        program::Run::from(output.unwrap())
    };
    let first = inspect(&[]);
    assert_eq!(first.code, Some(0), "{}", first.stderr);
    assert!(inspect(&[]).stdout == first.stdout);
    // Of a layer that is known only the first bytes are looked at.
    let mut bytes = fs::read(&archive).unwrap();
    let largest = tar::Archive::new(&bytes[..])
        .entries()
        .unwrap()
        .map(|entry| entry.map(|entry| (entry.size(), entry.raw_file_position())).unwrap())
        .max()
        .unwrap();
    let middle = usize::try_from(largest.1 + largest.0 / 2).unwrap();
    bytes[middle..middle + 100].fill(0);
    fs::write(&archive, bytes).unwrap();
    assert!(inspect(&[]).stdout == first.stdout);
    assert_eq!(inspect(&["--no-cache"]).code, Some(2));
}
