//! `plimsoll pull`: how long it takes to pull an image, layer by layer.

use plimsoll_analysis::pull::{Rates, estimate};
use plimsoll_report::pull;

use super::{Format, JsonArgs, LanguageArgs, ReadArgs, chosen_service};
use crate::error::Result;
use crate::load::{images_of, redacted, snapshot_or_source};
use crate::printer::Printer;

/// Estimate how long a machine takes to pull an image
///
/// Layers are transferred several at a time and unpacked one after another. Nothing is pulled. The constants are those of
/// a small server: set them to what your machine does.
#[derive(clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Args {
    /// Image source or snapshot
    #[arg(value_name = "SOURCE")]
    source: String,
    /// Image source or snapshot whose layers are on the machine already
    #[arg(long, value_name = "SOURCE")]
    have: Vec<String>,
    /// Rate of the connection, in Mbit/s
    #[arg(long, value_name = "MBIT", default_value_t = 200, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    rate: u64,
    /// Number of machines that pull it
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    nodes: u64,
    /// Layers transferred at the same time: 3 for Docker, 6 for Podman
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=100))]
    streams: u64,
    /// Output of gzip on one thread, in MB/s
    #[arg(long, value_name = "MB", value_parser = clap::value_parser!(u64).range(1..=100_000))]
    gzip: Option<u64>,
    /// Output of zstd on one thread, in MB/s
    #[arg(long, value_name = "MB", value_parser = clap::value_parser!(u64).range(1..=100_000))]
    zstd: Option<u64>,
    /// Rate of the disk, in MB/s
    #[arg(long, value_name = "MB", value_parser = clap::value_parser!(u64).range(1..=100_000))]
    disk: Option<u64>,
    /// Time to make one file, in microseconds
    #[arg(long, value_name = "US", value_parser = clap::value_parser!(u64).range(0..=1_000_000))]
    file_time: Option<u64>,
    /// Service to estimate, if the source has several
    #[arg(long, value_name = "NAME")]
    service: Option<String>,
    /// Output format
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    json: JsonArgs,
    #[command(flatten)]
    language: LanguageArgs,
    #[command(flatten)]
    read: ReadArgs,
}

const EXAMPLES: &str = "\u{1b}[1;4mExamples:\u{1b}[0m
  Estimate a pull at 100 Mbit/s:
      plimsoll pull my-app:latest --rate 100
  Estimate an update of ten machines that have the version before:
      plimsoll pull my-app:new --have my-app:old --nodes 10";

pub(crate) fn run(args: &Args, printer: &Printer) -> Result<()> {
    let options = args.read.options();
    let snapshot = redacted(images_of(&args.source, &options, printer)?, &options)?;
    let service =
        chosen_service(&snapshot, args.service.as_deref(), "`--service NAME` names the one to estimate")?;
    let have = args.have.iter().map(|source| snapshot_or_source(source, &options, printer));
    let have: Vec<_> = have.collect::<Result<_>>()?;
    let mega = |given: Option<u64>, default: u64| given.map_or(default, |given| given * 1_000_000);
    let default = Rates::with_transfer(args.rate * 1_000_000 / 8);
    let rates = Rates {
        gzip: mega(args.gzip, default.gzip),
        zstd: mega(args.zstd, default.zstd),
        write: mega(args.disk, default.write),
        file_us: args.file_time.unwrap_or(default.file_us),
        streams: usize::try_from(args.streams).unwrap_or(default.streams),
        ..default
    };
    let estimate = estimate(&snapshot, service, &have.iter().collect::<Vec<_>>(), rates, args.nodes);
    let language = args.language.chosen();
    match args.format {
        Format::Text => printer.data(&pull::text(&estimate, language)),
        Format::Markdown => printer.data(&pull::markdown(&estimate, language)),
        Format::Json => printer.stream(|out| pull::json(&estimate, args.json.definitions(), out)),
    }
}
