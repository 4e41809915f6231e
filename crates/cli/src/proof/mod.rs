//! Builds images from a copy of their context, and probes them.
//!
//! The builds run in a copy of the context that contains the changed files. The files of the user stay as they are.

mod copy;
#[cfg(target_os = "linux")]
mod descendants;
mod engine;
mod health;
#[cfg(unix)]
mod identity;
mod processes;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use plimsoll_analysis::fix::ProofStep;
use plimsoll_snapshot::HealthCheck;

use crate::error::{Error, Result};
use crate::interruption::{INTERRUPTED, on_interruption};
use crate::printer::Printer;
use copy::{copy_directory, in_copy};
use engine::ENGINES;
pub(crate) use engine::Engine;
use processes::{Ended, kill_all};

/// The name of the images that are built. They are deleted afterwards.
const NAME: &str = "localhost/plimsoll-fix";
/// How often a probe is tried that fails: one that succeeds then says nothing about the image.
const PROBES: usize = 3;

/// How images are built and probed.
pub(crate) struct Build<'a> {
    /// The engine that builds; with a command, the first that works, if any does.
    engine: Option<Engine>,
    command: Option<&'a str>,
    probe: Option<&'a str>,
    timeout: Duration,
}

/// What is built.
pub(crate) struct Job<'a> {
    /// The build context.
    pub(crate) context: &'a Path,
    /// The Dockerfile.
    pub(crate) dockerfile: &'a Path,
    /// The changed files.
    pub(crate) changes: &'a [(PathBuf, &'a str)],
    /// The images.
    pub(crate) images: &'a [Wanted<'a>],
    /// Whether the images are wanted, or only whether they work.
    pub(crate) is_wanted: bool,
}

/// An image to build.
#[derive(Clone, Debug)]
pub(crate) struct Wanted<'a> {
    /// The service that runs it.
    pub(crate) service: &'a str,
    /// The stage, where it is not the last one.
    pub(crate) target: Option<&'a str>,
    /// The health check of the service.
    pub(crate) health_check: Option<&'a HealthCheck>,
}

/// What became of a build.
pub(crate) enum Trial {
    /// It works, as far as it was probed.
    Built {
        /// The images, as archives, if they are wanted.
        images: Vec<Archive>,
        /// How it was probed.
        probed: Probed,
    },
    /// It does not.
    Failed {
        /// What failed.
        step: ProofStep,
        /// The last line that it printed.
        output: String,
    },
}

/// How an image was probed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Probed {
    /// By the command of the user.
    Command,
    /// By the health check of each image.
    HealthCheck,
    /// Not at all, or not each of them.
    No,
}

/// An archive in a directory that is deleted with it.
pub(crate) struct Archive {
    path: PathBuf,
    _directory: tempfile::TempDir,
}

impl Archive {
    /// The archive as a source.
    pub(crate) fn source(&self) -> String {
        self.path.display().to_string()
    }
}

impl<'a> Build<'a> {
    /// Finds the engine: `auto`, the name of one, or that of a command.
    pub(crate) fn new(
        request: &'a str,
        probe: Option<&'a str>,
        timeout: Duration,
        printer: &Printer,
    ) -> Result<Self> {
        if request.trim().is_empty() {
            return Err(Error::usage(
                "`--build` is empty",
                "`--build auto` calls an engine, `--build 'COMMAND'` builds the image `$PLIMSOLL_IMAGE`",
            ));
        }
        if probe.is_some_and(|probe| probe.trim().is_empty()) {
            return Err(Error::usage(
                "`--probe` is empty",
                "name a command that succeeds if the image works",
            ));
        }
        let (engine, command) = match (request, Engine::named(request)) {
            ("auto", _) => (Some(Engine::first(printer)?), None),
            (_, Some(engine)) => (Some(engine.expected()?), None),
            // Which engine a command calls is seen when the image is there.
            _ => (ENGINES.into_iter().find(|engine| engine.works()), Some(request)),
        };
        on_interruption(interrupted).map_err(|error| {
            Error::usage(
                format!("cannot handle interruptions: {error}"),
                "leave out `--build`: the patch needs no build",
            )
        })?;
        Ok(Self { engine, command, probe, timeout })
    }

    /// Builds images from a copy of a context with changed files, probes them, and saves them if they are wanted.
    pub(crate) fn tried(&self, job: &Job<'_>, printer: &Printer) -> Result<Trial> {
        // A context may hold keys: only the user may read its copy.
        let directory = private_directory()?;
        *left() =
            Some(Left { images: Vec::new(), directories: vec![directory.path().to_owned()], process: None });
        let cleaner = Cleaner;
        let copy = directory.path().join("context");
        copy_directory(job.context, &copy, directory.path())
            .map_err(|error| Error::read(job.context, error))?;
        // A Dockerfile from elsewhere is no part of the context, and stays beside it.
        let inside = |path: &Path| in_copy(job.context, &copy, path);
        let beside = |path: &Path| directory.path().join(path.file_name().unwrap_or_default());
        let file = inside(job.dockerfile).unwrap_or_else(|| beside(job.dockerfile));
        if !file.exists() {
            fs::copy(job.dockerfile, &file).map_err(|error| Error::read(job.dockerfile, error))?;
        }
        for (path, text) in job.changes {
            let place = inside(path).unwrap_or_else(|| beside(path));
            // A link would lead out of the copy.
            let _ = fs::remove_file(&place);
            fs::write(&place, text).map_err(|error| Error::write(&place, error))?;
        }
        let (mut images, mut probed) = (Vec::new(), None);
        for wanted in job.images {
            let place = Place { copy: &copy, file: &file };
            match self.image(wanted, &place, job, printer)? {
                Ok((archive, how)) => {
                    images.extend(archive);
                    probed = Some(if probed.unwrap_or(how) == how { how } else { Probed::No });
                }
                Err(failed) => return Ok(failed),
            }
        }
        drop(cleaner);
        Ok(Trial::Built { images, probed: probed.unwrap_or(Probed::No) })
    }

    /// Builds, probes and saves one image. `Err` inside is what failed.
    fn image(
        &self,
        wanted: &Wanted<'_>,
        place: &Place<'_>,
        job: &Job<'_>,
        printer: &Printer,
    ) -> Result<std::result::Result<(Option<Archive>, Probed), Trial>> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let image = format!("{NAME}:{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        if let Some(left) = &mut *left() {
            left.images.push(image.clone());
        }
        let stage = wanted.target.map(|target| format!(", target `{target}`")).unwrap_or_default();
        let by = self.engine.filter(|_| self.command.is_none()).map(Engine::program);
        printer.note(&format!("building with {}{stage}", by.unwrap_or("the given command")));
        let call = Call { place, image: &image, wanted };
        let build = match (self.command, self.engine) {
            (Some(command), _) => shell(command),
            (None, Some(engine)) => {
                let mut build = Command::new(engine.program());
                build.args(if engine == Engine::Buildah { &["build", "--layers"][..] } else { &["build"] });
                if let Some(target) = wanted.target {
                    build.args(["--target", target]);
                }
                build.arg("-t").arg(&image).arg("-f").arg(place.file).arg(place.copy);
                build.env("DOCKER_BUILDKIT", "1");
                build
            }
            (None, None) => return Err(Error::usage("no engine works", "start one")),
        };
        if let Err(output) = self.run(build, &call)? {
            self.expect_engine()?;
            return Ok(Err(Trial::Failed { step: ProofStep::Build, output }));
        }
        // The engine of a command is the one that has its image.
        let engine = match self.command {
            Some(_) => ENGINES.into_iter().find(|engine| engine.has(&image)),
            None => self.engine,
        };
        let probed = match self.probed(engine, &call, printer)? {
            Ok(probed) => probed,
            Err(failed) => return Ok(Err(failed)),
        };
        if !job.is_wanted {
            return Ok(Ok((None, probed)));
        }
        let Some(engine) = engine else {
            return Err(Error::usage(
                "no engine has the image `$PLIMSOLL_IMAGE` after the build",
                "the command of `--build` has to build it: `docker build -t $PLIMSOLL_IMAGE -f $PLIMSOLL_DOCKERFILE .`",
            ));
        };
        let directory = private_directory()?;
        if let Some(left) = &mut *left() {
            left.directories.push(directory.path().to_owned());
        }
        let archive = directory.path().join("image.tar");
        let mut save = Command::new(engine.program());
        if engine == Engine::Buildah {
            save.arg("push").arg(&image).arg(format!("docker-archive:{}", archive.display()));
        } else {
            save.arg("save").arg("-o").arg(&archive).arg(&image);
        }
        if let Err(output) = self.run(save, &call)? {
            return Err(Error::usage(
                format!("{} cannot save the image that it built: {output}", engine.program()),
                "is there space left in the temporary directory?",
            ));
        }
        Ok(Ok((Some(Archive { path: archive, _directory: directory }), probed)))
    }

    /// Probes an image: by the command of the user, or by its health check.
    fn probed(
        &self,
        engine: Option<Engine>,
        call: &Call<'_>,
        printer: &Printer,
    ) -> Result<std::result::Result<Probed, Trial>> {
        let failed = |output| Ok(Err(Trial::Failed { step: ProofStep::Probe, output }));
        if let Some(probe) = self.probe {
            printer.note("probing");
            let Err(first) = self.run(shell(probe), call)? else { return Ok(Ok(Probed::Command)) };
            for again in 1..PROBES {
                if self.run(shell(probe), call)?.is_ok() {
                    return Err(Error::usage(
                        format!(
                            "the probe failed {again} of {} times with the same image: {first}",
                            again + 1
                        ),
                        "a probe that fails now and then proves nothing: let it wait until the service answers",
                    ));
                }
            }
            self.expect_engine()?;
            return failed(first);
        }
        let check = call.wanted.health_check.and_then(|check| Some((check, health::words(&check.test)?)));
        // Buildah runs no services.
        let (Some((check, words)), Some(engine)) =
            (check, engine.filter(|engine| *engine != Engine::Buildah))
        else {
            return Ok(Ok(Probed::No));
        };
        printer.note("probing with the health check");
        let end = Instant::now() + self.timeout;
        let fault = std::cell::RefCell::new(None);
        let run = |command: Command| match self.run_until(command, call, end) {
            Ok(ended) => ended,
            Err(error) => {
                let text = error.to_string();
                *fault.borrow_mut() = Some(error);
                Err(text)
            }
        };
        let result = health::probe(engine, call.image, &words, health::patience(check), &run);
        if let Some(error) = fault.into_inner() {
            return Err(error);
        }
        match result {
            Ok(()) => Ok(Ok(Probed::HealthCheck)),
            Err(output) => {
                self.expect_engine()?;
                failed(output)
            }
        }
    }

    /// Tells an engine that died from an image that does not work.
    fn expect_engine(&self) -> Result<()> {
        match self.engine {
            Some(engine) if !engine.works() => Err(Error::usage(
                format!("`{}` stopped answering", engine.program()),
                "start it again, then repeat the command; no file was changed",
            )),
            _ => Ok(()),
        }
    }

    /// Runs a command within the time that it has. `Err` inside is why it failed, `Ok` what it printed.
    fn run(&self, command: Command, call: &Call<'_>) -> Result<std::result::Result<String, String>> {
        self.run_until(command, call, Instant::now() + self.timeout)
    }

    fn run_until(
        &self,
        mut command: Command,
        call: &Call<'_>,
        end: Instant,
    ) -> Result<std::result::Result<String, String>> {
        command
            .current_dir(call.place.copy)
            .env("PLIMSOLL_IMAGE", call.image)
            .env("PLIMSOLL_DOCKERFILE", call.place.file)
            .env("PLIMSOLL_SERVICE", call.wanted.service)
            .env("PLIMSOLL_TARGET", call.wanted.target.unwrap_or_default());
        let program = command.get_program().to_string_lossy().into_owned();
        let started = |process| {
            if let Some(left) = &mut *left() {
                left.process = process;
            }
        };
        let rest = end.saturating_duration_since(Instant::now());
        let ended = processes::run(command, rest, &started).map_err(|error| {
            Error::usage(format!("cannot start `{program}`: {error}"), "is it in the PATH?")
        })?;
        Ok(match ended {
            Ended::Well(text) => Ok(text),
            Ended::Badly(line) => Err(line),
            Ended::TooLate => Err(format!("it took more than {} s", self.timeout.as_secs())),
        })
    }
}

/// Where a build happens.
struct Place<'a> {
    copy: &'a Path,
    file: &'a Path,
}

/// The variables that commands get about an image.
struct Call<'a> {
    place: &'a Place<'a>,
    image: &'a str,
    wanted: &'a Wanted<'a>,
}

fn private_directory() -> Result<tempfile::TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix("plimsoll-");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    builder.tempdir().map_err(|error| Error::write(&std::env::temp_dir(), error))
}

/// What a trial leaves behind: removed at its end, or when the program is interrupted.
#[derive(Clone)]
struct Left {
    images: Vec<String>,
    directories: Vec<PathBuf>,
    /// The process that runs, which leads its own group.
    process: Option<u32>,
}

/// What the trial that runs leaves behind.
static LEFT: Mutex<Option<Left>> = Mutex::new(None);

fn left() -> MutexGuard<'static, Option<Left>> {
    LEFT.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Left {
    fn remove_images(&self) {
        for image in &self.images {
            ENGINES.into_iter().filter(|engine| engine.has(image)).for_each(|engine| engine.remove(image));
        }
    }
}

/// Removes everything of the trial that runs, and ends the program as an interruption does.
fn interrupted() {
    if let Some(left) = left().take() {
        left.process.into_iter().for_each(kill_all);
        for directory in &left.directories {
            let _ = fs::remove_dir_all(directory);
        }
        left.remove_images();
    }
    std::process::exit(INTERRUPTED);
}

/// Deletes images at the end.
struct Cleaner;

impl Drop for Cleaner {
    fn drop(&mut self) {
        let taken = left().take();
        if let Some(left) = taken {
            left.remove_images();
        }
    }
}

fn shell(command: &str) -> Command {
    let (shell, option) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
    let mut shell = Command::new(shell);
    shell.args([option, command]);
    shell
}
