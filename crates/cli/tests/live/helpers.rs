//! Credential helpers and files of logins that are not what they should be: a note says so, and the image is read without.

#![cfg(unix)]

use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use serde_json::json;

use crate::image::{FILE, Image};
use crate::program::Program;
use crate::server::{Answer, Server};

/// A registry that gives a token to everyone.
fn registry() -> Server {
    let image = Image::new();
    Server::start(move |request, _| match request.header("authorization") {
        _ if request.path.starts_with("/token") => Answer::new(200, br#"{"token": "good"}"#),
        Some("Bearer good") => image.answer(request),
        _ => {
            let host = request.header("host").unwrap();
            Answer::new(401, b"").header("WWW-Authenticate", &format!("Bearer realm=\"http://{host}/token\""))
        }
    })
}

/// Reads the image, and gives what was noted.
fn noted(program: &Program, server: &Server) -> String {
    let source = format!("docker://{}/team/app:v1", server.address);
    let output = program.run(&["inspect", "--format", "json", &source]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    let read: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(read["images"][0]["size_bytes"], FILE);
    said
}

fn script(program: &Program, text: &str) {
    let helper = program.home.path().join("docker-credential-test");
    std::fs::write(&helper, format!("#!/bin/sh\n{text}\n")).unwrap();
    std::fs::set_permissions(&helper, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn a_helper_that_misbehaves_is_noted() {
    for (text, expected) in [
        ("while :; do echo S3CRET; done", "printed more than 256 KiB"),
        ("echo S3CRET; echo S3CRET >&2; exit 3", "exit status: 3"),
        ("echo '{\"Username\": 1, \"Secret\": \"S3CRET\"}'", "not valid JSON"),
    ] {
        let program = Program::new().docker_config(&json!({"credsStore": "test"}));
        script(&program, text);
        let said = noted(&program, &registry());
        assert!(said.contains("note: no login for") && said.contains(expected), "{said}");
        assert!(!said.contains("S3CRET"), "{said}");
    }
}

#[test]
fn a_helper_is_not_asked_unless_a_login_is_wanted() {
    let image = Image::new();
    let server = Server::start(move |request, _| image.answer(request));
    let program = Program::new().docker_config(&json!({"credsStore": "no-such-helper"}));
    assert!(!noted(&program, &server).contains("helper"));
    assert!(noted(&program, &registry()).contains("`docker-credential-no-such-helper` gave no credentials"));
}

#[test]
fn a_helper_with_a_path_is_not_run() {
    for name in ["../../x", "/bin/sh", "a b"] {
        let program = Program::new().docker_config(&json!({"credsStore": name}));
        let said = noted(&program, &registry());
        assert!(said.contains("is not the name of a program"), "{said}");
    }
}

#[test]
fn a_file_of_logins_that_is_no_file_is_noted() {
    type Make = fn(&std::path::Path);
    let make: [(&str, Make); 4] = [
        ("not a regular file", |path| {
            assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
        }),
        ("not a regular file", |path| std::os::unix::fs::symlink("/dev/zero", path).unwrap()),
        ("a directory, not a file", |path| std::fs::create_dir(path).unwrap()),
        ("larger than 4 MiB", |path| std::fs::File::create(path).unwrap().set_len(1 << 30).unwrap()),
    ];
    for (expected, make) in make {
        let program = Program::new();
        let directory = program.home.path().join(".docker");
        std::fs::create_dir(&directory).unwrap();
        make(&directory.join("config.json"));
        let said = noted(&program, &registry());
        assert!(said.contains("note: no login for") && said.contains(expected), "{said}");
    }
}
