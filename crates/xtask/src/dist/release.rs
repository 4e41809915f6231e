//! What every file of a release shares: its version, its time and its place.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use crate::step::output;
use crate::workspace::{root, target};

/// The version of every file of a release.
pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The first time that a zip archive can contain, for sources without a history: 1980.
const WITHOUT_HISTORY: i64 = 315_532_800;

/// Where the files lie: not in `dist`, where cargo builds for the profile of that name.
pub(super) fn directory() -> PathBuf {
    target().join("artifacts")
}

/// The time of every file, in seconds since 1970: that of the commit, so that a release has no clock in it.
pub(super) fn time() -> i64 {
    let given = env::var("SOURCE_DATE_EPOCH").ok();
    let commit = || output(Command::new("git").args(["log", "-1", "--format=%ct"]).current_dir(root()));
    given.or_else(commit).and_then(|text| text.trim().parse().ok()).unwrap_or(WITHOUT_HISTORY)
}
