//! The platforms of one image in one table.

use std::fmt::Write as _;
use std::io;

use plimsoll_analysis::platforms::PlatformSize;
use plimsoll_snapshot::Bytes;
use serde::Serialize;

use crate::format::{count, minute, one_line};
use crate::json_document::{Definitions, write};
use crate::language::Language;
use crate::markup::escaped;
use crate::table::{align_right, heads, indented};

/// The columns that are figures.
const FIGURES: [usize; 3] = [1, 2, 3];

/// The table for a terminal.
#[must_use]
pub fn text(sizes: &[PlatformSize], language: Language) -> String {
    let mut table = heads(&columns(language));
    for size in sizes {
        table.add_row(row(size, language));
    }
    align_right(&mut table, &FIGURES);
    indented(&table)
}

/// The table as Markdown.
#[must_use]
pub fn markdown(sizes: &[PlatformSize], language: Language) -> String {
    let mut text = format!("| {} |\n|---|---:|---:|---:|---|---|---|\n", columns(language).join(" | "));
    for size in sizes {
        let cells: Vec<String> = row(size, language).iter().map(|cell| escaped(cell)).collect();
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    }
    text
}

/// Writes the table for programs; see `docs/inspect-format.md`.
pub fn json(sizes: &[PlatformSize], definitions: Definitions, out: impl io::Write) -> io::Result<()> {
    write("plimsoll-platforms", &PlatformsContent { platforms: sizes }, definitions, out)
}

/// The platforms of an image.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct PlatformsContent<'a> {
    /// One for each manifest of the index.
    platforms: &'a [PlatformSize],
}

fn columns(language: Language) -> [&'static str; 7] {
    let words = language.words();
    let terminal = &words.terminal;
    [
        terminal.platform,
        words.compressed,
        terminal.only_this_platform,
        words.layers,
        terminal.created,
        terminal.image_name,
        terminal.digest,
    ]
}

fn row(size: &PlatformSize, language: Language) -> Vec<String> {
    let dash = || "–".to_owned();
    let bytes = |bytes: Option<Bytes>| bytes.map_or_else(dash, |bytes| language.bytes(bytes).to_string());
    vec![
        one_line(&size.platform),
        bytes(size.compressed_bytes),
        bytes(size.unique_bytes),
        size.layers.map_or_else(dash, count),
        size.created.as_deref().and_then(minute).unwrap_or_else(dash),
        one_line(&size.tags.join(", ")),
        size.digest.short().to_owned(),
    ]
}
