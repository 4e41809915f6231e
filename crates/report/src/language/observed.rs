//! The words for what runs were seen to use.

use plimsoll_analysis::packages::Contradiction;

use super::Noun;

/// Texts about opened files, memory and start-up by package.
#[derive(Debug)]
#[expect(missing_docs, reason = "what a field says stands in `en/observed.rs`")]
pub struct ObservedWords {
    pub mounted_code: fn(places: &str) -> String,
    pub opened_head: &'static str,
    pub never_opened_head: &'static str,
    /// Opened files of all files, and in how many runs of how many.
    pub opened: fn(files: &str, of: &str, runs: &str, of_runs: &str) -> String,
    /// A module was imported, but no file of the image was opened.
    pub imported: fn(runs: &str, of_runs: &str) -> String,
    pub never: &'static str,
    pub contradictions: &'static str,
    pub contradiction: fn(Contradiction) -> &'static str,
    pub runs: &'static str,
    pub load_of: fn(load: &str) -> String,
    pub no_load: &'static str,
    pub without_start: &'static str,
    pub run: fn(opened: &str, outside: &str, failed: &str) -> String,
    pub incomplete: fn(lost: &str, unplaced: &str) -> String,
    pub directories: &'static str,
    pub directory: &'static str,
    pub memory: fn(processes: &str) -> String,
    pub proportional: &'static str,
    pub resident: &'static str,
    pub private: &'static str,
    pub total: &'static str,
    pub other_files: &'static str,
    pub outside: &'static str,
    pub heap: &'static str,
    pub stacks: &'static str,
    pub anonymous: &'static str,
    pub start_up: fn(total: &str, modules: &str) -> String,
    pub interleaved: &'static str,
    pub own_time: &'static str,
    pub cumulative: &'static str,
    pub modules: &'static str,
    pub no_package: &'static str,
    pub kept: fn(service: &str, opened: &str, tree: &str, files: &str, of: &str) -> String,
    pub kept_warning: &'static str,
    pub kept_unknown: fn(service: &str) -> String,
    pub process: Noun,
    pub module: Noun,
}
