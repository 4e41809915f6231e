//! Finds the state before: a source that is named, an entry of the history, an image, a build of the merge base, or none.

use std::path::Path;
use std::process::{Command, Stdio};

use plimsoll_analysis::review::Baseline;
use plimsoll_snapshot::Snapshot;

use super::git;
use crate::error::{Error, Result};
use crate::history::Store;
use crate::load::{redacted, snapshot, snapshot_or_source};
use crate::options::{Attachments, Options};
use crate::printer::Printer;
use crate::sources::NamedSource;

/// Where the state before may come from.
pub(crate) struct Places<'a> {
    /// What the user names.
    pub(crate) given: Option<&'a str>,
    /// The history.
    pub(crate) history: Option<&'a Store>,
    /// The commit that the change is compared with.
    pub(crate) base: Option<&'a str>,
    /// Images that are compared with, as `[NAME=]SOURCE`.
    pub(crate) images: &'a [String],
    /// What builds the commit, and what it makes, as `[NAME=]SOURCE`.
    pub(crate) rebuild: Option<(&'a str, &'a [String])>,
}

/// The state before, and where it comes from. Where one place has nothing, a note says so, and the next is asked.
pub(crate) fn find(
    places: &Places<'_>,
    options: &Options,
    printer: &Printer,
) -> Result<(Baseline, Option<Snapshot>)> {
    if let Some(given) = places.given {
        let before = snapshot_or_source(given, options, printer)?;
        let name = Path::new(given).file_name().map_or_else(|| given.into(), |name| name.to_string_lossy());
        return Ok((Baseline::Given { name: name.into_owned() }, Some(before)));
    }
    if let Some(history) = places.history {
        match places.base {
            Some(base) => {
                if let Some((baseline, before)) = in_history(history, base, options, printer)? {
                    return Ok((baseline, Some(redacted(before, options)?)));
                }
                printer.note(&format!(
                    "note: the history has no entry of commit {} or of one before it",
                    short(base)
                ));
            }
            None => printer.note("note: the commit to compare with is unknown: is this a git repository?"),
        }
    }
    if !places.images.is_empty() {
        let reference = places.images.join(", ");
        // A snapshot beside the image says the same without its layers.
        let attached = Options { attachments: Attachments::Only, ..options.clone() };
        if places.images.iter().all(|image| image.contains("docker://"))
            && let Ok(before) = read(places.images, None, &attached, printer)
        {
            return Ok((Baseline::Attached { reference }, Some(before)));
        }
        match read(places.images, None, options, printer) {
            Ok(before) => {
                return Ok((Baseline::Image { reference }, Some(before)));
            }
            Err(error) => note(printer, "the image to compare with cannot be read", &error),
        }
    }
    if let (Some((command, made)), Some(base)) = (places.rebuild, places.base) {
        match rebuild(command, made, base, options, printer) {
            Ok(before) => return Ok((Baseline::Rebuild { revision: short(base).to_owned() }, Some(before))),
            Err(error) => note(printer, "the commit to compare with cannot be built", &error),
        }
    }
    Ok((Baseline::None, None))
}

fn note(printer: &Printer, what: &str, error: &Error) {
    let hint = error.hint(&|_| true).map(|hint| format!(" ({hint})")).unwrap_or_default();
    printer.note(&format!("note: {what}: {error}{hint}"));
}

/// The entry of a commit, or that of the nearest one before it that has one.
fn in_history(
    history: &Store,
    base: &str,
    options: &Options,
    printer: &Printer,
) -> Result<Option<(Baseline, Snapshot)>> {
    let (points, torn) = history.points()?;
    for path in torn {
        printer.note(&format!("note: `{}` is not a history point; it is skipped", path.display()));
    }
    for (commit, behind) in git::ancestors(base).iter().zip(0..) {
        let is_it = |revision: &str| git::is_commit(revision) && commit.starts_with(revision);
        // Of several builds of a commit, the last one counts.
        let point = points.iter().rev().find(|point| point.revision.as_deref().is_some_and(is_it));
        let Some(point) = point else { continue };
        match history.snapshot(point, &options.limits) {
            // Of a point that comes from tags, only the layers of steps were read.
            Ok(before) if before.layers.iter().any(|layer| layer.contents.is_none()) => {
                printer.note(&format!(
                    "note: the entry of commit {} lacks layers, and is left out",
                    short(commit)
                ));
            }
            Ok(before) => {
                let revision = short(commit).to_owned();
                return Ok(Some((Baseline::History { revision, behind }, before)));
            }
            Err(error) => note(printer, "an entry of the history cannot be read", &error),
        }
    }
    Ok(None)
}

/// As much of the ID of a commit as people read.
fn short(commit: &str) -> &str {
    commit.get(..7).unwrap_or(commit)
}

/// Reads images; paths that exist in `inside` are read there.
fn read(images: &[String], inside: Option<&Path>, options: &Options, printer: &Printer) -> Result<Snapshot> {
    let source = |text: &String| -> Result<NamedSource> {
        let (name, place) =
            text.split_once('=').map_or((None, text.as_str()), |(name, place)| (Some(name), place));
        let there = inside.map(|directory| directory.join(place)).filter(|path| path.exists());
        let place = there.map_or_else(|| place.to_owned(), |path| path.display().to_string());
        name.map_or_else(|| place.clone(), |name| format!("{name}={place}")).parse()
    };
    let sources = images.iter().map(source).collect::<Result<Vec<_>>>()?;
    redacted(snapshot(&sources, options, printer)?, options)
}

/// Builds a commit in a separate checkout, and reads what that makes.
fn rebuild(
    command: &str,
    made: &[String],
    base: &str,
    options: &Options,
    printer: &Printer,
) -> Result<Snapshot> {
    let directory =
        tempfile::tempdir().map_err(|error| Error::write(Path::new("a temporary directory"), error))?;
    let checkout = directory.path().join("base");
    if !git::check_out(base, &checkout) {
        return Err(Error::usage(
            format!("git cannot check out commit {}", short(base)),
            "fetch the whole history: `fetch-depth: 0`, or `GIT_DEPTH: 0`",
        ));
    }
    let built = run(command, base, &checkout).and_then(|()| read(made, Some(&checkout), options, printer));
    git::forget(&checkout);
    built
}

fn run(command: &str, base: &str, checkout: &Path) -> Result<()> {
    let mut shell = if cfg!(windows) { Command::new("cmd") } else { Command::new("sh") };
    let status = shell
        .arg(if cfg!(windows) { "/C" } else { "-c" })
        .arg(command)
        .current_dir(checkout)
        .env("PLIMSOLL_BASE_COMMIT", base)
        .stdin(Stdio::null())
        // Standard output is ours.
        .stdout(std::io::stderr())
        .status()
        .map_err(|error| Error::usage(format!("`{command}` cannot be run: {error}"), "a shell runs it"))?;
    if status.success() {
        Ok(())
    } else {
        Err(Error::usage(
            format!("`{command}` failed with {status}"),
            "it runs in a checkout of the commit to compare with",
        ))
    }
}
