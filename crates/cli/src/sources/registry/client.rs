//! Requests to a registry: asked again when it is busy or hangs up, with a password or a token when it wants one.

use std::io::{self, Read};
use std::net::IpAddr;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use plimsoll_report::format::one_line;
use plimsoll_snapshot::Digest;
use serde::Deserialize;
use ureq::http::{HeaderName, Response, StatusCode, Uri, header};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, Body};

use super::challenge::{self, Challenge, escape};
use super::credentials::{self, Credentials};
use crate::printer::Printer;
use crate::sources::reference::{DOCKER_HUB, Reference};

/// A repository of a registry (distribution-spec, "Pull").
pub(crate) struct Client<'a> {
    agent: Agent,
    printer: &'a Printer,
    host: String,
    /// `https://host`.
    origin: String,
    repository: String,
    credentials: credentials::Found,
    /// The `Authorization` header that was accepted last. It is sent to no other host.
    authorization: Mutex<Option<String>>,
}

/// Why a registry did not give what it was asked for.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error("it is not there")]
    NotFound,
    #[error("access was denied{said}")]
    Denied { said: Said, is_anonymous: bool, trouble: Option<String> },
    #[error("there were too many requests{said}")]
    TooMany { said: Said, wait: Option<Duration> },
    #[error("the answer was {status}{said}")]
    Status { status: StatusCode, said: Said },
    #[error("{}", describe(.0))]
    Transport(ureq::Error),
    #[error("the answer cannot be followed: {0}")]
    Answer(String),
}

/// What a server says of an error; nothing if it says nothing.
#[derive(Debug, Default)]
pub(crate) struct Said(Option<String>);

impl std::fmt::Display for Said {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|said| write!(out, ": {said}"))
    }
}

const MANIFESTS: &str = "application/vnd.oci.image.index.v1+json, \
    application/vnd.docker.distribution.manifest.list.v2+json, \
    application/vnd.oci.image.manifest.v1+json, \
    application/vnd.docker.distribution.manifest.v2+json";

/// The digest of a manifest that was asked for by its tag.
const CONTENT_DIGEST: HeaderName = HeaderName::from_static("docker-content-digest");

/// How long to go on asking.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const TRIES: u32 = 5;
/// The longest pause a registry may ask for.
pub(crate) const LONGEST_PAUSE: Duration = Duration::from_secs(60);
const WORTH_A_NOTE: Duration = Duration::from_secs(3);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
/// A connection that says nothing for so long is given up, and taken up again.
const SILENCE: Duration = Duration::from_secs(60);
const REDIRECTS: usize = 5;

/// The pauses between the tries of one request: each twice as long as the one before.
#[derive(Default)]
pub(crate) struct Patience {
    tries: u32,
    is_resuming: bool,
}

impl Patience {
    /// For one that has answered before: it may be starting anew.
    pub(crate) fn resuming() -> Self {
        Self { tries: 0, is_resuming: true }
    }

    /// The pause before the next try, or the failure if there is to be none.
    fn pause(&mut self, failure: Failure) -> Result<Duration, Failure> {
        self.tries += 1;
        let pause = match &failure {
            Failure::TooMany { wait: Some(wait), .. } => *wait,
            _ => FIRST_PAUSE * 2_u32.pow(self.tries.min(TRIES) - 1),
        };
        let is_over = self.tries >= TRIES || pause > LONGEST_PAUSE;
        if is_over || !failure.is_passing(self.is_resuming) { Err(failure) } else { Ok(pause) }
    }
}

impl Failure {
    /// Whether the other side could not prove who it is, or does not speak TLS.
    pub(crate) fn is_about_tls(&self) -> bool {
        match self {
            Self::Transport(ureq::Error::Io(error)) => error.kind() == io::ErrorKind::InvalidData,
            Self::Transport(ureq::Error::Rustls(_) | ureq::Error::Tls(_)) => true,
            _ => false,
        }
    }

    /// Whether it may be different the next time.
    fn is_passing(&self, has_answered: bool) -> bool {
        match self {
            Self::TooMany { .. } => true,
            Self::Status { status, .. } => status.is_server_error() || *status == StatusCode::REQUEST_TIMEOUT,
            Self::Transport(ureq::Error::Io(error)) => match error.kind() {
                io::ErrorKind::ConnectionReset
                | io::ErrorKind::ConnectionAborted
                | io::ErrorKind::BrokenPipe
                | io::ErrorKind::UnexpectedEof
                | io::ErrorKind::TimedOut => true,
                // What is wrong with a certificate stays wrong.
                io::ErrorKind::InvalidData => false,
                // Nobody listens, or there is no such name: at first that is a mistake, later it may pass.
                _ => has_answered,
            },
            Self::Transport(ureq::Error::Timeout(_) | ureq::Error::ConnectionFailed) => true,
            _ => false,
        }
    }
}

fn describe(error: &ureq::Error) -> String {
    match error {
        ureq::Error::Io(error) => error.to_string(),
        ureq::Error::Timeout(_) => "there was no answer in time".to_owned(),
        // Addresses are not shown: those of blobs are signed, and so a kind of password.
        ureq::Error::BadUri(_) => "it leads to an address that is not valid".to_owned(),
        ureq::Error::RequireHttpsOnly(_) => "it leads to a place without TLS".to_owned(),
        error => error.to_string(),
    }
}

/// Whether a registry is spoken to without TLS: on this machine, or where the user says so.
pub(crate) fn is_plain(host: &str, insecure: &[String]) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => name,
        _ => host,
    };
    let address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    name == "localhost"
        || address.is_ok_and(|address| address.is_loopback())
        || insecure.iter().any(|insecure| insecure == host || insecure == name)
}

impl<'a> Client<'a> {
    pub(crate) fn new(reference: &Reference, insecure: &[String], printer: &'a Printer) -> Self {
        let is_plain = is_plain(&reference.host, insecure);
        let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build();
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            .https_only(!is_plain)
            // Redirects are followed here, since the header must not go along to another port either.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .user_agent(concat!("plimsoll/", env!("CARGO_PKG_VERSION")))
            .timeout_connect(Some(CONNECT_TIMEOUT))
            .timeout_per_read(Some(SILENCE))
            .tls_config(tls);
        if is_plain {
            config = config.proxy(None);
        }
        let host = if reference.host == DOCKER_HUB { "registry-1.docker.io" } else { &reference.host };
        Self {
            agent: config.build().into(),
            printer,
            host: reference.host.clone(),
            origin: format!("{}://{host}", if is_plain { "http" } else { "https" }),
            repository: reference.repository.clone(),
            credentials: credentials::find(reference),
            authorization: Mutex::new(None),
        }
    }

    /// Gets something of the repository: `manifests/latest`, `blobs/sha256:…`; from an offset on, if that is not 0.
    pub(crate) fn get(&self, what: &str, accept: &str, offset: u64) -> Result<Response<Body>, Failure> {
        let url = format!("{}/v2/{}/{what}", self.origin, self.repository);
        let mut patience = Patience::default();
        let mut has_logged_in = false;
        loop {
            let authorization = self.authorization.lock().expect("nobody panics with it").clone();
            let failure = match self.follow(&url, accept, offset, authorization.as_deref()) {
                Ok(response) if response.status().is_success() => return Ok(response),
                Ok(response) if response.status() == StatusCode::UNAUTHORIZED && !has_logged_in => {
                    has_logged_in = true;
                    let authorization = self.log_in(response)?;
                    *self.authorization.lock().expect("nobody panics with it") = Some(authorization);
                    continue;
                }
                Ok(response) => self.failure(response),
                Err(failure) => failure,
            };
            self.wait(&mut patience, failure)?;
        }
    }

    /// Gets a whole document, or the start of one that is longer than the limit, and the digest it is promised to have.
    pub(crate) fn document(&self, what: &str, limit: u64) -> Result<(Vec<u8>, Option<Digest>), Failure> {
        let mut patience = Patience::default();
        loop {
            let response = self.get(what, MANIFESTS, 0)?;
            let promised = text_header(&response, &CONTENT_DIGEST).and_then(|text| Digest::parse(text).ok());
            let mut bytes = Vec::new();
            match response.into_body().into_reader().take(limit).read_to_end(&mut bytes) {
                Ok(_) => return Ok((bytes, promised)),
                Err(error) => self.wait(&mut patience, Failure::Transport(error.into()))?,
            }
        }
    }

    /// Waits before the next try, or gives the failure back if there is to be none.
    pub(crate) fn wait(&self, patience: &mut Patience, failure: Failure) -> Result<(), Failure> {
        let why = failure.to_string();
        let pause = patience.pause(failure)?;
        if pause >= WORTH_A_NOTE {
            self.printer.note(&format!("note: waiting {} s for `{}`: {why}", pause.as_secs(), self.host));
        }
        thread::sleep(pause);
        Ok(())
    }

    /// Sends a request, to where it is sent on to as well.
    fn follow(
        &self,
        url: &str,
        accept: &str,
        offset: u64,
        authorization: Option<&str>,
    ) -> Result<Response<Body>, Failure> {
        let mut url = url.to_owned();
        for _ in 0..REDIRECTS {
            let mut request = self.agent.get(&url).header(header::ACCEPT, accept);
            if let Some(authorization) = authorization.filter(|_| origin(&url) == self.origin) {
                request = request.header(header::AUTHORIZATION, authorization);
            }
            if offset > 0 {
                request = request.header(header::RANGE, format!("bytes={offset}-"));
            }
            let mut response = request.call().map_err(Failure::Transport)?;
            if !response.status().is_redirection() {
                return Ok(response);
            }
            // A connection can be used again once the end was seen.
            let _ = io::copy(&mut response.body_mut().as_reader().take(16 << 10), &mut io::sink());
            let location = text_header(&response, &header::LOCATION).unwrap_or_default();
            url = match location {
                to if to.starts_with("https://") || to.starts_with("http://") => to.to_owned(),
                to if to.starts_with('/') && !to.starts_with("//") => format!("{}{to}", origin(&url)),
                _ => return Err(Failure::Answer(format!("{} without an address", response.status()))),
            };
        }
        Err(Failure::Answer("it is sent on and on".to_owned()))
    }

    /// Gets what has to be shown to be let in.
    fn log_in(&self, response: Response<Body>) -> Result<String, Failure> {
        let offered = response.headers().get_all(header::WWW_AUTHENTICATE);
        let challenge = challenge::choose(offered.iter().filter_map(|value| value.to_str().ok()));
        match (challenge, &self.credentials.credentials) {
            (Some(Challenge::Basic), Some(Credentials::Password { user, password })) => {
                Ok(Credentials::basic(user, password))
            }
            (Some(Challenge::Bearer { realm, service }), credentials) => {
                self.token(&realm, service.as_deref(), credentials.as_ref())
            }
            _ => Err(self.failure(response)),
        }
    }

    /// Gets a token for pulling from this repository, and for nothing else, whatever the registry asks for.
    fn token(
        &self,
        realm: &str,
        service: Option<&str>,
        credentials: Option<&Credentials>,
    ) -> Result<String, Failure> {
        #[derive(Deserialize)]
        struct Answer {
            token: Option<String>,
            access_token: Option<String>,
        }
        let is_safe = realm.starts_with("https://")
            || (self.origin.starts_with("http://") && realm.starts_with("http://"));
        if !is_safe {
            return Err(Failure::Answer("it asks for a token from a place without TLS".to_owned()));
        }
        let scope = escape(&format!("repository:{}:pull", self.repository));
        let service = service.map(|service| format!("&service={}", escape(service))).unwrap_or_default();
        let send = || match credentials {
            Some(Credentials::IdentityToken(token)) => {
                let token = escape(token);
                let form = format!(
                    "grant_type=refresh_token&client_id=plimsoll&scope={scope}{service}&refresh_token={token}"
                );
                let request = self.agent.post(realm);
                request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").send(form)
            }
            credentials => {
                let separator = if realm.contains('?') { '&' } else { '?' };
                let request = self.agent.get(format!("{realm}{separator}scope={scope}{service}"));
                match credentials {
                    Some(Credentials::Password { user, password }) => {
                        request.header(header::AUTHORIZATION, Credentials::basic(user, password)).call()
                    }
                    _ => request.call(),
                }
            }
        };
        let mut patience = Patience::default();
        let mut response = loop {
            let failure = match send() {
                Ok(response) if response.status().is_success() => break response,
                Ok(response) => self.failure(response),
                Err(error) => Failure::Transport(error),
            };
            self.wait(&mut patience, failure)?;
        };
        let mut text = Vec::new();
        let reader = response.body_mut().as_reader();
        reader.take(1 << 20).read_to_end(&mut text).map_err(|error| Failure::Transport(error.into()))?;
        let answer: Option<Answer> = serde_json::from_slice(&text).ok();
        let token = answer.and_then(|answer| answer.token.or(answer.access_token));
        // What is no valid header value would stop the request with a message that quotes it.
        match token.filter(|token| token.bytes().all(|byte| byte.is_ascii_graphic())) {
            Some(token) => Ok(format!("Bearer {token}")),
            None => Err(Failure::Answer("it gives no token".to_owned())),
        }
    }

    fn failure(&self, mut response: Response<Body>) -> Failure {
        let status = response.status();
        let wait = text_header(&response, &header::RETRY_AFTER).and_then(|text| text.trim().parse().ok());
        let said = said(response.body_mut());
        match status {
            StatusCode::NOT_FOUND => Failure::NotFound,
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Failure::Denied {
                said,
                is_anonymous: self.credentials.credentials.is_none(),
                trouble: self.credentials.trouble.clone(),
            },
            StatusCode::TOO_MANY_REQUESTS => Failure::TooMany { said, wait: wait.map(Duration::from_secs) },
            status => Failure::Status { status, said },
        }
    }
}

/// Scheme, host and port.
fn origin(url: &str) -> String {
    let Ok(uri) = url.parse::<Uri>() else { return String::new() };
    let authority = uri.authority().map(|authority| match authority.port() {
        Some(port) => format!("{}:{port}", authority.host()),
        None => authority.host().to_owned(),
    });
    format!("{}://{}", uri.scheme_str().unwrap_or_default(), authority.unwrap_or_default())
}

pub(crate) fn text_header<'a>(response: &'a Response<Body>, name: &HeaderName) -> Option<&'a str> {
    response.headers().get(name)?.to_str().ok()
}

/// The message in an error (distribution-spec, "Error Codes").
fn said(body: &mut Body) -> Said {
    #[derive(Deserialize)]
    struct Errors {
        #[serde(default)]
        errors: Vec<Message>,
        details: Option<String>,
    }
    #[derive(Deserialize)]
    struct Message {
        message: Option<String>,
    }
    let mut text = Vec::new();
    // Whatever cannot be read of it was only an explanation.
    let _ = body.as_reader().take(16 << 10).read_to_end(&mut text);
    let errors: Option<Errors> = serde_json::from_slice(&text).ok();
    let message = errors.and_then(|errors| {
        let message = errors.errors.into_iter().find_map(|error| error.message);
        message.or(errors.details).filter(|message| !message.is_empty())
    });
    Said(message.map(|message| one_line(&message.chars().take(200).collect::<String>())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_spoken_to_without_tls() {
        let insecure = ["registry.lan:5000".to_owned(), "box".to_owned()];
        for host in
            ["localhost", "localhost:5000", "127.0.0.1:5000", "[::1]:5000", "registry.lan:5000", "box:1"]
        {
            assert!(is_plain(host, &insecure), "{host}");
        }
        for host in ["docker.io", "registry.lan", "localhost.example", "127.0.0.1.example", "10.0.0.1:5000"] {
            assert!(!is_plain(host, &insecure), "{host}");
        }
    }

    #[test]
    fn another_port_is_another_origin() {
        assert_eq!(origin("http://127.0.0.1:5000/v2/?a=b"), "http://127.0.0.1:5000");
        assert_ne!(origin("https://a.example:444/x"), origin("https://a.example/x"));
        assert_eq!(origin("https://user@a.example/x"), "https://a.example");
    }
}
