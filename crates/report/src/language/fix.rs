//! The words of merged fixes.

use plimsoll_analysis::fix::Refusal;

/// What `plimsoll fix` prints, in one language.
#[derive(Debug)]
#[expect(missing_docs, reason = "the words stand in `en/fix.rs`")]
pub struct FixWords {
    pub summary: fn(fixed: &str, all: &str, saving: &str) -> String,
    pub fixed: &'static str,
    pub not_fixed: &'static str,
    pub partly: fn(reason: &str) -> String,
    pub nothing: &'static str,
    pub needs_buildkit: &'static str,
    /// The heads of the table: saving, finding, rule, confidence.
    pub head: [&'static str; 4],
    pub reason_head: &'static str,
    pub tried: fn(before: &str, after: &str, difference: &str) -> String,
    pub probed: &'static str,
    pub health_checked: &'static str,
    pub not_probed: &'static str,
    /// The image of a service that shared one: its stage, the size before and with all fixes.
    pub promised: fn(service: &str, target: &str, before: &str, after: &str) -> String,
    /// The same after a build.
    pub built: fn(service: &str, target: &str, promised: &str, after: &str) -> String,
    pub settings: &'static str,
    /// The file is made from the history of the image.
    pub reconstructed: &'static str,
    pub saved: &'static str,
    pub patch_title: fn(services: &str, findings: &str, saving: &str) -> String,
    /// How a patch is applied, and how it is proven: in Markdown.
    pub how_to_apply: &'static str,
    /// Why a finding is not fixed.
    pub refusal: fn(&Refusal) -> String,
}
