//! `plimsoll check`: judges snapshots against what is demanded of them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::ValueEnum;
use plimsoll_analysis::inspect::inspect;
use plimsoll_analysis::targets::{Targets, judge};
use plimsoll_report::exchange::{junit, openmetrics};
use plimsoll_report::targets::conclusion::{Gate, conclusion};
use plimsoll_report::targets::{json, markdown, text};

use super::expected::expect_names;
use super::gates::{GateArgs, target_file};
use super::target_file::TargetFile;
use super::{LanguageArgs, ReadArgs, read_both};
use crate::error::{Error, Result};
use crate::load::snapshot_or_source;
use crate::names;
use crate::printer::Printer;

/// Check a snapshot against the targets in `plimsoll.toml`
///
/// A target without evidence is unknown. Unknown targets are listed and counted; with `--strict` they count as missed.
///
/// Exit codes: 0 if every required target is met, 1 if a target is missed, 2 on an error. It is an error if a target names a
/// service that does not exist, or needs BEFORE and BEFORE is not given.
#[derive(clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Args {
    /// Snapshots or image sources: one, or before and after
    #[arg(value_name = "[BEFORE] AFTER", num_args = 1..=2, required = true)]
    sources: Vec<String>,
    /// Target file; default: `plimsoll.toml`, else `.dive-ci`
    ///
    /// `plimsoll init` writes one. With a gate, no file is needed.
    #[arg(long, value_name = "FILE")]
    targets: Option<PathBuf>,
    /// Exit code of the probe for a check: 0 passes
    #[arg(long, value_name = "ID=EXIT_CODE", value_parser = parse_probe)]
    probe: Vec<(String, i64)>,
    /// Count unknown targets as missed
    #[arg(long)]
    strict: bool,
    /// Level to reach
    #[arg(long, value_enum, default_value_t)]
    level: LevelArg,
    /// Output format
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    language: LanguageArgs,
    #[command(flatten)]
    gates: GateArgs,
    #[command(flatten)]
    read: ReadArgs,
}

const EXAMPLES: &str = "\u{1b}[1;4mExamples:\u{1b}[0m
  Check a snapshot against plimsoll.toml:
      plimsoll check after.plimsoll
  Include targets that compare with an earlier state:
      plimsoll check before.plimsoll after.plimsoll --targets plimsoll.toml
  Without a file: at most 500 MB, and at most 1 % more than before:
      plimsoll check before.plimsoll after.plimsoll --max-size 500MB --max-growth 1%
  Fail on unknown targets, and pass the result of a probe:
      plimsoll check before.plimsoll after.plimsoll --strict --probe application=0
  Write the targets as tests of a pipeline:
      plimsoll check after.plimsoll --format junit > targets.xml";

/// The output format of targets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Text for a terminal
    #[default]
    Text,
    /// JSON for programs
    Json,
    /// Markdown for a pull request
    Markdown,
    /// JUnit XML: each target is a test
    Junit,
    /// OpenMetrics text: sizes and targets
    Openmetrics,
}

/// The level that targets have to reach.
#[derive(Clone, Copy, Debug, Default, clap::ValueEnum)]
enum LevelArg {
    /// The minimum of each target
    #[default]
    Minimum,
    /// The ideal of each target, where it has one
    Ideal,
}

fn parse_probe(text: &str) -> std::result::Result<(String, i64), String> {
    let expected = || "expected `ID=EXIT_CODE`, as `application=0`".to_owned();
    let (id, code) = text.split_once('=').ok_or_else(expected)?;
    Ok((id.to_owned(), code.parse().map_err(|_| expected())?))
}

pub(crate) fn run(args: &Args, printer: &Printer) -> Result<ExitCode> {
    let options = args.read.options();
    let path = target_file(args.targets.as_deref(), &args.gates);
    let file = TargetFile::read_with(path, &args.gates, options.redact, printer)?;
    let path = path.unwrap_or(Path::new("the gates"));
    let probes = probes(&args.probe, &file.written, path)?;
    let (targets, source) = file.with_probes(&probes);
    let (before, after) = match &args.sources[..] {
        [before, after] => {
            let (before, after) = read_both(before, after, &options, printer)?;
            (Some(before), after)
        }
        sources => (None, snapshot_or_source(&sources[0], &options, printer)?),
    };
    expect_names(&targets, path, before.as_ref(), &after)?;
    let judgement = judge(&targets, before.as_ref(), &after, &BTreeMap::new());
    source.warn_of_unused(&judgement.unused, printer);
    if judgement.outcomes.is_empty() {
        return Err(Error::usage(
            format!("`{}` demands nothing", path.display()),
            "`plimsoll init` writes one with comments",
        ));
    }
    if matches!(args.level, LevelArg::Ideal) && judgement.ideals == 0 {
        return Err(Error::usage(
            format!("`--level ideal`: no target of `{}` names an ideal", path.display()),
            "write `{ minimum = …, ideal = … }`, or leave `--level` out",
        ));
    }
    let gate = Gate { strict: args.strict, ideals: matches!(args.level, LevelArg::Ideal) };
    let conclusion = conclusion(&judgement, gate, args.language.chosen());
    let printed = match args.format {
        Format::Text => printer.data(&format!(
            "{}\n{}\n",
            text::judgement(&judgement, args.language.chosen()),
            conclusion.words
        )),
        Format::Markdown => printer.data(&markdown::judgement(&judgement, args.language.chosen())),
        Format::Json => printer.stream(|out| json::judgement(&judgement, out)),
        Format::Junit => printer.data(&junit::judgement(&judgement, gate, args.language.chosen())),
        Format::Openmetrics => printer.data(&openmetrics::metrics(&inspect(&after), None, Some(&judgement))),
    };
    match printed {
        // A closed pipe must not change the exit code.
        Ok(()) | Err(Error::ClosedPipe) => {}
        Err(error) => return Err(error),
    }
    if !matches!(args.format, Format::Text) {
        printer.note(&conclusion.words);
    }
    Ok(if conclusion.is_met { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// The exit codes of probes, by the id of their check.
fn probes(given: &[(String, i64)], targets: &Targets, path: &Path) -> Result<BTreeMap<String, i64>> {
    let mut probes = BTreeMap::new();
    for (id, code) in given {
        if targets.checks.iter().all(|check| check.id != *id) {
            let known: Vec<String> = targets.checks.iter().map(|check| check.id.clone()).collect();
            return Err(Error::usage(
                format!("`--probe {id}={code}`: `{}` has no check with this id", path.display()),
                if known.is_empty() {
                    "add it under `[[checks]]` with `id` and `title`".to_owned()
                } else {
                    names::hint(id, "the checks are", &known)
                },
            ));
        }
        if probes.insert(id.clone(), *code).is_some_and(|other| other != *code) {
            return Err(Error::usage(
                format!("`--probe {id}` is given with two exit codes"),
                "give each probe once",
            ));
        }
    }
    Ok(probes)
}
