//! English: what runs were seen to use.

use plimsoll_analysis::packages::Contradiction;

use crate::language::{Noun, ObservedWords};

pub(super) const WORDS: ObservedWords = ObservedWords {
    mounted_code: |places| {
        format!(
            "Something else is mounted over the code in {places}: what is used there is not known from the image."
        )
    },
    opened_head: "Opened",
    never_opened_head: "Never opened",
    opened: |files, of, runs, of_runs| format!("{files} of {of} files, {runs} of {of_runs} recordings"),
    imported: |runs, of_runs| format!("imported, {runs} of {of_runs} recordings"),
    never: "never",
    contradictions: "Static and observed use differ:",
    contradiction: |contradiction| match contradiction {
        Contradiction::UsedButNotNamed => "no use seen in the code, but a recording used it",
        Contradiction::NamedButNotUsed => "used according to the code, but no recording opened it",
    },
    runs: "Recordings of opened files",
    load_of: |load| format!("load: {load}"),
    no_load: "no load label",
    without_start: "without the start",
    run: |opened, outside, failed| {
        format!("{opened} files of the image opened, {outside} outside the image, {failed} failed opens")
    },
    incomplete: |lost, unplaced| format!("{lost} events lost, {unplaced} opens without a full path"),
    directories: "Directories with the most bytes that were never opened",
    directory: "Directory",
    memory: |processes| format!("Memory by package: {processes}"),
    proportional: "Proportional",
    resident: "Resident",
    private: "Private",
    total: "total",
    other_files: "other files of the image",
    outside: "files outside the image",
    heap: "heap",
    stacks: "stacks",
    anonymous: "other anonymous memory",
    start_up: |total, modules| format!("Start-up by package: {total} for the import of {modules}"),
    interleaved: "Lines of several processes are mixed: times with dependencies are unknown.",
    own_time: "Own time",
    cumulative: "With dependencies",
    modules: "Modules",
    no_package: "application and standard library",
    kept: |service, opened, tree, files, of| {
        format!("{service}: what was opened weighs {opened} of {tree} ({files} of {of} files)")
    },
    kept_warning: "This is a lower bound: no run exercises everything. Late imports, error pages, locales, certificates \
        and shells for debugging may be missing.",
    kept_unknown: |service| format!("{service}: no recording of opened files"),
    process: Noun { one: "process", more: "processes" },
    module: Noun { one: "module", more: "modules" },
};
