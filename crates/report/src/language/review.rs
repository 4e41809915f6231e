//! The words of the review of a change: what a comment on a pull request says.

use plimsoll_analysis::review::{Baseline, Decision};

/// The words of a review, in one language. Every figure is formatted before it comes here.
#[derive(Debug)]
#[expect(missing_docs, reason = "the words stand in `en/review.rs`")]
pub struct ReviewWords {
    pub decision: fn(Decision) -> &'static str,
    pub met: fn(targets: &str) -> String,
    pub more: fn(targets: &str) -> String,
    pub accepted_for: fn(reason: &str) -> String,
    pub own: fn(delta: &str) -> String,
    pub base: fn(delta: &str) -> String,
    pub total: fn(before: &str, after: &str) -> String,
    pub weighs: fn(size: &str) -> String,
    pub compared_with: fn(baseline: &str) -> String,
    pub baseline: fn(&Baseline) -> String,
    pub cause: fn(what: &str, delta: &str) -> String,
    pub base_image: &'static str,
    pub layer: &'static str,
    pub at_line: fn(file: &str, line: &str) -> String,
    pub no_cause: &'static str,
    pub details: &'static str,
    pub report: &'static str,
    pub targets: &'static str,
}
