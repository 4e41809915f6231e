//! A sample of running containers as one line of JSON, for scripts; see `docs/watch.md`.

use std::io::{self, Write};

use plimsoll_snapshot::runtime::{HealthStatus, Status};
use serde::Serialize;

use crate::json_document::FORMAT_VERSION;

/// The containers at one moment.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Sample<'a> {
    /// `plimsoll-watch`.
    pub format: &'static str,
    /// The version of the line.
    pub format_version: u32,
    /// Milliseconds since 1970.
    pub time_ms: i64,
    /// The containers, by name.
    pub containers: Vec<Container<'a>>,
}

/// A container at that moment.
#[derive(Clone, Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Container<'a> {
    /// Its ID.
    pub id: &'a str,
    /// Its name.
    pub name: &'a str,
    /// Its service; absent outside of a Compose project.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<&'a str>,
    /// Its state.
    pub status: Status,
    /// The state of its health check; absent without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub health: Option<HealthStatus>,
    /// How it ended; absent while it runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i64>,
    /// The number of restarts.
    pub restarts: u64,
    /// The number of OOM kills.
    pub oom_kills: u64,
    /// Bytes; absent without a limit.
    #[serde(rename = "memory_limit_bytes", skip_serializing_if = "Option::is_none")]
    pub memory_limit: Option<u64>,
    /// Bytes; absent without a reservation.
    #[serde(rename = "memory_reservation_bytes", skip_serializing_if = "Option::is_none")]
    pub memory_reservation: Option<u64>,
    /// Thousandths of a processor; absent without a limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu_limit_millis: Option<u64>,
    /// What was measured.
    #[serde(flatten)]
    pub figures: Figures,
}

/// Figures of one moment; null is unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Figures {
    /// Bytes.
    #[serde(rename = "working_set_bytes")]
    pub working_set: Option<u64>,
    /// Percent of one CPU since the sample before.
    pub cpu_percent: Option<f64>,
    /// Bytes per second since the sample before.
    #[serde(rename = "net_received_bytes_per_second")]
    pub net_received: Option<u64>,
    /// Bytes per second since the sample before.
    #[serde(rename = "net_sent_bytes_per_second")]
    pub net_sent: Option<u64>,
    /// Bytes per second since the sample before.
    #[serde(rename = "block_read_bytes_per_second")]
    pub block_read: Option<u64>,
    /// Bytes per second since the sample before.
    #[serde(rename = "block_written_bytes_per_second")]
    pub block_written: Option<u64>,
    /// Processes and threads.
    pub pids: Option<u64>,
}

impl<'a> Sample<'a> {
    /// A sample taken at a time, in milliseconds since 1970.
    #[must_use]
    pub const fn new(time_ms: i64, containers: Vec<Container<'a>>) -> Self {
        Self { format: "plimsoll-watch", format_version: FORMAT_VERSION, time_ms, containers }
    }

    /// Writes the sample as one line.
    ///
    /// # Errors
    ///
    /// Those of `out`.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        serde_json::to_writer(&mut *out, self)?;
        out.write_all(b"\n")
    }
}
