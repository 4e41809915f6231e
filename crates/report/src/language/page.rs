//! The words that only the page needs.

use super::Term;

/// Texts of the page, in one language.
#[derive(Debug)]
#[expect(missing_docs, reason = "what a field says stands in `en/page.rs`")]
pub struct PageWords {
    /// The name of a term, and what it means.
    pub term: fn(Term) -> (&'static str, &'static str),

    // What a change did.
    pub did: &'static str,
    pub did_lead: fn(own: &str, base: &str, total: &str) -> String,
    pub did_layers: &'static str,
    pub did_packages: &'static str,
    pub new_findings: &'static str,
    pub fixed_findings: &'static str,
    pub of_base: &'static str,
    pub more_layers: fn(number: &str) -> String,
    pub more_packages: fn(number: &str) -> String,
    pub more_findings: fn(number: &str) -> String,

    // What is folded.
    pub same_layers: fn(layers: &str, size: &str) -> String,
    pub same_services: fn(services: &str, size: &str) -> String,
    pub changed_files: &'static str,
    pub is_fixed: fn(findings: &str, saved: &str) -> String,

    // A page about one side.
    pub composition: &'static str,
    pub composition_lead: fn(name: &str, tree: &str, hidden: &str) -> String,
    pub card_files: &'static str,

    // Findings.
    pub saving: &'static str,
    pub saved: &'static str,
    pub severity: &'static str,
    pub confidence: &'static str,
    pub overlaps: fn(sum: &str, overlap: &str) -> String,

    // What the page holds.
    pub holds: &'static str,
    pub holds_lead: &'static str,
    pub discloses: &'static str,
    pub newest_image: &'static str,
    pub image: &'static str,

    // Services that go by other names.
    pub pair_lead: fn(before: &str, after: &str) -> String,
    pub pair: fn(before: &str, after: &str) -> String,
    pub unpair: fn(before: &str, after: &str) -> String,

    // The summary without the program.
    pub there_is_more: &'static str,
}
