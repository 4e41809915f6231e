//! The words of the report for people who decide.

use plimsoll_analysis::findings::RuleId;

use crate::brief::Work;

/// The words of the report for people who decide.
#[derive(Debug)]
#[expect(missing_docs, reason = "each language shows the text of a field")]
pub struct BriefWords {
    pub title: &'static str,
    pub money: &'static str,
    pub time: &'static str,
    pub risk: &'static str,
    pub done: &'static str,
    pub remaining: &'static str,
    pub targets: &'static str,
    pub storage: &'static str,
    pub server: &'static str,
    pub download: &'static str,
    pub start: &'static str,
    pub missed: &'static str,
    pub unknown: &'static str,
    pub end_order: &'static str,
    pub attested: fn(by: &str, on: &str) -> String,
    /// What a finding means to people who do not build images.
    pub work: fn(RuleId) -> Work,
}
