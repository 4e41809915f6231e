//! Listens to the events of an engine, on its own connection.

use std::io::{BufRead as _, BufReader, Read as _};
use std::sync::mpsc::SyncSender;
use std::time::Duration;

use plimsoll_collect::memory::{SeenEvent, seen_event};
use plimsoll_snapshot::runtime::Time;
use serde_json::Value;

use super::clock::now;
use crate::sources::engine::{Connection, Deadline, Engine};

/// What the listener tells.
#[derive(Debug)]
pub(crate) enum Heard {
    /// It listens from now on.
    Watching(Time),
    /// It does not.
    Deaf(Time),
    Event(SeenEvent),
}

/// How long it waits before it asks again.
const PAUSE: Duration = Duration::from_millis(500);

/// How many events wait to be written down. An engine that says more is read only as fast as that.
pub(crate) const WAITING: usize = 1024;

/// An event has a few labels; a line that is longer is none.
const MAX_LINE: u64 = 1 << 20;

/// Listens until the receiver is gone.
pub(crate) fn listen(engine: Engine, said: &SyncSender<Heard>) {
    let mut last: Option<Time> = None;
    loop {
        if let Some(()) = listen_once(engine, said, &mut last) {
            return;
        }
        std::thread::sleep(PAUSE);
    }
}

/// Listens as long as the engine sends events; returns a value once the receiver is gone.
fn listen_once(engine: Engine, said: &SyncSender<Heard>, last: &mut Option<Time>) -> Option<()> {
    let connection = Connection::new(engine, Deadline::Endless).ok()?;
    let from = now();
    // The engine keeps its last events: what happened while it was not listened to.
    let since =
        last.map_or_else(String::new, |last| format!("&since={}.{:03}", last.0 / 1000, last.0 % 1000));
    // `{"type":["container"]}`
    let filter = "%7B%22type%22%3A%5B%22container%22%5D%7D";
    let stream = connection.stream(&format!("events?filters={filter}{since}")).ok()?;
    if said.send(Heard::Watching(from)).is_err() {
        return Some(());
    }
    let mut stream = BufReader::new(stream);
    let mut line = Vec::new();
    loop {
        line.clear();
        let is_read = (&mut stream).take(MAX_LINE).read_until(b'\n', &mut line);
        if !is_read.is_ok_and(|length| length > 0) {
            break;
        }
        let event = serde_json::from_slice::<Value>(&line).ok().and_then(|value| seen_event(&value));
        let Some(event) = event else { continue };
        *last = Some(event.time).max(*last);
        if said.send(Heard::Event(event)).is_err() {
            return Some(());
        }
    }
    said.send(Heard::Deaf(now())).err().map(drop)
}
