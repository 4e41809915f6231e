//! What the keys do in the tree (ARIA Authoring Practices, "Treegrid").

use super::rows::Row;

/// The keys that mean something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// To the row above.
    Up,
    /// To the row below.
    Down,
    /// Close, or to the directory above.
    Left,
    /// Open, or into the directory.
    Right,
    /// A page up.
    PageUp,
    /// A page down.
    PageDown,
    /// To the first row.
    Home,
    /// To the last row.
    End,
    /// Open or close.
    Enter,
}

impl Key {
    /// The key by the name browsers give it.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "ArrowUp" => Self::Up,
            "ArrowDown" => Self::Down,
            "ArrowLeft" => Self::Left,
            "ArrowRight" => Self::Right,
            "PageUp" => Self::PageUp,
            "PageDown" => Self::PageDown,
            "Home" => Self::Home,
            "End" => Self::End,
            "Enter" | " " => Self::Enter,
            _ => return None,
        })
    }
}

/// What a key leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// To another row.
    Move(usize),
    /// The row opens.
    Open,
    /// The row closes.
    Close,
    /// Nothing happens.
    Stay,
}

/// What `key` does on row `at`; `page` is the number of rows in sight.
pub fn step(rows: &[Row], at: usize, key: Key, page: usize) -> Step {
    let Some(row) = rows.get(at) else { return Step::Stay };
    let last = rows.len() - 1;
    match (key, row.open) {
        (Key::Right, Some(false)) | (Key::Enter, Some(false)) => Step::Open,
        (Key::Left, Some(true)) | (Key::Enter, Some(true)) => Step::Close,
        (Key::Right, Some(true)) => Step::Move((at + 1).min(last)),
        (Key::Left, _) => row.parent.map_or(Step::Stay, |parent| Step::Move(parent as usize)),
        (Key::Right | Key::Enter, None) => Step::Stay,
        (Key::Up, _) => Step::Move(at.saturating_sub(1)),
        (Key::Down, _) => Step::Move((at + 1).min(last)),
        (Key::PageUp, _) => Step::Move(at.saturating_sub(page.max(1))),
        (Key::PageDown, _) => Step::Move((at + page.max(1)).min(last)),
        (Key::Home, _) => Step::Move(0),
        (Key::End, _) => Step::Move(last),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(open: Option<bool>, parent: Option<u32>) -> Row {
        Row { node: 0, level: 1, open, parent, position: (1, 1) }
    }

    #[test]
    fn arrows_walk_open_and_close() {
        let rows = [row(Some(true), None), row(None, Some(0)), row(Some(false), None)];
        let steps = |at| [Key::Up, Key::Down, Key::Left, Key::Right].map(|key| step(&rows, at, key, 10));
        assert_eq!(steps(0), [Step::Move(0), Step::Move(1), Step::Close, Step::Move(1)]);
        assert_eq!(steps(1), [Step::Move(0), Step::Move(2), Step::Move(0), Step::Stay]);
        assert_eq!(steps(2), [Step::Move(1), Step::Move(2), Step::Stay, Step::Open]);
    }

    #[test]
    fn pages_end_at_the_ends() {
        let rows = [row(None, None); 30];
        assert_eq!(step(&rows, 5, Key::PageUp, 10), Step::Move(0));
        assert_eq!(step(&rows, 5, Key::PageDown, 10), Step::Move(15));
        assert_eq!(step(&rows, 25, Key::PageDown, 10), Step::Move(29));
        assert_eq!(step(&[], 0, Key::End, 10), Step::Stay);
    }
}
