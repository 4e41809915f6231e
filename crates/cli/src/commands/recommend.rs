//! `plimsoll recommend`: what to set for each service, as a compose override.

use std::collections::BTreeMap;
use std::path::PathBuf;

use plimsoll_analysis::lines::shell;
use plimsoll_analysis::memory::recommend::recommend;
use plimsoll_report::compose_override::compose_override;
use plimsoll_snapshot::Bytes;

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
    /// Targets whose limits hold unless more is needed
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
    let demanded: BTreeMap<String, Bytes> = match &args.targets {
        None => BTreeMap::new(),
        Some(path) => {
            let targets = read_targets(path)?;
            let limit = |name: &String| Some((name.clone(), targets.service(name).limit?.value.bytes()));
            targets.services.keys().filter(|name| *name != "*").filter_map(limit).collect()
        }
    };
    let text = compose_override(&recommend(runtime, &demanded));
    match &args.output {
        None => printer.data(&text),
        Some(path) => {
            output::write(path, |out| out.write_all(text.as_bytes()))?;
            // A name that no shell word can show is left to the reader.
            let file = shell::file(path).unwrap_or_else(|| "FILE".into());
            printer.note(&format!(
                "{}: check it with `docker compose -f compose.yml -f {file} config`",
                path.display()
            ));
            Ok(())
        }
    }
}
