//! `plimsoll cat`: the content of one file of an image.

use plimsoll_analysis::squash;
use plimsoll_snapshot::path;

use super::{ReadArgs, chosen_service};
use crate::contents::{Node, Source, View, find, to_standard_output};
use crate::error::{Error, Result};
use crate::printer::Printer;

/// Print a file of an image
#[derive(clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Args {
    /// Image source; not a snapshot, which has no file contents
    #[arg(value_name = "SOURCE")]
    source: String,
    /// Path of the file in the image; symbolic links are followed
    #[arg(value_name = "PATH")]
    path: String,
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
  Print a file without starting a container:
      plimsoll cat my-app:latest /etc/os-release
  Print a file that a later layer deletes:
      plimsoll cat my-app:latest /app/.env --layer 3";

pub(crate) fn run(args: &Args, printer: &Printer) -> Result<()> {
    let options = args.read.options();
    let source = Source::open(&args.source, &options, printer)?;
    let service =
        chosen_service(&source.snapshot, args.service.as_deref(), "`--service NAME` names the one to read")?;
    let image = &source.snapshot.images[source.snapshot.services[service].image];
    let squashed = squash(&source.snapshot, image);
    let view = View::new(&source.snapshot, image, &squashed, args.layer)?;
    let escaped = path::escape(args.path.as_bytes());
    match find(&view, args.path.as_bytes(), true) {
        Ok(Node::File(path)) => {
            let place = view.at(&path).expect("it was found");
            to_standard_output(&source, image, &squashed, place, printer)
        }
        Ok(Node::Directory(_)) => Err(Error::usage(
            format!("`{escaped}` is a directory"),
            "name a file, or write the directory with `plimsoll extract SOURCE PATH -o DIR`",
        )),
        Ok(Node::Special(_, what)) => {
            Err(Error::usage(format!("`{escaped}` is {what}, and has no content"), "name a regular file"))
        }
        Err(missing) => Err(view.missing(&args.path, &missing)),
    }
}
