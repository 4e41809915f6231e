//! `plimsoll-fleet scan`: reads images into a fleet.

use std::path::PathBuf;
use std::process::ExitCode;

use plimsoll_collect::WantedPlatform;
use plimsoll_report::format;
use plimsoll_snapshot::Bytes;

use crate::error::Result;
use crate::options::Options;
use crate::printer::Printer;
use crate::scan::{Plan, scan};
use crate::sources::pace::Pace;
use crate::sources::registry::Pair;
use crate::store::Store;
use crate::tables::Scanned;

/// Read images of registries, folders and archives into tables
///
/// Each layer is read once, whatever the number of its images and of scans. A scan that was interrupted goes on where it was.
/// The exit code is 1 if some images could not be read: the table `errors` names them, and all others are in the tables.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Snapshots, archives, OCI layouts, folders of them, registries, or lists of all these
    ///
    /// `docker://HOST` is every tag of every repository of a registry, `docker://HOST/REPOSITORY` every tag of one.
    /// A `.txt` file names one source a line.
    #[arg(required = true, value_name = "SOURCE")]
    sources: Vec<String>,
    /// Folder of the fleet; made if it is missing
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    /// Platform to read from multi-platform images, such as `linux/arm64`
    #[arg(long, value_name = "OS/ARCH[/VARIANT]")]
    platform: Option<WantedPlatform>,
    /// Number of layers and images to work on at the same time; default: the number of processors
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
    /// Believe snapshots that are attached to images, instead of reading their layers
    #[arg(long)]
    attached: bool,
    /// Registry to contact over plain HTTP (localhost is always allowed)
    #[arg(long, value_name = "HOST[:PORT]")]
    insecure_registry: Vec<String>,
    /// Token server on another site that may receive the registry credentials
    #[arg(long, value_name = "REGISTRY=HOST[:PORT]", hide_short_help = true)]
    token_server: Vec<Pair>,
    /// Host in a private network that a public registry may redirect to
    #[arg(long, value_name = "REGISTRY=HOST[:PORT]", hide_short_help = true)]
    blob_server: Vec<Pair>,
}

const EXAMPLES: &str = "\
Examples:
  Scan a registry, and again a day later: only new layers are read:
      plimsoll-fleet scan docker://registry.example:5000 -o fleet
  Scan a folder of archives and snapshots:
      plimsoll-fleet scan images/ -o fleet";

/// How many failures are printed. All of them are in the table.
const SHOWN: usize = 10;

pub(crate) fn run(args: &Args, printer: &'static Printer) -> Result<ExitCode> {
    let store = Store::create(&args.output)?;
    let options = Options {
        platform: args.platform.clone(),
        insecure_registries: args.insecure_registry.clone(),
        token_servers: args.token_server.clone(),
        blob_servers: args.blob_server.clone(),
        pace: Pace::default(),
        ..Options::default()
    };
    // One scan is all that the program does, and connections borrow the options.
    let options: &'static Options = Box::leak(Box::new(options));
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let plan = Plan {
        sources: &args.sources,
        jobs: args.jobs.map_or(processors, usize::from),
        attached: args.attached,
    };
    let scanned = scan(&plan, &store, options, printer)?;
    for failure in scanned.failures.iter().take(SHOWN) {
        printer.note(&format!("note: {} `{}`: {}", failure.stage, failure.unit, failure.message));
    }
    printer.note(&format!("note: {}", summary(&scanned)));
    Ok(if scanned.failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn summary(scanned: &Scanned) -> String {
    let Scanned { published, images_judged, layers_read, layers_known, bytes_read, failures } = scanned;
    let mut text = format!(
        "{} references of {} images, {images_judged} of them new; {layers_read} layers read ({}), {layers_known} \
         known",
        published.references,
        published.images,
        format::bytes(Bytes(*bytes_read)),
    );
    if !failures.is_empty() {
        text.push_str(&format!("; {} failed: `plimsoll-fleet query errors` names them", failures.len()));
    }
    text
}
