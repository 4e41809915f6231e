//! One line of JSON for each sample, for scripts.

use std::io::{self, Write};

use plimsoll_report::watch_json::{Container, Sample};

use super::board::{Board, Order, Row};

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
    Sample::new(board.time.map_or(0, |time| time.0), containers).write(out)
}
