//! YAML as a tree that keeps what its readers need: how a scalar is written, `!reset` and `!override`, and which file
//! a text comes from.
//!
//! Aliases share what they name, so a tree takes no more memory than its text. Walking it can still cost more than the
//! text is long: every walk pays for each value from a [`Budget`].

mod budget;
mod json;
mod node;
mod parse;
mod scalar;

pub(crate) use budget::{Budget, Spent};
pub(crate) use node::Node;
pub(crate) use parse::{Fault, parse};
pub(crate) use scalar::{Kind, Origin, Scalar};
