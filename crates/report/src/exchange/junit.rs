//! Targets as JUnit XML, which pipelines show as tests (the schema of the xUnit plugin of Jenkins, `junit-10.xsd`).

use std::collections::BTreeMap;
use std::fmt::Write as _;

use plimsoll_analysis::targets::{Judgement, Outcome, Status};

use crate::format::one_line;
use crate::html::escape;
use crate::language::Language;
use crate::targets::conclusion::Gate;

/// What a test comes to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Passed,
    Failed,
    Skipped,
}

/// One suite for each service, and one for what is about all of them. What is not required, or cannot be judged, is skipped;
/// where unknown counts as missed, it fails.
#[must_use]
pub fn judgement(judgement: &Judgement, gate: Gate, language: Language) -> String {
    let mut suites: BTreeMap<&str, Vec<&Outcome>> = BTreeMap::new();
    for outcome in &judgement.outcomes {
        suites.entry(outcome.service.as_deref().unwrap_or(language.words().all)).or_default().push(outcome);
    }
    let name = judgement.name.as_deref().unwrap_or("Plimsoll");
    let mut text =
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"{}\">\n", attribute(name));
    for (service, outcomes) in suites {
        let _ = writeln!(text, "  <testsuite name=\"{}\" {}>", attribute(service), counts(&outcomes, gate));
        for outcome in outcomes {
            text.push_str(&case(outcome, service, gate, language));
        }
        text.push_str("  </testsuite>\n");
    }
    text.push_str("</testsuites>\n");
    text
}

fn counts(outcomes: &[&Outcome], gate: Gate) -> String {
    let with = |wanted| outcomes.iter().filter(|outcome| verdict(outcome, gate) == wanted).count();
    let (failed, skipped) = (with(Verdict::Failed), with(Verdict::Skipped));
    format!("tests=\"{}\" failures=\"{failed}\" errors=\"0\" skipped=\"{skipped}\"", outcomes.len())
}

fn verdict(outcome: &Outcome, gate: Gate) -> Verdict {
    let is_wanted = outcome.required || gate.ideals;
    let levels = outcome.levels.iter().map(|level| level.status).filter(|_| gate.ideals);
    match levels.chain([outcome.status]).min().unwrap_or(outcome.status) {
        Status::Pass => Verdict::Passed,
        Status::Fail if is_wanted => Verdict::Failed,
        Status::Unknown if is_wanted && gate.strict => Verdict::Failed,
        Status::Fail | Status::Unknown => Verdict::Skipped,
    }
}

fn case(outcome: &Outcome, service: &str, gate: Gate, language: Language) -> String {
    let messages = &language.words().messages;
    let head = format!(
        "    <testcase classname=\"{}\" name=\"{}\"",
        // Dots make packages of a class.
        attribute(service),
        attribute(&format!("{} ({})", (messages.title)(&outcome.title), outcome.id)),
    );
    let measured = outcome.measured.as_ref().map(messages.measure);
    let demands: Vec<String> = outcome.levels.iter().map(|level| language.demand(level)).collect();
    let demands = (!demands.is_empty()).then(|| format!("({})", demands.join("; ")));
    let found: Vec<String> = measured.into_iter().chain(demands).collect();
    let status = (language.words().running.status)(outcome.status);
    let message = if found.is_empty() { status.to_owned() } else { found.join(" ") };
    let reasons: Vec<String> =
        outcome.evidence.iter().map(|reason| one_line(&(messages.reason)(reason))).collect();
    match verdict(outcome, gate) {
        Verdict::Passed => format!("{head}/>\n"),
        Verdict::Failed => format!(
            "{head}>\n      <failure message=\"{}\" type=\"{}\">{}</failure>\n    </testcase>\n",
            attribute(&message),
            if outcome.status == Status::Unknown { "unknown" } else { "missed" },
            content(&reasons.join("\n")),
        ),
        Verdict::Skipped => {
            let message = std::iter::once(message).chain(reasons).collect::<Vec<_>>().join("; ");
            format!("{head}>\n      <skipped message=\"{}\"/>\n    </testcase>\n", attribute(&message))
        }
    }
}

fn attribute(text: &str) -> String {
    content(&one_line(text))
}

/// Text without the characters that no XML document may have (XML 1.0, "Characters").
fn content(text: &str) -> String {
    let is_allowed = |character: &char| matches!(character, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    escape(&text.chars().filter(is_allowed).collect::<String>()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_character_breaks_the_document() {
        assert_eq!(attribute("a<b>\"&'\u{1}\u{ffff}\0"), "a&lt;b&gt;&quot;&amp;&#39;\\u{1}\\u{ffff}\\u{0}");
    }
}
