//! From snapshots to judgements: what an image weighs, what of it is hidden, what changed between two.
//!
//! Everything here is a pure function of snapshots, so the command line and the page give the same figures.

mod base_image;
mod changes;
pub mod compare;
pub mod disk;
mod dive;
pub mod dockerfile;
pub mod dockerignore;
pub mod findings;
pub mod fix;
pub mod fleet;
pub mod improvements;
mod inode;
pub mod inspect;
pub mod instruction;
pub mod lines;
pub mod memory;
pub mod nearest;
pub mod packages;
pub mod platforms;
pub mod pull;
pub mod reconstruct;
pub mod regressions;
pub mod review;
pub mod series;
mod squash;
pub mod targets;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod testing_runtime;
mod tree;

pub use changes::{Changes, SavingsLeft};
pub use squash::{Cause, Inode, Names, Squashed, squash};
pub use tree::{Holds, Tree, TreeNode};

/// The examples of the README are tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
