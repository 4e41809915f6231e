//! `plimsoll watch`: containers as they run.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::LanguageArgs;
use super::record::{Whose, engine, parse_duration};
use crate::error::{Error, Result};
use crate::printer::Printer;
use crate::recording::Target;
use crate::watch::{Watch, lines, screen};

/// Watch running containers: memory against limits, CPU, network, disk, health, logs
///
/// Reads the engine as `record` does, and changes nothing. Press `r` to record what is on the screen, `?` for the keys.
#[derive(clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Args {
    /// Compose project, or containers by name, ID or service; default: all
    #[arg(value_name = "PROJECT|CONTAINER")]
    names: Vec<String>,
    /// Compose project
    #[arg(short, long, value_name = "NAME")]
    project: Option<String>,
    /// Watch only containers with this label
    #[arg(long, value_name = "NAME[=VALUE]")]
    label: Vec<String>,
    /// Engine to read
    #[arg(long, value_enum, default_value_t)]
    engine: Whose,
    /// Time between two samples
    #[arg(long, value_name = "TIME", default_value = "1s", value_parser = parse_duration)]
    interval: Duration,
    /// Print one line of JSON per sample instead
    #[arg(long)]
    json: bool,
    /// Time after which `--json` ends
    #[arg(long, value_name = "TIME", requires = "json", value_parser = parse_duration)]
    duration: Option<Duration>,
    /// File that `r` records to; a number is added if it exists [default: watch.plimsoll]
    #[arg(short, long, value_name = "FILE", conflicts_with = "json")]
    output: Option<PathBuf>,
    #[command(flatten)]
    language: LanguageArgs,
}

const EXAMPLES: &str = "\u{1b}[1;4mExamples:\u{1b}[0m
  Watch the services of a Compose project:
      plimsoll watch shop
  Print the working set of a container each second:
      plimsoll watch shop-web-1 --json | jq '.containers[0].working_set_bytes'";

pub(crate) fn run(args: &Args, printer: &Printer) -> Result<()> {
    let target = Target {
        project: args.project.clone(),
        labels: args.label.clone(),
        names: args.names.clone(),
        names_projects: true,
    };
    let watch =
        Watch { engine: engine(args.engine, printer), target, interval: args.interval, expects: true };
    if !args.json {
        if let Some(written) = screen(&watch, args.output.as_ref(), args.language.chosen())? {
            printer.data(&format!("{written}\n"))?;
        }
        return Ok(());
    }
    let asked = Arc::new(AtomicBool::new(false));
    let ask = Arc::clone(&asked);
    crate::interruption::on_interruption(move || {
        if ask.swap(true, Ordering::Relaxed) {
            std::process::exit(crate::interruption::INTERRUPTED);
        }
    })
    .map_err(|error| Error::usage(format!("cannot be told to stop: {error}"), "use `--duration`"))?;
    lines(&watch, args.duration, &asked, printer)
}
