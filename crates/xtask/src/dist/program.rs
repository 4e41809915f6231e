//! Builds the program for a target, so that the same sources give the same bytes in every directory.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::Result;
use crate::step::{output, run as start};
use crate::tools;
use crate::workspace::{cargo, remapped, root, target as target_directory};

use super::release::time;
use super::tables::Target;

/// Maximum size of the program in bytes: it is what people download.
const MAXIMUM: u64 = 20_000_000;

/// Builds `target/TRIPLE/dist/plimsoll`.
pub(super) fn build(target: &Target) -> Result<PathBuf> {
    tools::ensure_target(target.triple)?;
    // The zstd library and the assembly of ring need a C compiler for the target: zig is one for every Linux.
    let subcommand = if target.is_linux() { "zigbuild" } else { "build" };
    let mut command =
        cargo(&[subcommand, "--locked", "--profile", "dist", "--package", "plimsoll-cli", "--target"]);
    command.arg(target.triple).env(
        format!("CARGO_TARGET_{}_RUSTFLAGS", target.triple.to_uppercase().replace('-', "_")),
        remapped("--remap-path-prefix=")?.join(" "),
    );
    if target.is_linux() {
        command
            .env("PATH", tools::ensure_python(&tools::RELEASE)?)
            .env("ZIG_GLOBAL_CACHE_DIR", target_directory().join("tools/zig"))
            .env("CARGO_ZIGBUILD_CACHE_DIR", target_directory().join("tools/zigbuild"))
            .env("CFLAGS", remapped("-ffile-prefix-map=")?.join(" "));
    }
    start(command.env("SOURCE_DATE_EPOCH", time().to_string()))?;
    let program = target_directory().join(target.triple).join("dist").join(target.program());
    check(&program)?;
    Ok(program)
}

/// Refuses a program that is too large, or that names a directory of this machine.
fn check(program: &Path) -> Result {
    let bytes = fs::read(program)?;
    if bytes.len() as u64 > MAXIMUM {
        return Err(format!("the program has {} bytes, more than {MAXIMUM}", bytes.len()).into());
    }
    let place = root().to_string_lossy();
    if memchr::memmem::find(&bytes, place.as_bytes()).is_some() {
        return Err(format!("the program contains `{place}`, a directory of this machine").into());
    }
    Ok(())
}

/// A program that runs here, to print what is made of its command line: the built one, or else one for this machine.
pub(super) fn runnable(built: &Path) -> Result<PathBuf> {
    if output(Command::new(built).arg("--version")).is_some() {
        return Ok(built.to_owned());
    }
    start(&mut cargo(&["build", "--locked", "--package", "plimsoll-cli"]))?;
    Ok(target_directory().join("debug/plimsoll").with_extension(std::env::consts::EXE_EXTENSION))
}
