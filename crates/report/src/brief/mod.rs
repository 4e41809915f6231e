//! The report for people who decide: what a change is worth in money, time and risk, what was done, and what remains.
//!
//! It has no path, no flag and no name of a rule. Each figure also stands in the full report.

pub mod markdown;

use std::collections::BTreeMap;

use plimsoll_analysis::Changes;
use plimsoll_analysis::findings::{Confidence, FixedFinding, RuleId};
use plimsoll_analysis::improvements::ImprovementKind;
use plimsoll_analysis::inspect::SizeChange;
use plimsoll_analysis::memory::compare::ChangeVerdict;
use plimsoll_analysis::regressions::{RegressionKind, Section};
use plimsoll_analysis::targets::{Figure, Judgement, Outcome, Prices, Reason, Status, Title, Unit};
use plimsoll_snapshot::{Bytes, Digest, Order as _};

use crate::format::{self, one_line};
use crate::language::Language;

/// A part of the brief.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The name in addresses and attributes.
    pub key: &'static str,
    /// The heading.
    pub title: &'static str,
    /// What it says; never empty.
    pub lines: Vec<Line>,
}

/// A line of a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Whether it is good news.
    pub tone: Tone,
    /// What it says.
    pub text: String,
    /// The figure that belongs to it.
    pub figure: Option<String>,
}

/// Whether a line is good news.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Something got better, or is met.
    Good,
    /// Something got worse, or is missed.
    Bad,
    /// Neither, or unknown.
    Plain,
}

impl Tone {
    /// The mark before a line: a form, for those who see no colour.
    #[must_use]
    pub const fn mark(self) -> &'static str {
        match self {
            Self::Good => "▼",
            Self::Bad => "▲",
            Self::Plain => "·",
        }
    }

    /// Of an amount where less is better.
    fn of(before: f64, after: f64) -> Self {
        if after < before {
            Self::Good
        } else if after > before {
            Self::Bad
        } else {
            Self::Plain
        }
    }
}

/// The parts that have something to say.
#[must_use]
pub fn of(changes: &Changes, judgement: Option<&Judgement>, language: Language) -> Vec<Part> {
    let words = &language.words().brief;
    let parts = [
        ("money", words.money, money(changes, judgement, language)),
        ("time", words.time, time(changes, language)),
        ("risk", words.risk, risk(changes, language)),
        ("done", words.done, done(changes, language)),
        ("remaining", words.remaining, remaining(changes, language)),
        ("targets", words.targets, judgement.map(|judged| targets(judged, language)).unwrap_or_default()),
    ];
    let filled = parts.into_iter().filter(|(.., lines)| !lines.is_empty());
    filled.map(|(key, title, lines)| Part { key, title, lines }).collect()
}

fn money(changes: &Changes, judgement: Option<&Judgement>, language: Language) -> Vec<Line> {
    let words = &language.words().brief;
    let mut lines = Vec::new();
    if !changes.comparison.services.is_empty() {
        let before = changes.comparison.has_before();
        lines.push(sizes(words.storage, changes.comparison.total, before, language));
    }
    if let Some(Prices { before, after }) = judgement.and_then(Judgement::prices) {
        let price = |value| language.figure(Figure { value, unit: Unit::Price });
        let (tone, figure) = match before {
            Some(before) => {
                let relative = (before > 0.0).then(|| language.percent((after / before - 1.0) * 100.0));
                let relative = relative.map(|relative| format!(" ({relative})")).unwrap_or_default();
                (Tone::of(before, after), format!("{} → {}{relative}", price(before), price(after)))
            }
            None => (Tone::Plain, price(after)),
        };
        lines.push(Line { tone, text: words.server.to_owned(), figure: Some(figure) });
    }
    lines
}

fn time(changes: &Changes, language: Language) -> Vec<Line> {
    let words = &language.words().brief;
    let mut lines = Vec::new();
    if let Some(size) = changes.comparison.compressed() {
        lines.push(sizes(words.download, size, true, language));
    }
    let starts = changes.running.each_ref().map(|side| side.as_ref().and_then(|side| side.start_up.whole));
    if let [before, Some(after)] = starts {
        let started = |start| (language.words().messages.start_up)(start);
        let tone = match &before {
            // Starts are intervals: where they overlap, neither is the faster one.
            Some(before) if after.at_most_ms < before.at_least_ms => Tone::Good,
            Some(before) if after.at_least_ms > before.at_most_ms => Tone::Bad,
            _ => Tone::Plain,
        };
        let figure = match &before {
            Some(before) => format!("{} → {}", started(before), started(&after)),
            None => started(&after),
        };
        lines.push(Line { tone, text: words.start.to_owned(), figure: Some(figure) });
    }
    lines
}

/// The most lines of each tone: a page is read as a whole, and the rest is a number.
const MOST: usize = 6;
/// The most lines of what was done, or can be.
const WORKS: usize = 10;

/// What runs worse or better, the worse first. What is true of several services is one line.
fn risk(changes: &Changes, language: Language) -> Vec<Line> {
    let messages = &language.words().messages;
    let line = |tone, text| Line { tone, text, figure: None };
    let worse = changes.regressions.iter().filter(|one| one.kind.section() == Section::Memory);
    // Figures of different loads mean nothing to who does not know the loads.
    let worse = worse.filter(|one| {
        !matches!(one.kind, RegressionKind::MoreMemory { verdict: ChangeVerdict::NotComparable, .. })
    });
    let worse = worse.map(|one| {
        let whole = line(Tone::Bad, language.regression(one));
        (one.service.as_deref(), (messages.regression)(&one.kind), whole)
    });
    let better = changes.improvements.iter().filter(|one| one.kind.section() == Section::Memory);
    let better = better.filter(|one| {
        !matches!(one.kind, ImprovementKind::LessMemory { verdict: ChangeVerdict::NotComparable, .. })
    });
    let better = better.map(|one| {
        let whole = line(Tone::Good, language.improvement(one));
        (one.service.as_deref(), (messages.improvement)(&one.kind), whole)
    });
    let mut lines = grouped(worse, language);
    lines.extend(grouped(better, language));
    lines
}

/// One line for all services with the same sentence, and a number for what exceeds the most. Each comes as its service, its
/// sentence, and its line where it is the only one.
fn grouped<'a>(said: impl Iterator<Item = (Option<&'a str>, String, Line)>, language: Language) -> Vec<Line> {
    let mut groups: Vec<(Vec<String>, String, Line)> = Vec::new();
    for (service, sentence, line) in said {
        match (groups.iter_mut().find(|(_, known, _)| *known == sentence), service) {
            (Some((services, ..)), Some(service)) => services.push(format::name(service)),
            _ => groups.push((service.map(format::name).into_iter().collect(), sentence, line)),
        }
    }
    let say = |(services, sentence, line): (Vec<String>, String, Line)| match &services[..] {
        [] | [_] => line,
        services => Line { text: format!("{}: {sentence}", services.join(", ")), figure: None, ..line },
    };
    let mut lines: Vec<Line> = groups.into_iter().map(say).collect();
    if lines.len() > MOST {
        let rest = lines.split_off(MOST - 1);
        let text = (language.words().and_more)(&rest.len().to_string());
        lines.push(Line { tone: rest[0].tone, text, figure: None });
    }
    lines
}

/// What was done about findings, by rule, what saved most first.
fn done(changes: &Changes, language: Language) -> Vec<Line> {
    let mut saved: BTreeMap<RuleId, Bytes> = BTreeMap::new();
    for improvement in &changes.improvements {
        if let ImprovementKind::FixedFindings { findings, .. } = &improvement.kind {
            for FixedFinding { finding, saved: bytes } in findings {
                *saved.entry(finding.rule).or_default() += *bytes;
            }
        }
    }
    works(saved, |work| work.done, Tone::Good, language)
}

/// What findings are left, by rule, each image once, what saves most first.
fn remaining(changes: &Changes, language: Language) -> Vec<Line> {
    let mut left: BTreeMap<RuleId, Bytes> = BTreeMap::new();
    let mut seen: Vec<&Digest> = Vec::new();
    for (service, [_, advice]) in changes.comparison.services.iter().zip(&changes.advice) {
        let (Some(image), Some(advice)) = (&service.after, advice) else { continue };
        if seen.contains(&&image.id) {
            continue;
        }
        seen.push(&image.id);
        for finding in advice.findings.iter().filter(|finding| finding.confidence >= Confidence::Medium) {
            *left.entry(finding.rule).or_default() += finding.saving;
        }
    }
    works(left, |work| work.open, Tone::Plain, language)
}

fn works(
    rules: BTreeMap<RuleId, Bytes>,
    text: impl Fn(Work) -> &'static str,
    tone: Tone,
    language: Language,
) -> Vec<Line> {
    let mut rules: Vec<(RuleId, Bytes)> = rules.into_iter().collect();
    rules.order_by_key(|&(rule, bytes)| (std::cmp::Reverse(bytes), rule));
    let rest = rules.split_off(if rules.len() > WORKS { WORKS - 1 } else { rules.len() });
    let figure = |bytes: Bytes| (!bytes.is_zero()).then(|| language.bytes(bytes).to_string());
    let more = (!rest.is_empty()).then(|| Line {
        tone,
        text: (language.words().and_more)(&rest.len().to_string()),
        figure: figure(rest.iter().map(|(_, bytes)| *bytes).sum()),
    });
    let line = |(rule, bytes): (RuleId, Bytes)| Line {
        tone,
        text: text((language.words().brief.work)(rule)).to_owned(),
        figure: figure(bytes),
    };
    rules.into_iter().map(line).chain(more).collect()
}

/// What is demanded: the score, what is missed or unknown, and who attests the rest.
pub(crate) fn targets(judgement: &Judgement, language: Language) -> Vec<Line> {
    if judgement.outcomes.is_empty() {
        return Vec::new();
    }
    let (words, messages) = (language.words(), &language.words().messages);
    // A setting of the kernel means nothing to who decides; what it is for does.
    let is_technical = |outcome: &Outcome| matches!(outcome.title, Title::OomScore { .. });
    let named = |outcome: &Outcome| {
        if is_technical(outcome) {
            words.brief.end_order.to_owned()
        } else {
            one_line(&(messages.title)(&outcome.title))
        }
    };
    let title = |outcome: &Outcome| {
        let title = named(outcome);
        match &outcome.service {
            Some(service) => format!("{}: {title}", format::name(service)),
            None => title,
        }
    };
    let required = judgement.passed + judgement.failed + judgement.unknown;
    let score = (words.running.verdict)(&judgement.passed.to_string(), &required.to_string());
    let tone = match (judgement.failed, judgement.unknown) {
        (0, 0) => Tone::Good,
        (0, _) => Tone::Plain,
        _ => Tone::Bad,
    };
    let mut lines = vec![Line { tone, text: score, figure: None }];
    for (status, tone, head) in
        [(Status::Fail, Tone::Bad, words.brief.missed), (Status::Unknown, Tone::Plain, words.brief.unknown)]
    {
        let of_status =
            judgement.outcomes.iter().filter(|outcome| outcome.required && outcome.status == status);
        let said = of_status.map(|outcome| {
            let figure = outcome.measured.as_ref().filter(|_| !is_technical(outcome)).map(messages.measure);
            let line = Line { tone, text: title(outcome), figure };
            (outcome.service.as_deref(), named(outcome), line)
        });
        let said = grouped(said, language).into_iter();
        lines.extend(said.map(|line| Line { text: format!("{head}: {}", line.text), ..line }));
    }
    for outcome in judgement.outcomes.iter().filter(|outcome| outcome.attested) {
        let word = outcome.evidence.iter().find_map(|reason| match reason {
            Reason::Attested { by, on, .. } => Some((words.brief.attested)(&one_line(by), &one_line(on))),
            _ => None,
        });
        let text = title(outcome);
        lines.extend(word.map(|figure| Line { tone: Tone::Good, text, figure: Some(figure) }));
    }
    lines
}

fn sizes(text: &str, size: SizeChange, has_before: bool, language: Language) -> Line {
    let after = language.bytes(size.after);
    let (tone, figure) = if has_before {
        let relative = size.percent().map(|change| format!(" ({})", language.percent(change)));
        let figure = format!("{} → {after}{}", language.bytes(size.before), relative.unwrap_or_default());
        #[expect(clippy::cast_precision_loss, reason = "only the order counts")]
        let tone = Tone::of(size.before.0 as f64, size.after.0 as f64);
        (tone, figure)
    } else {
        (Tone::Plain, after.to_string())
    };
    Line { tone, text: text.to_owned(), figure: Some(figure) }
}

/// What a finding means to people who do not build images.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Work {
    /// What was done about it.
    pub done: &'static str,
    /// What can be done about it.
    pub open: &'static str,
}

#[cfg(test)]
mod tests;
