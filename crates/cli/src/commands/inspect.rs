//! `plimsoll inspect`: what an image weighs, and what of it is hidden.

use plimsoll_analysis::platforms::{PlatformManifest, platform_sizes};
use plimsoll_collect::{FoundPlatform, without_names};
use plimsoll_report::language::Language;
use plimsoll_report::{json, markdown, memory, platforms, text};

use super::build::BuildArgs;
use super::{Format, JsonArgs, LanguageArgs, ReadArgs, sections};
use crate::error::Result;
use crate::load::{found_platforms, images_of, redacted};
use crate::next;
use crate::options::Options;
use crate::printer::Printer;

/// Show the size of images, layer by layer, and the source of hidden bytes
#[derive(clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(crate) struct Args {
    /// Image source or snapshot
    ///
    /// An archive, a directory, `-`, an image of an engine or of a registry: `plimsoll snapshot --help` lists the kinds.
    #[arg(value_name = "SOURCE")]
    source: String,
    /// Output format
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    json: JsonArgs,
    /// List all platforms of an image from its manifests, without reading layers
    #[arg(long, conflicts_with_all = ["platform", "dockerfile", "dockerignore", "context"])]
    platforms: bool,
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
        matches!(self.format, Format::Text).then(|| next::command(&["findings", &self.source]))?
    }
}

const EXAMPLES: &str = "\u{1b}[1;4mExamples:\u{1b}[0m
  Inspect an image of a local engine or a registry:
      plimsoll inspect my-app:latest
  Inspect an archive from standard input:
      docker save my-app | plimsoll inspect -
  List the platforms of an image, with their compressed sizes:
      plimsoll inspect docker://registry.example.org/my-app:latest --platforms
  Inspect an image that is not pulled, without an engine:
      plimsoll inspect docker://registry.example.org/my-app:latest --platform linux/arm64";

pub(crate) fn run(args: &Args, printer: &Printer) -> Result<()> {
    let options = args.read.options();
    let language = args.language.chosen();
    if args.platforms {
        return show_platforms(args, &options, language, printer);
    }
    let mut snapshot = images_of(&args.source, &options, printer)?;
    args.build.add_to(&mut snapshot, printer)?;
    let snapshot = redacted(snapshot, &options)?;
    let inspection = plimsoll_analysis::inspect::inspect(&snapshot);
    let runtime = snapshot.runtime.as_ref().filter(|runtime| runtime.has_services());
    let definitions = args.json.definitions();
    let Some(memory) = runtime.map(plimsoll_analysis::memory::memory) else {
        return match args.format {
            Format::Text => printer.data(&text::inspection(&inspection, language)),
            Format::Markdown => printer.data(&markdown::inspection(&inspection, language)),
            Format::Json => printer.stream(|out| json::inspection(&inspection, None, definitions, out)),
        };
    };
    match args.format {
        Format::Text => printer
            .data(&sections(&text::inspection(&inspection, language), &memory::text(&memory, language))),
        Format::Markdown => printer.data(&sections(
            &markdown::inspection(&inspection, language),
            &memory::markdown(&memory, language),
        )),
        Format::Json => printer.stream(|out| json::inspection(&inspection, Some(&memory), definitions, out)),
    }
}

fn show_platforms(args: &Args, options: &Options, language: Language, printer: &Printer) -> Result<()> {
    if options.redact {
        printer.redact();
    }
    let found = found_platforms(&args.source, options, printer)?;
    let manifest = |found: FoundPlatform| PlatformManifest {
        tags: match options.redact {
            true => found.tags.iter().map(|tag| without_names(tag)).collect(),
            false => found.tags,
        },
        platform: found.platform,
        digest: found.digest,
        created: found.created,
        layers: found.layers,
    };
    let sizes = platform_sizes(&found.into_iter().map(manifest).collect::<Vec<_>>());
    match args.format {
        Format::Text => printer.data(&platforms::text(&sizes, language)),
        Format::Markdown => printer.data(&platforms::markdown(&sizes, language)),
        Format::Json => printer.stream(|out| platforms::json(&sizes, args.json.definitions(), out)),
    }
}
