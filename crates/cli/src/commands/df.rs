//! `plimsoll df`: what an engine stores on this host, and what of it may go.

use std::path::{Path, PathBuf};

use plimsoll_analysis::disk::{disk_change, disk_use};
use plimsoll_report::disk;
use plimsoll_snapshot::{Disk, ReadLimits, SCHEMA_VERSION, Snapshot};

use super::record::{Whose, engine};
use super::{Format, JsonArgs, LanguageArgs};
use crate::error::{Error, Result};
use crate::input;
use crate::output::Output;
use crate::printer::Printer;
use crate::sources::disk::{read, saved};

/// Show what an engine stores on the host, and what can be removed
///
/// Asks the engine through its socket (`DOCKER_HOST`, `CONTAINER_HOST`). Layers count once, however many images share them,
/// and each `prune` command is listed with the bytes that it frees and the data that it loses. Nothing is deleted.
#[derive(clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Args {
    /// Snapshot of `--output`, or saved answers of an engine; `-` is standard input; default: ask the engine
    ///
    /// Answers of `/system/df`, `/images/json`, `/containers/json?all=1&size=1`, `/images/ID/json`, `/images/ID/history` and `/info`
    /// are read, whatever their files are called. Without those of single images, layers are not known;
    /// without those that list containers, nothing is called unused.
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Engine to ask
    #[arg(long, value_enum, default_value_t, conflicts_with = "files")]
    engine: Whose,
    /// Snapshot to compare with
    #[arg(long, value_name = "SNAPSHOT")]
    since: Option<PathBuf>,
    /// Snapshot to write: compressed JSON, or plain if it ends in `.json`; `-` is standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<Output>,
    /// Output format
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    json: JsonArgs,
    #[command(flatten)]
    language: LanguageArgs,
}

const EXAMPLES: &str = "\u{1b}[1;4mExamples:\u{1b}[0m
  Show what Docker stores, and what can be removed:
      plimsoll df
  Save today's state, and compare with it a week later:
      plimsoll df -o monday.plimsoll
      plimsoll df --since monday.plimsoll
  Read the saved answers of another host's engine:
      curl --unix-socket /var/run/docker.sock http://localhost/system/df > df.json
      plimsoll df df.json";

pub(crate) fn run(args: &Args, printer: &Printer) -> Result<()> {
    if let Some(output) = &args.output {
        output.expect_snapshot()?;
    }
    let before =
        args.since.as_deref().map(|path| snapshot_of(path)?.ok_or_else(|| no_disk(path))).transpose()?;
    let disk = match &args.files[..] {
        [] => read(engine(args.engine, printer), printer)?,
        [file] => match snapshot_of(file)? {
            Some(disk) => disk,
            None => saved(&args.files, printer)?,
        },
        files => saved(files, printer)?,
    };
    let used = disk_use(&disk);
    if let Some(output) = &args.output {
        let snapshot = Snapshot {
            schema_version: SCHEMA_VERSION,
            generator: concat!("plimsoll ", env!("CARGO_PKG_VERSION")).to_owned(),
            disk: Some(disk),
            ..Snapshot::default()
        };
        output.write_snapshot(&snapshot)?;
        printer.note(&format!("{output}: the disk of the host"));
        return Ok(());
    }
    let language = args.language.chosen();
    if let Some(before) = before {
        let change = disk_change(&disk_use(&before), &used);
        return match args.format {
            Format::Text => printer.data(&disk::change_text(&change, language)),
            Format::Markdown => printer.data(&disk::change_markdown(&change, language)),
            Format::Json => printer.stream(|out| disk::change_json(&change, args.json.definitions(), out)),
        };
    }
    match args.format {
        Format::Text => printer.data(&disk::text(&used, language)),
        Format::Markdown => printer.data(&disk::markdown(&used, language)),
        Format::Json => printer.stream(|out| disk::json(&used, args.json.definitions(), out)),
    }
}

/// The disk in a snapshot; none if the file is no snapshot.
fn snapshot_of(path: &Path) -> Result<Option<Disk>> {
    const START: u64 = 4096;
    if path.as_os_str() == "-" {
        // A pipe can be read once; answers of an engine come through one, snapshots are files.
        return Ok(None);
    }
    let start = input::read_start(path, START).map_err(|error| Error::read(path, error))?;
    let is_compressed = start.starts_with(&[0x1f, 0x8b]);
    if !is_compressed && !String::from_utf8_lossy(&start).contains("\"schema_version\"") {
        return Ok(None);
    }
    let file = input::open(path).map_err(|error| Error::read(path, error))?;
    let snapshot = plimsoll_snapshot::read_within(file, &ReadLimits::default())
        .map_err(|source| Error::Snapshot { path: path.to_owned(), source })?;
    snapshot.disk.map(Some).ok_or_else(|| no_disk(path))
}

fn no_disk(path: &Path) -> Error {
    Error::usage(
        format!("`{}` has no data about the disk of a host", path.display()),
        format!("`plimsoll df -o {}` writes it", path.display()),
    )
}
