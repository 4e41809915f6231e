//! Plimsoll: know how heavy your containers are, make them lighter, prove it.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod cache;
mod commands;
mod error;
mod layers;
mod load;
mod output;
mod printer;
mod progress;
mod sources;
mod viewer;

use crate::error::Error;
use crate::printer::Printer;

/// Know how heavy your containers are, make them lighter, prove it.
#[derive(Parser)]
#[command(name = "plimsoll", version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Snapshot(commands::snapshot::Args),
    Inspect(commands::inspect::Args),
    Compare(commands::compare::Args),
    Report(commands::report::Args),
    Viewer(commands::viewer::Args),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let printer = Printer::default();
    let result = match cli.command {
        Command::Snapshot(args) => commands::snapshot::run(&args, &printer),
        Command::Inspect(args) => commands::inspect::run(&args, &printer),
        Command::Compare(args) => commands::compare::run(&args, &printer),
        Command::Report(args) => commands::report::run(&args, &printer),
        Command::Viewer(args) => commands::viewer::run(&args, &printer),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads our output has seen enough: `plimsoll inspect … | head`.
        Err(Error::ClosedPipe) => ExitCode::SUCCESS,
        Err(error) => {
            printer.error(&error);
            ExitCode::from(2)
        }
    }
}
