//! Prints the waste in a snapshot in Spanish, with the fixes:
//! `cargo run -p plimsoll-report --example findings -- examples/agente-before.plimsoll`

#![expect(clippy::print_stdout, clippy::disallowed_types, reason = "an example is a program")]

use std::{env, error::Error, fs::File};

use plimsoll_analysis::findings::advise_stack;
use plimsoll_report::findings;
use plimsoll_report::language::Language;

fn main() -> Result<(), Box<dyn Error>> {
    let path = env::args().nth(1).ok_or("usage: findings SNAPSHOT")?;
    let snapshot = plimsoll_snapshot::read(File::open(path)?)?;
    print!("{}", findings::text(&advise_stack(&snapshot), Language::Spanish));
    Ok(())
}
