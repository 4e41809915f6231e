//! Writes the comparison of two snapshots as Markdown:
//! `cargo run -p plimsoll-report --example markdown -- examples/agente-before.plimsoll examples/agente-after.plimsoll`

#![expect(clippy::print_stdout, clippy::disallowed_types, reason = "an example is a program")]

use std::{env, error::Error, fs::File};

use plimsoll_analysis::Changes;
use plimsoll_report::language::Language;
use plimsoll_report::markdown;
use plimsoll_snapshot::Snapshot;

fn main() -> Result<(), Box<dyn Error>> {
    let [Some(before), Some(after)] = [env::args().nth(1), env::args().nth(2)] else {
        return Err("usage: markdown BEFORE AFTER".into());
    };
    let changes = Changes::between(&read(&before)?, &read(&after)?);
    print!("{}", markdown::comparison(&changes, Language::English));
    Ok(())
}

fn read(path: &str) -> Result<Snapshot, Box<dyn Error>> {
    Ok(plimsoll_snapshot::read(File::open(path)?)?)
}
