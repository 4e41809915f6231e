//! Requests to a registry: asked again when it is busy or hangs up, sent on to where it redirects, with a login if it
//! wants one itself.

use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Mutex, OnceLock};
use std::thread;
use std::time::Duration;

use plimsoll_snapshot::Digest;
use serde::Deserialize;
use ureq::http::{HeaderName, Response, StatusCode, header};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::unversioned::transport::{Connector as _, DefaultConnector};
use ureq::{Agent, Body};
use url::Url;

use super::credentials;
use super::document::whole;
use super::failure::{Failure, Retries, Waiting, beside, said};
use super::reach::Guard;
use super::realm::{Pair, place};
use super::secret::Credentials;
use crate::options::Options;
use crate::printer::Printer;
use crate::sources::pace::{DOCUMENT, Pace, Paced};
use crate::sources::reference::{DOCKER_HUB, Reference};

/// A repository of a registry (distribution-spec, "Pull").
pub(crate) struct Client<'a> {
    pub(super) agent: Agent,
    pub(super) guard: Guard,
    printer: &'a Printer,
    pub(super) pace: Pace,
    reference: Reference,
    /// The registry as the user names it.
    pub(super) host: String,
    /// `https://host/`.
    pub(super) origin: Url,
    pub(super) repository: String,
    pub(super) token_servers: &'a [Pair],
    credentials: OnceLock<credentials::StoredLogin>,
    /// The `Authorization` header that was accepted last. It is sent to the origin alone.
    authorization: Mutex<Option<String>>,
    waiting: Mutex<Waiting>,
    has_noted_silence: AtomicBool,
    /// What a token is asked for: `pull`, or `pull,push`.
    pub(super) actions: &'static str,
    /// How much went over the network.
    pub(super) traffic: Traffic,
}

/// The requests that were sent, and the bytes of bodies in both directions.
#[derive(Debug, Default)]
pub(super) struct Traffic {
    requests: AtomicU64,
    bytes: AtomicU64,
}

impl Traffic {
    pub(super) fn request(&self) {
        self.requests.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn count(&self, bytes: usize) {
        self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// Requests and bytes.
    pub(super) fn sums(&self) -> (u64, u64) {
        (self.requests.load(Ordering::Relaxed), self.bytes.load(Ordering::Relaxed))
    }
}

/// What is asked for, and so how long it may take.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Size {
    Document,
    /// It may take so long.
    Blob(Duration),
}

const MANIFESTS: &str = "application/vnd.oci.image.index.v1+json, \
    application/vnd.docker.distribution.manifest.list.v2+json, \
    application/vnd.oci.image.manifest.v1+json, \
    application/vnd.docker.distribution.manifest.v2+json";

/// The digest of a manifest that was asked for by its tag.
const CONTENT_DIGEST: HeaderName = HeaderName::from_static("docker-content-digest");

/// How long a server may say nothing before it is worth a note.
const SILENCE: Duration = Duration::from_secs(5);
const WORTH_A_NOTE: Duration = Duration::from_secs(3);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);
const REDIRECTS: usize = 5;
/// The most tags that are asked for to find one with a similar name, and the most bytes they may take.
const TAGS: usize = 1000;
/// The most pages of tags.
const TAG_PAGES: usize = 50;
const TAGS_BYTES: u64 = 1 << 20;
/// The list of the repositories.
const CATALOG: &str = "/_catalog";

/// An answer, and the host that gave it if the registry did not give it itself.
struct Answered {
    response: Response<Body>,
    elsewhere: Option<String>,
}

/// Whether a registry is contacted over plain HTTP: on this machine, or where the user says so.
pub(crate) fn is_plain(host: &str, insecure: &[String]) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => name,
        _ => host,
    };
    let address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    name == "localhost"
        || address.is_ok_and(|address| address.is_loopback())
        || insecure
            .iter()
            .any(|insecure| insecure.eq_ignore_ascii_case(host) || insecure.eq_ignore_ascii_case(name))
}

impl<'a> Client<'a> {
    pub(crate) fn new(
        reference: &Reference,
        options: &'a Options,
        printer: &'a Printer,
    ) -> Result<Self, Failure> {
        let is_plain = is_plain(&reference.host, &options.insecure_registries);
        let host = if reference.host == DOCKER_HUB { "registry-1.docker.io" } else { &reference.host };
        let origin: Url = format!("{}://{host}/", if is_plain { "http" } else { "https" })
            .parse()
            .map_err(|_| Failure::Answer("its name is not a valid address".to_owned()))?;
        let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build();
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            .https_only(!is_plain)
            // Redirects are followed here, since a login must not go along, not even to another port.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .user_agent(concat!("plimsoll/", env!("CARGO_PKG_VERSION")))
            .timeout_resolve(Some(CONNECT_TIMEOUT))
            .timeout_connect(Some(CONNECT_TIMEOUT))
            // Until the whole header is there; the pace may be slower than this many small ones.
            .timeout_recv_response(Some(options.pace.start.saturating_add(options.pace.grace)))
            .timeout_per_call(Some(DOCUMENT))
            .tls_config(tls);
        if is_plain {
            config = config.proxy(None);
        }
        let allowed = options.blob_servers.iter().filter(|pair| pair.registry == reference.host);
        let guard = Guard::new(&origin, allowed.map(|pair| pair.other.clone()).collect());
        let connector = DefaultConnector::new().chain(Paced(options.pace));
        Ok(Self {
            agent: Agent::with_parts(config.build(), connector, guard.clone()),
            guard,
            printer,
            pace: options.pace,
            reference: reference.clone(),
            host: reference.host.clone(),
            origin,
            repository: reference.repository.clone(),
            token_servers: &options.token_servers,
            credentials: OnceLock::new(),
            authorization: Mutex::new(None),
            waiting: Mutex::default(),
            has_noted_silence: AtomicBool::new(false),
            actions: "pull",
            traffic: Traffic::default(),
        })
    }

    fn found(&self) -> &credentials::StoredLogin {
        self.credentials.get_or_init(|| {
            let found = credentials::find(&self.reference);
            if let Some(trouble) = &found.trouble {
                self.printer.note(&format!("note: no login for `{}`: {trouble}", self.host));
            }
            found
        })
    }

    /// The login for this registry, looked up once a login is wanted.
    pub(super) fn credentials(&self) -> Option<&Credentials> {
        self.found().credentials.as_ref()
    }

    /// Gets something of the repository: `manifests/latest`, `blobs/sha256:…`; from an offset on, if that is not 0.
    pub(crate) fn get(
        &self,
        what: &str,
        accept: &str,
        size: Size,
        offset: u64,
    ) -> Result<Response<Body>, Failure> {
        self.get_with(Retries::default(), what, accept, size, offset)
    }

    fn get_with(
        &self,
        mut retries: Retries,
        what: &str,
        accept: &str,
        size: Size,
        offset: u64,
    ) -> Result<Response<Body>, Failure> {
        let url = self.url(what)?;
        let mut has_logged_in = false;
        loop {
            let authorization = self.authorization();
            let failure = match self.follow(&url, accept, size, offset, authorization.as_deref()) {
                Ok(Answered { response, .. }) if response.status().is_success() => return Ok(response),
                Ok(Answered { response, elsewhere: Some(host) }) if is_denial(response.status()) => {
                    return Err(Failure::DeniedElsewhere { host });
                }
                Ok(Answered { response, .. })
                    if response.status() == StatusCode::UNAUTHORIZED && !has_logged_in =>
                {
                    has_logged_in = true;
                    self.renew_login(response)?;
                    continue;
                }
                Ok(Answered { response, elsewhere: Some(_) }) => self.failure(response).without_words(),
                Ok(Answered { response, elsewhere: None }) => self.failure(response),
                Err(failure) => failure,
            };
            self.wait(&mut retries, failure)?;
        }
    }

    /// What was accepted last.
    pub(super) fn authorization(&self) -> Option<String> {
        self.authorization.lock().expect("nobody panics with it").clone()
    }

    /// Logs in as the registry asks for it.
    pub(super) fn renew_login(&self, response: Response<Body>) -> Result<(), Failure> {
        let authorization = self.log_in(response)?;
        *self.authorization.lock().expect("nobody panics with it") = Some(authorization);
        Ok(())
    }

    /// The address of something of the repository or, with a slash in front, of the registry.
    pub(super) fn url(&self, what: &str) -> Result<Url, Failure> {
        let address = match what.strip_prefix('/') {
            Some(of_registry) => format!("{}v2/{of_registry}", self.origin),
            None => format!("{}v2/{}/{what}", self.origin, self.repository),
        };
        address.parse().map_err(|_| Failure::Answer("its address is not valid".to_owned()))
    }

    /// Gets a whole document, or the start of one that is longer than the limit, and the digest it is promised to have.
    pub(crate) fn document(&self, what: &str, limit: u64) -> Result<(Vec<u8>, Option<Digest>), Failure> {
        let mut retries = Retries::default();
        loop {
            let response = self.get(what, MANIFESTS, Size::Document, 0)?;
            let promised = text_header(&response, &CONTENT_DIGEST).and_then(|text| Digest::parse(text).ok());
            match whole(response.into_body().into_reader(), limit) {
                // Documents of a registry are JSON.
                Ok(bytes) if bytes.trim_ascii_start().starts_with(b"<") => return Err(Failure::WebPage),
                Ok(bytes) => {
                    self.traffic.count(bytes.len());
                    return Ok((bytes, promised));
                }
                Err(failure) => self.wait(&mut retries, failure)?,
            }
        }
    }

    /// Some tags of the repository (distribution-spec, "Listing Tags"), to say what there is instead of one that is not.
    pub(crate) fn tags(&self) -> Result<Vec<String>, Failure> {
        let what = format!("tags/list?n={TAGS}");
        let response = self.get_with(Retries::none(), &what, "application/json", Size::Document, 0)?;
        let bytes = whole(response.into_body().into_reader(), TAGS_BYTES)?;
        Ok(listed(&bytes))
    }

    /// All tags of the repository, page by page.
    pub(super) fn all_tags(&self) -> Result<Vec<String>, Failure> {
        self.pages(Retries::default, "tags/list", "tags", listed)
    }

    /// All repositories of the registry that it lists for this login, page by page (Docker's registry API, "Listing
    /// Repositories"; distribution-spec has no such list). Only what needs the list asks again for it.
    pub(crate) fn repositories(&self, is_needed: bool) -> Result<Vec<String>, Failure> {
        let retries = if is_needed { Retries::default } else { Retries::none };
        self.pages(retries, CATALOG, "repositories", listed_repositories)
    }

    /// A list of names that comes in pages.
    fn pages(
        &self,
        retries: fn() -> Retries,
        list: &str,
        what: &str,
        names: fn(&[u8]) -> Vec<String>,
    ) -> Result<Vec<String>, Failure> {
        let mut all = Vec::new();
        let mut query = format!("n={TAGS}");
        for _ in 0..TAG_PAGES {
            let page = format!("{list}?{query}");
            let response = self.get_with(retries(), &page, "application/json", Size::Document, 0)?;
            let next = text_header(&response, &header::LINK).and_then(|link| self.next_page(list, link));
            let bytes = whole(response.into_body().into_reader(), TAGS_BYTES)?;
            self.traffic.count(bytes.len());
            all.extend(names(&bytes));
            match next {
                Some(next) if next != query => query = next,
                _ => return Ok(all),
            }
        }
        Err(Failure::Answer(format!("it lists more than {} {what}", TAGS * TAG_PAGES)))
    }

    /// The query of the page that follows (RFC 8288), if it is one of the same list.
    fn next_page(&self, list: &str, link: &str) -> Option<String> {
        let (address, parameters) = link.trim().strip_prefix('<')?.split_once('>')?;
        if !parameters.contains("next") {
            return None;
        }
        let here = self.url(list).ok()?;
        let next = here.join(address).ok()?;
        let is_here = next.origin() == here.origin() && next.path() == here.path();
        next.query().filter(|_| is_here).map(str::to_owned)
    }

    /// Waits before the next try, or gives the failure back if there is to be none.
    pub(crate) fn wait(&self, retries: &mut Retries, failure: Failure) -> Result<(), Failure> {
        let why = failure.to_string();
        let pause = retries.pause(failure)?;
        if !self.waiting.lock().expect("nobody panics with it").take(pause) {
            return Err(Failure::Answer(format!("the wait was too long ({why})")));
        }
        if pause >= WORTH_A_NOTE {
            self.printer.note(&format!("note: waiting {} s for `{}`: {why}", pause.as_secs(), self.host));
        }
        thread::sleep(pause);
        Ok(())
    }

    /// Sends a request, to where it is sent on to as well. Once that is another origin, no part of the login goes along,
    /// not even on the way back.
    fn follow(
        &self,
        url: &Url,
        accept: &str,
        size: Size,
        offset: u64,
        authorization: Option<&str>,
    ) -> Result<Answered, Failure> {
        let mut url = url.clone();
        let mut elsewhere = None;
        for _ in 0..REDIRECTS {
            let mut request = self.agent.get(url.as_str()).header(header::ACCEPT, accept);
            if let Some(authorization) = authorization.filter(|_| elsewhere.is_none()) {
                request = request.header(header::AUTHORIZATION, authorization);
            }
            if offset > 0 {
                request = request.header(header::RANGE, format!("bytes={offset}-"));
            }
            if let Size::Blob(within) = size {
                request = request.config().timeout_per_call(Some(within)).build();
            }
            self.traffic.request();
            let mut response = self.awaited(&place(&url), || request.call()).map_err(Failure::Transport)?;
            if !response.status().is_redirection() {
                return Ok(Answered { response, elsewhere });
            }
            beside(response.body_mut())?;
            url = self.next(&url, &response)?;
            if url.origin() != self.origin.origin() || elsewhere.is_some() {
                elsewhere = Some(place(&url));
            }
        }
        Err(Failure::Answer("it redirects again and again".to_owned()))
    }

    /// Sends a request. If no answer starts for a while, a note says once whom the program waits for.
    pub(super) fn awaited<T>(&self, host: &str, send: impl FnOnce() -> T) -> T {
        if self.has_noted_silence.load(Ordering::Relaxed) {
            return send();
        }
        thread::scope(|scope| {
            let (answered, silence) = mpsc::channel::<()>();
            scope.spawn(move || {
                let is_silent = silence.recv_timeout(SILENCE) == Err(RecvTimeoutError::Timeout);
                if is_silent && !self.has_noted_silence.swap(true, Ordering::Relaxed) {
                    self.printer.note(&format!("note: waiting for an answer of `{host}`"));
                }
            });
            let result = send();
            drop(answered);
            result
        })
    }

    /// Where a redirect leads, if that is a place to go.
    fn next(&self, from: &Url, response: &Response<Body>) -> Result<Url, Failure> {
        let refused = |why: &str| Err(Failure::Answer(why.to_owned()));
        let Some(location) = text_header(response, &header::LOCATION).filter(|to| !to.is_empty()) else {
            return Err(Failure::Answer(format!("{} without an address", response.status())));
        };
        let Ok(to) = from.join(location) else {
            return refused("it redirects to an address that is not valid");
        };
        match (from.scheme(), to.scheme()) {
            (_, "https") | ("http", "http") => {}
            ("https", "http") => return refused("it redirects to a place without TLS"),
            _ => return refused("it redirects to a place that is not reached by HTTP"),
        }
        if !to.username().is_empty() || to.password().is_some() {
            return refused("it redirects to an address with a login of its own");
        }
        self.guard.check(&to).map_err(|forbidden| Failure::Answer(forbidden.to_string()))?;
        Ok(to)
    }

    pub(super) fn failure(&self, mut response: Response<Body>) -> Failure {
        let status = response.status();
        let wait = text_header(&response, &header::RETRY_AFTER).and_then(|text| text.trim().parse().ok());
        let said = match said(response.body_mut(), &self.secrets()) {
            Ok(said) => said,
            Err(slow) => return slow,
        };
        match status {
            StatusCode::NOT_FOUND => Failure::NotFound,
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Failure::Denied {
                said,
                is_anonymous: self.credentials().is_none(),
                trouble: self.found().trouble.clone(),
            },
            StatusCode::TOO_MANY_REQUESTS => Failure::TooMany { said, wait: wait.map(Duration::from_secs) },
            status => Failure::Status { status, said },
        }
    }

    /// What was sent, or may be sent, and must be in no message.
    fn secrets(&self) -> Vec<String> {
        let sent = self.authorization();
        let token = sent.iter().filter_map(|header| header.strip_prefix("Bearer ")).map(str::to_owned);
        let found = self.credentials.get().and_then(|found| found.credentials.as_ref());
        token.chain(found.into_iter().flat_map(Credentials::secrets)).collect()
    }
}

/// The tags of a page (distribution-spec, "Listing Tags").
fn listed(page: &[u8]) -> Vec<String> {
    #[derive(Deserialize)]
    struct List {
        tags: Option<Vec<String>>,
    }
    let list: Option<List> = serde_json::from_slice(page).ok();
    let tags = list.and_then(|list| list.tags).unwrap_or_default();
    tags.into_iter().filter(|tag| crate::sources::reference::is_tag(tag)).collect()
}

/// The repositories of a page.
fn listed_repositories(page: &[u8]) -> Vec<String> {
    #[derive(Deserialize)]
    struct List {
        repositories: Option<Vec<String>>,
    }
    let list: Option<List> = serde_json::from_slice(page).ok();
    let names = list.and_then(|list| list.repositories).unwrap_or_default();
    names.into_iter().filter(|name| crate::sources::reference::is_repository(name)).collect()
}

fn is_denial(status: StatusCode) -> bool {
    matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN)
}

pub(crate) fn text_header<'a>(response: &'a Response<Body>, name: &HeaderName) -> Option<&'a str> {
    response.headers().get(name)?.to_str().ok()
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
}
