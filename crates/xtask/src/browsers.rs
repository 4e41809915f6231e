//! Finds the browsers of the end-to-end tests, and installs them if that was asked for.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use crate::error::Result;
use crate::step::{output, run, step};

/// A browser, and how to come by it.
pub(crate) struct Browser {
    /// For a person.
    pub(crate) name: &'static str,
    /// The variable that names its program, for the tests too.
    pub(crate) variable: &'static str,
    /// Its programs, the best first.
    programs: &'static [&'static str],
    /// The package of Debian that has it.
    package: &'static str,
}

/// The browser of most tests.
pub(crate) const CHROMIUM: Browser = Browser {
    name: "Chromium",
    variable: "CHROME",
    programs: &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"],
    package: "chromium",
};

/// Another engine.
pub(crate) const FIREFOX: Browser = Browser {
    name: "Firefox",
    variable: "FIREFOX",
    programs: &["firefox-esr", "firefox"],
    package: "firefox-esr",
};

impl Browser {
    /// The path of its program: from its variable if that is set, else on the search path. If it is on neither, it is
    /// installed where `install` allows it.
    pub(crate) fn find(&self, install: bool) -> Result<PathBuf> {
        let Browser { name, variable, .. } = self;
        if let Some(path) = env::var_os(variable).map(PathBuf::from) {
            return if path.is_file() {
                Ok(path)
            } else {
                Err(format!("`{variable}` is `{}`, which is not a file", path.display()).into())
            };
        }
        if let Some(path) = self.on_search_path() {
            return Ok(path);
        }
        if !install {
            return Err(format!(
                "{name} was not found. Install it, set `{variable}` to its program, or add `--install-browsers`"
            )
            .into());
        }
        step(&format!("installing {name}"), || self.install())?;
        self.on_search_path()
            .ok_or_else(|| format!("{name} was installed, but is not on the search path").into())
    }

    fn on_search_path(&self) -> Option<PathBuf> {
        let directories = env::var_os("PATH")?;
        self.programs
            .iter()
            .find_map(|name| env::split_paths(&directories).map(|d| d.join(name)).find(|p| p.is_file()))
    }

    fn install(&self) -> Result {
        let root = output(Command::new("id").arg("-u")).is_some_and(|id| id.trim() == "0");
        let apt = output(Command::new("apt-get").arg("--version")).is_some();
        if !(root && apt) {
            let Browser { name, variable, .. } = self;
            return Err(format!(
                "{name} can only be installed as root with `apt-get`. Install it, or set `{variable}` to its program"
            )
            .into());
        }
        // Another process may hold the lock for a while.
        let apt_get = |arguments: &[&str]| {
            run(Command::new("apt-get")
                .args(["-o", "DPkg::Lock::Timeout=300"])
                .args(arguments)
                .env("DEBIAN_FRONTEND", "noninteractive"))
        };
        let install = ["install", "-y", "--no-install-recommends", self.package];
        // The lists may be missing or old.
        apt_get(&install).or_else(|_| apt_get(&["update"]).and_then(|()| apt_get(&install)))
    }
}
