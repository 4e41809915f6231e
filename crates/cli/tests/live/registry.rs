//! Registries that are cut off, busy, wary or lying.

use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::image::{FILE, Image};
use crate::program::Program;
use crate::server::{Answer, Request, Server};

fn registry(handler: impl Fn(&Image, &Request, usize) -> Answer + Send + Sync + 'static) -> (Server, Image) {
    let image = Image::new();
    let answers = image.clone();
    (Server::start(move |request, before| handler(&answers, request, before)), image)
}

fn source(server: &Server, version: &str) -> String {
    format!("docker://{}/team/app:{version}", server.address)
}

fn check_size(inspection: &Value) {
    assert_eq!(inspection["images"][0]["size_bytes"], FILE);
}

#[test]
fn an_image_is_read_without_a_login() {
    let (server, image) = registry(|image, request, _| image.answer(request));
    let program = Program::new();
    check_size(&program.inspect(&source(&server, "v1")));
    assert_eq!(server.requests().len(), 3);

    assert!(program.run(&["snapshot", "--output", "out.json", &source(&server, "v1")]).status.success());
    let snapshot = std::fs::read(program.home.path().join("out.json")).unwrap();
    let snapshot: Value = serde_json::from_slice(&snapshot).unwrap();
    let read = &snapshot["images"][0];
    assert_eq!(read["manifest_digest"], image.manifest);
    let name = format!("{}/team/app:v1", server.address);
    assert_eq!(read["source"], json!({"transport": "docker", "name": name}));
    assert_eq!((&read["reference"], &snapshot["services"][0]["name"]), (&json!(name), &json!("app")));
}

#[test]
fn of_an_index_only_the_chosen_manifest_is_fetched() {
    let (server, _) = registry(|image, request, _| image.answer(request));
    check_size(&Program::new().inspect(&source(&server, "multi")));
    assert_eq!(server.requests().len(), 4);
}

#[test]
fn a_cut_connection_is_taken_up_where_it_was_cut() {
    let (server, _) = registry(|image, request, _| {
        let answer = image.answer(request);
        let is_layer = request.path.ends_with(&image.layer);
        let left = |range: &str| FILE - range["bytes=".len()..range.len() - 1].parse::<usize>().unwrap_or(0);
        match request.header("range") {
            None if is_layer => answer.cut_after(1_000_000),
            Some(range) if left(range) > 1_500_000 => answer.cut_after(500_000),
            _ => answer,
        }
    });
    check_size(&Program::new().inspect(&source(&server, "v1")));
    let ranges: Vec<_> =
        server.requests().iter().filter_map(|request| request.header("range").map(str::to_owned)).collect();
    assert_eq!(ranges, ["bytes=1000000-", "bytes=1500000-"]);
}

#[test]
fn what_is_known_is_skipped_when_a_server_cannot_jump() {
    let (server, _) = registry(|image, request, before| {
        let answer = image.answer(&Request::plain(&request.path));
        if request.path.ends_with(&image.layer) && before < 2 {
            answer.cut_after(700_000 * (before + 1))
        } else {
            answer
        }
    });
    check_size(&Program::new().inspect(&source(&server, "v1")));
}

#[test]
fn a_connection_that_is_cut_for_ever_is_given_up() {
    let (server, _) = registry(|image, request, _| {
        let answer = image.answer(request);
        if request.path.ends_with(&image.layer) { answer.cut_after(0) } else { answer }
    });
    let said = Program::new().failure(&[&source(&server, "v1")]);
    assert!(said.contains("cannot read layer") || said.contains("truncated"), "{said}");
}

#[test]
fn a_token_is_fetched_for_this_repository_alone() {
    let (server, _) = registry(|image, request, _| {
        if let Some(query) = request.path.strip_prefix("/token?") {
            assert_eq!(query, "scope=repository%3Ateam%2Fapp%3Apull&service=it%27s%20me");
            let expected = format!("Basic {}", STANDARD.encode("ada:pass-word"));
            assert_eq!(request.header("authorization"), Some(expected.as_str()));
            return Answer::new(200, br#"{"token": "good"}"#);
        }
        match request.header("authorization") {
            Some("Bearer good") => image.answer(request),
            _ => {
                let host = request.header("host").unwrap();
                let challenge =
                    format!(r#"Bearer realm="http://{host}/token",service="it's me",scope="*:*:*""#);
                Answer::new(401, b"").header("WWW-Authenticate", &challenge)
            }
        }
    });
    let auth = STANDARD.encode("ada:pass-word");
    let config = json!({"auths": {server.address.to_string(): {"auth": auth}}});
    check_size(&Program::new().docker_config(&config).inspect(&source(&server, "v1")));
}

#[test]
fn an_identity_token_is_exchanged() {
    let (server, _) = registry(|image, request, _| {
        if request.path == "/token" {
            assert!(request.body.contains("grant_type=refresh_token"), "{}", request.body);
            assert!(request.body.contains("refresh_token=from-a-browser"), "{}", request.body);
            return Answer::new(200, br#"{"access_token": "good"}"#);
        }
        match request.header("authorization") {
            Some("Bearer good") => image.answer(request),
            _ => {
                let challenge = format!("Bearer realm=\"http://{}/token\"", request.header("host").unwrap());
                Answer::new(401, b"").header("WWW-Authenticate", &challenge)
            }
        }
    });
    let config = json!({"auths": {server.address.to_string(): {"identitytoken": "from-a-browser"}}});
    check_size(&Program::new().docker_config(&config).inspect(&source(&server, "v1")));
}

#[cfg(unix)]
#[test]
fn a_helper_is_asked_for_the_password() {
    use std::os::unix::fs::PermissionsExt as _;
    let (server, _) = registry(|image, request, _| basic(image, request, "ada:from-helper"));
    let program = Program::new().docker_config(&json!({"credsStore": "test"}));
    let helper = program.home.path().join("docker-credential-test");
    std::fs::write(&helper, "#!/bin/sh\necho '{\"Username\": \"ada\", \"Secret\": \"from-helper\"}'\n")
        .unwrap();
    std::fs::set_permissions(&helper, std::fs::Permissions::from_mode(0o755)).unwrap();
    check_size(&program.inspect(&source(&server, "v1")));
}

fn basic(image: &Image, request: &Request, expected: &str) -> Answer {
    match request.header("authorization").and_then(|value| value.strip_prefix("Basic ")) {
        Some(value) if value == STANDARD.encode(expected) => image.answer(request),
        _ => Answer::new(401, b"").header("WWW-Authenticate", "Basic realm=\"x\""),
    }
}

#[test]
fn a_wrong_password_is_named_nowhere() {
    let (server, _) = registry(|image, request, _| basic(image, request, "ada:right"));
    let auth = STANDARD.encode("ada:wr0ng-s3cret");
    let config = json!({"auths": {server.address.to_string(): {"auth": auth}}});
    let said = Program::new().docker_config(&config).failure(&[&source(&server, "v1")]);
    assert!(said.contains("access was denied") && said.contains("may not pull `team/app`"), "{said}");
    assert!(!said.contains("wr0ng") && !said.contains(&auth), "{said}");
    let said = Program::new().failure(&[&source(&server, "v1")]);
    assert!(said.contains("docker login"), "{said}");
}

#[test]
fn a_login_stays_with_its_registry_when_blobs_lie_elsewhere() {
    let image = Image::new();
    let layers = image.clone();
    let elsewhere = Server::start(move |request, _| layers.answer(request));
    let address = elsewhere.address;
    let (server, _) = registry(move |image, request, _| {
        if request.path.contains("/blobs/") && request.header("authorization").is_some() {
            let to = format!("http://{address}{}", request.path);
            return Answer::new(307, b"").header("Location", &to);
        }
        basic(image, request, "ada:right")
    });
    let config = json!({"auths": {server.address.to_string(): {"auth": STANDARD.encode("ada:right")}}});
    check_size(&Program::new().docker_config(&config).inspect(&source(&server, "v1")));
    assert_eq!(elsewhere.requests().len(), 2);
    assert!(elsewhere.requests().iter().all(|request| request.header("authorization").is_none()));
}

#[test]
fn a_password_does_not_go_to_a_token_server_that_is_sent_on() {
    let (server, _) = registry(|_, request, _| {
        if request.path.starts_with("/token") {
            return Answer::new(302, b"").header("Location", "http://127.0.0.1:9/");
        }
        let challenge = format!("Bearer realm=\"http://{}/token\"", request.header("host").unwrap());
        Answer::new(401, b"").header("WWW-Authenticate", &challenge)
    });
    let said = Program::new().failure(&[&source(&server, "v1")]);
    assert!(said.contains("302"), "{said}");
}

#[test]
fn what_is_not_there_is_named_with_its_registry() {
    let (server, _) = registry(|image, request, _| image.answer(request));
    let said = Program::new().failure(&[&source(&server, "v2")]);
    assert!(said.contains(&format!("registry `{}`", server.address)), "{said}");
    assert!(said.contains("team/app:v2") && said.contains("hint: "), "{said}");
    // The manifest, the list of tags and, once, the list of repositories for one of a similar name.
    assert_eq!(server.requests().len(), 3);
}

#[test]
fn a_busy_registry_is_asked_again_when_it_says() {
    let (server, _) = registry(|image, request, before| match (request.path.contains("/blobs/"), before) {
        (true, 0) => Answer::new(429, b"").header("Retry-After", "1"),
        (false, 0 | 1) => Answer::new(503, b""),
        _ => image.answer(request),
    });
    let start = Instant::now();
    check_size(&Program::new().inspect(&source(&server, "v1")));
    assert!(start.elapsed().as_secs() >= 2);
}

#[test]
fn nobody_waits_for_an_hour() {
    let (server, _) = registry(|_, _, _| {
        let body = br#"{"errors": [{"code": "TOOMANYREQUESTS", "message": "pull rate limit"}]}"#;
        Answer::new(429, body).header("Retry-After", "3600")
    });
    let said = Program::new().failure(&[&source(&server, "v1")]);
    assert!(said.contains("pull rate limit") && said.contains("3600 s"), "{said}");
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn lies_are_found_by_their_digest() {
    let damage = |wanted: fn(&Image) -> String| {
        registry(move |image, request, _| {
            if !request.path.ends_with(&wanted(image)) {
                return image.answer(request);
            }
            let mut lying = image.clone();
            for bytes in lying.blobs.values_mut() {
                let middle = bytes.len() / 2;
                // In a document, a changed space is still valid.
                bytes[middle] ^= if bytes[0] == b'{' { 0 } else { 1 };
                if bytes[0] == b'{' {
                    bytes.push(b' ');
                }
            }
            lying.answer(request)
        })
    };
    let wanted: [fn(&Image) -> String; 3] =
        [|image| image.layer.clone(), |_| "manifests/v1".to_owned(), |image| image.manifest.clone()];
    for (wanted, version) in wanted.into_iter().zip(["v1", "v1", "multi"]) {
        let (server, _) = damage(wanted);
        let said = Program::new().failure(&[&source(&server, version)]);
        assert!(said.contains("does not match its digest"), "{said}");
    }
}

#[test]
fn a_platform_that_is_missing_is_answered_with_those_that_are_there() {
    let (server, _) = registry(|image, request, _| image.answer(request));
    let said = Program::new().failure(&["--platform", "linux/s390x", &source(&server, "multi")]);
    assert!(said.contains("no image for platform linux/s390x") && said.contains("`linux/arm64`"), "{said}");
}

#[test]
fn platforms_of_an_index_have_their_sizes() {
    let image = Image::of_layers("application/vnd.oci.image.layer.v1.tar+gzip");
    let answers = image.clone();
    let server = Server::start(move |request, _| answers.answer(request));
    let source = source(&server, "multi");
    let output = Program::new().run(&["inspect", "--platforms", "--format", "json", &source]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let sizes: Vec<_> = (document["platforms"].as_array().unwrap().iter())
        .map(|one| {
            (one["platform"].as_str().unwrap(), one["layers"].as_u64(), one["compressed_bytes"].as_u64())
        })
        .collect();
    let layer = image.blobs[&image.layer].len() as u64;
    // The registry lacks the manifest for arm64.
    assert_eq!(sizes, [("linux/amd64", Some(1), Some(layer)), ("linux/arm64", None, None)]);
    // The index, two manifests and a config, and no layer.
    assert_eq!(server.requests().len(), 4);
    assert!(server.requests().iter().all(|request| !request.path.ends_with(&image.layer)));
}

#[test]
fn a_web_page_is_no_manifest() {
    let page = |_: &Image, _: &Request, _| {
        Answer::new(200, b"<html>log in</html>").header("Content-Type", "text/html")
    };
    let (server, _) = registry(page);
    let said = Program::new().failure(&[&source(&server, "v1")]);
    assert!(said.contains("the answer is a web page") && !said.contains("blobs/"), "{said}");
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_token_server_that_cannot_be_reached_is_named() {
    let (server, _) = registry(|_, _, _| {
        let challenge = r#"Bearer realm="http://tokens.invalid/token",service="x""#;
        Answer::new(401, b"").header("WWW-Authenticate", challenge)
    });
    let said = Program::new().failure(&[&source(&server, "v1")]);
    assert!(said.contains("no token from its token server `tokens.invalid`"), "{said}");
    assert!(said.contains("check the name `tokens.invalid`"), "{said}");
}

#[test]
fn nobody_listening_is_no_reason_to_wait() {
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let start = Instant::now();
    let said = Program::new().failure(&[&format!("docker://{address}/a/b")]);
    assert!(said.contains("refused") && said.contains(&address.to_string()), "{said}");
    assert!(start.elapsed().as_secs() < 3);
}

#[test]
fn a_bare_name_is_looked_up_last_of_all_in_a_registry() {
    let (server, _) = registry(|image, request, _| image.answer(request));
    let name = format!("{}/team/app:v1", server.address);
    let output = Program::new().run(&["inspect", &name]);
    assert!(output.status.success());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains(&format!("docker://{name}")), "{said}");
    let said = Program::new().failure(&["--offline", &name]);
    assert!(said.contains("--offline"), "{said}");
    Program::new().failure(&["--offline", &format!("docker://{name}")]);
    assert_eq!(server.requests().len(), 3);
}

#[test]
fn a_path_is_never_looked_up() {
    let said = Program::new().failure(&["./no/such/image"]);
    assert!(said.contains("cannot read `./no/such/image`"), "{said}");
    let said = Program::new().failure(&["no-such-image.tar"]);
    assert!(said.contains("cannot read `no-such-image.tar`"), "{said}");
}
