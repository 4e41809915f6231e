//! Gives findings their identity and their fingerprint.

use std::collections::BTreeMap;

use plimsoll_snapshot::Order as _;

use super::finding::Finding;
use super::fingerprint::{Fingerprint, Identity, hash};
use super::rule_id::RuleId;

impl Finding {
    /// Its fingerprint, in a service or a stack.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint(hash(&[self.service.as_bytes(), &self.identity.0]))
    }
}

/// Gives each finding of a service its identity. Of several that are otherwise the same, each has a number, in the order of
/// their examples: the largest may be another one in the next build.
pub(super) fn identify(findings: &mut [Finding]) {
    let mut alike: BTreeMap<[u8; 16], Vec<usize>> = BTreeMap::new();
    for (place, finding) in findings.iter().enumerate() {
        alike.entry(plain(finding)).or_default().push(place);
    }
    for (plain, mut places) in alike {
        places.order_by_key(|&place| findings[place].evidence.first().map(|one| one.subject.clone()));
        for (number, place) in places.into_iter().enumerate() {
            let number = u64::try_from(number).unwrap_or(u64::MAX).to_le_bytes();
            findings[place].identity = Identity(hash(&[&plain, &number]));
        }
    }
}

/// The identity of a finding without a number.
fn plain(finding: &Finding) -> [u8; 16] {
    let headline = serde_json::to_vec(&finding.headline).expect("a headline has keys and texts only");
    let mut subjects: Vec<_> = Vec::new();
    if is_about_security(finding.rule) {
        subjects.extend(finding.evidence.iter().map(|one| &one.subject));
        subjects.order();
    }
    let subjects = serde_json::to_vec(&subjects).expect("a subject has keys and texts only");
    // Examples are limited: a secret beyond them changes their number.
    let count = if is_about_security(finding.rule) { finding.evidence_count } else { 0 };
    hash(&[finding.rule.as_str().as_bytes(), &headline, &subjects, &count.to_le_bytes()])
}

/// Rules whose findings are risks: each example counts for itself.
const fn is_about_security(rule: RuleId) -> bool {
    matches!(rule, RuleId::Secrets | RuleId::SetuidFiles)
}

#[cfg(test)]
mod tests {
    use plimsoll_snapshot::Bytes;

    use super::*;
    use crate::findings::{Evidence, Headline, Subject};

    fn example(path: &str) -> Evidence {
        Evidence {
            subject: Subject::Path { path: path.to_owned() },
            bytes: Bytes(1),
            layer: Some(1),
            instruction: None,
            line: Some(1),
            note: None,
        }
    }

    fn finding(rule: RuleId, headline: Headline, paths: &[&str]) -> Finding {
        let evidence: Vec<_> = paths.iter().map(|path| example(path)).collect();
        let evidence_count = evidence.len() as u64;
        Finding { evidence, evidence_count, ..Finding::new(rule, "app", headline) }
    }

    fn fingerprints(mut findings: Vec<Finding>) -> Vec<Fingerprint> {
        identify(&mut findings);
        findings.iter().map(Finding::fingerprint).collect()
    }

    #[test]
    fn sizes_lines_and_examples_do_not_count() {
        let before = finding(RuleId::LogFiles, Headline::LogFiles, &["a", "b"]);
        let mut after = finding(RuleId::LogFiles, Headline::LogFiles, &["c"]);
        (after.saving, after.evidence[0].line) = (Bytes(9), Some(7));
        assert_eq!(fingerprints(vec![before.clone()]), fingerprints(vec![after]));
        let other = Finding { service: "worker".into(), ..before.clone() };
        assert_ne!(fingerprints(vec![before]), fingerprints(vec![other]));
    }

    #[test]
    fn another_secret_is_another_finding() {
        let one = finding(RuleId::Secrets, Headline::Secrets, &["a.key", "b.key"]);
        let turned = finding(RuleId::Secrets, Headline::Secrets, &["b.key", "a.key"]);
        let more = finding(RuleId::Secrets, Headline::Secrets, &["a.key", "b.key", "c.key"]);
        assert_eq!(fingerprints(vec![one.clone()]), fingerprints(vec![turned]));
        assert_ne!(fingerprints(vec![one]), fingerprints(vec![more]));
    }

    #[test]
    fn findings_that_say_the_same_keep_their_numbers() {
        let headline = Headline::DeletedLater { by: Some("RUN rm".into()) };
        let [a, b] = ["a", "b"].map(|path| finding(RuleId::RewrittenFiles, headline.clone(), &[path]));
        let before = fingerprints(vec![a.clone(), b.clone()]);
        let after = fingerprints(vec![b, a]);
        assert_eq!((before[0], before[1]), (after[1], after[0]));
        assert_ne!(before[0], before[1]);
    }

    #[test]
    fn a_fingerprint_is_written_as_digits() {
        let fingerprint = fingerprints(vec![finding(RuleId::RootUser, Headline::RootUser, &[])])[0];
        // Target files and trackers remember it: a change of it has to be announced.
        assert_eq!(fingerprint.to_string(), "a9f7b32e56c8fb5c99d39ebd59408c1d");
        assert_eq!(fingerprint.short(), "a9f7b32e56c8");
    }
}
