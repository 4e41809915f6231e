//! What names a finding in a list of what changed.

use serde::Serialize;

use super::finding::{Finding, Severity};
use super::headline::Headline;
use super::rule_id::RuleId;

/// A finding that came or went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NamedFinding {
    /// The ID of the rule.
    pub rule: RuleId,
    /// What was found.
    pub headline: Headline,
    /// How much it matters.
    pub severity: Severity,
}

impl NamedFinding {
    /// The name of a finding.
    pub(crate) fn of(finding: &Finding) -> Self {
        Self { rule: finding.rule, headline: finding.headline.clone(), severity: finding.severity }
    }
}
