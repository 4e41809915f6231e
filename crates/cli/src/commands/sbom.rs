//! `plimsoll sbom`: the packages of images for other tools, with what each takes on disk.

use plimsoll_analysis::inspect::inspect;
use plimsoll_analysis::packages::inventory;
use plimsoll_report::exchange::cyclonedx;

use super::ReadArgs;
use crate::ending::Ending;
use crate::error::Result;
use crate::load::images_of;
use crate::output::{Content, Output};
use crate::printer::Printer;

/// Write the packages of images as a CycloneDX SBOM, with the bytes of each
///
/// Properties of each package: its bytes in the final tree and over all layers, its retained bytes, the layer that installed
/// it, and its use. Packages of which only hidden bytes are left are omitted.
#[derive(clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Args {
    /// Image source or snapshot
    #[arg(value_name = "SOURCE")]
    source: String,
    /// File to write; `-` is standard output
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    output: Output,
    #[command(flatten)]
    read: ReadArgs,
}

const EXAMPLES: &str = "\u{1b}[1;4mExamples:\u{1b}[0m
  Write an SBOM:
      plimsoll sbom my-app:latest -o my-app.cdx.json
  Pass the packages to a scanner:
      plimsoll sbom my-app:latest | grype";

pub(crate) fn run(args: &Args, printer: &Printer) -> Result<()> {
    args.output.expect("an SBOM", &[Ending::Json], "my-app.cdx.json")?;
    let snapshot = images_of(&args.source, &args.read.options(), printer)?;
    let (packages, inspection) = (inventory(&snapshot), inspect(&snapshot));
    if packages.images.iter().any(|image| !image.complete) {
        printer.note("note: not every layer was read, so packages may be missing");
    }
    args.output.write(Content::Text, |out| {
        cyclonedx::sbom(&snapshot, &packages, &inspection, env!("CARGO_PKG_VERSION"), out)
    })
}
