//! English: the live view of containers.

use plimsoll_snapshot::runtime::{HealthStatus, Status};

use crate::language::WatchWords;

pub(super) const WORDS: WatchWords = WatchWords {
    containers: |number| {
        if number == "1" { "1 container".to_owned() } else { format!("{number} containers") }
    },
    read_only: "read only",
    recording: |file| format!("recording to {file}"),
    written: |file| format!("written: {file}"),
    failed: |why| format!("failed: {why}"),
    no_answer: |seconds| format!("no answer from the engine for {seconds} s"),
    gone: "the engine did not come back",
    service: "service",
    memory: "memory",
    of_limit: "limit",
    reservation: "reserved",
    cpu: "CPU",
    network: "net in/out per s",
    disk: "disk r/w per s",
    pids: "PIDs",
    restarts: "restarts",
    kills: "OOM",
    state: "state",
    status: |status| match status {
        Status::Created => "created",
        Status::Running => "running",
        Status::Paused => "paused",
        Status::Restarting => "restarting",
        Status::Removing => "removing",
        Status::Exited => "exited",
        Status::Dead => "dead",
        Status::Unknown => "unknown",
    },
    health: |health| match health {
        HealthStatus::Starting => "starting",
        HealthStatus::Healthy => "healthy",
        HealthStatus::Unhealthy => "unhealthy",
    },
    last_minutes: "Last minutes",
    probe: "last probe",
    log: "Log",
    search: "Search:",
    keys: "q quit  ? help  r record  / search  o order",
    help: "Keys",
    help_foot: "Up, Down scroll  any other key closes",
    keys_help: &[
        ("Up, Down, j, k", "move"),
        ("PgUp, PgDn, g, G", "move by a page, to the first, to the last"),
        ("r", "record to a file; again: end and write it"),
        ("/, Ctrl-F", "search by name"),
        ("Escape", "end the search"),
        ("o, Ctrl-O", "order by name, memory, CPU"),
        ("q, Ctrl-C", "quit"),
        ("", "Nothing is stopped, started or changed."),
    ],
};
