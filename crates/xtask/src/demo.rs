//! `cargo xtask demo`: the reports that show what Plimsoll does.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::Result;
use crate::step::{run as start, step};
use crate::workspace::{program, root, target};

/// One report of the demo.
struct Report {
    /// What it shows.
    name: &'static str,
    /// What the program is given, from the root of the workspace; the path of the report follows.
    arguments: &'static [&'static str],
    /// The file it writes.
    file: &'static str,
}

/// In the order in which they are best read.
const REPORTS: &[Report] = &[];

/// Builds the program and writes every report.
pub(crate) fn run() -> Result {
    crate::build::run()?;
    let directory = target().join("demo");
    fs::create_dir_all(&directory)?;
    for report in REPORTS {
        step(report.name, || write(report, &directory))?;
    }
    println!("\n{} reports, to be opened in any browser:", REPORTS.len());
    for report in REPORTS {
        println!("  {}: {}", report.name, directory.join(report.file).display());
    }
    Ok(())
}

fn write(report: &Report, directory: &Path) -> Result {
    start(Command::new(program()).args(report.arguments).arg(directory.join(report.file)).current_dir(root()))
}
