//! `plimsoll whatif`: what would be left of an image without some packages, or with only what runs opened.

use plimsoll_analysis::packages::{kept_opened, removals};
use plimsoll_report::{json, packages};

use plimsoll_snapshot::Snapshot;

use super::{JsonArgs, LanguageArgs, ReadArgs, TextOrJson};
use crate::error::{Error, Result};
use crate::load::images_of;
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
    #[arg(long, value_name = "PACKAGE", value_delimiter = ',', required_unless_present = "keep_opened")]
    without: Vec<String>,
    /// Show the size of the files that recordings opened: a lower bound
    ///
    /// Needs a snapshot with a recording of `plimsoll record --files` or a log of `strace`. No run exercises everything, so
    /// an image needs more than that.
    #[arg(long, conflicts_with = "without")]
    keep_opened: bool,
    /// Output format
    #[arg(long, value_enum, default_value_t)]
    format: TextOrJson,
    #[command(flatten)]
    json: JsonArgs,
    #[command(flatten)]
    language: LanguageArgs,
    #[command(flatten)]
    read: ReadArgs,
}

const EXAMPLES: &str = "\u{1b}[1;4mExamples:\u{1b}[0m
  Predict the size without two packages:
      plimsoll whatif my-app:latest --without torch,transformers
  Name a package that exists in several ecosystems:
      plimsoll whatif my-app:latest --without python:protobuf
  Show the size of what was opened while `app.strace` was written:
      plimsoll snapshot app=my-app:latest --memory app.strace --load \"50 users\" -o app.plimsoll
      plimsoll whatif app.plimsoll --keep-opened";

pub(crate) fn run(args: &Args, printer: &Printer) -> Result<()> {
    if let [only] = &args.without[..]
        && let Some(error) =
            swapped(&args.source, only, |source, package| format!("whatif {source} --without {package}"))
    {
        return Err(error);
    }
    let snapshot = images_of(&args.source, &args.read.options(), printer)?;
    if args.keep_opened {
        return keep_opened(args, &snapshot, printer);
    }
    let (removals, unknown) = removals(&snapshot, &args.without);
    if let Some(name) = unknown.first() {
        return Err(Error::usage(
            format!("no image has a package `{name}`"),
            names::package_hint(&snapshot, name),
        ));
    }
    match args.format {
        TextOrJson::Text => printer.data(&packages::removals(&removals, args.language.chosen())),
        TextOrJson::Json => printer.stream(|out| json::removals(&removals, args.json.definitions(), out)),
    }
}

fn keep_opened(args: &Args, snapshot: &Snapshot, printer: &Printer) -> Result<()> {
    let kept = kept_opened(snapshot);
    if kept.iter().all(|service| service.runs_observed.is_empty()) {
        return Err(Error::usage(
            format!("`{}` has no recording of opened files", args.source),
            "record some with `plimsoll record --files` or `strace -f`, and add them with `plimsoll snapshot --memory`",
        ));
    }
    match args.format {
        TextOrJson::Text => printer.data(&packages::kept(&kept, args.language.chosen())),
        TextOrJson::Json => printer.stream(|out| json::kept(&kept, args.json.definitions(), out)),
    }
}
