//! `plimsoll recommend`: what to set for each service, as a compose override.

use std::path::PathBuf;

use plimsoll_analysis::memory::recommend::{Demands, recommend};
use plimsoll_report::compose_override::compose_override;

use super::ReadArgs;
use super::check::read_targets;
use crate::error::{Error, Result};
use crate::load::snapshot_or_source;
use crate::output;
use crate::printer::Printer;

/// Write a compose override with limits and settings that fit, and why
#[derive(clap::Args)]
pub(crate) struct Args {
    /// A snapshot with a recording: see `plimsoll record` and `plimsoll snapshot --memory`
    #[arg(value_name = "SNAPSHOT")]
    snapshot: String,
    /// The file to write; standard output without it
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Targets: the limits that hold unless more is needed, and reservations, scores, logs and settings to set
    #[arg(long, value_name = "FILE")]
    targets: Option<PathBuf>,
    #[command(flatten)]
    read: ReadArgs,
}

pub(crate) fn run(args: &Args, printer: &Printer) -> Result<()> {
    let snapshot = snapshot_or_source(&args.snapshot, &args.read.options(), printer)?;
    let Some(runtime) = &snapshot.runtime else {
        return Err(Error::usage(
            format!("`{}` holds nothing of what runs", args.snapshot),
            "`plimsoll snapshot --memory FILE --compose FILE -o SNAPSHOT` adds it",
        ));
    };
    let targets = args.targets.as_deref().map(read_targets).transpose()?.unwrap_or_default();
    let demands = Demands {
        service: &|name| targets.demanded(name),
        limits: targets.demanded_limits(),
        reservations: targets.demanded_reservations(),
    };
    let text = compose_override(&recommend(runtime, &demands));
    match &args.output {
        None => printer.data(&text),
        Some(path) => {
            output::write(path, |out| out.write_all(text.as_bytes()))?;
            printer.note(&format!(
                "{}: check it with `docker compose -f compose.yml -f {0} config`",
                path.display()
            ));
            Ok(())
        }
    }
}
