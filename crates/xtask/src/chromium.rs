//! Finds the browser of the end-to-end tests, or installs it.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use crate::Result;
use crate::step::{output, run};

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// The path of a Chromium: `CHROME` if it is set, else one on the search path, else a new one.
pub(crate) fn ensure() -> Result<PathBuf> {
    if let Some(path) = env::var_os("CHROME").map(PathBuf::from) {
        return if path.is_file() {
            Ok(path)
        } else {
            Err(format!("`CHROME` names `{}`, which is no file", path.display()).into())
        };
    }
    if let Some(path) = find() {
        return Ok(path);
    }
    install()?;
    find().ok_or_else(|| "Chromium was installed, but is not on the search path".into())
}

fn find() -> Option<PathBuf> {
    let directories = env::var_os("PATH")?;
    NAMES.iter().find_map(|name| env::split_paths(&directories).map(|d| d.join(name)).find(|p| p.is_file()))
}

fn install() -> Result {
    let root = output(Command::new("id").arg("-u")).is_some_and(|id| id.trim() == "0");
    let apt = output(Command::new("apt-get").arg("--version")).is_some();
    if !(root && apt) {
        return Err("no Chromium was found: install one, or name it in `CHROME`".into());
    }
    // Another process may hold the lock for a while.
    let apt_get = |arguments: &[&str]| {
        run(Command::new("apt-get")
            .args(["-o", "DPkg::Lock::Timeout=300"])
            .args(arguments)
            .env("DEBIAN_FRONTEND", "noninteractive"))
    };
    let install = ["install", "-y", "--no-install-recommends", "chromium"];
    // The lists may be missing or old.
    apt_get(&install).or_else(|_| apt_get(&["update"]).and_then(|()| apt_get(&install)))
}
