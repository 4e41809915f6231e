//! What became of findings, as text and Markdown: what each predicted, what was saved, what remains, and what is new.

use std::fmt::Write as _;

use plimsoll_analysis::findings::{Finding, Followed, Outcome, Progress, ServiceProgress};
use plimsoll_snapshot::Bytes;

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
    let mut text = format!("{}: {}\n", one_line(&service.service), sums(service, language));
    let mut rows = table(&head(language));
    for followed in &service.findings {
        rows.add_row(row(followed, language));
    }
    rows.add_rows(service.new.iter().map(|finding| new_row(finding, language)));
    align_right(&mut rows, &[0, 1, 2]);
    text.push_str(&indented(&rows));
    text
}

/// The progress as Markdown.
#[must_use]
pub fn markdown(progress: &Progress, language: Language) -> String {
    let mut text = String::new();
    for service in &progress.services {
        let _ = writeln!(text, "## {}\n\n{}\n", escaped(&service.service), sums(service, language));
        let _ = writeln!(text, "| {} |\n|---:|---:|---:|---|---|", head(language).join(" | "));
        let known = service.findings.iter().map(|followed| row(followed, language));
        let new = service.new.iter().map(|finding| new_row(finding, language));
        for row in known.chain(new) {
            let _ = writeln!(text, "| {} |", row.map(|cell| escaped(&cell)).join(" | "));
        }
        text.push('\n');
    }
    text
}

/// `9.00 kB predicted, 7.00 kB saved`.
fn sums(service: &ServiceProgress, language: Language) -> String {
    let [predicted, saved] =
        [service.predicted, service.saved].map(|bytes| language.bytes(bytes).to_string());
    (language.words().findings_report.followed)(&predicted, &saved)
}

fn head(language: Language) -> [&'static str; 5] {
    let words = &language.words().findings_report;
    [words.predicted_head, words.saved_head, words.remains_head, "", words.finding_head]
}

fn new_row(finding: &Finding, language: Language) -> [String; 5] {
    let found = language.bytes(finding.saving).to_string();
    let new = language.words().new.to_owned();
    ["–".to_owned(), "–".to_owned(), found, new, title(finding, language)]
}

fn row(followed: &Followed, language: Language) -> [String; 5] {
    let words = language.words();
    let outcome = match followed.outcome {
        Outcome::Done => words.is_done,
        Outcome::Part => words.is_part,
        Outcome::Open => words.findings_report.open,
    };
    let bytes = |bytes: Bytes| language.bytes(bytes).to_string();
    [
        bytes(followed.finding.saving),
        bytes(followed.saved),
        bytes(followed.remains),
        outcome.to_owned(),
        title(&followed.finding, language),
    ]
}

fn title(finding: &Finding, language: Language) -> String {
    shorten(&one_line(&(language.words().messages.headline)(&finding.headline)), TITLE)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use plimsoll_analysis::findings::{Confidence, Headline, RuleId, Severity};

    use super::*;

    fn finding(headline: Headline, saving: u64) -> Finding {
        Finding {
            rule: RuleId::PackageManagerCache,
            service: "app".into(),
            headline,
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
    fn the_prediction_stands_beside_the_saving() {
        let progress = Progress {
            services: vec![ServiceProgress {
                service: "app".into(),
                predicted: Bytes(9_000),
                saved: Bytes(7_000),
                findings: vec![Followed {
                    finding: finding(Headline::StoredAgain { by: Some("A | b".into()) }, 9_000),
                    outcome: Outcome::Part,
                    saved: Bytes(7_000),
                    remains: Bytes(2_000),
                    found_after: Bytes(2_000),
                }],
                new: vec![finding(Headline::LogFiles, 5)],
            }],
        };
        let english = text(&progress, Language::English);
        assert!(english.starts_with("app: 9.00 kB predicted, 7.00 kB saved\n"), "{english}");
        assert!(english.contains("content: A | b") && english.contains("Build logs"), "{english}");
        let markdown = markdown(&progress, Language::English);
        assert!(markdown.contains("| partly fixed | Files stored again"), "{markdown}");
        assert!(markdown.contains("content: A \\| b |"), "{markdown}");
        let spanish = text(&progress, Language::Spanish);
        assert!(spanish.starts_with("app: 9,00 kB previstos, 7,00 kB ahorrados\n"), "{spanish}");
    }
}
