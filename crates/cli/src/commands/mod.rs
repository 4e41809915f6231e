//! One file per subcommand.

mod build;
pub(crate) mod check;
pub(crate) mod compare;
mod expected;
pub(crate) mod findings;
pub(crate) mod fix;
pub(crate) mod generate_completions;
pub(crate) mod generate_man;
pub(crate) mod init;
pub(crate) mod inspect;
pub(crate) mod packages;
pub(crate) mod recommend;
pub(crate) mod record;
pub(crate) mod report;
pub(crate) mod snapshot;
pub(crate) mod split;
mod target_file;
pub(crate) mod viewer;
pub(crate) mod whatif;
pub(crate) mod why;

use std::time::Duration;

use clap::ValueEnum;
use clap::builder::PossibleValue;
use plimsoll_collect::{Depth, Limits};
use plimsoll_report::language::Language;
use plimsoll_snapshot::{LONGEST_PATH, Snapshot, SnapshotLimits};

use crate::cache::Cache;
use crate::error::{Error, Result};
use crate::load::snapshot_or_source;
use crate::names;
use crate::options::Options;
use crate::printer::Printer;
use crate::sources::engine::ARCHIVE_SECONDS;
use crate::sources::pace::{self, Pace};
use crate::sources::platform::Platform;
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
    platform: Option<Platform>,
    /// Re-read and re-verify every layer; do not use or write the cache
    #[arg(long, env = "PLIMSOLL_NO_CACHE")]
    no_cache: bool,
    /// Depth of reading: `verified`, `unverified` or `headers`
    ///
    /// `unverified` computes no digests. `headers` also skips file contents where the source allows it: it detects neither
    /// packages nor duplicate contents.
    #[arg(long, value_name = "DEPTH", default_value = "verified", value_parser = depth)]
    depth: Depth,
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
    /// Minimum transfer rate of a registry or engine, in bytes per second
    ///
    /// It applies after `--limit-slow-seconds`. With 0, one byte in that time is sufficient.
    #[arg(long, help_heading = "Registry and engine options", hide_short_help = true, value_name = "BYTES", default_value_t = pace::RATE)]
    limit_slow_rate: u64,
    /// Maximum time below that rate, or without data, in seconds
    #[arg(long, help_heading = "Registry and engine options", hide_short_help = true, value_name = "SECONDS", default_value_t = pace::GRACE,
        value_parser = clap::value_parser!(u64).range(1..=86_400))]
    limit_slow_seconds: u64,
    /// Maximum time until an engine starts to send an image, in seconds
    #[arg(long, help_heading = "Registry and engine options", hide_short_help = true, value_name = "SECONDS", default_value_t = ARCHIVE_SECONDS,
        value_parser = clap::value_parser!(u64).range(1..=86_400))]
    limit_engine_seconds: u64,
    /// Maximum number of entries in a layer
    #[arg(long, help_heading = "Limits", hide_short_help = true, value_name = "N", default_value_t = Limits::default().entries)]
    limit_entries: u64,
    /// Maximum size of all names in a layer, in bytes
    #[arg(long, help_heading = "Limits", hide_short_help = true, value_name = "BYTES", default_value_t = Limits::default().name_bytes)]
    limit_name_bytes: u64,
    /// Maximum length of a path, in bytes
    #[arg(long, help_heading = "Limits", hide_short_help = true, value_name = "BYTES", default_value_t = Limits::default().path_bytes,
        value_parser = clap::value_parser!(u64).range(..=LONGEST_PATH as u64))]
    limit_path_bytes: u64,
    /// Maximum size of an extended tar header, in bytes
    #[arg(long, help_heading = "Limits", hide_short_help = true, value_name = "BYTES", default_value_t = Limits::default().header_bytes)]
    limit_header_bytes: u64,
    /// Maximum size of a manifest, index or config, in bytes
    #[arg(long, help_heading = "Limits", hide_short_help = true, value_name = "BYTES", default_value_t = Limits::default().document_bytes)]
    limit_document_bytes: u64,
    /// Maximum number of layers in an image
    #[arg(long, help_heading = "Limits", hide_short_help = true, value_name = "N", default_value_t = Limits::default().layers)]
    limit_layers: u64,
    /// Maximum number of images in a source, and of references in its indexes
    #[arg(long, help_heading = "Limits", hide_short_help = true, value_name = "N", default_value_t = Limits::default().images)]
    limit_images: u64,
    /// Maximum depth of nested indexes
    #[arg(long, help_heading = "Limits", hide_short_help = true, value_name = "N", default_value_t = Limits::default().index_depth)]
    limit_index_depth: u64,
    /// Maximum decompressed size of a source, in bytes
    #[arg(long, help_heading = "Limits", hide_short_help = true, value_name = "BYTES", default_value_t = Limits::default().inflated_bytes)]
    limit_inflated_bytes: u64,
    /// Maximum decompression ratio, after the first GiB
    #[arg(long, help_heading = "Limits", hide_short_help = true, value_name = "TIMES", default_value_t = Limits::default().inflation)]
    limit_inflation: u64,
    /// Maximum window of a zstd or xz decoder, in bytes
    #[arg(long, help_heading = "Limits", hide_short_help = true, value_name = "BYTES", default_value_t = Limits::default().window_bytes)]
    limit_window_bytes: u64,
    /// Approximate maximum memory for all layers of a source, in bytes
    #[arg(long, help_heading = "Limits", hide_short_help = true, value_name = "BYTES", default_value_t = Limits::default().retained_bytes)]
    limit_retained_bytes: u64,
    /// Maximum number of services in a snapshot
    #[arg(long, help_heading = "Limits", hide_short_help = true, value_name = "N", default_value_t = SnapshotLimits::default().services)]
    limit_services: u64,
    /// Maximum number of containers, planned services or sample series in a snapshot
    #[arg(long, help_heading = "Limits", hide_short_help = true, value_name = "N", default_value_t = SnapshotLimits::default().containers)]
    limit_containers: u64,
    /// Maximum number of files and directories in all images of a snapshot
    ///
    /// A layer counts once per image.
    #[arg(long, help_heading = "Limits", hide_short_help = true, value_name = "N", default_value_t = SnapshotLimits::default().stacked_entries)]
    limit_stacked_entries: u64,
    /// Maximum decompressed size of a snapshot, in bytes
    #[arg(long, help_heading = "Limits", hide_short_help = true, value_name = "BYTES", default_value_t = SnapshotLimits::default().bytes)]
    limit_snapshot_bytes: u64,
    /// Maximum size of a package metadata file, in bytes
    ///
    /// Larger files are skipped. With 0, no package metadata is read.
    #[arg(long, help_heading = "Limits", hide_short_help = true, value_name = "BYTES", default_value_t = Limits::default().metadata_bytes)]
    limit_metadata_bytes: u64,
    /// Maximum number of package metadata files in a layer; the rest is skipped
    #[arg(long, help_heading = "Limits", hide_short_help = true, value_name = "N", default_value_t = Limits::default().metadata_files)]
    limit_metadata_files: u64,
    /// Maximum number of packages in a layer; the rest is skipped
    #[arg(long, help_heading = "Limits", hide_short_help = true, value_name = "N", default_value_t = Limits::default().packages)]
    limit_packages: u64,
    /// Maximum size of all package metadata files in a layer, in bytes
    #[arg(long, help_heading = "Limits", hide_short_help = true, value_name = "BYTES", default_value_t = Limits::default().metadata_total_bytes)]
    limit_metadata_total_bytes: u64,
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
        let default = Limits::default();
        let files = (self.limit_metadata_bytes, self.limit_metadata_files, self.limit_metadata_total_bytes);
        files == (default.metadata_bytes, default.metadata_files, default.metadata_total_bytes)
            && self.limit_packages == default.packages
    }

    pub(crate) fn options(&self) -> Options {
        Options {
            platform: self.platform.clone(),
            cache: if self.no_cache || !self.reads_by_default() { Cache::none() } else { Cache::of_user() },
            depth: self.depth,
            offline: self.offline,
            redact: self.redact,
            insecure_registries: self.insecure_registry.clone(),
            token_servers: self.token_server.clone(),
            blob_servers: self.blob_server.clone(),
            pace: Pace {
                rate: self.limit_slow_rate,
                grace: Duration::from_secs(self.limit_slow_seconds),
                ..Pace::default()
            },
            archive_start: Duration::from_secs(self.limit_engine_seconds),
            snapshot_limits: SnapshotLimits {
                bytes: self.limit_snapshot_bytes,
                services: self.limit_services,
                layers: self.limit_layers,
                containers: self.limit_containers,
                stacked_entries: self.limit_stacked_entries,
            },
            limits: Limits {
                entries: self.limit_entries,
                name_bytes: self.limit_name_bytes,
                path_bytes: self.limit_path_bytes,
                header_bytes: self.limit_header_bytes,
                document_bytes: self.limit_document_bytes,
                layers: self.limit_layers,
                metadata_bytes: self.limit_metadata_bytes,
                metadata_files: self.limit_metadata_files,
                metadata_total_bytes: self.limit_metadata_total_bytes,
                packages: self.limit_packages,
                images: self.limit_images,
                index_depth: self.limit_index_depth,
                inflated_bytes: self.limit_inflated_bytes,
                inflation: self.limit_inflation,
                window_bytes: self.limit_window_bytes,
                retained_bytes: self.limit_retained_bytes,
            },
        }
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
    if let ([before], [after]) = (&mut old.services[..], &new.services[..])
        && before.name != after.name
    {
        printer.note(&format!("note: comparing `{}` with `{}` as one service", before.name, after.name));
        before.name.clone_from(&after.name);
    }
    let names = |snapshot: &Snapshot| {
        snapshot.services.iter().map(|service| service.name.clone()).collect::<Vec<_>>()
    };
    let (left, right) = (names(&old), names(&new));
    if !left.is_empty() && !right.is_empty() && left.iter().all(|name| !right.contains(name)) {
        printer.note(&format!(
            "note: no service is on both sides: before {}; after {}. `plimsoll snapshot --map OLD=NEW` gives them the same name",
            names::list(&left),
            names::list(&right)
        ));
    }
    options.snapshot_limits.check_pair(&old, &new).map_err(Error::too_large)?;
    Ok((old, new))
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
