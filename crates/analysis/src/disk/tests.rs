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
        volumes: Some(vec![volume.into()]),
    };
    let volume = |name: &str, bytes, is_anonymous| DiskVolume {
        name: name.into(),
        bytes: Some(Bytes(bytes)),
        is_local: true,
        is_anonymous,
        ..DiskVolume::default()
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
        containers: Some(vec![
            container("run", 0, Status::Running, 50, "data"),
            container("stop", 1, Status::Exited, 40, "anonymous"),
        ]),
        volumes: Some(vec![
            volume("data", 500, false),
            volume("anonymous", 30, true),
            volume("old", 60, false),
        ]),
        cache: Some(vec![
            record("a", "", "regular", 3, true),
            record("b", "a", "regular", 9, false),
            record("c", "", "internal", 11, false),
            record("d", "", "source.local", 13, false),
        ]),
        ..Disk::default()
    }
}

fn frees(disk: &Disk) -> Vec<(PruneKind, u64)> {
    disk_use(disk).prunes.iter().map(|prune| (prune.kind, prune.frees_bytes.unwrap().0)).collect()
}

#[test]
fn layers_count_once_and_the_engine_is_corrected() {
    let used = disk_use(&disk());
    assert_eq!(used.totals.images_bytes, Some(Bytes(130)));
    assert_eq!(used.totals.listed_bytes, Bytes(4000));
    let app = used.images.iter().find(|image| {
        !image.tags.is_empty() && image.containers == Some(1) && image.is_only_here == Some(true)
    });
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
    assert_eq!(used.reclaimable_bytes, Some(Bytes(10 + 22)));
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
    assert_eq!(volumes.frees_bytes, Some(Bytes(60)));
    assert!(used.prunes.iter().all(|prune| prune.kind != PruneKind::AllVolumes));
}

#[test]
fn a_cached_layer_holds_those_below_it() {
    let mut disk = disk();
    disk.containers = Some(Vec::new());
    // The cache keeps the layer of 3 bytes, and with it the base of 100.
    let all = frees(&disk).into_iter().find(|(kind, _)| *kind == PruneKind::AllImages).unwrap().1;
    assert_eq!(all, 20 + 7);
}

#[test]
fn commands_are_quoted_and_hostile_names_left_out() {
    let mut disk = disk();
    disk.containers = Some(Vec::new());
    let volumes = disk.volumes.as_mut().unwrap();
    volumes[0].name = "a; rm -rf b".into();
    volumes[1].name = "a\nb".into();
    volumes[2].name = "--all".into();
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
    after.volumes.as_mut().unwrap()[0].bytes = Some(Bytes(600));
    after.containers.iter_mut().flatten().for_each(|container| container.log_bytes = None);
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
    let used = disk_use(&Disk {
        containers: Some(Vec::new()),
        volumes: Some(Vec::new()),
        cache: Some(Vec::new()),
        ..Disk::default()
    });
    assert_eq!(
        (used.totals.bytes(), used.totals.are_known(), used.reclaimable_bytes, used.suggestions.len()),
        (Bytes::ZERO, true, Some(Bytes::ZERO), 0)
    );
}

fn freed(disk: &Disk, kind: PruneKind) -> Option<u64> {
    let used = disk_use(disk);
    used.prunes.iter().find(|prune| prune.kind == kind).unwrap().frees_bytes.map(|bytes| bytes.0)
}

/// Two images of 90 bytes that share 80, whose layers are unknown: the answer of `/system/df` alone.
fn usage_alone() -> Disk {
    let image = |name: &str| DiskImage {
        id: name.into(),
        tags: vec![name.into()],
        listed_bytes: Bytes(90),
        listed_shared_bytes: Some(Bytes(80)),
        listed_containers: Some(0),
        ..DiskImage::default()
    };
    Disk {
        layers_bytes: Some(Bytes(100)),
        images: vec![image("a:1"), image("b:1")],
        containers: Some(Vec::new()),
        volumes: Some(Vec::new()),
        cache: Some(Vec::new()),
        ..Disk::default()
    }
}

#[test]
fn the_sum_of_the_layers_counts_where_layers_are_unknown() {
    let disk = usage_alone();
    let used = disk_use(&disk);
    assert_eq!(used.totals.images_bytes, Some(Bytes(100)));
    assert_eq!((used.totals.are_known(), used.reclaimable_bytes), (true, Some(Bytes::ZERO)));
    assert_eq!(freed(&disk, PruneKind::AllImages), Some(100));
    let frees: Vec<_> = used.suggestions.iter().map(|suggestion| suggestion.frees_bytes).collect();
    assert_eq!(frees, [Some(Bytes(10)), Some(Bytes(10))]);
}

#[test]
fn removed_images_that_may_share_layers_free_an_unknown_number_of_bytes() {
    let mut disk = usage_alone();
    let third = DiskImage { id: "c".into(), listed_containers: Some(1), ..disk.images[0].clone() };
    disk.images.push(third);
    assert_eq!(freed(&disk, PruneKind::AllImages), None);
    disk.images.iter_mut().for_each(|image| image.listed_shared_bytes = Some(Bytes::ZERO));
    assert_eq!(freed(&disk, PruneKind::AllImages), Some(180));
}

#[test]
fn without_lists_of_containers_nothing_is_unused() {
    let mut disk = Disk { containers: None, volumes: None, cache: None, layers_bytes: None, ..usage_alone() };
    for image in &mut disk.images {
        (image.listed_containers, image.listed_shared_bytes) = (None, None);
    }
    disk.images[1].tags.clear();
    let used = disk_use(&disk);
    assert_eq!((used.totals.images_bytes, used.totals.are_known()), (None, false));
    assert_eq!((used.reclaimable_bytes, used.suggestions.len()), (None, 0));
    assert!(used.images.iter().all(|image| image.containers.is_none()));
    assert!(used.prunes.iter().all(|prune| prune.frees_bytes.is_none()), "{:?}", used.prunes);
    assert!(used.containers.is_none() && used.volumes.is_none() && used.cache.is_none());
}

#[test]
fn a_volume_is_unused_only_if_everything_says_so() {
    let check = |mounts: &[Option<&[&str]>], listed: Option<u64>, expected: Option<u64>| {
        let containers = mounts.iter().map(|names| DiskContainer {
            status: Status::Exited,
            volumes: names.map(|names| names.iter().map(|&name| name.to_owned()).collect()),
            writable_bytes: Some(Bytes::ZERO),
            ..DiskContainer::default()
        });
        let disk = Disk {
            containers: Some(containers.collect()),
            volumes: Some(vec![DiskVolume {
                name: "pv".into(),
                bytes: Some(Bytes(3)),
                is_local: true,
                is_anonymous: true,
                listed_containers: listed,
            }]),
            ..Disk::default()
        };
        let used = disk_use(&disk);
        assert_eq!(used.volumes.as_ref().unwrap()[0].containers, expected, "{mounts:?} {listed:?}");
        let removes = used.suggestions.iter().any(|suggestion| suggestion.kind == SuggestionKind::Volume);
        assert_eq!(removes, expected == Some(0), "{mounts:?} {listed:?}");
        assert_eq!(freed(&disk, PruneKind::Volumes), expected.map(|number| if number == 0 { 3 } else { 0 }));
    };
    check(&[Some(&["pv"])], Some(1), Some(1));
    check(&[Some(&["pv"]), Some(&[])], None, Some(1));
    check(&[Some(&[])], Some(0), Some(0));
    check(&[], None, Some(0));
    // Podman 4.3.1: no mounts in the list, but the engine counts them.
    check(&[None], Some(1), Some(1));
    check(&[None], Some(0), Some(0));
    check(&[None], None, None);
    // The engine counts a container that is in no list.
    check(&[], Some(1), Some(1));
}

#[test]
fn images_with_names_that_were_cut_down_are_not_nameless() {
    let mut disk = usage_alone();
    disk.images.iter_mut().for_each(|image| {
        image.tags.clear();
        image.has_unknown_names = true;
    });
    let used = disk_use(&disk);
    assert_eq!(used.reclaimable_bytes, Some(Bytes::ZERO));
    let commands: Vec<&str> = used.suggestions.iter().map(|suggestion| suggestion.command.as_str()).collect();
    assert_eq!(commands, ["docker image rm a:1", "docker image rm b:1"]);
}
