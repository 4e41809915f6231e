//! The memory of a stack in JSON documents: every conclusion with its kind, its values and its English text.

use plimsoll_analysis::memory::compare::{
    ChangeReason, Gate, GateDetail, GateKind, MemoryComparison, ServiceMemoryComparison,
};
use plimsoll_analysis::memory::{
    CrashLoop, KillEvidence, LimitReason, LimitRefusal, LogBound, LogReason, Memory, Oom, PostgresReason,
    PostgresSettings, ServiceMemory, Suggestion, Trend, TrendReason,
};
use serde::Serialize;

use crate::json_document::{Message, messages};
use crate::language::Language;

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct MemoryDocument<'a> {
    #[serde(flatten)]
    memory: &'a Memory,
    /// Each service, in the order of the memory.
    services: Vec<ServiceDocument<'a>>,
}

impl<'a> MemoryDocument<'a> {
    pub(crate) fn of(memory: &'a Memory) -> Self {
        Self { memory, services: memory.services.iter().map(ServiceDocument::of).collect() }
    }
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ServiceDocument<'a> {
    #[serde(flatten)]
    service: &'a ServiceMemory,
    oom: OomDocument<'a>,
    trend: TrendDocument<'a>,
    suggestion: SuggestionDocument<'a>,
    log: LogDocument<'a>,
    postgres: Option<PostgresDocument<'a>>,
    crashes: Option<Message<'a, CrashLoop>>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct OomDocument<'a> {
    #[serde(flatten)]
    oom: &'a Oom,
    evidence: Vec<Message<'a, KillEvidence>>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct TrendDocument<'a> {
    #[serde(flatten)]
    trend: &'a Trend,
    reason: Message<'a, TrendReason>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct SuggestionDocument<'a> {
    #[serde(flatten)]
    suggestion: &'a Suggestion,
    reasons: Vec<Message<'a, LimitReason>>,
    refused: Vec<Message<'a, LimitRefusal>>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct LogDocument<'a> {
    #[serde(flatten)]
    log: &'a LogBound,
    reason: Message<'a, LogReason>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct PostgresDocument<'a> {
    #[serde(flatten)]
    settings: &'a PostgresSettings,
    reasons: Vec<Message<'a, PostgresReason>>,
}

impl<'a> ServiceDocument<'a> {
    fn of(service: &'a ServiceMemory) -> Self {
        let texts = &Language::English.words().messages;
        let ServiceMemory { oom, trend, suggestion, log, .. } = service;
        Self {
            service,
            oom: OomDocument { oom, evidence: messages(&oom.evidence, texts.kill) },
            trend: TrendDocument { trend, reason: Message::of(&trend.reason, texts.trend) },
            suggestion: SuggestionDocument {
                suggestion,
                reasons: messages(&suggestion.reasons, texts.limit_reason),
                refused: messages(&suggestion.refused, texts.limit_refusal),
            },
            log: LogDocument { log, reason: Message::of(&log.reason, texts.log) },
            postgres: service.postgres.as_ref().map(|settings| PostgresDocument {
                settings,
                reasons: messages(&settings.reasons, texts.postgres),
            }),
            crashes: service.crashes.as_ref().map(|crash| Message::of(crash, texts.crash_loop)),
        }
    }
}

/// The memory of two stacks, as a part of a document.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct ComparisonDocument<'a> {
    gates: Vec<GateDocument<'a>>,
    services: Vec<ComparedService<'a>>,
}

impl<'a> ComparisonDocument<'a> {
    pub(crate) fn of(memory: &'a MemoryComparison) -> Self {
        Self {
            gates: memory.gates.iter().map(GateDocument::of).collect(),
            services: memory.services.iter().map(ComparedService::of).collect(),
        }
    }
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct GateDocument<'a> {
    kind: GateKind,
    text: &'static str,
    alike: Option<bool>,
    detail: Message<'a, GateDetail>,
}

impl<'a> GateDocument<'a> {
    fn of(gate: &'a Gate) -> Self {
        let texts = &Language::English.words().messages;
        Self {
            kind: gate.name,
            text: (texts.gate)(gate.name),
            alike: gate.alike,
            detail: Message::of(&gate.detail, texts.gate_detail),
        }
    }
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ComparedService<'a> {
    #[serde(flatten)]
    service: &'a ServiceMemoryComparison,
    reason: Message<'a, ChangeReason>,
}

impl<'a> ComparedService<'a> {
    fn of(service: &'a ServiceMemoryComparison) -> Self {
        let texts = &Language::English.words().messages;
        Self { service, reason: Message::of(&service.reason, texts.change) }
    }
}
