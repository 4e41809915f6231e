//! Reads from the engine, each on its own thread: the session that `record` has, too, and what else is known of the
//! container under the cursor. Only questions are asked; nothing is changed.

use std::sync::atomic::AtomicBool;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::time::Duration;

use plimsoll_collect::memory::{JournalLine, without_secrets};
use plimsoll_report::format::one_line;
use serde_json::Value;

use crate::error::{Error, Result};
use crate::printer::Printer;
use crate::recording::{Log, Session, Stop, Target};
use crate::sources::engine::{Connection, Deadline, Engine};

/// How many lines wait to be taken in.
const WAITING: usize = 4096;
/// How many lines of the log are asked for.
const TAIL: usize = 50;
/// How long an engine may take to give details.
const TIMEOUT: Duration = Duration::from_secs(5);

/// What the session says.
pub(crate) enum Said {
    Line(Box<JournalLine>),
    /// The engine did not come back.
    Ended,
    Failed(Error),
}

struct Sent(SyncSender<Said>);

impl Log for Sent {
    fn write(&mut self, line: &JournalLine) -> Result<()> {
        // No one listens any more: the program ends.
        self.0.send(Said::Line(Box::new(line.clone()))).map_err(|_| Error::ClosedPipe)
    }
}

/// Starts a session. The first thing it says is what the engine is, or why there is none.
pub(crate) fn start(engine: Engine, target: Target, interval: Duration, expects: bool) -> Receiver<Said> {
    let (said, heard) = sync_channel(WAITING);
    std::thread::spawn(move || {
        let printer = Printer::default();
        let log = Sent(said.clone());
        let started = Session::start(engine, target, log, interval, None, None, &printer);
        let ran = started.and_then(|session| {
            if expects {
                session.expect_all()?;
            }
            let never = AtomicBool::new(false);
            session.run(&mut Stop { duration: None, asked: &never, command: &mut || None }, None)
        });
        // The listener may have gone.
        let _ = match ran {
            Ok(_) => said.send(Said::Ended),
            Err(error) => said.send(Said::Failed(error)),
        };
    });
    heard
}

/// What else is known of one container.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Details {
    pub(crate) id: String,
    /// The output of the last probe.
    pub(crate) probe: Option<String>,
    /// The end of its log, oldest line first.
    pub(crate) log: Vec<String>,
    /// Why there is nothing.
    pub(crate) failed: Option<String>,
}

/// Answers for the containers whose IDs are sent.
pub(crate) fn details(engine: Engine) -> (Sender<String>, Receiver<Details>) {
    let (ask, asked) = channel::<String>();
    let (answer, answers) = channel();
    std::thread::spawn(move || {
        while let Ok(mut id) = asked.recv() {
            // Only the last one counts: the cursor has moved on.
            while let Ok(later) = asked.try_recv() {
                id = later;
            }
            let details = read(engine, &id).unwrap_or_else(|error| Details {
                failed: Some(one_line(&error.to_string())),
                id,
                ..Details::default()
            });
            if answer.send(details).is_err() {
                return;
            }
        }
    });
    (ask, answers)
}

fn read(engine: Engine, id: &str) -> Result<Details> {
    let connection = Connection::new(engine, Deadline::Total(TIMEOUT))?;
    let inspected: Option<Value> = connection.json(&format!("containers/{id}/json"))?;
    let probe = inspected.as_ref().and_then(|value| {
        let log = value.pointer("/State/Health/Log").or_else(|| value.pointer("/State/Healthcheck/Log"))?;
        log.as_array()?.last()?.get("Output")?.as_str().map(shown)
    });
    let path = format!("containers/{id}/logs?stdout=true&stderr=true&tail={TAIL}");
    let (log, failed) = match connection.text(&path) {
        Ok(Some(bytes)) => (log_lines(&bytes), None),
        Ok(None) => (Vec::new(), None),
        // Some log drivers cannot be read.
        Err(error) => (Vec::new(), Some(one_line(&error.to_string()))),
    };
    Ok(Details { id: id.to_owned(), probe: probe.filter(|text| !text.is_empty()), log, failed })
}

fn shown(text: &str) -> String {
    one_line(&without_secrets(text.trim()))
}

/// The lines of a log. Without a terminal, an engine sends pieces of both outputs, each behind a head of eight bytes
/// (Docker Engine API, "Attach to a container", stream format).
fn log_lines(bytes: &[u8]) -> Vec<String> {
    let mut text = Vec::new();
    let mut rest = bytes;
    while let [0..=2, 0, 0, 0, a, b, c, d, tail @ ..] = rest {
        let length = usize::try_from(u32::from_be_bytes([*a, *b, *c, *d])).unwrap_or(usize::MAX);
        let (piece, after) = tail.split_at(length.min(tail.len()));
        text.extend_from_slice(piece);
        rest = after;
    }
    text.extend_from_slice(rest);
    let text = String::from_utf8_lossy(&text);
    let mut lines: Vec<String> =
        text.lines().rev().take(TAIL).map(shown).filter(|line| !line.is_empty()).collect();
    lines.reverse();
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logs_are_read_with_and_without_heads() {
        let mut framed = Vec::new();
        for (stream, text) in [(1, "first\nsec"), (2, "ond\n\u{1b}[31mred\n")] {
            framed.extend([stream, 0, 0, 0]);
            framed.extend(u32::try_from(text.len()).unwrap().to_be_bytes());
            framed.extend(text.as_bytes());
        }
        let lines = log_lines(&framed);
        assert_eq!(lines[..2], ["first", "second"]);
        assert!(lines[2].contains("red") && !lines[2].contains('\u{1b}'), "{lines:?}");
        assert_eq!(log_lines(b"plain\ntext"), ["plain", "text"]);
        // A head that promises more than there is.
        assert_eq!(log_lines(&[1, 0, 0, 0, 255, 255, 255, 255, b'x']), ["x"]);
        assert_eq!(log_lines(b""), [""; 0]);
    }
}
