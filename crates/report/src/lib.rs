//! Turns what the analysis found into something to read: one renderer a file.

pub mod html;
