//! Where things are, and how cargo is called.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::Result;

/// The target of the page.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";

/// Vectors, which every browser has that has what else the page needs, make SHA-256 half as fast again. The bound on
/// the memory is for hostile archives: a worker ends there, before the browser does.
///
/// Erased components make the page a tenth smaller: what leptos builds of them is compiled once, not once a type.
const WASM_FLAGS: [&str; 3] =
    ["-Ctarget-feature=+simd128", "-Clink-arg=--max-memory=2147483648", "--cfg=erase_components"];

/// The root of the workspace.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .expect("the crate lies two levels below the root")
}

/// Where cargo builds.
pub(crate) fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |path| root().join(path))
}

/// The built viewer.
pub(crate) fn viewer() -> PathBuf {
    root().join("dist/viewer.html")
}

/// The built program.
pub(crate) fn program() -> PathBuf {
    target().join("release/plimsoll").with_extension(env::consts::EXE_EXTENSION)
}

/// A call of cargo in the workspace.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root()).args(arguments);
    command
}

/// A call that builds for the page: the names of this machine's directories stay out of the WASM, so that the
/// same sources give the same bytes wherever they lie.
pub(crate) fn for_wasm(command: &mut Command) -> Result<&mut Command> {
    let flags: Vec<String> =
        remapped("--remap-path-prefix=")?.into_iter().chain(WASM_FLAGS.map(str::to_owned)).collect();
    // For this target alone: build scripts are built for the machine.
    Ok(command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", flags.join(" ")))
}

/// Flags that replace the directories of this machine in what a compiler writes.
pub(crate) fn remapped(flag: &str) -> Result<Vec<String>> {
    let home = env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| env::home_dir().map(|home| home.join(".cargo")))
        .ok_or("the home directory of cargo is unknown")?;
    // Cargo separates these flags by spaces. A path with one stays as it is, and so does its name in the output.
    let flags = [(home.as_path(), "cargo"), (root(), "plimsoll")]
        .map(|(path, name)| format!("{flag}{}={name}", path.display()));
    Ok(flags.into_iter().filter(|flag| !flag.contains(char::is_whitespace)).collect())
}
