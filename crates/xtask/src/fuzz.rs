//! `cargo xtask fuzz`: gives every harness of `fuzz/` arbitrary input for a while. See `docs/fuzzing.md`.

use std::fs;
use std::process::Command;

use clap::Args;

use crate::error::Result;
use crate::step::{run as start, step};
use crate::tools;
use crate::workspace::{cargo, root, target};

/// Fuzz the readers of images, of memory and of snapshots
#[derive(Args)]
pub(crate) struct Arguments {
    /// Time for each target, in minutes
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..))]
    minutes: u64,
    /// Target to fuzz; default: all
    #[arg(long = "target", value_name = "NAME")]
    targets: Vec<String>,
}

/// The targets, each with its dictionary.
const TARGETS: &[(&str, &str)] = &[
    ("archive", "archive"),
    ("layer", "archive"),
    ("documents", "documents"),
    ("snapshot", "memory"),
    ("system_packages", "packages"),
    ("rpm", "binary"),
    ("language_packages", "packages"),
    ("java", "binary"),
    ("binaries", "binary"),
    ("imports", "code"),
    ("secrets", "secrets"),
    ("memory", "memory"),
    ("compose", "memory"),
    ("dockerfile", "text"),
    ("targets", "text"),
    ("image", "text"),
    ("zstd", "binary"),
];

/// Bounds beyond which an input counts as found: seconds and megabytes.
const BOUNDS: [&str; 4] = ["-timeout=10", "-rss_limit_mb=1024", "-malloc_limit_mb=256", "-max_len=65536"];

pub(crate) fn run(arguments: &Arguments) -> Result {
    step("cargo-fuzz", tools::ensure_cargo_fuzz)?;
    let wanted = |name: &str| arguments.targets.is_empty() || arguments.targets.iter().any(|one| one == name);
    if let Some(unknown) =
        arguments.targets.iter().find(|name| TARGETS.iter().all(|(known, _)| known != name))
    {
        let known: Vec<_> = TARGETS.iter().map(|(name, _)| *name).collect();
        return Err(format!("there is no target `{unknown}`, but {}", known.join(", ")).into());
    }
    for (name, dictionary) in TARGETS.iter().filter(|(name, _)| wanted(name)) {
        step(&format!("fuzzing {name}"), || fuzz(name, dictionary, arguments.minutes))?;
    }
    Ok(())
}

/// What is found is added to `fuzz/corpus`, what breaks something to `fuzz/artifacts`.
fn fuzz(name: &str, dictionary: &str, minutes: u64) -> Result {
    let directory = root().join("fuzz");
    let inputs = ["corpus", "seeds", "regressions"].map(|kind| directory.join(kind).join(name));
    for inputs in &inputs {
        fs::create_dir_all(inputs)?;
    }
    let mut command = Command::new("cargo");
    command
        .current_dir(root())
        .env("PATH", tools::path()?)
        .env("CARGO_TARGET_DIR", target().join("fuzz"))
        // Rustup reads the toolchain from here; the one that runs this task is the stable one.
        .env("RUSTUP_TOOLCHAIN", "nightly")
        .args(["fuzz", "run", name])
        .args(&inputs)
        .arg("--")
        .args(BOUNDS)
        .args(["-print_final_stats=1", &format!("-max_total_time={}", minutes * 60)])
        .arg(format!("-dict={}", directory.join(format!("dictionaries/{dictionary}.dict")).display()));
    start(&mut command)
}

/// Committed inputs, through the same harnesses without a fuzzer.
pub(crate) fn test() -> Result {
    start(&mut native(&["test", "--locked", "--quiet", "--lib"]))
}

/// Formatting and lints of the harnesses.
pub(crate) fn lint() -> Result {
    start(&mut native(&["fmt", "--check"]))?;
    start(native(&["clippy", "--locked", "--lib", "--tests", "--examples"]).args(["--", "-D", "warnings"]))
}

fn native(arguments: &[&str]) -> Command {
    let mut command = cargo(arguments);
    // The dependencies are those of the workspace, compiled once.
    command.current_dir(root().join("fuzz")).env("CARGO_TARGET_DIR", target());
    command
}
