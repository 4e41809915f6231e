//! `cargo xtask fleet`: builds and tests `plimsoll-fleet`, which has its own workspace and lock file. See `docs/fleet.md`.

use std::path::PathBuf;
use std::process::Command;

use clap::Args;

use crate::error::Result;
use crate::step::{run as start, step};
use crate::tools;
use crate::workspace::{cargo, root, target};

/// Build plimsoll-fleet, and compare its answers with those of another engine
#[derive(Args)]
pub(crate) struct Arguments {
    /// Build the program that a release would have, without tests
    #[arg(long)]
    release: bool,
    /// Check formatting and lints, too
    #[arg(long, conflicts_with = "release")]
    lint: bool,
    /// Ask the same questions on the same files with DuckDB, from PyPI
    #[arg(long, conflicts_with = "release")]
    duckdb: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result {
    if arguments.release {
        return step("plimsoll-fleet", || start(&mut native(&["build", "--locked", "--release"])));
    }
    step("plimsoll-fleet", || start(&mut native(&["build", "--locked", "--all-targets"])))?;
    if arguments.lint {
        step("formatting and lints", || {
            start(&mut native(&["fmt", "--check"]))?;
            start(native(&["clippy", "--locked", "--all-targets"]).args(["--", "-D", "warnings"]))
        })?;
    }
    step("tests", || start(&mut native(&["test", "--locked"])))?;
    if arguments.duckdb {
        step("the same answers by DuckDB", || {
            let path = tools::ensure_python(&tools::DUCKDB)?;
            let mut command = Command::new("python");
            command.current_dir(workspace()).env("PATH", path).arg("scripts/duckdb_answers.py");
            start(command.arg(target().join("fleet/debug")))
        })?;
    }
    Ok(())
}

fn workspace() -> PathBuf {
    root().join("crates/fleet")
}

fn native(arguments: &[&str]) -> Command {
    let mut command = cargo(arguments);
    command.current_dir(workspace()).env("CARGO_TARGET_DIR", target().join("fleet"));
    command
}
