//! `plimsoll record`: memory, events and health of a running stack, over time.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use clap::ValueEnum;
use plimsoll_collect::memory::without_secrets;
use plimsoll_snapshot::runtime::{Ended, Load, Span};

use crate::error::{Error, Result};
use crate::memory::{contents, tell};
use crate::output::Output;
use crate::printer::Printer;
use crate::recording::{FileWatch, Journal, Recorded, Session, Stop, Target, now, seal};
use crate::sources::engine::Engine;
use crate::watch::Live;

/// Record memory, events and health of running containers
///
/// Takes samples through the engine socket (`DOCKER_HOST`, `CONTAINER_HOST`) until the duration is over, the command has
/// ended, or you press Ctrl-C. Each sample goes to FILE.journal at once, and the journal becomes FILE at the end. If the
/// recorder is killed, nothing is lost: the next recording to FILE, or `--seal`, completes the journal.
///
/// `plimsoll snapshot SOURCE… --memory FILE -o SNAPSHOT` joins a recording with images.
#[derive(clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Args {
    /// Containers, by name, ID or service; default: all of the project or the engine
    #[arg(value_name = "CONTAINER")]
    containers: Vec<String>,
    /// Compose project
    #[arg(short, long, value_name = "NAME")]
    project: Option<String>,
    /// Record only containers with this label
    #[arg(long, value_name = "NAME[=VALUE]")]
    label: Vec<String>,
    /// Engine to record from
    #[arg(long, value_enum, default_value_t)]
    engine: Whose,
    /// Time between two samples
    #[arg(long, value_name = "TIME", default_value = "1s", value_parser = parse_duration)]
    interval: Duration,
    /// Duration of the recording
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    duration: Option<Duration>,
    /// Label for the load being applied, such as `locust, 50 users`
    ///
    /// `none` if the command of `--while` is not a load.
    #[arg(long, value_name = "TEXT")]
    load: Option<String>,
    /// Record while this shell command runs; it counts as the load
    ///
    /// If the command fails, the recording is kept and the exit code is 1.
    #[arg(long = "while", value_name = "COMMAND")]
    command: Option<String>,
    /// Record which files of their images the containers open (Linux, as root)
    ///
    /// Covers the start of containers that start while recording, their child processes, `exec` and restarts. Files of volumes
    /// are not recorded. Needs CAP_SYS_ADMIN in the host's user namespace.
    #[arg(long)]
    files: bool,
    /// Complete the journal of a recorder that was killed
    #[arg(long, value_name = "JOURNAL", conflicts_with_all = ["containers", "project", "label", "load", "command", "files"])]
    seal: Option<PathBuf>,
    /// File to write: compressed JSON, or plain if it ends in `.json`; `-` is standard output
    #[arg(short, long, value_name = "FILE", required_unless_present = "seal")]
    output: Option<Output>,
}

const EXAMPLES: &str = "\u{1b}[1;4mExamples:\u{1b}[0m
  Record a Compose project while a load test runs:
      plimsoll record --project shop --while \"locust --headless -u 50 -t 5m\" -o load.plimsoll
  Record all containers for ten minutes:
      plimsoll record --duration 10m -o idle.plimsoll
  Record which files a project opens from its start, under a named load:
      plimsoll record --project shop --files --load \"smoke test\" --while \"docker compose up -d && ./smoke.sh\" -o use.plimsoll
  Complete the journal of a recorder that was killed:
      plimsoll record --seal load.plimsoll.journal";

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(super) enum Whose {
    /// Docker if available, else Podman
    #[default]
    Auto,
    /// The Docker engine
    Docker,
    /// The Podman engine
    Podman,
}

/// `500ms`, `5s`, `2m`, `1h30m`, or a number of seconds.
pub(super) fn parse_duration(text: &str) -> std::result::Result<Duration, String> {
    let seconds = text.parse::<u32>().ok().map(|seconds| Duration::from_secs(seconds.into()));
    let duration = seconds.or_else(|| plimsoll_collect::memory::duration_ms(text).map(Duration::from_millis));
    let duration = duration.ok_or("expected a time such as `500ms`, `5s` or `2m`")?;
    if duration < Duration::from_millis(100) {
        return Err("the shortest time is `100ms`".to_owned());
    }
    Ok(duration)
}

pub(crate) fn run(args: &Args, printer: &Printer) -> Result<ExitCode> {
    if let Some(journal) = &args.seal {
        let output = args.output.clone().unwrap_or_else(|| Output::announce(sealed_name(journal)));
        output.expect_snapshot()?;
        let runtime = seal(journal, &output)?;
        tell(&runtime, printer);
        printer.note(&format!("{output}: {}", contents(&runtime)));
        return Ok(ExitCode::SUCCESS);
    }
    let output = args.output.as_ref().expect("it is required without `--seal`");
    output.expect_snapshot()?;
    let opened = args.files.then(FileWatch::start).transpose()?;
    let (journal, recovered) = Journal::create(output)?;
    if let Some(recovered) = recovered {
        printer
            .note(&format!("note: what a recorder that was killed left is now in `{}`", recovered.display()));
    }
    record(args, journal, opened, output, printer)
}

/// A journal without its last extension; beside it, if it has another name.
fn sealed_name(journal: &Path) -> PathBuf {
    match journal.extension() {
        Some(extension) if extension == "journal" => journal.with_extension(""),
        _ => journal.with_extension("plimsoll"),
    }
}

fn record(
    args: &Args,
    journal: Journal,
    opened: Option<FileWatch>,
    output: &Output,
    printer: &Printer,
) -> Result<ExitCode> {
    let asked = stop_on_signal()?;
    let lies = journal.path().to_owned();
    let target = Target {
        project: args.project.clone(),
        labels: args.label.clone(),
        names: args.containers.clone(),
        names_projects: false,
    };
    let words = args.load.clone().or_else(|| args.command.clone());
    let words = words.filter(|words| words != "none");
    let mut load = words.map(|words| Load { label: without_secrets(&words), span: None, exit_code: None });
    let started = Session::start(
        engine(args.engine, printer),
        target,
        Live::new(journal),
        args.interval,
        load.clone(),
        opened,
        printer,
    );
    let mut session = match started {
        Ok(session) => session,
        Err(error) => {
            // Nothing was recorded: nothing is left behind.
            let _ = std::fs::remove_file(&lies);
            return Err(error);
        }
    };
    // A command may start what is recorded; otherwise what does not exist is a mistake, and would be waited for in vain.
    if args.command.is_none()
        && let Err(error) = session.expect_all()
    {
        drop(session);
        let _ = std::fs::remove_file(&lies);
        return Err(error);
    }
    let what = match session.containers() {
        0 => "whatever is started (nothing is there yet)".to_owned(),
        1 => "1 container".to_owned(),
        many => format!("{many} containers"),
    };
    printer.note(&format!("recording {what}; Ctrl-C ends it"));
    let mut child = match &args.command {
        Some(command) => {
            let child = start(command).inspect_err(|_| {
                // Nothing was recorded: nothing is left behind.
                let _ = std::fs::remove_file(&lies);
            })?;
            load = load.map(|load| Load { span: Some(Span { from: now(), to: now() }), ..load });
            if let Some(load) = load.clone() {
                session.load(load)?;
            }
            Some(child)
        }
        None => None,
    };
    let mut ended_with = None;
    let mut command = || {
        ended_with = ended_with.or_else(|| child.as_mut().and_then(exit_code));
        ended_with
    };
    let mut stop = Stop { duration: args.duration, asked: &asked, command: &mut command };
    let recorded = session.run(&mut stop, load.as_ref().filter(|_| args.command.is_some()));
    if let Some(child) = &mut child {
        // It was to run as long as the recording.
        let _ = child.kill();
        let _ = child.wait();
    }
    let Recorded { journal, ended, unseen } = recorded?;
    if let Some(unseen) = unseen {
        let _ = std::fs::remove_file(&lies);
        return Err(unseen);
    }
    let runtime = journal.into_journal().seal(output)?;
    tell(&runtime, printer);
    let how = match ended {
        Ended::EngineLost => " (the engine did not come back)",
        _ => "",
    };
    printer.note(&format!("{output}: {}{how}", contents(&runtime)));
    match (ended_with, &args.command) {
        (Some(code @ 1..) | Some(code @ ..=-1), Some(command)) => {
            let command = without_secrets(command);
            printer.note(&format!("failed: the command `{command}` ended with exit code {code}"));
            Ok(ExitCode::from(1))
        }
        _ => Ok(ExitCode::SUCCESS),
    }
}

pub(super) fn engine(whose: Whose, printer: &Printer) -> Engine {
    match whose {
        Whose::Docker => Engine::Docker,
        Whose::Podman => Engine::Podman,
        Whose::Auto if !Engine::Docker.is_expected() && Engine::Podman.is_expected() => {
            // Someone who mistyped the address would take the figures for Docker's.
            if let Some(address) = std::env::var("DOCKER_HOST").ok().filter(|address| !address.is_empty()) {
                let address = plimsoll_report::format::one_line(&address);
                printer.note(&format!(
                    "note: `DOCKER_HOST` is `{address}`, where no engine listens: Podman is asked"
                ));
            }
            Engine::Podman
        }
        Whose::Auto => Engine::Docker,
    }
}

/// Ctrl-C and a request to end are the same: what was recorded is sealed. The second one ends the program at once.
fn stop_on_signal() -> Result<Arc<AtomicBool>> {
    let asked = Arc::new(AtomicBool::new(false));
    let ask = Arc::clone(&asked);
    let handler = move || {
        if ask.swap(true, Ordering::Relaxed) {
            std::process::exit(2);
        }
    };
    crate::interruption::on_interruption(handler)
        .map_err(|error| Error::usage(format!("cannot be told to stop: {error}"), "use `--duration`"))?;
    Ok(asked)
}

fn start(command: &str) -> Result<Child> {
    let (shell, option) = if cfg!(windows) { ("cmd", "/C") } else { ("sh", "-c") };
    Command::new(shell)
        .args([option, command])
        .spawn()
        .map_err(|error| Error::usage(format!("cannot start the command: {error}"), "is it in the PATH?"))
}

/// How a command ended, if it did; a signal is what a shell makes of it.
fn exit_code(child: &mut Child) -> Option<i64> {
    let status = child.try_wait().ok()??;
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return Some(128 + i64::from(signal));
    }
    Some(status.code().unwrap_or(-1).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read() {
        let seconds = |text| parse_duration(text).map(|duration| duration.as_secs_f64()).ok();
        assert_eq!([seconds("5"), seconds("500ms"), seconds("1m30s")], [Some(5.0), Some(0.5), Some(90.0)]);
        assert_eq!([seconds("0"), seconds("1ms"), seconds("soon")], [None; 3]);
    }

    #[test]
    fn a_journal_becomes_what_it_is_the_journal_of() {
        assert_eq!(sealed_name(Path::new("a/stack.plimsoll.journal")), Path::new("a/stack.plimsoll"));
        assert_eq!(sealed_name(Path::new("a/stack.txt")), Path::new("a/stack.plimsoll"));
    }
}
