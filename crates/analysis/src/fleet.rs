//! A fleet of images as a report shows it: totals, sharing, what weighs most, and what to do first.
//!
//! The figures are answers of a query engine over the tables of a fleet; here they are joined and judged.

use plimsoll_snapshot::Bytes;
use serde::Serialize;

/// Everything that a report of a fleet shows.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FleetReport {
    /// The fleet as a whole.
    pub totals: FleetTotals,
    /// What storage and pulls cost.
    pub prices: Prices,
    /// What to do first, the largest saving first.
    pub steps: Vec<FleetStep>,
    /// The projects, the one with the most unique bytes first.
    pub projects: Vec<FleetProject>,
    /// The packages that cost most, over all images.
    pub packages: Vec<FleetPackage>,
    /// The contents that waste most.
    pub contents: Vec<FleetContent>,
    /// The bases, the one with the most images on an older version first.
    pub bases: Vec<FleetBase>,
    /// Findings by rule, the largest saving first.
    pub rules: Vec<FleetRule>,
    /// All images, the largest saving first.
    pub images: Vec<FleetImage>,
    /// What the last scan could not read.
    pub failed: u64,
}

/// A fleet as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FleetTotals {
    /// The number of names of images.
    pub names: u64,
    /// The number of different images.
    pub images: u64,
    /// The number of projects.
    pub projects: u64,
    /// The number of different layers.
    pub layers: u64,
    /// The number of files of these layers.
    pub files: u64,
    /// The bytes of the blobs of all images, as if no image shared any.
    pub unshared_bytes: Bytes,
    /// The bytes of all blobs.
    pub stored_bytes: Bytes,
    /// The bytes of the files of all layers.
    pub file_bytes: Bytes,
    /// The bytes of contents that are stored in more than one layer, one copy not counted.
    pub duplicate_across_bytes: Bytes,
    /// The bytes of contents that one layer stores more than once, one copy not counted.
    pub duplicate_within_bytes: Bytes,
    /// The bytes of blobs whose layer is stored in another compression, too.
    pub recompressed_bytes: Bytes,
    /// The hidden bytes of all layers, each pair of layers counted once.
    pub hidden_bytes: Bytes,
    /// The bytes of weights of models that are stored more than once, one copy not counted.
    pub model_bytes: Bytes,
}

/// What storage and pulls cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Prices {
    /// Of a GB and month.
    pub storage: f64,
    /// Of a GB that is pulled.
    pub pull: f64,
    /// How often each name is pulled in a month.
    pub pulls: f64,
}

/// Something that makes a fleet smaller.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FleetStep {
    /// What to do.
    pub kind: FleetStepKind,
    /// The bytes that it saves, of files or of blobs.
    pub bytes: Bytes,
    /// What that costs in a month of storage, with files compressed as they are now.
    pub money: f64,
}

/// What to do with a fleet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FleetStepKind {
    /// Fix what hides bytes of earlier layers, this instruction first.
    FixHidden {
        /// The instruction that hides most.
        instruction: String,
        /// The number of pairs of layers.
        pairs: u64,
    },
    /// Put contents that many layers store into one layer that images share.
    ShareFiles {
        /// The path of the content that wastes most, if it is large.
        example: Option<String>,
    },
    /// Store weights of models once: in a shared layer or a volume.
    ShareModels {
        /// The path of the largest.
        example: String,
        /// The number of different weights.
        models: u64,
    },
    /// Push layers in one compression.
    OneCompression {
        /// The number of layers.
        layers: u64,
    },
    /// Fix the findings of a project.
    FixFindings {
        /// The project.
        project: String,
        /// The number of its images.
        images: u64,
    },
}

/// A project of a fleet.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FleetProject {
    /// Its name.
    pub name: String,
    /// The number of its images.
    pub images: u64,
    /// The bytes of their blobs, as if they shared none.
    pub unshared_bytes: Bytes,
    /// The bytes of their blobs.
    pub stored_bytes: Bytes,
    /// The bytes of blobs that no other project has.
    pub unique_bytes: Bytes,
    /// What the findings of its images save, in each of them.
    pub saving_bytes: Bytes,
    /// What storage costs in a month, shared blobs split.
    pub storage_cost: f64,
    /// What pulls cost in a month.
    pub pull_cost: f64,
}

/// A package of a fleet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FleetPackage {
    /// The world it comes from.
    pub ecosystem: String,
    /// Its name.
    pub name: String,
    /// The number of its versions.
    pub versions: u64,
    /// The number of images that have it.
    pub images: u64,
    /// Its bytes in all images.
    pub image_bytes: Bytes,
    /// Its bytes in all layers, each counted once.
    pub stored_bytes: Bytes,
}

/// A content that is stored more than once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FleetContent {
    /// Where it lies in one layer, if it is large.
    pub example: Option<String>,
    /// Its size.
    pub size: Bytes,
    /// The number of layers that have it.
    pub layers: u64,
    /// The number of files that have it.
    pub copies: u64,
    /// All copies but one.
    pub duplicate_bytes: Bytes,
}

/// A repository that images are built on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FleetBase {
    /// The repository.
    pub base: String,
    /// Its newest image.
    pub newest: String,
    /// The images that are built on an older one.
    pub images: Vec<FleetDrift>,
}

/// An image that is built on an older image of a repository.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FleetDrift {
    /// The image.
    pub image: String,
    /// The one that it is built on.
    pub built_on: String,
}

/// The findings of a rule.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FleetRule {
    /// The rule.
    pub rule: String,
    /// The number of images that have such findings.
    pub images: u64,
    /// What those of medium and high confidence save, in each image.
    pub saving_bytes: Bytes,
}

/// An image of a fleet.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FleetImage {
    /// Its name.
    pub reference: String,
    /// Its project.
    pub project: String,
    /// Image size.
    pub image_bytes: Bytes,
    /// The bytes of its blobs.
    pub stored_bytes: Bytes,
    /// Bytes that a later layer deleted or replaced.
    pub hidden_bytes: Bytes,
    /// What its findings save.
    pub saving_bytes: Bytes,
    /// The predicted seconds of a pull over 100 Mbit/s.
    pub pull_seconds: f64,
}

impl FleetTotals {
    /// What a GB of files takes up as blobs.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a share of a few digits")]
    pub fn compression(&self) -> f64 {
        if self.file_bytes.is_zero() { 1.0 } else { self.stored_bytes.0 as f64 / self.file_bytes.0 as f64 }
    }
}

/// What to do first: the kinds with the bytes that each saves, the largest saving of storage first. Those that save nothing
/// are omitted.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "money of a few digits")]
pub fn first_steps(
    totals: &FleetTotals,
    prices: &Prices,
    kinds: impl IntoIterator<Item = (FleetStepKind, Bytes)>,
) -> Vec<FleetStep> {
    let cost = |kind: &FleetStepKind, bytes: Bytes| {
        // Blobs are as large as they are; files are compressed as the fleet is.
        let stored = match kind {
            FleetStepKind::OneCompression { .. } => 1.0,
            _ => totals.compression(),
        };
        bytes.0 as f64 / 1e9 * stored * prices.storage
    };
    let mut steps: Vec<FleetStep> = (kinds.into_iter())
        .filter(|(_, bytes)| !bytes.is_zero())
        .map(|(kind, bytes)| FleetStep { money: cost(&kind, bytes), kind, bytes })
        .collect();
    steps.sort_by(|one, other| other.money.total_cmp(&one.money).then(other.bytes.cmp(&one.bytes)));
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_saves_most_storage_comes_first() {
        let totals = FleetTotals {
            file_bytes: Bytes(10_000_000_000),
            stored_bytes: Bytes(4_000_000_000),
            ..FleetTotals::default()
        };
        let prices = Prices { storage: 0.1, ..Prices::default() };
        let steps = first_steps(
            &totals,
            &prices,
            [
                (FleetStepKind::ShareFiles { example: None }, Bytes(2_000_000_000)),
                (FleetStepKind::OneCompression { layers: 2 }, Bytes(1_000_000_000)),
                (FleetStepKind::ShareModels { example: "m".to_owned(), models: 0 }, Bytes(0)),
            ],
        );
        let money: Vec<f64> = steps.iter().map(|step| (step.money * 1e6).round() / 1e6).collect();
        assert_eq!(money, [0.1, 0.08]);
        assert_eq!(steps[0].kind, FleetStepKind::OneCompression { layers: 2 });
        // An empty fleet divides by nothing.
        assert!((FleetTotals::default().compression() - 1.0).abs() < f64::EPSILON);
    }
}
