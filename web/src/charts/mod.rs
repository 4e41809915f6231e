//! Charts as SVG. Where things lie is worked out in `geometry`, without a browser.

mod dumbbell;
pub(crate) mod geometry;
mod waterfall;

pub(crate) use dumbbell::Dumbbell;
pub(crate) use waterfall::Waterfall;
