//! How long a pull takes, layer by layer, and what would make it shorter.

use std::io;

use plimsoll_analysis::pull::{PARTS, PullEstimate, PulledLayer};
use plimsoll_snapshot::Bytes;

use crate::format::{count, one_line};
use crate::json_document::{Definitions, write};
use crate::language::Language;
use crate::markup::escaped;
use crate::table::{align_right, heads, indented};

/// The columns that are figures.
const FIGURES: [usize; 6] = [0, 1, 2, 3, 4, 5];

/// The estimate for a terminal.
#[must_use]
pub fn text(estimate: &PullEstimate, language: Language) -> String {
    let mut table = heads(&columns(language));
    for (index, layer) in estimate.pull.layers.iter().enumerate() {
        table.add_row(row(estimate, index, layer, language));
    }
    align_right(&mut table, &FIGURES);
    let (head, notes) = sentences(estimate, language);
    let notes: String = notes.iter().map(|note| format!("  {note}\n")).collect();
    format!("{head}\n{notes}\n{}", indented(&table))
}

/// The estimate as Markdown.
#[must_use]
pub fn markdown(estimate: &PullEstimate, language: Language) -> String {
    let (head, notes) = sentences(estimate, language);
    let mut text = format!("**{}**\n\n", escaped(&head));
    for note in notes {
        text.push_str(&format!("- {}\n", escaped(&note)));
    }
    text.push_str(&format!("\n| {} |\n|---:|---:|---:|---:|---:|---:|---|\n", columns(language).join(" | ")));
    for (index, layer) in estimate.pull.layers.iter().enumerate() {
        let cells = row(estimate, index, layer, language);
        text.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    text
}

/// Writes the estimate for programs: seconds, bytes and bytes per second.
pub fn json(estimate: &PullEstimate, definitions: Definitions, out: impl io::Write) -> io::Result<()> {
    write("plimsoll-pull", estimate, definitions, out)
}

fn columns(language: Language) -> [&'static str; 7] {
    let words = &language.words().pull;
    [words.layer, words.blob, words.unpacked, words.transferred, words.unpacking, words.done, ""]
}

fn row(estimate: &PullEstimate, index: usize, layer: &PulledLayer, language: Language) -> Vec<String> {
    let decides = estimate.pull.decisive == Some(index);
    vec![
        // Those that exist on the machine are the lowest ones, in almost all cases.
        (index + estimate.present_layers).to_string(),
        language.bytes(layer.layer.blob).to_string(),
        language.bytes(layer.layer.unpacked).to_string(),
        seconds(layer.transferred, language),
        seconds(layer.unpacking, language),
        seconds(layer.unpacked_at, language),
        if decides { language.words().pull.decisive.to_owned() } else { String::new() },
    ]
}

/// The result, and what has to be known of it.
fn sentences(estimate: &PullEstimate, language: Language) -> (String, Vec<String>) {
    let words = &language.words().pull;
    let bytes = |bytes: u64| language.bytes(Bytes(bytes)).to_string();
    let pull = &estimate.pull;
    let rates = &estimate.rates;
    let head =
        (words.head)(&one_line(&estimate.service), &seconds(pull.seconds, language), &bytes(pull.blobs.0));
    let mut notes = vec![(words.transfer)(
        &seconds(pull.transfer_seconds, language),
        &count(rates.transfer.saturating_mul(8) / 1_000_000),
    )];
    if estimate.present_layers > 0 {
        notes.push((words.present)(&count(estimate.present_layers as u64)));
    }
    if estimate.unknown_layers > 0 {
        notes.push((words.unknown)(&count(estimate.unknown_layers as u64)));
    }
    if estimate.nodes > 1 {
        notes.push((words.nodes)(&count(estimate.nodes), &bytes(estimate.sent_bytes.0)));
    }
    if pull.layers.iter().any(|layer| layer.layer.estimated) {
        notes.push(words.estimated.to_owned());
    }
    notes.push((words.zstd)(&seconds(estimate.zstd_seconds, language)));
    if let (Some(layer), Some(split)) = (pull.decisive, estimate.split_seconds) {
        let layer = (layer + estimate.present_layers).to_string();
        notes.push((words.split)(&layer, &PARTS.to_string(), &seconds(split, language)));
    }
    notes.push((words.constants)(
        &bytes(rates.gzip),
        &bytes(rates.zstd),
        &bytes(rates.write),
        &rates.file_us.to_string(),
        &rates.streams.to_string(),
    ));
    (head, notes)
}

/// Below a second in milliseconds, so that the parts of a short pull add up; above in tenths of a second.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a time of a pull")]
fn seconds(seconds: f64, language: Language) -> String {
    let milliseconds = (seconds * 1000.0).round() as u64;
    language.duration(if milliseconds < 1000 { milliseconds } else { (seconds * 10.0).round() as u64 * 100 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_times_keep_their_milliseconds() {
        let check = |time: f64, expected: &str| assert_eq!(seconds(time, Language::English), expected);
        check(0.027, "27 ms");
        check(0.6351, "635 ms");
        check(0.9996, "1 s");
        check(12.34, "12.3 s");
    }
}
