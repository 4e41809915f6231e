//! `plimsoll viewer`: the page of a report without data.

use plimsoll_report::html::{Page, Viewer};
use plimsoll_report::summary;

use super::LanguageArgs;
use crate::ending::Ending;
use crate::error::{Error, Result};
use crate::output::{Content, Output};
use crate::printer::Printer;
use crate::viewer;

/// Write the page without data, to open images and snapshots in a browser
#[derive(clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Args {
    /// File to write; `-` is standard output
    #[arg(short, long, value_name = "FILE")]
    output: Output,
    #[command(flatten)]
    language: LanguageArgs,
}

const EXAMPLES: &str = "\u{1b}[1;4mExamples:\u{1b}[0m
  Write the page, then drop an image archive on it in any browser:
      plimsoll viewer -o viewer.html";

pub(crate) fn run(args: &Args, printer: &Printer) -> Result<()> {
    args.output.expect("a page", &[Ending::Page], "viewer.html")?;
    let built = viewer::text().ok_or_else(|| {
        Error::usage("this plimsoll was built without its viewer", "`cargo xtask build` builds both")
    })?;
    let viewer = Viewer::parse(built).expect("the viewer was cut for its slots when it was bundled");
    let language = args.language.chosen();
    let page =
        Page { title: "Plimsoll", lang: language.tag(), static_html: &summary::nothing(language), data: b"" };
    args.output.write(Content::Binary, |out| viewer.write(&page, out))?;
    printer.note(&format!("{}: open it in a browser, and drop images or snapshots on it", args.output));
    Ok(())
}
