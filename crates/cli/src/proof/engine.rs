//! The engines that build images.

use std::process::{Command, Stdio};

use plimsoll_report::format::one_line;

use crate::error::{Error, Result};
use crate::printer::Printer;

/// An engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    Docker,
    Podman,
    Buildah,
}

/// All of them, in the order in which `auto` tries them.
pub(super) const ENGINES: [Engine; 3] = [Engine::Docker, Engine::Podman, Engine::Buildah];

/// Why an engine cannot be used.
enum Fault {
    /// It is not installed.
    Missing,
    /// It does not answer: what it printed.
    Silent(String),
}

impl Engine {
    /// Its program.
    pub(super) const fn program(self) -> &'static str {
        match self {
            Self::Docker => "docker",
            Self::Podman => "podman",
            Self::Buildah => "buildah",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        ENGINES.into_iter().find(|engine| engine.program() == name)
    }

    /// Whether it answers.
    pub(super) fn works(self) -> bool {
        self.fault().is_none()
    }

    fn fault(self) -> Option<Fault> {
        let output = Command::new(self.program()).arg("version").stdin(Stdio::null()).output();
        match output {
            Ok(output) if output.status.success() => None,
            Ok(output) => {
                let said = String::from_utf8_lossy(&output.stderr).into_owned();
                let said = said.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("no answer");
                Some(Fault::Silent(one_line(said.trim())))
            }
            Err(_) => Some(Fault::Missing),
        }
    }

    /// The first one that works. One that is installed and does not answer is reported: it may hold the base images.
    pub(super) fn first(printer: &Printer) -> Result<Self> {
        let mut silent = Vec::new();
        for engine in ENGINES {
            match engine.fault() {
                None => {
                    for (other, said) in &silent {
                        let (other, engine) = (Self::program(*other), engine.program());
                        printer.note(&format!("note: `{other}` does not answer ({said}); using {engine}"));
                    }
                    return Ok(engine);
                }
                Some(Fault::Silent(said)) => silent.push((engine, said)),
                Some(Fault::Missing) => {}
            }
        }
        match silent.first() {
            Some((engine, said)) => Err(Error::usage(
                format!("no engine works: `{} version` fails: {said}", engine.program()),
                "start it, or leave out `--build`: the patch needs no engine",
            )),
            None => Err(Error::usage(
                "no engine is installed: tried docker, podman and buildah",
                "install one, or leave out `--build`: the patch needs no engine",
            )),
        }
    }

    /// This one, if it works.
    pub(super) fn expected(self) -> Result<Self> {
        let program = self.program();
        match self.fault() {
            None => Ok(self),
            Some(Fault::Missing) => Err(Error::usage(
                format!("`{program}` is not installed"),
                "install it, or use `--build auto`",
            )),
            Some(Fault::Silent(said)) => {
                Err(Error::usage(format!("`{program}` does not answer: {said}"), "start it, then try again"))
            }
        }
    }

    /// Whether it has an image.
    pub(super) fn has(self, image: &str) -> bool {
        let arguments = match self {
            Self::Docker | Self::Podman => ["image", "inspect", image],
            Self::Buildah => ["inspect", "--type=image", image],
        };
        self.quietly(&arguments)
    }

    /// Removes an image, and the containers that run it. What is not there is no error.
    pub(super) fn remove(self, image: &str) {
        if self != Self::Buildah {
            let filter = format!("ancestor={image}");
            let mut list = Command::new(self.program());
            list.args(["ps", "--all", "--quiet", "--filter", &filter]).stdin(Stdio::null());
            let output = list.output().map(|output| output.stdout).unwrap_or_default();
            for container in String::from_utf8_lossy(&output).split_whitespace() {
                self.quietly(&["rm", "--force", container]);
            }
        }
        self.quietly(&["rmi", image]);
    }

    /// Calls it without showing what it prints: whether it succeeded.
    pub(super) fn quietly(self, arguments: &[&str]) -> bool {
        let mut command = Command::new(self.program());
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    }
}
