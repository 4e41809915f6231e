//! Calls of the real program.

use std::env;
use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;

/// The built program: `PLIMSOLL`, or where `cargo xtask build` puts it.
pub fn path() -> PathBuf {
    let built = || {
        let target =
            env::var_os("CARGO_TARGET_DIR").map_or_else(|| crate::root().join("target"), PathBuf::from);
        target.join("release/plimsoll")
    };
    env::var_os("PLIMSOLL").map_or_else(built, PathBuf::from)
}

/// What one call printed, and how it ended.
#[derive(Debug)]
pub struct Run {
    /// The exit code; none if a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// The program, without the cache of the user: what a test reads must not come from another.
pub fn command() -> Command {
    let mut command = Command::new(path());
    command.env("PLIMSOLL_NO_CACHE", "true");
    command
}

/// Calls the program.
pub fn run<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Run {
    let output = command().args(arguments).output();
    output.expect("the program is built by `cargo xtask build`").into()
}

/// Calls the program, which has to succeed.
pub fn succeed<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Run {
    let run = run(arguments);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    run
}

/// Calls the program, which has to print JSON.
pub fn json<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Value {
    let run = succeed(arguments);
    serde_json::from_str(&run.stdout).expect("it prints JSON")
}
