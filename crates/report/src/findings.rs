//! Findings as text and Markdown: what is in images without need, what it would save, and the lines that mend it.

use std::fmt::Write as _;

use plimsoll_analysis::findings::{Advice, Evidence, Finding, Fix, FixKind, StackAdvice};
use plimsoll_snapshot::Bytes;

use crate::format::{count, one_line, shorten};
use crate::language::Language;
use crate::markup::{code, escaped, escaped_html};
use crate::table::{align_right, indented, push, table};

/// The width that a path, an instruction or a note is cut to.
const CELL: usize = 72;
/// The examples of a finding that are shown. The JSON has more.
const SHOWN: usize = 5;

/// The findings of every service.
#[must_use]
pub fn text(advice: &StackAdvice, language: Language) -> String {
    let mut text = String::new();
    for service in &advice.services {
        push(&mut text, &service_text(service, language));
    }
    for finding in &advice.stack {
        push(&mut text, &format!("{}\n{}", one_line(&finding.service), finding_text(finding, language)));
    }
    text
}

fn service_text(advice: &Advice, language: Language) -> String {
    let mut text = format!("{}\n  {}\n", one_line(&advice.service), summary(advice, language));
    for finding in &advice.findings {
        let _ = write!(text, "\n{}", finding_text(finding, language));
    }
    text
}

/// `6.17 GB: 12 findings would save 4.31 GB; 4.80 GB with what is possibly intentional`.
fn summary(advice: &Advice, language: Language) -> String {
    let words = language.words();
    let size = language.bytes(advice.size_bytes).to_string();
    if advice.findings.is_empty() {
        return (words.terminal.no_findings)(&size);
    }
    let found = language.many(advice.findings.len() as u64, &words.finding);
    let [saving, possible] =
        [advice.saving, advice.possible_saving].map(|bytes| language.bytes(bytes).to_string());
    let sure = (words.terminal.would_save)(&size, &found, &saving);
    // The same figure twice says nothing twice.
    if possible == saving { sure } else { format!("{sure}; {}", (words.terminal.possibly_saves)(&possible)) }
}

fn finding_text(finding: &Finding, language: Language) -> String {
    let words = language.words();
    let title = one_line(&language.sentence(&finding.title));
    let mut text = format!("  {}  {title}\n", size(finding, language));
    let (severity, confidence) = sureness(finding, language);
    let _ = writeln!(text, "    {} · {}", finding.rule, (words.terminal.how_sure)(severity, confidence));
    let mut rows = table(&[]);
    for evidence in finding.evidence.iter().take(SHOWN) {
        let note = evidence.note.as_ref().map(|note| one_line(&language.sentence(note)));
        rows.add_row([
            evidence_size(evidence, language).unwrap_or_default(),
            shorten(&one_line(&evidence.subject), CELL),
            line(evidence, language).unwrap_or_default(),
            shorten(&note.unwrap_or_default(), CELL),
        ]);
    }
    align_right(&mut rows, &[0]);
    for line in indented(&rows).lines() {
        let _ = writeln!(text, "  {line}");
    }
    if let Some(more) = more(finding, language) {
        let _ = writeln!(text, "    {more}");
    }
    for fix in &finding.fixes {
        let _ =
            writeln!(text, "    {}: {}", (words.fix_kind)(fix.kind), one_line(&language.sentence(&fix.does)));
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
        let _ = writeln!(text, "    {}", one_line(&language.sentence(reason)));
    }
    text
}

/// A line of the image without what a terminal would obey, with its indentation.
fn indent_kept(line: &str) -> String {
    let indent = line.len() - line.trim_start_matches(' ').len();
    format!("{}{}", " ".repeat(indent), one_line(line))
}

/// The same for a pull request.
#[must_use]
pub fn markdown(advice: &StackAdvice, language: Language) -> String {
    let mut text = String::new();
    for service in &advice.services {
        let _ =
            write!(text, "## {}\n\n{}\n\n", escaped(&service.service), escaped(&summary(service, language)));
        text.push_str(&findings_markdown(&service.findings, language));
    }
    if !advice.stack.is_empty() {
        let _ = write!(text, "## {}\n\n", language.words().findings_stack);
        text.push_str(&findings_markdown(&advice.stack, language));
    }
    text
}

fn findings_markdown(findings: &[Finding], language: Language) -> String {
    if findings.is_empty() {
        return String::new();
    }
    let words = &language.words().terminal;
    let mut text = format!(
        "| {} | {} | {} | {} |\n|---:|---|---|---|\n",
        words.saves,
        language.words().finding.one,
        words.severity,
        words.confidence_head
    );
    for finding in findings {
        let title = escaped(&language.sentence(&finding.title));
        let (severity, confidence) = sureness(finding, language);
        let _ = writeln!(text, "| {} | {title} | {severity} | {confidence} |", size(finding, language));
    }
    text.push('\n');
    for finding in findings {
        let title = escaped_html(&language.sentence(&finding.title));
        let _ = write!(text, "<details><summary>{}: {title}</summary>\n\n", size(finding, language));
        let _ = writeln!(text, "| {} | {} | |\n|---:|---|---|", language.words().bytes_head, words.place);
        for evidence in finding.evidence.iter().take(SHOWN) {
            let line = line(evidence, language).map(|line| format!("{line}. ")).unwrap_or_default();
            let note =
                evidence.note.as_ref().map(|note| escaped(&language.sentence(note))).unwrap_or_default();
            let note = format!("{line}{note}");
            let subject = code(&shorten(&one_line(&evidence.subject), CELL));
            let _ = writeln!(
                text,
                "| {} | {subject} | {note} |",
                evidence_size(evidence, language).unwrap_or_default()
            );
        }
        if let Some(more) = more(finding, language) {
            let _ = writeln!(text, "\n{more}");
        }
        for fix in &finding.fixes {
            text.push_str(&fix_markdown(fix, language));
        }
        for reason in &finding.left_out {
            let _ = writeln!(text, "\n{}", escaped(&language.sentence(reason)));
        }
        text.push_str("\n</details>\n\n");
    }
    text
}

fn fix_markdown(fix: &Fix, language: Language) -> String {
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
    let syntax = match fix.kind {
        _ if fix.replaces.is_some() => "diff",
        FixKind::Dockerfile => "dockerfile",
        FixKind::Compose => "yaml",
        FixKind::Requirements => "diff",
        FixKind::Command => "sh",
        FixKind::Dockerignore => "",
    };
    format!(
        "\n{}: {}\n\n{fence}{syntax}\n{lines}{fence}\n",
        (language.words().fix_kind)(fix.kind),
        escaped(&language.sentence(&fix.does))
    )
}

fn size(finding: &Finding, language: Language) -> String {
    match finding.saving {
        Bytes::ZERO => "–".to_owned(),
        saving => language.bytes(saving).to_string(),
    }
}

fn evidence_size(evidence: &Evidence, language: Language) -> Option<String> {
    (evidence.bytes != Bytes::ZERO).then(|| language.bytes(evidence.bytes).to_string())
}

fn line(evidence: &Evidence, language: Language) -> Option<String> {
    evidence.line.map(|line| (language.words().terminal.line)(&line.to_string()))
}

fn more(finding: &Finding, language: Language) -> Option<String> {
    let shown = finding.evidence.len().min(SHOWN) as u64;
    let more = finding.evidence_count.saturating_sub(shown);
    (more > 0).then(|| (language.words().terminal.and_more)(&count(more)))
}

/// The severity and the confidence of a finding.
fn sureness(finding: &Finding, language: Language) -> (&'static str, &'static str) {
    let words = language.words();
    ((words.severity)(finding.severity), (words.terminal.confidence)(finding.confidence))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use plimsoll_analysis::findings::{Confidence, Severity};

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
        assert_eq!(text(&advice(), Language::English), expected);
    }

    #[test]
    fn markdown_folds_the_details() {
        let markdown = markdown(&advice(), Language::English);
        assert!(markdown.contains("| 2.00 MB | Something \\| odd | high | medium |"));
        assert!(markdown.contains("```diff\n-RUN a\n+RUN a \\\n+ && b\n```\n\nno line is suggested\n"));
    }
}
