//! Writes two large made snapshots, to measure the page with.

use std::fs::File;
use std::path::PathBuf;

use clap::Parser;
use plimsoll_tests::made::{many_files, snapshot};

/// Write `before.plimsoll` and `after.plimsoll` of many files
#[derive(Parser)]
struct Arguments {
    /// The number of files of each side
    files: u64,
    /// The directory to write to
    directory: PathBuf,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments = Arguments::parse();
    for (name, after) in [("before", false), ("after", true)] {
        let made = snapshot(&["app"], "app", &many_files(arguments.files, after));
        let file = File::create(arguments.directory.join(format!("{name}.plimsoll")))?;
        plimsoll_snapshot::write_gzip(&made, file)?;
    }
    Ok(())
}
