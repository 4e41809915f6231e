//! One file a subcommand.

mod build;
pub(crate) mod check;
pub(crate) mod compare;
mod expected;
pub(crate) mod findings;
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
use crate::load::{Options, snapshot_or_source};
use crate::names;
use crate::printer::Printer;
use crate::sources::engine::ARCHIVE_SECONDS;
use crate::sources::pace::{self, Pace};
use crate::sources::platform::Platform;
use crate::sources::registry::Pair;

/// How a document is printed.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum Format {
    /// For a terminal
    #[default]
    Text,
    /// For programs
    Json,
    /// For a pull request
    Markdown,
}

/// Two parts of a document with a line between them.
fn sections(images: &str, memory: &str) -> String {
    if images.is_empty() { memory.to_owned() } else { format!("{images}\n{memory}") }
}

/// How a document that nobody pastes into a pull request is printed.
#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub(crate) enum TextOrJson {
    /// For a terminal
    #[default]
    Text,
    /// For programs
    Json,
}

/// The language of a document. Every command that prints one takes it.
#[derive(clap::Args)]
pub(crate) struct LanguageArgs {
    /// The language of the output; JSON is the same in all of them
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

/// What holds for every source that is read.
#[derive(clap::Args)]
#[command(next_help_heading = "Reading")]
pub(crate) struct ReadArgs {
    /// The platform to read of an image that has several, as `linux/arm64`
    #[arg(long, value_name = "OS/ARCH[/VARIANT]")]
    platform: Option<Platform>,
    /// Read and verify every layer again, and keep nothing of it
    #[arg(long, env = "PLIMSOLL_NO_CACHE")]
    no_cache: bool,
    /// How closely layers are read: with `unverified` no digest is computed, with `headers` contents are jumped over where
    /// the source allows it, and neither packages nor equal contents are found
    #[arg(long, value_name = "DEPTH", default_value = "verified", value_parser = depth)]
    depth: Depth,
    /// Read nothing from registries: a bare name is a file or an image of an engine
    #[arg(long)]
    offline: bool,
    /// Replace names of hosts, registries, people, repository owners, directories and projects, and IP addresses, with pseudonyms in all output
    #[arg(long)]
    redact: bool,
    /// A registry that is spoken to without TLS, besides those on this machine
    #[arg(long, value_name = "HOST[:PORT]")]
    insecure_registry: Vec<String>,
    /// A token server of another site that the login for a registry may go to
    #[arg(long, hide_short_help = true, value_name = "REGISTRY=HOST[:PORT]")]
    token_server: Vec<Pair>,
    /// A host in a private network that a registry elsewhere may redirect to
    #[arg(long, hide_short_help = true, value_name = "REGISTRY=HOST[:PORT]")]
    blob_server: Vec<Pair>,
    /// The lowest rate of a registry or engine, in bytes per second, after a grace. With 0, one byte in time is enough
    #[arg(long, hide_short_help = true, value_name = "BYTES", default_value_t = pace::RATE)]
    limit_slow_rate: u64,
    /// How many seconds a registry or engine may be slower than that, or silent
    #[arg(long, hide_short_help = true, value_name = "SECONDS", default_value_t = pace::GRACE,
        value_parser = clap::value_parser!(u64).range(1..=86_400))]
    limit_slow_seconds: u64,
    /// How many seconds an engine may take before it starts to send an image
    #[arg(long, hide_short_help = true, value_name = "SECONDS", default_value_t = ARCHIVE_SECONDS,
        value_parser = clap::value_parser!(u64).range(1..=86_400))]
    limit_engine_seconds: u64,
    /// The most entries of one layer
    #[arg(long, hide_short_help = true, value_name = "N", default_value_t = Limits::default().entries)]
    limit_entries: u64,
    /// The most bytes of names in one layer
    #[arg(long, hide_short_help = true, value_name = "BYTES", default_value_t = Limits::default().name_bytes)]
    limit_name_bytes: u64,
    /// The most bytes of one path
    #[arg(long, hide_short_help = true, value_name = "BYTES", default_value_t = Limits::default().path_bytes,
        value_parser = clap::value_parser!(u64).range(..=LONGEST_PATH as u64))]
    limit_path_bytes: u64,
    /// The most bytes of one extended tar header
    #[arg(long, hide_short_help = true, value_name = "BYTES", default_value_t = Limits::default().header_bytes)]
    limit_header_bytes: u64,
    /// The most bytes of one manifest, index or config
    #[arg(long, hide_short_help = true, value_name = "BYTES", default_value_t = Limits::default().document_bytes)]
    limit_document_bytes: u64,
    /// The most layers of one image
    #[arg(long, hide_short_help = true, value_name = "N", default_value_t = Limits::default().layers)]
    limit_layers: u64,
    /// The most images of one source, and what its indexes refer to
    #[arg(long, hide_short_help = true, value_name = "N", default_value_t = Limits::default().images)]
    limit_images: u64,
    /// The most levels of indexes inside indexes
    #[arg(long, hide_short_help = true, value_name = "N", default_value_t = Limits::default().index_depth)]
    limit_index_depth: u64,
    /// The most bytes that what is compressed in one source may inflate to
    #[arg(long, hide_short_help = true, value_name = "BYTES", default_value_t = Limits::default().inflated_bytes)]
    limit_inflated_bytes: u64,
    /// How many times its size a stream may inflate to, beyond the first gibibyte
    #[arg(long, hide_short_help = true, value_name = "TIMES", default_value_t = Limits::default().inflation)]
    limit_inflation: u64,
    /// The most bytes that a decoder of zstd or xz may need for its window
    #[arg(long, hide_short_help = true, value_name = "BYTES", default_value_t = Limits::default().window_bytes)]
    limit_window_bytes: u64,
    /// About how many bytes may be kept in memory of all layers of one source
    #[arg(long, hide_short_help = true, value_name = "BYTES", default_value_t = Limits::default().retained_bytes)]
    limit_retained_bytes: u64,
    /// The most services of one snapshot
    #[arg(long, hide_short_help = true, value_name = "N", default_value_t = SnapshotLimits::default().services)]
    limit_services: u64,
    /// The most containers, planned services or series of samples of one snapshot
    #[arg(long, hide_short_help = true, value_name = "N", default_value_t = SnapshotLimits::default().containers)]
    limit_containers: u64,
    /// The most files and directories of the layers of all images of a snapshot; a layer counts once per image
    #[arg(long, hide_short_help = true, value_name = "N", default_value_t = SnapshotLimits::default().stacked_entries)]
    limit_stacked_entries: u64,
    /// The most bytes of a snapshot, inflated
    #[arg(long, hide_short_help = true, value_name = "BYTES", default_value_t = SnapshotLimits::default().bytes)]
    limit_snapshot_bytes: u64,
    /// The most bytes of one file that describes packages; larger ones are left unread. With 0 none is read
    #[arg(long, hide_short_help = true, value_name = "BYTES", default_value_t = Limits::default().metadata_bytes)]
    limit_metadata_bytes: u64,
    /// The most files of one layer that describe packages; the rest is left unread
    #[arg(long, hide_short_help = true, value_name = "N", default_value_t = Limits::default().metadata_files)]
    limit_metadata_files: u64,
    /// The most packages that the files of one layer describe; the rest is left out
    #[arg(long, hide_short_help = true, value_name = "N", default_value_t = Limits::default().packages)]
    limit_packages: u64,
    /// The most bytes of all such files of one layer
    #[arg(long, hide_short_help = true, value_name = "BYTES", default_value_t = Limits::default().metadata_total_bytes)]
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
