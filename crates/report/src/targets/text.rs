//! Targets as plain text, complete without colour.

use std::fmt::Write as _;

use plimsoll_analysis::targets::{Judgement, Outcome, Status};

use super::{demand, mark, status, verdict};
use crate::format::{one_line, sentence};
use crate::language::Language;

/// All targets: what is missed first, then what is unknown, then what is met.
#[must_use]
pub fn judgement(judgement: &Judgement, language: Language) -> String {
    let mut text = String::new();
    if let Some(name) = &judgement.name {
        let _ = writeln!(text, "{}", one_line(name));
    }
    let _ = writeln!(text, "{}", verdict(judgement, language));
    for wanted in [Status::Fail, Status::Unknown, Status::Pass] {
        let outcomes: Vec<_> = judgement.outcomes.iter().filter(|outcome| outcome.status == wanted).collect();
        if !outcomes.is_empty() {
            let _ = writeln!(text, "\n{}", sentence((language.words().running.status)(wanted)));
            outcomes.into_iter().for_each(|outcome| text.push_str(&entry(outcome, language)));
        }
    }
    text
}

fn entry(outcome: &Outcome, language: Language) -> String {
    let messages = &language.words().messages;
    let service = outcome.service.as_deref().map(|name| format!("{}: ", one_line(name))).unwrap_or_default();
    let measured = outcome.measured.as_ref().map(|found| format!(": {}", (messages.measure)(found)));
    let mut text = format!(
        "  {} {service}{}{} [{}]\n",
        mark(outcome.status),
        one_line(&(messages.title)(&outcome.title)),
        measured.unwrap_or_default(),
        status(outcome, language)
    );
    for level in &outcome.levels {
        let _ = writeln!(text, "      {}", demand(level, language));
    }
    for reason in &outcome.evidence {
        let _ = writeln!(text, "      {}", one_line(&(messages.reason)(reason)));
    }
    text
}
