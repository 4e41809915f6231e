//! The disk of a host, over values.

use plimsoll_snapshot::runtime::{Engine, EngineKind, Status};
use plimsoll_snapshot::{CacheRecord, Digest, DiskContainer, DiskImage, DiskLayer, DiskVolume};

use super::*;

/// Layers of 100, 20, 3 and 7 bytes; the last two are BuildKit's, and the third is in the cache too.
fn disk() -> Disk {
    let layer =
        |(bytes, by_buildkit)| DiskLayer { chain: Digest::sha256([1; 32]), bytes: Bytes(bytes), by_buildkit };
    let image = |tags: &[&str], layers: &[usize], is_in_registry| DiskImage {
        id: format!("{layers:?}"),
        tags: tags.iter().map(|&tag| tag.to_owned()).collect(),
        listed_bytes: Bytes(1000),
        listed_shared_bytes: Some(Bytes(900)),
        is_in_registry: Some(is_in_registry),
        layers: Some(layers.to_vec()),
        ..DiskImage::default()
    };
    let container = |name: &str, image, status, written, volume: &str| DiskContainer {
        id: name.into(),
        name: name.into(),
        image: Some(image),
        status,
        writable_bytes: Some(Bytes(written)),
        log_bytes: Some(Bytes(1)),
        volumes: vec![volume.into()],
    };
    let volume = |name: &str, bytes, is_anonymous| DiskVolume {
        name: name.into(),
        bytes: Some(Bytes(bytes)),
        is_local: true,
        is_anonymous,
    };
    let record = |id: &str, parent: &str, kind: &str, bytes, is_shared| CacheRecord {
        id: id.into(),
        parents: [parent].iter().filter(|id| !id.is_empty()).map(|&id| id.to_owned()).collect(),
        kind: kind.into(),
        bytes: Bytes(bytes),
        is_shared,
        ..CacheRecord::default()
    };
    Disk {
        engine: Some(Engine {
            kind: EngineKind::Docker,
            version: "26.1.5".into(),
            api_version: String::new(),
        }),
        layers: [(100, false), (20, false), (3, true), (7, true)].map(layer).to_vec(),
        images: vec![
            image(&["base:1"], &[0], true),
            image(&["app:1", "app:old name"], &[0, 1], false),
            image(&[], &[0, 2], false),
            image(&[], &[0, 3], false),
        ],
        containers: vec![
            container("run", 0, Status::Running, 50, "data"),
            container("stop", 1, Status::Exited, 40, "anonymous"),
        ],
        volumes: vec![volume("data", 500, false), volume("anonymous", 30, true), volume("old", 60, false)],
        cache: vec![
            record("a", "", "regular", 3, true),
            record("b", "a", "regular", 9, false),
            record("c", "", "internal", 11, false),
            record("d", "", "source.local", 13, false),
        ],
        ..Disk::default()
    }
}

fn frees(disk: &Disk) -> Vec<(PruneKind, u64)> {
    disk_use(disk).prunes.iter().map(|prune| (prune.kind, prune.frees_bytes.0)).collect()
}

#[test]
fn layers_count_once_and_the_engine_is_corrected() {
    let used = disk_use(&disk());
    assert_eq!(used.totals.images_bytes, Bytes(130));
    assert_eq!(used.totals.listed_bytes, Bytes(4000));
    let app = used
        .images
        .iter()
        .find(|image| !image.tags.is_empty() && image.containers == 1 && image.is_only_here == Some(true));
    let app = app.unwrap();
    assert_eq!((app.unique_bytes, app.shared_bytes), (Some(Bytes(20)), Some(Bytes(100))));
    assert_eq!(app.engine_unique_bytes, Some(Bytes(100)));
    assert_eq!(used.totals.bytes(), Bytes(130 + 90 + 2 + 590 + 33));
}

#[test]
fn commands_free_what_nothing_else_holds() {
    assert_eq!(
        frees(&disk()),
        [
            (PruneKind::Containers, 41),
            // The layer of 3 bytes stays in the build cache.
            (PruneKind::Images, 7),
            // A container is made of each image with a name.
            (PruneKind::AllImages, 7),
            (PruneKind::Volumes, 0),
            (PruneKind::AllVolumes, 60),
            (PruneKind::BuildCache, 22),
            (PruneKind::AllBuildCache, 33),
            (PruneKind::System, 41 + 10 + 22),
            (PruneKind::AllSystem, 41 + 30 + 20 + 10 + 33),
        ]
    );
    let used = disk_use(&disk());
    assert_eq!(used.reclaimable_bytes, Bytes(10 + 22));
    let all = used.prunes.last().unwrap();
    assert_eq!(
        all.loses,
        [
            Loss::Written { names: vec!["stop".into()], bytes: Bytes(40) },
            Loss::Containers { containers: 1 },
            Loss::Volumes { names: vec!["anonymous".into()], bytes: Bytes(30) },
            Loss::OnlyHere { names: vec!["app:1".into(), "app:old name".into()] },
            Loss::Untagged { images: 2 },
            Loss::BuildTime { records: 3 },
        ]
    );
}

#[test]
fn older_engines_remove_named_volumes_too() {
    let mut disk = disk();
    disk.engine.as_mut().unwrap().version = "20.10.24+dfsg1".into();
    let used = disk_use(&disk);
    let volumes = used.prunes.iter().find(|prune| prune.kind == PruneKind::Volumes).unwrap();
    assert_eq!(volumes.frees_bytes, Bytes(60));
    assert!(used.prunes.iter().all(|prune| prune.kind != PruneKind::AllVolumes));
}

#[test]
fn a_cached_layer_holds_those_below_it() {
    let mut disk = disk();
    disk.containers.clear();
    // The cache keeps the layer of 3 bytes, and with it the base of 100.
    let all = frees(&disk).into_iter().find(|(kind, _)| *kind == PruneKind::AllImages).unwrap().1;
    assert_eq!(all, 20 + 7);
}

#[test]
fn commands_are_quoted_and_hostile_names_left_out() {
    let mut disk = disk();
    disk.containers.clear();
    disk.volumes[0].name = "a; rm -rf b".into();
    disk.volumes[1].name = "a\nb".into();
    disk.volumes[2].name = "--all".into();
    let used = disk_use(&disk);
    let commands: Vec<&str> = used.suggestions.iter().map(|suggestion| suggestion.command.as_str()).collect();
    assert_eq!(
        commands,
        [
            "docker image prune",
            "docker builder prune",
            "docker image rm app:1 'app:old name'",
            "docker volume rm 'a; rm -rf b'",
        ]
    );
    assert!(used.suggestions[0].kind.is_safe() && !used.suggestions[2].kind.is_safe());
}

#[test]
fn two_states_are_compared_by_kind() {
    let (before, mut after) = (disk(), disk());
    after.volumes[0].bytes = Some(Bytes(600));
    after.containers.iter_mut().for_each(|container| container.log_bytes = None);
    let change = disk_change(&disk_use(&before), &disk_use(&after));
    let deltas: Vec<_> = change.kinds.iter().map(|(kind, size)| (*kind, size.delta.0)).collect();
    assert_eq!(
        deltas,
        [
            (DiskKind::Images, 0),
            (DiskKind::Containers, 0),
            (DiskKind::Volumes, 100),
            (DiskKind::Cache, 0),
            (DiskKind::All, 100),
            (DiskKind::Reclaimable, 0),
        ]
    );
}

#[test]
fn an_empty_disk_is_no_fault() {
    let used = disk_use(&Disk::default());
    assert_eq!(
        (used.totals.bytes(), used.reclaimable_bytes, used.suggestions.len()),
        (Bytes::ZERO, Bytes::ZERO, 0)
    );
}
