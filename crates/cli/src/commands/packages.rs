//! `plimsoll packages`: who owns the bytes of an image.

use plimsoll_report::{json, packages};

use super::{Format, LanguageArgs, ReadArgs};
use crate::error::Result;
use crate::load::snapshot_or_source;
use crate::printer::Printer;

/// The packages that are shown unless all are asked for.
const SHOWN: usize = 25;

/// Show the packages of images: what each weighs, what leaves with it, why it is there, whether it is used
#[derive(clap::Args)]
pub(crate) struct Args {
    /// An image source or a snapshot
    #[arg(value_name = "SOURCE")]
    source: String,
    /// Show every package, not only the heaviest
    #[arg(long)]
    all: bool,
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    language: LanguageArgs,
    #[command(flatten)]
    read: ReadArgs,
}

pub(crate) fn run(args: &Args, printer: &Printer) -> Result<()> {
    let snapshot = snapshot_or_source(&args.source, &args.read.options(), printer)?;
    let inventory = plimsoll_analysis::packages::inventory(&snapshot);
    let most = (!args.all).then_some(SHOWN);
    match args.format {
        Format::Text => printer.data(&packages::text(&inventory, most, args.language.chosen())),
        Format::Markdown => printer.data(&packages::markdown(&inventory, most, args.language.chosen())),
        Format::Json => printer.stream(|out| json::inventory(&inventory, out)),
    }
}
