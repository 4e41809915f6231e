//! Findings as text and Markdown: waste in images, what it costs, and the lines that fix it.

use std::fmt::Write as _;

use plimsoll_analysis::findings::{AcceptedFinding, Advice, Evidence, Finding, Fix, FixKind, StackAdvice};
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
    if !advice.accepted.is_empty() {
        push(&mut text, &accepted_text(&advice.accepted, language));
    }
    text
}

/// The accepted findings, one line each: what was found, and why it need not be fixed.
#[must_use]
pub(crate) fn accepted_text(accepted: &[AcceptedFinding], language: Language) -> String {
    if accepted.is_empty() {
        return String::new();
    }
    let mut text = format!("  {}\n", accepted_summary(accepted, language));
    let mut rows = table(&[]);
    for one in accepted {
        let title = (language.words().messages.headline)(&one.finding.headline);
        rows.add_row([
            size(&one.finding, language),
            shorten(&one_line(&title), CELL),
            one.finding.fingerprint().short(),
            shorten(&one_line(&acceptance(one, language)), CELL),
        ]);
    }
    align_right(&mut rows, &[0]);
    for line in indented(&rows).lines() {
        let _ = writeln!(text, "  {line}");
    }
    text
}

/// `Accepted: 2 findings`.
fn accepted_summary(accepted: &[AcceptedFinding], language: Language) -> String {
    let findings = language.many(accepted.len() as u64, &language.words().finding);
    (language.words().findings_report.accepted)(&findings)
}

/// Why a finding is accepted, and until when.
fn acceptance(accepted: &AcceptedFinding, language: Language) -> String {
    match accepted.until {
        Some(day) => (language.words().findings_report.until)(&accepted.reason, &day.to_string()),
        None => accepted.reason.clone(),
    }
}

/// The accepted findings, folded.
#[must_use]
pub(crate) fn accepted_markdown(accepted: &[AcceptedFinding], language: Language) -> String {
    if accepted.is_empty() {
        return String::new();
    }
    let words = &language.words().findings_report;
    let summary = accepted_summary(accepted, language);
    let mut text = format!(
        "<details><summary>{summary}</summary>\n\n| {} | {} | | |\n|---:|---|---|---|\n",
        words.bytes_head, words.finding_head
    );
    for one in accepted {
        let title = escaped(&(language.words().messages.headline)(&one.finding.headline));
        let fingerprint = one.finding.fingerprint().short();
        let reason = escaped(&acceptance(one, language));
        let _ = writeln!(text, "| {} | {title} | `{fingerprint}` | {reason} |", size(&one.finding, language));
    }
    text.push_str("\n</details>\n\n");
    text
}

fn service_text(advice: &Advice, language: Language) -> String {
    let mut text = format!("{}\n  {}\n", one_line(&advice.service), summary(advice, language));
    for finding in &advice.findings {
        let _ = write!(text, "\n{}", finding_text(finding, language));
    }
    if advice.more > 0 {
        let _ = writeln!(text, "\n  {}", (language.words().and_more)(&count(advice.more)));
    }
    if !advice.accepted.is_empty() {
        let _ = write!(text, "\n{}", accepted_text(&advice.accepted, language));
    }
    text
}

/// `6.17 GB: 12 findings, saving 3.90 GB; 4.31 GB with those that are possibly intentional`.
fn summary(advice: &Advice, language: Language) -> String {
    let words = &language.words().findings_report;
    let [size, saving, possible] = [advice.size_bytes, advice.saving, advice.possible_saving]
        .map(|bytes| language.bytes(bytes).to_string());
    if advice.findings.is_empty() && advice.more == 0 {
        return (words.none)(&size);
    }
    let findings = advice.findings.len() as u64 + advice.more;
    let findings = language.many(findings, &language.words().finding);
    let mut text = (words.saving)(&size, &findings, &saving);
    // The same figure is not shown twice.
    if possible != saving {
        text.push_str(&(words.possible)(&possible));
    }
    text
}

fn finding_text(finding: &Finding, language: Language) -> String {
    let (words, messages) = (&language.words().findings_report, &language.words().messages);
    let mut text =
        format!("  {}  {}\n", size(finding, language), one_line(&(messages.headline)(&finding.headline)));
    let _ = writeln!(
        text,
        "    {} · {} {} · {} {} · {}",
        finding.rule,
        words.severity,
        (language.words().severity)(finding.severity),
        words.confidence,
        (words.level)(finding.confidence),
        finding.fingerprint().short()
    );
    let mut rows = table(&[]);
    for evidence in finding.evidence.iter().take(SHOWN) {
        let note = evidence.note.as_ref().map(messages.note).unwrap_or_default();
        rows.add_row([
            evidence_size(evidence, language),
            shorten(&one_line(&(messages.subject)(&evidence.subject)), CELL),
            evidence.line.map(|line| (words.line)(&line.to_string())).unwrap_or_default(),
            shorten(&one_line(&note), CELL),
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
        let place = (language.words().fix_kind)(fix.kind);
        let _ = writeln!(text, "    {place}: {}", (messages.action)(fix.action));
        for line in fix.replaces.iter().flat_map(|old| old.lines()) {
            let _ = writeln!(text, "      - {}", one_line(line));
        }
        // Lines to paste are visible characters only, and are shown to the letter.
        for line in fix.lines.lines() {
            let sign = if fix.replaces.is_some() { "+ " } else { "" };
            let _ = writeln!(text, "      {sign}{line}");
        }
    }
    for unfit in &finding.left_out {
        let _ = writeln!(text, "    {}", one_line(&(messages.unfit)(unfit)));
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
pub fn markdown(advice: &StackAdvice, language: Language) -> String {
    let mut text = String::new();
    for service in &advice.services {
        let _ =
            write!(text, "## {}\n\n{}\n\n", escaped(&service.service), escaped(&summary(service, language)));
        text.push_str(&findings_markdown(&service.findings, language));
        if service.more > 0 {
            let _ = writeln!(text, "{}\n", (language.words().and_more)(&count(service.more)));
        }
        text.push_str(&accepted_markdown(&service.accepted, language));
    }
    if !advice.stack.is_empty() {
        let _ = write!(text, "## {}\n\n", language.words().findings_report.all_services);
        text.push_str(&findings_markdown(&advice.stack, language));
    }
    text.push_str(&accepted_markdown(&advice.accepted, language));
    text
}

fn findings_markdown(findings: &[Finding], language: Language) -> String {
    if findings.is_empty() {
        return String::new();
    }
    let (words, messages) = (&language.words().findings_report, &language.words().messages);
    let mut text = format!(
        "| {} | {} | {} | {} |\n|---:|---|---|---|\n",
        words.saves_head, words.finding_head, words.severity, words.confidence
    );
    for finding in findings {
        let title = escaped(&(messages.headline)(&finding.headline));
        let severity = (language.words().severity)(finding.severity);
        let confidence = (words.level)(finding.confidence);
        let _ = writeln!(text, "| {} | {title} | {severity} | {confidence} |", size(finding, language));
    }
    text.push('\n');
    for finding in findings {
        let title = escaped_html(&(messages.headline)(&finding.headline));
        let _ = write!(text, "<details><summary>{}: {title}</summary>\n\n", size(finding, language));
        let _ = writeln!(text, "`{}` · `{}`\n", finding.rule, finding.fingerprint().short());
        let _ = writeln!(text, "| {} | {} | |\n|---:|---|---|", words.bytes_head, words.place_head);
        for evidence in finding.evidence.iter().take(SHOWN) {
            let line = evidence.line.map(|line| (words.line)(&line.to_string()));
            let note = evidence.note.as_ref().map(|note| escaped(&(messages.note)(note)));
            let note = line.into_iter().chain(note).collect::<Vec<_>>().join(". ");
            let subject = code(&shorten(&one_line(&(messages.subject)(&evidence.subject)), CELL));
            let _ = writeln!(text, "| {} | {subject} | {note} |", evidence_size(evidence, language));
        }
        if let Some(more) = more(finding, language) {
            let _ = writeln!(text, "\n{more}");
        }
        for fix in &finding.fixes {
            text.push_str(&fix_markdown(fix, language));
        }
        for unfit in &finding.left_out {
            let _ = writeln!(text, "\n{}", escaped(&(messages.unfit)(unfit)));
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
    let (place, action) =
        ((language.words().fix_kind)(fix.kind), (language.words().messages.action)(fix.action));
    format!("\n{place}: {}\n\n{fence}{syntax}\n{lines}{fence}\n", escaped(action))
}

fn size(finding: &Finding, language: Language) -> String {
    match finding.saving {
        Bytes::ZERO => "–".to_owned(),
        saving => language.bytes(saving).to_string(),
    }
}

fn evidence_size(evidence: &Evidence, language: Language) -> String {
    match evidence.bytes {
        Bytes::ZERO => String::new(),
        bytes => language.bytes(bytes).to_string(),
    }
}

fn more(finding: &Finding, language: Language) -> Option<String> {
    let shown = finding.evidence.len().min(SHOWN) as u64;
    let more = finding.evidence_count.saturating_sub(shown);
    (more > 0).then(|| (language.words().and_more)(&count(more)))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use plimsoll_analysis::findings::{Action, Confidence, Headline, Identity, RuleId, Severity, Subject};
    use plimsoll_analysis::lines::{Unfit, ValueKind};

    use super::*;

    fn advice() -> StackAdvice {
        let finding = Finding {
            rule: RuleId::RewrittenFiles,
            service: "app".into(),
            headline: Headline::DeletedLater { by: Some("RUN a | b".into()) },
            severity: Severity::High,
            confidence: Confidence::Medium,
            saving: Bytes(2_000_000),
            evidence: vec![Evidence {
                subject: Subject::Path { path: "a/b".into() },
                bytes: Bytes(2_000_000),
                layer: None,
                instruction: None,
                line: None,
                note: None,
            }],
            evidence_count: 3,
            fixes: vec![Fix::instead_of("RUN a", Action::ClearCache, "RUN a \\\n && b")],
            left_out: vec![Unfit { what: ValueKind::User, value: "x".into() }],
            inodes: Arc::default(),
            parts: Arc::default(),
            identity: Identity::default(),
        };
        let advice = Advice {
            service: "app".into(),
            size_bytes: Bytes(10_000_000),
            saving: Bytes(2_000_000),
            possible_saving: Bytes(2_000_000),
            findings: vec![finding],
            accepted: Vec::new(),
            more: 0,
        };
        StackAdvice { services: vec![advice], stack: Vec::new(), accepted: Vec::new() }
    }

    #[test]
    fn text_has_all_there_is_to_do() {
        let expected = "app
  10.0 MB: 1 finding, saving 2.00 MB

  2.00 MB  Files of lower layers deleted or replaced: RUN a | b
    rewritten-files · severity high · confidence medium · a93770cec9e2
    2.00 MB  a/b
    2 more
    Dockerfile: or delete the cache in the instruction that fills it
      - RUN a
      + RUN a \\
      +  && b
    no line suggested for `x`: not a valid user name
";
        assert_eq!(text(&advice(), Language::English), expected);
    }

    #[test]
    fn text_speaks_the_language_that_was_asked_for() {
        let expected = "app
  10,0 MB: 1 hallazgo, ahorro de 2,00 MB

  2,00 MB  Archivos de capas inferiores borrados o sustituidos: RUN a | b
    rewritten-files · gravedad alta · confianza media · a93770cec9e2
    2,00 MB  a/b
    2 más
    Dockerfile: o borre la caché en la instrucción que la llena
      - RUN a
      + RUN a \\
      +  && b
    no se sugiere ninguna línea para `x`: no es un nombre válido de usuario
";
        assert_eq!(text(&advice(), Language::Spanish), expected);
    }

    #[test]
    fn accepted_findings_are_folded_with_their_reason() {
        let mut advice = advice();
        let service = &mut advice.services[0];
        let finding = service.findings.remove(0);
        let until = Some("2026-12-31".parse().unwrap());
        service.accepted = vec![AcceptedFinding { finding, reason: "kept | for audits".into(), until }];
        let english = text(&advice, Language::English);
        assert!(
            english.starts_with("app\n  10.0 MB: no waste found\n\n  Accepted: 1 finding\n"),
            "{english}"
        );
        assert!(english.contains("kept | for audits (until 2026-12-31)"), "{english}");
        let spanish = markdown(&advice, Language::Spanish);
        assert!(spanish.contains("<details><summary>Aceptados: 1 hallazgo</summary>"), "{spanish}");
        assert!(spanish.contains("| kept \\| for audits (hasta el 2026-12-31) |"), "{spanish}");
    }

    #[test]
    fn markdown_folds_the_details() {
        let markdown = markdown(&advice(), Language::English);
        assert!(markdown.contains("deleted or replaced: RUN a \\| b | high | medium |"), "{markdown}");
        assert!(markdown.contains("```diff\n-RUN a\n+RUN a \\\n+ && b\n```\n\nno line suggested for"));
    }
}
