//! How an image is looked through: which rows are shown, in what order, what a filter and a search leave, and what the
//! keys do. The page and the terminal browser draw what this crate decides; nothing here knows either of them.

pub mod finder;
pub mod packages;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
pub mod tree;
