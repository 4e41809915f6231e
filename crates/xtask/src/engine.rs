//! A Docker engine for tests with its own data: the images of the user stay as they are.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use crate::error::Result;
use crate::step::{output, run};
use crate::workspace::root;

/// How long an engine may take to start.
const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(250);

/// Puts a client that builds with `BuildKit` first in the search path, through a link in a directory: a newer client without
/// its plugin cannot, and the one that came with the engine can.
///
/// Returns the search path for everything that calls `docker`.
pub(crate) fn client(directory: &Path) -> Result<OsString> {
    let paths = env::var_os("PATH").unwrap_or_default();
    let builds = |client: &PathBuf| {
        let mut build = Command::new(client);
        build.args(["build", "--help"]).env("DOCKER_BUILDKIT", "1").stderr(Stdio::null());
        client.is_file() && output(&mut build).is_some()
    };
    let client = env::split_paths(&paths).map(|path| path.join("docker")).find(builds);
    let client = client.ok_or("no `docker` builds with BuildKit: `apt-get install docker.io`")?;
    fs::create_dir_all(directory)?;
    run(Command::new("ln").arg("-sfn").arg(client).arg(directory.join("docker")))?;
    let all = std::iter::once(directory.to_owned()).chain(env::split_paths(&paths));
    Ok(env::join_paths(all)?)
}

/// The engine of `DOCKER_HOST`, or one that is started below a directory and stays: its address.
pub(crate) fn ensure(directory: &Path) -> Result<String> {
    if let Ok(host) = env::var("DOCKER_HOST") {
        return if works(&host) { Ok(host) } else { Err(format!("no engine answers at `{host}`").into()) };
    }
    let host = format!("unix://{}", directory.join("docker.sock").display());
    if works(&host) {
        return Ok(host);
    }
    let is_root = output(Command::new("id").arg("-u")).is_some_and(|id| id.trim() == "0");
    if !is_root {
        return Err("starting an engine needs root: run as root, or set `DOCKER_HOST`".into());
    }
    if output(Command::new("dockerd").arg("--version")).is_none() {
        return Err("`dockerd` is missing: `apt-get install docker.io`, or set `DOCKER_HOST`".into());
    }
    fs::create_dir_all(directory)?;
    let place = |name: &str| directory.join(name);
    // Builds and containers use the network of the machine, so the engine sets up none.
    let settings = serde_json::json!({
        "data-root": place("data"),
        "exec-root": place("exec"),
        "pidfile": place("docker.pid"),
        "hosts": [host],
        "iptables": false,
        "ip6tables": false,
        "ip-forward": false,
        "ip-masq": false,
        "bridge": "none",
    });
    fs::write(place("daemon.json"), settings.to_string())?;
    let log = fs::File::create(place("log"))?;
    Command::new("setsid")
        .arg("dockerd")
        .arg("--config-file")
        .arg(place("daemon.json"))
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .spawn()
        .map_err(|error| format!("`setsid dockerd` cannot be started: {error}"))?;
    for _ in 0..PATIENCE.as_millis() / PAUSE.as_millis() {
        if works(&host) {
            return Ok(host);
        }
        sleep(PAUSE);
    }
    Err(format!("the engine does not start: see `{}`", place("log").display()).into())
}

/// Builds the base images that are missing.
pub(crate) fn ensure_bases(host: &str, path: &OsStr, directory: &Path) -> Result {
    run(Command::new("sh")
        .arg(root().join("tests/fixes/bases/make.sh"))
        .arg(directory)
        .env("DOCKER_HOST", host)
        .env("PATH", path))
}

fn works(host: &str) -> bool {
    output(Command::new("docker").arg("version").env("DOCKER_HOST", host).stderr(Stdio::null())).is_some()
}
