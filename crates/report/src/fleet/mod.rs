//! A fleet of images: one page without a program, Markdown, and JSON.

mod html;
mod markdown;
mod steps;
mod treemap;

use std::io;

use plimsoll_analysis::fleet::{FleetReport, FleetTotals};
use plimsoll_snapshot::Bytes;

pub use html::html;
pub use markdown::markdown;

use crate::json_document::{self, Definitions};
use crate::language::Language;

/// Writes the figures for programs.
///
/// # Errors
/// If they cannot be written.
pub fn json(report: &FleetReport, out: impl io::Write) -> io::Result<()> {
    json_document::write("plimsoll-fleet", report, Definitions::Omitted, out)
}

/// The fleet in one sentence.
#[must_use]
pub fn headline(totals: &FleetTotals, language: Language) -> String {
    let words = language.fleet();
    (words.headline)(
        &language.many(totals.images, &words.image_noun),
        &language.many(totals.projects, &words.project_noun),
        &language.bytes(totals.stored_bytes).to_string(),
    )
}

/// What there is to say of the fleet as a whole.
fn sentences(report: &FleetReport, language: Language) -> Vec<String> {
    let (words, totals) = (language.fleet(), &report.totals);
    let bytes = |bytes: Bytes| language.bytes(bytes).to_string();
    let mut sentences = vec![(words.sharing)(&bytes(totals.unshared_bytes), &bytes(totals.stored_bytes))];
    if !totals.duplicate_across_bytes.is_zero() {
        let share = language.share(totals.duplicate_across_bytes, totals.file_bytes);
        sentences.push((words.duplicates)(&bytes(totals.duplicate_across_bytes), &share));
    }
    if !totals.hidden_bytes.is_zero() {
        sentences.push((words.hidden)(&bytes(totals.hidden_bytes)));
    }
    if report.failed > 0 {
        sentences.push((words.failed)(&language.many(report.failed, &words.thing)));
    }
    sentences
}

/// The prices that money was computed with.
fn prices(report: &FleetReport, language: Language) -> String {
    let prices = &report.prices;
    let plain = |price: f64| language.decimal(format!("{price}"));
    (language.fleet().prices)(&plain(prices.storage), &plain(prices.pull), &plain(prices.pulls))
}

/// An amount of money in no currency: that of the prices.
fn money(amount: f64, language: Language) -> String {
    language.decimal(format!("{amount:.2}"))
}

/// Seconds of a few digits.
fn seconds(seconds: f64, language: Language) -> String {
    language.decimal(format!("{seconds:.1} s"))
}

/// Rows of a table, and how many more there are.
fn first<T>(rows: &[T], most: usize) -> (&[T], u64) {
    let shown = rows.len().min(most);
    (&rows[..shown], (rows.len() - shown) as u64)
}
