//! Builds an image from a copy of its context, and probes it.
//!
//! The build runs in a copy of the context that contains the changed files. The files of the user stay as they are.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use plimsoll_analysis::fix::ProofStep;

use crate::error::{Error, Result};
use crate::interruption::{INTERRUPTED, on_interruption};
use crate::printer::Printer;

/// The engines that `auto` tries, in this order.
const ENGINES: [&str; 3] = ["docker", "podman", "buildah"];
/// The name of the images that are built. They are deleted afterwards.
const NAME: &str = "localhost/plimsoll-fix";
/// The end of an output that is kept.
const KEPT: u64 = 64 * 1024;

/// How images are built and probed.
pub(crate) struct Build<'a> {
    engine: &'static str,
    command: Option<&'a str>,
    probe: Option<&'a str>,
    timeout: Duration,
}

/// What became of a build.
pub(crate) enum Trial {
    /// It works, as far as it was probed.
    Built {
        /// The image, as an archive, if it is wanted.
        image: Option<Archive>,
        /// Whether a probe succeeded.
        is_probed: bool,
    },
    /// It does not.
    Failed {
        /// What failed.
        step: ProofStep,
        /// The last line that it printed.
        output: String,
    },
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
    /// Finds the engine.
    pub(crate) fn new(command: &'a str, probe: Option<&'a str>, timeout: Duration) -> Result<Self> {
        let works = |engine: &&str| {
            let mut command = Command::new(engine);
            command.arg("version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            command.status().is_ok_and(|status| status.success())
        };
        let engine = ENGINES.iter().find(|engine| works(engine)).copied();
        let Some(engine) = engine else {
            return Err(Error::usage(
                "no engine works: tried `docker version`, `podman version` and `buildah version`",
                "start one, or leave out `--build`: the patch needs none",
            ));
        };
        on_interruption(interrupted).map_err(|error| {
            Error::usage(
                format!("cannot handle interruptions: {error}"),
                "leave out `--build`: the patch needs no build",
            )
        })?;
        Ok(Self { engine, command: Some(command).filter(|command| *command != "auto"), probe, timeout })
    }

    /// Builds an image from a copy of a context with changed files, probes it, and saves it if it is wanted.
    pub(crate) fn tried(
        &self,
        context: &Path,
        dockerfile: &Path,
        changes: &[(PathBuf, &str)],
        is_wanted: bool,
        printer: &Printer,
    ) -> Result<Trial> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let engine = self.engine;
        let image = format!("{NAME}:{}-{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        // A context may hold keys: only the user may read its copy.
        let mut builder = tempfile::Builder::new();
        builder.prefix("plimsoll-");
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
        let directory = builder.tempdir().map_err(|error| Error::write(&std::env::temp_dir(), error))?;
        *left() = Some(Left {
            engine,
            image: image.clone(),
            directory: directory.path().to_owned(),
            process: None,
        });
        let cleaner = Cleaner;
        let copy = directory.path().join("context");
        copy_directory(context, &copy, directory.path()).map_err(|error| Error::read(context, error))?;
        let file = in_copy(context, &copy, dockerfile, "Dockerfile");
        if !file.exists() {
            fs::copy(dockerfile, &file).map_err(|error| Error::read(dockerfile, error))?;
        }
        for (path, text) in changes {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let place = in_copy(context, &copy, path, &name);
            // A link would lead out of the copy.
            let _ = fs::remove_file(&place);
            fs::write(&place, text).map_err(|error| Error::write(&place, error))?;
        }
        printer.note(&format!("building with {}", self.command.map_or(engine, |_| "the given command")));
        let build = match self.command {
            Some(command) => shell(command),
            None => {
                let mut build = Command::new(engine);
                build.args(if engine == "buildah" { &["build", "--layers"][..] } else { &["build"] });
                build.arg("-t").arg(&image).arg("-f").arg(&file).arg(&copy);
                build.env("DOCKER_BUILDKIT", "1");
                build
            }
        };
        let run = |command: Command, step: ProofStep| self.run(command, &copy, &file, &image, step);
        if let Err(failed) = run(build, ProofStep::Build)? {
            return Ok(failed);
        }
        if let Some(probe) = self.probe {
            printer.note("probing");
            if let Err(failed) = run(shell(probe), ProofStep::Probe)? {
                return Ok(failed);
            }
        }
        let is_probed = self.probe.is_some();
        if !is_wanted {
            return Ok(Trial::Built { image: None, is_probed });
        }
        let archive = directory.path().join("image.tar");
        let mut save = Command::new(engine);
        if engine == "buildah" {
            save.arg("push").arg(&image).arg(format!("docker-archive:{}", archive.display()));
        } else {
            save.arg("save").arg("-o").arg(&archive).arg(&image);
        }
        if let Err(failed) = run(save, ProofStep::Build)? {
            let Trial::Failed { output, .. } = failed else { return Ok(failed) };
            return Err(Error::usage(
                format!("{engine} has no image `$PLIMSOLL_IMAGE` after the build: {output}"),
                "the command of `--build` has to build the image `$PLIMSOLL_IMAGE`",
            ));
        }
        drop(cleaner);
        let _ = fs::remove_dir_all(&copy);
        Ok(Trial::Built { image: Some(Archive { path: archive, _directory: directory }), is_probed })
    }

    /// Runs a command within the time that it has. `Err` inside is what failed.
    fn run(
        &self,
        mut command: Command,
        copy: &Path,
        file: &Path,
        image: &str,
        step: ProofStep,
    ) -> Result<std::result::Result<(), Trial>> {
        let log = tempfile::tempfile().map_err(|error| Error::write(&std::env::temp_dir(), error))?;
        let output = |log: &fs::File| -> io::Result<(Stdio, Stdio)> {
            Ok((Stdio::from(log.try_clone()?), Stdio::from(log.try_clone()?)))
        };
        let (out, err) = output(&log).map_err(|error| Error::write(&std::env::temp_dir(), error))?;
        command
            .current_dir(copy)
            .env("PLIMSOLL_IMAGE", image)
            .env("PLIMSOLL_DOCKERFILE", file)
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(err);
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let child = command.spawn().map_err(|error| {
            Error::usage(
                format!("cannot start `{}`: {error}", command.get_program().to_string_lossy()),
                "is it in the PATH?",
            )
        })?;
        let failed = |output: String| Ok(Err(Trial::Failed { step, output }));
        match wait(child, self.timeout) {
            Some(true) => Ok(Ok(())),
            Some(false) => failed(last_line(log)),
            None => failed(format!("it took more than {} s", self.timeout.as_secs())),
        }
    }
}

/// What a trial leaves behind: removed at its end, or when the program is interrupted.
#[derive(Clone)]
struct Left {
    engine: &'static str,
    image: String,
    directory: PathBuf,
    /// The process that runs, which leads its own group.
    process: Option<u32>,
}

/// What the trial that runs leaves behind.
static LEFT: Mutex<Option<Left>> = Mutex::new(None);

fn left() -> MutexGuard<'static, Option<Left>> {
    LEFT.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Left {
    fn remove_image(&self) {
        let mut remove = Command::new(self.engine);
        remove.arg("rmi").arg(&self.image).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        // An image that is left is no error.
        let _ = remove.status();
    }
}

/// Removes everything of the trial that runs, and ends the program as an interruption does.
fn interrupted() {
    if let Some(left) = left().take() {
        left.process.into_iter().for_each(kill_group);
        let _ = fs::remove_dir_all(&left.directory);
        left.remove_image();
    }
    std::process::exit(INTERRUPTED);
}

/// Deletes an image at the end.
struct Cleaner;

impl Drop for Cleaner {
    fn drop(&mut self) {
        let taken = left().take();
        if let Some(left) = taken {
            left.remove_image();
        }
    }
}

fn shell(command: &str) -> Command {
    let (shell, option) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
    let mut shell = Command::new(shell);
    shell.args([option, command]);
    shell
}

/// Waits for a process: whether it succeeded, or `None` if it had to be killed.
fn wait(mut child: Child, timeout: Duration) -> Option<bool> {
    let process = child.id();
    if let Some(left) = &mut *left() {
        left.process = Some(process);
    }
    let ended = ended(&mut child, timeout);
    // What it left running in its group would go on for ever.
    kill_group(process);
    if let Some(left) = &mut *left() {
        left.process = None;
    }
    ended
}

fn ended(child: &mut Child, timeout: Duration) -> Option<bool> {
    let start = Instant::now();
    let mut pause = Duration::from_millis(10);
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status.success()),
            Err(_) => return Some(false),
            Ok(None) if start.elapsed() > timeout => {
                kill_group(child.id());
                let _ = child.kill();
                let _ = child.wait();
                return None;
            }
            Ok(None) => {
                std::thread::sleep(pause);
                pause = (pause * 2).min(Duration::from_millis(250));
            }
        }
    }
}

/// Kills the group of a process: what it started, unless that left the group.
fn kill_group(process: u32) {
    #[cfg(unix)]
    {
        // The group has the number of its first process.
        let group = format!("-{process}");
        let mut kill = Command::new("kill");
        kill.args(["-KILL", "--", &group]).stdout(Stdio::null()).stderr(Stdio::null());
        let _ = kill.status();
    }
    #[cfg(not(unix))]
    let _ = process;
}

/// The last line that says something.
fn last_line(mut log: fs::File) -> String {
    use std::io::Seek as _;
    let end = log.seek(io::SeekFrom::End(0)).unwrap_or(0);
    let mut bytes = Vec::new();
    let _ = log.seek(io::SeekFrom::Start(end.saturating_sub(KEPT)));
    let _ = log.take(KEPT).read_to_end(&mut bytes);
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("---"));
    lines().next_back().unwrap_or("it printed nothing").to_owned()
}

/// Where a file of a context lies in its copy; one from elsewhere lies at its top.
fn in_copy(context: &Path, copy: &Path, path: &Path, name: &str) -> PathBuf {
    let whole = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match whole(parent).strip_prefix(whole(context)) {
        Ok(inside) => copy.join(inside).join(path.file_name().unwrap_or_default()),
        Err(_) => copy.join(name),
    }
}

/// Copies a directory: files, links as links, and modes. The place of the copy may be inside, and is left out.
fn copy_directory(from: &Path, to: &Path, place: &Path) -> io::Result<()> {
    fs::create_dir(to)?;
    #[expect(clippy::disallowed_methods, reason = "the files are copied, and no output is among them")]
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (kind, target) = (entry.file_type()?, to.join(entry.file_name()));
        if kind.is_dir() {
            let is_place = || Some(fs::canonicalize(entry.path()).ok()? == fs::canonicalize(place).ok()?);
            if entry.file_name() == place.file_name().unwrap_or_default() && is_place() == Some(true) {
                continue;
            }
            copy_directory(&entry.path(), &target, place)?;
        } else if kind.is_symlink() {
            #[cfg(unix)]
            std::os::unix::fs::symlink(fs::read_link(entry.path())?, &target)?;
        } else if kind.is_file() {
            fs::copy(entry.path(), &target)?;
        }
    }
    fs::set_permissions(to, fs::metadata(from)?.permissions())
}
