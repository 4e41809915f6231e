//! `cargo xtask viewer`: the page as one file, without data.

use std::fs;
use std::process::Command;

use crate::bundle;
use crate::error::Result;
use crate::step::{run as start, step};
use crate::tools;
use crate::workspace::{WASM, cargo, for_wasm, root, target, viewer};

/// The viewer alone
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Build a larger and slower viewer in a fraction of the time, to look at
    #[arg(long)]
    dev: bool,
}

/// Builds the viewer that was asked for.
pub(crate) fn run_with(arguments: &Arguments) -> Result {
    if arguments.dev { develop() } else { run() }
}

/// Builds `dist/viewer.html` without trunk and without optimising its size.
fn develop() -> Result {
    tools::ensure_bindgen()?;
    let directory = target().join("viewer-dev");
    fs::create_dir_all(&directory)?;
    step("module", || {
        let mut build = cargo(&[
            "build",
            "--locked",
            "--package",
            "plimsoll-web",
            "--profile",
            "wasm-dev",
            "--target",
            WASM,
        ]);
        start(for_wasm(build.env("CARGO_TARGET_DIR", target()))?)
    })?;
    step("viewer", || {
        let module = target().join(WASM).join("wasm-dev/plimsoll-web.wasm");
        let mut bindgen = Command::new("wasm-bindgen");
        bindgen
            .args(["--target", "no-modules", "--no-typescript", "--out-dir"])
            .args([&directory, &module])
            .env("PATH", tools::path()?);
        start(&mut bindgen)?;
        bundle::develop(&directory)
    })
}

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
