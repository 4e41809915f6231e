//! Where the results of `plimsoll ci` go besides files: outputs and annotations of GitHub Actions, and its step summary.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::Path;

use plimsoll_report::exchange::annotations::{Level, annotation};

use crate::error::{Error, Result};
use crate::printer::Printer;

/// The most bytes of a step summary (GitHub Actions, "Adding a job summary").
const MAX_SUMMARY: usize = 1 << 20;

/// Sets outputs of the step, where GitHub Actions runs it.
pub(crate) fn set(outputs: &[(&str, String)]) -> Result<()> {
    let Some(path) = variable("GITHUB_OUTPUT") else { return Ok(()) };
    let mut text = String::new();
    for (name, value) in outputs {
        // A line break would begin another output.
        let value: String = value.chars().map(|mark| if mark.is_control() { ' ' } else { mark }).collect();
        text.push_str(&format!("{name}={value}\n"));
    }
    append(Path::new(&path), &text)
}

/// Adds Markdown to the summary of the step, where GitHub Actions runs it.
pub(crate) fn summarize(markdown: &str) -> Result<()> {
    let Some(path) = variable("GITHUB_STEP_SUMMARY") else { return Ok(()) };
    if markdown.len() > MAX_SUMMARY { Ok(()) } else { append(Path::new(&path), &format!("{markdown}\n")) }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Other steps write to the file, too.
fn append(path: &Path, text: &str) -> Result<()> {
    let append = || -> io::Result<()> {
        let mut file = OpenOptions::new().append(true).create(true).open(path)?;
        file.write_all(text.as_bytes())
    };
    append().map_err(|error| Error::write(path, error))
}

/// Annotates a line of a file in GitHub Actions.
pub(crate) fn annotate(
    printer: &Printer,
    level: Level,
    place: Option<(&str, u32)>,
    message: &str,
) -> Result<()> {
    match printer.data(&annotation(level, place, "Plimsoll", message)) {
        // A closed pipe must not change the exit code.
        Err(Error::ClosedPipe) => Ok(()),
        told => told,
    }
}
