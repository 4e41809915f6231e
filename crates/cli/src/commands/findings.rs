//! `plimsoll findings`: waste in an image, and how to fix it.

use std::path::{Path, PathBuf};

use clap::ValueEnum;
use plimsoll_analysis::findings::{RULES, Rule, advise_accepting, progress_accepting};
use plimsoll_report::exchange::{annotations, code_quality, sarif};
use plimsoll_report::{findings, json, progress};
use plimsoll_snapshot::Snapshot;

use super::build::BuildArgs;
use super::gates::TARGET_FILE;
use super::target_file::TargetFile;
use super::{JsonArgs, LanguageArgs, ReadArgs};
use crate::error::{Error, Result};
use crate::load::{images_of, redacted, snapshot_or_source};
use crate::names;
use crate::next;
use crate::printer::Printer;

/// The version of the program.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The output format of findings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Text for a terminal
    #[default]
    Text,
    /// JSON for programs
    Json,
    /// Markdown for a pull request
    Markdown,
    /// SARIF 2.1.0 for code scanning
    Sarif,
    /// Code quality report of GitLab
    Codequality,
    /// Annotations of GitHub Actions
    Github,
}

/// Find waste in images: what it costs and how to fix it
#[derive(clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Args {
    /// Image source or snapshot
    #[arg(value_name = "SOURCE")]
    source: String,
    /// Show which findings of an earlier image source or snapshot are fixed
    #[arg(long, value_name = "BEFORE", conflicts_with = "rule")]
    since: Option<String>,
    /// Show only the findings of these rules
    #[arg(long, value_name = "ID", value_delimiter = ',')]
    rule: Vec<String>,
    /// Show only the N findings of each service that save most
    #[arg(long, value_name = "N", conflicts_with = "since")]
    top: Option<usize>,
    /// Target file with accepted findings; default: `plimsoll.toml` if it exists
    #[arg(long, value_name = "FILE")]
    targets: Option<PathBuf>,
    /// Output format
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    json: JsonArgs,
    #[command(flatten)]
    language: LanguageArgs,
    #[command(flatten)]
    build: BuildArgs,
    #[command(flatten)]
    read: ReadArgs,
}

impl Args {
    /// The command that usually follows.
    pub(crate) fn next(&self) -> Option<String> {
        matches!(self.format, Format::Text).then(|| next::command(&["packages", &self.source]))?
    }
}

const EXAMPLES: &str = "\u{1b}[1;4mExamples:\u{1b}[0m
  Find waste, and quote the Dockerfile lines to change:
      plimsoll findings my-app:latest --dockerfile Dockerfile
  Show only two rules:
      plimsoll findings my-app:latest --rule build-tools,package-manager-cache
  Show which findings a new image fixes:
      plimsoll findings my-app:new --since my-app:old
  Write findings for code scanning:
      plimsoll findings my-app:latest --dockerfile Dockerfile --format sarif > findings.sarif
  Leave out findings that the target file accepts:
      plimsoll findings my-app:latest --targets plimsoll.toml";

pub(crate) fn run(args: &Args, printer: &Printer) -> Result<()> {
    let known = |id: &&String| RULES.iter().any(|rule| rule.id.as_str() == *id);
    if let Some(unknown) = args.rule.iter().find(|id| !known(id)) {
        let ids: Vec<String> = RULES.iter().map(|rule| rule.id.to_string()).collect();
        return Err(Error::usage(
            format!("there is no rule `{unknown}`"),
            names::hint(unknown, "the rules are", &ids),
        ));
    }
    let mut snapshot = images_of(&args.source, &args.read.options(), printer)?;
    args.build.add_to(&mut snapshot, printer)?;
    let snapshot = redacted(snapshot, &args.read.options())?;
    let file = accepting(args.targets.as_deref(), args.read.options().redact, printer)?;
    let accepted = file.as_ref().map_or(&[][..], |file| &file.shown.accepted[..]);
    if let Some(before) = &args.since {
        let before = snapshot_or_source(before, &args.read.options(), printer)?;
        args.read.options().limits.check_pair(&before, &snapshot).map_err(Error::too_large)?;
        let became = progress_accepting(&before, &snapshot, accepted);
        if became.services.is_empty() {
            let names = |snapshot: &Snapshot| -> Vec<String> {
                snapshot.services.iter().map(|service| service.name.clone()).collect()
            };
            return Err(Error::usage(
                format!(
                    "no service of `{}` ({}) is in the state before",
                    args.source,
                    names::list(&names(&snapshot))
                ),
                format!(
                    "its services are {}; give both the same name: `plimsoll snapshot NAME=SOURCE -o FILE`",
                    names::list(&names(&before))
                ),
            ));
        }
        for service in snapshot
            .services
            .iter()
            .filter(|one| became.services.iter().all(|known| known.service != one.name))
        {
            printer.note(&format!("note: `{}` was not there before", service.name));
        }
        return match args.format {
            Format::Json => printer.stream(|out| json::progress(&became, args.json.definitions(), out)),
            Format::Text => printer.data(&progress::text(&became, args.language.chosen())),
            Format::Markdown => printer.data(&progress::markdown(&became, args.language.chosen())),
            Format::Sarif => {
                let place = args.build.places(&snapshot);
                printer.stream(|out| sarif::progress(&became, &place, VERSION, args.language.chosen(), out))
            }
            Format::Codequality | Format::Github => Err(Error::usage(
                "this format lists the findings of one state",
                "leave `--since` out, or choose `text`, `json`, `markdown` or `sarif`",
            )),
        };
    }
    let is_meant = |rule: &&Rule| args.rule.is_empty() || args.rule.iter().any(|id| *id == rule.id.as_str());
    // Standard input is read once, and a name may be what has to be hidden.
    let typed = Some(&*args.source).filter(|source| *source != "-" && !args.read.options().redact);
    let rules: Vec<&Rule> = RULES.iter().filter(is_meant).collect();
    let mut advice = advise_accepting(&snapshot, &rules, typed, accepted);
    if let Some(file) = file.as_ref().filter(|_| args.rule.is_empty()) {
        file.source.warn_of_unused(advice.unused(accepted).into_iter().map(|one| &one.finding), printer);
    }
    if let Some(most) = args.top {
        advice.keep_first(most);
    }
    let language = args.language.chosen();
    let place = args.build.places(&snapshot);
    match args.format {
        Format::Text => printer.data(&findings::text(&advice, language)),
        Format::Markdown => printer.data(&findings::markdown(&advice, language)),
        Format::Json => printer.stream(|out| json::findings(&advice, args.json.definitions(), out)),
        Format::Sarif => printer.stream(|out| sarif::findings(&advice, &place, VERSION, language, out)),
        Format::Codequality => printer.stream(|out| code_quality::findings(&advice, &place, language, out)),
        Format::Github => printer.data(&annotations::findings(&advice, &place, language)),
    }
}

/// The target file, if one is named or there is one.
fn accepting(named: Option<&Path>, redact: bool, printer: &Printer) -> Result<Option<TargetFile>> {
    let default = Path::new(TARGET_FILE);
    let path = named.or_else(|| default.exists().then_some(default));
    path.map(|path| TargetFile::read(path, redact, printer)).transpose()
}
