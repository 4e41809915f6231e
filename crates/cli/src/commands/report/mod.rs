//! `plimsoll report`: before and after for people: one HTML file, a comment, a card; or a series of states.

mod document;
mod page;
mod series;
mod states;
mod trend_page;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use plimsoll_analysis::Changes;
use plimsoll_analysis::inspect::inspect;
use plimsoll_analysis::memory::Memory;
use plimsoll_analysis::targets::Evidence;
use plimsoll_report::{brief, card, json, markdown, summary, verdict};
use plimsoll_snapshot::{Bundle, Snapshot};

use self::document::{Document, Format, document};
pub(super) use self::page::{built_viewer, page};
use self::series::{SeriesArgs, Wanted};
use super::build::BuildArgs;
use super::expected::expect_names;
use super::fix::offered;
use super::target_file::TargetFile;
use super::{JsonArgs, LanguageArgs, ReadArgs, read_both};
use crate::error::{Error, Result};
use crate::load::{redacted, snapshot_or_source};
use crate::output::{Content, Output};
use crate::picture;
use crate::printer::Printer;

/// Write a report: an HTML page, a pull request comment, a card, or JSON
///
/// Three or more sources, or a history, are a series: its steps with their causes, drift, and the remaining budget.
#[derive(clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Args {
    /// Snapshots or image sources: one, before and after, or a series
    #[arg(value_name = "[BEFORE…] AFTER", required_unless_present = "history", conflicts_with = "history")]
    sources: Vec<String>,
    /// File to write: `.html`, `.md`, `.json`, `.svg` or `.png`; `-` is standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<Output>,
    /// Output format, if the file name does not determine it
    ///
    /// Without `--output`, every format except `html` goes to standard output.
    #[arg(long, value_enum)]
    format: Option<Format>,
    #[command(flatten)]
    json: JsonArgs,
    #[command(flatten)]
    language: LanguageArgs,
    /// Target file to check AFTER against, in the page and the brief: `plimsoll init` writes one
    #[arg(long, value_name = "FILE")]
    targets: Option<PathBuf>,
    #[command(flatten)]
    series: SeriesArgs,
    #[command(flatten)]
    build: BuildArgs,
    #[command(flatten)]
    read: ReadArgs,
}

const EXAMPLES: &str = "\u{1b}[1;4mExamples:\u{1b}[0m
  Write one HTML file to open in a browser or to attach to a pull request:
      plimsoll report before.plimsoll after.plimsoll -o report.html
  Write a comment for a pull request, in Spanish:
      plimsoll report before.plimsoll after.plimsoll --format markdown --language es
  Write a summary for people who decide:
      plimsoll report before.plimsoll after.plimsoll --format brief --targets plimsoll.toml
  Write a card for a chat:
      plimsoll report before.plimsoll after.plimsoll -o card.png
  Write how a history developed:
      plimsoll report --history size-history --targets plimsoll.toml -o trend.md";

pub(crate) fn run(args: &Args, printer: &Printer) -> Result<()> {
    let output = args.output.as_ref();
    let language = args.language.chosen();
    let document = document(args.format, output)?;
    if args.series.history.is_some() || args.sources.len() > 2 {
        // A series that is written nowhere else is read on the terminal.
        let is_free = args.format.is_none() && output.is_none();
        let wanted = Wanted {
            sources: &args.sources,
            document: if is_free { Document::Text } else { document },
            output,
            targets: args.targets.as_deref(),
            language,
            options: &args.read.options(),
            definitions: args.json.definitions(),
        };
        return args.series.run(&wanted, printer);
    }
    if document == Document::Text {
        return Err(Error::usage(
            "text is the form of a series, and these are two sides",
            "`plimsoll compare` prints them as text; three sources, or `--history`, are a series",
        ));
    }
    if document == Document::Page && output.is_none() {
        return Err(page::needs_file());
    }
    // A missing viewer is reported before anything is read.
    let viewer = (document == Document::Page).then(built_viewer).transpose()?;
    if args.targets.is_some() && !matches!(document, Document::Page | Document::Brief) {
        return Err(Error::usage(
            "only a page and a brief show targets",
            "`plimsoll check --format markdown` judges them for a comment",
        ));
    }
    let target_file = args.targets.as_deref();
    let options = args.read.options();
    let targets = target_file.map(|path| TargetFile::read(path, options.redact, printer)).transpose()?;
    let (before, mut after) = match &args.sources[..] {
        [before, after] => {
            let (before, after) = read_both(before, after, &options, printer)?;
            (Some(before), after)
        }
        sources => (None, snapshot_or_source(&sources[0], &options, printer)?),
    };
    // What is built next is what is after.
    args.build.add_to(&mut after, printer)?;
    let after = redacted(after, &options)?;
    if let (Some(targets), Some(path)) = (&targets, target_file) {
        expect_names(&targets.shown, path, before.as_ref(), &after)?;
    }
    let is_compared = before.is_some();
    let nothing = Snapshot::default();
    let (changes, trees) = Changes::with_trees(before.as_ref().unwrap_or(&nothing), &after, [None, None]);
    let judged = targets.as_ref().map(|file| {
        let memory = changes.running.each_ref().map(Option::as_ref);
        let evidence = Evidence::of_compared(before.as_ref(), &after, &changes.comparison, &trees, memory);
        evidence.judge(&file.shown, &BTreeMap::new())
    });
    drop(trees);
    let targets = targets.map(|file| file.document);
    let names = names(&args.sources, options.redact);
    // Names that were replaced would not fit the files.
    let offers = document == Document::Page && !options.redact;
    let patches = if offers { offered(&args.build, &after, printer) } else { Vec::new() };
    let bundle = Bundle { before: before.unwrap_or_default(), after, targets, names, trend: None, patches };
    let standard = Output::Standard;
    let place = output.unwrap_or(&standard);
    let verdict = verdict::of(&changes, language);
    let definitions = args.json.definitions();
    let written = match document {
        Document::Page => {
            let viewer = viewer.as_ref().expect("it was found before anything was read");
            let summary = summary::of(&changes, judged.as_ref(), language);
            page(viewer, place, &bundle, &changes, &summary, language)
        }
        Document::Markdown => {
            let text = if is_compared {
                markdown::comparison(&changes, language)
            } else {
                let memory = memory_of(&bundle.after);
                let inspection = inspect(&bundle.after);
                markdown::single(&changes, &inspection, memory.as_ref(), language)
            };
            place.write(Content::Text, |out| out.write_all(text.as_bytes()))
        }
        Document::Brief => {
            let parts = brief::of(&changes, judged.as_ref(), language);
            let text = brief::markdown::brief(&verdict, &parts);
            place.write(Content::Text, |out| out.write_all(text.as_bytes()))
        }
        Document::Svg => {
            let svg = card::card(&changes, language);
            place.write(Content::Text, |out| out.write_all(svg.as_bytes()))
        }
        Document::Png => {
            let png = picture::png(&card::card(&changes, language))?;
            place.write(Content::Binary, |out| out.write_all(&png))
        }
        // Only a series is text.
        Document::Text => Ok(()),
        Document::Json if is_compared => {
            place.write(Content::Text, |out| json::comparison(&changes, definitions, out))
        }
        Document::Json => place.write(Content::Text, |out| {
            let inspection = inspect(&bundle.after);
            json::inspection(&inspection, memory_of(&bundle.after).as_ref(), definitions, out)
        }),
    };
    written?;
    if output.is_some() {
        printer.note(&format!("{place}: {verdict}"));
    }
    Ok(())
}

/// What runs, if the snapshot has it.
fn memory_of(snapshot: &Snapshot) -> Option<Memory> {
    snapshot.runtime.as_ref().map(plimsoll_analysis::memory::memory)
}

/// What the page calls both sides: the names of their files. What is not a file is named by its images.
fn names(sources: &[String], redact: bool) -> [Option<String>; 2] {
    let name = |source: &String| {
        let path = Path::new(source);
        let name = path.is_file().then(|| path.file_name()).flatten()?;
        (!redact).then(|| name.to_string_lossy().into_owned())
    };
    match sources {
        [before, after] => [name(before), name(after)],
        sources => [None, sources.first().and_then(name)],
    }
}
