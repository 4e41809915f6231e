//! Charts as SVG, and the map of files on a canvas. Where things lie is worked out in `geometry`, without a browser.

mod axis;
mod bullet;
mod canvas;
mod course;
mod dumbbell;
pub(crate) mod geometry;
pub(crate) mod memory_picture;
mod paint;
pub(crate) mod picture;
mod stacks;
mod timeline;
mod waterfall;

pub(crate) use bullet::{BulletBar, scale as memory_scale};
pub(crate) use canvas::{Colours, draw};
pub(crate) use dumbbell::Dumbbell;
pub(crate) use stacks::Stacks;
pub(crate) use timeline::{Courses, TimelineChart, happened, moment, rows as timeline_rows, shape};
pub(crate) use waterfall::Waterfall;
