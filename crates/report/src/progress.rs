//! What became of findings, as text and Markdown: what each predicted, what was saved, what remains, what is new, and how
//! one image size becomes the other.

use std::fmt::Write as _;

use plimsoll_analysis::findings::{
    Finding, Followed, LedgerCause, LedgerLine, Outcome, Progress, ServiceProgress,
};
use plimsoll_snapshot::Bytes;

use crate::findings::{accepted_markdown, accepted_text};
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
    text.push('\n');
    let mut rows = table(&[]);
    rows.add_rows(ledger(service, language));
    align_right(&mut rows, &[0]);
    text.push_str(&indented(&rows));
    if !service.accepted.is_empty() {
        let _ = write!(text, "\n{}", accepted_text(&service.accepted, language));
    }
    text
}

/// What a line of the ledger is about.
#[must_use]
pub fn ledger_line(service: &ServiceProgress, line: &LedgerLine, language: Language) -> String {
    let words = language.words();
    let report = &words.findings_report;
    let group = |group| one_line(&(words.messages.group)(group));
    match &line.cause {
        LedgerCause::Finding(finding) => {
            let followed = service.findings.get(*finding);
            let title = followed.map_or_else(String::new, |followed| title(&followed.finding, language));
            (report.saved_by)(&title)
        }
        LedgerCause::Removed(of) => (report.files_removed)(&group(of)),
        LedgerCause::Changed(of) => (report.files_changed)(&group(of)),
        LedgerCause::Rebuilt => report.files_rebuilt.to_owned(),
        LedgerCause::Added(of) => (report.files_added)(&group(of)),
    }
}

/// The ledger in rows: image size before, each line, image size after.
fn ledger(service: &ServiceProgress, language: Language) -> Vec<[String; 2]> {
    let words = &language.words().findings_report;
    let size = |bytes, name: &str| [language.bytes(bytes).to_string(), name.to_owned()];
    let line =
        |line: &LedgerLine| [language.delta(line.delta).to_string(), ledger_line(service, line, language)];
    let lines = service.ledger.lines.iter().map(line);
    std::iter::once(size(service.ledger.before, words.size_before))
        .chain(lines)
        .chain([size(service.ledger.after, words.size_after)])
        .collect()
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
        let _ = writeln!(text, "\n| {} | |\n|---:|---|", language.words().findings_report.bytes_head);
        for row in ledger(service, language) {
            let _ = writeln!(text, "| {} |", row.map(|cell| escaped(&cell)).join(" | "));
        }
        text.push('\n');
        text.push_str(&accepted_markdown(&service.accepted, language));
    }
    text
}

/// `9.00 kB predicted, 7.00 kB saved, 500 B added; image size 20.0 kB → 13.0 kB (−7.00 kB)`.
fn sums(service: &ServiceProgress, language: Language) -> String {
    let words = &language.words().findings_report;
    let ledger = &service.ledger;
    let bytes = |bytes: Bytes| language.bytes(bytes).to_string();
    let followed = (words.followed)(&bytes(service.predicted), &bytes(service.saved), &bytes(ledger.added()));
    let delta = language.delta(ledger.delta()).to_string();
    [followed, (words.sizes)(&bytes(ledger.before), &bytes(ledger.after), &delta)].join("; ")
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
        noted(followed, language),
    ]
}

/// The title of a finding, and what else became of its bytes.
fn noted(followed: &Followed, language: Language) -> String {
    let words = &language.words().findings_report;
    let notes =
        [(words.shared, followed.shared), (words.moved, followed.moved), (words.added, followed.added)];
    let notes: Vec<String> = notes
        .into_iter()
        .filter(|(_, bytes)| *bytes > Bytes::ZERO)
        .map(|(note, bytes)| note(&language.bytes(bytes).to_string()))
        .collect();
    let title = title(&followed.finding, language);
    if notes.is_empty() { title } else { format!("{title} ({})", notes.join(", ")) }
}

fn title(finding: &Finding, language: Language) -> String {
    shorten(&one_line(&(language.words().messages.headline)(&finding.headline)), TITLE)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use plimsoll_analysis::findings::{Confidence, Group, Headline, Identity, Ledger, RuleId, Severity};
    use plimsoll_snapshot::ByteDelta;

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
            identity: Identity::default(),
        }
    }

    #[test]
    fn the_prediction_stands_beside_the_saving() {
        let added = Group::Directory { path: "opt/d".into() };
        let progress = Progress {
            services: vec![ServiceProgress {
                service: "app".into(),
                predicted: Bytes(9_000),
                saved: Bytes(7_000),
                ledger: Ledger {
                    before: Bytes(20_000),
                    after: Bytes(13_500),
                    lines: vec![
                        LedgerLine { cause: LedgerCause::Finding(0), delta: ByteDelta(-7_000) },
                        LedgerLine { cause: LedgerCause::Added(added), delta: ByteDelta(500) },
                    ],
                },
                findings: vec![Followed {
                    finding: finding(Headline::StoredAgain { by: Some("A | b".into()) }, 9_000),
                    outcome: Outcome::Part,
                    saved: Bytes(7_000),
                    shared: Bytes(0),
                    remains: Bytes(2_000),
                    moved: Bytes(1_000),
                    added: Bytes(0),
                    found_after: Bytes(2_000),
                }],
                new: vec![finding(Headline::LogFiles, 5)],
                known: Vec::new(),
                accepted: Vec::new(),
            }],
        };
        let english = text(&progress, Language::English);
        let sums =
            "app: 9.00 kB predicted, 7.00 kB saved, 500 B added; image size 20.0 kB → 13.5 kB (−6.50 kB)\n";
        assert!(english.starts_with(sums), "{english}");
        assert!(english.contains("remaining") && english.contains("2.00 kB"), "{english}");
        assert!(english.contains("content: A | b (1.00 kB moved to another path)"), "{english}");
        assert!(english.contains("−7.00 kB  saved: Files stored again"), "{english}");
        assert!(
            english.ends_with("+500 B  added: files in /opt/d\n   13.5 kB  image size after\n"),
            "{english}"
        );
        assert!(english.contains("content: A | b") && english.contains("Build logs"), "{english}");
        let markdown = markdown(&progress, Language::English);
        assert!(markdown.contains("| partly fixed | Files stored again"), "{markdown}");
        assert!(markdown.contains("content: A \\| b (1.00 kB moved to another path) |"), "{markdown}");
        assert!(markdown.contains("| +500 B | added: files in /opt/d |"), "{markdown}");
        let spanish = text(&progress, Language::Spanish);
        assert!(
            spanish.starts_with("app: 9,00 kB previstos, 7,00 kB ahorrados, 500 B añadidos; tamaño"),
            "{spanish}"
        );
    }
}
