//! `plimsoll whatif`: what would be left of an image without some packages.

use plimsoll_analysis::packages::removals;
use plimsoll_report::{json, packages};

use super::{LanguageArgs, ReadArgs, TextOrJson};
use crate::error::{Error, Result};
use crate::load::snapshot_or_source;
use crate::names;
use crate::printer::Printer;
use crate::sources::missing::swapped;

/// Predict the image size without some packages, and what would break
#[derive(clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Args {
    /// Image source or snapshot
    #[arg(value_name = "SOURCE")]
    source: String,
    /// Packages to remove: NAME or ECOSYSTEM:NAME
    #[arg(long, value_name = "PACKAGE", value_delimiter = ',', required = true)]
    without: Vec<String>,
    /// Output format
    #[arg(long, value_enum, default_value_t)]
    format: TextOrJson,
    #[command(flatten)]
    language: LanguageArgs,
    #[command(flatten)]
    read: ReadArgs,
}

const EXAMPLES: &str = "\u{1b}[1;4mExamples:\u{1b}[0m
  Predict the size without two packages:
      plimsoll whatif my-app:latest --without torch,transformers
  Name a package that exists in several ecosystems:
      plimsoll whatif my-app:latest --without python:protobuf";

pub(crate) fn run(args: &Args, printer: &Printer) -> Result<()> {
    if let [only] = &args.without[..]
        && let Some(error) =
            swapped(&args.source, only, |source, package| format!("whatif {source} --without {package}"))
    {
        return Err(error);
    }
    let snapshot = snapshot_or_source(&args.source, &args.read.options(), printer)?;
    let (removals, unknown) = removals(&snapshot, &args.without);
    if let Some(name) = unknown.first() {
        return Err(Error::usage(
            format!("no image has a package `{name}`"),
            names::package_hint(&snapshot, name),
        ));
    }
    match args.format {
        TextOrJson::Text => printer.data(&packages::removals(&removals, args.language.chosen())),
        TextOrJson::Json => printer.stream(|out| json::removals(&removals, out)),
    }
}
