//! Plimsoll: know how heavy your containers are, make them lighter, prove it.

use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use plimsoll_snapshot::Limit;

mod announced;
mod arguments;
mod cache;
mod ci;
mod commands;
mod ending;
mod error;
mod files;
mod history;
mod identity;
mod idle;
mod input;
mod interruption;
mod limits;
mod load;
mod memory;
mod names;
mod options;
mod output;
mod picture;
mod printer;
mod progress;
mod proof;
mod recording;
mod sources;
mod unchanged;
mod viewer;

use crate::error::Error;
use crate::printer::Printer;

/// Measure container images and their memory, find waste, and prove the improvement
///
/// A SOURCE is an image archive, an image in an engine or a registry, or a snapshot: see `plimsoll snapshot --help`.
#[derive(Parser)]
#[command(name = "plimsoll", version, max_term_width = 100, after_long_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\u{1b}[1;4mExamples:\u{1b}[0m
  Show where the bytes of an image are:
      plimsoll inspect my-app:latest
  Find waste, with the fix for each finding:
      plimsoll findings my-app:latest --dockerfile Dockerfile
  Compare an image before and after a change:
      plimsoll snapshot app=my-app:old -o before.plimsoll
      plimsoll snapshot app=my-app:new -o after.plimsoll
      plimsoll report before.plimsoll after.plimsoll -o report.html";

#[derive(Subcommand)]
enum Command {
    Snapshot(commands::snapshot::Args),
    Record(commands::record::Args),
    Inspect(commands::inspect::Args),
    Dockerfile(commands::dockerfile::Args),
    Df(commands::df::Args),
    Compare(commands::compare::Args),
    Packages(commands::packages::Args),
    Findings(commands::findings::Args),
    Fix(commands::fix::Args),
    Why(commands::why::Args),
    Whatif(commands::whatif::Args),
    Split(commands::split::Args),
    Report(commands::report::Args),
    Viewer(commands::viewer::Args),
    Check(commands::check::Args),
    Ci(Box<commands::ci::Args>),
    Comment(commands::comment::Args),
    History(commands::history::Args),
    Init(commands::init::Args),
    Recommend(commands::recommend::Args),
}

fn main() -> ExitCode {
    let matches = match Cli::command().try_get_matches() {
        Ok(matches) => matches,
        Err(error) => return arguments::refused(&error),
    };
    let command = matches.subcommand_name();
    let cli = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => return arguments::refused(&error.format(&mut Cli::command())),
    };
    let printer = Printer::default();
    let done = |()| ExitCode::SUCCESS;
    let result = match cli.command {
        Command::Snapshot(args) => commands::snapshot::run(&args, &printer).map(done),
        Command::Inspect(args) => commands::inspect::run(&args, &printer).map(done),
        Command::Df(args) => commands::df::run(&args, &printer).map(done),
        Command::Dockerfile(args) => commands::dockerfile::run(&args, &printer).map(done),
        Command::Compare(args) => commands::compare::run(&args, &printer).map(done),
        Command::Packages(args) => commands::packages::run(&args, &printer).map(done),
        Command::Findings(args) => commands::findings::run(&args, &printer).map(done),
        Command::Fix(args) => commands::fix::run(&args, &printer).map(done),
        Command::Why(args) => commands::why::run(&args, &printer).map(done),
        Command::Whatif(args) => commands::whatif::run(&args, &printer).map(done),
        Command::Split(args) => commands::split::run(&args, &printer).map(done),
        Command::Report(args) => commands::report::run(&args, &printer).map(done),
        Command::Viewer(args) => commands::viewer::run(&args, &printer).map(done),
        Command::Comment(args) => commands::comment::run(&args, &printer).map(done),
        Command::History(args) => commands::history::run(&args, &printer).map(done),
        Command::Init(args) => commands::init::run(&args, &printer).map(done),
        Command::Recommend(args) => commands::recommend::run(&args, &printer).map(done),
        // These say by their exit code what came of it.
        Command::Record(args) => commands::record::run(&args, &printer),
        Command::Check(args) => commands::check::run(&args, &printer),
        Command::Ci(args) => commands::ci::run(&args, &printer),
    };
    match result {
        Ok(code) => code,
        // The reader of our output has seen enough: `plimsoll inspect … | head`.
        Err(Error::ClosedPipe) => ExitCode::SUCCESS,
        Err(error) => {
            printer.error(&error, &|limit| is_changeable(command, limit));
            ExitCode::from(2)
        }
    }
}

/// Whether the command that runs has a flag for a limit.
fn is_changeable(command: Option<&str>, limit: Limit) -> bool {
    let program = Cli::command();
    let command = command.and_then(|name| program.find_subcommand(name));
    command.is_some_and(|command| limits::has_flag(command, limit))
}
