//! `plimsoll report`: before and after as one HTML file.

use std::path::PathBuf;

use plimsoll_report::html::{Page, Viewer};
use plimsoll_report::{summary, verdict};
use plimsoll_snapshot::Bundle;

use super::{ReadArgs, read_both};
use crate::error::{Error, Result};
use crate::printer::Printer;
use crate::{output, viewer};

/// Write before and after as one HTML file that needs no network
#[derive(clap::Args)]
pub(crate) struct Args {
    /// A snapshot or an image source
    before: String,
    /// A snapshot or an image source
    after: String,
    /// The file to write
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    #[command(flatten)]
    read: ReadArgs,
}

pub(crate) fn run(args: &Args, printer: &Printer) -> Result<()> {
    let built = viewer::text().ok_or_else(|| {
        Error::usage("this plimsoll was built without its viewer", "`cargo xtask build` builds both")
    })?;
    let viewer = Viewer::parse(built).expect("the viewer was cut for its slots when it was bundled");
    let (before, after) = read_both(&args.before, &args.after, &args.read.options(), printer)?;
    let comparison = plimsoll_analysis::compare::compare(&before, &after);
    let mut data = Vec::new();
    Bundle { before, after }.write_gzip(&mut data).expect("memory takes everything");
    let page = Page {
        title: &format!("{} · Plimsoll", verdict::title(&comparison)),
        lang: "en",
        static_html: &summary::summary(&comparison),
        data: &data,
    };
    output::write(&args.output, |out| viewer.write(&page, out))?;
    printer.note(&format!("{}: {}", args.output.display(), verdict::verdict(&comparison)));
    Ok(())
}
