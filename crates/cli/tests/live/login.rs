//! Where logins go: to the registry and its own token server, whatever redirects and challenges say.

use std::sync::{Arc, OnceLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::image::{FILE, Image};
use crate::program::Program;
use crate::server::{Answer, Server};
use crate::tls::Network;

const PASSWORD: &str = "PLANTED-PASSWORD";
const IDENTITY: &str = "PLANTED-IDENTITY";

/// A login by password, and one by an identity token.
fn logins(host: &str) -> [Value; 2] {
    let auth = STANDARD.encode(format!("ada:{PASSWORD}"));
    [json!({"auths": {host: {"auth": auth}}}), json!({"auths": {host: {"identitytoken": IDENTITY}}})]
}

fn redirect(to: &str) -> Answer {
    Answer::new(307, b"").header("Location", to)
}

fn challenge(text: &str) -> Answer {
    Answer::new(401, b"").header("WWW-Authenticate", text)
}

/// Fails if anything of a login is in what a server was asked.
fn check_nothing_leaked(server: &Server) {
    for request in server.requests() {
        assert_eq!(request.header("authorization"), None, "{request:?}");
        let all = format!("{request:?}");
        assert!(!all.contains("PLANTED") && !all.contains(&STANDARD.encode(PASSWORD)), "{all}");
    }
}

/// A server that asks for a login in some way, whatever it is asked.
fn greedy(scheme: &'static str) -> Server {
    Server::start(move |request, _| match scheme {
        _ if request.path.starts_with("/token") => Answer::new(200, br#"{"token": "t"}"#),
        "Basic" => challenge("Basic realm=\"x\""),
        _ => {
            let host = request.header("host").unwrap();
            challenge(&format!("Bearer realm=\"http://{host}/token\",service=\"x\""))
        }
    })
}

#[test]
fn a_host_that_is_redirected_to_gets_no_login() {
    for scheme in ["Basic", "Bearer"] {
        for which in [0, 1] {
            let elsewhere = greedy(scheme);
            let address = elsewhere.address;
            let image = Image::new();
            let server = Server::start(move |request, _| match request.path.contains("/blobs/") {
                true => redirect(&format!("http://{address}{}", request.path)),
                false => image.answer(request),
            });
            let host = server.address.to_string();
            let program = Program::new().docker_config(&logins(&host)[which]);
            let said = program.failure(&[&format!("docker://{host}/team/app:v1")]);
            assert!(said.contains(&format!("redirects to `{address}`")), "{said}");
            assert!(elsewhere.requests().iter().all(|request| !request.path.starts_with("/token")));
            check_nothing_leaked(&elsewhere);
            check_nothing_leaked(&server);
        }
    }
}

#[test]
fn a_manifest_that_is_elsewhere_is_read_without_a_login() {
    let image = Image::new();
    let there = image.clone();
    let elsewhere = Server::start(move |request, _| there.answer(request));
    let address = elsewhere.address;
    let server = Server::start(move |request, _| redirect(&format!("http://{address}{}", request.path)));
    let host = server.address.to_string();
    let program = Program::new().docker_config(&logins(&host)[0]);
    let read = program.inspect(&format!("docker://{host}/team/app:v1"));
    assert_eq!(read["images"][0]["size_bytes"], FILE);
    check_nothing_leaked(&elsewhere);
}

#[test]
fn another_name_of_the_same_host_is_another_host() {
    let image = Image::new();
    let server = Server::start(move |request, _| {
        let host = request.header("host").unwrap();
        match host.strip_prefix("127.0.0.1") {
            // The registry wants a password, and gives its blobs under another name.
            Some(_) if request.header("authorization").is_none() => challenge("Basic realm=\"x\""),
            Some(port) if request.path.contains("/blobs/") => {
                redirect(&format!("http://localhost{port}{}", request.path))
            }
            _ => image.answer(request),
        }
    });
    let host = server.address.to_string();
    let program = Program::new().docker_config(&logins(&host)[0]);
    program.inspect(&format!("docker://{host}/team/app:v1"));
    let (own, other): (Vec<_>, Vec<_>) = server
        .requests()
        .into_iter()
        .partition(|request| request.header("host").unwrap().starts_with("127.0.0.1"));
    assert!(own.iter().any(|request| request.header("authorization").is_some()));
    assert_eq!(other.len(), 2);
    assert!(other.iter().all(|request| request.header("authorization").is_none()));
}

#[test]
fn on_the_way_back_a_login_is_not_shown_again() {
    let back: Arc<OnceLock<String>> = Arc::default();
    let to = Arc::clone(&back);
    let elsewhere = Server::start(move |_, _| redirect(to.get().unwrap()));
    let address = elsewhere.address;
    let image = Image::new();
    let server = Server::start(move |request, _| {
        if request.path == "/back" {
            return challenge("Basic realm=\"x\"");
        }
        if request.header("authorization").is_none() {
            return challenge("Basic realm=\"x\"");
        }
        match request.path.contains("/blobs/") {
            true => redirect(&format!("http://{address}/away")),
            false => image.answer(request),
        }
    });
    let host = server.address.to_string();
    back.set(format!("http://{host}/back")).unwrap();
    let program = Program::new().docker_config(&logins(&host)[0]);
    let said = program.failure(&[&format!("docker://{host}/team/app:v1")]);
    assert!(said.contains("gets no login"), "{said}");
    let shown = server.requests().into_iter().filter(|request| request.path == "/back");
    assert!(shown.map(|request| request.header("authorization").is_none()).eq([true]));
    check_nothing_leaked(&elsewhere);
}

#[test]
fn redirects_without_end_are_not_followed() {
    let server = Server::start(|request, _| redirect(&format!("{}x", request.path)));
    let said = Program::new().failure(&[&format!("docker://{}/team/app:v1", server.address)]);
    assert!(said.contains("redirects again and again"), "{said}");
    assert_eq!(server.requests().len(), 5);
}

#[test]
fn a_redirect_to_a_metadata_service_or_with_a_login_is_not_followed() {
    for to in [
        "http://169.254.169.254/latest/meta-data",
        "http://[::ffff:169.254.169.254]/",
        "http://0.0.0.0:1/",
        "http://ada:S3CRET@127.0.0.1:1/",
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "http://[",
    ] {
        let server = Server::start(move |_, _| redirect(to));
        let said = Program::new().failure(&[&format!("docker://{}/team/app:v1", server.address)]);
        assert!(!said.contains("S3CRET") && !said.contains("meta-data"), "{said}");
        assert_eq!(server.requests().len(), 1, "{said}");
    }
}

#[test]
fn a_password_does_not_follow_the_redirect_of_a_token_server() {
    for which in [0, 1] {
        let elsewhere = greedy("Basic");
        let address = elsewhere.address;
        let server = Server::start(move |request, _| {
            if request.path.starts_with("/token") {
                return redirect(&format!("http://{address}/token?sig=S1GNED"));
            }
            challenge(&format!("Bearer realm=\"http://{}/token\"", request.header("host").unwrap()))
        });
        let host = server.address.to_string();
        let program = Program::new().docker_config(&logins(&host)[which]);
        let said = program.failure(&[&format!("docker://{host}/team/app:v1")]);
        assert!(said.contains("token server redirects (307") && !said.contains("S1GNED"), "{said}");
        assert!(elsewhere.requests().is_empty());
    }
}

#[test]
fn a_token_server_on_another_port_gets_a_login_only_if_the_user_says_so() {
    let tokens = Server::start(|_, _| Answer::new(200, br#"{"token": "good"}"#));
    let address = tokens.address;
    let image = Image::new();
    let server = Server::start(move |request, _| match request.header("authorization") {
        Some("Bearer good") => image.answer(request),
        _ => challenge(&format!("Bearer realm=\"http://{address}/token\"")),
    });
    let host = server.address.to_string();
    let source = format!("docker://{host}/team/app:v1");
    for login in logins(&host) {
        let said = Program::new().docker_config(&login).failure(&[&source]);
        assert!(said.contains("nothing was sent") && said.contains("--token-server"), "{said}");
    }
    assert!(tokens.requests().is_empty());
    // Without a login there is nothing to lose.
    Program::new().inspect(&source);
    check_nothing_leaked(&tokens);
    let program = Program::new().docker_config(&logins(&host)[0]);
    let trusted = format!("{host}={address}");
    let output = program.run(&["inspect", "--token-server", &trusted, &source]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(tokens.requests().last().unwrap().header("authorization").is_some());
}

#[test]
fn a_token_that_is_no_token_is_refused() {
    let long = format!("{{\"token\": \"{}\"}}", "x".repeat(100_000));
    let endless = format!("{{\"token\": \"{}\"}}", "x".repeat(2 << 20));
    let answers = [
        (r#"{"token": "S3CRET\r\nX-Evil: 1"}"#.to_owned(), "gives no token"),
        (r#"{"token": "S3CRET\u00e9"}"#.to_owned(), "gives no token"),
        (r#"{"token": ""}"#.to_owned(), "gives no token"),
        ("S3CRET".to_owned(), "gives no token"),
        (long, "longer than 64 KiB"),
        (endless, "gives no token"),
    ];
    for (answer, expected) in answers {
        let server = Server::start(move |request, _| match request.path.starts_with("/token") {
            true => Answer::new(200, answer.as_bytes()),
            false => challenge(&format!("Bearer realm=\"http://{}/token\"", request.header("host").unwrap())),
        });
        let said = Program::new().failure(&[&format!("docker://{}/team/app:v1", server.address)]);
        assert!(said.contains(expected) && !said.contains("S3CRET"), "{said}");
        assert!(said.len() < 1000);
    }
}

#[test]
fn messages_hold_no_signed_address_and_nothing_of_a_login() {
    let server = Server::start(|request, _| {
        let sent = request.header("authorization").unwrap_or_default().replace("Basic ", "");
        if sent.is_empty() {
            return challenge("Basic realm=\"x\"");
        }
        let message = format!("no: {sent} https://u:S3CRET@cdn.example/x?X-Amz-Signature=S1GNED {PASSWORD}");
        Answer::new(403, json!({"errors": [{"message": message}]}).to_string().as_bytes())
    });
    let host = server.address.to_string();
    let said =
        Program::new().docker_config(&logins(&host)[0]).failure(&[&format!("docker://{host}/team/app:v1")]);
    assert!(said.contains("access was denied: no: … https://cdn.example/…"), "{said}");
    for secret in ["S3CRET", "S1GNED", PASSWORD] {
        assert!(!said.contains(secret), "{said}");
    }
}

/// A registry with TLS, whose token server is announced at an address.
fn wary(network: &Network, place: &str, realm: &'static str) -> Server {
    let image = Image::new();
    network.host(place, move |request, _| match request.header("authorization") {
        Some("Bearer good") => image.answer(request),
        _ => challenge(&format!("Bearer realm=\"{realm}\",service=\"x\"")),
    })
}

fn tokens(network: &Network, place: &str) -> Server {
    network.host(place, |_, _| Answer::new(200, br#"{"token": "good"}"#))
}

#[test]
fn over_tls_a_token_server_of_the_same_site_gets_the_login() {
    for (place, realm, server) in [
        ("registry.shop.com:443", "https://auth.shop.com/token", "auth.shop.com:443"),
        ("gitlab.shop.com:5050", "https://gitlab.shop.com/jwt/auth", "gitlab.shop.com:443"),
    ] {
        let network = Network::new();
        let _registry = wary(&network, place, realm);
        let tokens = tokens(&network, server);
        let host = place.trim_end_matches(":443");
        for login in logins(host) {
            let program = network.program().docker_config(&login);
            program.inspect(&format!("docker://{host}/team/app:v1"));
        }
        assert!(format!("{:?}", tokens.requests()).contains(IDENTITY));
    }
}

#[test]
fn over_tls_another_site_gets_no_login() {
    let network = Network::new();
    let _registry = wary(&network, "registry.shop.com:443", "https://auth.evil.net/token");
    let evil = tokens(&network, "auth.evil.net:443");
    let source = "docker://registry.shop.com/team/app:v1";
    for login in logins("registry.shop.com") {
        let said = network.program().docker_config(&login).failure(&[source]);
        assert!(said.contains("token server `auth.evil.net`, which is another site"), "{said}");
    }
    assert!(evil.requests().is_empty());
    network.program().inspect(source);
    check_nothing_leaked(&evil);
}

#[test]
fn over_tls_nothing_goes_where_there_is_none() {
    let network = Network::new();
    let plain = Server::start(|_, _| Answer::new(200, br#"{"token": "good"}"#));
    network.lead("auth.shop.com:80", plain.address);
    network.lead("cdn.shop.com:80", plain.address);
    let _registry = wary(&network, "registry.shop.com:443", "http://auth.shop.com/token");
    let program = network.program().docker_config(&logins("registry.shop.com")[0]);
    let said = program.failure(&["docker://registry.shop.com/team/app:v1"]);
    assert!(said.contains("token server without TLS"), "{said}");
    let _other = network.host("other.shop.com:443", |_, _| redirect("http://cdn.shop.com/x?sig=S1GNED"));
    let said = network.program().failure(&["docker://other.shop.com/team/app:v1"]);
    assert!(said.contains("redirects to a place without TLS") && !said.contains("S1GNED"), "{said}");
    assert!(plain.requests().is_empty());
}

#[test]
fn over_tls_redirects_to_other_hosts_and_ports_and_back_get_no_login() {
    let network = Network::new();
    let image = Image::new();
    let blobs = image.clone();
    let registry = network.host("registry.shop.com:443", move |request, _| {
        if request.path.starts_with("/back") {
            return challenge("Basic realm=\"x\"");
        }
        match request.header("authorization") {
            None => challenge("Basic realm=\"x\""),
            Some(_) if request.path.ends_with(&image.layer) => redirect("https://cdn.evil.net/away"),
            Some(_) if request.path.contains("/blobs/") => {
                redirect(&format!("https://registry.shop.com:8443{}", request.path))
            }
            Some(_) => image.answer(request),
        }
    });
    let port = network.host("registry.shop.com:8443", move |request, _| blobs.answer(request));
    let evil = network.host("cdn.evil.net:443", |_, _| redirect("https://registry.shop.com/back"));
    let program = network.program().docker_config(&logins("registry.shop.com")[0]);
    let said = program.failure(&["docker://registry.shop.com/team/app:v1"]);
    assert!(said.contains("gets no login"), "{said}");
    assert_eq!((port.requests().len(), evil.requests().len()), (1, 1));
    check_nothing_leaked(&port);
    check_nothing_leaked(&evil);
    let back = registry.requests().into_iter().filter(|request| request.path == "/back");
    assert!(back.map(|request| request.header("authorization").is_none()).eq([true]));
}

#[test]
fn over_tls_a_redirect_does_not_lead_to_this_machine() {
    let network = Network::new();
    let local = Server::start(|_, _| Answer::new(200, b"{}"));
    let to = format!("https://127.0.0.1:{}/admin", local.address.port());
    let _registry = network.host("registry.shop.com:443", move |_, _| redirect(&to));
    let said = network.program().failure(&["docker://registry.shop.com/team/app:v1"]);
    assert!(said.contains("this machine") && !said.contains("admin"), "{said}");
    assert!(local.requests().is_empty());
}

#[test]
fn the_name_of_a_host_is_the_same_in_any_case() {
    let network = Network::new();
    let image = Image::new();
    let registry =
        network.host("registry.shop.com:443", move |request, _| match request.header("authorization") {
            Some("Bearer good") => image.answer(request),
            _ if request.path.starts_with("/token") => Answer::new(200, br#"{"token": "good"}"#),
            _ => challenge("Bearer realm=\"https://Registry.SHOP.com:443/token\""),
        });
    let program = network.program().docker_config(&logins("registry.shop.com")[0]);
    program.inspect("docker://Registry.Shop.Com/team/app:v1");
    let token = registry.requests().into_iter().find(|request| request.path.starts_with("/token")).unwrap();
    assert!(token.header("authorization").is_some());
}
