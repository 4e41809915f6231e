//! `plimsoll init`: writes the first target file of a stack.

use std::path::{Path, PathBuf};

use plimsoll_report::format::one_line;
use plimsoll_report::targets::template::template;
use plimsoll_snapshot::{ReadLimits, Snapshot};

use super::gates::TARGET_FILE;
use super::{LanguageArgs, dive_ci};
use crate::ending::Ending;
use crate::error::{Error, Result};
use crate::limits::MemoryLimits;
use crate::memory::MemoryArgs;
use crate::next;
use crate::output::{Content, Output};
use crate::printer::Printer;

/// Write a commented `plimsoll.toml` from a Compose file
///
/// A `.dive-ci`, the gates of dive, is translated.
#[derive(clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Args {
    /// Compose file; later files override earlier ones
    #[arg(long, value_name = "FILE")]
    compose: Vec<PathBuf>,
    /// File with the variables of the Compose files, instead of `.env` beside the first one
    #[arg(long, value_name = "FILE", requires = "compose")]
    env_file: Vec<PathBuf>,
    /// File with gates of dive to translate; default: `.dive-ci`, if it exists
    #[arg(long, value_name = "FILE")]
    dive_ci: Option<PathBuf>,
    /// File to write; `-` is standard output
    #[arg(short, long, value_name = "FILE", default_value = TARGET_FILE)]
    output: Output,
    /// Replace an existing file
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    language: LanguageArgs,
    #[command(flatten)]
    limits: MemoryLimits,
}

impl Args {
    /// The command that usually follows.
    pub(crate) fn next(&self) -> Option<String> {
        let Output::File(path) = &self.output else { return None };
        next::command(&["check", "SNAPSHOT", "--targets", path.to_str()?])
    }
}

const EXAMPLES: &str = "\u{1b}[1;4mExamples:\u{1b}[0m
  Write targets for the services of a Compose project:
      plimsoll init --compose compose.yml
  Write to standard output:
      plimsoll init --compose compose.yml -o -";

pub(crate) fn run(args: &Args, printer: &Printer) -> Result<()> {
    args.output.expect("a target file", &[Ending::Toml, Ending::Text], TARGET_FILE)?;
    let mut snapshot = Snapshot::default();
    MemoryArgs::of_compose(&args.compose, &args.env_file, &args.limits).join(
        &mut snapshot,
        &ReadLimits::default(),
        printer,
    )?;
    let planned = snapshot.runtime.map(|runtime| runtime.planned).unwrap_or_default();
    // A target for a service that does not run would never be met.
    let (planned, others): (Vec<_>, Vec<_>) =
        planned.into_iter().partition(|service| service.profiles.is_empty() && service.replicas != Some(0));
    if !others.is_empty() {
        let names: Vec<String> =
            others.iter().map(|service| format!("`{}`", one_line(&service.name))).collect();
        printer.note(&format!("note: no targets for what runs only on demand: {}", names.join(", ")));
    }
    let found = Path::new(dive_ci::NAME).exists().then(|| dive_ci::NAME.into());
    let dive = args.dive_ci.clone().or(found);
    let rules = dive.as_deref().map(dive_ci::rules).transpose()?.unwrap_or_default();
    let text = template(&planned, &dive_ci::targets(&rules), args.language.chosen());
    if let Output::File(path) = &args.output
        && !args.force
        && path.symlink_metadata().is_ok()
    {
        return Err(Error::usage(
            format!("`{}` already exists", path.display()),
            "`--force` replaces it, `-o FILE` writes another",
        ));
    }
    args.output.write(Content::Text, |out| out.write_all(text.as_bytes()))?;
    let services = match planned.len() {
        0 => "no service: name them, or give `--compose FILE`".to_owned(),
        1 => "1 service".to_owned(),
        count => format!("{count} services"),
    };
    let of_dive = dive.map(|path| format!(", with the gates of `{}`", path.display())).unwrap_or_default();
    printer.note(&format!("{}: targets for {services}{of_dive}", args.output));
    Ok(())
}
