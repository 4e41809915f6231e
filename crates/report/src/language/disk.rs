//! The words of the disk of a host.

use plimsoll_analysis::disk::{Loss, SuggestionKind};
use plimsoll_snapshot::runtime::Status;

/// What `plimsoll df` prints, in one language.
#[derive(Debug)]
#[expect(missing_docs, reason = "the words stand in `en/disk.rs`")]
pub struct DiskWords {
    pub title: &'static str,
    /// What the engine stores and what can go. The first is a minimum if something is unknown, and absent if nothing is
    /// known.
    pub summary: fn(all: Option<&str>, is_minimum: bool, reclaimable: Option<&str>) -> String,
    /// The engine, and when it was asked.
    pub engine: fn(name: &str, version: &str) -> String,
    pub containerd: fn(content: &str, listed: &str, unpacked: &str) -> String,
    pub unpacked: fn(listed: &str, layers: &str) -> String,
    pub unknown_store: fn(listed: &str, layers: &str) -> String,
    pub unknown_layers: fn(listed: &str) -> String,
    pub copied_layers: &'static str,
    pub kinds: &'static str,
    pub images: &'static str,
    pub containers: &'static str,
    pub logs: &'static str,
    pub volumes: &'static str,
    pub cache: &'static str,
    pub all: &'static str,
    pub prunes: &'static str,
    pub safe: &'static str,
    pub unsafe_: &'static str,
    pub never_deletes: &'static str,

    // Heads of tables.
    pub kind_head: &'static str,
    pub number_head: &'static str,
    pub bytes_head: &'static str,
    pub unique_head: &'static str,
    pub shared_head: &'static str,
    pub listed_head: &'static str,
    pub name_head: &'static str,
    pub written_head: &'static str,
    pub status_head: &'static str,
    pub in_images_head: &'static str,
    pub last_day_head: &'static str,
    pub last_week_head: &'static str,
    pub older_head: &'static str,
    pub frees_head: &'static str,
    pub command_head: &'static str,
    pub loses_head: &'static str,

    // Cells.
    pub untagged: &'static str,
    pub unknown_name: &'static str,
    pub only_here: &'static str,
    pub unused: &'static str,
    pub anonymous: &'static str,
    pub engine_says: fn(bytes: &str) -> String,
    pub nothing: &'static str,
    pub frees: fn(bytes: &str) -> String,
    pub status: fn(Status) -> &'static str,
    /// What is lost with a command.
    pub loss: fn(&Loss) -> String,
    /// What a suggested command does.
    pub suggestion: fn(SuggestionKind) -> &'static str,
}
