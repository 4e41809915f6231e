//! What became of findings, as text and Markdown: what each promised, what was really saved, what remains, what is new.

use std::fmt::Write as _;

use plimsoll_analysis::findings::{Finding, Followed, Outcome, Progress, ServiceProgress};

use crate::format::{bytes, one_line, shorten};
use crate::markup::escaped;
use crate::table::{align_right, indented, push, table};

/// The width that a title is cut to.
const TITLE: usize = 80;

/// What became of the findings of every service.
#[must_use]
pub fn text(progress: &Progress) -> String {
    let mut text = String::new();
    for service in &progress.services {
        push(&mut text, &service_text(service));
    }
    text
}

fn service_text(service: &ServiceProgress) -> String {
    let mut text = format!(
        "{}: {} promised, {} really saved\n",
        one_line(&service.service),
        bytes(service.predicted),
        bytes(service.saved)
    );
    let mut rows = table(&["promised", "saved", "remains", "", "finding"]);
    for followed in &service.findings {
        rows.add_row(row(followed));
    }
    rows.add_rows(service.new.iter().map(new_row));
    align_right(&mut rows, &[0, 1, 2]);
    text.push_str(&indented(&rows));
    text
}

/// The progress as Markdown.
#[must_use]
pub fn markdown(progress: &Progress) -> String {
    let mut text = String::new();
    for service in &progress.services {
        let (promised, saved) = (bytes(service.predicted), bytes(service.saved));
        let _ =
            writeln!(text, "## {}\n\n{promised} promised, {saved} really saved\n", escaped(&service.service));
        text.push_str("| promised | saved | remains | | finding |\n|---:|---:|---:|---|---|\n");
        for row in service.findings.iter().map(row).chain(service.new.iter().map(new_row)) {
            let _ = writeln!(text, "| {} |", row.map(|cell| escaped(&cell)).join(" | "));
        }
        text.push('\n');
    }
    text
}

fn new_row(finding: &Finding) -> [String; 5] {
    let found = bytes(finding.saving).to_string();
    ["–".to_owned(), "–".to_owned(), found, "new".to_owned(), title(finding)]
}

fn row(followed: &Followed) -> [String; 5] {
    let outcome = match followed.outcome {
        Outcome::Done => "done",
        Outcome::Part => "in part",
        Outcome::Open => "open",
    };
    [
        bytes(followed.finding.saving).to_string(),
        bytes(followed.saved).to_string(),
        bytes(followed.remains).to_string(),
        outcome.to_owned(),
        title(&followed.finding),
    ]
}

fn title(finding: &Finding) -> String {
    shorten(&one_line(&finding.title.to_string()), TITLE)
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
        let text = text(&progress);
        assert!(text.starts_with("app: 9.00 kB promised, 7.00 kB really saved\n"), "{text}");
        assert!(text.contains("in part  A | cache") && text.contains("new      Logs"), "{text}");
        let markdown = markdown(&progress);
        assert!(markdown.contains("| in part | A \\| cache |"), "{markdown}");
    }
}
