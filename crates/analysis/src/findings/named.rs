//! What names a finding in a list of what changed.

use plimsoll_snapshot::Bytes;
use serde::Serialize;

use super::finding::{Finding, Severity};
use super::headline::Headline;
use super::rule_id::RuleId;

/// A finding that came or went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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

/// A finding that is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FixedFinding {
    /// Its name.
    #[serde(flatten)]
    pub finding: NamedFinding,
    /// The bytes it is credited with: those of earlier findings do not count again.
    #[serde(rename = "saved_bytes")]
    pub saved: Bytes,
}

impl FixedFinding {
    /// A finding that saved bytes.
    pub(crate) fn of(finding: &Finding, saved: Bytes) -> Self {
        Self { finding: NamedFinding::of(finding), saved }
    }
}
