//! Plimsoll: know how heavy your containers are, make them lighter, prove it.

use std::process::ExitCode;
use std::time::Instant;

use clap::FromArgMatches as _;
use plimsoll_snapshot::Limit;

mod announced;
mod arguments;
mod attached;
mod browse;
mod cache;
mod ci;
mod commands;
mod contents;
mod docker_plugin;
mod ending;
mod error;
mod files;
mod history;
mod identity;
mod idle;
mod input;
mod interruption;
mod keys_help;
mod limits;
mod list;
mod load;
mod memory;
mod names;
mod next;
mod options;
mod output;
mod paint;
mod picture;
mod printer;
mod program;
mod progress;
mod proof;
mod recording;
mod sources;
mod terminal;
mod unchanged;
mod viewer;
mod watch;

use crate::error::Error;
use crate::printer::Printer;
use crate::program::{Cli, Command};

fn main() -> ExitCode {
    let arguments = match docker_plugin::call(std::env::args_os().collect(), program::program) {
        docker_plugin::Call::Run(arguments) => arguments,
        docker_plugin::Call::Answer(text) => {
            let printer = Printer::default();
            return finished(printer.data(&text).map(done), &printer, None);
        }
    };
    docker_plugin::when_docker_ends(interruption::end);
    program::colours(&arguments).write_global();
    let color = match program::colours(&arguments) {
        anstream::ColorChoice::Always => clap::ColorChoice::Always,
        anstream::ColorChoice::Never => clap::ColorChoice::Never,
        _ => clap::ColorChoice::Auto,
    };
    let matches = match program::program().color(color).try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(error) => return arguments::refused(&error),
    };
    let name = matches.subcommand_name();
    let Cli { command, global } = match Cli::from_arg_matches(&matches) {
        Ok(cli) => cli,
        Err(error) => return arguments::refused(&error.format(&mut program::program())),
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
    finished(result, &printer, name)
}

const fn done((): ()) -> ExitCode {
    ExitCode::SUCCESS
}

fn run(command: &Command, printer: &Printer) -> Result<ExitCode, Error> {
    match command {
        Command::Snapshot(args) => commands::snapshot::run(args, printer).map(done),
        Command::Inspect(args) => commands::inspect::run(args, printer).map(done),
        Command::Df(args) => commands::df::run(args, printer).map(done),
        Command::Dockerfile(args) => commands::dockerfile::run(args, printer).map(done),
        Command::Browse(args) => commands::browse::run(args, printer).map(done),
        Command::Pull(args) => commands::pull::run(args, printer).map(done),
        Command::Watch(args) => commands::watch::run(args, printer).map(done),
        Command::Cat(args) => commands::cat::run(args, printer).map(done),
        Command::Extract(args) => commands::extract::run(args, printer).map(done),
        Command::Compare(args) => commands::compare::run(args, printer).map(done),
        Command::Packages(args) => commands::packages::run(args, printer).map(done),
        Command::Findings(args) => commands::findings::run(args, printer).map(done),
        Command::Fix(args) => commands::fix::run(args, printer).map(done),
        Command::Why(args) => commands::why::run(args, printer).map(done),
        Command::Whatif(args) => commands::whatif::run(args, printer).map(done),
        Command::Split(args) => commands::split::run(args, printer).map(done),
        Command::Report(args) => commands::report::run(args, printer).map(done),
        Command::Attach(args) => commands::attach::run(args, printer).map(done),
        Command::Sbom(args) => commands::sbom::run(args, printer).map(done),
        Command::Viewer(args) => commands::viewer::run(args, printer).map(done),
        Command::Comment(args) => commands::comment::run(args, printer).map(done),
        Command::History(args) => commands::history::run(args, printer).map(done),
        Command::Init(args) => commands::init::run(args, printer).map(done),
        Command::Recommend(args) => commands::recommend::run(args, printer).map(done),
        Command::GenerateCompletions(args) => {
            commands::generate_completions::run(args, program::program(), printer).map(done)
        }
        Command::GenerateMan(args) => commands::generate_man::run(args, program::program()).map(done),
        // These say by their exit code what came of it.
        Command::Fleet(args) => commands::fleet::run(args),
        Command::Record(args) => commands::record::run(args, printer),
        Command::Check(args) => commands::check::run(args, printer),
        Command::Ci(args) => commands::ci::run(args, printer),
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

/// The exit code of a result, whose error is printed with the flags that the command has.
fn finished(result: Result<ExitCode, Error>, printer: &Printer, command: Option<&str>) -> ExitCode {
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
    let program = program::program();
    let command = command.and_then(|name| program.find_subcommand(name));
    command.is_some_and(|command| limits::has_flag(command, limit))
}
