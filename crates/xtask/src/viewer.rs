//! `cargo xtask viewer`: the page as one file, without data.

use std::fs;
use std::process::Command;

use crate::error::Result;
use crate::step::{run as start, step};
use crate::tools;
use crate::workspace::{cargo, for_wasm, root, target, viewer};

/// Builds `dist/viewer.html`.
pub(crate) fn run() -> Result {
    tools::ensure()?;
    // Trunk builds offline, so that it downloads no tools.
    step("crates", || start(&mut cargo(&["fetch", "--locked"])))?;
    step("viewer", || {
        let mut trunk = Command::new("trunk");
        trunk
            .args(["build", "--release", "--skip-version-check"])
            .current_dir(root())
            .env("PATH", tools::path()?)
            .env("CARGO_TARGET_DIR", target())
            // Trunk parses its value as a boolean, and fails on `1`.
            .env_remove("NO_COLOR");
        start(for_wasm(&mut trunk)?)
    })?;
    println!("  {} ({} bytes)", viewer().display(), fs::metadata(viewer())?.len());
    Ok(())
}
