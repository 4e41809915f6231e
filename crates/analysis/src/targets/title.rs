//! What a target demands, as values. Words are for `plimsoll-report`.

use serde::Serialize;

use crate::findings::{RuleId, Severity};

/// The unit of a figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Unit {
    /// Bytes of an image or of a file, shown in decimal units.
    #[serde(rename = "bytes")]
    Size,
    /// Bytes of memory, shown in binary units.
    #[serde(rename = "bytes")]
    Memory,
    /// A share in percent.
    #[serde(rename = "percent")]
    Percent,
    /// A duration.
    #[serde(rename = "milliseconds")]
    Duration,
    /// A plain number.
    #[serde(rename = "count")]
    Count,
    /// Money, in the currency of the prices in the target file.
    #[serde(rename = "currency")]
    Price,
}

/// A figure with its unit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Figure {
    /// The value, in its unit.
    pub value: f64,
    /// The unit of the value.
    pub unit: Unit,
}

impl Figure {
    /// Another figure of this unit.
    #[must_use]
    pub const fn with(self, value: f64) -> Self {
        Self { value, ..self }
    }
}

/// A value that is demanded.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Demanded {
    /// The required figure.
    #[serde(flatten)]
    pub figure: Figure,
    /// Whether five percent either way are as good.
    pub about: bool,
}

/// What was measured.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Measure {
    /// One figure.
    Exactly {
        /// The figure.
        #[serde(flatten)]
        figure: Figure,
    },
    /// No more than a figure.
    AtMost {
        /// The figure.
        #[serde(flatten)]
        figure: Figure,
    },
    /// Something between two figures.
    Between {
        /// The smaller one.
        low: Figure,
        /// The larger one.
        high: Figure,
    },
    /// There is no bound.
    Unbounded,
    /// How many times as large as before.
    Times {
        /// The factor.
        factor: f64,
    },
    /// A plain number.
    Number {
        /// The number.
        number: i64,
    },
}

/// A side of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// Before.
    Before,
    /// After.
    After,
}

/// What a target demands.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Title {
    /// The image was built, and is the one that runs.
    ImageBuilt,
    /// The size of an image.
    ImageSize {
        /// Whether layers count as a registry stores them.
        compressed: bool,
    },
    /// An image is smaller than before.
    ImageSmaller,
    /// An image has not grown.
    ImageNotGrown,
    /// No layer has grown.
    NoLayerGrown,
    /// What an image adds to its base image has not grown.
    OwnNotGrown,
    /// Few bytes are hidden.
    FewHiddenBytes,
    /// A small share of what an image adds to its base image is hidden.
    SmallHiddenShare,
    /// The efficiency that dive computes is high.
    Efficient,
    /// The image has few layers.
    FewLayers,
    /// A rule finds nothing in the image.
    NoFindingOf {
        /// The rule.
        rule: RuleId,
    },
    /// No finding in the image is this severe.
    NoFindingAbove {
        /// The severity from which on findings count.
        severity: Severity,
    },
    /// The size of all images.
    StackSize {
        /// Whether shared layers count once.
        shared_once: bool,
    },
    /// All images together are smaller than before.
    StackSmaller {
        /// Whether shared layers count once.
        shared_once: bool,
    },
    /// All images together have not grown.
    StackNotGrown,
    /// The build context is small.
    SmallContext,
    /// The engine stores little.
    SmallDisk,
    /// Little of what the engine stores can go.
    LittleReclaimable,
    /// A package is not in the image.
    PackageAbsent {
        /// Its name, as the target file writes it.
        package: String,
    },
    /// Containers start and stay up.
    Runs,
    /// The health check passes.
    Healthy,
    /// All services are healthy soon after the first start.
    StackStartUp,
    /// A service is healthy soon after its start.
    StartUp,
    /// The limits of all services together.
    SumOfLimits,
    /// The sum of the limits of RAM and swap.
    SumOfLimitsWithSwap,
    /// The reservations of all services together.
    SumOfReservations,
    /// All limits fit the host.
    FitsHost,
    /// There is a limit, as planned, and it is kept.
    LimitRespected,
    /// No swap.
    NoSwap,
    /// A limit of this size.
    Limit {
        /// The size.
        demand: Demanded,
    },
    /// A reservation of this size.
    Reservation {
        /// The size.
        demand: Demanded,
    },
    /// This `oom_score_adj`.
    OomScore {
        /// The score.
        score: i64,
    },
    /// The settings of PostgreSQL fit the limit.
    PostgresFits,
    /// A setting of PostgreSQL that is an amount of memory.
    PostgresMemory {
        /// Its name.
        setting: &'static str,
        /// Its value.
        demand: Demanded,
    },
    /// PostgreSQL's `max_connections`.
    PostgresConnections {
        /// How many.
        connections: u64,
    },
    /// Nothing is killed for memory under load.
    NoKill,
    /// All services together take less under load.
    StackUnderLoad,
    /// A service takes less under load.
    UnderLoad,
    /// The log can be read and is bounded.
    LogBounded,
    /// The log of a container is small.
    SmallLog,
    /// The price of the server.
    Price,
    /// The server is cheaper than before.
    Cheaper,
    /// A check that the user describes.
    Check {
        /// The words of the user.
        title: String,
    },
}
