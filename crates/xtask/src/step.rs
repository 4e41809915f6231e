//! Runs one step of a task: its name, what it prints, how long it took.

use std::process::Command;
use std::time::Instant;

use crate::error::Result;

/// Runs a step under its name.
pub(crate) fn step<T>(name: &str, run: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("▸ {name}");
    let start = Instant::now();
    let outcome = run();
    let seconds = start.elapsed().as_secs_f64();
    match outcome {
        Ok(value) => {
            println!("✓ {name} ({seconds:.1} s)");
            Ok(value)
        }
        Err(error) => {
            println!("✗ {name} ({seconds:.1} s)");
            Err(format!("{name}: {error}").into())
        }
    }
}

/// Runs a program whose output the reader sees as it comes.
pub(crate) fn run(command: &mut Command) -> Result {
    let status =
        command.status().map_err(|error| format!("{} cannot be started: {error}", shown(command)))?;
    if status.success() { Ok(()) } else { Err(format!("{} failed ({status})", shown(command)).into()) }
}

/// What a program prints, or nothing if it is not there or fails.
pub(crate) fn output(command: &mut Command) -> Option<String> {
    let output = command.output().ok().filter(|output| output.status.success())?;
    String::from_utf8(output.stdout).ok()
}

fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let line: Vec<_> = words.map(|word| word.to_string_lossy()).collect();
    format!("`{}`", line.join(" "))
}
