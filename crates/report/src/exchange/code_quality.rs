//! Findings as GitLab's code quality report (GitLab, "Code Quality report format"): a list of issues.

use std::io::{self, Write};

use plimsoll_analysis::findings::{Confidence, Finding, RuleId, Severity, StackAdvice};
use serde_json::{Value, json};

use super::Place;
use super::issue::{Issue, issues};
use crate::json_text;
use crate::language::Language;

/// Writes findings.
pub fn findings(
    advice: &StackAdvice,
    place: Place<'_>,
    language: Language,
    mut out: impl Write,
) -> io::Result<()> {
    let issues: Vec<Value> = issues(advice, place, language).iter().map(issue).collect();
    json_text::write(&issues, &mut out)?;
    out.write_all(b"\n")
}

fn issue(issue: &Issue<'_>) -> Value {
    json!({
        "description": issue.message,
        "check_name": issue.finding.rule.as_str(),
        "fingerprint": issue.finding.fingerprint(),
        "severity": severity(issue.finding),
        // GitLab drops a path that begins with `./` or `/`.
        "location": { "path": issue.path.trim_start_matches("./").trim_start_matches('/'), "lines": { "begin": issue.line } },
    })
}

fn severity(finding: &Finding) -> &'static str {
    match (finding.confidence, finding.severity) {
        (Confidence::Low, _) | (_, Severity::Low) => "info",
        (_, Severity::Medium) => "minor",
        (_, Severity::High) if finding.rule == RuleId::Secrets => "critical",
        (_, Severity::High) => "major",
    }
}
