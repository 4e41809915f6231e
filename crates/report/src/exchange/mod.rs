//! Findings, targets, sizes and packages in the formats of other tools.
//!
//! To add a format: write a file here that renders values of the analysis, add it to an enum of formats of the program, and
//! validate a document with the schema or the reader of its tool (`docs/exchange.md` names them).

pub mod annotations;
pub mod code_quality;
pub mod cyclonedx;
mod issue;
pub mod junit;
pub mod openmetrics;
pub mod sarif;

/// The path of the Dockerfile of a service, relative to the repository, where it is known.
pub type Place<'a> = &'a dyn Fn(&str) -> Option<String>;
