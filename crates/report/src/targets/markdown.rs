//! Targets as Markdown, for a pull request.

use std::fmt::Write as _;

use plimsoll_analysis::targets::{Judgement, Status};

use super::{demand, mark, status, verdict};
use crate::markup::escaped;

/// All targets as a table: what is missed first.
#[must_use]
pub fn judgement(judgement: &Judgement) -> String {
    let mut text = String::new();
    if let Some(name) = &judgement.name {
        let _ = writeln!(text, "## {}\n", escaped(name));
    }
    let _ = writeln!(text, "**{}**\n", escaped(&verdict(judgement)));
    text.push_str("| | service | target | found | demanded | evidence |\n|---|---|---|---:|---|---|\n");
    for wanted in [Status::Fail, Status::Unknown, Status::Pass] {
        for outcome in judgement.outcomes.iter().filter(|outcome| outcome.status == wanted) {
            let levels: Vec<_> = outcome.levels.iter().map(|level| escaped(&demand(level))).collect();
            let evidence: Vec<_> = outcome.evidence.iter().map(|words| escaped(words)).collect();
            let _ = writeln!(
                text,
                "| {} {} | {} | {} | {} | {} | {} |",
                mark(outcome.status),
                status(outcome),
                escaped(outcome.service.as_deref().unwrap_or("all")),
                escaped(&outcome.title),
                escaped(outcome.measured.as_deref().unwrap_or_default()),
                levels.join("; "),
                evidence.join("; ")
            );
        }
    }
    text
}
