//! `cargo xtask viewer`: the page as one file, without data.

use std::fs;
use std::process::Command;

use crate::error::Result;
use crate::step::{run as start, step};
use crate::tools;
use crate::workspace::{WASM, cargo, for_wasm, target, viewer};

/// The profile of the page, and the directory below the target that it names.
const PROFILE: &str = "wasm-release";

/// Builds `dist/viewer.html`.
pub(crate) fn run() -> Result {
    tools::ensure()?;
    step("page", || {
        let mut command = cargo(&["build", "--locked", "--package", "plimsoll-web", "--profile", PROFILE]);
        start(for_wasm(command.args(["--target", WASM]))?)
    })?;
    let directory = target().join("viewer");
    step("glue", || {
        // No file of an earlier build may become a part of this one.
        if directory.exists() {
            fs::remove_dir_all(&directory)?;
        }
        start(
            Command::new("wasm-bindgen")
                .args([
                    "--target",
                    "no-modules",
                    "--no-typescript",
                    "--out-name",
                    "plimsoll-web",
                    "--out-dir",
                ])
                .arg(&directory)
                .arg(target().join(WASM).join(PROFILE).join("plimsoll-web.wasm"))
                .env("PATH", tools::path()?),
        )
    })?;
    step("viewer", || crate::bundle::run(&directory))?;
    println!("  {} ({} bytes)", viewer().display(), fs::metadata(viewer())?.len());
    Ok(())
}
