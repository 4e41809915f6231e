//! The file tree as rows: which are shown, in what order, and what the keys do. Nothing here knows a browser.

mod keys;
mod matches;
mod rows;
#[cfg(test)]
pub(crate) mod testing;
mod window;

pub(crate) use keys::{Key, Step, step};
pub(crate) use matches::{Filter, Matches};
pub(crate) use rows::{Order, Row, Toggled, around, open, path, rows};
pub(crate) use window::{scroll_to, window};
