//! What an engine's disk holds, what of it may go, and what would be lost.
//!
//! Images share layers, so their sizes do not add up: bytes are counted per layer here, and each layer once. What a command
//! of the engine frees is found by doing it to a model of the disk: a layer goes when the last image that has it goes, and
//! if no record of the build cache holds it too.

mod model;
mod prune;
#[cfg(test)]
mod tests;
mod values;

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_snapshot::{Bytes, Disk, DiskStore, Order as _};

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
