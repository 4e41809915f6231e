//! One line of JSON for each sample, for scripts.

use std::io::{self, Write};

use plimsoll_snapshot::runtime::{HealthStatus, Status};
use serde::Serialize;

use super::board::{Board, Figures, Order, Row};

#[derive(Serialize)]
struct Line<'a> {
    /// Milliseconds since 1970.
    time_ms: i64,
    containers: Vec<Container<'a>>,
}

#[derive(Serialize)]
struct Container<'a> {
    id: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    service: Option<&'a str>,
    status: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    health: Option<HealthStatus>,
    #[serde(skip_serializing_if = "Option::is_none")]
    exit_code: Option<i64>,
    restarts: u64,
    oom_kills: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    memory_limit: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    memory_reservation: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cpu_limit_millis: Option<u64>,
    #[serde(flatten)]
    figures: Figures,
}

fn container(row: &Row) -> Container<'_> {
    Container {
        id: &row.id,
        name: &row.name,
        service: row.service.as_deref(),
        status: row.status,
        health: row.health,
        exit_code: row.exit_code.filter(|_| !row.is_running()),
        restarts: row.restarts,
        oom_kills: row.oom_kills,
        memory_limit: row.limits.memory.map(|bytes| bytes.0),
        memory_reservation: row.limits.reservation.map(|bytes| bytes.0),
        cpu_limit_millis: row.limits.cpu_millis,
        figures: row.figures,
    }
}

/// Writes what is known now as one line.
pub(super) fn write(board: &Board, out: &mut dyn Write) -> io::Result<()> {
    let containers = board.sorted(Order::Name, "").into_iter().map(container).collect();
    let line = Line { time_ms: board.time.map_or(0, |time| time.0), containers };
    serde_json::to_writer(&mut *out, &line)?;
    out.write_all(b"\n")
}
