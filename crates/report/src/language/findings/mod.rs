//! The words for findings: what rules say of themselves, and the sentences of their findings.
//!
//! English is what the analysis says. Another language is a file here with `rule` and `sentence`; the tests below find
//! every rule and every sentence that it lacks.

use plimsoll_analysis::findings::Rule;
use plimsoll_analysis::said::Said;

use super::Language;

use super::es::findings as es;

/// What a rule says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleWords {
    /// What is wrong, as a sentence.
    pub title: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// How to fix it, in general.
    pub how: &'static str,
    /// What the rule does not see.
    pub limits: &'static str,
}

impl Language {
    /// What a rule says of itself.
    #[must_use]
    pub fn rule(self, rule: &Rule) -> RuleWords {
        let translated = match self {
            Self::English => None,
            Self::Spanish => es::rule(rule.id),
        };
        let Rule { title, why, how, limits, .. } = *rule;
        translated.unwrap_or(RuleWords { title, why, how, limits })
    }

    /// A sentence of a finding with its values.
    #[must_use]
    pub fn sentence(self, said: &Said) -> String {
        match self {
            Self::English => said.to_string(),
            Self::Spanish => said.in_words(|text| es::sentence(text).unwrap_or(text)),
        }
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_analysis::findings::{RULES, advise_stack};
    use plimsoll_analysis::said::Value;

    use super::*;

    /// What a sentence of a finding is the argument of.
    const SAYS: [&str; 10] = [
        "said!(",
        "Said::from(",
        ".finding(",
        ".remark(",
        "finding(",
        "Fix::new(",
        "instead_of(",
        "let does =",
        "=> \"",
        "of(",
    ];

    #[test]
    fn every_rule_has_words_in_every_language() {
        for rule in RULES {
            let words = es::rule(rule.id).unwrap_or_else(|| panic!("Spanish lacks the rule {}", rule.id));
            for text in [words.title, words.why, words.how, words.limits] {
                assert!(!text.is_empty() && !text.contains("  "), "{}: {text}", rule.id);
            }
        }
    }

    /// The literals of the rules that read as sentences: they have a space, and no code.
    #[test]
    #[expect(clippy::disallowed_methods, reason = "a test looks at the sources of the rules")]
    fn every_sentence_of_a_finding_has_words_in_every_language() {
        let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/../analysis/src/findings");
        let mut missing = Vec::new();
        let rules = std::fs::read_dir(directory).unwrap().map(|file| file.unwrap().path());
        let reasons = concat!(env!("CARGO_MANIFEST_DIR"), "/../analysis/src/lines/unfit.rs");
        for file in rules.chain([reasons.into()]) {
            let text = std::fs::read_to_string(file).unwrap();
            let text = text.split("#[cfg(test)]").next().unwrap().replace("\\\"", "");
            let rule = text.find("check: Check::").map_or(&*text, |at| &text[at..]);
            for (before, literal) in literals(rule) {
                let is_said = SAYS.iter().any(|start| before.contains(start)) || before.trim().is_empty();
                if is_said && is_sentence(literal) && es::sentence(literal).is_none() {
                    missing.push(literal.to_owned());
                }
            }
        }
        assert!(missing.is_empty(), "Spanish lacks {missing:#?}");
    }

    /// The findings of a real stack before and after, whatever the sources look like.
    #[test]
    #[expect(clippy::disallowed_types, reason = "a test reads the example")]
    fn every_finding_of_the_example_is_said_in_every_language() {
        fn known(said: &Said, missing: &mut Vec<String>) {
            if said.text != "{}" && es::sentence(said.text).is_none() {
                missing.push(said.text.to_owned());
            }
            for value in &said.values {
                if let Value::Said(said) = value {
                    known(said, missing);
                }
            }
        }
        let mut missing = Vec::new();
        for name in ["before", "after"] {
            let path = format!("{}/../../examples/agente-{name}.plimsoll", env!("CARGO_MANIFEST_DIR"));
            let snapshot = plimsoll_snapshot::read(std::fs::File::open(path).unwrap()).unwrap();
            let advice = advise_stack(&snapshot);
            let findings = advice.services.iter().flat_map(|service| &service.findings).chain(&advice.stack);
            for finding in findings {
                known(&finding.title, &mut missing);
                finding
                    .evidence
                    .iter()
                    .filter_map(|one| one.note.as_ref())
                    .for_each(|note| known(note, &mut missing));
                finding.fixes.iter().for_each(|fix| known(&fix.does, &mut missing));
            }
        }
        assert!(missing.is_empty(), "Spanish lacks {missing:#?}");
    }

    /// What stands before each literal on its line, and the literal.
    fn literals(source: &str) -> Vec<(&str, &str)> {
        let lines = source.lines().filter(|line| !line.trim_start().starts_with("//"));
        lines
            .flat_map(|line| {
                let mut parts = line.split('"');
                let mut before = parts.next().unwrap_or_default();
                let mut found = Vec::new();
                while let Some(literal) = parts.next() {
                    found.push((before, literal));
                    before = parts.next().unwrap_or_default();
                }
                found
            })
            .collect()
    }

    fn is_sentence(text: &str) -> bool {
        const CODE: [&str; 17] = [
            "apt",
            "install",
            "npm",
            "yarn",
            "pnpm",
            "RUN",
            "FROM",
            "COPY",
            "--",
            "=",
            "/",
            "\\",
            "$",
            "expect",
            "package.json",
            "poetry.lock",
            "adduser -S",
        ];
        // Sentences that look like code.
        let word = text.contains(' ') && text.chars().filter(char::is_ascii_lowercase).count() > 8;
        word && !CODE.iter().any(|code| text.contains(code))
    }

    #[test]
    fn sentences_keep_their_places() {
        for (text, words) in es::SENTENCES {
            assert_eq!(text.matches('{').count(), words.matches('{').count(), "{text}");
            assert_eq!(text.matches("|").count(), words.matches("|").count(), "{text}");
        }
        let sorted = es::SENTENCES.is_sorted_by(|one, other| one.0 < other.0);
        assert!(sorted, "sentences are looked for in their order");
    }
}
