//! `cargo xtask test`: every test, against the real page and the real program.

use std::process::Command;

use clap::Args;

use crate::browsers::{Browser, CHROMIUM, FIREFOX};
use crate::error::Result;
use crate::lint::PAGE;
use crate::step::{output, run as start, step};
use crate::workspace::{cargo, program, viewer};

/// Run every test, including those in a headless browser
#[derive(Args)]
pub(crate) struct Arguments {
    /// Install Chromium and Firefox with `apt-get` if they are missing
    #[arg(long)]
    install_browsers: bool,
}

/// The tests that need a browser, in the two notations: a filter of nextest, and a part of the names.
const NEEDS_CHROMIUM: [&str; 2] = ["not test(/^in_browser::/)", "in_browser::"];
const NEEDS_FIREFOX: [&str; 2] = ["not test(/^in_browser::.*firefox/)", "firefox"];

/// Builds what the tests need, and runs them.
pub(crate) fn run(arguments: &Arguments) -> Result {
    crate::build::run()?;
    step("inputs of the fuzzer", crate::fuzz::test)?;
    let browsers = [CHROMIUM, FIREFOX].map(|browser| {
        let found = browser.find(arguments.install_browsers);
        (browser, found)
    });
    let missing = missing(&browsers);
    for line in &missing {
        println!("  {line}");
    }
    let skip = match &browsers {
        [(_, Err(_)), _] => Some(NEEDS_CHROMIUM),
        [_, (_, Err(_))] => Some(NEEDS_FIREFOX),
        _ => None,
    };
    let tests = |command: &mut Command| {
        command.env("PLIMSOLL", program()).env("PLIMSOLL_VIEWER", viewer());
        for (browser, found) in &browsers {
            if let Ok(path) = found {
                command.env(browser.variable, path);
            }
        }
        start(command)
    };
    if output(&mut cargo(&["nextest", "--version"])).is_some() {
        step("tests", || {
            let mut command = cargo(&["nextest", "run", "--locked", "--workspace", "--no-fail-fast"]);
            command.args(skip.iter().flat_map(|[filter, _]| ["--filterset", filter]));
            tests(&mut command)
        })?;
        // Nextest runs no examples of the documentation; only the libraries have some.
        step("examples", || {
            let mut command = cargo(&["test", "--doc", "--quiet", "--locked"]);
            for package in PAGE.into_iter().filter(|package| *package != "plimsoll-web") {
                command.args(["--package", package]);
            }
            start(&mut command)
        })?;
    } else {
        step("tests", || {
            let mut command = cargo(&["test", "--locked", "--workspace", "--no-fail-fast"]);
            if let Some([_, part]) = skip {
                command.args(["--", "--skip", part]);
            }
            tests(&mut command)
        })?;
    }
    if missing.is_empty() {
        println!("\nEvery test passed.");
    } else {
        println!("\nEvery test that was run passed. Not run:");
        for line in missing {
            println!("  {line}");
        }
    }
    Ok(())
}

/// What is left out, and how to have it run. The page is tested in Chromium first: without it, nothing is opened.
fn missing(browsers: &[(Browser, Result<std::path::PathBuf>); 2]) -> Vec<String> {
    let missing = browsers.iter().filter_map(|(browser, found)| Some((browser, found.as_ref().err()?)));
    missing.map(|(browser, error)| format!("the tests in {}: {error}", browser.name)).collect()
}
