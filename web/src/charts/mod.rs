//! Charts in the page. What they look like is in `plimsoll_report::chart`; what can be pointed at is here, and the canvas
//! of the map of files.

mod canvas;
mod drawn;
mod timeline;

pub(crate) use canvas::{Colours, draw};
pub(crate) use drawn::drawn;
pub(crate) use timeline::TimelineChart;
