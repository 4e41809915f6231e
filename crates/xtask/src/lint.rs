//! `cargo xtask lint`: what is checked without running anything.

use std::process::Command;

use crate::error::Result;
use crate::step::{run as start, step};
use crate::tools;
use crate::workspace::{WASM, cargo, for_wasm, root};

/// The crates that the page runs.
pub(crate) const PAGE: [&str; 6] = [
    "plimsoll-snapshot",
    "plimsoll-collect",
    "plimsoll-analysis",
    "plimsoll-report",
    "plimsoll-view",
    "plimsoll-web",
];

/// Checks formatting, lints, and what the workspace depends on.
pub(crate) fn run() -> Result {
    step("formatting", || start(&mut cargo(&["fmt", "--all", "--check"])))?;
    crate::supply::check()?;
    workflows()?;
    step("lints", || start(&mut clippy(&["--workspace", "--all-targets"])))?;
    step("lints of the page", || {
        let mut command = cargo(&["clippy", "--locked", "--target", WASM]);
        for package in PAGE {
            command.args(["--package", package]);
        }
        start(for_wasm(command.args(["--", "-D", "warnings"]))?)
    })?;
    step("formatting and lints of the fuzzer's harnesses", crate::fuzz::lint)?;
    step("packages of the libraries", packages)
}

/// Packages the libraries, with each other as their dependencies. The lints have compiled them.
fn packages() -> Result {
    let mut command = cargo(&["package", "--quiet", "--locked", "--no-verify", "--allow-dirty"]);
    for package in PAGE.into_iter().filter(|package| *package != "plimsoll-web") {
        command.args(["--package", package]);
    }
    start(&mut command)
}

/// Checks the workflows of the public host, if Python is there for their linters.
fn workflows() -> Result {
    let path = match tools::ensure_python(&tools::LINTERS) {
        Ok(path) => path,
        Err(error) => {
            println!("skipped: the linters of the workflows: {error}");
            return Ok(());
        }
    };
    let linter = |program: &str| {
        let mut command = Command::new(program);
        command.current_dir(root()).env("PATH", &path);
        command
    };
    step("workflows", || {
        start(linter("zizmor").args(["--offline", "--no-progress", ".github"]))?;
        let files = [".github/workflows/ci.yml", ".github/workflows/release.yml"];
        start(linter("check-jsonschema").args(["--builtin-schema", "vendor.github-workflows"]).args(files))
    })
}

fn clippy(arguments: &[&str]) -> Command {
    let mut command = cargo(&["clippy", "--locked"]);
    command.args(arguments).args(["--", "-D", "warnings"]);
    command
}
