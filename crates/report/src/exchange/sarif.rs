//! Findings as SARIF 2.1.0 (OASIS, "Static Analysis Results Interchange Format"), which code hosts show beside the lines of a
//! Dockerfile.

use std::io::{self, Write};

use plimsoll_analysis::findings::{Confidence, Finding, RULES, RuleId, Severity, StackAdvice};
use serde_json::{Value, json};

use super::Place;
use super::issue::{Issue, issues};
use crate::json_text;
use crate::language::Language;

/// Writes findings. `version` is that of the program.
pub fn findings(
    advice: &StackAdvice,
    place: Place<'_>,
    version: &str,
    language: Language,
    mut out: impl Write,
) -> io::Result<()> {
    let issues = issues(advice, place, language);
    let document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "Plimsoll",
                "semanticVersion": version,
                "rules": RULES.iter().map(|rule| descriptor(rule.id, language)).collect::<Vec<_>>(),
            }},
            "language": language.tag(),
            "columnKind": "unicodeCodePoints",
            "results": issues.iter().map(result).collect::<Vec<_>>(),
        }],
    });
    json_text::write(&document, &mut out)?;
    out.write_all(b"\n")
}

fn descriptor(id: RuleId, language: Language) -> Value {
    let words = language.rule(id);
    json!({
        "id": id.as_str(),
        "shortDescription": { "text": words.title },
        "fullDescription": { "text": words.why },
        "help": { "text": format!("{}\n\n{}", words.how, words.limits) },
        "properties": { "tags": [if is_about_security(id) { "security" } else { "size" }] },
    })
}

fn is_about_security(id: RuleId) -> bool {
    matches!(id, RuleId::Secrets | RuleId::RootUser | RuleId::SetuidFiles)
}

fn result(issue: &Issue<'_>) -> Value {
    let finding = issue.finding;
    json!({
        "ruleId": finding.rule.as_str(),
        "ruleIndex": RULES.iter().position(|rule| rule.id == finding.rule),
        "level": level(finding),
        "message": { "text": without_links(&issue.message) },
        "locations": [{
            "physicalLocation": {
                "artifactLocation": { "uri": reference(&issue.path) },
                "region": { "startLine": issue.line },
            },
            "logicalLocations": [{ "name": finding.service, "kind": "module" }],
        }],
        "partialFingerprints": { "plimsoll/v1": issue.fingerprint },
        "properties": {
            "service": finding.service,
            "severity": finding.severity,
            "confidence": finding.confidence,
            "savingBytes": finding.saving,
        },
    })
}

/// A finding that is possibly intentional is a note, whatever it costs.
fn level(finding: &Finding) -> &'static str {
    match (finding.confidence, finding.severity) {
        (Confidence::Low, _) | (_, Severity::Low) => "note",
        (_, Severity::Medium) => "warning",
        (_, Severity::High) => "error",
    }
}

/// A message in which nothing is a link (section 3.11.6).
fn without_links(text: &str) -> String {
    text.replace("](", "] (")
}

/// A path as a relative reference (RFC 3986): every other byte is escaped, and no first part is taken for a scheme.
fn reference(path: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    let escaped =
        |byte: u8| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    path.trim_start_matches('/').bytes().map(escaped).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_relative_reference_whatever_it_holds() {
        assert_eq!(reference("docker/Dockerfile"), "docker/Dockerfile");
        assert_eq!(reference("//evil:80/ñ #?"), "evil%3A80/%C3%B1%20%23%3F");
    }
}
