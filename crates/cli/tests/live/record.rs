//! Recording through an engine that restarts its containers and goes away.

use std::fs;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::program::Program;
use crate::server::{Answer, Request, Server};

const ID: &str = "f2ac88aabab9f2ac88aabab9f2ac88aabab9f2ac88aabab9f2ac88aabab9aaaa";
const OTHER: &str = "63205341636a63205341636a63205341636a63205341636a63205341636aaaaa";

/// An engine with two containers; after some samples, the first of them was started again.
fn answer(request: &Request, before: usize) -> Answer {
    let json = |value: Value| Answer::new(200, value.to_string().as_bytes());
    let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
    match path {
        "/version" => json(json!({"Version": "26.1.5", "ApiVersion": "1.45"})),
        "/info" => json(
            json!({"MemTotal": 8 << 30, "NCPU": 2, "KernelVersion": "6.1", "CgroupVersion": "2", "Name": "box"}),
        ),
        "/containers/json" => json(json!([
            {"Id": ID, "Names": ["/shop-web-1"], "State": "running",
                "Labels": {"com.docker.compose.project": "shop", "com.docker.compose.service": "web"}},
            {"Id": OTHER, "Names": ["/other"], "Labels": {}},
        ])),
        "/events" if query.contains("since") => json(event("start", 1_795_365_600)),
        // The connection is cut after the first event.
        "/events" => json(event("oom", 1_795_365_590)),
        path if path == format!("/containers/{ID}/json") => {
            let started = if before < 2 { "2026-11-22T16:00:00Z" } else { "2026-11-22T16:40:00Z" };
            json(json!({"Id": ID, "Name": "/shop-web-1", "HostConfig": {"Memory": 0},
                "State": {"Status": "running", "StartedAt": started},
                "Config": {"Env": ["API_KEY=s3cret"], "Labels": {"com.docker.compose.service": "web"}}}))
        }
        path if path == format!("/containers/{ID}/stats") => {
            let read = format!("2026-11-22T16:39:{:02}Z", before % 60);
            json(json!({"read": read, "id": ID, "memory_stats":
                {"usage": 1000 + before, "limit": 8_u64 << 30, "stats": {"inactive_file": 100, "anon": 500}}}))
        }
        _ => Answer::new(404, br#"{"message": "No such container"}"#),
    }
}

fn event(action: &str, time: u64) -> Value {
    json!({"Type": "container", "Action": action, "time": time, "Actor": {"ID": ID, "Attributes": {"name": "shop-web-1"}}})
}

fn engine(handler: impl Fn(&Request, usize) -> Answer + Send + Sync + 'static) -> (Server, Program) {
    let server = Server::start(handler);
    let program = Program::new().variable("DOCKER_HOST", &format!("tcp://{}", server.address));
    (server, program)
}

/// Records for a while, and gives the runtime.
fn recorded(program: &Program, arguments: &[&str]) -> Value {
    let mut all = vec!["record", "--output", "out.json", "--interval", "100ms", "--duration", "2s"];
    all.extend(arguments);
    let output = program.run(&all);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = fs::read_to_string(program.home.path().join("out.json")).unwrap();
    assert!(!text.contains("s3cret") && !text.contains("box"), "{text}");
    assert!(!program.home.path().join("out.json.journal").exists());
    serde_json::from_str::<Value>(&text).unwrap()["runtime"].clone()
}

#[test]
fn a_restart_and_a_kill_for_memory_are_recorded() {
    let (_server, program) = engine(answer);
    let runtime = recorded(&program, &["--project", "shop", "--load", "wrk --token s3cret"]);
    let containers = runtime["containers"].as_array().unwrap();
    assert_eq!(containers.len(), 1);
    assert_eq!(
        (&containers[0]["service"], &containers[0]["env_names"]),
        (&json!("web"), &json!(["API_KEY"]))
    );
    let recording = &runtime["recordings"][0];
    assert_eq!(recording["ended"], "complete");
    assert_eq!(recording["load"]["label"], "wrk --token …");
    let series = recording["series"].as_array().unwrap();
    assert_eq!(series.len(), 2, "{series:?}");
    assert_eq!(series[0]["columns"]["working_set"][0], 900);
    assert!(series[0]["columns"]["limit"].as_array().unwrap().iter().all(Value::is_null));
    let kinds: Vec<_> = runtime["events"].as_array().unwrap().iter().map(|event| &event["kind"]).collect();
    assert_eq!(kinds, ["oom", "start"]);
}

#[test]
fn an_engine_that_never_stops_talking_is_not_listened_to_for_ever() {
    const SAID: usize = 400_000;
    let (_server, program) = engine(|request, before| {
        if request.path.starts_with("/events") {
            let line = format!("{}\n", event("oom", 1_795_365_590));
            return Answer::new(200, line.repeat(SAID).as_bytes());
        }
        answer(request, before)
    });
    let output = program.run(&["record", "-o", "out.json", "--duration", "1s", "web"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let runtime: Value =
        serde_json::from_slice(&fs::read(program.home.path().join("out.json")).unwrap()).unwrap();
    assert!(runtime["runtime"]["events"].as_array().unwrap().len() < SAID);
}

#[test]
fn a_project_that_does_not_exist_is_an_error() {
    let (_server, program) = engine(answer);
    let program = program.variable("PATH", "/usr/bin:/bin");
    for (arguments, words) in [
        (&["--project", "shpo"][..], "did you mean `shop`? the projects are `shop`"),
        (&["web", "nope"], "no container is called `nope`"),
        (&["--label", "tier=1"], "no container has the label `tier=1`"),
        (&["--project", "shpo", "--while", ":"], "no container is of a project `shpo`"),
    ] {
        let output = program.run(&[&["record", "-o", "out.json", "--duration", "1s"], arguments].concat());
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{stderr}");
        assert!(stderr.contains(words), "{stderr}");
        assert_eq!(fs::read_dir(program.home.path()).unwrap().count(), 0, "nothing is left behind");
    }
}

#[test]
fn a_command_that_fails_is_recorded_and_told() {
    let (_server, program) = engine(answer);
    let program = program.variable("PATH", "/usr/bin:/bin");
    let output = program.run(&["record", "-o", "out.json", "--interval", "100ms", "--while", "exit 3"]);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(stderr.contains("the command `exit 3` ended with exit code 3"), "{stderr}");
    let text = fs::read_to_string(program.home.path().join("out.json")).unwrap();
    let recorded: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(recorded["runtime"]["recordings"][0]["load"]["exit_code"], 3);
}

#[test]
fn a_file_that_is_no_journal_is_left_alone() {
    let (_server, program) = engine(answer);
    let journal = program.home.path().join("out.json.journal");
    fs::write(&journal, "mine").unwrap();
    let output = program.run(&["record", "-o", "out.json", "--duration", "1s"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(fs::read_to_string(journal).unwrap(), "mine");
}

#[test]
fn an_engine_that_goes_away_is_asked_again() {
    let asked = AtomicUsize::new(0);
    let (_server, program) = engine(move |request, before| {
        let is_away = (20..26).contains(&asked.fetch_add(1, Ordering::Relaxed));
        if is_away { Answer::new(500, b"{}") } else { answer(request, before) }
    });
    let runtime = recorded(&program, &["web", "shop-web-1"]);
    let interruptions = runtime["recordings"][0]["interruptions"].as_array().unwrap();
    assert_eq!(interruptions.len(), 1, "{interruptions:?}");
    assert!(interruptions[0]["from"].as_i64() < interruptions[0]["to"].as_i64());
}

#[test]
fn an_engine_that_is_not_there_leaves_nothing_behind() {
    let program = Program::new().variable("DOCKER_HOST", "unix:///nowhere/docker.sock");
    let output = program.run(&["record", "--output", "out.json"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(fs::read_dir(program.home.path()).unwrap().count(), 0);
}

#[test]
fn a_recorder_that_is_killed_loses_nothing() {
    let (server, program) = engine(answer);
    let home = program.home.path();
    let journal = home.join("out.json.journal");
    let mut child = Command::new(env!("CARGO_BIN_EXE_plimsoll"))
        .args(["record", "--output", "out.json", "--interval", "100ms"])
        .current_dir(home)
        .env("DOCKER_HOST", format!("tcp://{}", server.address))
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let frames = || fs::read_to_string(&journal).unwrap_or_default().matches("\"frame\"").count();
    let begin = Instant::now();
    while frames() < 5 && begin.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(50));
    }
    // As `kill -9` does.
    child.kill().unwrap();
    child.wait().unwrap();
    let written = u64::try_from(frames()).unwrap();
    let mut text = fs::read(&journal).unwrap();
    text.extend_from_slice(b"{\"journal\":\"frame\",\"ti");
    fs::write(&journal, text).unwrap();

    recorded(&program, &[]);
    let text = fs::read_to_string(home.join("out-recovered-1.json")).unwrap();
    let recovered: Value = serde_json::from_str(&text).unwrap();
    let recording = &recovered["runtime"]["recordings"][0];
    assert_eq!((recording["ended"].as_str(), recording["frames"].as_u64()), (Some("killed"), Some(written)));
    assert_eq!(recovered["runtime"]["warnings"][0]["reason"], "a line that is cut off");
}
