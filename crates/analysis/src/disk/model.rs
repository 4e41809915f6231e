//! The disk as a model: doing a command to it shows which bytes the command frees.

use std::collections::{BTreeSet, HashMap};

use plimsoll_snapshot::runtime::{Engine, EngineKind, Status};
use plimsoll_snapshot::{Bytes, CacheRecord, Disk, DiskContainer, DiskImage, DiskVolume, Order as _};

use super::values::{ImageUse, Loss};

/// What a command removes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Deed {
    /// Stopped containers.
    pub(super) containers: bool,
    /// Unused images: those without a name, or all.
    pub(super) images: Option<bool>,
    /// Unused volumes: anonymous ones, or all.
    pub(super) volumes: Option<bool>,
    /// The build cache: what is no layer of an image and not internal, or all.
    pub(super) cache: Option<bool>,
}

/// What came of it.
pub(super) struct Done {
    /// None if it cannot be known.
    pub(super) bytes: Option<Bytes>,
    pub(super) loses: Vec<Loss>,
}

impl Done {
    fn add(&mut self, bytes: Option<Bytes>) {
        self.bytes = self.bytes.zip(bytes).map(|(sum, bytes)| sum + bytes);
    }
}

/// Whether something is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    Used,
    Unused,
    Unknown,
}

impl Use {
    const fn by(users: Option<u64>) -> Self {
        match users {
            Some(0) => Self::Unused,
            Some(_) => Self::Used,
            None => Self::Unknown,
        }
    }
}

/// The disk, with what uses what.
pub(super) struct Model<'a> {
    disk: &'a Disk,
    /// How many images have each layer.
    holders: Vec<u32>,
    /// The records of the build cache that hold a layer, by what tells layers apart without their digests: their size.
    cached: HashMap<Bytes, u64>,
}

impl<'a> Model<'a> {
    pub(super) fn of(disk: &'a Disk) -> Self {
        let mut holders = vec![0; disk.layers.len()];
        for &layer in disk.images.iter().flat_map(|image| image.layers.iter().flatten()) {
            holders[layer] += 1;
        }
        let mut cached: HashMap<Bytes, u64> = HashMap::new();
        for record in disk.cache.iter().flatten().filter(|record| record.is_shared && !record.bytes.is_zero())
        {
            *cached.entry(record.bytes).or_default() += 1;
        }
        Self { disk, holders, cached }
    }

    /// The layers of all images, each once.
    pub(super) fn images_bytes(&self) -> Option<Bytes> {
        let layers: Bytes = self.disk.layers.iter().map(|layer| layer.bytes).sum();
        let mut others = self.disk.images.iter().filter(|image| image.layers.is_none()).peekable();
        if others.peek().is_none() {
            return Some(layers);
        }
        // Images that share nothing add up.
        let alone = others
            .map(|image| (image.listed_shared_bytes == Some(Bytes::ZERO)).then_some(image.listed_bytes));
        self.disk.layers_bytes.or_else(|| Some(layers + alone.sum::<Option<Bytes>>()?))
    }

    /// How many containers are made of an image.
    pub(super) fn users(&self, image: usize) -> Option<u64> {
        let listed = self.disk.images[image].listed_containers;
        let counted = self.disk.containers.as_ref().map(|containers| {
            containers.iter().filter(|container| container.image == Some(image)).count() as u64
        });
        counted.max(listed)
    }

    pub(super) fn image(&self, index: usize) -> ImageUse {
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
        // The engine's own split, where layers are unknown.
        let listed = image
            .listed_shared_bytes
            .map(|shared| (Bytes(image.listed_bytes.0.saturating_sub(shared.0)), shared));
        let split = split.or(listed);
        ImageUse {
            tags: image.tags.clone(),
            id: image.id.clone(),
            listed_bytes: image.listed_bytes,
            content_bytes: image.content_bytes,
            unique_bytes: split.map(|split| split.0),
            shared_bytes: split.map(|split| split.1),
            engine_unique_bytes: engine_unique,
            containers: self.users(index),
            has_unknown_names: image.has_unknown_names,
            is_only_here: image.is_in_registry.map(|is_there| !is_there),
        }
    }

    /// How many containers mount a volume, without some of them. The engine's own number counts beside the mounts that it
    /// lists: what it counts more is in containers whose mounts are unknown.
    pub(super) fn mounting(&self, volume: &DiskVolume, without: &BTreeSet<usize>) -> Option<u64> {
        let listed = volume.listed_containers;
        let Some(containers) = &self.disk.containers else { return listed };
        let mounts = |container: &DiskContainer| {
            container.volumes.as_ref().map(|volumes| volumes.contains(&volume.name))
        };
        let (mut stay, mut go) = (0, 0);
        let (mut may_stay, mut may_go) = (false, false);
        for (index, container) in containers.iter().enumerate() {
            let (number, is_unknown) =
                if without.contains(&index) { (&mut go, &mut may_go) } else { (&mut stay, &mut may_stay) };
            match mounts(container) {
                Some(is_mounted) => *number += u64::from(is_mounted),
                None => *is_unknown = true,
            }
        }
        match listed.map(|listed| listed.saturating_sub(stay + go)) {
            // The engine counts no more than the lists show.
            Some(0) => Some(stay),
            Some(more) if !may_go => Some(stay + more),
            None if !may_stay && !may_go => Some(stay),
            _ => None,
        }
    }

    /// What one container and its logs take.
    fn taken(container: &DiskContainer) -> Option<Bytes> {
        // Logs without a measurement are a known gap of every figure here.
        container.writable_bytes.map(|bytes| bytes + container.log_bytes.unwrap_or_default())
    }

    /// What removing something would free and lose.
    pub(super) fn done(&self, deed: &Deed) -> Done {
        let disk = self.disk;
        let mut done = Done { bytes: Some(Bytes::ZERO), loses: Vec::new() };
        let mut gone: BTreeSet<usize> = BTreeSet::new();
        if deed.containers {
            let all = disk.containers.iter().flatten().enumerate();
            gone.extend(all.filter(|(_, one)| is_stopped(one.status)).map(|(at, _)| at));
            self.containers(&gone, &mut done);
        }
        if let Some(all) = deed.volumes {
            self.volumes(all, &gone, &mut done);
        }
        let kept: Vec<bool> = match deed.images {
            None => vec![true; disk.images.len()],
            Some(all) => self.images(all, &gone, &mut done),
        };
        done.add(self.freed_layers(&kept, deed.cache));
        if let Some(all) = deed.cache {
            let records = self.prunable(all);
            let count = records.len() as u64;
            let bytes = records.into_iter().map(|record| record.bytes).sum::<Bytes>();
            done.add(disk.cache.is_some().then_some(bytes));
            if count > 0 {
                done.loses.push(Loss::BuildTime { records: count });
            }
        }
        done
    }

    fn containers(&self, gone: &BTreeSet<usize>, done: &mut Done) {
        let Some(all) = &self.disk.containers else { return done.add(None) };
        let containers = || gone.iter().map(|&index| &all[index]);
        let wrote = |bytes: Option<Bytes>| bytes.is_none_or(|bytes| !bytes.is_zero());
        let written: Bytes = containers().filter_map(|container| container.writable_bytes).sum();
        done.add(containers().map(Self::taken).sum());
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
        let Some(volumes) = &self.disk.volumes else { return done.add(None) };
        let state = |volume: &DiskVolume| Use::by(self.mounting(volume, gone));
        let wanted = volumes.iter().filter(|volume| volume.is_local && (all || volume.is_anonymous));
        let unused: Vec<&DiskVolume> = wanted.filter(|volume| state(volume) != Use::Used).collect();
        let bytes: Bytes = unused.iter().filter_map(|volume| volume.bytes).sum();
        let is_known = unused.iter().all(|volume| state(volume) == Use::Unused);
        done.add(is_known.then_some(bytes));
        if !unused.is_empty() {
            let names = unused.into_iter().map(|volume| volume.name.clone()).collect();
            done.loses.push(Loss::Volumes { names, bytes });
        }
    }

    /// Whether an image is used when some containers are gone.
    fn image_use(&self, image: usize, gone: &BTreeSet<usize>) -> Use {
        let of_it = |index: &usize| {
            self.disk.containers.as_ref().is_some_and(|containers| containers[*index].image == Some(image))
        };
        let removed = gone.iter().filter(|index| of_it(index)).count() as u64;
        Use::by(self.users(image).map(|users| users.saturating_sub(removed)))
    }

    /// Whether each image is kept.
    fn images(&self, all: bool, gone: &BTreeSet<usize>, done: &mut Done) -> Vec<bool> {
        let mut kept = vec![true; self.disk.images.len()];
        let (mut only_here, mut fetched, mut untagged) = (Vec::new(), 0, 0);
        for (index, (image, kept)) in self.disk.images.iter().zip(&mut kept).enumerate() {
            let has_no_name = image.tags.is_empty() && !image.has_unknown_names;
            if !all && !has_no_name {
                continue;
            }
            match self.image_use(index, gone) {
                Use::Used => continue,
                // It may go, so it is listed among what may be lost.
                Use::Unknown => done.add(None),
                Use::Unused => {}
            }
            *kept = false;
            match image.is_in_registry {
                _ if has_no_name => untagged += 1,
                Some(true) => fetched += 1,
                _ if image.tags.is_empty() => only_here.push(image.id.clone()),
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

    /// The bytes of the layers that no kept image has, and no record of the build cache that stays; none if the layers of
    /// several removed images are unknown, which may share some.
    pub(super) fn freed_layers(&self, kept: &[bool], cache: Option<bool>) -> Option<Bytes> {
        if kept.iter().all(|kept| *kept) {
            return Some(Bytes::ZERO);
        }
        let mut held = vec![false; self.disk.layers.len()];
        for (image, _) in self.disk.images.iter().zip(kept).filter(|(_, kept)| **kept) {
            image.layers.iter().flatten().for_each(|&layer| held[layer] = true);
        }
        let are_layers_known = self.disk.images.iter().all(|image| image.layers.is_some());
        if !are_layers_known && kept.iter().all(|kept| !kept) {
            // Layers that the build cache also holds are not distinguished here.
            return self.images_bytes().filter(|_| self.cached.is_empty() || cache == Some(true));
        }
        let gone = || self.disk.images.iter().zip(kept).filter(|(_, kept)| !**kept).map(|(image, _)| image);
        let alone = |image: &DiskImage| {
            let shared = image.listed_shared_bytes?;
            (shared.is_zero() || gone().count() == 1)
                .then_some(Bytes(image.listed_bytes.0.saturating_sub(shared.0)))
        };
        let unknown = gone().filter(|image| image.layers.is_none()).map(alone).sum::<Option<Bytes>>()?;
        if cache.is_none() {
            self.hold_cached(&mut held);
        }
        let layers = self.disk.layers.iter().zip(held);
        Some(unknown + layers.filter(|(_, held)| !held).map(|(layer, _)| layer.bytes).sum::<Bytes>())
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
            self.disk.cache.iter().flatten().map(|record| (record.id.as_str(), record)).collect();
        let mut kept: BTreeSet<&str> = BTreeSet::new();
        let mut open: Vec<&CacheRecord> = self.disk.cache.iter().flatten().filter(stays).collect();
        while let Some(record) = open.pop() {
            if kept.insert(&record.id) {
                open.extend(record.parents.iter().filter_map(|parent| by_id.get(parent.as_str())));
            }
        }
        let goes = |record: &&CacheRecord| !kept.contains(record.id.as_str()) && !record.is_shared;
        self.disk.cache.iter().flatten().filter(goes).collect()
    }

    fn is_parent(&self, id: &str) -> bool {
        self.disk.cache.iter().flatten().any(|record| record.parents.iter().any(|parent| parent == id))
    }
}

/// Whether a container does not run, so that engines prune it.
pub(super) const fn is_stopped(status: Status) -> bool {
    matches!(status, Status::Created | Status::Exited | Status::Dead)
}

/// Docker Engine API 1.42 (version 23): `volume prune` removes anonymous volumes alone.
pub(super) fn prunes_anonymous_alone(engine: Option<&Engine>) -> bool {
    let Some(engine) = engine else { return true };
    let major = engine.version.split('.').next().and_then(|major| major.parse::<u32>().ok());
    engine.kind == EngineKind::Docker && major.is_none_or(|major| major >= 23)
}
