//! How much work a set of files may cause: aliases, merge keys and references can ask for far more than they are long.

use std::cell::Cell;

/// Work that is left. One unit is a value that is read, copied or merged, or 32 bytes of text.
#[derive(Debug)]
pub(crate) struct Budget(Cell<usize>);

/// There is no work left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spent;

impl Budget {
    /// Enough for any file that people write, and a few seconds at most.
    pub(crate) const MOST: usize = 4_000_000;

    pub(crate) fn new(units: usize) -> Self {
        Self(Cell::new(units))
    }

    /// Pays for this many values.
    pub(crate) fn pay(&self, values: usize) -> Result<(), Spent> {
        let left = self.0.get().checked_sub(values);
        self.0.set(left.unwrap_or(0));
        left.map(drop).ok_or(Spent)
    }

    /// Pays for one text.
    pub(crate) fn pay_text(&self, text: &str) -> Result<(), Spent> {
        self.pay(1 + text.len() / 32)
    }

    /// What was used so far.
    #[cfg(test)]
    pub(crate) fn used(&self) -> usize {
        Self::MOST - self.0.get()
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self::new(Self::MOST)
    }
}

impl std::fmt::Display for Spent {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "more than {} values, with each alias counted as what it names", Budget::MOST)
    }
}
