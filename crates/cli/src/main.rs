//! Plimsoll: know how heavy your containers are, make them lighter, prove it.

use std::process::ExitCode;
use std::time::Instant;

use clap::FromArgMatches as _;

mod announced;
mod arguments;
mod cache;
mod commands;
mod docker_plugin;
mod ending;
mod error;
mod files;
mod identity;
mod idle;
mod input;
mod interruption;
mod layers;
mod load;
mod memory;
mod names;
mod next;
mod options;
mod output;
mod picture;
mod printer;
mod program;
mod progress;
mod proof;
mod recording;
mod sources;
mod stack;

mod unchanged;
mod viewer;

use crate::error::Error;
use crate::printer::Printer;
use crate::program::{Cli, Command};

fn main() -> ExitCode {
    let arguments = match docker_plugin::call(std::env::args_os().collect(), program::program) {
        docker_plugin::Call::Run(arguments) => arguments,
        docker_plugin::Call::Answer(text) => return finished(Printer::default().data(&text).map(done)),
    };
    docker_plugin::when_docker_ends(interruption::end);
    program::colours(&arguments).write_global();
    let color = match program::colours(&arguments) {
        anstream::ColorChoice::Always => clap::ColorChoice::Always,
        anstream::ColorChoice::Never => clap::ColorChoice::Never,
        _ => clap::ColorChoice::Auto,
    };
    let matches = program::program().color(color).try_get_matches_from(arguments);
    let Cli { command, global } = match matches.and_then(|matches| Cli::from_arg_matches(&matches)) {
        Ok(cli) => cli,
        Err(error) => return arguments::refused(&error),
    };
    printer::set_loudness(global.quiet, global.verbose);
    let printer = Printer::default();
    let start = Instant::now();
    let result = run(&command, &printer);
    if result.is_ok() {
        printer.detail(&format!("note: took {:.2} s", start.elapsed().as_secs_f64()));
        if let Some(next) = next(&command) {
            printer.next(&next);
        }
    }
    finished(result)
}

const fn done((): ()) -> ExitCode {
    ExitCode::SUCCESS
}

fn run(command: &Command, printer: &Printer) -> Result<ExitCode, Error> {
    match command {
        Command::Snapshot(args) => commands::snapshot::run(args, printer).map(done),
        Command::Inspect(args) => commands::inspect::run(args, printer).map(done),
        Command::Compare(args) => commands::compare::run(args, printer).map(done),
        Command::Packages(args) => commands::packages::run(args, printer).map(done),
        Command::Findings(args) => commands::findings::run(args, printer).map(done),
        Command::Fix(args) => commands::fix::run(args, printer).map(done),
        Command::Why(args) => commands::why::run(args, printer).map(done),
        Command::Whatif(args) => commands::whatif::run(args, printer).map(done),
        Command::Split(args) => commands::split::run(args, printer).map(done),
        Command::Report(args) => commands::report::run(args, printer).map(done),
        Command::Viewer(args) => commands::viewer::run(args, printer).map(done),
        Command::Init(args) => commands::init::run(args, printer).map(done),
        Command::Recommend(args) => commands::recommend::run(args, printer).map(done),
        Command::GenerateCompletions(args) => {
            commands::generate_completions::run(args, program::program(), printer).map(done)
        }
        Command::GenerateMan(args) => commands::generate_man::run(args, program::program()).map(done),
        // These say by their exit code what came of it.
        Command::Record(args) => commands::record::run(args, printer),
        Command::Check(args) => commands::check::run(args, printer),
    }
}

/// The command that usually follows.
fn next(command: &Command) -> Option<String> {
    match command {
        Command::Snapshot(args) => args.next(),
        Command::Inspect(args) => args.next(),
        Command::Compare(args) => args.next(),
        Command::Packages(args) => args.next(),
        Command::Findings(args) => args.next(),
        Command::Init(args) => args.next(),
        _ => None,
    }
}

/// The exit code of a result, whose error is printed.
fn finished(result: Result<ExitCode, Error>) -> ExitCode {
    match result {
        Ok(code) => code,
        // The reader of our output has seen enough: `plimsoll inspect … | head`.
        Err(Error::ClosedPipe) => ExitCode::SUCCESS,
        Err(error) => {
            Printer::default().error(&error);
            ExitCode::from(2)
        }
    }
}
