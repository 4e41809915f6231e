//! What became of findings, as text and Markdown: what each promised, what was really saved, what remains, what is new.

use std::fmt::Write as _;

use plimsoll_analysis::findings::{Finding, Followed, Outcome, Progress, ServiceProgress};

use crate::format::{one_line, shorten};
use crate::language::Language;
use crate::markup::escaped;
use crate::table::{align_right, indented, push, table};

/// The width that a title is cut to.
const TITLE: usize = 80;

/// What became of the findings of every service.
#[must_use]
pub fn text(progress: &Progress, language: Language) -> String {
    let mut text = String::new();
    for service in &progress.services {
        push(&mut text, &service_text(service, language));
    }
    text
}

fn service_text(service: &ServiceProgress, language: Language) -> String {
    let mut text = format!("{}: {}\n", one_line(&service.service), sum(service, language));
    let mut rows = table(&heads(language));
    for row in rows_of(service, language) {
        rows.add_row(row);
    }
    align_right(&mut rows, &[0, 1, 2]);
    text.push_str(&indented(&rows));
    text
}

/// The same as Markdown.
#[must_use]
pub fn markdown(progress: &Progress, language: Language) -> String {
    let mut text = String::new();
    for service in &progress.services {
        let _ = write!(text, "## {}\n\n{}\n\n", escaped(&service.service), sum(service, language));
        let _ = writeln!(text, "| {} |\n|---:|---:|---:|---|---|", heads(language).join(" | "));
        for row in rows_of(service, language) {
            let _ = writeln!(text, "| {} |", row.map(|cell| escaped(&cell)).join(" | "));
        }
        text.push('\n');
    }
    text
}

fn sum(service: &ServiceProgress, language: Language) -> String {
    let [promised, saved] = [service.predicted, service.saved].map(|bytes| language.bytes(bytes).to_string());
    (language.words().terminal.promised_and_saved)(&promised, &saved)
}

fn heads(language: Language) -> [&'static str; 5] {
    let words = &language.words().terminal;
    [words.promised, words.saved, words.remains, "", language.words().finding.one]
}

/// The findings of before, and behind them the new ones.
fn rows_of(service: &ServiceProgress, language: Language) -> impl Iterator<Item = [String; 5]> {
    let known = service.findings.iter().map(move |followed| row(followed, language));
    known.chain(service.new.iter().map(move |finding| new_row(finding, language)))
}

fn new_row(finding: &Finding, language: Language) -> [String; 5] {
    let found = language.bytes(finding.saving).to_string();
    let new = language.words().terminal.new.to_owned();
    ["–".to_owned(), "–".to_owned(), found, new, title(finding, language)]
}

fn row(followed: &Followed, language: Language) -> [String; 5] {
    let words = language.words();
    let outcome = match followed.outcome {
        Outcome::Done => words.is_done,
        Outcome::Part => words.is_part,
        Outcome::Open => words.terminal.open,
    };
    [
        language.bytes(followed.finding.saving).to_string(),
        language.bytes(followed.saved).to_string(),
        language.bytes(followed.remains).to_string(),
        outcome.to_owned(),
        title(&followed.finding, language),
    ]
}

fn title(finding: &Finding, language: Language) -> String {
    shorten(&one_line(&language.sentence(&finding.title)), TITLE)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use plimsoll_analysis::findings::{Confidence, Severity};
    use plimsoll_snapshot::Bytes;

    use super::*;

    fn finding(title: &'static str, saving: u64) -> Finding {
        Finding {
            rule: "package-manager-cache",
            service: "app".into(),
            title: title.into(),
            severity: Severity::Low,
            confidence: Confidence::High,
            saving: Bytes(saving),
            evidence: Vec::new(),
            evidence_count: 0,
            fixes: Vec::new(),
            left_out: Vec::new(),
            inodes: Arc::default(),
            parts: Arc::default(),
        }
    }

    #[test]
    fn what_was_promised_stands_beside_what_was_saved() {
        let progress = Progress {
            services: vec![ServiceProgress {
                service: "app".into(),
                predicted: Bytes(9_000),
                saved: Bytes(7_000),
                findings: vec![Followed {
                    finding: finding("A | cache", 9_000),
                    outcome: Outcome::Part,
                    saved: Bytes(7_000),
                    remains: Bytes(2_000),
                    found_after: Bytes(2_000),
                }],
                new: vec![finding("Logs", 5)],
            }],
        };
        let text = text(&progress, Language::English);
        assert!(text.starts_with("app: 9.00 kB promised, 7.00 kB really saved\n"), "{text}");
        assert!(text.contains("in part  A | cache") && text.contains("new      Logs"), "{text}");
        let markdown = markdown(&progress, Language::English);
        assert!(markdown.contains("| in part | A \\| cache |"), "{markdown}");
    }
}
