//! Targets as plain text, complete without colour.

use std::fmt::Write as _;

use plimsoll_analysis::targets::{Judgement, Outcome, Status};

use super::{demand, mark, status, verdict};
use crate::format::one_line;

/// All targets: what is missed first, then what is unknown, then what is met.
#[must_use]
pub fn judgement(judgement: &Judgement) -> String {
    let mut text = String::new();
    if let Some(name) = &judgement.name {
        let _ = writeln!(text, "{}", one_line(name));
    }
    let _ = writeln!(text, "{}", verdict(judgement));
    for (wanted, title) in [(Status::Fail, "Missed"), (Status::Unknown, "Unknown"), (Status::Pass, "Met")] {
        let outcomes: Vec<_> = judgement.outcomes.iter().filter(|outcome| outcome.status == wanted).collect();
        if !outcomes.is_empty() {
            let _ = writeln!(text, "\n{title}");
            outcomes.into_iter().for_each(|outcome| text.push_str(&entry(outcome)));
        }
    }
    text
}

fn entry(outcome: &Outcome) -> String {
    let service = outcome.service.as_deref().map(|name| format!("{}: ", one_line(name))).unwrap_or_default();
    let measured =
        outcome.measured.as_deref().map(|words| format!(": {}", one_line(words))).unwrap_or_default();
    let mut text = format!(
        "  {} {service}{}{measured} [{}]\n",
        mark(outcome.status),
        one_line(&outcome.title),
        status(outcome)
    );
    for level in &outcome.levels {
        let _ = writeln!(text, "      {}", one_line(&demand(level)));
    }
    for evidence in &outcome.evidence {
        let _ = writeln!(text, "      {}", one_line(evidence));
    }
    text
}
