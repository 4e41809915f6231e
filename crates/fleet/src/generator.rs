//! What files of a fleet name as the program that made them.

/// The program and its version.
pub(crate) const GENERATOR: &str = concat!("plimsoll-fleet ", env!("CARGO_PKG_VERSION"));
