//! `plimsoll history backfill`: points from the tags of a repository.

use std::path::PathBuf;

use plimsoll_report::format::{bytes, count};
use plimsoll_snapshot::Bytes;

use super::super::ReadArgs;
use super::super::thresholds::ThresholdArgs;
use crate::error::{Error, Result};
use crate::history::{Backfill, Store, backfill};
use crate::printer::Printer;
use crate::sources::reference::Reference;

/// Add a point for each tag of a repository
///
/// One manifest and one config are read per tag, and no layer, so points have compressed sizes. Of the steps, the layers that
/// the two images do not share are read as well, to name their causes. Tags of one image are one point.
#[derive(clap::Args)]
pub(super) struct Args {
    /// Directory of the history, or `git:BRANCH`
    #[arg(value_name = "HISTORY")]
    directory: PathBuf,
    /// Repository, such as `docker://registry.example/app`
    #[arg(value_name = "REPOSITORY", value_parser = repository)]
    repository: Reference,
    /// Pattern of tags, such as `v*`; default: all
    #[arg(long, value_name = "PATTERN")]
    tags: Vec<String>,
    /// Read only the last tags, in the order of their numbers
    #[arg(long, value_name = "N")]
    last: Option<usize>,
    /// Name of the service; default: the end of the repository's name
    #[arg(long, value_name = "NAME")]
    service: Option<String>,
    /// Read no layers: steps have no causes
    #[arg(long)]
    no_causes: bool,
    #[command(flatten)]
    thresholds: ThresholdArgs,
    #[command(flatten)]
    read: ReadArgs,
}

fn repository(text: &str) -> std::result::Result<Reference, String> {
    let name = text.strip_prefix("docker://").ok_or("expected `docker://HOST/REPOSITORY`")?;
    name.parse().map_err(|error: Error| error.to_string())
}

pub(super) fn run(args: &Args, printer: &Printer) -> Result<()> {
    let options = args.read.options();
    let mut store = Store::open(&args.directory)?;
    let wanted = Backfill {
        reference: &args.repository,
        tags: &args.tags,
        last: args.last,
        service: args.service.as_deref(),
        with_causes: !args.no_causes,
        thresholds: args.thresholds.chosen(),
    };
    let filled = backfill(&mut store, &wanted, &options, printer)?;
    printer.note(&format!(
        "history: {} points added from {} tags; {} layers read for {} steps; {} requests, {} received",
        filled.points,
        filled.tags,
        filled.layers,
        filled.steps,
        count(filled.requests),
        bytes(Bytes(filled.bytes))
    ));
    Ok(())
}
