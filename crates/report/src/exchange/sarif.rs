//! Findings as SARIF 2.1.0 (OASIS, "Static Analysis Results Interchange Format"), which code hosts show beside the lines of a
//! Dockerfile.

use std::io::{self, Write};

use plimsoll_analysis::findings::{
    AcceptedFinding, Confidence, Finding, Outcome, Progress, RULES, RuleId, Severity, StackAdvice,
};
use serde_json::{Value, json};

use super::Place;
use super::issue::{Issue, issue, issues};
use crate::json_text;
use crate::language::Language;

/// Writes findings. `version` is that of the program.
///
/// # Errors
///
/// Those of `out`.
pub fn findings(
    advice: &StackAdvice,
    place: Place<'_>,
    version: &str,
    language: Language,
    out: impl Write,
) -> io::Result<()> {
    let open = issues(advice, place, language);
    let open = open.iter().map(result);
    let of_services = advice.services.iter().flat_map(|service| &service.accepted);
    let accepted = of_services.chain(&advice.accepted).map(|accepted| suppressed(accepted, place, language));
    write(&open.chain(accepted).collect::<Vec<_>>(), version, language, out)
}

/// Writes findings with their state since earlier ones: new, unchanged, updated, or absent.
///
/// # Errors
///
/// Those of `out`.
pub fn progress(
    progress: &Progress,
    place: Place<'_>,
    version: &str,
    language: Language,
    out: impl Write,
) -> io::Result<()> {
    let in_state = |finding: &Finding, state: &str| {
        let mut result = result(&issue(finding, place, language));
        result["baselineState"] = json!(state);
        result
    };
    let mut results = Vec::new();
    for service in &progress.services {
        let outcome = |finding: &Finding| {
            let fingerprint = finding.fingerprint();
            service.findings.iter().find(|one| one.finding.fingerprint() == fingerprint)
        };
        results.extend(service.new.iter().map(|finding| in_state(finding, "new")));
        results.extend(service.known.iter().map(|finding| match outcome(finding) {
            Some(before) if before.finding.saving == finding.saving => in_state(finding, "unchanged"),
            _ => in_state(finding, "updated"),
        }));
        let done = service.findings.iter().filter(|followed| followed.outcome == Outcome::Done);
        results.extend(done.map(|followed| in_state(&followed.finding, "absent")));
        results.extend(service.accepted.iter().map(|accepted| {
            let mut result = suppressed(accepted, place, language);
            result["baselineState"] = json!("unchanged");
            result
        }));
    }
    write(&results, version, language, out)
}

fn write(results: &[Value], version: &str, language: Language, mut out: impl Write) -> io::Result<()> {
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
            "results": results,
        }],
    });
    json_text::write(&document, &mut out)?;
    out.write_all(b"\n")
}

/// An accepted finding: a host does not show it as open.
fn suppressed(accepted: &AcceptedFinding, place: Place<'_>, language: Language) -> Value {
    let mut result = result(&issue(&accepted.finding, place, language));
    result["suppressions"] =
        json!([{ "kind": "external", "status": "accepted", "justification": accepted.reason }]);
    result
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
        "partialFingerprints": { "plimsoll/v2": finding.fingerprint() },
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
