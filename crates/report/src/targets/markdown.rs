//! Targets as Markdown, for a pull request.

use std::fmt::Write as _;

use plimsoll_analysis::targets::{Judgement, Status};

use super::{demand, mark, status, verdict};
use crate::language::Language;
use crate::markup::escaped;

/// All targets as a table: what is missed first.
#[must_use]
pub fn judgement(judgement: &Judgement, language: Language) -> String {
    let (words, messages) = (language.words(), &language.words().messages);
    let mut text = String::new();
    if let Some(name) = &judgement.name {
        let _ = writeln!(text, "## {}\n", escaped(name));
    }
    let _ = writeln!(text, "**{}**\n", escaped(&verdict(judgement, language)));
    let head = [words.service, words.target, words.found, words.demanded, words.evidence];
    let _ = writeln!(text, "| | {} |\n|---|---|---|---:|---|---|", head.join(" | "));
    for wanted in [Status::Fail, Status::Unknown, Status::Pass] {
        for outcome in judgement.outcomes.iter().filter(|outcome| outcome.status == wanted) {
            let levels = outcome.levels.iter().map(|level| escaped(&demand(level, language)));
            let evidence = outcome.evidence.iter().map(|reason| escaped(&(messages.reason)(reason)));
            let _ = writeln!(
                text,
                "| {} {} | {} | {} | {} | {} | {} |",
                mark(outcome.status),
                status(outcome, language),
                escaped(outcome.service.as_deref().unwrap_or(words.all)),
                escaped(&(messages.title)(&outcome.title)),
                escaped(&outcome.measured.as_ref().map(messages.measure).unwrap_or_default()),
                levels.collect::<Vec<_>>().join("; "),
                evidence.collect::<Vec<_>>().join("; ")
            );
        }
    }
    text
}
