//! A finding as trackers of issues take it: a place and a message.

use plimsoll_analysis::findings::{Finding, StackAdvice};
use plimsoll_snapshot::Bytes;

use super::Place;
use crate::format::{one_line, shorten};
use crate::language::Language;

/// The width that a path or an instruction is cut to.
const CELL: usize = 120;
/// The examples that a message names.
const SHOWN: usize = 3;

/// A finding with its place.
pub(super) struct Issue<'a> {
    pub(super) finding: &'a Finding,
    /// The Dockerfile; the name of the service where none is known.
    pub(super) path: String,
    /// The line of the Dockerfile; the first one where a finding has none.
    pub(super) line: u32,
    /// The finding in one line.
    pub(super) title: String,
    /// The title with examples and the first fix.
    pub(super) message: String,
}

/// All open findings, those of several services last.
pub(super) fn issues<'a>(advice: &'a StackAdvice, place: Place<'_>, language: Language) -> Vec<Issue<'a>> {
    let findings = advice.services.iter().flat_map(|service| &service.findings).chain(&advice.stack);
    findings.map(|finding| issue(finding, place, language)).collect()
}

/// A finding, wherever it comes from.
pub(super) fn issue<'a>(finding: &'a Finding, place: Place<'_>, language: Language) -> Issue<'a> {
    Issue {
        finding,
        path: place(&finding.service).unwrap_or_else(|| one_line(&finding.service)),
        line: finding.evidence.iter().find_map(|evidence| evidence.line).unwrap_or(1).max(1),
        title: title(finding, language),
        message: message(finding, language),
    }
}

/// `Cache of apt: 45.2 MB`.
fn title(finding: &Finding, language: Language) -> String {
    let title = one_line(&(language.words().messages.headline)(&finding.headline));
    match finding.saving {
        Bytes::ZERO => title,
        saving => format!("{title}: {}", language.bytes(saving)),
    }
}

fn message(finding: &Finding, language: Language) -> String {
    let messages = &language.words().messages;
    let mut parts = vec![title(finding, language)];
    let examples = finding.evidence.iter().take(SHOWN).map(|evidence| {
        let subject = shorten(&one_line(&(messages.subject)(&evidence.subject)), CELL);
        match evidence.bytes {
            Bytes::ZERO => subject,
            bytes => format!("{subject} ({})", language.bytes(bytes)),
        }
    });
    let examples: Vec<String> = examples.collect();
    if !examples.is_empty() {
        parts.push(examples.join(", "));
    }
    if let Some(fix) = finding.fixes.first() {
        parts.push(format!("{}: {}", (language.words().fix_kind)(fix.kind), (messages.action)(fix.action)));
    }
    one_line(&parts.join(". "))
}
