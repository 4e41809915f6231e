//! `plimsoll snapshot`: reads images and writes what was found into one file.

use plimsoll_analysis::inspect::stack_size;
use plimsoll_report::format::{bytes, one_line};

use super::ReadArgs;
use super::build::BuildArgs;
use crate::error::{Error, Result};
use crate::load;
use crate::memory::{MemoryArgs, contents};
use crate::next;
use crate::output::Output;
use crate::printer::Printer;
use crate::sources::NamedSource;

/// Read images and memory data into one snapshot file
///
/// SOURCE is a `docker save` archive, an OCI layout (directory or tar), compressed or not, or `-` for standard input. The
/// type is detected from the content. A skopeo transport can select an image: `docker-archive:PATH[:REFERENCE]`,
/// `oci-archive:PATH[:REFERENCE]`, `oci:PATH[:REFERENCE]`, `dir:PATH`.
///
/// `docker-daemon:IMAGE` and `podman:IMAGE` read from an engine. `docker://IMAGE` reads from a registry, layer by layer,
/// and stores no layer. A bare IMAGE is tried as a path, in Docker, in Podman and in the registry, in this order. Docker and
/// Podman credentials are used.
///
/// `--memory` adds memory data, with or without images: recordings of `plimsoll record`, and the output of `docker stats`,
/// `podman stats`, `nerdctl stats`, `inspect`, `events`, an engine API, cgroup files, `kubectl top pod --containers` or a
/// Prometheus range query; and evidence of use: logs of `strace`, import times of Python, `/proc/PID/smaps` and `maps`,
/// `docker diff`. The name of such a file begins with the service: `app.strace`. `--compose` adds the planned limits. The data is joined by service.
#[derive(clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Args {
    /// Images, each with a service name; default: the name of the repository
    #[arg(value_name = "[NAME=]SOURCE", required_unless_present_any = ["memory", "compose"])]
    sources: Vec<String>,
    /// File to write: compressed JSON, or plain if it ends in `.json`; `-` is standard output
    #[arg(short, long, value_name = "FILE")]
    output: Output,
    #[command(flatten)]
    memory: MemoryArgs,
    #[command(flatten)]
    build: BuildArgs,
    #[command(flatten)]
    read: ReadArgs,
}

impl Args {
    /// The command that usually follows.
    pub(crate) fn next(&self) -> Option<String> {
        let Output::File(path) = &self.output else { return None };
        next::command(&["report", path.to_str()?, "-o", "report.html"])
    }
}

const EXAMPLES: &str = "\u{1b}[1;4mExamples:\u{1b}[0m
  Read two images under the names of their services:
      plimsoll snapshot backend=backend.tar frontend=my-frontend:latest -o after.plimsoll
  Add planned limits and a recording:
      plimsoll snapshot app=app.tar --compose compose.yml --memory load.plimsoll -o app.plimsoll
  Read an archive from standard input:
      docker save my-app | plimsoll snapshot app=- -o app.plimsoll";

pub(crate) fn run(args: &Args, printer: &Printer) -> Result<()> {
    args.output.expect_snapshot()?;
    let sources = args.sources.iter().map(|source| source.parse()).collect::<Result<Vec<NamedSource>>>()?;
    let options = args.read.options();
    let mut snapshot = load::snapshot(&sources, &options, printer)?;
    args.build.add_to(&mut snapshot, printer)?;
    args.memory.join(&mut snapshot, &options.limits, printer)?;
    options.limits.check(&snapshot).map_err(Error::too_large)?;
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
