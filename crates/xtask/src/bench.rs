//! `cargo xtask bench`: the program beside its peers, and its parts.

use crate::error::Result;
use crate::step::{run as start, step};
use crate::workspace::cargo;

/// Builds the program and measures it.
pub(crate) fn run(arguments: &[String]) -> Result {
    crate::build::run()?;
    let whole =
        ["run", "--quiet", "--release", "--locked", "--package", "plimsoll-tests", "--bin", "bench", "--"];
    step("the whole", || start(cargo(&whole).args(arguments)))?;
    step("the parts", || start(&mut cargo(&["bench", "--quiet", "--locked", "--package", "plimsoll-tests"])))
}
