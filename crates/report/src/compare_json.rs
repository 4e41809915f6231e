//! A comparison as a JSON document; see `docs/compare-format.md`.

use plimsoll_analysis::Changes;
use plimsoll_analysis::compare::{Comparison, LayerPair, ServiceComparison, SizeChange, Verdict};
use serde::Serialize;

use crate::finding_json::{ImprovementDocument, RegressionDocument};
use crate::language::Language;
use crate::memory::ComparisonDocument;
use crate::verdict;

/// What came of a change.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct ChangesContent<'a> {
    /// What became of the image size of all services.
    verdict: Verdict,
    /// The sentence that the page, the text and the Markdown begin with.
    verdict_text: String,
    /// What got worse, the gravest first.
    regressions: Vec<RegressionDocument<'a>>,
    /// What got better, what matters most first.
    improvements: Vec<ImprovementDocument<'a>>,
    #[serde(flatten)]
    comparison: &'a Comparison,
    /// Every service of either side, the largest change first.
    services: Vec<ServiceDocument<'a>>,
    /// What became of the memory; absent unless both sides were recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    memory: Option<ComparisonDocument<'a>>,
}

#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ServiceDocument<'a> {
    #[serde(flatten)]
    service: &'a ServiceComparison,
    /// The layers, aligned.
    layers: Vec<LayerDocument<'a>>,
}

/// A row of the alignment, with what made the layer.
#[derive(Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct LayerDocument<'a> {
    #[serde(flatten)]
    pair: LayerPair,
    /// The instruction of the layer after, or else of the one before.
    instruction: Option<&'a str>,
    /// The bytes of its files; zero on a side that lacks the layer.
    size: SizeChange,
}

impl<'a> ChangesContent<'a> {
    pub(crate) fn of(changes: &'a Changes) -> Self {
        let Changes { comparison, memory, regressions, improvements, .. } = changes;
        Self {
            verdict: comparison.verdict(),
            verdict_text: verdict::of(changes, Language::English),
            regressions: regressions.iter().map(RegressionDocument::of).collect(),
            improvements: improvements.iter().map(ImprovementDocument::of).collect(),
            comparison,
            services: comparison.services.iter().map(ServiceDocument::of).collect(),
            memory: memory.as_ref().map(ComparisonDocument::of),
        }
    }
}

impl<'a> ServiceDocument<'a> {
    fn of(service: &'a ServiceComparison) -> Self {
        let layer = |pair: &LayerPair| {
            let (before, after) = service.layer_sizes(pair);
            LayerDocument {
                pair: *pair,
                instruction: service.instruction(pair),
                size: SizeChange::new(before, after),
            }
        };
        Self { service, layers: service.layers.iter().map(layer).collect() }
    }
}
