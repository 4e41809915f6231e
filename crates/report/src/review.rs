//! The review of a change: three lines for a terminal, and a comment on a pull request with the same lines and the rest
//! folded.

use std::fmt::Write as _;

use plimsoll_analysis::Changes;
use plimsoll_analysis::inspect::Inspection;
use plimsoll_analysis::review::{Baseline, Decision, Review};
use plimsoll_analysis::series::Series;
use plimsoll_analysis::targets::{Judgement, Outcome, Status};
use plimsoll_snapshot::FixPatch;

use crate::fix::fenced;
use crate::format::{one_line, shorten};
use crate::language::Language;
use crate::markup::escaped;
use crate::{cause, fix, markdown, series, targets};

/// The width that an instruction or a path is cut to.
const CELL: usize = 80;

/// A comment on GitHub takes 65,536 characters. Bytes are counted, which is never less than characters.
const LIMIT: usize = 60_000;

/// What a review shows.
#[derive(Debug)]
pub struct Shown<'a> {
    /// What the change did.
    pub review: &'a Review,
    /// What came of it.
    pub decision: Decision,
    /// Where the state before comes from.
    pub baseline: &'a Baseline,
    /// What the targets come to.
    pub judgement: &'a Judgement,
    /// Why the growth was accepted.
    pub accepted: Option<&'a str>,
    /// The builds before, and this one as the last, where a history has them.
    pub trend: Option<&'a Series>,
    /// The fixes of the images whose Dockerfiles are known.
    pub patches: &'a [FixPatch],
}

/// The hidden line that a comment is found by again.
#[must_use]
pub fn marker(key: &str) -> String {
    let is_plain = |character: &char| character.is_ascii_alphanumeric() || "-_./".contains(*character);
    // Two dashes would end an HTML comment.
    let key: String = key.chars().filter(is_plain).collect::<String>().replace("--", "-");
    format!("<!-- plimsoll:{key} -->")
}

impl Shown<'_> {
    /// The mark of the decision: they differ in shape, not only in colour.
    #[must_use]
    pub const fn mark(&self) -> &'static str {
        match self.decision {
            Decision::Met | Decision::Accepted => targets::mark(Status::Pass),
            Decision::Missed => targets::mark(Status::Fail),
            Decision::Unknown | Decision::FirstMeasurement | Decision::Measured => {
                targets::mark(Status::Unknown)
            }
        }
    }

    /// The verdict, what the images and their base images did, and the cause.
    #[must_use]
    pub fn lines(&self, language: Language) -> [String; 3] {
        let verdict = format!("{} {}", self.mark(), self.verdict(language));
        [verdict, self.sizes(language), self.cause(language)].map(|line| one_line(&line))
    }

    fn verdict(&self, language: Language) -> String {
        let words = &language.words().review;
        let mut text = (words.decision)(self.decision).to_owned();
        let judgement = self.judgement;
        if let (Decision::Accepted, Some(reason)) = (self.decision, self.accepted) {
            let _ = write!(text, " ({})", (words.accepted_for)(&shorten(reason, CELL)));
        }
        let missed: Vec<&Outcome> = judgement
            .outcomes
            .iter()
            .filter(|outcome| outcome.required && outcome.status == Status::Fail)
            .collect();
        if let Some(first) = missed.first() {
            let _ = write!(text, ": {}", outcome(first, language));
            if let more @ 1.. = missed.len() - 1 {
                let _ = write!(text, "; {}", (words.more)(&more.to_string()));
            }
        } else if !judgement.outcomes.is_empty() {
            let required = judgement.passed + judgement.unknown;
            let _ = write!(text, "; {}", (words.met)(&format!("{}/{required}", judgement.passed)));
        }
        text
    }

    fn sizes(&self, language: Language) -> String {
        let words = &language.words().review;
        let bytes = |bytes| language.bytes(bytes).to_string();
        if *self.baseline == Baseline::None {
            return (words.weighs)(&bytes(self.review.total.after));
        }
        let review = self.review;
        let percent = review.total.percent().map(|change| format!(" ({})", language.percent(change)));
        [
            (words.own)(&language.delta(review.own.delta).to_string()),
            (words.base)(&language.delta(review.base.delta).to_string()),
            (words.total)(&bytes(review.total.before), &bytes(review.total.after))
                + &percent.unwrap_or_default(),
            (words.compared_with)(&(words.baseline)(self.baseline)),
        ]
        .join(", ")
    }

    fn cause(&self, language: Language) -> String {
        match &self.review.cause {
            Some(of) => cause::text(of, self.review.services, language),
            None if *self.baseline == Baseline::None => String::new(),
            None => language.words().review.no_cause.to_owned(),
        }
    }

    /// The comment: the hidden marker, the three lines, and the rest folded. `report` is the address of the page.
    #[must_use]
    pub fn comment(
        &self,
        key: &str,
        changes: &Changes,
        inspection: &Inspection,
        report: Option<&str>,
        language: Language,
    ) -> String {
        let words = &language.words().review;
        let [verdict, sizes, cause] = self.lines(language).map(|line| escaped(&line));
        let mut text = format!("{}\n**{verdict}**\n\n{sizes}\n", marker(key));
        if !cause.is_empty() {
            let _ = writeln!(text, "\n{cause}");
        }
        if let Some(address) = report.filter(|address| is_address(address)) {
            let _ = writeln!(text, "\n[{}]({address})", words.report);
        }
        let _ = write!(text, "\n<details><summary>{}</summary>\n\n", words.details);
        let end = "\n</details>\n";
        if let Some(trend) = self.trend {
            push(&mut text, &series::markdown::recent(trend, language), end.len(), language);
        }
        if !self.judgement.outcomes.is_empty() {
            let table = targets::markdown::judgement(self.judgement, language);
            push(&mut text, &table, end.len(), language);
        }
        let rest = if *self.baseline == Baseline::None {
            markdown::single(changes, inspection, changes.running[1].as_ref(), language)
        } else {
            markdown::comparison(changes, language)
        };
        push(&mut text, &rest, end.len(), language);
        text.push_str(end);
        for patch in self.patches {
            push(&mut text, &folded_patch(patch, language), 0, language);
        }
        text
    }
}

/// A patch to be copied, folded.
fn folded_patch(patch: &FixPatch, language: Language) -> String {
    let fence = fenced(&patch.text);
    let title = escaped(&fix::patch_title(patch, language));
    let how = language.words().fix.how_to_apply;
    format!("\n<details><summary>{title}</summary>\n\n{how}\n\n{fence}\n</details>\n")
}

/// Adds a part, if it fits.
fn push(text: &mut String, part: &str, end: usize, language: Language) {
    let left_out = format!("_{}_\n", language.words().left_out);
    if text.len() + part.len() + left_out.len() + end <= LIMIT {
        text.push_str(part);
        text.push('\n');
    } else {
        text.push_str(&left_out);
    }
}

/// Whether a text is an address that Markdown can link to as it is.
fn is_address(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#@!$&'+,;=%".contains(&byte);
    (text.starts_with("https://") || text.starts_with("http://")) && text.bytes().all(is_plain)
}

/// `app: image size: 1.50 GB (minimum: at most 1 GB)`.
fn outcome(outcome: &Outcome, language: Language) -> String {
    let messages = &language.words().messages;
    let service = outcome.service.as_deref().map(|name| format!("{name}: ")).unwrap_or_default();
    let measured = outcome.measured.as_ref().map(|found| format!(": {}", (messages.measure)(found)));
    let demand = outcome.levels.first().map(|level| format!(" ({})", language.demand(level)));
    format!(
        "{}{}{}{}",
        shorten(&service, CELL),
        (messages.title)(&outcome.title),
        measured.unwrap_or_default(),
        demand.unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marker_stays_a_comment() {
        assert_eq!(marker("size"), "<!-- plimsoll:size -->");
        assert_eq!(marker("a--> <b>\n@x"), "<!-- plimsoll:a-bx -->");
    }

    #[test]
    fn only_plain_addresses_become_links() {
        assert!(is_address("https://github.com/o/r/actions/runs/1"));
        for wrong in ["javascript:alert(1)", "https://a.example/)[x](", "https://a b", "ftp://a"] {
            assert!(!is_address(wrong), "{wrong}");
        }
    }
}
