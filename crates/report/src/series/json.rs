//! A series for programs; see `docs/series-format.md`.

use std::io;

use plimsoll_analysis::series::Series;

use crate::json_document::{Definitions, write};

/// Writes a series.
pub fn series(series: &Series, definitions: Definitions, out: impl io::Write) -> io::Result<()> {
    write("plimsoll-series", series, definitions, out)
}
