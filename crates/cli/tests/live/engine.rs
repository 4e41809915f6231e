//! Engines that are asked through their API.

use serde_json::Value;

use crate::image::{FILE, Image};
use crate::program::Program;
use crate::server::{Answer, Request, Server};

/// An engine that has one image.
fn answer(image: &Image, request: &Request) -> Answer {
    match request.path.as_str() {
        "/images/team/app:v1/json" | "/images/team/app/json" => {
            Answer::new(200, br#"{"RepoTags": ["team/app:v1", "docker.io/team/app:latest"]}"#)
        }
        "/images/team/app:v1/get" | "/images/team/app:latest/get" => {
            Answer::new(200, &image.archive()).chunked()
        }
        "/images/json" => Answer::new(200, br#"[{"RepoTags": ["team/app:v1"]}, {"RepoTags": null}]"#),
        _ => Answer::new(404, br#"{"message": "No such image"}"#),
    }
}

fn engine(handler: impl Fn(&Image, &Request) -> Answer + Send + Sync + 'static) -> (Server, Program) {
    let image = Image::new();
    let server = Server::start(move |request, _| handler(&image, request));
    let program = Program::new().variable("DOCKER_HOST", &format!("tcp://{}", server.address));
    (server, program)
}

fn check_image(inspection: &Value, transport: &str) {
    assert_eq!(inspection["images"][0]["size_bytes"], FILE);
    assert_eq!(inspection["images"][0]["source"]["transport"], transport, "{inspection}");
}

#[test]
fn an_image_is_streamed() {
    let (_server, program) = engine(answer);
    check_image(&program.inspect("docker-daemon:team/app:v1"), "docker-daemon");
}

#[test]
fn without_a_tag_not_the_whole_repository_is_read() {
    let (server, program) = engine(answer);
    check_image(&program.inspect("docker-daemon:team/app"), "docker-daemon");
    assert!(server.requests().iter().any(|request| request.path == "/images/team/app:latest/get"));
}

#[cfg(unix)]
#[test]
fn an_engine_is_found_at_its_socket() {
    let program = Program::new();
    let directory = program.home.path().join("podman");
    std::fs::create_dir(&directory).unwrap();
    let image = Image::new();
    Server::start_unix(&directory.join("podman.sock"), move |request, _| answer(&image, request));
    let home = program.home.path().to_str().unwrap().to_owned();
    let program = program.variable("XDG_RUNTIME_DIR", &home).variable("DOCKER_HOST", "unix:///nowhere");
    for source in ["podman:team/app:v1", "containers-storage:team/app:v1", "team/app:v1"] {
        check_image(&program.inspect(source), "containers-storage");
    }
}

#[test]
fn an_image_that_is_not_there_is_answered_with_those_that_are() {
    let (_server, program) = engine(answer);
    let said = program.failure(&["docker-daemon:team/web"]);
    assert!(said.contains("no image `team/web`") && said.contains("there is `team/app:v1`"), "{said}");
}

#[test]
fn an_image_that_is_cut_off_is_an_error() {
    let (_server, program) = engine(|image, request| {
        let answer = answer(image, request);
        if request.path.ends_with("/get") { answer.cut_after(1_000_000) } else { answer }
    });
    let said = program.failure(&["docker-daemon:team/app:v1"]);
    assert!(said.contains("team/app:v1"), "{said}");
}

#[test]
fn an_engine_that_does_not_run_is_said_to_be_startable() {
    let program = Program::new().variable("DOCKER_HOST", "unix:///nowhere/docker.sock");
    let said = program.failure(&["docker-daemon:team/app"]);
    assert!(
        said.contains("unix:///nowhere/docker.sock") && said.contains("systemctl start docker"),
        "{said}"
    );
    let said = program.variable("CONTAINER_HOST", "ssh://box").failure(&["podman:team/app"]);
    assert!(said.contains("CONTAINER_HOST is `ssh://box`"), "{said}");
}
