//! The history of a stack: a series of points, each a state that was built, in a directory that only grows.

mod point;
mod store;

pub(crate) use point::{Acceptance, Point};
pub(crate) use store::Store;
