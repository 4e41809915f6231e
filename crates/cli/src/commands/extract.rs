//! `plimsoll extract`: files and directories of an image, written into a new directory.

use std::path::PathBuf;

use plimsoll_analysis::squash;
use plimsoll_report::language::{Language, Noun};
use plimsoll_snapshot::{Bytes, path};

use super::{ReadArgs, chosen_service};
use crate::contents::{Node, Source, View, extract, find, plan};
use crate::error::{Error, Result};
use crate::printer::Printer;

/// Write files of an image into a new directory
///
/// Links stay links, permissions lose set-user-ID, and devices are skipped. Owners are not set.
#[derive(clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Args {
    /// Image source; not a snapshot, which has no file contents
    #[arg(value_name = "SOURCE")]
    source: String,
    /// Paths of files and directories in the image; `/` is all of it
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<String>,
    /// Directory to write to; it must not exist, or be empty
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    /// Layer to read, counted from 0 as `inspect` does; shows hidden versions
    #[arg(long, value_name = "N")]
    layer: Option<u32>,
    /// Service to read, if the source has several images
    #[arg(long, value_name = "NAME")]
    service: Option<String>,
    #[command(flatten)]
    read: ReadArgs,
}

const EXAMPLES: &str = "\u{1b}[1;4mExamples:\u{1b}[0m
  Write two directories of an image into `out`:
      plimsoll extract my-app:latest /app /etc/nginx -o out
  Write everything that one layer adds:
      plimsoll extract my-app:latest / --layer 3 -o layer-3";

const EN: Language = Language::English;

/// How many paths that are skipped are named.
const NAMED: usize = 5;

pub(crate) fn run(args: &Args, printer: &Printer) -> Result<()> {
    let options = args.read.options();
    let source = Source::open(&args.source, &options, printer)?;
    let service =
        chosen_service(&source.snapshot, args.service.as_deref(), "`--service NAME` names the one to read")?;
    let image = &source.snapshot.images[source.snapshot.services[service].image];
    let squashed = squash(&source.snapshot, image);
    let view = View::new(&source.snapshot, image, &squashed, args.layer)?;
    let mut wanted = Vec::new();
    for text in &args.paths {
        match find(&view, text.as_bytes(), false) {
            Ok(Node::Special(path, what)) if what != "a symbolic link" => {
                return Err(Error::usage(
                    format!("`{}` is {what}, which is not extracted", path::escape(&path)),
                    "name files, directories and links",
                ));
            }
            Ok(Node::File(path) | Node::Directory(path) | Node::Special(path, _)) => wanted.push(path),
            Err(missing) => return Err(view.missing(text, &missing)),
        }
    }
    let plan = plan(&view, &wanted);
    let written = extract(&source, image, &plan, &args.output)?;
    if !plan.skipped.is_empty() {
        let named: Vec<String> = (plan.skipped.iter().take(NAMED))
            .map(|(path, what)| format!("`{}` ({what})", path::escape(path)))
            .collect();
        let more = plan.skipped.len().saturating_sub(NAMED);
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        printer.note(&format!("note: skipped {}{more}", named.join(", ")));
    }
    printer.note(&format!(
        "note: wrote {} ({}) and {} to `{}`",
        EN.many(written.files, &EN.words().file),
        EN.bytes(Bytes(written.bytes)),
        EN.many(written.symlinks, &Noun { one: "symbolic link", more: "symbolic links" }),
        args.output.display()
    ));
    Ok(())
}
