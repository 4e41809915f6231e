//! Plimsoll for fleets: scans thousands of images into Parquet tables, and answers questions about all of them.

use std::process::ExitCode;

use clap::Parser as _;

mod commands;
mod engine;
#[cfg_attr(not(test), expect(dead_code, reason = "the program uses more of it"))]
#[path = "../../cli/src/error.rs"]
mod error;
mod facts;
#[cfg_attr(not(test), expect(dead_code, reason = "the program uses more of it"))]
#[path = "../../cli/src/files.rs"]
mod files;
mod generator;
#[path = "../../cli/src/idle.rs"]
mod idle;
mod input;
mod limits;
mod name;
mod options;
mod overview;
#[cfg_attr(not(test), expect(dead_code, reason = "the program uses more of it"))]
#[path = "../../cli/src/printer.rs"]
mod printer;
mod program;
mod questions;
mod said;
mod scan;
#[cfg_attr(not(test), expect(dead_code, unused_imports, reason = "the program uses more of it"))]
mod sources;
mod state;
mod store;
mod tables;
mod version_key;

use crate::error::Error;
use crate::printer::Printer;
use crate::program::{Arguments, Command};

/// It lives as long as the program: readers of registries borrow it.
static PRINTER: std::sync::LazyLock<Printer> = std::sync::LazyLock::new(Printer::default);

fn main() -> ExitCode {
    let Arguments { command, quiet, verbose } = Arguments::parse();
    printer::set_loudness(quiet, verbose);
    let result = match &command {
        Command::Scan(args) => commands::scan::run(args, &PRINTER),
        Command::Query(args) => commands::query::run(args, &PRINTER),
        Command::Report(args) => commands::report::run(args, &PRINTER),
    };
    match result {
        Ok(code) => code,
        Err(Error::ClosedPipe) => ExitCode::SUCCESS,
        Err(error) => {
            PRINTER.error(&error, &|_| false);
            ExitCode::from(2)
        }
    }
}
