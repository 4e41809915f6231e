//! One live line for each service while `record` runs on a terminal; nothing in a pipe.

use std::collections::BTreeMap;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use plimsoll_collect::memory::JournalLine;
use plimsoll_report::format::{one_line, shorten};
use plimsoll_report::language::Language;
use plimsoll_snapshot::Bytes;

use super::board::{Board, Order, Row};
use crate::error::Result;
use crate::printer::is_quiet;
use crate::recording::{Journal, Log};

/// How many services have a line: a screen has no more, and `watch` shows all.
const LINES: usize = 16;
/// How much of a name is shown.
const NAME: usize = 24;

/// A journal whose figures are shown as they are written.
pub(crate) struct Live {
    journal: Journal,
    board: Board,
    lines: MultiProgress,
    shown: BTreeMap<String, ProgressBar>,
}

impl Live {
    pub(crate) fn new(journal: Journal) -> Self {
        Self { journal, board: Board::default(), lines: MultiProgress::new(), shown: BTreeMap::new() }
    }

    /// Takes the lines away, and gives the journal back.
    pub(crate) fn into_journal(self) -> Journal {
        // A line that is gone already stays so.
        let _ = self.lines.clear();
        self.journal
    }

    fn show(&mut self) {
        let rows = self.board.sorted(Order::Name, "");
        self.shown.retain(|id, line| {
            let stays = rows.iter().take(LINES).any(|row| row.id == *id);
            if !stays {
                line.finish_and_clear();
            }
            stays
        });
        for row in rows.into_iter().take(LINES) {
            let line = self.shown.entry(row.id.clone()).or_insert_with(|| {
                let line = self.lines.add(ProgressBar::no_length());
                if let Ok(style) = ProgressStyle::with_template("{wide_msg}") {
                    line.set_style(style);
                }
                line
            });
            line.set_message(text(row));
        }
    }
}

impl Log for Live {
    fn write(&mut self, line: &JournalLine) -> Result<()> {
        self.journal.write(line)?;
        self.board.take(line);
        if matches!(line, JournalLine::Frame { .. }) && !is_quiet() {
            self.show();
        }
        Ok(())
    }
}

/// The figures of a container on one line.
fn text(row: &Row) -> String {
    // The notes of a recording are in English, and so are its lines.
    let language = Language::English;
    let memory = row.figures.working_set.map_or_else(|| "–".to_owned(), |set| language.memory(Bytes(set)));
    let share = match (row.figures.working_set, row.limits.memory) {
        (Some(set), Some(limit)) => {
            format!(" of {} ({})", language.memory(limit), language.share(Bytes(set), limit))
        }
        _ => String::new(),
    };
    let cpu = row.figures.cpu_percent.map(|cpu| format!("  CPU {cpu:.1} %")).unwrap_or_default();
    let kills = if row.oom_kills > 0 { format!("  {} OOM kills", row.oom_kills) } else { String::new() };
    let health = row.health.map(|health| format!("  {}", (language.words().watch.health)(health)));
    let name = shorten(&one_line(row.called()), NAME);
    format!("{name:NAME$} {memory}{share}{cpu}{kills}{}", health.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watch::board::tests::{container, frame};

    #[test]
    fn a_line_has_the_working_set_against_the_limit() {
        let mut board = Board::default();
        for line in [container("0123456789ab", "web"), frame(1_000, &[("0123456789ab", 50 << 20, 0)])] {
            board.take(&line);
        }
        let line = text(&board.rows["0123456789ab"]).replace('\u{a0}', " ");
        assert_eq!(line, "web                      50 MiB of 100 MiB (50.0 %)");
    }
}
