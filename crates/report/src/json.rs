//! JSON documents, with the name and the version of their form.

use std::io::{self, Write};

use plimsoll_analysis::compare::Comparison;
use plimsoll_analysis::inspect::Inspection;
use serde::Serialize;

use crate::sizes::{self, SizeDefinition};
use crate::verdict::verdict;

/// The version of the documents. Additions leave it; whatever would break a reader raises it.
pub const FORMAT_VERSION: u32 = 1;

#[derive(Serialize)]
struct Document<'a, T> {
    format: &'static str,
    format_version: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<String>,
    #[serde(flatten)]
    content: &'a T,
    definitions: &'static [SizeDefinition],
}

/// Writes an inspection; see `docs/inspect-format.md`.
pub fn inspection(inspection: &Inspection, out: impl Write) -> io::Result<()> {
    write("plimsoll-inspection", inspection, None, out)
}

/// Writes a comparison; see `docs/compare-format.md`.
pub fn comparison(comparison: &Comparison, out: impl Write) -> io::Result<()> {
    write("plimsoll-comparison", comparison, Some(verdict(comparison)), out)
}

pub(crate) fn write<T: Serialize>(
    format: &'static str,
    content: &T,
    verdict: Option<String>,
    mut out: impl Write,
) -> io::Result<()> {
    let document =
        Document { format, format_version: FORMAT_VERSION, verdict, content, definitions: &sizes::ALL };
    serde_json::to_writer_pretty(&mut out, &document)?;
    out.write_all(b"\n")
}
