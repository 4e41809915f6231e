//! A finding: what was found, what shows it, what it would save, and its fixes.

use std::sync::Arc;

use plimsoll_snapshot::Bytes;
use serde::Serialize;

use super::evidence::Evidence;
use super::fingerprint::Identity;
use super::fixes::Fix;
use super::headline::Headline;
use super::rule_id::RuleId;
use crate::lines::Unfit;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Good to know.
    Low,
    /// Worth the work.
    Medium,
    /// The first thing to do.
    High,
}

/// How certain a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// Possibly intentional: look first.
    Low,
    /// True for nearly all images that look like this.
    Medium,
    /// It follows from the contents of the image.
    High,
}

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule that found it.
    pub rule: RuleId,
    /// The service it was found in; for a stack, the services, with commas.
    pub service: String,
    /// What was found.
    pub headline: Headline,
    /// How much it matters.
    pub severity: Severity,
    /// How certain it is.
    pub confidence: Confidence,
    /// The bytes that image size would shrink by.
    pub saving: Bytes,
    /// The largest examples.
    pub evidence: Vec<Evidence>,
    /// How many there are in all.
    pub evidence_count: u64,
    /// What to do about it, the best fix first.
    pub fixes: Vec<Fix>,
    /// Values that cannot be put into a suggested line, so that fixes, or parts of them, are left out.
    pub left_out: Vec<Unfit>,
    /// The inodes that would go, in order: indices into [`crate::Squashed::inodes`].
    pub inodes: Arc<[u32]>,
    /// Inodes of which only that many bytes would go: what `strip` removes.
    pub parts: Arc<[(u32, Bytes)]>,
    /// What it is about, whatever its sizes: see [`Finding::fingerprint`].
    pub identity: Identity,
}

impl Finding {
    /// The number of examples that a finding carries.
    pub const EXAMPLES: usize = 10;

    /// A finding that costs no bytes; the rest is filled in by the rule.
    pub(super) fn new(rule: RuleId, service: &str, headline: Headline) -> Self {
        Self {
            rule,
            service: service.to_owned(),
            headline,
            severity: severity_of(Bytes::ZERO),
            confidence: Confidence::High,
            saving: Bytes::ZERO,
            evidence: Vec::new(),
            evidence_count: 0,
            fixes: Vec::new(),
            left_out: Vec::new(),
            inodes: Arc::default(),
            parts: Arc::default(),
            identity: Identity::default(),
        }
    }

    /// Whether both say the same, be it about another service.
    pub(super) fn is_alike(&self, other: &Self) -> bool {
        Self { service: other.service.clone(), ..self.clone() } == *other
    }

    /// Every inode that it names, with the bytes that would go; `None` if the whole inode would.
    pub(super) fn named(&self) -> impl Iterator<Item = (u32, Option<Bytes>)> {
        let whole = self.inodes.iter().map(|&index| (index, None));
        whole.chain(self.parts.iter().map(|&(index, bytes)| (index, Some(bytes))))
    }

    /// The finding with evidence by groups.
    pub(super) fn with_groups(mut self, (evidence, count): (Vec<Evidence>, u64)) -> Self {
        (self.evidence, self.evidence_count) = (evidence, count);
        self
    }

    /// The finding with upper bounds on severity and confidence.
    pub(super) fn at_most(mut self, severity: Severity, confidence: Confidence) -> Self {
        self.severity = self.severity.min(severity);
        self.confidence = self.confidence.min(confidence);
        self
    }

    /// Adds fixes, or the reason why there is none.
    pub(super) fn add(&mut self, fix: Result<impl IntoIterator<Item = Fix>, Unfit>) {
        match fix {
            Ok(fixes) => self.fixes.extend(fixes),
            Err(unfit) => self.leave_out([unfit]),
        }
    }

    /// The words that may be put into a fix. The others are recorded as left out.
    pub(super) fn fitting<T>(&mut self, words: impl IntoIterator<Item = Result<T, Unfit>>) -> Vec<T> {
        let (mut fitting, mut unfit) = (Vec::new(), Vec::new());
        for word in words {
            match word {
                Ok(word) => fitting.push(word),
                Err(other) => unfit.push(other),
            }
        }
        self.leave_out(unfit);
        fitting
    }

    /// Records why a fix, or a part of one, is left out.
    pub(super) fn leave_out(&mut self, unfit: impl IntoIterator<Item = Unfit>) {
        for unfit in unfit {
            if self.left_out.len() < Self::EXAMPLES && !self.left_out.contains(&unfit) {
                self.left_out.push(unfit);
            }
        }
    }
}

/// How much a saving matters.
#[must_use]
pub fn severity_of(saving: Bytes) -> Severity {
    match saving.0 {
        100_000_000.. => Severity::High,
        10_000_000.. => Severity::Medium,
        _ => Severity::Low,
    }
}
