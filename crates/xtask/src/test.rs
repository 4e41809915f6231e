//! `cargo xtask test`: everything that is checked, in the order in which it fails soonest.

use std::process::Command;

use crate::Result;
use crate::step::{output, run as start, step};
use crate::workspace::{WASM, cargo, for_wasm, program, viewer};

/// The crates that the page runs.
const PAGE: [&str; 5] =
    ["plimsoll-snapshot", "plimsoll-collect", "plimsoll-analysis", "plimsoll-report", "plimsoll-web"];

/// Runs every check and every test.
pub(crate) fn run() -> Result {
    step("formatting", || start(&mut cargo(&["fmt", "--all", "--check"])))?;
    crate::supply::check()?;
    // The tests run against the real page and the real program.
    crate::build::run()?;
    step("lints", || start(&mut clippy(&["--workspace", "--all-targets"])))?;
    step("lints of the page", || {
        let mut command = cargo(&["clippy", "--locked", "--target", WASM]);
        for package in PAGE {
            command.args(["--package", package]);
        }
        start(for_wasm(command.args(["--", "-D", "warnings"]))?)
    })?;
    step("formatting and lints of the fuzzer's harnesses", crate::fuzz::lint)?;
    step("inputs of the fuzzer", crate::fuzz::test)?;
    let chromium = step("browser", crate::chromium::ensure)?;
    println!("  {}", chromium.display());
    let tests = |command: &mut Command| {
        start(
            command
                .args(["--locked", "--workspace"])
                .env("CHROME", &chromium)
                .env("PLIMSOLL", program())
                .env("PLIMSOLL_VIEWER", viewer()),
        )
    };
    if output(&mut cargo(&["nextest", "--version"])).is_some() {
        step("tests", || tests(&mut cargo(&["nextest", "run"])))?;
        // Nextest runs no examples of the documentation; only the libraries have some.
        step("examples", || {
            let mut command = cargo(&["test", "--doc", "--quiet", "--locked"]);
            for package in PAGE.into_iter().filter(|package| *package != "plimsoll-web") {
                command.args(["--package", package]);
            }
            start(&mut command)
        })?;
    } else {
        step("tests", || tests(&mut cargo(&["test"])))?;
    }
    println!("\nEverything passed: formatting, lints (native and page), unit tests, end-to-end tests.");
    Ok(())
}

fn clippy(arguments: &[&str]) -> Command {
    let mut command = cargo(&["clippy", "--locked"]);
    command.args(arguments).args(["--", "-D", "warnings"]);
    command
}
