//! Compares two snapshots: services by name, layers by what they are, files by path.
//!
//! The structures here are the document `plimsoll compare --format json` prints: see `docs/compare-format.md`.

mod bridge;
mod config;
mod files;
mod images;
mod layers;
mod moves;
mod packages;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use plimsoll_snapshot::{BuildFile, Bytes, DiffId, Image, Order as _, Snapshot};
use serde::Serialize;

pub use bridge::{BridgeCause, BridgePart, BridgeStep};
pub use config::ConfigChange;
pub use files::{ChangedFile, Counted, FileChange, FileChanges, FileNode, FileTree, Side, compare_trees};
pub use images::ImageTree;
pub use layers::{LayerMatch, LayerPair, match_layers};

pub use moves::{Move, Moves, find_moves};
pub use packages::{PackageChange, PackageChangeKind, compare_packages};

use self::config::{Configured, compare_configs};
use self::images::Images;
use crate::base_image::{base_layers, base_layers_by_history};
pub use crate::inspect::SizeChange;
use crate::inspect::{ImageInspection, StackSize, stack_size};

/// Two snapshots compared.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Comparison {
    /// The image size of all services, layers shared between them counted once.
    pub total: SizeChange,
    /// What the services before weigh together.
    pub before: StackSize,
    /// What the services after weigh together.
    pub after: StackSize,
    /// Every service of either side, the largest change first.
    #[serde(skip)]
    pub services: Vec<ServiceComparison>,
}

/// What became of the image size of all services.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It is smaller.
    Smaller,
    /// It is larger.
    Larger,
    /// It is the same.
    Unchanged,
    /// There is nothing before.
    NothingBefore,
}

/// One service on both sides. What services that run the same images have in common is stored once.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ServiceComparison {
    /// The name both sides have it under.
    #[serde(rename = "service")]
    pub name: String,
    /// Its image before; absent for a new service.
    pub before: Option<ImageInspection>,
    /// Its image after; absent for a service that is gone.
    pub after: Option<ImageInspection>,
    /// Image size.
    pub size: SizeChange,
    /// Final tree size.
    pub final_tree: SizeChange,
    /// Hidden bytes.
    pub hidden: SizeChange,
    /// Where the difference in image size comes from; the steps sum to it exactly.
    pub bridge: Arc<[BridgeStep]>,
    /// The layers, aligned.
    #[serde(skip)]
    pub layers: Arc<[LayerPair]>,
    /// How many of the lowest layers both sides share: the base image, as far as it is the same.
    pub base: BaseImage,
    /// The packages that differ, the largest change first.
    pub packages: Arc<[PackageChange]>,
    /// The files that differ.
    pub files: Arc<FileChanges>,
    /// Files that are gone from one path and there under another, with the same content.
    pub moves: Arc<Moves>,
    /// What differs in how the image is run.
    pub config: Arc<[ConfigChange]>,
}

/// The layers that both images begin with.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BaseImage {
    /// The number of layers that both images share.
    pub shared_layers: u64,
    /// The bytes of their files.
    pub shared_bytes: Bytes,
    /// What the images say they were built on (`org.opencontainers.image.base.name`).
    pub before: Option<String>,
    /// The base image that the image after says it was built on.
    pub after: Option<String>,
    /// How many layers of the image before come with its base image, as far as is known.
    pub layers_before: u64,
    /// How many layers of the image after come with its base image.
    pub layers_after: u64,
    /// The bytes of the base image. They and `own` sum to the image size.
    pub size: SizeChange,
    /// The bytes of what the images add to their base images.
    pub own: SizeChange,
}

impl Comparison {
    /// Whether there is a side before. Without one, everything is as it is, and nothing is new.
    #[must_use]
    pub fn has_before(&self) -> bool {
        self.services.iter().any(|service| service.before.is_some())
    }

    /// What became of the image size of all services.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match self.total.delta.0 {
            _ if !self.has_before() => Verdict::NothingBefore,
            ..=-1 => Verdict::Smaller,
            0 => Verdict::Unchanged,
            1.. => Verdict::Larger,
        }
    }

    /// Whether a service is on both sides.
    #[must_use]
    pub fn has_common(&self) -> bool {
        self.services.iter().any(|service| service.before.is_some() && service.after.is_some())
    }

    /// The compressed layers of all images, every layer once; none unless both sides have all of them compressed.
    #[must_use]
    pub fn compressed(&self) -> Option<SizeChange> {
        let sum = |side: fn(&ServiceComparison) -> Option<&ImageInspection>| -> Option<Bytes> {
            let images = self.services.iter().filter_map(side);
            let mut layers: Vec<(&DiffId, Option<Bytes>)> = images
                .flat_map(|image| image.layers.iter())
                .map(|layer| (&layer.diff_id, layer.compressed_bytes))
                .collect();
            if layers.is_empty() {
                return None;
            }
            layers.order();
            layers.dedup_by_key(|(diff_id, _)| *diff_id);
            layers.into_iter().map(|(_, bytes)| bytes).sum()
        };
        Some(SizeChange::new(sum(|service| service.before.as_ref())?, sum(|service| service.after.as_ref())?))
    }
}

impl ServiceComparison {
    /// The instruction of a pair of layers: the one after, unless there is none.
    #[must_use]
    pub fn instruction(&self, pair: &LayerPair) -> Option<&str> {
        let layer = match (&self.after, pair.after, &self.before, pair.before) {
            (Some(image), Some(index), _, _) | (_, _, Some(image), Some(index)) => image.layers.get(index)?,
            _ => return None,
        };
        layer.instruction.as_deref()
    }

    /// The sizes of a pair of layers; zero on a side that lacks the layer.
    #[must_use]
    pub fn layer_sizes(&self, pair: &LayerPair) -> (Bytes, Bytes) {
        let size = |image: &Option<ImageInspection>, index: Option<usize>| {
            let layer = image.as_ref().and_then(|image| image.layers.get(index?));
            layer.map_or(Bytes::ZERO, |layer| layer.file_bytes)
        };
        (size(&self.before, pair.before), size(&self.after, pair.after))
    }

    /// Whether a pair of layers belongs to what the images add to their base images.
    #[must_use]
    pub fn is_own(&self, pair: &LayerPair) -> bool {
        match (pair.before, pair.after) {
            (_, Some(after)) => after as u64 >= self.base.layers_after,
            (Some(before), None) => before as u64 >= self.base.layers_before,
            (None, None) => false,
        }
    }

    /// The layer above the base image that grew most, in bytes.
    #[must_use]
    pub fn most_grown_layer(&self) -> Option<&LayerPair> {
        let growth = |pair: &&LayerPair| {
            let (before, after) = self.layer_sizes(pair);
            after.0.saturating_sub(before.0)
        };
        let own = self.layers.iter().filter(|pair| self.is_own(pair) && pair.kind != LayerMatch::Kept);
        own.max_by_key(growth).filter(|pair| growth(pair) > 0)
    }
}

/// One service with the trees of both sides, for those who want to look inside.
#[derive(Clone, Debug)]
pub struct ServiceTrees<'a> {
    /// The image before.
    pub before: Option<Arc<ImageTree<'a>>>,
    /// The image after.
    pub after: Option<Arc<ImageTree<'a>>>,
    /// The files of both in one.
    pub union: Arc<FileTree<'a>>,
}

/// Compares two snapshots.
#[must_use]
pub fn compare(before: &Snapshot, after: &Snapshot) -> Comparison {
    compare_each(before, after, |_, trees| drop(trees)).0
}

/// Compares two snapshots, and keeps the files and the packages of both sides for each service, in the order of
/// [`Comparison::services`].
#[must_use]
pub fn compare_with_trees<'a>(
    before: &'a Snapshot,
    after: &'a Snapshot,
) -> (Comparison, Vec<ServiceTrees<'a>>) {
    compare_each(before, after, |_, trees| trees)
}

/// Compares pair by pair of images, so that no more trees are held at a time than `keep` leaves.
/// Services that run the same images on both sides are compared once.
pub(crate) fn compare_each<'a, T>(
    before: &'a Snapshot,
    after: &'a Snapshot,
    mut keep: impl FnMut(&str, ServiceTrees<'a>) -> T,
) -> (Comparison, Vec<T>) {
    let indices = (image_indices(before), image_indices(after));
    let mut pairs: Vec<(Pair, usize, &str)> = service_names(before, after)
        .into_iter()
        .enumerate()
        .map(|(place, name)| ((indices.0.get(name).copied(), indices.1.get(name).copied()), place, name))
        .collect();
    // Services of the same images one after another, so that nothing has to be held for later.
    pairs.order();
    let mut images = (Images::of(before), Images::of(after));
    let mut services = Vec::with_capacity(pairs.len());
    for alike in pairs.chunk_by(|one, other| one.0 == other.0) {
        let (pair, _, first) = alike[0];
        let trees = service_trees(images.0.get(first, pair.0), images.1.get(first, pair.1));
        let compared = compare_service(before, after, first, pair, &trees);
        let of_service = |&(_, place, name): &(Pair, usize, &str)| {
            let images =
                (pair.0.map(|index| &before.images[index]), pair.1.map(|index| &after.images[index]));
            let config = config_changes(before, after, name, images).into();
            (place, (ServiceComparison { config, ..compared.of_service(name) }, keep(name, trees.clone())))
        };
        services.extend(alike.iter().map(of_service));
    }
    services.order_by_key(|(place, _)| *place);
    let mut services: Vec<_> = services.into_iter().map(|(_, service)| service).collect();
    services.order_by_key(|(service, _)| std::cmp::Reverse(service.size.delta.magnitude()));
    let (services, kept) = services.into_iter().unzip();
    let (before, after) = (stack_size(before), stack_size(after));
    let total = SizeChange::new(before.unique_bytes, after.unique_bytes);
    (Comparison { total, before, after, services }, kept)
}

/// The indices of the images that a service runs before and after.
type Pair = (Option<usize>, Option<usize>);

/// For each service of a snapshot the index of its image.
fn image_indices(snapshot: &Snapshot) -> BTreeMap<&str, usize> {
    let mut indices = BTreeMap::new();
    for service in &snapshot.services {
        indices.entry(service.name.as_str()).or_insert(service.image);
    }
    indices
}

/// The names of the services of both sides, each once: first those of before, then the new ones.
#[must_use]
pub fn service_names<'a>(before: &'a Snapshot, after: &'a Snapshot) -> Vec<&'a str> {
    let mut seen = BTreeSet::new();
    let names = before.services.iter().chain(&after.services).map(|service| service.name.as_str());
    names.filter(|name| seen.insert(*name)).collect()
}

/// The trees of one service.
fn service_trees<'a>(
    before: Option<Arc<ImageTree<'a>>>,
    after: Option<Arc<ImageTree<'a>>>,
) -> ServiceTrees<'a> {
    let union = compare_trees(
        before.as_ref().map(|image| &image.squashed.tree),
        after.as_ref().map(|image| &image.squashed.tree),
    );
    ServiceTrees { before, after, union: Arc::new(union) }
}

impl ServiceComparison {
    /// This comparison under the name of another service that runs the same images.
    fn of_service(&self, name: &str) -> Self {
        let side = |side: &Option<ImageInspection>| side.as_ref().map(|image| image.of_service(name));
        Self { name: name.to_owned(), before: side(&self.before), after: side(&self.after), ..self.clone() }
    }
}

/// Compares one service whose trees are known.
fn compare_service(
    before: &Snapshot,
    after: &Snapshot,
    name: &str,
    pair: Pair,
    trees: &ServiceTrees<'_>,
) -> ServiceComparison {
    let sides = (trees.before.as_deref(), trees.after.as_deref());
    let change = |figure: fn(&ImageInspection) -> Bytes| {
        let figure =
            |side: Option<&ImageTree<'_>>| side.map_or(Bytes::ZERO, |image| figure(&image.inspection));
        SizeChange::new(figure(sides.0), figure(sides.1))
    };
    let inspected = |side: Option<&ImageTree<'_>>| Some(side?.inspection.of_service(name));
    let files = trees.union.changes();
    let images = (pair.0.map(|index| &before.images[index]), pair.1.map(|index| &after.images[index]));
    let inspections = (sides.0.map(|image| &image.inspection), sides.1.map(|image| &image.inspection));
    let builds = (build_of(before, name), build_of(after, name));
    let layers = match_layers((before, images.0), (after, images.1));
    let packages =
        compare_packages(sides.0.map(|image| &image.packages), sides.1.map(|image| &image.packages));
    ServiceComparison {
        name: name.to_owned(),
        size: change(|image| image.size_bytes),
        final_tree: change(|image| image.final_tree_bytes),
        hidden: change(|image| image.hidden_bytes),
        bridge: bridge::bridge(&files, &packages, sides.0, sides.1).into(),
        base: base_image(&layers, inspections, images, builds),
        layers: layers.into(),
        moves: Arc::new(find_moves(
            &trees.union,
            sides.0.map(|image| &image.squashed),
            sides.1.map(|image| &image.squashed),
        )),
        config: config_changes(before, after, name, images).into(),
        packages: packages.into(),
        files: Arc::new(files),
        before: inspected(sides.0),
        after: inspected(sides.1),
    }
}

/// What differs in how a service is run.
fn config_changes(
    before: &Snapshot,
    after: &Snapshot,
    name: &str,
    images: (Option<&Image>, Option<&Image>),
) -> Vec<ConfigChange> {
    compare_configs(Configured::of(before, name, images.0), Configured::of(after, name, images.1))
}

/// What a service was built from, where that was given.
fn build_of<'a>(snapshot: &'a Snapshot, name: &str) -> Option<&'a BuildFile> {
    snapshot.services.iter().find(|service| service.name == name)?.build.as_ref()
}

/// How many layers come with the base image on each side. A layer of both sides belongs to the base image of both or of
/// neither: the smaller count is believed, and where one side shows no base image, all layers count as added. So a growth
/// is rather taken for that of the image than for that of its base image.
fn base_ends(
    shared: usize,
    images: (Option<&Image>, Option<&Image>),
    builds: (Option<&BuildFile>, Option<&BuildFile>),
) -> (usize, usize) {
    // The Dockerfile of one side mostly tells the layers of the other side, too.
    let end = |image: &Image, own: Option<&BuildFile>, other: Option<&BuildFile>| {
        base_layers(image, own).or_else(|| base_layers(image, other))
    };
    match (images.0, images.1) {
        (Some(before), Some(after)) => {
            let written = (end(before, builds.0, builds.1), end(after, builds.1, builds.0));
            let (old, new) = match written {
                (Some(old), Some(new)) => (old, new),
                _ => (base_layers_by_history(before), base_layers_by_history(after)),
            };
            let least = old.min(new);
            if least <= shared || least == 0 { (least, least) } else { (old, new) }
        }
        (before, after) => {
            let alone = |image: Option<&Image>, build| {
                image.map_or(0, |image| {
                    base_layers(image, build).unwrap_or_else(|| base_layers_by_history(image))
                })
            };
            (alone(before, builds.0), alone(after, builds.1))
        }
    }
}

fn base_image(
    layers: &[LayerPair],
    inspections: (Option<&ImageInspection>, Option<&ImageInspection>),
    images: (Option<&Image>, Option<&Image>),
    builds: (Option<&BuildFile>, Option<&BuildFile>),
) -> BaseImage {
    let shared = layers.iter().take_while(|pair| pair.kind == LayerMatch::Kept).count();
    let named =
        |image: Option<&Image>| image?.config.labels.get("org.opencontainers.image.base.name").cloned();
    let ends = base_ends(shared, images, builds);
    let bytes = |image: Option<&ImageInspection>, layers: usize| -> Bytes {
        let layers = image.into_iter().flat_map(|image| image.layers.iter().take(layers));
        layers.map(|layer| layer.file_bytes).sum()
    };
    let sizes = (bytes(inspections.0, ends.0), bytes(inspections.1, ends.1));
    let own = |image: Option<&ImageInspection>, base: Bytes| {
        image.map_or(Bytes::ZERO, |image| Bytes(image.size_bytes.0.saturating_sub(base.0)))
    };
    BaseImage {
        shared_layers: shared as u64,
        shared_bytes: bytes(inspections.0, shared),
        layers_before: ends.0 as u64,
        layers_after: ends.1 as u64,
        size: SizeChange::new(sizes.0, sizes.1),
        own: SizeChange::new(own(inspections.0, sizes.0), own(inspections.1, sizes.1)),
        before: named(images.0),
        after: named(images.1),
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_snapshot::{ByteDelta, Service};

    use super::*;
    use crate::testing::{add_service, snapshot};

    #[test]
    fn services_are_matched_by_name_and_sorted_by_change() {
        let mut before = snapshot("db", &["f db 10"]);
        add_service(&mut before, "backend", &["f base 100", "f app 900"]);
        let mut after = snapshot("db", &["f db 10"]);
        add_service(&mut after, "backend", &["f base 100", "f app 50"]);
        add_service(&mut after, "worker", &["f base 100", "f job 7"]);
        let comparison = compare(&before, &after);
        let deltas: Vec<_> =
            comparison.services.iter().map(|service| (service.name.as_str(), service.size.delta.0)).collect();
        assert_eq!(deltas, [("backend", -850), ("worker", 107), ("db", 0)]);
        assert_eq!((comparison.total.before, comparison.total.after), (Bytes(1010), Bytes(167)));
    }

    #[test]
    fn services_of_the_same_images_are_compared_once() {
        let (mut before, mut after) = (snapshot("a", &["f x 10"]), snapshot("a", &["f x 12"]));
        for snapshot in [&mut before, &mut after] {
            let first = snapshot.services[0].clone();
            snapshot.services.push(Service { name: "b".into(), ..first });
        }
        let (comparison, trees) = compare_with_trees(&before, &after);
        let [a, b] = &comparison.services[..] else { panic!("{comparison:?}") };
        assert!(Arc::ptr_eq(&a.files, &b.files) && Arc::ptr_eq(&trees[0].union, &trees[1].union));
        let names = |service: &ServiceComparison| {
            [&service.before, &service.after].map(|side| side.as_ref().unwrap().service.clone())
        };
        assert_eq!((names(a), names(b)), (["a", "a"].map(str::to_owned), ["b", "b"].map(str::to_owned)));
    }

    fn base(before: &[&str], after: &[&str]) -> BaseImage {
        let (before, after) = (snapshot("app", before), snapshot("app", after));
        let service = compare(&before, &after).services.remove(0);
        assert_eq!(service.base.size.delta.0 + service.base.own.delta.0, service.size.delta.0);
        service.base
    }

    #[test]
    fn the_base_image_is_the_same_where_its_layers_are() {
        let root = "i ADD rootfs /\nf a 100";
        let added = base(&[root, "i RUN x\nf b 5"], &[root, "i RUN x\nf b 7"]);
        assert_eq!((added.layers_before, added.layers_after), (1, 1));
        assert_eq!((added.size.delta, added.own.delta), (ByteDelta(0), ByteDelta(2)));
        // One side alone does not show the base image: nothing is taken for a base refresh.
        let lost = base(&[root, "i RUN x\nf b 5"], &["i RUN y\nf a 300", "i RUN x\nf b 5"]);
        assert_eq!((lost.layers_before, lost.layers_after), (0, 0));
        assert_eq!(lost.own.delta, ByteDelta(200));
        let refreshed = base(&[root, "i RUN x\nf b 5"], &["i ADD rootfs /\nf a 300", "i RUN x\nf b 5"]);
        assert_eq!((refreshed.size.delta, refreshed.own.delta), (ByteDelta(200), ByteDelta(0)));
        assert_eq!(base(&[], &[root, "i RUN x\nf b 5"]).own.after, Bytes(105));
    }

    #[test]
    fn the_bridge_sums_to_the_difference() {
        let before = snapshot("app", &["d a\nf a/x 6\nf gone 4\nf kept 10 old", "w a\nf kept 12 new"]);
        let after = snapshot("app", &["f kept 20 newer\nf fresh 3", "f kept 20 newer"]);
        let service = &compare(&before, &after).services[0];
        let sum: ByteDelta = service.bridge.iter().map(|step| step.delta).sum();
        assert_eq!(sum, service.size.delta);
        assert_eq!(service.size.delta, ByteDelta(11));
        let json = serde_json::to_value(&service.bridge).unwrap();
        assert_eq!(json[0], serde_json::json!({"cause": "rewritten_same_content", "delta": 20}));
    }
}
