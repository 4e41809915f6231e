//! The history of a stack: a series of points, each a state that was built, in a directory that only grows.

mod backfill;
mod branch;
mod point;
mod store;
mod tags;
mod trend;

pub(crate) use backfill::{Backfill, backfill};
pub(crate) use point::{Acceptance, Origin, Point};
pub(crate) use store::Store;
pub(crate) use trend::{explained, of_points, of_snapshots};
