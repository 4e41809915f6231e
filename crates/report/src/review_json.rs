//! What came of a change, as the `review.json` of `plimsoll ci`; see `docs/ci.md`.

use std::io::{self, Write};

use plimsoll_analysis::review::{Baseline, Decision, Review};
use plimsoll_analysis::targets::Judgement;
use serde::Serialize;

use crate::json_text;

/// The version of the document. Additions leave it.
pub const VERSION: u32 = 2;

/// What came of a change.
#[derive(Clone, Copy, Debug)]
pub struct Reviewed<'a> {
    /// The decision.
    pub decision: Decision,
    /// Whether the change passes.
    pub passes: bool,
    /// Where the state before comes from.
    pub baseline: &'a Baseline,
    /// What the change did.
    pub review: &'a Review,
    /// What the targets come to.
    pub judgement: &'a Judgement,
    /// The commit.
    pub revision: Option<&'a str>,
    /// The number of the pull request.
    pub number: Option<u64>,
    /// The key by which the comment is found again.
    pub comment_key: &'a str,
    /// Whether the change is too small for a new comment.
    pub only_update: bool,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Document<'a> {
    format: &'static str,
    format_version: u32,
    /// The decision.
    verdict: Decision,
    /// Whether the change passes.
    passes: bool,
    baseline: &'a Baseline,
    review: &'a Review,
    /// How many targets that have to be met are met.
    passed: u64,
    /// How many of them are missed.
    failed: u64,
    /// How many of them cannot be judged.
    unknown: u64,
    /// The commit.
    revision: Option<&'a str>,
    /// The number of the pull request.
    number: Option<u64>,
    /// The key by which the comment is found again.
    comment_key: &'a str,
    /// Whether the change is too small for a new comment.
    only_update: bool,
}

impl Reviewed<'_> {
    /// Writes the document.
    ///
    /// # Errors
    ///
    /// Those of `out`.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let Self { decision, passes, baseline, review, judgement, .. } = *self;
        let document = Document {
            format: "plimsoll-review",
            format_version: VERSION,
            verdict: decision,
            passes,
            baseline,
            review,
            passed: judgement.passed,
            failed: judgement.failed,
            unknown: judgement.unknown,
            revision: self.revision,
            number: self.number,
            comment_key: self.comment_key,
            only_update: self.only_update,
        };
        json_text::write(&document, out)?;
        out.write_all(b"\n")
    }
}
