//! The contents of files of an image: a source is read as always, and then the layers that hold what is wanted again.

mod plan;
mod source;
mod write;

pub(crate) use plan::{Node, View, find, plan};
pub(crate) use source::Source;
pub(crate) use write::{extract, to_standard_output};
