//! One file per subcommand.

mod accepted;
pub(crate) mod attach;
pub(crate) mod browse;
mod build;
pub(crate) mod cat;
pub(crate) mod check;
pub(crate) mod ci;
pub(crate) mod comment;
pub(crate) mod compare;
pub(crate) mod df;
mod dive_ci;
pub(crate) mod dockerfile;
mod expected;
pub(crate) mod extract;
pub(crate) mod findings;
pub(crate) mod fix;
pub(crate) mod fleet;
mod gates;
pub(crate) mod generate_completions;
pub(crate) mod generate_man;
pub(crate) mod history;
pub(crate) mod init;
pub(crate) mod inspect;
pub(crate) mod packages;
pub(crate) mod pull;
pub(crate) mod recommend;
pub(crate) mod record;
pub(crate) mod report;
pub(crate) mod sbom;
pub(crate) mod snapshot;
pub(crate) mod split;
mod target_file;
mod thresholds;
pub(crate) mod viewer;
pub(crate) mod watch;
pub(crate) mod whatif;
pub(crate) mod why;

use std::time::Duration;

use clap::ValueEnum;
use clap::builder::PossibleValue;
use plimsoll_collect::{Depth, WantedPlatform};
use plimsoll_report::json::Definitions;
use plimsoll_report::language::Language;
use plimsoll_snapshot::{Limit, Snapshot};

use crate::cache::Cache;
use crate::error::{Error, Result};
use crate::limits::SourceLimits;
use crate::load::snapshot_or_source;
use crate::names;
use crate::options::{Attachments, Options};
use crate::printer::Printer;
use crate::sources::pace::Pace;
use crate::sources::registry::Pair;

/// The output format of a document.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum Format {
    /// Text for a terminal
    #[default]
    Text,
    /// JSON for programs
    Json,
    /// Markdown for a pull request
    Markdown,
}

/// Two parts of a document with a line between them.
fn sections(images: &str, memory: &str) -> String {
    if images.is_empty() { memory.to_owned() } else { format!("{images}\n{memory}") }
}

/// The output format of a document without a Markdown form.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum TextOrJson {
    /// Text for a terminal
    #[default]
    Text,
    /// JSON for programs
    Json,
}

/// How JSON is printed. Every command that prints a document takes it.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct JsonArgs {
    /// Omit the definitions of sizes at the end of JSON
    #[arg(long, hide_short_help = true)]
    no_definitions: bool,
}

impl JsonArgs {
    pub(crate) const fn definitions(self) -> Definitions {
        if self.no_definitions { Definitions::Omitted } else { Definitions::Shown }
    }
}

/// The language of a document. Every command that prints one takes it.
#[derive(clap::Args)]
pub(crate) struct LanguageArgs {
    /// Output language; JSON is always in English
    #[arg(long, value_name = "LANGUAGE", value_enum, default_value_t)]
    language: Tag,
}

impl LanguageArgs {
    pub(crate) const fn chosen(&self) -> Language {
        self.language.0
    }
}

/// A language, given by its tag. It is a type here because neither `clap` nor `Language` is.
#[derive(Clone, Copy, Debug, Default)]
struct Tag(Language);

impl ValueEnum for Tag {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self(Language::English), Self(Language::Spanish)]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.0.tag()).help(self.0.name()))
    }
}

/// The options of every command that reads sources.
#[derive(clap::Args)]
#[command(next_help_heading = "Source options")]
pub(crate) struct ReadArgs {
    /// Platform to read from a multi-platform image, such as `linux/arm64`
    #[arg(long, value_name = "OS/ARCH[/VARIANT]")]
    platform: Option<WantedPlatform>,
    /// Re-read and re-verify every layer; do not use or write the cache
    #[arg(long, env = "PLIMSOLL_NO_CACHE", value_parser = clap::builder::FalseyValueParser::new())]
    no_cache: bool,
    /// Depth of reading: `verified`, `unverified` or `headers`
    ///
    /// A layer from the cache was verified when it was first read: `--no-cache` verifies it again. `unverified` computes no
    /// digests. `headers` also skips file contents where the source allows it: it detects neither packages nor duplicate
    /// contents.
    #[arg(long, value_name = "DEPTH", default_value = "verified", value_parser = depth)]
    depth: Depth,
    /// Read the snapshot that is attached to an image of a registry, if there is one
    ///
    /// `plimsoll attach` attaches one. No layer is read then.
    #[arg(long, help_heading = "Registry and engine options", hide_short_help = true)]
    attached: bool,
    /// Do not contact registries: a bare name is a file or an engine image
    #[arg(long)]
    offline: bool,
    /// Replace names and IP addresses with pseudonyms in all output
    ///
    /// This covers names of hosts, registries, people, repository owners, directories and projects.
    #[arg(long)]
    redact: bool,
    /// Registry to contact over plain HTTP (localhost is always allowed)
    #[arg(long, help_heading = "Registry and engine options", value_name = "HOST[:PORT]")]
    insecure_registry: Vec<String>,
    /// Token server on another site that may receive the registry credentials
    #[arg(
        long,
        help_heading = "Registry and engine options",
        hide_short_help = true,
        value_name = "REGISTRY=HOST[:PORT]"
    )]
    token_server: Vec<Pair>,
    /// Host in a private network that a public registry may redirect to
    #[arg(
        long,
        help_heading = "Registry and engine options",
        hide_short_help = true,
        value_name = "REGISTRY=HOST[:PORT]"
    )]
    blob_server: Vec<Pair>,
    #[command(flatten)]
    limits: SourceLimits,
}

fn depth(text: &str) -> std::result::Result<Depth, String> {
    match text {
        "verified" => Ok(Depth::Verified),
        "unverified" => Ok(Depth::Unverified),
        "headers" => Ok(Depth::Headers),
        _ => Err("expected one of: verified, unverified, headers".to_owned()),
    }
}

impl ReadArgs {
    /// Whether as much of every layer is read as the cache keeps.
    fn reads_by_default(&self) -> bool {
        let mut skipping = Limit::ALL.into_iter().filter(|limit| limit.skips());
        skipping.all(|limit| self.limits.0[limit] == limit.default_value())
    }

    pub(crate) fn options(&self) -> Options {
        let limits = self.limits.0;
        Options {
            platform: self.platform.clone(),
            cache: if self.no_cache || !self.reads_by_default() { Cache::none() } else { Cache::of_user() },
            depth: self.depth,
            offline: self.offline,
            attachments: if self.attached { Attachments::Preferred } else { Attachments::Ignored },
            redact: self.redact,
            insecure_registries: self.insecure_registry.clone(),
            token_servers: self.token_server.clone(),
            blob_servers: self.blob_server.clone(),
            pace: Pace::within(&limits),
            archive_start: Duration::from_secs(limits[Limit::EngineSeconds]),
            limits,
        }
    }
}

/// The index of the service that is named, or of the only one.
fn chosen_service(snapshot: &Snapshot, name: Option<&str>, hint: &str) -> Result<usize> {
    let names: Vec<String> = snapshot.services.iter().map(|service| service.name.clone()).collect();
    match name {
        Some(name) => names.iter().position(|known| known == name).ok_or_else(|| {
            Error::usage(
                format!("there is no service `{name}`"),
                names::hint(name, "the services are", &names),
            )
        }),
        None if names.len() == 1 => Ok(0),
        None => Err(Error::usage(
            format!("the source has {} services: {}", names.len(), names::list(&names)),
            hint,
        )),
    }
}

/// Reads before and after. If each side is one service and their names differ, they are two versions of one: it goes
/// by the name it has after.
fn read_both(
    before: &str,
    after: &str,
    options: &Options,
    printer: &Printer,
) -> Result<(Snapshot, Snapshot)> {
    if before == "-" && after == "-" {
        return Err(Error::usage("standard input is one side, not both", "give the other as a file"));
    }
    let mut old = snapshot_or_source(before, options, printer)?;
    let new = snapshot_or_source(after, options, printer)?;
    pair(&mut old, &new, options, printer)?;
    Ok((old, new))
}

/// Makes two snapshots comparable: if each is one service and their names differ, they are two versions of one, which goes by
/// the name it has after.
fn pair(old: &mut Snapshot, new: &Snapshot, options: &Options, printer: &Printer) -> Result<()> {
    if let (Some(before), [after]) = (old.take_name_of(new), &new.services[..]) {
        printer.note(&format!("note: comparing `{before}` with `{}` as one service", after.name));
    }
    let names = |snapshot: &Snapshot| {
        snapshot.services.iter().map(|service| service.name.clone()).collect::<Vec<_>>()
    };
    let (left, right) = (names(old), names(new));
    if !left.is_empty() && !right.is_empty() && left.iter().all(|name| !right.contains(name)) {
        printer.note(&format!(
            "note: no service is on both sides: before {}; after {}. `plimsoll snapshot --map OLD=NEW` gives them the same name",
            names::list(&left),
            names::list(&right)
        ));
    }
    options.limits.check_pair(old, new).map_err(Error::too_large)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_can_be_asked_for() {
        let offered: Vec<Language> = Tag::value_variants().iter().map(|tag| tag.0).collect();
        assert_eq!(offered, Language::ALL);
    }
}
