//! Targets as a JSON document; see `docs/targets.md`.

use std::io::{self, Write};

use plimsoll_analysis::review::{self, Decision};
use plimsoll_analysis::targets::{
    Judgement, Level, LevelOutcome, Measure, Outcome, Reason, Status, Title, Unit,
};
use serde::Serialize;

use super::verdict;
use crate::json_document::{FORMAT_VERSION, Message, messages};
use crate::language::Language;

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Document<'a> {
    format: &'static str,
    format_version: u32,
    /// What the targets come to.
    verdict: Decision,
    /// The same as a sentence.
    verdict_text: String,
    #[serde(flatten)]
    judgement: &'a Judgement,
    outcomes: Vec<OutcomeDocument<'a>>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct OutcomeDocument<'a> {
    id: &'a str,
    title: Message<'a, Title>,
    service: Option<&'a str>,
    status: Status,
    required: bool,
    reached: Option<Level>,
    measured: Option<Message<'a, Measure>>,
    value: Option<f64>,
    unit: Option<Unit>,
    levels: Vec<LevelDocument<'a>>,
    attested: bool,
    evidence: Vec<Message<'a, Reason>>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct LevelDocument<'a> {
    #[serde(flatten)]
    level: &'a LevelOutcome,
    text: String,
    margin_text: Option<String>,
}

impl<'a> OutcomeDocument<'a> {
    fn of(outcome: &'a Outcome) -> Self {
        let texts = &Language::English.words().messages;
        let level = |level: &'a LevelOutcome| LevelDocument {
            level,
            text: Language::English.demand(level),
            margin_text: (texts.margin)(level),
        };
        Self {
            id: &outcome.id,
            title: Message::of(&outcome.title, texts.title),
            service: outcome.service.as_deref(),
            status: outcome.status,
            required: outcome.required,
            reached: outcome.reached,
            measured: outcome.measured.as_ref().map(|measure| Message::of(measure, texts.measure)),
            value: outcome.value,
            unit: outcome.unit,
            levels: outcome.levels.iter().map(level).collect(),
            attested: outcome.attested,
            evidence: messages(&outcome.evidence, texts.reason),
        }
    }
}

/// Writes a judgement.
pub fn judgement(judgement: &Judgement, mut out: impl Write) -> io::Result<()> {
    let document = Document {
        format: "plimsoll-targets",
        format_version: FORMAT_VERSION,
        verdict: review::verdict(judgement),
        verdict_text: verdict(judgement, Language::English),
        judgement,
        outcomes: judgement.outcomes.iter().map(OutcomeDocument::of).collect(),
    };
    crate::json_text::write(&document, &mut out)?;
    out.write_all(b"\n")
}
