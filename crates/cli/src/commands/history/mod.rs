//! `plimsoll history`: the states of a stack over time, in a directory or a branch.

mod backfill;

use std::path::PathBuf;

use clap::Subcommand;
use plimsoll_report::series;

use super::thresholds::ThresholdArgs;
use super::{Format, JsonArgs, LanguageArgs, ReadArgs};
use crate::ci::git;
use crate::ci::surroundings::Surroundings;
use crate::error::{Error, Result};
use crate::history::{Acceptance, Origin, Point, Store, of_points};
use crate::load::snapshot_or_source;
use crate::output::Output;
use crate::printer::Printer;

/// Keep the states of a stack over time, and list them
///
/// A history is a directory that only grows: one file per point, and each layer once. Two builds may add to it at the same
/// time, and branches of a repository that hold it merge without a conflict. `git:BRANCH` is a branch of this repository
/// that has nothing but a history: it is fetched, and pushed to `origin`.
#[derive(clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\u{1b}[1;4mExamples:\u{1b}[0m
  Add a snapshot, and list all points:
      plimsoll history add size-history snapshot.plimsoll
      plimsoll history list size-history
  Add the images of all releases, and show what made them larger:
      plimsoll history backfill size-history docker://registry.example/app --tags 'v*'
      plimsoll report --history size-history --format markdown
  Keep the history in a branch of this repository:
      plimsoll history add git:size-history snapshot.plimsoll
  Compare an image with the point of a commit:
      plimsoll history show size-history 1a2b3c4 -o before.plimsoll
      plimsoll compare before.plimsoll my-app:latest";

#[derive(Subcommand)]
enum Command {
    Add(AddArgs),
    Backfill(backfill::Args),
    List(ListArgs),
    Show(ShowArgs),
    Accept(AcceptArgs),
    Prune(PruneArgs),
}

/// Add a point: a snapshot or an image, and the commit it was built of
#[derive(clap::Args)]
struct AddArgs {
    /// Directory of the history, or `git:BRANCH`
    #[arg(value_name = "HISTORY")]
    directory: PathBuf,
    /// Snapshot or image source
    #[arg(value_name = "[NAME=]SOURCE")]
    source: String,
    /// Commit that it was built of; default: the one of this pipeline or checkout
    #[arg(long, value_name = "COMMIT", value_parser = revision)]
    revision: Option<String>,
    /// Branch of the commit
    #[arg(long, value_name = "NAME")]
    branch: Option<String>,
    /// Label of the point
    #[arg(long, value_name = "TEXT")]
    label: Vec<String>,
    #[command(flatten)]
    read: ReadArgs,
}

/// List the points, the oldest first
#[derive(clap::Args)]
struct ListArgs {
    /// Directory of the history, or `git:BRANCH`
    #[arg(value_name = "HISTORY")]
    directory: PathBuf,
    /// Output format
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    json: JsonArgs,
    #[command(flatten)]
    language: LanguageArgs,
    #[command(flatten)]
    thresholds: ThresholdArgs,
}

/// Write the snapshot of a point
#[derive(clap::Args)]
struct ShowArgs {
    /// Directory of the history, or `git:BRANCH`
    #[arg(value_name = "HISTORY")]
    directory: PathBuf,
    /// Commit, or ID of the point
    point: String,
    /// File to write; `-` is standard output
    #[arg(short, long, value_name = "FILE")]
    output: Output,
    #[command(flatten)]
    read: ReadArgs,
}

/// Accept the growth of a point, with a reason
#[derive(clap::Args)]
struct AcceptArgs {
    /// Directory of the history, or `git:BRANCH`
    #[arg(value_name = "HISTORY")]
    directory: PathBuf,
    /// Commit, or ID of the point
    point: String,
    /// Why the growth is acceptable
    #[arg(long)]
    reason: String,
}

/// Remove old points, and the layers that only they have
///
/// Run it while no build adds a point.
#[derive(clap::Args)]
struct PruneArgs {
    /// Directory of the history, or `git:BRANCH`
    #[arg(value_name = "HISTORY")]
    directory: PathBuf,
    /// Number of points to keep: the newest
    #[arg(long, value_name = "N")]
    keep: usize,
    #[command(flatten)]
    read: ReadArgs,
}

fn revision(text: &str) -> std::result::Result<String, String> {
    if git::is_commit(text) { Ok(text.to_owned()) } else { Err("expected the ID of a commit".to_owned()) }
}

pub(crate) fn run(args: &Args, printer: &Printer) -> Result<()> {
    match &args.command {
        Command::Add(args) => add(args, printer),
        Command::Backfill(args) => backfill::run(args, printer),
        Command::List(args) => list(args, printer),
        Command::Show(args) => {
            args.output.expect_snapshot()?;
            let (store, point) = point(&args.directory, &args.point, printer)?;
            args.output.write_snapshot(&store.snapshot(&point, &args.read.options().limits)?)
        }
        Command::Accept(args) => {
            let (mut store, point) = point(&args.directory, &args.point, printer)?;
            if args.reason.trim().is_empty() {
                return Err(Error::usage("the reason is empty", "say why the growth is acceptable"));
            }
            let acceptance = Acceptance { reason: args.reason.trim().to_owned() };
            let is_new = store.accept(&point, &acceptance)?;
            store.publish(&format!("Accept {}", point.name()), false)?;
            printer.note(&if is_new {
                format!("{}: accepted", point.name())
            } else {
                format!("{}: it was accepted before, and the first reason stays", point.name())
            });
            Ok(())
        }
        Command::Prune(args) => {
            let mut store = Store::open_existing(&args.directory)?;
            let gone = store.prune(args.keep, &args.read.options().limits)?;
            store.publish(&format!("Keep {} points", args.keep), true)?;
            printer.note(&format!("history: {gone} {} removed", if gone == 1 { "point" } else { "points" }));
            Ok(())
        }
    }
}

fn add(args: &AddArgs, printer: &Printer) -> Result<()> {
    let mut store = Store::open(&args.directory)?;
    let snapshot = snapshot_or_source(&args.source, &args.read.options(), printer)?;
    let surroundings = Surroundings::of_process();
    let revision = args.revision.clone().or(surroundings.revision);
    let branch = args.branch.clone().or(surroundings.branch);
    let time = git::time_of(revision.as_deref());
    let point = Point::of(
        &snapshot,
        Origin { time, revision, branch, labels: args.label.clone(), ..Origin::default() },
    );
    let added = store.add(point, &snapshot)?;
    store.publish(&format!("Add {}", added.point.name()), false)?;
    printer.note(&added.to_string());
    Ok(())
}

fn list(args: &ListArgs, printer: &Printer) -> Result<()> {
    let store = Store::open_existing(&args.directory)?;
    let trend = of_points(&store, &points(&store, printer)?, args.thresholds.chosen());
    let language = args.language.chosen();
    match args.format {
        Format::Text => printer.data(&series::text::points(&trend, language)),
        Format::Markdown => printer.data(&series::markdown::series(&trend, language)),
        Format::Json => printer.stream(|out| series::json::series(&trend, args.json.definitions(), out)),
    }
}

/// Every point, the oldest first. A note names the files that are not points.
pub(super) fn points(store: &Store, printer: &Printer) -> Result<Vec<Point>> {
    let (points, torn) = store.points()?;
    for path in torn {
        printer.note(&format!("note: `{}` is not a history point; it is skipped", path.display()));
    }
    Ok(points)
}

/// The point of a commit, the last one where it was built several times, or the one of an ID.
fn point(directory: &std::path::Path, wanted: &str, printer: &Printer) -> Result<(Store, Point)> {
    let store = Store::open_existing(directory)?;
    let points = points(&store, printer)?;
    let is_it = |point: &&Point| {
        point.id == wanted
            || point.tags.iter().any(|tag| tag == wanted)
            || (wanted.len() >= 7
                && point.revision.as_deref().is_some_and(|revision| revision.starts_with(wanted)))
    };
    match points.iter().rev().find(is_it) {
        Some(point) => Ok((store, point.clone())),
        None => Err(Error::usage(
            format!("the history has no point `{wanted}`"),
            format!(
                "`plimsoll history list {}` lists the points; a commit needs seven digits",
                directory.display()
            ),
        )),
    }
}
