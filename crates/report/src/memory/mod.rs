//! The memory of a stack as text, Markdown and JSON.

mod json;
mod line;
mod usage;

use std::cmp::Reverse;
use std::fmt::Write as _;

use plimsoll_analysis::memory::compare::{MemoryComparison, ServiceMemoryComparison};
use plimsoll_analysis::memory::{Distribution, Limit, Memory, OomVerdict, ServiceMemory};
use plimsoll_snapshot::{Bytes, Order as _};

pub(crate) use self::json::{ComparisonDocument, MemoryDocument};
pub use self::line::{Line, ServiceLine, of_comparison, of_memory};
use crate::format::{name, one_line};
use crate::language::Language;
use crate::markup::escaped;
use crate::table::{align_right, heads, indented, table};

/// The memory of a stack, for a terminal.
#[must_use]
pub fn text(memory: &Memory, language: Language) -> String {
    let mut table = table(&header(language));
    for service in &memory.services {
        table.add_row(row(service, language));
    }
    align_right(&mut table, &[1, 2, 3, 4, 5, 6, 7]);
    let mut text = format!("{}\n{}", language.words().memory, indented(&table));
    let usage = usage::rows(memory, language);
    if !usage.is_empty() {
        let mut table = heads(&usage::header(language));
        table.add_rows(usage);
        align_right(&mut table, &[2, 3, 4, 5]);
        let _ = write!(text, "\n  {}\n{}\n", language.words().running.other_resources, indented(&table));
    }
    for line in lines(&of_memory(memory), language) {
        let _ = writeln!(text, "  {line}");
    }
    text
}

/// The memory as Markdown, for a pull request.
#[must_use]
pub fn markdown(memory: &Memory, language: Language) -> String {
    let mut text = format!(
        "## {}\n\n| {} |\n|---|---:|---:|---:|---:|---:|---:|---:|---|\n",
        language.words().memory,
        header(language).join(" | ")
    );
    for service in &memory.services {
        let cells: Vec<_> = row(service, language).iter().map(|cell| escaped(cell)).collect();
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    }
    text.push('\n');
    for line in lines(&of_memory(memory), language) {
        let _ = writeln!(text, "- {}", escaped(&line));
    }
    let usage = usage::rows(memory, language);
    if !usage.is_empty() {
        let summary = language.words().running.other_resources;
        let _ = writeln!(text, "\n<details><summary>{summary}</summary>\n");
        markdown_table(&mut text, &usage::header(language), 2, &usage);
        text.push_str("\n</details>\n");
    }
    text
}

/// A table whose first columns hold words, and the others figures.
fn markdown_table<const N: usize>(text: &mut String, header: &[&str; N], words: usize, rows: &[[String; N]]) {
    let rule: String = (0..N).map(|at| if at < words { "---|" } else { "---:|" }).collect();
    let heads: Vec<String> = header.iter().map(|head| escaped(head)).collect();
    let _ = writeln!(text, "| {} |\n|{rule}", heads.join(" | "));
    for row in rows {
        let cells: Vec<_> = row.iter().map(|cell| escaped(cell)).collect();
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    }
}

/// What became of the memory between two recordings, for a terminal.
#[must_use]
pub fn comparison_text(comparison: &MemoryComparison, language: Language) -> String {
    let mut table = heads(&comparison_header(language));
    table.add_rows(comparison_rows(comparison, language));
    align_right(&mut table, &[1, 2, 3]);
    let mut text = format!("{}\n{}", language.words().memory, indented(&table));
    lines(&of_comparison(comparison), language).iter().for_each(|line| {
        let _ = writeln!(text, "  {line}");
    });
    text
}

/// The comparison of memory as Markdown, for a pull request.
#[must_use]
pub fn comparison_markdown(comparison: &MemoryComparison, language: Language) -> String {
    let mut text = format!("## {}\n\n", language.words().memory);
    let rows = comparison_rows(comparison, language);
    markdown_table(&mut text, &comparison_header(language), 1, &rows);
    text.push('\n');
    lines(&of_comparison(comparison), language).iter().for_each(|line| {
        let _ = writeln!(text, "- {}", escaped(line));
    });
    text
}

fn comparison_header(language: Language) -> [&'static str; 5] {
    let (words, running) = (language.words(), &language.words().running);
    [
        words.service,
        running.median_before_after,
        running.most_before_after,
        running.change,
        running.conclusion,
    ]
}

/// A row for each service, those that use more first. What uses more is marked.
fn comparison_rows(comparison: &MemoryComparison, language: Language) -> Vec<[String; 5]> {
    let verdict = language.words().running.change_verdict;
    let pair =
        |before: Bytes, after: Bytes| format!("{} | {}", language.memory(before), language.memory(after));
    let mut services: Vec<&ServiceMemoryComparison> = comparison.services.iter().collect();
    services.order_by_key(|service| Reverse(service.median));
    let row = |service: &ServiceMemoryComparison| {
        let is_worse = service.median.is_some_and(|change| change.0 > 0);
        // Figures that must not be compared are not subtracted either.
        let change = service.median.map_or_else(|| "–".to_owned(), |change| language.memory_delta(change));
        [
            name(&service.name),
            pair(service.before.p50, service.after.p50),
            pair(service.before.max, service.after.max),
            if is_worse { format!("▲ {change}") } else { change },
            verdict(service.verdict).to_owned(),
        ]
    };
    services.into_iter().map(row).collect()
}

fn header(language: Language) -> [&'static str; 9] {
    let (words, running) = (language.words(), &language.words().running);
    [
        words.service,
        running.median,
        running.p95,
        running.most,
        running.limit,
        running.headroom,
        running.kills,
        running.suggestion,
        running.health,
    ]
}

fn row(service: &ServiceMemory, language: Language) -> Vec<String> {
    let running = &language.words().running;
    let dash = || "–".to_owned();
    let memory = |bytes: Bytes| language.memory(bytes);
    let taken = |figure: fn(&Distribution) -> Bytes| {
        service.working_set.as_ref().map_or_else(dash, |taken| memory(figure(taken)))
    };
    let at_least = if service.suggestion.at_least { "≥ " } else { "" };
    vec![
        name(&service.name),
        taken(|taken| taken.p50),
        taken(|taken| taken.p95),
        taken(|taken| taken.max),
        match service.limit {
            Limit::Unknown => running.unknown.to_owned(),
            Limit::Unlimited => running.none.to_owned(),
            Limit::Limited(bytes) => memory(bytes),
        },
        service.headroom.map_or_else(dash, memory),
        match service.oom.verdict {
            OomVerdict::Certain => service.oom.kills.to_string(),
            OomVerdict::NoneSeen => "0".to_owned(),
            verdict => (running.kill_verdict)(verdict, &service.oom.kills.to_string()),
        },
        service.suggestion.limit.map_or_else(dash, |limit| format!("{at_least}{}", memory(limit))),
        (running.health_verdict)(service.health.verdict).to_owned(),
    ]
}

fn lines(lines: &[Line<'_>], language: Language) -> Vec<String> {
    let words = language.words().messages.line;
    lines.iter().map(|line| one_line(&words(line))).collect()
}
