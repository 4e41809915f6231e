//! Findings as text and Markdown: waste in images, what it costs, and the lines that fix it.

use std::fmt::Write as _;

use plimsoll_analysis::findings::{
    Advice, Confidence, Evidence, Finding, Fix, FixKind, Severity, StackAdvice,
};
use plimsoll_snapshot::Bytes;

use crate::format::{bytes, count, one_line, shorten};
use crate::markup::{code, escaped, escaped_html};
use crate::table::{align_right, indented, push, table};

/// The width that a path, an instruction or a note is cut to.
const CELL: usize = 72;
/// The examples of a finding that are shown. The JSON has more.
const SHOWN: usize = 5;

/// The findings of every service.
#[must_use]
pub fn text(advice: &StackAdvice) -> String {
    let mut text = String::new();
    for service in &advice.services {
        push(&mut text, &service_text(service));
    }
    for finding in &advice.stack {
        push(&mut text, &format!("{}\n{}", one_line(&finding.service), finding_text(finding)));
    }
    text
}

fn service_text(advice: &Advice) -> String {
    let mut text = format!("{}\n  {}\n", one_line(&advice.service), summary(advice));
    for finding in &advice.findings {
        let _ = write!(text, "\n{}", finding_text(finding));
    }
    text
}

/// `6.17 GB: 12 findings would save 4.31 GB, of which 3.90 GB are sure or nearly so`.
fn summary(advice: &Advice) -> String {
    let size = bytes(advice.size_bytes);
    match advice.findings.len() {
        0 => format!("{size}: nothing was found"),
        found => {
            let noun = if found == 1 { "finding" } else { "findings" };
            let sure = format!("{size}: {} {noun} would save {}", count(found as u64), bytes(advice.saving));
            // The same figure twice says nothing twice.
            match bytes(advice.possible_saving) {
                possible if possible == bytes(advice.saving) => sure,
                possible => format!("{sure}; {possible} if what may be meant so goes too"),
            }
        }
    }
}

fn finding_text(finding: &Finding) -> String {
    let mut text = format!("  {}  {}\n", size(finding), one_line(&finding.title.to_string()));
    let _ = writeln!(
        text,
        "    {} · severity {} · confidence {}",
        finding.rule,
        severity(finding.severity),
        confidence(finding.confidence)
    );
    let mut rows = table(&[]);
    for evidence in finding.evidence.iter().take(SHOWN) {
        let note = evidence.note.as_ref().map(|note| one_line(&note.to_string())).unwrap_or_default();
        rows.add_row([
            evidence_size(evidence).unwrap_or_default(),
            shorten(&one_line(&evidence.subject), CELL),
            evidence.line.map(|line| format!("line {line}")).unwrap_or_default(),
            shorten(&note, CELL),
        ]);
    }
    align_right(&mut rows, &[0]);
    for line in indented(&rows).lines() {
        let _ = writeln!(text, "  {line}");
    }
    if let Some(more) = more(finding) {
        let _ = writeln!(text, "    {more}");
    }
    for fix in &finding.fixes {
        let _ = writeln!(text, "    {}: {}", place(fix.kind), one_line(&fix.does.to_string()));
        for line in fix.replaces.iter().flat_map(|old| old.lines()) {
            let _ = writeln!(text, "      - {}", one_line(line));
        }
        // Lines to paste are visible characters only, and are shown to the letter.
        for line in fix.lines.lines() {
            let sign = if fix.replaces.is_some() { "+ " } else { "" };
            let _ = writeln!(text, "      {sign}{line}");
        }
    }
    for reason in &finding.left_out {
        let _ = writeln!(text, "    {}", one_line(&reason.to_string()));
    }
    text
}

/// A line of the image without what a terminal would obey, with its indentation.
fn indent_kept(line: &str) -> String {
    let indent = line.len() - line.trim_start_matches(' ').len();
    format!("{}{}", " ".repeat(indent), one_line(line))
}

/// The findings as Markdown, for a pull request.
#[must_use]
pub fn markdown(advice: &StackAdvice) -> String {
    let mut text = String::new();
    for service in &advice.services {
        let _ = write!(text, "## {}\n\n{}\n\n", escaped(&service.service), escaped(&summary(service)));
        text.push_str(&findings_markdown(&service.findings));
    }
    if !advice.stack.is_empty() {
        text.push_str("## All services\n\n");
        text.push_str(&findings_markdown(&advice.stack));
    }
    text
}

fn findings_markdown(findings: &[Finding]) -> String {
    if findings.is_empty() {
        return String::new();
    }
    let mut text = "| saves | finding | severity | confidence |\n|---:|---|---|---|\n".to_owned();
    for finding in findings {
        let title = escaped(&finding.title.to_string());
        let (severity, confidence) = (severity(finding.severity), confidence(finding.confidence));
        let _ = writeln!(text, "| {} | {title} | {severity} | {confidence} |", size(finding));
    }
    text.push('\n');
    for finding in findings {
        let title = escaped_html(&finding.title.to_string());
        let _ = write!(text, "<details><summary>{}: {title}</summary>\n\n", size(finding));
        text.push_str("| bytes | where | |\n|---:|---|---|\n");
        for evidence in finding.evidence.iter().take(SHOWN) {
            let line = evidence.line.map(|line| format!("line {line}. ")).unwrap_or_default();
            let note = evidence.note.as_ref().map(|note| escaped(&note.to_string())).unwrap_or_default();
            let note = format!("{line}{note}");
            let subject = code(&shorten(&one_line(&evidence.subject), CELL));
            let _ =
                writeln!(text, "| {} | {subject} | {note} |", evidence_size(evidence).unwrap_or_default());
        }
        if let Some(more) = more(finding) {
            let _ = writeln!(text, "\n{more}");
        }
        for fix in &finding.fixes {
            text.push_str(&fix_markdown(fix));
        }
        for reason in &finding.left_out {
            let _ = writeln!(text, "\n{}", escaped(&reason.to_string()));
        }
        text.push_str("\n</details>\n\n");
    }
    text
}

fn fix_markdown(fix: &Fix) -> String {
    let mut lines = String::new();
    for line in fix.replaces.iter().flat_map(|old| old.lines()) {
        let _ = writeln!(lines, "-{}", indent_kept(line));
    }
    for line in fix.lines.lines() {
        let sign = if fix.replaces.is_some() { "+" } else { "" };
        let _ = writeln!(lines, "{sign}{line}");
    }
    // A fence that is longer than any in the lines.
    let longest = lines.split(|character| character != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat((longest + 1).max(3));
    let language = match fix.kind {
        _ if fix.replaces.is_some() => "diff",
        FixKind::Dockerfile => "dockerfile",
        FixKind::Compose => "yaml",
        FixKind::Requirements => "diff",
        FixKind::Command => "sh",
        FixKind::Dockerignore => "",
    };
    format!(
        "\n{}: {}\n\n{fence}{language}\n{lines}{fence}\n",
        place(fix.kind),
        escaped(&fix.does.to_string())
    )
}

fn size(finding: &Finding) -> String {
    match finding.saving {
        Bytes::ZERO => "–".to_owned(),
        saving => bytes(saving).to_string(),
    }
}

fn evidence_size(evidence: &Evidence) -> Option<String> {
    (evidence.bytes != Bytes::ZERO).then(|| bytes(evidence.bytes).to_string())
}

fn more(finding: &Finding) -> Option<String> {
    let shown = finding.evidence.len().min(SHOWN) as u64;
    let more = finding.evidence_count.saturating_sub(shown);
    (more > 0).then(|| format!("and {} more", count(more)))
}

fn place(kind: FixKind) -> &'static str {
    match kind {
        FixKind::Dockerfile => "Dockerfile",
        FixKind::Dockerignore => ".dockerignore",
        FixKind::Compose => "compose file",
        FixKind::Requirements => "list of requirements",
        FixKind::Command => "command",
    }
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Low => "low",
        Severity::Medium => "medium",
        Severity::High => "high",
    }
}

fn confidence(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Low => "low",
        Confidence::Medium => "medium",
        Confidence::High => "high",
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn advice() -> StackAdvice {
        let finding = Finding {
            rule: "a-rule",
            service: "app".into(),
            title: "Something | odd".into(),
            severity: Severity::High,
            confidence: Confidence::Medium,
            saving: Bytes(2_000_000),
            evidence: vec![Evidence {
                subject: "a/b".into(),
                bytes: Bytes(2_000_000),
                ..Evidence::default()
            }],
            evidence_count: 3,
            fixes: vec![Fix::instead_of("RUN a", "does it", "RUN a \\\n && b")],
            left_out: vec!["no line is suggested".into()],
            inodes: Arc::default(),
            parts: Arc::default(),
        };
        let advice = Advice {
            service: "app".into(),
            size_bytes: Bytes(10_000_000),
            saving: Bytes(2_000_000),
            possible_saving: Bytes(2_000_000),
            findings: vec![finding],
        };
        StackAdvice { services: vec![advice], stack: Vec::new() }
    }

    #[test]
    fn text_has_all_there_is_to_do() {
        let expected = "app
  10.0 MB: 1 finding would save 2.00 MB

  2.00 MB  Something | odd
    a-rule · severity high · confidence medium
    2.00 MB  a/b
    and 2 more
    Dockerfile: does it
      - RUN a
      + RUN a \\
      +  && b
    no line is suggested
";
        assert_eq!(text(&advice()), expected);
    }

    #[test]
    fn markdown_folds_the_details() {
        let markdown = markdown(&advice());
        assert!(markdown.contains("| 2.00 MB | Something \\| odd | high | medium |"));
        assert!(markdown.contains("```diff\n-RUN a\n+RUN a \\\n+ && b\n```\n\nno line is suggested\n"));
    }
}
