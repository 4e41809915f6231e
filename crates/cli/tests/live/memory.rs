//! Snapshots of memory, with and without images.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::program::Program;

/// A file of a real engine.
fn fixture(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests").join(name);
    path.to_str().unwrap().to_owned()
}

fn snapshot(program: &Program, arguments: &[&str]) -> (Value, String) {
    let output = program.run(&[&["snapshot", "--output", "out.json"], arguments].concat());
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{stderr}");
    (serde_json::from_slice(&fs::read(program.home.path().join("out.json")).unwrap()).unwrap(), stderr)
}

#[test]
fn files_of_all_kinds_are_joined_by_service() {
    let program = Program::new().variable("SIZE", "large");
    let files = ["stats-timed.jsonl", "inspect.json", "events.jsonl"]
        .map(|name| fixture(&format!("memory/stack-after/{name}")));
    let plan = fixture("memory/stack-after/docker-compose.prod.yml");
    let arguments = ["--compose", &plan, "--map", "backend=api", "--memory", &files[0], &files[1], &files[2]];
    let (snapshot, said) = snapshot(&program, &arguments);
    let names = |field: &str, key: &str| -> Vec<Value> {
        snapshot["runtime"][field].as_array().unwrap().iter().map(|one| one[key].clone()).collect()
    };
    assert_eq!(names("containers", "service"), ["api", "frontend", "load-prod", "postgres"]);
    assert_eq!(names("planned", "name"), ["api", "frontend", "postgres"]);
    // The variable of the environment is not read: the default of the file holds.
    assert_eq!(names("planned", "image")[0], "agente/medium-backend:after");
    assert_eq!(snapshot["services"], json!([]));
    assert!(said.contains("4 containers, 3 planned services, 1 recording, 15 moments"), "{said}");
}

#[test]
fn a_recording_joins_an_image() {
    let image = fixture("images/docker-26.1.5-graphdriver/micro3.save.tar.gz");
    let recording = fixture("recordings/incident.plimsoll");
    let (snapshot, said) = snapshot(
        &Program::new(),
        &[&format!("docker-archive:{image}:agente/micro-backend:after"), "--memory", &recording],
    );
    assert_eq!(snapshot["runtime"]["containers"][0]["service"], "backend");
    assert_eq!(snapshot["images"].as_array().unwrap().len(), 1);
    assert!(said.contains("1 service (micro-backend)") && said.contains("3 containers"), "{said}");
}

#[test]
fn what_is_not_read_is_named() {
    let program = Program::new();
    fs::write(program.home.path().join("stats"), "NAME  MEM USAGE / LIMIT\nweb  1MiB / 1GiB\noops\n")
        .unwrap();
    let (_, said) = snapshot(&program, &["--memory", "stats"]);
    assert!(said.contains("warning: `stats`, line 3: not as many columns as the head has"), "{said}");

    let program = Program::new();
    fs::write(program.home.path().join("notes.txt"), "nothing of that kind\n").unwrap();
    let said = program.failure(&["--memory", "notes.txt"]);
    assert!(
        said.contains("`notes.txt` is text of another kind") && said.contains("hint: supported formats: "),
        "{said}"
    );
    let said = program.failure(&["--memory", &fixture("snapshots/schema-1.plimsoll")]);
    assert!(said.contains("is a snapshot of images alone"), "{said}");
}
