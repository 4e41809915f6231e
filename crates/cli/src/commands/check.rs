//! `plimsoll check`: judges snapshots against what is demanded of them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use plimsoll_analysis::targets::{Judgement, Level, Status, Targets, document, judge, parse};
use plimsoll_report::targets::{json, markdown, text};

use super::{Format, ReadArgs, read_both};
use crate::error::{Error, Result};
use crate::files;
use crate::load::snapshot_or_source;
use crate::printer::Printer;

/// Judge a snapshot against the targets of `plimsoll.toml`
///
/// Ends with 0 if every target that has to be met is met, 1 if one is missed, 2 if it could not judge at all. What cannot
/// be judged for want of evidence is unknown: it is shown, and with `--strict` it ends with 1.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// A snapshot or an image source, or two: before and after
    #[arg(value_name = "[BEFORE] AFTER", num_args = 1..=2, required = true)]
    sources: Vec<String>,
    /// What is demanded: see `plimsoll init`
    #[arg(long, value_name = "FILE", default_value = "plimsoll.toml")]
    targets: PathBuf,
    /// How a probe ended, by the id of its check: 0 passes
    #[arg(long, value_name = "ID=EXIT_CODE", value_parser = parse_probe)]
    probe: Vec<(String, i64)>,
    /// What is unknown counts as missed
    #[arg(long)]
    strict: bool,
    /// Which level has to be reached
    #[arg(long, value_enum, default_value_t)]
    level: LevelArg,
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    read: ReadArgs,
}

/// Which level has to be reached.
#[derive(Clone, Copy, Debug, Default, clap::ValueEnum)]
enum LevelArg {
    /// The minimum of each target
    #[default]
    Minimum,
    /// The ideals too
    Ideal,
}

fn parse_probe(text: &str) -> std::result::Result<(String, i64), String> {
    let expected = || "expected `ID=EXIT_CODE`, as `application=0`".to_owned();
    let (id, code) = text.split_once('=').ok_or_else(expected)?;
    Ok((id.to_owned(), code.parse().map_err(|_| expected())?))
}

pub(crate) fn run(args: &Args, printer: &Printer) -> Result<ExitCode> {
    let targets = read_targets(&args.targets)?;
    let probes: BTreeMap<String, i64> = args.probe.iter().cloned().collect();
    if let Some(id) = probes.keys().find(|id| targets.checks.iter().all(|check| check.id != **id)) {
        return Err(Error::usage(
            format!("`--probe {id}=…`: `{}` has no check with this id", args.targets.display()),
            "add it under `[[checks]]` with `id` and `title`",
        ));
    }
    let options = args.read.options();
    let judgement = match &args.sources[..] {
        [before, after] => {
            let (before, after) = read_both(before, after, &options, printer)?;
            judge(&targets, Some(&before), &after, &probes)
        }
        sources => judge(&targets, None, &snapshot_or_source(&sources[0], &options, printer)?, &probes),
    };
    if judgement.outcomes.is_empty() {
        return Err(Error::usage(
            format!("`{}` demands nothing", args.targets.display()),
            "`plimsoll init` writes one with comments",
        ));
    }
    let printed = match args.format {
        Format::Text => printer.data(&text::judgement(&judgement)),
        Format::Markdown => printer.data(&markdown::judgement(&judgement)),
        Format::Json => printer.stream(|out| json::judgement(&judgement, out)),
    };
    match printed {
        // Whoever has read enough still wants to know how it ends.
        Ok(()) | Err(Error::ClosedPipe) => {}
        Err(error) => return Err(error),
    }
    Ok(if is_met(&judgement, args.strict, args.level) { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

pub(super) fn read_targets(path: &Path) -> Result<Targets> {
    read_with(path, parse)
}

/// A target file as the document that a page carries along.
pub(super) fn target_document(path: &Path) -> Result<serde_json::Value> {
    read_with(path, document)
}

/// The largest target file: a thousand services with every target take a tenth of it.
const MAX_TARGETS_BYTES: u64 = 4 << 20;

fn read_with<T>(path: &Path, read: fn(&str) -> std::result::Result<T, String>) -> Result<T> {
    let failed = |error: std::io::Error| {
        if error.kind() == std::io::ErrorKind::NotFound {
            let message = format!("there is no `{}`", path.display());
            Error::usage(message, "`plimsoll init` writes one, `--targets FILE` names another")
        } else {
            Error::read(path, error)
        }
    };
    let bytes = files::read_given(path, MAX_TARGETS_BYTES).map_err(failed)?;
    let text = String::from_utf8(bytes).map_err(|error| failed(std::io::Error::other(error)))?;
    read(&text).map_err(|message| Error::Targets { path: path.to_owned(), message })
}

fn is_met(judgement: &Judgement, strict: bool, level: LevelArg) -> bool {
    let is_fine = |status: Status| status == Status::Pass || (status == Status::Unknown && !strict);
    judgement.outcomes.iter().all(|outcome| {
        let minimum = !outcome.required || is_fine(outcome.status);
        let ideal =
            outcome.levels.iter().filter(|one| one.level == Level::Ideal).all(|one| is_fine(one.status));
        minimum && (ideal || matches!(level, LevelArg::Minimum))
    })
}
