//! A cursor in a list that is longer than the screen.

use crate::terminal::Input;

/// Where the cursor is, and the first row in sight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cursor {
    pub(crate) at: usize,
    pub(crate) top: usize,
}

impl Cursor {
    /// Keeps the cursor on a row, and the row in sight of `height` rows.
    pub(crate) fn fit(&mut self, rows: usize, height: usize) {
        let height = height.max(1);
        self.at = self.at.min(rows.saturating_sub(1));
        self.top = self.top.min(rows.saturating_sub(height)).min(self.at);
        if self.at >= self.top + height {
            self.top = self.at + 1 - height;
        }
    }

    /// Moves as a key says; false if it is no key for that.
    pub(crate) fn moved(&mut self, input: Input, rows: usize, height: usize) -> bool {
        let last = rows.saturating_sub(1);
        self.at = match input {
            Input::Up | Input::Char('k') => self.at.saturating_sub(1),
            Input::Down | Input::Char('j') => (self.at + 1).min(last),
            Input::PageUp => self.at.saturating_sub(height.max(1)),
            Input::PageDown => (self.at + height.max(1)).min(last),
            Input::Home | Input::Char('g') => 0,
            Input::End | Input::Char('G') => last,
            _ => return false,
        };
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cursor_stays_in_sight() {
        let mut cursor = Cursor::default();
        for (input, expected) in [
            (Input::End, (99, 90)),
            (Input::PageUp, (89, 89)),
            (Input::Char('j'), (90, 89)),
            (Input::Home, (0, 0)),
            (Input::Up, (0, 0)),
            (Input::PageDown, (10, 1)),
        ] {
            assert!(cursor.moved(input, 100, 10));
            cursor.fit(100, 10);
            assert_eq!((cursor.at, cursor.top), expected, "{input:?}");
        }
        cursor.fit(0, 0);
        assert_eq!(cursor, Cursor::default());
        assert!(!cursor.moved(Input::Tab, 3, 3));
    }
}
