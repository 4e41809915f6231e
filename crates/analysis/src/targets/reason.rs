//! What was found about a target, as values. Words are for `plimsoll-report`.

use plimsoll_snapshot::{Bytes, Ecosystem};
use serde::Serialize;

use super::title::{Figure, When};
use crate::findings::NamedFinding;
use crate::inspect::SizeChange;
use crate::memory::{Distribution, KillEvidence, LogReason, StartUp};

/// What a target rests on, or why it cannot be judged.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Reason {
    /// The snapshot contains no memory data.
    NothingRuns,
    /// The memory data does not include the service.
    ServiceNotSeen,
    /// There is no snapshot from before.
    NothingToCompare,
    /// The snapshot holds no image of the service.
    NoImage,
    /// An image was not read whole.
    ImageNotWhole {
        /// Its service.
        service: String,
    },
    /// The source does not store all layers compressed.
    NotCompressed,
    /// Compressed sizes are only known image by image.
    CompressedImageByImage,
    /// Something about one side of a comparison.
    Of {
        /// Which.
        side: When,
        /// What about it.
        reason: Box<Reason>,
    },
    /// There was nothing before.
    NothingBefore,
    /// It is not on both sides.
    NotOnBothSides,
    /// Two sizes.
    Sizes {
        /// Before.
        before: Bytes,
        /// After.
        after: Bytes,
    },
    /// What an image adds to its base image, and the base image.
    OwnAndBase {
        /// What the image adds.
        own: SizeChange,
        /// The base image.
        base: SizeChange,
    },
    /// No base image was recognised, so that all of the image counts as what it adds.
    NoBaseRecognised,
    /// How many bytes are hidden.
    Hidden {
        /// How many.
        bytes: Bytes,
    },
    /// A finding that is not allowed.
    FindingFound {
        /// The finding.
        #[serde(flatten)]
        finding: NamedFinding,
    },
    /// A finding that is not allowed, but that someone accepted.
    FindingAccepted {
        /// The finding.
        #[serde(flatten)]
        finding: NamedFinding,
        /// Why it is accepted.
        reason: String,
    },
    /// More findings than are named.
    MoreFindings {
        /// How many.
        findings: u64,
    },
    /// The layer that has grown most.
    LayerGrown {
        /// Its instruction; absent if unknown.
        instruction: Option<String>,
        /// Before.
        before: Bytes,
        /// After.
        after: Bytes,
    },
    /// No layer is a new version of an old one.
    NoNewVersion,
    /// Where most hidden bytes are.
    MostHidden {
        /// How many.
        bytes: Bytes,
        /// The layer they are from.
        layer: u64,
        /// A file; absent if unknown.
        file: Option<String>,
    },
    /// The disk of the host was not read.
    DiskNotRead,
    /// The answers of the engine lack lists or figures.
    DiskPartlyKnown,
    /// What the engine stores.
    Disk {
        /// Images, each layer once.
        images: Bytes,
        /// What containers wrote, and their logs.
        containers: Bytes,
        /// Volumes.
        volumes: Bytes,
        /// The build cache, without layers of images.
        cache: Bytes,
    },
    /// The build context was not measured.
    ContextNotMeasured,
    /// What a build context holds.
    Context {
        /// Its files.
        files: u64,
        /// What `.dockerignore` leaves out.
        ignored: Bytes,
    },
    /// The packages of the image are not known.
    PackagesUnknown,
    /// Not every layer was searched for packages.
    PackagesIncomplete,
    /// A package that was found.
    PackageFound {
        /// Its name.
        name: String,
        /// Its version.
        version: String,
        /// Its ecosystem.
        ecosystem: Ecosystem,
    },
    /// The package is none of those installed.
    PackageNotFound {
        /// How many are.
        packages: u64,
    },
    /// The image of the snapshot is the one of every container.
    SameImage {
        /// Its short ID.
        image: String,
    },
    /// No container names its image.
    NoContainerImage {
        /// The image of the snapshot.
        image: String,
    },
    /// A container runs another image.
    OtherImage {
        /// The image that the container runs.
        running: String,
        /// The image in the snapshot.
        image: String,
    },
    /// Running, and not restarted.
    Running,
    /// The number of restarts.
    Restarted {
        /// How many.
        times: u64,
    },
    /// It has ended.
    Ended {
        /// Its exit code; absent if unknown.
        exit_code: Option<i64>,
    },
    /// It is being restarted.
    Restarting,
    /// It is paused.
    Paused,
    /// It was created and never started.
    NeverStarted,
    /// It ended with errors that no stop explains.
    FailedEnds {
        /// How many times.
        ends: u64,
    },
    /// No container of it was inspected.
    NotInspected,
    /// Healthy in all probes.
    Healthy,
    /// Unhealthy at times.
    WentUnhealthy {
        /// How many times.
        times: u64,
    },
    /// Unhealthy.
    Unhealthy,
    /// No probe has run yet.
    NoProbeYet,
    /// It has no health check.
    NoHealthCheck,
    /// Nothing says.
    HealthUnknown,
    /// No start with a healthy probe was seen.
    NoHealthyStart {
        /// The services; empty for the one that is asked.
        services: Vec<String>,
    },
    /// Some services have no health check.
    WithoutHealthCheck {
        /// Which.
        services: Vec<String>,
        /// How long the others took.
        others: StartUp,
    },
    /// From the first start to the last first healthy probe.
    FirstStartToLastProbe,
    /// It is set to a figure.
    SetTo {
        /// The value.
        found: Figure,
        /// Where that is not what is demanded, what is.
        wanted: Option<Figure>,
    },
    /// It is set to a number.
    SetToNumber {
        /// The value.
        found: i64,
        /// Where that is not what is demanded, what is.
        wanted: Option<i64>,
    },
    /// None is set.
    NoneSet,
    /// It is not known.
    NotKnown,
    /// The limit is not known.
    LimitUnknown,
    /// The limit of swap is not known.
    SwapUnknown,
    /// There is no limit.
    NoLimit,
    /// The limit.
    Limit {
        /// How much.
        limit: Bytes,
    },
    /// The limit is not the planned one.
    NotAsPlanned {
        /// The limit.
        limit: Bytes,
        /// The planned one; absent where none is planned.
        planned: Option<Bytes>,
    },
    /// It was killed at its limit.
    KilledAtLimit {
        /// What says so.
        evidence: Vec<KillEvidence>,
    },
    /// The limit was reached without a kill.
    LimitReached {
        /// How many times.
        times: u64,
    },
    /// What it takes was not recorded.
    UsageNotRecorded,
    /// The most it took.
    Took {
        /// How much.
        most: Bytes,
    },
    /// It took more than its limit.
    TookMore {
        /// How much.
        bytes: Bytes,
    },
    /// RAM and swap together are limited to the limit of RAM.
    SwapLimited {
        /// How much.
        bytes: Bytes,
    },
    /// RAM and swap together may be more.
    SwapAllowed {
        /// How much.
        bytes: Bytes,
    },
    /// Swap is not limited.
    SwapUnlimited,
    /// Services without a limit.
    WithoutLimit {
        /// Which.
        services: Vec<String>,
    },
    /// Services whose limit is not known.
    LimitUnknownOf {
        /// Which.
        services: Vec<String>,
    },
    /// Services whose reservation is not known.
    ReservationUnknownOf {
        /// Which.
        services: Vec<String>,
    },
    /// What a sum consists of.
    Parts {
        /// The services.
        parts: Vec<Part>,
    },
    /// All limits, and the memory of the host.
    OfHost {
        /// The sum; absent if unknown.
        limits: Option<Bytes>,
        /// The memory; absent if unknown.
        host: Option<Bytes>,
    },
    /// What is known of kills for memory.
    Kills {
        /// What says so.
        evidence: KillEvidence,
    },
    /// No load is named, so it may have been idle.
    MayHaveIdled,
    /// No load is named, and an idle stack says nothing about a loaded one.
    NoLoad,
    /// Nothing was recorded.
    NothingRecorded,
    /// How much was taken.
    Taken {
        /// When.
        when: TakenWhen,
        /// How much.
        distribution: Distribution,
    },
    /// A log driver.
    LogDriver {
        /// Its name.
        driver: String,
    },
    /// Why a log is bounded or not.
    Log {
        /// The reason.
        reason: LogReason,
    },
    /// What the log of a container may take.
    LogBound {
        /// How much.
        bytes: Bytes,
    },
    /// Nothing shows that it is PostgreSQL.
    NotPostgres,
    /// Its command is not known.
    CommandUnknown,
    /// Its configuration file was not read.
    ConfigFileUnread,
    /// What PostgreSQL may take at worst, and its limit.
    PostgresWorstCase {
        /// The worst case.
        worst_case: Bytes,
        /// The limit.
        limit: Bytes,
    },
    /// A probe ended with this code.
    ProbeEnded {
        /// The code.
        exit_code: i64,
    },
    /// It is attested, but not by whom or when.
    AttestedByNobody,
    /// A person attests it.
    Attested {
        /// Who.
        by: String,
        /// When.
        on: String,
        /// What they add.
        note: Option<String>,
    },
    /// No probe was run, and it is not attested.
    NoProbe {
        /// The id of the check.
        check: String,
    },
    /// Before, it cost nothing.
    CostNothing,
    /// Nothing is known of what runs.
    NothingKnown,
    /// The memory of the server before is not known.
    ServerUnknown {
        /// Why.
        because: Box<Reason>,
    },
    /// No size of server is large enough.
    NoServerSize {
        /// The memory.
        memory: Bytes,
        /// How that was found.
        basis: ServerBasis,
    },
    /// What a server costs.
    ServerPrice {
        /// The price.
        price: f64,
        /// The memory.
        memory: Bytes,
        /// How that was found.
        basis: ServerBasis,
        /// The size that was chosen; absent without sizes.
        size: Option<String>,
    },
}

/// When memory was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum TakenWhen {
    /// Under load.
    Loaded,
    /// By all services at the same time, under load.
    LoadedAtOnce,
    /// Idle, or without a load label.
    IdleOrUnlabelled,
}

/// What one service adds to a sum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Part {
    /// Its name.
    pub service: String,
    /// What each container adds.
    pub bytes: Bytes,
    /// How many containers there are.
    pub replicas: u64,
}

/// How the memory of a server was found.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ServerBasis {
    /// The limits of all services, and what the host needs.
    Limits {
        /// The limits.
        limits: Bytes,
        /// What the host needs.
        host: Bytes,
        /// What is left free, in percent.
        free_percent: f64,
    },
    /// The targets name it.
    Targets,
    /// Without limits, all of the host.
    WholeHost,
}
