//! What the end-to-end tests share: a browser, the program, and where the built things are.

use std::env;
use std::path::{Path, PathBuf};

pub mod browser;
pub mod craft;
pub mod firefox;
pub mod made;
pub mod page;
pub mod program;

/// The built viewer: `PLIMSOLL_VIEWER`, or where `cargo xtask viewer` puts it.
pub fn viewer() -> PathBuf {
    env::var_os("PLIMSOLL_VIEWER").map_or_else(|| root().join("dist/viewer.html"), PathBuf::from)
}

/// The root of the workspace.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate lies one level below the root")
}

/// An image of those that lie in `tests/images`.
pub fn image(name: &str) -> PathBuf {
    root().join("tests/images").join(name)
}
