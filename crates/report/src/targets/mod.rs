//! Renders what became of targets, and writes the first target file of a stack.

pub mod conclusion;
pub mod json;
pub mod markdown;
pub mod template;
pub mod text;

use plimsoll_analysis::targets::{Demanded, Judgement, LevelOutcome, Outcome, Status};

use crate::language::Language;

/// The sentence that text, Markdown and JSON begin with.
#[must_use]
pub fn verdict(judgement: &Judgement, language: Language) -> String {
    let words = &language.words().running;
    let required = judgement.passed + judgement.failed + judgement.unknown;
    let mut sentence = (words.verdict)(&judgement.passed.to_string(), &required.to_string());
    for (count, what) in [(judgement.failed, words.missed), (judgement.unknown, words.unknown_count)] {
        if count > 0 {
            sentence.push_str(&format!(", {}", what(&count.to_string())));
        }
    }
    if judgement.ideals > 0 {
        let [reached, ideals] = [judgement.ideals_reached, judgement.ideals].map(|count| count.to_string());
        sentence.push_str(&format!("; {}", (words.ideals)(&reached, &ideals)));
    }
    sentence
}

/// A demand as a target file writes it: `1.50 GB`, `~2 GiB`.
#[must_use]
pub fn written(demand: &Demanded) -> String {
    format!("{}{}", if demand.about { "~" } else { "" }, Language::English.figure(demand.figure))
}

/// The mark of a status: they differ in shape, not only in colour.
#[must_use]
pub const fn mark(status: Status) -> &'static str {
    match status {
        Status::Pass => "●",
        Status::Fail => "▲",
        Status::Unknown => "◌",
    }
}

/// `minimum: at least 50 % (to spare: 13.1 %)`.
fn demand(outcome: &LevelOutcome, language: Language) -> String {
    let words = language.words();
    let note = match ((words.messages.margin)(outcome), outcome.status) {
        (Some(margin), _) => format!(" ({margin})"),
        (None, Status::Pass) => String::new(),
        (None, status) => format!(", {}", (words.running.status)(status)),
    };
    format!("{}: {}{note}", (words.running.level)(outcome.level), language.demand(outcome))
}

/// `missed`, or `missed (ideal only)` where only an ideal is named, or `met (manual)`.
fn status(outcome: &Outcome, language: Language) -> String {
    let words = &language.words().running;
    let notes = [(outcome.attested, words.manual), (!outcome.required, words.ideal_only)];
    let notes: Vec<_> = notes.into_iter().filter(|(holds, _)| *holds).map(|(_, note)| note).collect();
    let notes = if notes.is_empty() { String::new() } else { format!(" ({})", notes.join(", ")) };
    format!("{}{notes}", (words.status)(outcome.status))
}
