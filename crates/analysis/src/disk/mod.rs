//! What an engine's disk holds, what of it may go, and what would be lost.
//!
//! Images share layers, so their sizes do not add up: bytes are counted per layer here, and each layer once. What a command
//! of the engine frees is found by doing it to a model of the disk: a layer goes when the last image that has it goes, and
//! if no record of the build cache holds it too.
//!
//! Answers of an engine may lack lists and figures. What then cannot be known is none here, and no command is called safe that
//! may remove something in use.

mod model;
mod prune;
#[cfg(test)]
mod tests;
mod values;

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_snapshot::runtime::Time;
use plimsoll_snapshot::{Bytes, CacheRecord, Disk, DiskContainer, DiskStore, DiskVolume, Order as _};

pub use values::{
    CacheUse, ContainerUse, DiskChange, DiskKind, DiskUse, ImageUse, Loss, Prune, PruneKind, Suggestion,
    SuggestionKind, Totals, VolumeUse,
};

use crate::inspect::SizeChange;
use model::Model;
use prune::{CERTAIN, prunes, suggestions};

/// Compares two states of a disk.
#[must_use]
pub fn disk_change(before: &DiskUse, after: &DiskUse) -> DiskChange {
    let figures = |used: &DiskUse| {
        let totals = used.totals;
        [
            (DiskKind::Images, totals.images_bytes),
            (DiskKind::Containers, totals.containers_bytes),
            (DiskKind::Logs, totals.logs_bytes),
            (DiskKind::Volumes, totals.volumes_bytes),
            (DiskKind::Cache, totals.cache_bytes),
        ]
    };
    // A kind that one side does not know is no change, and no part of the sum.
    let kinds = figures(before).into_iter().zip(figures(after));
    let mut kinds: Vec<(DiskKind, Bytes, Bytes)> =
        kinds.filter_map(|((kind, old), (_, new))| Some((kind, old?, new?))).collect();
    let all = (kinds.iter().map(|kind| kind.1).sum(), kinds.iter().map(|kind| kind.2).sum());
    kinds.push((DiskKind::All, all.0, all.1));
    if let Some((old, new)) = before.reclaimable_bytes.zip(after.reclaimable_bytes) {
        kinds.push((DiskKind::Reclaimable, old, new));
    }
    DiskChange {
        kinds: kinds.into_iter().map(|(kind, old, new)| (kind, SizeChange::new(old, new))).collect(),
    }
}

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
    DiskUse {
        engine: disk.engine.clone(),
        observed: disk.observed,
        store: disk.store,
        copies_layers: disk.copies_layers,
        totals: totals(disk, &model),
        images,
        containers: disk.containers.as_deref().map(container_use),
        volumes: disk.volumes.as_deref().map(|volumes| volume_use(volumes, &model)),
        cache: disk.cache.as_deref().map(|records| cache_use(records, disk.observed)),
        prunes: prunes(disk, &model),
        reclaimable_bytes: model.done(&CERTAIN).bytes,
        suggestions: suggestions(disk, &model),
    }
}

fn totals(disk: &Disk, model: &Model<'_>) -> Totals {
    let containers = disk.containers.as_deref();
    Totals {
        images_bytes: model.images_bytes(),
        listed_bytes: disk.images.iter().map(|image| image.listed_bytes).sum(),
        content_bytes: (disk.store == DiskStore::Containerd)
            .then(|| disk.images.iter().filter_map(|image| image.content_bytes).sum()),
        containers_bytes: containers.and_then(|list| known_sum(list, |container| container.writable_bytes)),
        logs_bytes: containers.and_then(|list| known_sum(list, |container| container.log_bytes)),
        volumes_bytes: disk.volumes.as_deref().and_then(|list| known_sum(list, |volume| volume.bytes)),
        cache_bytes: disk.cache.as_ref().map(|records| {
            records.iter().filter(|record| !record.is_shared).map(|record| record.bytes).sum()
        }),
    }
}

/// The sum of the known figures; none if no figure is known.
fn known_sum<T>(list: &[T], bytes: impl Fn(&T) -> Option<Bytes>) -> Option<Bytes> {
    let known: Vec<Bytes> = list.iter().filter_map(bytes).collect();
    (!known.is_empty() || list.is_empty()).then(|| known.into_iter().sum())
}

fn container_use(containers: &[DiskContainer]) -> Vec<ContainerUse> {
    let mut used: Vec<ContainerUse> = containers
        .iter()
        .map(|container| ContainerUse {
            name: container.name.clone(),
            id: container.id.clone(),
            status: container.status,
            writable_bytes: container.writable_bytes,
            log_bytes: container.log_bytes,
        })
        .collect();
    used.order_by_key(|container| {
        let bytes = container.writable_bytes.unwrap_or_default() + container.log_bytes.unwrap_or_default();
        (std::cmp::Reverse(bytes), container.name.clone())
    });
    used
}

fn volume_use(volumes: &[DiskVolume], model: &Model<'_>) -> Vec<VolumeUse> {
    let mut used: Vec<VolumeUse> = volumes
        .iter()
        .map(|volume| VolumeUse {
            name: volume.name.clone(),
            bytes: volume.bytes,
            containers: model.mounting(volume, &BTreeSet::new()),
            is_anonymous: volume.is_anonymous,
        })
        .collect();
    used.order_by_key(|volume| (std::cmp::Reverse(volume.bytes), volume.name.clone()));
    used
}

fn cache_use(records: &[CacheRecord], observed: Option<Time>) -> Vec<CacheUse> {
    let mut kinds: BTreeMap<&str, CacheUse> = BTreeMap::new();
    for record in records {
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
        let age = observed.zip(record.last_used).map(|(now, used)| now.0.saturating_sub(used.0));
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
