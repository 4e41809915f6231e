//! A series as Markdown, for a page of a repository or a comment.

use std::fmt::Write as _;

use plimsoll_analysis::series::Series;

use super::{RECENT, conclusions, figures, heads, lead, mermaid, no_steps, row, services, step, total};
use crate::format::sentence;
use crate::language::Language;
use crate::markup::escaped;

/// The chart, the steps with their causes, the services, drift and budget, and the last points.
#[must_use]
pub fn series(series: &Series, language: Language) -> String {
    let words = language.words();
    let mut text = format!(
        "## {}\n\n{}: **{}**\n",
        words.series.title,
        escaped(&lead(series, language)),
        escaped(&total(series, language))
    );
    for conclusion in conclusions(series, language) {
        let _ = writeln!(text, "\n{}", escaped(&conclusion));
    }
    if let Some(chart) = mermaid::chart(series, language) {
        let _ = write!(text, "\n{chart}");
    }
    let _ = writeln!(text, "\n### {}\n", words.series.steps);
    if series.steps.is_empty() {
        let _ = writeln!(text, "{}", escaped(&no_steps(series, language)));
    } else {
        let _ = writeln!(
            text,
            "| {} | {} | {} |\n|---|---:|---|",
            sentence(words.series.point_head),
            words.change,
            words.cause_head
        );
        for of in &series.steps {
            let cells = step(series, of, language).map(|cell| escaped(&cell));
            let _ = writeln!(text, "| {} |", cells.join(" | "));
        }
    }
    push_services(&mut text, series, language);
    push_points(&mut text, series, language);
    text
}

/// The chart of the last points, drift and budget: what a comment on a change shows of its past.
#[must_use]
pub fn recent(series: &Series, language: Language) -> String {
    let mut text = mermaid::chart(series, language).unwrap_or_default();
    for conclusion in conclusions(series, language) {
        let _ = writeln!(text, "\n{}", escaped(&conclusion));
    }
    text
}

fn push_services(text: &mut String, series: &Series, language: Language) {
    let words = language.words();
    let services = services(series, language);
    if services.is_empty() {
        return;
    }
    let heads = [words.service, words.series.first_head, words.series.last_head, words.change].map(sentence);
    let _ = writeln!(text, "\n### {}\n\n| {} |\n|---|---:|---:|---:|", words.services, heads.join(" | "));
    for row in services {
        let _ = writeln!(text, "| {} |", row.map(|cell| escaped(&cell)).join(" | "));
    }
}

fn push_points(text: &mut String, series: &Series, language: Language) {
    let first = series.states.len().saturating_sub(RECENT);
    let words = &language.words().series;
    let columns: Vec<String> = heads(series, language).into_iter().map(sentence).collect();
    let marks = ["---", "---"].into_iter().chain(std::iter::repeat_n("---:", figures(series))).chain(["---"]);
    let _ = writeln!(
        text,
        "\n### {}\n\n| {} |\n|{}|",
        sentence(words.point.more),
        columns.join(" | "),
        marks.collect::<Vec<_>>().join("|")
    );
    for index in first..series.states.len() {
        let cells: Vec<String> = row(series, index, language).iter().map(|cell| escaped(cell)).collect();
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    }
    if first > 0 {
        let points = language.many(first as u64, &words.point);
        let _ = writeln!(text, "\n_{}_", escaped(&(words.earlier)(&points)));
    }
}
