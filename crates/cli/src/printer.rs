//! The one way out: data to standard output, everything else to standard error.

use std::io::{self, IsTerminal as _, Write as _};

use std::sync::atomic::{AtomicBool, Ordering};

use plimsoll_collect::memory::without_credentials;
use plimsoll_collect::without_names;
use plimsoll_report::format::lines;
use plimsoll_snapshot::Limit;

use crate::error::{Error, Result};

/// Whether notes are printed, and details. They hold for the process, because readers of slow pipes print, too.
static IS_QUIET: AtomicBool = AtomicBool::new(false);
static IS_VERBOSE: AtomicBool = AtomicBool::new(false);

/// Chooses what is printed besides data and errors.
pub(crate) fn set_loudness(quiet: bool, verbose: bool) {
    IS_QUIET.store(quiet, Ordering::Relaxed);
    IS_VERBOSE.store(verbose, Ordering::Relaxed);
}

/// Whether nothing but data and errors is printed.
pub(crate) fn is_quiet() -> bool {
    IS_QUIET.load(Ordering::Relaxed)
}

#[derive(Default)]
pub(crate) struct Printer {
    /// Whether names that tell whose machine it is are replaced in messages, too.
    redacts: AtomicBool,
}

impl Printer {
    /// From now on, messages hold no names.
    pub(crate) fn redact(&self) {
        self.redacts.store(true, Ordering::Relaxed);
    }

    /// Prints data.
    pub(crate) fn data(&self, text: &str) -> Result<()> {
        let mut out = io::stdout().lock();
        out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(stdout_error)
    }

    /// Prints data that is written piece by piece.
    pub(crate) fn stream(&self, write: impl FnOnce(&mut dyn io::Write) -> io::Result<()>) -> Result<()> {
        let mut out = io::BufWriter::new(io::stdout().lock());
        write(&mut out).and_then(|()| out.flush()).map_err(stdout_error)
    }

    /// Tells what was done, or what has to be known.
    pub(crate) fn note(&self, text: &str) {
        if !is_quiet() {
            self.tell(text);
        }
    }

    /// Tells what only a curious user wants to know.
    pub(crate) fn detail(&self, text: &str) {
        if IS_VERBOSE.load(Ordering::Relaxed) {
            self.tell(text);
        }
    }

    /// Names the command that usually follows, to a person: in a pipe or a script, no one reads it.
    pub(crate) fn next(&self, command: &str) {
        if io::stdout().is_terminal() && io::stderr().is_terminal() {
            self.note(&format!("next: {command}"));
        }
    }

    /// Prints a message with its first word in colour.
    fn tell(&self, text: &str) {
        // The reader may have gone; then nothing is lost.
        let text = lines(&without_credentials(text));
        let text = if self.redacts.load(Ordering::Relaxed) { without_names(&text) } else { text };
        let _ = writeln!(anstream::stderr(), "{}", coloured(&text));
    }

    /// Tells why nothing was done: what, because of what, and what helps in a command that can change some limits.
    pub(crate) fn error(&self, error: &Error, is_changeable: &dyn Fn(Limit) -> bool) {
        let mut message = format!("error: {error}");
        let mut source = std::error::Error::source(error);
        while let Some(cause) = source {
            let cause_text = cause.to_string();
            // An error that speaks for its source repeats it.
            if !message.contains(&cause_text) {
                message.push_str(": ");
                message.push_str(&cause_text);
            }
            source = cause.source();
        }
        if let Some(hint) = error.hint(is_changeable) {
            message.push_str("\n  hint: ");
            message.push_str(&hint);
        }
        self.tell(&message);
    }
}

/// The words that begin a message, and their colours.
const WORDS: &[(&str, &str)] = &[("error:", "1;31"), ("note:", "36"), ("next:", "32")];

/// A message with colours, which a pipe does not get.
fn coloured(text: &str) -> String {
    let mut coloured = text.to_owned();
    if let Some((word, colour)) = WORDS.iter().find(|(word, _)| text.starts_with(word)) {
        coloured = format!("\u{1b}[{colour}m{word}\u{1b}[0m{}", &text[word.len()..]);
    }
    coloured.replace("\n  hint:", "\n  \u{1b}[36mhint:\u{1b}[0m")
}

fn stdout_error(error: io::Error) -> Error {
    if error.kind() == io::ErrorKind::BrokenPipe { Error::ClosedPipe } else { Error::Stdout(error) }
}
