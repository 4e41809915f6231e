//! What an engine's disk holds, what of it may go, and what would be lost.
//!
//! Images share layers, so their sizes do not add up: bytes are counted per layer here, and each layer once. What a command
//! of the engine frees is found by doing it to a model of the disk: a layer goes when the last image that has it goes, and
//! if no record of the build cache holds it too.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use plimsoll_snapshot::runtime::{Engine, EngineKind, Status, Time};
use plimsoll_snapshot::{Bytes, CacheRecord, Disk, DiskStore, Order as _};
use serde::Serialize;

use crate::inspect::SizeChange;
use crate::lines::{Line, Shell, shell};

/// The disk of an engine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DiskUse {
    /// The engine, if it was asked.
    pub engine: Option<Engine>,
    /// When it was asked.
    pub observed: Option<Time>,
    /// What keeps the images, which decides what their sizes mean.
    pub store: DiskStore,
    /// What it holds, by kind.
    pub totals: Totals,
    /// The images, largest unique size first.
    pub images: Vec<ImageUse>,
    /// The containers, most bytes first.
    pub containers: Vec<ContainerUse>,
    /// The volumes, largest first.
    pub volumes: Vec<VolumeUse>,
    /// The build cache by kind, largest first.
    pub cache: Vec<CacheUse>,
    /// What each command of the engine would free and lose.
    pub prunes: Vec<Prune>,
    /// What may go for certain: the build cache without layers of images, and images without a name that nothing uses.
    pub reclaimable_bytes: Bytes,
    /// Commands that free it, and single ones for what else is not used.
    pub suggestions: Vec<Suggestion>,
}

/// Bytes by kind. They add up, but for what is not known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// All layers of the images, each once.
    pub images_bytes: Bytes,
    /// The sizes that the engine lists, added up over images.
    pub listed_bytes: Bytes,
    /// The compressed blobs among `listed_bytes`, where the store keeps them.
    pub content_bytes: Option<Bytes>,
    /// What containers wrote beside volumes.
    pub containers_bytes: Bytes,
    /// Their logs; absent if none could be measured.
    pub logs_bytes: Option<Bytes>,
    /// The volumes whose size is known.
    pub volumes_bytes: Bytes,
    /// The build cache, without what are layers of images too.
    pub cache_bytes: Bytes,
}

impl Totals {
    /// Everything together.
    #[must_use]
    pub fn bytes(&self) -> Bytes {
        [
            self.images_bytes,
            self.containers_bytes,
            self.logs_bytes.unwrap_or_default(),
            self.volumes_bytes,
            self.cache_bytes,
        ]
        .into_iter()
        .sum()
    }
}

/// One image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ImageUse {
    /// Its names; none if a newer image took them over.
    pub tags: Vec<String>,
    /// The image ID.
    pub id: String,
    /// Its size as the engine lists it.
    pub listed_bytes: Bytes,
    /// The compressed blobs in it, where the store keeps them.
    pub content_bytes: Option<Bytes>,
    /// The layers that no other image has; absent if its layers are unknown.
    pub unique_bytes: Option<Bytes>,
    /// The layers that others have, too.
    pub shared_bytes: Option<Bytes>,
    /// What the engine takes for unique, if that is another figure.
    pub engine_unique_bytes: Option<Bytes>,
    /// How many containers are made of it, stopped ones included.
    pub containers: u64,
    /// Whether it was neither pulled nor pushed: it cannot be fetched again. Absent where the store does not tell.
    pub is_only_here: Option<bool>,
}

/// One container.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ContainerUse {
    /// Its name.
    pub name: String,
    /// Its ID.
    pub id: String,
    /// What it is doing.
    pub status: Status,
    /// What it wrote beside volumes; absent if unknown.
    pub writable_bytes: Option<Bytes>,
    /// Its logs; absent if they could not be measured.
    pub log_bytes: Option<Bytes>,
}

/// One volume.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VolumeUse {
    /// Its name.
    pub name: String,
    /// Its bytes; absent if unknown.
    pub bytes: Option<Bytes>,
    /// How many containers mount it, stopped ones included.
    pub containers: u64,
    /// Whether it was made for one container, without a name.
    pub is_anonymous: bool,
}

/// The records of the build cache of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CacheUse {
    /// `regular`, `source.local`, `exec.cachemount`, …
    pub kind: String,
    /// How many there are.
    pub records: u64,
    /// The bytes of those that are no layers of images.
    pub bytes: Bytes,
    /// The bytes of those that are layers of images, too: they are counted there.
    pub shared_bytes: Bytes,
    /// The bytes, without shared ones, of those that were last used on the last day, in the last week, and before.
    pub by_age: [Bytes; 3],
}

/// A command of the engine that removes what is not used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Prune {
    /// Which.
    pub kind: PruneKind,
    /// The command.
    pub command: String,
    /// What it would free.
    pub frees_bytes: Bytes,
    /// What would be lost.
    pub loses: Vec<Loss>,
}

/// The commands of an engine that remove what is not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are those of the commands")]
pub enum PruneKind {
    Containers,
    Images,
    AllImages,
    Volumes,
    AllVolumes,
    BuildCache,
    AllBuildCache,
    System,
    AllSystem,
}

/// What is lost with a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Loss {
    /// What stopped containers wrote.
    Written {
        /// The containers.
        names: Vec<String>,
        /// Their bytes.
        bytes: Bytes,
    },
    /// Stopped containers, and their logs.
    Containers {
        /// How many.
        containers: u64,
    },
    /// The data of volumes.
    Volumes {
        /// The volumes.
        names: Vec<String>,
        /// Their bytes, as far as known.
        bytes: Bytes,
    },
    /// Images that exist only here.
    OnlyHere {
        /// Their names.
        names: Vec<String>,
    },
    /// Images that a registry has, or may have.
    Images {
        /// How many.
        images: u64,
    },
    /// Images without a name.
    Untagged {
        /// How many.
        images: u64,
    },
    /// Time of the next builds.
    BuildTime {
        /// How many records.
        records: u64,
    },
}

/// A command to paste. Nothing here runs it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Suggestion {
    /// What it does.
    pub kind: SuggestionKind,
    /// The command.
    pub command: String,
    /// What it frees, after those before it; absent if unknown.
    pub frees_bytes: Option<Bytes>,
}

/// What a suggested command does, and why it is safe or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SuggestionKind {
    /// Removes the build cache: nothing is lost but time.
    BuildCache,
    /// Removes images without a name that nothing uses.
    Untagged,
    /// Removes an image that nothing uses and a registry has.
    FetchAgain,
    /// Removes an image that nothing uses and that exists only here, or may.
    OnlyHere,
    /// Removes a stopped container with what it wrote.
    Container,
    /// Removes a volume that no container mounts, with its data.
    Volume,
}

impl SuggestionKind {
    /// Whether nothing is lost that cannot be made again.
    #[must_use]
    pub const fn is_safe(self) -> bool {
        matches!(self, Self::BuildCache | Self::Untagged)
    }
}

/// What a disk holds, before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DiskChange {
    /// By kind, then all together, then what may go for certain.
    pub kinds: Vec<(DiskKind, SizeChange)>,
}

/// What takes room on a disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names are those of `Totals`")]
pub enum DiskKind {
    Images,
    Containers,
    Logs,
    Volumes,
    Cache,
    All,
    Reclaimable,
}

/// Compares two states of a disk.
#[must_use]
pub fn disk_change(before: &DiskUse, after: &DiskUse) -> DiskChange {
    // Logs that one side did not measure are no change.
    let has_logs = before.totals.logs_bytes.is_some() && after.totals.logs_bytes.is_some();
    let figures = |used: &DiskUse| {
        let totals = used.totals;
        [
            (DiskKind::Images, totals.images_bytes),
            (DiskKind::Containers, totals.containers_bytes),
            (DiskKind::Logs, totals.logs_bytes.unwrap_or_default()),
            (DiskKind::Volumes, totals.volumes_bytes),
            (DiskKind::Cache, totals.cache_bytes),
            (
                DiskKind::All,
                Bytes(totals.bytes().0 - if has_logs { 0 } else { totals.logs_bytes.unwrap_or_default().0 }),
            ),
            (DiskKind::Reclaimable, used.reclaimable_bytes),
        ]
    };
    let kinds = figures(before).into_iter().zip(figures(after));
    let kinds = kinds.filter(|((kind, _), _)| has_logs || *kind != DiskKind::Logs);
    DiskChange { kinds: kinds.map(|((kind, old), (_, new))| (kind, SizeChange::new(old, new))).collect() }
}

/// The most suggestions of one kind.
const MOST: usize = 20;
const DAY_MS: i64 = 24 * 3_600_000;

/// Works out what a disk holds and what may go.
#[must_use]
pub fn disk_use(disk: &Disk) -> DiskUse {
    let model = Model::of(disk);
    let mut images: Vec<ImageUse> = (0..disk.images.len()).map(|image| model.image(image)).collect();
    images.order_by_key(|image| {
        (
            std::cmp::Reverse(image.unique_bytes.unwrap_or(image.listed_bytes)),
            image.tags.clone(),
            image.id.clone(),
        )
    });
    let mut containers: Vec<ContainerUse> = (disk.containers.iter())
        .map(|container| ContainerUse {
            name: container.name.clone(),
            id: container.id.clone(),
            status: container.status,
            writable_bytes: container.writable_bytes,
            log_bytes: container.log_bytes,
        })
        .collect();
    containers.order_by_key(|container| {
        let bytes = container.writable_bytes.unwrap_or_default() + container.log_bytes.unwrap_or_default();
        (std::cmp::Reverse(bytes), container.name.clone())
    });
    let mut volumes: Vec<VolumeUse> = (disk.volumes.iter())
        .map(|volume| VolumeUse {
            name: volume.name.clone(),
            bytes: volume.bytes,
            containers: model.mounting(&volume.name, &BTreeSet::new()),
            is_anonymous: volume.is_anonymous,
        })
        .collect();
    volumes.order_by_key(|volume| (std::cmp::Reverse(volume.bytes), volume.name.clone()));
    let logs: Vec<Bytes> = disk.containers.iter().filter_map(|container| container.log_bytes).collect();
    DiskUse {
        engine: disk.engine.clone(),
        observed: disk.observed,
        store: disk.store,
        totals: Totals {
            images_bytes: model.images_bytes(),
            listed_bytes: disk.images.iter().map(|image| image.listed_bytes).sum(),
            content_bytes: (disk.store == DiskStore::Containerd)
                .then(|| disk.images.iter().filter_map(|image| image.content_bytes).sum()),
            containers_bytes: disk.containers.iter().filter_map(|container| container.writable_bytes).sum(),
            logs_bytes: (!logs.is_empty() || disk.containers.is_empty()).then(|| logs.into_iter().sum()),
            volumes_bytes: disk.volumes.iter().filter_map(|volume| volume.bytes).sum(),
            cache_bytes: disk
                .cache
                .iter()
                .filter(|record| !record.is_shared)
                .map(|record| record.bytes)
                .sum(),
        },
        images,
        containers,
        volumes,
        cache: cache_use(disk),
        prunes: prunes(disk, &model),
        reclaimable_bytes: model.done(&CERTAIN).bytes,
        suggestions: suggestions(disk, &model),
    }
}

fn cache_use(disk: &Disk) -> Vec<CacheUse> {
    let mut kinds: BTreeMap<&str, CacheUse> = BTreeMap::new();
    for record in &disk.cache {
        let known = kinds.entry(&record.kind).or_insert_with(|| CacheUse {
            kind: record.kind.clone(),
            records: 0,
            bytes: Bytes::ZERO,
            shared_bytes: Bytes::ZERO,
            by_age: [Bytes::ZERO; 3],
        });
        known.records += 1;
        if record.is_shared {
            known.shared_bytes += record.bytes;
            continue;
        }
        known.bytes += record.bytes;
        let age = disk.observed.zip(record.last_used).map(|(now, used)| now.0.saturating_sub(used.0));
        let place = match age {
            Some(age) if age <= DAY_MS => 0,
            Some(age) if age <= 7 * DAY_MS => 1,
            _ => 2,
        };
        known.by_age[place] += record.bytes;
    }
    let mut kinds: Vec<CacheUse> = kinds.into_values().collect();
    kinds.order_by_key(|kind| (std::cmp::Reverse(kind.bytes), kind.kind.clone()));
    kinds
}

/// What a command removes.
#[derive(Clone, Copy, Debug, Default)]
struct Deed {
    /// Stopped containers.
    containers: bool,
    /// Unused images: those without a name, or all.
    images: Option<bool>,
    /// Unused volumes: anonymous ones, or all.
    volumes: Option<bool>,
    /// The build cache: what is no layer of an image and not internal, or all.
    cache: Option<bool>,
}

/// What came of it.
struct Done {
    bytes: Bytes,
    loses: Vec<Loss>,
}

/// The disk, with what uses what.
struct Model<'a> {
    disk: &'a Disk,
    /// How many images have each layer.
    holders: Vec<u32>,
    /// The records of the build cache that hold a layer, by what tells layers apart without their digests: their size.
    cached: HashMap<Bytes, u64>,
}

impl<'a> Model<'a> {
    fn of(disk: &'a Disk) -> Self {
        let mut holders = vec![0; disk.layers.len()];
        for &layer in disk.images.iter().flat_map(|image| image.layers.iter().flatten()) {
            holders[layer] += 1;
        }
        let mut cached: HashMap<Bytes, u64> = HashMap::new();
        for record in disk.cache.iter().filter(|record| record.is_shared && !record.bytes.is_zero()) {
            *cached.entry(record.bytes).or_default() += 1;
        }
        Self { disk, holders, cached }
    }

    fn images_bytes(&self) -> Bytes {
        let layers = &self.disk.layers;
        let known: Bytes = layers.iter().map(|layer| layer.bytes).sum();
        // Of images whose layers are unknown, what the engine takes for unique is the best figure there is.
        let others = self.disk.images.iter().filter(|image| image.layers.is_none());
        let others: Bytes = others
            .map(|image| {
                Bytes(image.listed_bytes.0.saturating_sub(image.listed_shared_bytes.unwrap_or_default().0))
            })
            .sum();
        known + others
    }

    fn image(&self, index: usize) -> ImageUse {
        let image = &self.disk.images[index];
        let split = image.layers.as_ref().map(|layers| {
            let (unique, shared): (Vec<usize>, Vec<usize>) =
                layers.iter().partition(|&&layer| self.holders[layer] == 1);
            let sum =
                |layers: Vec<usize>| layers.iter().map(|&layer| self.disk.layers[layer].bytes).sum::<Bytes>();
            (sum(unique), sum(shared))
        });
        let engine_unique = image
            .listed_shared_bytes
            .map(|shared| Bytes(image.listed_bytes.0.saturating_sub(shared.0)))
            .filter(|&unique| split.is_some_and(|split| split.0 != unique));
        ImageUse {
            tags: image.tags.clone(),
            id: image.id.clone(),
            listed_bytes: image.listed_bytes,
            content_bytes: image.content_bytes,
            unique_bytes: split.map(|split| split.0),
            shared_bytes: split.map(|split| split.1),
            engine_unique_bytes: engine_unique,
            containers: self.disk.containers.iter().filter(|container| container.image == Some(index)).count()
                as u64,
            is_only_here: image.is_in_registry.map(|is_there| !is_there),
        }
    }

    /// How many containers mount a volume, without some of them.
    fn mounting(&self, volume: &str, without: &BTreeSet<usize>) -> u64 {
        let containers =
            self.disk.containers.iter().enumerate().filter(|(index, _)| !without.contains(index));
        containers.filter(|(_, container)| container.volumes.iter().any(|name| name == volume)).count() as u64
    }

    /// What removing something would free and lose.
    fn done(&self, deed: &Deed) -> Done {
        let disk = self.disk;
        let mut done = Done { bytes: Bytes::ZERO, loses: Vec::new() };
        let mut gone: BTreeSet<usize> = BTreeSet::new();
        if deed.containers {
            gone.extend(
                disk.containers
                    .iter()
                    .enumerate()
                    .filter(|(_, one)| is_stopped(one.status))
                    .map(|(at, _)| at),
            );
            self.containers(&gone, &mut done);
        }
        if let Some(all) = deed.volumes {
            self.volumes(all, &gone, &mut done);
        }
        let kept: Vec<bool> = match deed.images {
            None => vec![true; disk.images.len()],
            Some(all) => self.images(all, &gone, &mut done),
        };
        let freed = self.freed_layers(&kept, deed.cache);
        done.bytes += freed;
        if let Some(all) = deed.cache {
            let records = self.prunable(all);
            let count = records.len() as u64;
            done.bytes += records.into_iter().map(|record| record.bytes).sum::<Bytes>();
            if count > 0 {
                done.loses.push(Loss::BuildTime { records: count });
            }
        }
        done
    }

    fn containers(&self, gone: &BTreeSet<usize>, done: &mut Done) {
        let containers = || gone.iter().map(|&index| &self.disk.containers[index]);
        let wrote = |bytes: Option<Bytes>| bytes.is_none_or(|bytes| !bytes.is_zero());
        let written: Bytes = containers().filter_map(|container| container.writable_bytes).sum();
        let logs: Bytes = containers().filter_map(|container| container.log_bytes).sum();
        done.bytes += written + logs;
        let mut names: Vec<String> = containers()
            .filter(|container| wrote(container.writable_bytes))
            .map(|container| container.name.clone())
            .collect();
        names.order();
        if !names.is_empty() {
            done.loses.push(Loss::Written { names, bytes: written });
        }
        if !gone.is_empty() {
            done.loses.push(Loss::Containers { containers: gone.len() as u64 });
        }
    }

    fn volumes(&self, all: bool, gone: &BTreeSet<usize>, done: &mut Done) {
        // Before version 23, Docker removed named volumes as well; Podman does so to this day.
        let all = all || !prunes_anonymous_alone(self.disk.engine.as_ref());
        let unused = self.disk.volumes.iter().filter(|volume| {
            volume.is_local && (all || volume.is_anonymous) && self.mounting(&volume.name, gone) == 0
        });
        let unused: Vec<_> = unused.collect();
        let bytes: Bytes = unused.iter().filter_map(|volume| volume.bytes).sum();
        done.bytes += bytes;
        if !unused.is_empty() {
            let names = unused.into_iter().map(|volume| volume.name.clone()).collect();
            done.loses.push(Loss::Volumes { names, bytes });
        }
    }

    /// Whether each image is kept.
    fn images(&self, all: bool, gone: &BTreeSet<usize>, done: &mut Done) -> Vec<bool> {
        let mut kept = vec![false; self.disk.images.len()];
        for (index, container) in self.disk.containers.iter().enumerate() {
            if let Some(image) = container.image.filter(|_| !gone.contains(&index)) {
                kept[image] = true;
            }
        }
        let (mut only_here, mut fetched, mut untagged) = (Vec::new(), 0, 0);
        for (image, kept) in self.disk.images.iter().zip(&mut kept) {
            *kept |= !all && !image.tags.is_empty();
            match image.is_in_registry {
                _ if *kept => {}
                _ if image.tags.is_empty() => untagged += 1,
                Some(true) => fetched += 1,
                _ => only_here.extend(image.tags.iter().cloned()),
            }
        }
        only_here.order();
        if !only_here.is_empty() {
            done.loses.push(Loss::OnlyHere { names: only_here });
        }
        for (loss, number) in
            [(Loss::Images { images: fetched }, fetched), (Loss::Untagged { images: untagged }, untagged)]
        {
            if number > 0 {
                done.loses.push(loss);
            }
        }
        kept
    }

    /// The bytes of the layers that no kept image has, and no record of the build cache that stays.
    fn freed_layers(&self, kept: &[bool], cache: Option<bool>) -> Bytes {
        let mut held = vec![false; self.disk.layers.len()];
        for (image, _) in self.disk.images.iter().zip(kept).filter(|(_, kept)| **kept) {
            image.layers.iter().flatten().for_each(|&layer| held[layer] = true);
        }
        let images = self.disk.images.iter().zip(kept);
        let unknown: Bytes = images
            .filter(|(image, kept)| !**kept && image.layers.is_none())
            .map(|(image, _)| {
                Bytes(image.listed_bytes.0.saturating_sub(image.listed_shared_bytes.unwrap_or_default().0))
            })
            .sum();
        if cache.is_none() {
            self.hold_cached(&mut held);
        }
        let layers = self.disk.layers.iter().zip(held);
        unknown + layers.filter(|(_, held)| !held).map(|(layer, _)| layer.bytes).sum::<Bytes>()
    }

    /// Marks the layers that records of the build cache hold, with all below them. A record has no digest, but the bytes of
    /// its layer. If the cache is pruned later in the same command, it holds nothing: without its image, a record is not
    /// shared any more.
    fn hold_cached(&self, held: &mut [bool]) {
        let mut records = self.cached.clone();
        let mut take = |bytes: Bytes| {
            let left = records.get_mut(&bytes).filter(|left| **left > 0);
            left.map(|left| *left -= 1).is_some()
        };
        // Layers that stay have their records first.
        for (layer, is_held) in self.disk.layers.iter().zip(held.iter()) {
            if *is_held && layer.by_buildkit {
                take(layer.bytes);
            }
        }
        let free: Vec<bool> = held.iter().map(|held| !held).collect();
        let cached: Vec<bool> = (self.disk.layers.iter().zip(free))
            .map(|(layer, is_free)| is_free && layer.by_buildkit && take(layer.bytes))
            .collect();
        for layers in self.disk.images.iter().filter_map(|image| image.layers.as_ref()) {
            if let Some(top) = layers.iter().rposition(|&layer| cached[layer]) {
                layers[..=top].iter().for_each(|&layer| held[layer] = true);
            }
        }
    }

    /// The records of the build cache that a command removes, without those that are layers of images: they free nothing, or
    /// are counted as layers.
    fn prunable(&self, all: bool) -> Vec<&'a CacheRecord> {
        let stays = |record: &&CacheRecord| {
            record.in_use && !self.is_parent(&record.id)
                || !all && (record.is_shared || matches!(record.kind.as_str(), "internal" | "frontend"))
        };
        // What a record that stays is built on stays, too.
        let by_id: HashMap<&str, &CacheRecord> =
            self.disk.cache.iter().map(|record| (record.id.as_str(), record)).collect();
        let mut kept: BTreeSet<&str> = BTreeSet::new();
        let mut open: Vec<&CacheRecord> = self.disk.cache.iter().filter(stays).collect();
        while let Some(record) = open.pop() {
            if kept.insert(&record.id) {
                open.extend(record.parents.iter().filter_map(|parent| by_id.get(parent.as_str())));
            }
        }
        let goes = |record: &&CacheRecord| !kept.contains(record.id.as_str()) && !record.is_shared;
        self.disk.cache.iter().filter(goes).collect()
    }

    fn is_parent(&self, id: &str) -> bool {
        self.disk.cache.iter().any(|record| record.parents.iter().any(|parent| parent == id))
    }
}

/// Whether a container does not run, so that engines prune it.
const fn is_stopped(status: Status) -> bool {
    matches!(status, Status::Created | Status::Exited | Status::Dead)
}

/// Docker Engine API 1.42 (version 23): `volume prune` removes anonymous volumes alone.
fn prunes_anonymous_alone(engine: Option<&Engine>) -> bool {
    let Some(engine) = engine else { return true };
    let major = engine.version.split('.').next().and_then(|major| major.parse::<u32>().ok());
    engine.kind == EngineKind::Docker && major.is_none_or(|major| major >= 23)
}

/// The name of the program that commands the engine.
fn program(disk: &Disk) -> Line<Shell> {
    let is_podman = disk.engine.as_ref().is_some_and(|engine| engine.kind == EngineKind::Podman);
    if is_podman { "podman".into() } else { "docker".into() }
}

fn prunes(disk: &Disk, model: &Model<'_>) -> Vec<Prune> {
    let is_podman = disk.engine.as_ref().is_some_and(|engine| engine.kind == EngineKind::Podman);
    let has_cache = !is_podman;
    let knows_anonymous = prunes_anonymous_alone(disk.engine.as_ref());
    let nothing = Deed::default();
    let all = [
        (PruneKind::Containers, " container prune", true, Deed { containers: true, ..nothing }),
        (PruneKind::Images, " image prune", true, Deed { images: Some(false), ..nothing }),
        (PruneKind::AllImages, " image prune --all", true, Deed { images: Some(true), ..nothing }),
        (PruneKind::Volumes, " volume prune", true, Deed { volumes: Some(false), ..nothing }),
        (
            PruneKind::AllVolumes,
            " volume prune --all",
            knows_anonymous,
            Deed { volumes: Some(true), ..nothing },
        ),
        (PruneKind::BuildCache, " builder prune", has_cache, Deed { cache: Some(false), ..nothing }),
        (PruneKind::AllBuildCache, " builder prune --all", has_cache, Deed { cache: Some(true), ..nothing }),
        (
            PruneKind::System,
            " system prune",
            true,
            Deed { containers: true, images: Some(false), cache: Some(false), ..nothing },
        ),
        (
            PruneKind::AllSystem,
            " system prune --all --volumes",
            true,
            Deed { containers: true, images: Some(true), volumes: Some(false), cache: Some(true) },
        ),
    ];
    let known = all.into_iter().filter(|(.., is_known, _)| *is_known);
    known
        .map(|(kind, command, _, deed)| {
            let done = model.done(&deed);
            let command = Line::of([program(disk), command.into()]).to_string();
            Prune { kind, command, frees_bytes: done.bytes, loses: done.loses }
        })
        .collect()
}

/// What may go for certain.
const CERTAIN: Deed = Deed { containers: false, images: Some(false), volumes: None, cache: Some(false) };

/// The commands for it, which free something.
fn certain(disk: &Disk, model: &Model<'_>) -> Vec<Suggestion> {
    let images = model.done(&Deed { cache: None, ..CERTAIN }).bytes;
    // Images that have gone leave their layers to the cache: the second command frees those as well.
    let cache = Bytes(model.done(&CERTAIN).bytes.0.saturating_sub(images.0));
    let suggestion = |kind, words: &'static str, frees: Bytes| {
        let command = Line::of([program(disk), words.into()]).to_string();
        (!frees.is_zero()).then_some(Suggestion { kind, command, frees_bytes: Some(frees) })
    };
    let both = [
        suggestion(SuggestionKind::Untagged, " image prune", images),
        suggestion(SuggestionKind::BuildCache, " builder prune", cache),
    ];
    both.into_iter().flatten().collect()
}

/// A command for things by their names; none if a name fits into no shell.
fn removal(
    disk: &Disk,
    kind: SuggestionKind,
    words: &'static str,
    names: &[String],
    frees_bytes: Option<Bytes>,
) -> Option<Suggestion> {
    let mut command = Line::of([program(disk), words.into()]);
    for name in names {
        command.push(" ");
        command.push(shell::name(name)?);
    }
    // What frees nothing is not worth a command.
    (frees_bytes != Some(Bytes::ZERO)).then(|| Suggestion { kind, command: command.to_string(), frees_bytes })
}

fn suggestions(disk: &Disk, model: &Model<'_>) -> Vec<Suggestion> {
    let mut suggestions = certain(disk, model);
    let mut images: Vec<usize> = (0..disk.images.len()).collect();
    images.retain(|&image| {
        let is_used = disk.containers.iter().any(|container| container.image == Some(image));
        !is_used && !disk.images[image].tags.is_empty()
    });
    let mut used: Vec<(usize, ImageUse)> =
        images.into_iter().map(|image| (image, model.image(image))).collect();
    used.order_by_key(|(index, image)| (std::cmp::Reverse(image.unique_bytes), *index));
    for (index, image) in used.into_iter().take(MOST) {
        let kept: Vec<bool> = (0..disk.images.len()).map(|other| other != index).collect();
        let frees = model.freed_layers(&kept, None);
        let kind = if image.is_only_here == Some(false) {
            SuggestionKind::FetchAgain
        } else {
            SuggestionKind::OnlyHere
        };
        suggestions.extend(removal(disk, kind, " image rm", &image.tags, Some(frees)));
    }
    let mut stopped: Vec<_> =
        disk.containers.iter().filter(|container| is_stopped(container.status)).collect();
    stopped.order_by_key(|container| (std::cmp::Reverse(container.writable_bytes), container.name.clone()));
    for container in stopped.into_iter().take(MOST) {
        let frees = container.writable_bytes.map(|bytes| bytes + container.log_bytes.unwrap_or_default());
        let name = if container.name.is_empty() { &container.id } else { &container.name };
        suggestions.extend(removal(
            disk,
            SuggestionKind::Container,
            " container rm",
            std::slice::from_ref(name),
            frees,
        ));
    }
    let mut volumes: Vec<_> =
        (disk.volumes.iter()).filter(|volume| model.mounting(&volume.name, &BTreeSet::new()) == 0).collect();
    volumes.order_by_key(|volume| (std::cmp::Reverse(volume.bytes), volume.name.clone()));
    for volume in volumes.into_iter().take(MOST) {
        let name = std::slice::from_ref(&volume.name);
        suggestions.extend(removal(disk, SuggestionKind::Volume, " volume rm", name, volume.bytes));
    }
    suggestions
}

#[cfg(test)]
mod tests;
