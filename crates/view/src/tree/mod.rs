//! The file tree as rows: which are shown, in what order, and what the keys do.

mod keys;
mod matches;
mod rows;
mod window;

pub use keys::{Key, Step, step};
pub use matches::{Filter, Matches};
pub use rows::{Order, Row, Toggled, around, open, path, rows};
pub use window::{scroll_to, window};
