//! Renders what became of targets, and writes the first target file of a stack.

pub mod conclusion;
pub mod json;
pub mod markdown;
pub mod template;
pub mod text;

use plimsoll_analysis::targets::{Judgement, Level, LevelOutcome, Outcome, Status};

/// The sentence that text, Markdown and JSON begin with.
#[must_use]
pub fn verdict(judgement: &Judgement) -> String {
    let required = judgement.passed + judgement.failed + judgement.unknown;
    let mut sentence = format!("{} of {required} targets met", judgement.passed);
    for (count, what) in [(judgement.failed, "missed"), (judgement.unknown, "unknown")] {
        if count > 0 {
            sentence.push_str(&format!(", {count} {what}"));
        }
    }
    if judgement.ideals > 0 {
        sentence.push_str(&format!("; {} of {} ideals reached", judgement.ideals_reached, judgement.ideals));
    }
    sentence
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

/// The name of a status.
#[must_use]
pub const fn word(status: Status) -> &'static str {
    match status {
        Status::Pass => "pass",
        Status::Fail => "fail",
        Status::Unknown => "unknown",
    }
}

/// The name of a level.
#[must_use]
pub const fn level(level: Level) -> &'static str {
    match level {
        Level::Minimum => "minimum",
        Level::Ideal => "ideal",
    }
}

/// `minimum: at least 50 % (to spare: 13.1 %)`.
fn demand(outcome: &LevelOutcome) -> String {
    let margin = outcome.margin_words.as_deref().map(|words| format!(" ({words})")).unwrap_or_default();
    let state = match outcome.status {
        Status::Pass => "",
        Status::Fail => ", missed",
        Status::Unknown => ", unknown",
    };
    format!(
        "{}: {}{margin}{}",
        level(outcome.level),
        outcome.demand,
        if margin.is_empty() { state } else { "" }
    )
}

/// `fail`, or `fail (ideal)` where only an ideal is named, or `pass (attested)`.
fn status(outcome: &Outcome) -> String {
    let notes = [(outcome.attested, "attested"), (!outcome.required, "ideal only")];
    let notes: Vec<_> = notes.into_iter().filter(|(holds, _)| *holds).map(|(_, note)| note).collect();
    let notes = if notes.is_empty() { String::new() } else { format!(" ({})", notes.join(", ")) };
    format!("{}{notes}", word(outcome.status))
}
