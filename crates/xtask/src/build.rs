//! `cargo xtask build`: the viewer, and the program that holds it.

use crate::error::Result;
use crate::step::{run as start, step};
use crate::workspace::{cargo, program};

/// Builds `target/release/plimsoll`.
pub(crate) fn run() -> Result {
    crate::viewer::run()?;
    step("program", || start(&mut cargo(&["build", "--release", "--locked", "--package", "plimsoll-cli"])))?;
    println!("  {}", program().display());
    Ok(())
}
