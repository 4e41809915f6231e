//! Watching through engines on bad days.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::program::Program;
use crate::server::{Answer, Request, Server};

fn id(number: usize) -> String {
    // Samples name a container by the first twelve digits.
    format!("{number:012x}{:052x}", 0)
}

/// An engine with many containers, the first of which is gone after some requests.
fn answer(request: &Request, before: usize, count: usize) -> Answer {
    let json = |value: Value| Answer::new(200, value.to_string().as_bytes());
    let path = request.path.split_once('?').map_or(&request.path[..], |(path, _)| path);
    let number = |path: &str| usize::from_str_radix(path.get(12..24)?, 16).ok();
    let listed = |number: usize| {
        json!({"Id": id(number), "Names": [format!("/shop-web-{number}")], "State": "running",
            "Labels": {"com.docker.compose.project": "shop", "com.docker.compose.service": format!("web{number}")}})
    };
    match path {
        "/version" => json(json!({"Version": "26.1.5", "ApiVersion": "1.45"})),
        "/info" => json(json!({"MemTotal": 8_u64 << 30, "NCPU": 2, "CgroupVersion": "2"})),
        "/containers/json" => json((0..count).map(listed).collect()),
        path if path.starts_with("/containers/") => {
            let Some(number) = number(path) else { return Answer::not_found() };
            let id = id(number);
            if path.ends_with("/json") {
                return json(json!({"Id": id, "Name": format!("/shop-web-{number}"), "RestartCount": 3,
                    "HostConfig": {"Memory": 1 << 20, "MemoryReservation": 1 << 19},
                    "State": {"Status": "running", "StartedAt": "2026-11-22T16:00:00Z"},
                    "Config": {"Labels": {"com.docker.compose.service": format!("web{number}")}}}));
            }
            if number == 0 && before > 2 {
                return Answer::new(404, br#"{"message": "No such container"}"#);
            }
            json(json!({"read": format!("2026-11-22T16:39:{:02}Z", before % 60), "id": id,
                "cpu_stats": {"cpu_usage": {"total_usage": before as u64 * 500_000_000}},
                "memory_stats": {"usage": 1000, "limit": 1 << 20, "stats": {"inactive_file": 100}}}))
        }
        _ => Answer::new(404, b"{}"),
    }
}

fn engine(handler: impl Fn(&Request, usize) -> Answer + Send + Sync + 'static) -> (Server, Program) {
    let server = Server::start(handler);
    let program = Program::new().variable("DOCKER_HOST", &format!("tcp://{}", server.address));
    (server, program)
}

fn lines(program: &Program, arguments: &[&str]) -> Vec<Value> {
    let mut all = vec!["watch", "--json", "--interval", "100ms"];
    all.extend(arguments);
    let output = program.run(&all);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn samples_are_lines_of_json_and_a_container_may_go() {
    let (server, program) = engine(|request, before| answer(request, before, 2));
    let lines = lines(&program, &["shop", "--duration", "2s"]);
    assert!(lines.len() >= 3, "{lines:?}");
    let first = &lines[0]["containers"][0];
    assert_eq!(
        [&first["service"], &first["working_set_bytes"], &first["memory_limit_bytes"], &first["restarts"]],
        [&json!("web0"), &json!(900), &json!(1 << 20), &json!(3)]
    );
    let last = &lines.last().unwrap()["containers"];
    assert_eq!([&last[0]["working_set_bytes"], &last[1]["working_set_bytes"]], [&Value::Null, &json!(900)]);
    // Questions alone: nothing is changed.
    assert!(server.requests().iter().all(|request| request.method == "GET"));
}

#[test]
fn five_hundred_containers_are_in_every_line() {
    let (_server, program) = engine(|request, before| answer(request, before, 500));
    let lines = lines(&program, &["--duration", "20s"]);
    assert!(!lines.is_empty());
    assert!(lines.iter().all(|line| line["containers"].as_array().unwrap().len() == 500));
}

#[test]
fn what_no_container_has_and_an_engine_that_hangs_are_errors() {
    let (_server, program) = engine(|request, before| answer(request, before, 1));
    let output = program.run(&["watch", "--json", "nothing"]);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(2) && text.contains("no container is called `nothing`"), "{text}");
    let (_server, program) = engine(|_, _| {
        std::thread::sleep(Duration::from_secs(60));
        Answer::not_found()
    });
    let begin = Instant::now();
    let output = program.run(&["watch", "--json"]);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(2) && text.contains("did not answer in time"), "{text}");
    assert!(begin.elapsed() < Duration::from_secs(40));
}
