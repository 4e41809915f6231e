//! The words of findings in text and Markdown, and the texts of a rule.

use plimsoll_analysis::findings::{Confidence, RuleId};

use super::Language;

/// The texts of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleWords {
    /// The failing state.
    pub title: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// How to fix it, in general.
    pub how: &'static str,
    /// What the rule does not detect.
    pub limits: &'static str,
}

/// The words of the reports on findings and on their progress.
#[derive(Debug)]
#[expect(missing_docs, reason = "each language shows the text of a field")]
pub struct FindingsWords {
    pub none: fn(size: &str) -> String,
    pub saving: fn(size: &str, findings: &str, saving: &str) -> String,
    pub possible: fn(saving: &str) -> String,
    pub severity: &'static str,
    pub confidence: &'static str,
    pub level: fn(Confidence) -> &'static str,
    pub line: fn(number: &str) -> String,
    pub all_services: &'static str,
    pub saves_head: &'static str,
    pub finding_head: &'static str,
    pub bytes_head: &'static str,
    pub place_head: &'static str,

    // Findings that someone accepted.
    pub accepted: fn(findings: &str) -> String,
    pub until: fn(reason: &str, day: &str) -> String,

    // What became of earlier findings.
    pub followed: fn(predicted: &str, saved: &str, added: &str) -> String,
    pub sizes: fn(before: &str, after: &str, delta: &str) -> String,
    pub predicted_head: &'static str,
    pub saved_head: &'static str,
    pub remains_head: &'static str,
    pub open: &'static str,
    pub shared: fn(bytes: &str) -> String,
    pub moved: fn(bytes: &str) -> String,
    pub added: fn(bytes: &str) -> String,

    // How one image size becomes another.
    pub size_before: &'static str,
    pub size_after: &'static str,
    pub saved_by: fn(finding: &str) -> String,
    pub files_removed: fn(group: &str) -> String,
    pub files_changed: fn(group: &str) -> String,
    pub files_rebuilt: &'static str,
    pub files_added: fn(group: &str) -> String,
}

impl Language {
    /// The texts of a rule.
    #[must_use]
    pub fn rule(self, id: RuleId) -> RuleWords {
        (self.words().messages.rule)(id)
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_analysis::findings::RULES;

    use super::*;

    #[test]
    fn every_rule_has_texts_in_every_language() {
        for language in Language::ALL {
            for rule in RULES {
                let RuleWords { title, why, how, limits } = language.rule(rule.id);
                for text in [title, why, how, limits] {
                    assert!(!text.is_empty() && !text.contains("  "), "{}: {text}", rule.id);
                }
                for sentences in [why, how, limits] {
                    assert!(sentences.ends_with('.'), "{}: {sentences}", rule.id);
                }
            }
        }
    }
}
