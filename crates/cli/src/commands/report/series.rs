//! A report of a series: of a history, or of several sources.

use std::path::{Path, PathBuf};

use plimsoll_analysis::series::{Measure, Series};
use plimsoll_analysis::targets::{SizeKind, Targets};
use plimsoll_report::chart::trend;
use plimsoll_report::json::Definitions;
use plimsoll_report::language::Language;
use plimsoll_report::series as documents;
use plimsoll_snapshot::Bytes;

use super::super::history::points;
use super::super::target_file::TargetFile;
use super::super::thresholds::ThresholdArgs;
use super::document::Document;
use super::page::{built_viewer, needs_file};
use super::states::{Load, States};
use super::trend_page;
use crate::error::{Error, Result};
use crate::history::{Store, explained, of_points, of_snapshots};
use crate::load::snapshot_or_source;
use crate::options::Options;
use crate::output::{Content, Output};
use crate::picture;
use crate::printer::Printer;

/// A series instead of two sides.
#[derive(clap::Args)]
#[command(next_help_heading = "Series")]
pub(super) struct SeriesArgs {
    /// History to report: a directory, or `git:BRANCH`
    #[arg(long, value_name = "HISTORY")]
    pub(super) history: Option<PathBuf>,
    /// Report only the points of a branch
    #[arg(long, value_name = "NAME", requires = "history")]
    branch: Option<String>,
    /// Report only the last points
    #[arg(long, value_name = "N", requires = "history")]
    last: Option<usize>,
    #[command(flatten)]
    thresholds: ThresholdArgs,
}

/// What is wanted of a series.
pub(super) struct Wanted<'a> {
    pub(super) sources: &'a [String],
    pub(super) document: Document,
    pub(super) output: Option<&'a Output>,
    pub(super) targets: Option<&'a Path>,
    pub(super) language: Language,
    pub(super) options: &'a Options,
    pub(super) definitions: Definitions,
}

impl SeriesArgs {
    /// Writes the series of a history, or of sources.
    pub(super) fn run(&self, wanted: &Wanted<'_>, printer: &Printer) -> Result<()> {
        let Wanted { document, output, language, options, .. } = *wanted;
        if document == Document::Page && output.is_none() {
            return Err(needs_file());
        }
        if document == Document::Brief {
            return Err(Error::usage(
                "a series has no brief",
                "`plimsoll report BEFORE AFTER --format brief` writes that of two of its states",
            ));
        }
        if self.history.is_some() && options.redact {
            return Err(Error::usage(
                "a history cannot be redacted: its points name commits, branches and services",
                "`plimsoll report A B C --redact` redacts snapshots",
            ));
        }
        // A missing viewer is reported before anything is read.
        let viewer = (document == Document::Page).then(built_viewer).transpose()?;
        let read = |path| TargetFile::read(path, options.redact, printer);
        let targets = wanted.targets.map(read).transpose()?;
        let mut states = match &self.history {
            Some(place) => self.of_history(place, options, printer)?,
            None => self.of_sources(wanted.sources, options, printer)?,
        };
        let series = &mut states.series;
        series.budget = targets.as_ref().and_then(|file| budget(&file.shown, series));
        let output = output.unwrap_or(&Output::Standard);
        let written = |text: String| output.write(Content::Text, |out| out.write_all(text.as_bytes()));
        match document {
            Document::Text => written(documents::text::series(series, language)),
            Document::Svg => written(trend::picture(series, language).svg),
            Document::Png => {
                let png = picture::png(&trend::picture(series, language).svg)?;
                output.write(Content::Binary, |out| out.write_all(&png))
            }
            Document::Json => {
                output.write(Content::Text, |out| documents::json::series(series, wanted.definitions, out))
            }
            Document::Page => {
                let viewer = viewer.as_ref().expect("it was found before anything was read");
                let verdict = trend_page::write(viewer, output, &mut states, targets, language, printer)?;
                printer.note(&format!("{output}: {verdict}"));
                Ok(())
            }
            Document::Markdown | Document::Brief => written(documents::markdown::series(series, language)),
        }
    }

    fn of_history(&self, place: &Path, options: &Options, printer: &Printer) -> Result<States> {
        let store = Store::open_existing(place)?;
        let mut points = points(&store, printer)?;
        if let Some(branch) = &self.branch {
            points.retain(|point| point.branch.as_ref() == Some(branch));
        }
        let skipped = self.last.map_or(0, |last| points.len().saturating_sub(last));
        let points = points.split_off(skipped);
        if points.is_empty() {
            return Err(Error::usage(
                format!("the history `{}` has no such point", place.display()),
                "`plimsoll history list` lists the points, and `plimsoll history add` adds one",
            ));
        }
        let trend = of_points(&store, &points, self.thresholds.chosen());
        let limits = options.limits;
        let mut load: Load = Box::new(move |index| store.snapshot(&points[index], &limits));
        Ok(States { series: explained(trend, &mut load, printer), load })
    }

    fn of_sources(&self, sources: &[String], options: &Options, printer: &Printer) -> Result<States> {
        let mut snapshots = Vec::new();
        for source in sources {
            let name = name(source, options.redact, snapshots.len());
            snapshots.push((name, snapshot_or_source(source, options, printer)?));
        }
        let trend = of_snapshots(&snapshots, self.thresholds.chosen());
        let mut load: Load = Box::new(move |index| Ok(snapshots[index].1.clone()));
        Ok(States { series: explained(trend, &mut load, printer), load })
    }
}

/// What a source is called: its file without directory and ending, or its tag.
fn name(source: &str, redact: bool, index: usize) -> String {
    if redact {
        return (index + 1).to_string();
    }
    let path = Path::new(source);
    let stem = path.is_file().then(|| path.file_stem()).flatten();
    let name = stem
        .map_or_else(|| source.rsplit('/').next().unwrap_or(source).into(), |stem| stem.to_string_lossy());
    name.into_owned()
}

/// The largest size that the targets allow all services, or the only one.
fn budget(targets: &Targets, series: &Series) -> Option<Bytes> {
    let measure = match targets.size_kind {
        SizeKind::Image => Measure::ImageSize,
        SizeKind::Compressed => Measure::Compressed,
    };
    let last = series.states.last()?;
    let of_service = || match &last.services[..] {
        [only] => targets.services.get(&only.name).or_else(|| targets.services.get("*"))?.size.as_ref(),
        _ => None,
    };
    let size = targets.stack.size.as_ref().or_else(of_service)?.minimum?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a size is no fraction")]
    (measure == series.measure).then_some(Bytes(size.value.0 as u64))
}
