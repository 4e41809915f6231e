//! What the live view shows, and what keys change of it.

use super::board::{Board, Order, Row};
use super::reader::Details;
use crate::keys_help::KeysHelp;
use crate::list::Cursor;
use crate::terminal::Input;

/// What a key asks of the rest of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    Nothing,
    Quit,
    Record,
}

/// Everything that is shown.
#[derive(Default)]
pub(crate) struct Model {
    pub(crate) board: Board,
    pub(crate) order: Order,
    pub(crate) filter: String,
    pub(crate) typing: bool,
    pub(crate) help: KeysHelp,
    pub(crate) cursor: Cursor,
    /// The rows that fitted when it was drawn last.
    pub(crate) height: usize,
    /// The container under the cursor, which stays there however rows are sorted.
    pub(crate) selected: Option<String>,
    pub(crate) details: Details,
    /// The file of the recording that runs.
    pub(crate) recording: Option<String>,
    /// What came of the last one.
    pub(crate) recorded: Option<Result<String, String>>,
    /// For how many seconds nothing came.
    pub(crate) silent: u64,
    /// Whether the engine was given up.
    pub(crate) is_lost: bool,
}

impl Model {
    pub(crate) fn rows(&self) -> Vec<&Row> {
        self.board.sorted(self.order, &self.filter)
    }

    /// Puts the cursor on its container again, after rows came, went or moved.
    pub(crate) fn settle(&mut self) {
        let rows = self.rows();
        let count = rows.len();
        let again = self.selected.as_ref().and_then(|id| rows.iter().position(|row| row.id == *id));
        let at = again.unwrap_or(self.cursor.at).min(count.saturating_sub(1));
        let selected = rows.get(at).map(|row| row.id.clone());
        self.cursor.at = at;
        self.selected = selected;
        self.cursor.fit(count, self.height);
    }

    /// Does what the user asks, as far as it is about what is shown.
    pub(crate) fn press(&mut self, input: Input) -> Wish {
        if input == Input::Ctrl('c') {
            return Wish::Quit;
        }
        if self.typing {
            self.type_in(input);
            return Wish::Nothing;
        }
        if self.help.is_open() {
            self.help.press(input);
            return Wish::Nothing;
        }
        match input {
            Input::Char('q') => return Wish::Quit,
            // It ends a search and never the program, as in `browse`.
            Input::Escape => self.filter.clear(),
            Input::Char('r') => return Wish::Record,
            Input::Char('?') => self.help.open(),
            Input::Char('/') | Input::Ctrl('f') => self.typing = true,
            Input::Char('o') | Input::Ctrl('o') => {
                self.order = match self.order {
                    Order::Name => Order::Memory,
                    Order::Memory => Order::Cpu,
                    Order::Cpu => Order::Name,
                };
            }
            input => {
                let count = self.rows().len();
                if self.cursor.moved(input, count, self.height) {
                    self.selected = self.rows().get(self.cursor.at).map(|row| row.id.clone());
                }
            }
        }
        self.settle();
        Wish::Nothing
    }

    fn type_in(&mut self, input: Input) {
        match input {
            Input::Enter => self.typing = false,
            Input::Escape => {
                self.typing = false;
                self.filter.clear();
            }
            Input::Backspace => drop(self.filter.pop()),
            Input::Ctrl('u') => self.filter.clear(),
            Input::Char(char) => self.filter.push(char),
            _ => {}
        }
        self.settle();
    }
}
