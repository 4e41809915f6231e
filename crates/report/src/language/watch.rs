//! The words of the live view of containers.

use plimsoll_snapshot::runtime::{HealthStatus, Status};

/// Texts on the screen of `plimsoll watch`.
#[derive(Debug)]
#[expect(missing_docs, reason = "what a field says stands in `en/watch.rs`")]
pub struct WatchWords {
    pub containers: fn(number: &str) -> String,
    pub read_only: &'static str,
    pub recording: fn(file: &str) -> String,
    pub written: fn(file: &str) -> String,
    pub failed: fn(why: &str) -> String,
    pub no_answer: fn(seconds: &str) -> String,
    pub gone: &'static str,
    pub service: &'static str,
    pub memory: &'static str,
    pub of_limit: &'static str,
    pub reservation: &'static str,
    pub cpu: &'static str,
    pub network: &'static str,
    pub disk: &'static str,
    pub pids: &'static str,
    pub restarts: &'static str,
    pub kills: &'static str,
    pub state: &'static str,
    pub status: fn(Status) -> &'static str,
    pub health: fn(HealthStatus) -> &'static str,
    pub last_minutes: &'static str,
    pub probe: &'static str,
    pub log: &'static str,
    pub search: &'static str,
    pub keys: &'static str,
    pub help: &'static str,
    pub help_foot: &'static str,
    pub keys_help: &'static [(&'static str, &'static str)],
}
