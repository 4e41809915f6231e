//! The formats of files about what runs: one file each, and one list of them.
//!
//! To add one:
//! 1. Write its file here: what it looks like, and a function that reads it into the [`Reader`].
//! 2. Add it to `FORMATS`, before those that would take its files too. The first that knows a file reads it.
//! 3. Name it in `KNOWN` of `memory/detect.rs`, which says what is tried, and in `docs/memory.md`.
//! 4. Put a real file of it into `tests/memory`, with its source in `PROVENANCE.md`: a test reads every file there.
//!
//! Compose files and journals are not in the list: the first name other files, the second are read line by line.

pub(super) mod cgroup;
pub(super) mod compose;
pub(super) mod container;
mod crictl;
mod ctr;
mod docker_diff;
pub(super) mod docker_stats;
pub(super) mod engine_stats;
pub(super) mod events;
mod headless;
mod import_time;
pub(super) mod journal;
mod kubectl_top;
mod kubernetes;
pub(super) mod podman_stats;
mod postgres;
mod proc_maps;
mod prometheus;
mod strace;
mod table;

use serde_json::Value;

use super::reader::{Reader, Recognition};

/// How a format is known, and read.
pub(super) enum Format {
    /// A document of JSON or YAML: the elements of a list, or one value. The first that is known decides.
    Documents(fn(&Value) -> bool, fn(&mut Reader, &[Value]) -> Recognition),
    /// Objects of JSON with their lines: one per line, or the elements of a list.
    Objects(fn(&Value) -> bool, fn(&mut Reader, &[(u64, &Value)]) -> Recognition),
    /// Text that is neither.
    Text(fn(&str) -> bool, fn(&mut Reader, &str) -> Recognition),
}

/// Every format, in the order in which they are tried.
pub(super) const FORMATS: &[Format] = &[
    Format::Documents(kubernetes::is_spec, kubernetes::read),
    Format::Documents(prometheus::is_answer, prometheus::read),
    Format::Objects(container::is_inspect, container::read),
    Format::Objects(engine_stats::is_answer, engine_stats::read),
    Format::Objects(podman_stats::is_report, podman_stats::read),
    Format::Objects(docker_stats::is_line, docker_stats::read_values),
    Format::Objects(crictl::is_list, crictl::read),
    Format::Objects(ctr::is_metrics, ctr::read),
    Format::Objects(events::is_event, events::read),
    Format::Text(table::is_table, table::read),
    Format::Text(kubectl_top::is_table, kubectl_top::read),
    Format::Text(ctr::is_table, ctr::read_table),
    Format::Text(strace::is_log, strace::read),
    Format::Text(import_time::is_log, import_time::read),
    Format::Text(proc_maps::is_maps, proc_maps::read),
    Format::Text(docker_diff::is_diff, docker_diff::read),
    Format::Text(postgres::is_printed, postgres::read_printed),
    Format::Text(postgres::is_file, postgres::read_file),
    Format::Text(cgroup::is_files, cgroup::read),
    Format::Text(headless::is_rows, headless::read),
];

/// Whether a text is a log that lines of any kind may stand in.
pub(super) fn is_log(text: &str) -> bool {
    strace::is_log(text) || import_time::is_log(text)
}
