//! Embeds the viewer that `cargo xtask viewer` built, or nothing where it was not built.
//!
//! It never builds the viewer itself: a plain `cargo build` needs no WASM target.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let directory = |name: &str| env::var_os(name).map(PathBuf::from).ok_or(io::ErrorKind::NotFound);
    let workspace = directory("CARGO_MANIFEST_DIR")?.join("../..");
    let viewer = workspace.join("dist/viewer.html");
    #[expect(clippy::disallowed_methods, reason = "a part of the program is no input of it")]
    let text = match fs::read(&viewer) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(error),
    };
    fs::write(directory("OUT_DIR")?.join("viewer.html"), text)?;

    // As long as it is missing, cargo runs this every time: so the viewer is taken up once it is there.
    rerun_if_changed(&viewer);
    rerun_if_changed(Path::new("build.rs"));
    Ok(())
}

fn rerun_if_changed(path: &Path) {
    println!("cargo::rerun-if-changed={}", path.display());
}
