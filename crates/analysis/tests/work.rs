//! No analysis does more than twice the work for twice the input.
//!
//! Work is counted, never timed: the allocations, their bytes, and the most bytes held at once. What allocates nothing is
//! counted by its instructions (`tests/end_to_end/work.rs`).
#![expect(clippy::unwrap_used, reason = "a test fails if it cannot")]

use std::collections::BTreeMap;
use std::sync::Arc;

use plimsoll_analysis::findings::{advise_stack, progress};
use plimsoll_analysis::packages::catalogue;
use plimsoll_analysis::{compare, inspect, memory, squash, targets};
use plimsoll_snapshot::runtime::{Column, Container, Metric, Recording, Series, Time};
use plimsoll_snapshot::{
    Attributes, Bytes, Compression, Config, ContentHash, Contents, DiffId, Digest, EntriesBuilder, Image,
    ImageLayer, Layer, Node, Platform, Runtime, Service, Snapshot, Source, Transport,
};

/// Parts of the smaller input.
const PARTS: usize = 1000;

/// Asserts that twice as much input takes no more than twice the work, and a tenth for what grows in steps.
fn check<T>(name: &str, input: impl Fn(usize) -> T, run: impl Fn(&T)) {
    let work = |parts: usize| {
        let input = input(parts);
        allocation_counter::measure(|| run(&input))
    };
    // What is made once in a program is made before.
    work(10);
    let (once, twice) = (work(PARTS), work(2 * PARTS));
    for (what, once, twice) in [
        ("allocations", once.count_total, twice.count_total),
        ("bytes allocated", once.bytes_total, twice.bytes_total),
        ("bytes held", once.bytes_max, twice.bytes_max),
    ] {
        let most = once * 22 / 10 + 16_384;
        assert!(twice <= most, "{name}: {what} grew from {once} to {twice}, more than {most}");
    }
}

fn layer(number: u8, files: impl Iterator<Item = (String, u64)>) -> Layer {
    let mut entries = EntriesBuilder::default();
    let mut files: Vec<_> = files.collect();
    files.sort();
    for (path, size) in &files {
        let content = ContentHash(u64::from(number));
        let node = Node::File { size: Bytes(*size), content };
        entries.push(path.as_bytes(), node, Attributes::default());
    }
    let contents = Contents { entries: entries.finish().0, ..Contents::default() };
    Layer { diff_id: DiffId::new(Digest::sha256([number; 32])), contents: Some(Arc::new(contents)) }
}

/// Images of these layers, one service each.
fn snapshot(layers: Vec<Layer>, images: Vec<Vec<usize>>) -> Snapshot {
    let image = |(number, layers): (usize, Vec<usize>)| {
        let layer = |layer| ImageLayer {
            layer,
            digest: None,
            compression: Compression::None,
            blob_bytes: Bytes(0),
            history: None,
        };
        Image {
            reference: None,
            tags: Vec::new(),
            source: Source { transport: Transport::Oci, name: "x".into() },
            id: Digest::sha256([u8::try_from(number % 256).unwrap(); 32]),
            manifest_digest: None,
            platform: Platform::default(),
            created: None,
            config: Config::default(),
            history: Vec::new(),
            layers: layers.into_iter().map(layer).collect(),
            warnings: Vec::new(),
        }
    };
    let images: Vec<Image> = images.into_iter().enumerate().map(image).collect();
    let services = (0..images.len()).map(|image| Service { name: format!("s{image}"), image, build: None });
    Snapshot { services: services.collect(), images, layers, ..Snapshot::default() }
}

/// One image of files, every second of which a second layer replaces.
fn files(parts: usize) -> Snapshot {
    let path = |at: usize| format!("srv/{}/{at}.log", at / 50);
    let lower = layer(1, (0..parts).map(|at| (path(at), 5_000)));
    let upper = layer(2, (0..parts).step_by(2).map(|at| (path(at), 7_000)));
    snapshot(vec![lower, upper], vec![vec![0, 1]])
}

/// Many images of one layer: what is held is that of one image.
fn images(parts: usize) -> Snapshot {
    let files = (0..200).map(|at| (format!("srv/{at}.log"), 5_000));
    snapshot(vec![layer(1, files)], vec![vec![0]; parts / 10])
}

#[test]
fn images_and_files() {
    check("stacking layers", files, |snapshot| drop(squash(snapshot, &snapshot.images[0])));
    check("inspecting", files, |snapshot| drop(inspect::inspect(snapshot)));
    check(
        "comparing",
        |parts| (files(parts), files(parts + parts / 10)),
        |(before, after)| {
            drop(compare::compare(before, after));
        },
    );
    check("packages", files, |snapshot| {
        let image = &snapshot.images[0];
        drop(catalogue(snapshot, image, &squash(snapshot, image)));
    });
    check("findings", files, |snapshot| drop(advise_stack(snapshot)));
    check(
        "findings followed",
        |parts| (files(parts), files(parts / 2)),
        |(before, after)| {
            drop(progress(before, after));
        },
    );
    check("findings of many images", images, |snapshot| drop(advise_stack(snapshot)));
}

/// The trees of an image take many times the memory of what is found in it.
#[test]
fn the_trees_of_one_image_are_held_at_a_time() {
    let held = |parts: usize, run: &dyn Fn(&Snapshot)| {
        let snapshot = images(parts);
        allocation_counter::measure(|| run(&snapshot)).bytes_max
    };
    let tree = held(10, &|snapshot| drop(squash(snapshot, &snapshot.images[0])));
    type Call<'c> = (&'c str, &'c dyn Fn(&Snapshot));
    let calls: [Call<'_>; 3] = [
        ("findings", &|snapshot| drop(advise_stack(snapshot))),
        ("findings followed", &|snapshot| drop(progress(snapshot, snapshot))),
        ("comparison", &|snapshot| drop(compare::compare(snapshot, snapshot))),
    ];
    for (what, call) in calls {
        let (one, hundred) = (held(10, call), held(1000, call));
        let each = (hundred - one) / 99;
        assert!(each * 4 < tree, "{what}: {each} bytes stay of each image, a tree takes {tree}");
    }
}

/// As many series as frames, each with one value.
fn recorded(parts: usize) -> Runtime {
    let frames = u32::try_from(parts).unwrap();
    let series = |container: usize| Series {
        container,
        length: 1,
        columns: BTreeMap::from([(Metric::WorkingSet, Column::from(vec![Some(1 << 20)]))]),
        ..Series::default()
    };
    let recording = Recording {
        frames,
        times: Some((0..i64::from(frames)).map(|frame| Time(frame * 1000)).collect()),
        series: (0..parts).map(series).collect(),
        ..Recording::default()
    };
    let container = |at| Container { service: Some(format!("s{at}")), ..Container::default() };
    Runtime {
        containers: (0..parts).map(container).collect(),
        recordings: vec![recording],
        ..Runtime::default()
    }
}

#[test]
fn recordings() {
    check("memory of frames and series", recorded, |runtime| drop(memory::memory(runtime)));
    check("timelines of frames and series", recorded, |runtime| drop(memory::timeline::timelines(runtime)));
    check("recordings compared", recorded, |runtime| drop(memory::compare::compare(runtime, runtime)));
}

#[test]
fn files_that_are_read() {
    let text = |parts: usize| {
        (0..parts)
            .map(|at| format!("[[checks]]\nid = \"c{at}\"\ntitle = \"check {at}\"\n\n"))
            .collect::<String>()
    };
    check("a target file", text, |text| drop(targets::parse(text)));
    check(
        "a snapshot",
        |parts| {
            let mut json = Vec::new();
            plimsoll_snapshot::write_json(&files(parts), &mut json).unwrap();
            json
        },
        |json| drop(plimsoll_snapshot::read(&json[..]).unwrap()),
    );
    check(
        "a snapshot of a recording",
        |parts| {
            let mut json = Vec::new();
            let snapshot = Snapshot { runtime: Some(recorded(parts)), ..Snapshot::default() };
            plimsoll_snapshot::write_json(&snapshot, &mut json).unwrap();
            json
        },
        |json| drop(plimsoll_snapshot::read(&json[..]).unwrap()),
    );
}
