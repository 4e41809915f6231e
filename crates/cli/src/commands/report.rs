//! `plimsoll report`: before and after for people: one HTML file, a comment, a card.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use plimsoll_analysis::compare::{Comparison, compare};
use plimsoll_report::html::{Page, Viewer};
use plimsoll_report::language::Language;
use plimsoll_report::{card, json, markdown, summary, verdict};
use plimsoll_snapshot::Bundle;

use super::build::BuildArgs;
use super::check::target_document;
use super::{ReadArgs, read_both};
use crate::error::{Error, Result};
use crate::load::redacted;
use crate::printer::Printer;
use crate::{output, picture, viewer};

/// What is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// One file that needs no network
    #[default]
    Html,
    /// A comment for a pull request, always shorter than 60,000 characters
    Markdown,
    /// A picture for a chat or a slide: SVG, or PNG if the file is named so
    Card,
    /// The document of `plimsoll compare --format json`
    Json,
}

/// Write before and after as one HTML file that needs no network, as a comment, or as a card
#[derive(clap::Args)]
pub(crate) struct Args {
    /// A snapshot or an image source
    before: String,
    /// A snapshot or an image source
    after: String,
    /// The file to write; without it, Markdown, JSON and an SVG card go to standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// The language: `en` or `es`. The page lets its reader choose another
    #[arg(long, value_name = "TAG", default_value = "en", value_parser = super::language)]
    language: Language,
    /// Judge what is after by these targets, in the page: see `plimsoll init`
    #[arg(long, value_name = "FILE")]
    targets: Option<PathBuf>,
    #[command(flatten)]
    build: BuildArgs,
    #[command(flatten)]
    read: ReadArgs,
}

pub(crate) fn run(args: &Args, printer: &Printer) -> Result<()> {
    let output = args.output.as_deref();
    if args.format == Format::Html && output.is_none() {
        return Err(Error::usage("a page is written to a file", "`--output report.html` names it"));
    }
    // What is missing is said before anything is read.
    let viewer = match args.format {
        Format::Html => Some(built_viewer()?),
        Format::Markdown | Format::Card | Format::Json => None,
    };
    if args.targets.is_some() && args.format != Format::Html {
        return Err(Error::usage(
            "only a page shows targets",
            "`plimsoll check --format markdown` judges them for a comment",
        ));
    }
    let targets = args.targets.as_deref().map(target_document).transpose()?;
    let (before, mut after) = read_both(&args.before, &args.after, &args.read.options(), printer)?;
    // What is built next is what is after.
    args.build.add_to(&mut after, printer)?;
    let after = redacted(after, &args.read.options())?;
    let comparison = compare(&before, &after);
    let bundle = Bundle { before, after, targets };
    match (viewer, output) {
        (Some(viewer), Some(path)) => page(&viewer, path, &bundle, &comparison, args.language)?,
        (_, path) => document(args, path, &comparison, printer)?,
    }
    if let Some(path) = output {
        let verdict = verdict::of(&bundle, &comparison, args.language);
        printer.note(&format!("{}: {verdict}", path.display()));
    }
    Ok(())
}

fn built_viewer() -> Result<Viewer<'static>> {
    let built = viewer::text().ok_or_else(|| {
        Error::usage("this plimsoll was built without its viewer", "`cargo xtask build` builds both")
    })?;
    Ok(Viewer::parse(built).expect("the viewer was cut for its slots when it was bundled"))
}

fn page(
    viewer: &Viewer<'_>,
    path: &Path,
    bundle: &Bundle,
    comparison: &Comparison,
    language: Language,
) -> Result<()> {
    let mut data = Vec::new();
    bundle.write_gzip(&mut data).expect("memory takes everything");
    let page = Page {
        title: &format!("{} · Plimsoll", verdict::title_of(bundle, comparison, language)),
        lang: language.tag(),
        static_html: &summary::of(bundle, comparison, language),
        data: &data,
    };
    output::write(path, |out| viewer.write(&page, out))
}

fn document(args: &Args, path: Option<&Path>, comparison: &Comparison, printer: &Printer) -> Result<()> {
    let content = match args.format {
        Format::Markdown => markdown::comparison(comparison, args.language).into_bytes(),
        Format::Card => {
            let svg = card::card(comparison, args.language);
            match path {
                Some(path) if picture::is_png(path) => picture::png(&svg)?,
                _ => svg.into_bytes(),
            }
        }
        Format::Json | Format::Html => {
            let mut document = Vec::new();
            json::comparison(comparison, &mut document).expect("memory takes everything");
            document
        }
    };
    match path {
        Some(path) => output::write(path, |out| out.write_all(&content)),
        None => printer.stream(|out| out.write_all(&content)),
    }
}
