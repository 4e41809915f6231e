//! Servers that send a little, for ever. They would never end a test: the program has to.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use crate::image::Image;
use crate::program::Program;
use crate::server::{Answer, Server};

/// Quick to judge: a second, and a rate that a piece of a few bytes every 20 ms is far from.
const LIMITS: [&str; 4] = ["--limit-slow-seconds", "1", "--limit-slow-rate", "100000"];

/// A server that sends the start of an answer, and then the same piece without end.
struct Drip {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
}

fn drip<S: Read + Write>(mut stream: S, start: &str, piece: &str) {
    let mut request = [0; 4096];
    let _ = stream.read(&mut request);
    go_on(stream, start.as_bytes(), piece);
}

fn go_on<S: Write>(mut stream: S, start: &[u8], piece: &str) {
    let mut result = stream.write_all(start);
    // It ends with the connection.
    while result.is_ok() {
        result = stream.write_all(piece.as_bytes()).and_then(|()| stream.flush());
        thread::sleep(Duration::from_millis(20));
    }
}

impl Drip {
    fn start(start: &'static str, piece: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&connections);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                count.fetch_add(1, Ordering::SeqCst);
                thread::spawn(move || drip(stream, start, piece));
            }
        });
        Self { address, connections }
    }
}

const OK: &str = "HTTP/1.1 200 OK\r\n";
const LONG: &str = "HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n";
const CHUNKED: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
const DENIED: &str = "HTTP/1.1 500 X\r\nContent-Length: 10000\r\n\r\n";
const REDIRECT: &str = "HTTP/1.1 307 X\r\nLocation: /x\r\nContent-Length: 10000\r\n\r\n";

fn check(said: &str) {
    assert!(said.contains("less than 100000 bytes a second for 1 s"), "{said}");
}

#[test]
fn a_registry_that_drips_is_given_up_at_once() {
    for (start, piece) in [(LONG, " "), (OK, "X-A: b\r\n"), (CHUNKED, "1\r\n \r\n"), ("HTTP/1.1 200 ", "O")] {
        let drip = Drip::start(start, piece);
        let source = format!("docker://{}/a/b", drip.address);
        check(&Program::new().failure(&[&LIMITS[..], &[&source]].concat()));
        assert_eq!(drip.connections.load(Ordering::SeqCst), 1, "{start}");
    }
}

#[test]
fn what_is_sent_beside_the_content_is_measured_too() {
    // The text of an error, and the page of a redirect, are no reason to wait again and again.
    for start in [DENIED, REDIRECT] {
        let drip = Drip::start(start, " ");
        let source = format!("docker://{}/a/b", drip.address);
        check(&Program::new().failure(&[&LIMITS[..], &[&source]].concat()));
        assert_eq!(drip.connections.load(Ordering::SeqCst), 1, "{start}");
    }
}

#[test]
fn a_blob_and_a_token_that_drip_are_given_up() {
    let drip = Drip::start(LONG, " ");
    let address = drip.address;
    let image = Image::new();
    let server = Server::start(move |request, _| match request.path.ends_with(&image.layer) {
        true => Answer::new(307, b"").header("Location", &format!("http://{address}/blob")),
        false => image.answer(request),
    });
    let source = format!("docker://{}/team/app:v1", server.address);
    check(&Program::new().failure(&[&LIMITS[..], &[&source]].concat()));
    let server = Server::start(move |_, _| {
        Answer::new(401, b"").header("WWW-Authenticate", &format!("Bearer realm=\"http://{address}/token\""))
    });
    let source = format!("docker://{}/team/app:v1", server.address);
    check(&Program::new().failure(&[&LIMITS[..], &[&source]].concat()));
    assert_eq!(drip.connections.load(Ordering::SeqCst), 2);
}

#[test]
fn headers_without_number_and_of_any_length_are_refused() {
    let many = "X-A: b\r\n".repeat(1000);
    let long = format!("X-A: {}\r\n", "b".repeat(200_000));
    for headers in [many, long] {
        let (start, piece): (&'static str, &'static str) =
            (Box::leak(format!("{OK}{headers}\r\n").into_boxed_str()), " ");
        let drip = Drip::start(start, piece);
        let said = Program::new().failure(&[&format!("docker://{}/a/b", drip.address)]);
        assert!(
            said.contains("not valid HTTP") || said.contains("header of its answer is too large"),
            "{said}"
        );
    }
}

#[test]
fn a_registry_that_is_always_busy_is_asked_a_few_times() {
    let server = Server::start(|_, _| Answer::new(429, b"").header("Retry-After", "0"));
    let said = Program::new().failure(&[&format!("docker://{}/a/b", server.address)]);
    assert!(said.contains("too many requests"), "{said}");
    assert_eq!(server.requests().len(), 5);
}

#[test]
fn an_engine_that_drips_is_given_up() {
    for (start, piece) in [(CHUNKED, "1\r\n \r\n"), (OK, "X-A: b\r\n")] {
        let drip = Drip::start(start, piece);
        let program = Program::new().variable("DOCKER_HOST", &format!("tcp://{}", drip.address));
        check(&program.failure(&[&LIMITS[..], &["docker-daemon:a"]].concat()));
    }
}

#[cfg(unix)]
#[test]
fn an_engine_that_drips_at_its_socket_is_given_up() {
    let program = Program::new();
    let socket = program.home.path().join("engine.sock");
    let listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            thread::spawn(move || drip(stream, CHUNKED, "1\r\n \r\n"));
        }
    });
    let program = program.variable("DOCKER_HOST", &format!("unix://{}", socket.display()));
    check(&program.failure(&[&LIMITS[..], &["docker-daemon:a"]].concat()));
}

#[test]
fn an_archive_of_an_engine_that_drips_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            thread::spawn(move || {
                let mut request = [0; 4096];
                let read = stream.read(&mut request).unwrap_or_default();
                if String::from_utf8_lossy(&request[..read]).contains("/get ") {
                    // The first header of a tar.
                    let tar = Image::new().archive();
                    let start = [CHUNKED.as_bytes(), b"200\r\n", &tar[..512], b"\r\n"].concat();
                    go_on(stream, &start, "1\r\na\r\n");
                } else {
                    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");
                }
            });
        }
    });
    let program = Program::new().variable("DOCKER_HOST", &format!("tcp://{address}"));
    check(&program.failure(&[&LIMITS[..], &["docker-daemon:a"]].concat()));
}
