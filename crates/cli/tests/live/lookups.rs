//! Names that are mistyped: what they are taken for, what was tried, and what is reported.

use serde_json::json;

use crate::image::Image;
use crate::program::Program;
use crate::server::{Answer, Request, Server};
use crate::tls::Network;

fn registry() -> Server {
    let image = Image::new();
    Server::start(move |request, _| answer(&image, request))
}

fn answer(image: &Image, request: &Request) -> Answer {
    match request.path.as_str() {
        "/v2/team/app/tags/list?n=1000" => {
            let mut tags: Vec<_> = (0..900).map(|number| format!("build-{number}")).collect();
            tags.extend(["v1".to_owned(), "v2.0".to_owned(), "\u{1b}[2J".to_owned(), "a b".to_owned()]);
            Answer::new(200, json!({"name": "team/app", "tags": tags}).to_string().as_bytes())
        }
        _ => image.answer(request),
    }
}

/// Fails if a registry was asked: one is asked under a name, and this proxy knows none.
fn check_offline(arguments: &[&str], expected: &[&str]) {
    let network = Network::new();
    let program = network.program();
    std::fs::write(program.home.path().join("before.plimsoll"), "{\"schema_version\": 1}").unwrap();
    let output = program.run(arguments);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(!said.contains("asking the registry"), "{said}");
    for expected in expected {
        assert!(said.contains(expected), "{arguments:?}: {said}");
    }
}

#[test]
fn a_file_that_does_not_exist_is_not_looked_up() {
    check_offline(&["inspect", "x.plimsoll"], &["cannot read `x.plimsoll`: no such file"]);
    check_offline(&["inspect", "befroe.plimsoll"], &["did you mean `before.plimsoll`?"]);
    check_offline(&["inspect", "before.plimsol"], &["looks like a file", "docker://before.plimsol"]);
    check_offline(&["compare", "after.plimsoll", "before.plimsoll"], &["no such file"]);
}

#[test]
fn swapped_arguments_are_named() {
    let line = "did you swap the arguments? write `plimsoll why before.plimsoll torch`";
    check_offline(&["why", "torch", "before.plimsoll"], &["`torch` is not a file", line]);
    check_offline(
        &["whatif", "torch", "--without", "before.plimsoll"],
        &["write `plimsoll whatif before.plimsoll --without torch`"],
    );
    check_offline(
        &["snapshot", "before.plimsoll=backend", "-o", "out"],
        &["write `backend=before.plimsoll`"],
    );
}

#[test]
fn a_misspelt_transport_is_not_looked_up() {
    check_offline(&["inspect", "docker-deamon:nginx"], &["not a transport", "`docker-daemon:nginx`"]);
    check_offline(&["inspect", "oci-archiv:a.tar"], &["not a transport", "`oci-archive:a.tar`"]);
}

#[test]
fn what_is_no_platform_is_refused() {
    check_offline(
        &["inspect", "--platform", "foo", "before.plimsoll"],
        &["OS/ARCH[/VARIANT]", "linux/amd64"],
    );
}

#[test]
fn a_snapshot_has_one_platform() {
    let server = registry();
    let program = Program::new();
    let source = format!("docker://{}/team/app:v1", server.address);
    assert!(program.run(&["snapshot", &source, "--output", "a.plimsoll"]).status.success());
    let platform = |wanted| program.run(&["inspect", "--platform", wanted, "a.plimsoll"]);
    assert!(platform("linux/amd64").status.success());
    let other = platform("linux/arm64");
    let said = String::from_utf8_lossy(&other.stderr);
    assert_eq!(other.status.code(), Some(2), "{said}");
    assert!(said.contains("an image for linux/amd64, not for linux/arm64"), "{said}");
}

#[test]
fn what_was_tried_is_said_before_a_registry_is_asked() {
    let server = registry();
    let name = format!("{}/team/app:v1", server.address);
    let program = Program::new().variable("DOCKER_HOST", "tcp://127.0.0.1:9");
    let output = program.run(&["inspect", &name]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    let tried =
        ["no such file", "cannot reach the Docker engine", "no engine was asked", "asking the registry"];
    let places: Vec<_> = tried.iter().map(|tried| said.find(tried).unwrap_or(usize::MAX)).collect();
    assert!(places.is_sorted() && places[3] < usize::MAX, "{said}");
}

#[test]
fn a_wrong_tag_is_answered_with_those_there_are() {
    let server = registry();
    let said = Program::new().failure(&[&format!("docker://{}/team/app:v2", server.address)]);
    assert!(said.contains("it is not there"), "{said}");
    assert!(said.contains("tags of `team/app`: `v1`, `v2.0`,") && said.contains("and 896 more"), "{said}");
    assert!(!said.contains('\u{1b}') && !said.contains("a b"), "{said}");
    assert_eq!(server.requests().len(), 2);
    let said = Program::new().failure(&[&format!("docker://{}/team/web:v2", server.address)]);
    assert!(said.contains("has no repository `team/web`"), "{said}");
}

#[test]
fn a_registry_without_tls_is_said_to_be_one() {
    let network = Network::new();
    // What it answers to the start of TLS, as servers of plain HTTP do.
    let plain = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    network.lead("registry.shop.com:5000", plain.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in plain.incoming().map_while(Result::ok) {
            let _ = std::io::Write::write_all(&mut stream, b"HTTP/1.0 400 Bad Request\r\n\r\n");
        }
    });
    let said = network.program().failure(&["docker://registry.shop.com:5000/team/app:v1"]);
    assert!(said.contains("plain HTTP registry"), "{said}");
    assert!(said.contains("--insecure-registry registry.shop.com:5000"), "{said}");
}

#[test]
fn a_snapshot_is_called_a_snapshot() {
    let program = Program::new();
    let write = |name: &str| {
        let server = registry();
        let source = format!("docker://{}/team/app:v1", server.address);
        assert!(program.run(&["snapshot", &source, "--output", name]).status.success());
    };
    write("a.plimsoll");
    write("a.json");
    for name in ["docker-archive:a.plimsoll", "docker-archive:a.json"] {
        let said = program.failure(&[name]);
        assert!(said.contains("is a snapshot of Plimsoll, not a container image"), "{said}");
    }
}
