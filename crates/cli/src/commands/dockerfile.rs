//! `plimsoll dockerfile`: the Dockerfile of an image, made again from its history.

use plimsoll_analysis::reconstruct::{Base, reconstruct};
use plimsoll_report::dockerfile;

use super::{LanguageArgs, ReadArgs, chosen_service};
use crate::error::{Error, Result};
use crate::load::{images_of, redacted};
use crate::printer::Printer;

/// Reconstruct the Dockerfile of an image from its history
#[derive(clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Args {
    /// Image source or snapshot
    #[arg(value_name = "SOURCE")]
    source: String,
    /// Service to reconstruct, if the source has several
    #[arg(long, value_name = "NAME")]
    service: Option<String>,
    /// Base image to build on
    ///
    /// Its steps are omitted. Without it, the file begins with `FROM scratch` and repeats every step.
    #[arg(long, value_name = "IMAGE")]
    base: Option<String>,
    #[command(flatten)]
    language: LanguageArgs,
    #[command(flatten)]
    read: ReadArgs,
}

const EXAMPLES: &str = "\u{1b}[1;4mExamples:\u{1b}[0m
  Show how an image was built:
      plimsoll dockerfile my-app:latest
  Replace the steps of the base image with `FROM`:
      plimsoll dockerfile my-app:latest --base python:3.11-slim > Dockerfile

The history lacks files, and Plimsoll keeps no values of variables, which may be secrets. Each
gets a name and a comment: `step-NN/` for a source of `COPY`, `layer-NN.tar` for a whole layer, a
build argument for the value of a variable or the default of an argument.";

pub(crate) fn run(args: &Args, printer: &Printer) -> Result<()> {
    let options = args.read.options();
    let base = args.base.as_deref().map_or(Ok(Base::Scratch), |name| {
        Base::named(name).map_err(|_| {
            Error::usage(
                format!("`--base {name}` is not an image reference"),
                "name it as `FROM` does: `--base python:3.11-slim`",
            )
        })
    })?;
    let snapshot = redacted(images_of(&args.source, &options, printer)?, &options)?;
    let service =
        chosen_service(&snapshot, args.service.as_deref(), "`--service NAME` names the one to reconstruct")?;
    let service = &snapshot.services[service];
    let image = &snapshot.images[service.image];
    let name = image.reference.as_deref().unwrap_or(&service.name);
    if image.history.is_empty() {
        printer.note("note: the image has no history: its layers are added as archives");
    }
    let made = reconstruct(&snapshot, image, name, &base);
    printer.data(&dockerfile::text(&made, args.language.chosen()))
}
