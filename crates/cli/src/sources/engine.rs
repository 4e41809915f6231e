//! Images of a running engine, streamed through its HTTP API as `docker save` gets them, without a copy on disk.

use std::env;
use std::fmt;
use std::io::{self, Read};
use std::path::PathBuf;
use std::time::Duration;

use plimsoll_collect::memory::answer_without_secrets;
use plimsoll_report::format::one_line;
use plimsoll_snapshot::{Digest, Limit, Transport};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use sha2::Digest as _;
use ureq::http::{Response, StatusCode};
use ureq::unversioned::resolver::DefaultResolver;
use ureq::unversioned::transport::{Connector as _, DefaultConnector};
use ureq::{Agent, Body};

use super::pace::{DOCUMENT, LONGEST, Pace, Paced, TooSlow};
use super::{config_file, similar};
use crate::error::{Error, Help, Result};

/// Whose engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    Docker,
    Podman,
}

/// Where an engine listens.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Endpoint {
    Unix(PathBuf),
    /// `host:port`.
    Tcp(String),
}

/// An engine that can be asked.
pub(crate) struct Connection {
    engine: Engine,
    endpoint: Endpoint,
    agent: Agent,
}

/// How long an engine may take.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Deadline {
    /// For a document.
    Document(Pace),
    /// For an archive, which it may have to make first.
    Archive(Pace),
    /// For each answer from its first to its last byte.
    Total(Duration),
    /// For ever: it speaks when something happens.
    Endless,
}

/// The most bytes of an answer that is no image, and of a message that is shown.
const ANSWER_BYTES: u64 = 64 << 20;
const MESSAGE: usize = 300;

/// What to do about an engine that does not answer.
const ASK_FOR_VERSION: &str = "see whether it answers `docker version` or `podman version`";

/// An engine at another machine that does not answer by then is not there.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);

impl Engine {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Docker => "Docker",
            Self::Podman => "Podman",
        }
    }

    pub(crate) const fn transport(self) -> Transport {
        match self {
            Self::Docker => Transport::DockerDaemon,
            Self::Podman => Transport::ContainersStorage,
        }
    }

    /// How to have an archive of an image, or the engine itself.
    const fn hint(self) -> &'static str {
        match self {
            Self::Docker => {
                "start it (`systemctl start docker`) or say where it is (`DOCKER_HOST`), or give an archive \
                 that `docker save -o FILE IMAGE` wrote"
            }
            Self::Podman => {
                "start its service (`systemctl --user start podman.socket`, or `podman system service`) or say \
                 where it is (`CONTAINER_HOST`), or give an archive that `podman save -o FILE IMAGE` wrote"
            }
        }
    }

    /// Whether an address is known: it is configured, or its socket exists.
    pub(crate) fn is_expected(self) -> bool {
        match endpoint(self) {
            Ok(Endpoint::Unix(path)) => path.exists(),
            Ok(Endpoint::Tcp(_)) => true,
            Err(_) => false,
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix(path) => write!(out, "unix://{}", path.display()),
            Self::Tcp(address) => write!(out, "tcp://{address}"),
        }
    }
}

impl fmt::Display for Connection {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "the {} engine at {}", self.engine.name(), self.endpoint)
    }
}

/// What an engine knows of an image (Docker Engine API, "Inspect an image").
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Inspected {
    repo_tags: Option<Vec<String>>,
}

/// An image in the list of an engine (Docker Engine API, "List images").
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Listed {
    repo_tags: Option<Vec<String>>,
}

impl Connection {
    /// A connection to the one place where an engine is looked for.
    pub(crate) fn new(engine: Engine, deadline: Deadline) -> Result<Self> {
        let endpoint = endpoint(engine)?;
        let agent = agent(&endpoint, deadline)?;
        Ok(Self { engine, endpoint, agent })
    }

    /// The name under which the engine gives exactly this image; `None` if it has no such image.
    pub(crate) fn find(&self, reference: &str) -> Result<Option<String>> {
        let mut response = self.get(&format!("images/{reference}/json"))?;
        match response.status() {
            StatusCode::OK => {
                let image: Inspected = self.answer(&mut response)?;
                let latest = format!("{reference}:latest");
                let is_latest = |tag: &String| {
                    tag.strip_suffix(&latest).is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
                };
                // By the name alone, it would give every image of the repository.
                let has_tag = image.repo_tags.unwrap_or_default().iter().any(is_latest);
                Ok(Some(if has_tag { latest } else { reference.to_owned() }))
            }
            StatusCode::NOT_FOUND => Ok(None),
            _ => Err(self.refused(response)),
        }
    }

    /// The image as an archive, in one stream.
    pub(crate) fn save(&self, reference: &str, pace: Pace) -> Result<impl Read + use<>> {
        let agent = agent(&self.endpoint, Deadline::Archive(pace))?;
        let response = self.ask(&agent, &format!("images/{reference}/get"))?;
        match response.status() {
            StatusCode::OK => Ok(response.into_body().into_reader()),
            _ => Err(self.refused(response)),
        }
    }

    /// The error of an image that is not there, with some that are.
    pub(crate) fn no_such_image(&self, reference: &str) -> Error {
        let list = || -> Result<Vec<Listed>> { self.answer(&mut self.get("images/json")?) };
        let names = list()
            .unwrap_or_default()
            .into_iter()
            .flat_map(|image| image.repo_tags.unwrap_or_default())
            .filter(|name| name != "<none>:<none>")
            .collect();
        let hint = match similar::listed(reference, names) {
            Some(names) => format!("there is {names}"),
            None => format!("it has no image at all; `docker://{reference}` reads one of a registry"),
        };
        Error::usage(format!("no image `{reference}` in {self}"), hint)
    }

    /// Whether the engine is reached through a socket, and so likely on this machine.
    pub(crate) fn is_local(&self) -> bool {
        matches!(self.endpoint, Endpoint::Unix(_))
    }

    /// The answer to a question; none if there is no such thing.
    pub(crate) fn json<T: DeserializeOwned>(&self, path: &str) -> Result<Option<T>> {
        let mut response = self.get(path)?;
        match response.status() {
            StatusCode::OK => self.answer(&mut response).map(Some),
            StatusCode::NOT_FOUND => Ok(None),
            _ => Err(self.refused(response)),
        }
    }

    /// The answer to a question as it is; none if there is no such thing.
    pub(crate) fn text(&self, path: &str) -> Result<Option<Vec<u8>>> {
        let mut response = self.get(path)?;
        match response.status() {
            StatusCode::OK => self.body(&mut response).map(Some),
            StatusCode::NOT_FOUND => Ok(None),
            _ => Err(self.refused(response)),
        }
    }

    /// An answer that goes on.
    pub(crate) fn stream(&self, path: &str) -> Result<impl Read + use<>> {
        let response = self.get(path)?;
        match response.status() {
            StatusCode::OK => Ok(response.into_body().into_reader()),
            _ => Err(self.refused(response)),
        }
    }

    fn get(&self, path: &str) -> Result<Response<Body>> {
        self.ask(&self.agent, path)
    }

    fn ask(&self, agent: &Agent, path: &str) -> Result<Response<Body>> {
        let host = match &self.endpoint {
            Endpoint::Unix(_) => "localhost",
            Endpoint::Tcp(address) => address,
        };
        agent.get(format!("http://{host}/{path}")).call().map_err(|error| self.unreachable(error))
    }

    fn answer<T: DeserializeOwned>(&self, response: &mut Response<Body>) -> Result<T> {
        serde_json::from_slice(&self.body(response)?).map_err(|error| {
            self.wrong(&format!("gives an answer that is not valid: {error}"), self.engine.hint())
        })
    }

    fn body(&self, response: &mut Response<Body>) -> Result<Vec<u8>> {
        let mut text = Vec::new();
        let mut reader = response.body_mut().as_reader().take(ANSWER_BYTES + 1);
        reader.read_to_end(&mut text).map_err(|error| self.unreachable(error.into()))?;
        if text.len() as u64 > ANSWER_BYTES {
            let what = format!("gives an answer of more than {} MiB", ANSWER_BYTES >> 20);
            return Err(self.wrong(&what, "is it an engine?"));
        }
        Ok(text)
    }

    fn unreachable(&self, error: ureq::Error) -> Error {
        if let ureq::Error::Timeout(_) = &error {
            return Error::Engine {
                message: format!("cannot reach {self}: it did not answer in time"),
                reason: "it did not answer in time".to_owned(),
                hint: ASK_FOR_VERSION.into(),
            };
        }
        let error = error.into_io();
        if let Some(slow) = TooSlow::of(&error) {
            return Error::Engine {
                message: format!("cannot read from {self}: {slow}"),
                reason: slow.to_string(),
                hint: Help::Slowness(
                    &[Limit::SlowRate, Limit::SlowSeconds, Limit::EngineSeconds],
                    ASK_FOR_VERSION,
                ),
            };
        }
        let hint = match error.kind() {
            io::ErrorKind::PermissionDenied => "you may not use its socket: join its group, or be root",
            _ => self.engine.hint(),
        };
        let message = format!("cannot reach {self}: {error}");
        Error::Engine { message, reason: error.to_string(), hint: hint.into() }
    }

    /// An answer that is wrong: what the engine does.
    pub(crate) fn wrong(&self, what: &str, hint: &str) -> Error {
        Error::Engine {
            message: format!("{self} {what}"),
            reason: format!("the engine {what}"),
            hint: hint.into(),
        }
    }

    fn refused(&self, mut response: Response<Body>) -> Error {
        #[derive(Deserialize)]
        struct Message {
            message: String,
        }
        let status = response.status();
        let message: Option<Message> = self.answer(&mut response).ok();
        let message = message
            .map(|said| answer_without_secrets(&said.message).chars().take(MESSAGE).collect::<String>());
        let message = message.map(|said| format!(": {}", one_line(&said))).unwrap_or_default();
        self.wrong(&format!("answers {status}{message}"), self.engine.hint())
    }
}

fn agent(endpoint: &Endpoint, deadline: Deadline) -> Result<Agent> {
    let mut config = Agent::config_builder()
        .http_status_as_error(false)
        .timeout_connect(Some(CONNECT_TIMEOUT))
        .proxy(None)
        .max_redirects(0);
    let pace = match deadline {
        Deadline::Document(pace) => {
            config = config.timeout_per_call(Some(DOCUMENT));
            Some(pace)
        }
        Deadline::Archive(pace) => {
            config = config.timeout_per_call(Some(LONGEST));
            Some(pace)
        }
        Deadline::Total(time) => {
            config = config.timeout_per_call(Some(time));
            None
        }
        Deadline::Endless => None,
    };
    let config = config.build();
    Ok(match (endpoint, pace) {
        (Endpoint::Unix(path), pace) => unix_agent(config, path.clone(), pace)?,
        (Endpoint::Tcp(_), Some(pace)) => {
            let connector = DefaultConnector::new().chain(Paced(pace));
            Agent::with_parts(config, connector, DefaultResolver::default())
        }
        (Endpoint::Tcp(_), None) => config.into(),
    })
}

#[cfg(unix)]
fn unix_agent(config: ureq::config::Config, path: PathBuf, pace: Option<Pace>) -> Result<Agent> {
    use super::unix::{NoResolver, UnixConnector};
    let connector = UnixConnector { path };
    Ok(match pace {
        Some(pace) => Agent::with_parts(config, connector.chain(Paced(pace)), NoResolver),
        None => Agent::with_parts(config, connector, NoResolver),
    })
}

#[cfg(not(unix))]
fn unix_agent(_: ureq::config::Config, path: PathBuf, _: Option<Pace>) -> Result<Agent> {
    Err(Error::usage(
        format!("`{}` is a unix socket, which this system does not have", path.display()),
        "give an archive that `docker save -o FILE IMAGE` wrote",
    ))
}

/// The address of the engine: the configured one, or else the first whose socket exists.
fn endpoint(engine: Engine) -> Result<Endpoint> {
    let (variable, sockets) = match engine {
        Engine::Docker => ("DOCKER_HOST", docker_sockets()),
        Engine::Podman => ("CONTAINER_HOST", podman_sockets()),
    };
    if let Ok(address) = env::var(variable)
        && !address.is_empty()
    {
        return parse_endpoint(&address, variable);
    }
    if engine == Engine::Docker
        && let Some(address) = docker_context()
    {
        return parse_endpoint(&address, "the Docker context");
    }
    let found = sockets.iter().find(|path| path.exists()).or(sockets.last()).cloned();
    Ok(Endpoint::Unix(found.expect("the last socket is at a fixed place")))
}

fn parse_endpoint(address: &str, origin: &str) -> Result<Endpoint> {
    let unsupported = |why: &str| {
        Error::usage(
            format!("{origin} is `{address}`: {why}"),
            "a `unix://` socket or a `tcp://` address without TLS is read; elsewhere, pipe an image in: \
             `docker save IMAGE | plimsoll inspect -`",
        )
    };
    if let Some(path) = address.strip_prefix("unix://") {
        return Ok(Endpoint::Unix(PathBuf::from(path)));
    }
    let wants_tls = || {
        ["DOCKER_TLS_VERIFY", "DOCKER_TLS"].iter().any(|name| env::var(name).is_ok_and(|is| !is.is_empty()))
    };
    match address.strip_prefix("tcp://").or_else(|| address.strip_prefix("http://")) {
        Some(_) if wants_tls() => Err(unsupported("client certificates are not supported")),
        Some(host) if !host.is_empty() && !host.contains(['/', '@']) => {
            let has_port = host.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
            Ok(Endpoint::Tcp(if has_port { host.to_owned() } else { format!("{host}:2375") }))
        }
        _ => Err(unsupported("there is no way to speak to it")),
    }
}

fn docker_sockets() -> Vec<PathBuf> {
    let rootless = runtime_directory().map(|at| at.join("docker.sock"));
    let desktop = env::home_dir().map(|home| home.join(".docker/run/docker.sock"));
    let system = PathBuf::from("/var/run/docker.sock");
    [Some(system.clone()).filter(|path| path.exists()), rootless, desktop, Some(system)]
        .into_iter()
        .flatten()
        .collect()
}

fn podman_sockets() -> Vec<PathBuf> {
    let rootless = runtime_directory().map(|at| at.join("podman/podman.sock"));
    rootless.into_iter().chain([PathBuf::from("/run/podman/podman.sock")]).collect()
}

fn runtime_directory() -> Option<PathBuf> {
    env::var_os("XDG_RUNTIME_DIR").filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// The address of the context that `docker context use` chose, if it did.
fn docker_context() -> Option<String> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Config {
        current_context: Option<String>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Meta {
        endpoints: std::collections::BTreeMap<String, Host>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "PascalCase")]
    struct Host {
        host: String,
    }
    let directory = env::var_os("DOCKER_CONFIG").filter(|value| !value.is_empty()).map(PathBuf::from);
    let directory = directory.or_else(|| Some(env::home_dir()?.join(".docker")))?;
    let read = |path: PathBuf| config_file::read(&path).ok().flatten();
    let chosen = env::var("DOCKER_CONTEXT").ok().filter(|name| !name.is_empty());
    let name = chosen.or_else(|| {
        let config: Config = serde_json::from_slice(&read(directory.join("config.json"))?).ok()?;
        config.current_context
    });
    let name = name.filter(|name| name != "default" && !name.is_empty())?;
    let folder = Digest::sha256(sha2::Sha256::digest(name.as_bytes()).into());
    let meta = read(directory.join("contexts/meta").join(folder.hex()).join("meta.json"))?;
    let meta: Meta = serde_json::from_slice(&meta).ok()?;
    meta.endpoints.get("docker").map(|endpoint| endpoint.host.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_engines_are_parsed() {
        let check = |address: &str, expected: Option<Endpoint>| {
            assert_eq!(parse_endpoint(address, "DOCKER_HOST").ok(), expected, "{address}");
        };
        check("unix:///run/a.sock", Some(Endpoint::Unix("/run/a.sock".into())));
        check("tcp://10.0.0.1:2375", Some(Endpoint::Tcp("10.0.0.1:2375".to_owned())));
        check("tcp://box", Some(Endpoint::Tcp("box:2375".to_owned())));
        check("ssh://me@box", None);
        check("tcp://", None);
    }
}
