//! `plimsoll recommend`: what to set for each service, as a compose override.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use plimsoll_analysis::lines::shell;
use plimsoll_analysis::memory::recommend::{Demands, recommend};
use plimsoll_analysis::targets::Targets;
use plimsoll_report::compose_override::compose_override;
use plimsoll_snapshot::Runtime;
use plimsoll_snapshot::runtime::PlanFormat;

use super::expected::expect_services;
use super::target_file::TargetFile;
use super::{LanguageArgs, ReadArgs};
use crate::ending::Ending;
use crate::error::{Error, Result};
use crate::files;
use crate::load::images_of;
use crate::output::{Content, Output};
use crate::printer::Printer;

/// Write a Compose override with memory limits and settings, with reasons
#[derive(clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Args {
    /// Snapshot with a recording: see `plimsoll record` and `plimsoll snapshot --memory`
    #[arg(value_name = "SNAPSHOT")]
    snapshot: String,
    /// File to write; `-` is standard output, which is also the default
    ///
    /// A file that `plimsoll recommend` did not write is not replaced.
    #[arg(short, long, value_name = "FILE")]
    output: Option<Output>,
    /// Target file: use its limits, reservations, scores, log sizes and settings
    ///
    /// A limit from the file is raised if the recording shows that the service needs more.
    #[arg(long, value_name = "FILE")]
    targets: Option<PathBuf>,
    #[command(flatten)]
    language: LanguageArgs,
    #[command(flatten)]
    read: ReadArgs,
}

const EXAMPLES: &str = "\u{1b}[1;4mExamples:\u{1b}[0m
  Write an override from a snapshot with a recording:
      plimsoll recommend after.plimsoll -o compose.override.yml
  Use the limits of a target file where they are sufficient:
      plimsoll recommend after.plimsoll --targets plimsoll.toml";

pub(crate) fn run(args: &Args, printer: &Printer) -> Result<()> {
    let endings = [Ending::Yaml, Ending::Text];
    args.output.iter().try_for_each(|output| output.expect("YAML", &endings, "compose.override.yml"))?;
    if let Some(Output::File(path)) = &args.output
        && !may_replace(path)
    {
        return Err(Error::usage(
            format!("`{}` already exists, and `plimsoll recommend` did not write it", path.display()),
            "`-o FILE` writes another file",
        ));
    }
    let snapshot = images_of(&args.snapshot, &args.read.options(), printer)?;
    let Some(runtime) = &snapshot.runtime else {
        return Err(Error::usage(
            format!("`{}` contains no recording", args.snapshot),
            "`plimsoll snapshot --memory FILE --compose FILE -o SNAPSHOT` adds it",
        ));
    };
    let targets = match &args.targets {
        None => Targets::default(),
        Some(path) => {
            let targets = TargetFile::read(path, args.read.options().redact, printer)?.shown;
            expect_services(&targets, path, &snapshot)?;
            targets
        }
    };
    let demands = Demands {
        service: &|name| targets.demanded(name),
        limits: targets.demanded_limits(),
        reservations: targets.demanded_reservations(),
    };
    let text = compose_override(&recommend(runtime, &demands), args.language.chosen());
    match &args.output {
        None | Some(Output::Standard) => printer.data(&text),
        Some(output) => {
            output.write(Content::Text, |out| out.write_all(text.as_bytes()))?;
            let named = compose_files(runtime).into_iter().map(PathBuf::from);
            let written = match output {
                Output::File(path) => path.clone(),
                Output::Standard => PathBuf::new(),
            };
            // A name that no shell word can show is left to the reader.
            let word = |path: &Path| shell::file(path).unwrap_or_else(|| "FILE".into());
            let files = named.chain([written]).map(|path| format!(" -f {}", word(&path)));
            let files: String = files.collect();
            printer.note(&format!("{output}: check it with `docker compose{files} config`"));
            Ok(())
        }
    }
}

/// Whether nothing is lost if this file is written: it is new, empty, not a file, or an override of an earlier run. Its
/// ending is that of the compose files, which are one typing error away.
fn may_replace(path: &Path) -> bool {
    if !path.is_file() {
        return true;
    }
    // It is no input: it may be written.
    let start = files::open_given(path).and_then(|file| {
        let mut start = Vec::new();
        file.take(256).read_to_end(&mut start)?;
        Ok(start)
    });
    start.is_ok_and(|start: Vec<u8>| {
        start.is_empty() || String::from_utf8_lossy(&start).contains("`plimsoll recommend`")
    })
}

/// The compose files that the snapshot was made with, in their order; the usual one where it was made without.
fn compose_files(runtime: &Runtime) -> Vec<String> {
    let plans = runtime.planned.iter().filter(|planned| planned.format == PlanFormat::Compose);
    let mut files: Vec<String> = Vec::new();
    // A service of several files names all of them.
    for file in plans.flat_map(|planned| planned.file.split(", ")) {
        if !files.iter().any(|known| known == file) {
            files.push(file.to_owned());
        }
    }
    if files.is_empty() { vec!["compose.yml".to_owned()] } else { files }
}
