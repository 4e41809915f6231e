//! What makes two findings of different builds the same: their fingerprint.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use plimsoll_snapshot::Order as _;
use serde::{Serialize, Serializer};
use sha2::{Digest as _, Sha256};

use super::finding::Finding;
use super::rule_id::RuleId;

/// What a finding is about, without its service. It stays as lines, layers and sizes change.
///
/// It consists of the rule and the headline. Findings about security add their examples: a secret that comes later is
/// another finding, so nobody accepts it unseen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity([u8; 16]);

/// The same finding of another build has the same one: 32 hexadecimal digits, made of the service and the [`Identity`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; 16]);

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

/// The beginning of a SHA-256. The length of each part is hashed too, so no two lists of parts are the same bytes.
fn hash(parts: &[&[u8]]) -> [u8; 16] {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    let mut start = [0; 16];
    start.copy_from_slice(&hasher.finalize()[..16]);
    start
}

impl Fingerprint {
    /// The digits that name it in text, and that a target file needs.
    pub const SHORT: usize = 12;

    /// The first digits.
    #[must_use]
    pub fn short(self) -> String {
        self.to_string()[..Self::SHORT].to_owned()
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let mut text = String::with_capacity(32);
        write!(text, "{self}").expect("a string takes everything");
        out.serialize_str(&text)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Fingerprint {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Fingerprint".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "The same for the same finding of another build.",
            "type": "string",
            "pattern": "^[0-9a-f]{32}$",
        })
    }
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
        // Target files and trackers remember it: whoever changes it has to tell them.
        assert_eq!(fingerprint.to_string(), "a9f7b32e56c8fb5c99d39ebd59408c1d");
        assert_eq!(fingerprint.short(), "a9f7b32e56c8");
    }
}
