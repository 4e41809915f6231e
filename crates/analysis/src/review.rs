//! What a change did to a stack: by how much the images grew, by how much their base images did, what did most of it, and
//! whether that is acceptable.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use plimsoll_snapshot::{ByteDelta, Bytes, DiffId, Order as _, Service, Snapshot};
use serde::{Deserialize, Serialize};

use crate::compare::{
    BridgePart, Comparison, LayerMatch, LayerPair, PackageChange, ServiceComparison, SizeChange,
};
use crate::dockerfile::instructions_of_layers;
use crate::inspect::ImageInspection;
use crate::targets::{Judgement, Outcome, Reason, Status, Title};

/// What a change did, every layer once.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Review {
    /// Image size of all services.
    pub total: SizeChange,
    /// The part of it that base images make up. It and `own` sum to `total`.
    pub base: SizeChange,
    /// The part of it that the images add to their base images.
    pub own: SizeChange,
    /// What did most of it; absent where no layer changed its size.
    pub cause: Option<Cause>,
    /// How many services there are, before and after together.
    pub services: u64,
}

/// The layer that did most of a change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Cause {
    /// The service whose image has the layer.
    pub service: String,
    /// Whether the layer comes with the base image.
    pub is_base: bool,
    /// The instruction that made it.
    pub instruction: Option<String>,
    /// Where the Dockerfile has that instruction.
    pub place: Option<Place>,
    /// By how much the layer changed.
    pub delta: ByteDelta,
    /// The packages that changed most in that direction; the largest file where no package did.
    pub parts: Vec<BridgePart>,
}

/// A layer that a change added, removed or changed.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerChange {
    /// Its service: an index into the services of the comparison.
    pub service: usize,
    /// The pair: an index into the layers of that service.
    pub pair: usize,
    /// Whether the layer comes with the base image.
    pub is_base: bool,
    /// Where the Dockerfile has its instruction.
    pub place: Option<Place>,
    /// By how much it changed.
    pub delta: ByteDelta,
}

/// A line of a Dockerfile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Place {
    /// The name of the file, without its directory.
    pub file: String,
    /// The line; the first is 1.
    pub line: u32,
}

/// Where the state before comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Baseline {
    /// A source that the user named.
    Given {
        /// Its name.
        name: String,
    },
    /// An entry of the history.
    History {
        /// The commit of the entry.
        revision: String,
        /// How many commits it lies before the merge base.
        behind: u64,
    },
    /// An image of a registry or an engine.
    Image {
        /// Its reference.
        reference: String,
    },
    /// The snapshot that is attached to an image of a registry.
    Attached {
        /// The reference of the image.
        reference: String,
    },
    /// A build of the merge base.
    Rebuild {
        /// The commit that was built.
        revision: String,
    },
    /// There is none.
    None,
}

impl Baseline {
    /// The name in outputs for programs.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Given { .. } => "given",
            Self::History { .. } => "history",
            Self::Image { .. } => "image",
            Self::Attached { .. } => "attached",
            Self::Rebuild { .. } => "rebuild",
            Self::None => "none",
        }
    }
}

/// What is asked of a change, apart from its targets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// Whether unknown targets count as missed.
    pub strict: bool,
    /// Whether a first measurement passes although targets compare with before.
    pub allow_first: bool,
    /// Whether someone accepted the growth.
    pub accepted: bool,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// Every target is met.
    Met,
    /// A target is missed.
    Missed,
    /// Only targets on growth are missed, and someone accepted the growth.
    Accepted,
    /// No target is missed, and some cannot be judged.
    Unknown,
    /// There is nothing to compare with.
    FirstMeasurement,
    /// There are no targets.
    Measured,
}

impl Decision {
    /// The name in outputs for programs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Missed => "missed",
            Self::Accepted => "accepted",
            Self::Unknown => "unknown",
            Self::FirstMeasurement => "first-measurement",
            Self::Measured => "measured",
        }
    }
}

/// What came of a change, and whether it passes. What could not be compared never passes by that alone.
#[must_use]
pub fn decide(judgement: &Judgement, terms: Terms) -> (Decision, bool) {
    let with = |status: Status| {
        judgement.outcomes.iter().filter(move |outcome| outcome.required && outcome.status == status)
    };
    let missed = with(Status::Fail).count();
    if missed > 0 {
        let is_accepted = terms.accepted && with(Status::Fail).all(is_growth);
        return if is_accepted { (Decision::Accepted, true) } else { (Decision::Missed, false) };
    }
    if !judgement.compared {
        let is_waiting = |outcome: &Outcome| outcome.evidence.contains(&Reason::NothingToCompare);
        let passes = terms.allow_first || !with(Status::Unknown).any(is_waiting);
        let others = with(Status::Unknown).filter(|outcome| !is_waiting(outcome)).count();
        return (Decision::FirstMeasurement, passes && (others == 0 || !terms.strict));
    }
    match (judgement.outcomes.is_empty(), with(Status::Unknown).count()) {
        (true, _) => (Decision::Measured, true),
        (false, 0) => (Decision::Met, true),
        (false, _) => (Decision::Unknown, !terms.strict),
    }
}

/// What targets come to, whatever they are compared with.
#[must_use]
pub fn verdict(judgement: &Judgement) -> Decision {
    match (judgement.failed, judgement.unknown) {
        _ if judgement.outcomes.is_empty() => Decision::Measured,
        (1.., _) => Decision::Missed,
        (0, 1..) => Decision::Unknown,
        (0, 0) => Decision::Met,
    }
}

/// Whether a target is about growth, which someone may accept.
fn is_growth(outcome: &Outcome) -> bool {
    matches!(
        outcome.title,
        Title::ImageNotGrown | Title::OwnNotGrown | Title::StackNotGrown | Title::NoLayerGrown
    )
}

/// Reviews a comparison. `after` has the Dockerfiles.
#[must_use]
pub fn review(comparison: &Comparison, after: &Snapshot) -> Review {
    let side = |image: fn(&ServiceComparison) -> (Option<&ImageInspection>, u64)| -> Bytes {
        let mut base: BTreeMap<&DiffId, Bytes> = BTreeMap::new();
        for (image, layers) in comparison.services.iter().map(image) {
            let layers = image.into_iter().flat_map(|image| image.layers.iter()).zip(0..layers);
            base.extend(layers.map(|(layer, _)| (&layer.diff_id, layer.file_bytes)));
        }
        base.into_values().sum()
    };
    let total = comparison.total;
    let old = side(|service| (service.before.as_ref(), service.base.layers_before)).min(total.before);
    let new = side(|service| (service.after.as_ref(), service.base.layers_after)).min(total.after);
    Review {
        total,
        base: SizeChange::new(old, new),
        own: SizeChange::new(total.before - old, total.after - new),
        cause: cause(comparison, after),
        services: comparison.services.len() as u64,
    }
}

/// The layers whose sizes a change changed, the largest change first. A layer that several services share is there once.
#[must_use]
pub fn changed_layers(comparison: &Comparison, after: &Snapshot) -> Vec<LayerChange> {
    let mut seen: BTreeSet<[Option<&DiffId>; 2]> = BTreeSet::new();
    let mut changes = Vec::new();
    for (position, service) in comparison.services.iter().enumerate() {
        let lines = lines(service, after);
        for (index, pair) in service.layers.iter().enumerate() {
            let delta = delta(service, pair);
            if delta.0 == 0 || !seen.insert(diff_ids(service, pair)) {
                continue;
            }
            let place = pair.after.and_then(|layer| lines.get(layer)?.clone());
            changes.push(LayerChange {
                service: position,
                pair: index,
                is_base: !service.is_own(pair),
                place,
                delta,
            });
        }
    }
    changes.order_by_key(|change| Reverse(change.delta.magnitude()));
    changes
}

fn diff_ids<'a>(service: &'a ServiceComparison, pair: &LayerPair) -> [Option<&'a DiffId>; 2] {
    let of = |image: &'a Option<ImageInspection>, index: Option<usize>| {
        image.as_ref().and_then(|image| image.layers.get(index?)).map(|layer| &layer.diff_id)
    };
    [of(&service.before, pair.before), of(&service.after, pair.after)]
}

/// The line of the Dockerfile for each layer of the image after; empty without a Dockerfile.
#[must_use]
pub fn lines(service: &ServiceComparison, after: &Snapshot) -> Vec<Option<Place>> {
    let Some(Service { image, build: Some(build), .. }) =
        after.services.iter().find(|one| one.name == service.name)
    else {
        return Vec::new();
    };
    let place =
        |instruction: usize| Place { file: build.name.clone(), line: build.instructions[instruction].line };
    let layers = instructions_of_layers(&after.images[*image], build);
    layers.into_iter().map(|instruction| instruction.map(place)).collect()
}

/// The layer that did most: one of the image itself, or else one of its base image.
fn cause(comparison: &Comparison, after: &Snapshot) -> Option<Cause> {
    largest(comparison, after, |is_own, delta| (is_own, delta))
}

/// The layer that did most in one direction, be it one of the base image: the cause of a step of a series.
#[must_use]
pub fn largest_cause(comparison: &Comparison, after: &Snapshot, direction: ByteDelta) -> Option<Cause> {
    let along = |delta: ByteDelta| delta.0.signum() == direction.0.signum();
    largest(comparison, after, |_, delta| (along(delta), delta))
}

/// The layer that weighs most: by two criteria, of which the size of a difference is the second.
fn largest(
    comparison: &Comparison,
    after: &Snapshot,
    weigh: impl Fn(bool, ByteDelta) -> (bool, ByteDelta),
) -> Option<Cause> {
    if !comparison.has_before() {
        return None;
    }
    let pairs = comparison.services.iter().flat_map(|service| {
        service.layers.iter().filter(|pair| pair.kind != LayerMatch::Kept).map(move |pair| (service, pair))
    });
    let weight = |(service, pair): &(&ServiceComparison, &LayerPair)| {
        let (first, delta) = weigh(service.is_own(pair), delta(service, pair));
        (first, delta.magnitude())
    };
    let (service, pair) = pairs.filter(|(service, pair)| delta(service, pair).0 != 0).max_by_key(weight)?;
    let delta = delta(service, pair);
    Some(Cause {
        service: service.name.clone(),
        is_base: !service.is_own(pair),
        instruction: service.instruction(pair).map(str::to_owned),
        place: pair.after.and_then(|layer| lines(service, after).get(layer)?.clone()),
        delta,
        parts: parts(service, pair, delta, after),
    })
}

fn delta(service: &ServiceComparison, pair: &LayerPair) -> ByteDelta {
    let (before, after) = service.layer_sizes(pair);
    before.change_to(after)
}

/// The most packages that a cause names, and the least share of it that they have.
const PARTS: usize = 3;
const LEAST_SHARE: u64 = 20;

fn parts(
    service: &ServiceComparison,
    pair: &LayerPair,
    delta: ByteDelta,
    after: &Snapshot,
) -> Vec<BridgePart> {
    let pulls_more = |part: ByteDelta| {
        let size = part.magnitude().0;
        part.0.signum() == delta.0.signum() && size > 0 && size >= delta.magnitude().0 / LEAST_SHARE
    };
    let pulls = |part: ByteDelta| pulls_more(part) && part.magnitude() <= delta.magnitude();
    // Packages of the base image change with it, and no package names its layer: then only files are certain.
    let is_certain = service.base.size.before == service.base.size.after || !service.is_own(pair);
    // Both lists are in order already.
    let named = |pulls: &dyn Fn(ByteDelta) -> bool| -> Vec<BridgePart> {
        let packages = service.packages.iter().filter(|package| is_certain && pulls(package.size.delta));
        let part =
            |package: &PackageChange| BridgePart { name: package.name.clone(), delta: package.size.delta };
        packages.take(PARTS).map(part).collect()
    };
    // A package may do more than its layer, where another one does the opposite.
    let parts = Some(named(&pulls)).filter(|parts| !parts.is_empty()).unwrap_or_else(|| named(&pulls_more));
    if !parts.is_empty() {
        return parts;
    }
    let layer = pair.after.and_then(|index| {
        let image = &after.images[after.services.iter().find(|one| one.name == service.name)?.image];
        after.layers[image.layers.get(index)?.layer].contents.as_ref()
    });
    let holds = |path: &str| layer.is_none_or(|layer| layer.entries.find(path.as_bytes()).is_some());
    let mut files = service.files.largest.iter();
    let file = files.find(|file| pulls(file.size.delta) && holds(&file.path));
    file.map(|file| BridgePart { name: file.path.clone(), delta: file.size.delta }).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::compare;
    use crate::targets::{judge, parse};
    use crate::testing::{add_service, snapshot};

    #[test]
    fn own_and_base_sum_to_the_total_with_each_layer_once() {
        let root = |size: u64| format!("i ADD rootfs /\nf a {size} a{size}");
        let stack = |base: u64, app: u64| {
            let (root, app) = (root(base), format!("i RUN make\nf app {app} app{app}"));
            let mut stack = snapshot("one", &[&root, &app]);
            add_service(&mut stack, "two", &[&root, "i RUN other\nf b 7"]);
            stack
        };
        let (before, after) = (stack(100, 10), stack(130, 15));
        let review = review(&compare(&before, &after), &after);
        assert_eq!(
            (review.total.delta, review.base.delta, review.own.delta),
            (ByteDelta(35), ByteDelta(30), ByteDelta(5))
        );
        let cause = review.cause.unwrap();
        assert_eq!((cause.service.as_str(), cause.is_base, cause.delta), ("one", false, ByteDelta(5)));
        assert_eq!(cause.instruction.as_deref(), Some("RUN make"));
        let part = BridgePart { name: "app".into(), delta: ByteDelta(5) };
        assert_eq!(cause.parts, [part]);
        // Two services share the layer of the base image.
        let layers: Vec<_> = changed_layers(&compare(&before, &after), &after)
            .iter()
            .map(|change| (change.service, change.is_base, change.delta.0))
            .collect();
        assert_eq!(layers, [(0, true, 30), (0, false, 5)]);
        // A file of the base image is no part of a layer above it.
        let both = stack(120, 30);
        let cause = super::review(&compare(&before, &both), &both).cause.unwrap();
        assert_eq!((cause.delta, cause.parts[0].name.as_str()), (ByteDelta(20), "app"));
        // Where the base image alone changed, it is the cause.
        let refreshed = stack(130, 10);
        let review = super::review(&compare(&before, &refreshed), &refreshed);
        assert!(review.cause.unwrap().is_base && review.own.delta.0 == 0);
    }

    #[test]
    fn nothing_to_compare_with_is_never_green() {
        let app = snapshot("app", &["f a 1000"]);
        let larger = snapshot("app", &["f a 3000 b"]);
        let decide = |targets: &str, before: Option<&Snapshot>, terms: Terms| {
            decide(&judge(&parse(targets).unwrap(), before, &larger, &BTreeMap::new()), terms)
        };
        let none = Terms::default();
        let growth = "[services.app]\ngrowth = '1 kB'";
        assert_eq!(decide(growth, Some(&larger), none), (Decision::Met, true));
        assert_eq!(decide(growth, Some(&app), none), (Decision::Missed, false));
        assert_eq!(decide(growth, None, none), (Decision::FirstMeasurement, false));
        let first = Terms { allow_first: true, ..none };
        assert_eq!(decide(growth, None, first), (Decision::FirstMeasurement, true));
        assert_eq!(decide("[services.app]\nsize = '9 kB'", None, none), (Decision::FirstMeasurement, true));
        assert_eq!(decide("[services.app]\nsize = '1 kB'", None, first), (Decision::Missed, false));
        assert_eq!(decide("", Some(&app), none), (Decision::Measured, true));
        let accepted = Terms { accepted: true, ..none };
        assert_eq!(decide(growth, Some(&app), accepted), (Decision::Accepted, true));
        let both = format!("{growth}\nsize = '1 kB'");
        assert_eq!(decide(&both, Some(&app), accepted), (Decision::Missed, false));
        let unknown = "[services.app]\nhealthy = true";
        assert_eq!(decide(unknown, Some(&app), none), (Decision::Unknown, true));
        assert_eq!(decide(unknown, Some(&app), Terms { strict: true, ..none }), (Decision::Unknown, false));
    }
}
