//! The tools that build the viewer, in the versions that go together.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;
use std::{env, fs};

use crate::error::Result;
use crate::step::{output, run, step};
use crate::workspace::{WASM, cargo, target};

struct Tool {
    program: &'static str,
    package: &'static str,
    version: &'static str,
    arguments: &'static [&'static str],
}

const TOOLS: &[Tool] = &[
    // The version is that of the crate in the workspace manifest. Without `--locked`: its lock file names a
    // crate that was withdrawn.
    Tool { program: "wasm-bindgen", package: "wasm-bindgen-cli", version: "0.2.130", arguments: &[] },
    Tool {
        program: "trunk",
        package: "trunk",
        version: "0.21.14",
        arguments: &["--locked", "--no-default-features", "--features", "rustls"],
    },
];

/// Judges dependencies. What it says of them is worth something without it being there, so nothing else needs it.
const DENY: Tool =
    Tool { program: "cargo-deny", package: "cargo-deny", version: "0.20.2", arguments: &["--locked"] };

/// Provides `cargo deny`.
pub(crate) fn ensure_deny() -> Result {
    ensure_tool(&DENY)
}

/// It is not needed to build anything.
const CARGO_FUZZ: Tool =
    Tool { program: "cargo-fuzz", package: "cargo-fuzz", version: "0.13.2", arguments: &["--locked"] };

/// Provides the target of the page and the tools, installing below the target directory what is missing.
pub(crate) fn ensure() -> Result {
    step("Rust target of the page", ensure_wasm_target)?;
    for tool in TOOLS {
        step(&format!("{} {}", tool.program, tool.version), || ensure_tool(tool))?;
    }
    Ok(())
}

/// Provides the fuzzer.
pub(crate) fn ensure_cargo_fuzz() -> Result {
    ensure_tool(&CARGO_FUZZ)
}

/// The search path with the installed tools first.
pub(crate) fn path() -> Result<OsString> {
    let inherited = env::var_os("PATH").unwrap_or_default();
    Ok(env::join_paths(std::iter::once(directory().join("bin")).chain(env::split_paths(&inherited)))?)
}

fn directory() -> PathBuf {
    target().join("tools")
}

fn ensure_wasm_target() -> Result {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let libraries = output(Command::new(rustc).args(["--print", "target-libdir", "--target", WASM]));
    if libraries.is_some_and(|path| PathBuf::from(path.trim()).is_dir()) {
        return Ok(());
    }
    run(Command::new("rustup").args(["target", "add", WASM]))
}

fn ensure_tool(tool: &Tool) -> Result {
    let version =
        output(Command::new(tool.program).arg("--version").env("PATH", path()?).env_remove("NO_COLOR"));
    if version.is_some_and(|version| version.split_whitespace().nth(1) == Some(tool.version)) {
        return Ok(());
    }
    fs::create_dir_all(directory())?;
    run(cargo(&["install", tool.package, "--version", tool.version, "--root"])
        .arg(directory())
        .args(tool.arguments)
        // They run for a second each: building them fast matters more than what they could gain.
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
        .env("CARGO_TARGET_DIR", directory().join("build")))?;
    // Hundreds of megabytes that nothing needs again.
    fs::remove_dir_all(directory().join("build"))?;
    Ok(())
}
