//! A progress bar on a terminal, nothing in a pipe.

use indicatif::{ProgressBar, ProgressStyle};

use crate::printer::is_quiet;

/// How much of an image was read. Hidden where standard error is no terminal.
#[derive(Clone)]
pub(crate) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// For something of a known size; nothing is drawn in the first moment, since most images are read by then.
    pub(crate) fn new(what: &str, total: u64) -> Self {
        let bar = if is_quiet() { ProgressBar::hidden() } else { ProgressBar::new(total) };
        let template = "{msg} {bar:30} {decimal_bytes}/{decimal_total_bytes} {decimal_bytes_per_sec} {eta}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("━━─"));
        }
        bar.set_message(plimsoll_report::format::one_line(what));
        Self { bar }
    }

    /// For a stream of unknown length.
    pub(crate) fn unknown(what: &str) -> Self {
        let bar = if is_quiet() { ProgressBar::hidden() } else { ProgressBar::no_length() };
        if let Ok(style) = ProgressStyle::with_template("{msg} {decimal_bytes} {decimal_bytes_per_sec}") {
            bar.set_style(style);
        }
        bar.set_message(plimsoll_report::format::one_line(what));
        Self { bar }
    }

    /// Takes the bar away.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl plimsoll_collect::Progress for Progress {
    fn set_total(&self, bytes: u64) {
        self.bar.set_length(bytes);
    }

    fn advance(&self, bytes: u64) {
        self.bar.inc(bytes);
    }
}
