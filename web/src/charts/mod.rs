//! Charts as SVG, and the map of files on a canvas. Where things lie is worked out in `geometry`, without a browser.

mod canvas;
mod dumbbell;
pub(crate) mod geometry;
mod paint;
pub(crate) mod picture;
mod stacks;
mod waterfall;

pub(crate) use canvas::{Colours, draw};
pub(crate) use dumbbell::Dumbbell;
pub(crate) use stacks::Stacks;
pub(crate) use waterfall::Waterfall;
