//! `plimsoll attach`: a snapshot next to its image in a registry.

use std::path::PathBuf;

use plimsoll_report::format::{bytes, count};
use plimsoll_snapshot::Bytes;

use super::ReadArgs;
use crate::attached::attach;
use crate::error::{Error, Result};
use crate::load::{redacted, snapshot};
use crate::printer::Printer;
use crate::sources::reference::Reference;
use crate::sources::registry::Way;
use crate::sources::{NamedSource, SourceSpec, Wanted};

/// Attach a snapshot to its image in a registry
///
/// The snapshot is an OCI artifact whose subject is the image. A registry with the referrers API lists it there; elsewhere a
/// tag `sha256-…` does. `plimsoll ci --baseline docker://…` reads it instead of the layers of the image, and so does any
/// command with `--attached`.
#[derive(clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Args {
    /// Image in a registry
    #[arg(value_name = "docker://IMAGE", value_parser = image)]
    image: Reference,
    /// Snapshot of the image; default: the image is read
    #[arg(long, value_name = "FILE")]
    snapshot: Option<PathBuf>,
    #[command(flatten)]
    read: ReadArgs,
}

const EXAMPLES: &str = "\u{1b}[1;4mExamples:\u{1b}[0m
  Attach a snapshot to an image that was pushed:
      plimsoll attach docker://registry.example/app:main --snapshot plimsoll-ci/snapshot.plimsoll
  Compare with the image without pulling it:
      plimsoll ci app=app.tar --baseline app=docker://registry.example/app:main";

fn image(text: &str) -> std::result::Result<Reference, String> {
    let name = text.strip_prefix("docker://").ok_or("expected `docker://HOST/REPOSITORY:TAG`")?;
    name.parse().map_err(|error: Error| error.to_string())
}

pub(crate) fn run(args: &Args, printer: &Printer) -> Result<()> {
    let options = args.read.options();
    let source = match &args.snapshot {
        Some(path) => SourceSpec::Path(path.clone(), Default::default()),
        None => SourceSpec::Registry(args.image.clone()),
    };
    let read = || {
        let named = NamedSource { name: None, source: Wanted::Source(source) };
        redacted(snapshot(&[named], &options, printer)?, &options)
    };
    let (attached, (requests, sent)) = attach(&args.image, read, &options, printer)?;
    let place = match &attached.way {
        Way::Api => "listed by the referrers API".to_owned(),
        Way::Tag(tag) => format!("listed by the tag `{tag}`, since the registry has no referrers API"),
    };
    let what = if attached.is_new { "attached" } else { "was attached before" };
    printer.note(&format!(
        "{}: {what} as {}, {place}; {} requests, {} transferred",
        args.image,
        attached.digest,
        count(requests),
        bytes(Bytes(sent))
    ));
    Ok(())
}
