//! `plimsoll snapshot`: reads images and writes what was found into one file.

use plimsoll_analysis::inspect::stack_size;
use plimsoll_report::format::{bytes, one_line};

use super::ReadArgs;
use super::build::BuildArgs;
use crate::error::{Error, Result};
use crate::load;
use crate::memory::{MemoryArgs, contents};
use crate::output::Output;
use crate::printer::Printer;
use crate::sources::NamedSource;

/// Read images and write a snapshot of them
///
/// SOURCE is a `docker save` archive, an OCI layout (directory or tar), compressed or not, or `-` for standard input.
/// What it is, is found out by its content. It may carry a transport, as skopeo names them, and choose an image:
/// `docker-archive:PATH[:REFERENCE]`, `oci-archive:PATH[:REFERENCE]`, `oci:PATH[:REFERENCE]`, `dir:PATH`.
///
/// Without an archive: `docker-daemon:IMAGE` and `podman:IMAGE` are read from an engine, `docker://IMAGE` from its
/// registry, layer by layer, nothing is stored. A bare IMAGE is looked up in that order. Logins of docker and podman hold.
///
/// Memory, with or without images: `--memory FILE…` takes what `docker stats`, `podman stats`, `nerdctl stats`, `inspect`,
/// `events`, the API of an engine, cgroup files, `kubectl top pod --containers` or a Prometheus range query gave, and
/// recordings of `plimsoll record`; `--compose FILE` what was planned. All of it is joined by service.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Images, each with the name of the service that runs it; without a name, that of its repository
    #[arg(value_name = "[NAME=]SOURCE", required_unless_present_any = ["memory", "compose"])]
    sources: Vec<String>,
    /// The file to write: gzip-compressed JSON, or plain if its name ends in `.json`; `-` is standard output
    #[arg(short, long, value_name = "FILE")]
    output: Output,
    #[command(flatten)]
    memory: MemoryArgs,
    #[command(flatten)]
    build: BuildArgs,
    #[command(flatten)]
    read: ReadArgs,
}

pub(crate) fn run(args: &Args, printer: &Printer) -> Result<()> {
    args.output.expect_snapshot()?;
    let sources = args.sources.iter().map(|source| source.parse()).collect::<Result<Vec<NamedSource>>>()?;
    let options = args.read.options();
    let mut snapshot = load::snapshot(&sources, &options, printer)?;
    args.build.add_to(&mut snapshot, printer)?;
    args.memory.join(&mut snapshot, printer)?;
    options.snapshot_limits.check(&snapshot).map_err(Error::too_large)?;
    let snapshot = load::redacted(snapshot, &options)?;
    args.output.write_snapshot(&snapshot)?;
    let size = stack_size(&snapshot);
    let names: Vec<_> = snapshot.services.iter().map(|service| one_line(&service.name)).collect();
    let services = || {
        let count =
            if names.len() == 1 { "1 service".to_owned() } else { format!("{} services", names.len()) };
        format!("{count} ({}), {} with every layer once", names.join(", "), bytes(size.unique_bytes))
    };
    let parts = (!names.is_empty()).then(services).into_iter().chain(snapshot.runtime.as_ref().map(contents));
    let parts: Vec<_> = parts.collect();
    printer.note(&format!("{}: {}", args.output, parts.join("; ")));
    Ok(())
}
