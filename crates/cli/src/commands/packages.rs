//! `plimsoll packages`: who owns the bytes of an image.

use plimsoll_report::{json, packages};

use super::{Format, JsonArgs, LanguageArgs, ReadArgs};
use crate::error::Result;
use crate::load::images_of;
use crate::next;
use crate::printer::Printer;

/// The packages that are shown unless all are asked for.
const SHOWN: usize = 25;

/// List the packages of images: own and retained size, why each is there, and its use
#[derive(clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Args {
    /// Image source or snapshot
    #[arg(value_name = "SOURCE")]
    source: String,
    /// List every package, not only the largest
    #[arg(long)]
    all: bool,
    /// List only the N packages of each image that retain most; default: 25 in text and Markdown, all in JSON
    #[arg(long, value_name = "N", conflicts_with = "all")]
    top: Option<usize>,
    /// Output format
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    json: JsonArgs,
    #[command(flatten)]
    language: LanguageArgs,
    #[command(flatten)]
    read: ReadArgs,
}

impl Args {
    /// The command that usually follows.
    pub(crate) fn next(&self) -> Option<String> {
        next::command(&["why", &self.source, "PACKAGE"])
    }
}

const EXAMPLES: &str = "\u{1b}[1;4mExamples:\u{1b}[0m
  List the largest packages:
      plimsoll packages my-app:latest
  List every package as JSON:
      plimsoll packages my-app:latest --all --format json";

pub(crate) fn run(args: &Args, printer: &Printer) -> Result<()> {
    let snapshot = images_of(&args.source, &args.read.options(), printer)?;
    let mut inventory = plimsoll_analysis::packages::inventory(&snapshot);
    let most = (!args.all).then_some(args.top.unwrap_or(SHOWN));
    match args.format {
        Format::Text => printer.data(&packages::text(&inventory, most, "--all", args.language.chosen())),
        Format::Markdown => printer.data(&packages::markdown(&inventory, most, args.language.chosen())),
        Format::Json => {
            if let Some(most) = args.top {
                inventory.keep_first(most);
            }
            printer.stream(|out| json::inventory(&inventory, args.json.definitions(), out))
        }
    }
}
