//! How fast the parts are: `cargo bench -p plimsoll-tests`.

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use plimsoll_analysis::compare::compare_with_trees;
use plimsoll_analysis::inspect::inspect;
use plimsoll_analysis::squash;
use plimsoll_collect::read_layer;
use plimsoll_snapshot::{ReadLimits, Snapshot, read, write_gzip};
use plimsoll_tests::craft::Layer;
use plimsoll_tests::made::{many_files, snapshot};

fn main() {
    divan::main();
}

/// Linear means: the items a second stay the same.
const FILES: [u64; 3] = [10_000, 100_000, 1_000_000];

fn made(files: u64, after: bool) -> Snapshot {
    snapshot(&["app"], "app", &many_files(files, after))
}

#[divan::bench(args = FILES, sample_count = 3, sample_size = 1)]
fn squash_layers(bencher: Bencher, files: u64) {
    let snapshot = made(files, false);
    bencher.counter(ItemsCount::new(files)).bench(|| squash(black_box(&snapshot), &snapshot.images[0]));
}

#[divan::bench(args = FILES, sample_count = 3, sample_size = 1)]
fn inspect_an_image(bencher: Bencher, files: u64) {
    let snapshot = made(files, false);
    bencher.counter(ItemsCount::new(files)).bench(|| inspect(black_box(&snapshot)));
}

#[divan::bench(args = FILES, sample_count = 3, sample_size = 1)]
fn compare_two_snapshots(bencher: Bencher, files: u64) {
    let (before, after) = (made(files, false), made(files, true));
    bencher.counter(ItemsCount::new(2 * files)).bench(|| compare_with_trees(black_box(&before), &after).0);
}

#[divan::bench(args = FILES, sample_count = 3, sample_size = 1)]
fn write_a_snapshot(bencher: Bencher, files: u64) {
    let snapshot = made(files, false);
    bencher.counter(ItemsCount::new(files)).bench(|| {
        let mut file = Vec::new();
        write_gzip(black_box(&snapshot), &mut file).expect("memory takes everything");
        file
    });
}

#[divan::bench(args = FILES, sample_count = 3, sample_size = 1)]
fn read_a_snapshot(bencher: Bencher, files: u64) {
    let mut file = Vec::new();
    write_gzip(&made(files, false), &mut file).expect("memory takes everything");
    bencher.counter(ItemsCount::new(files)).bench(|| read(black_box(&file[..])));
}

/// A layer of files of one size, read with digests and content digests.
#[divan::bench(args = [0, 1_000, 100_000], sample_count = 5, sample_size = 1)]
fn read_a_layer(bencher: Bencher, size: usize) {
    let files = (64_000_000 / (size + 1024)).min(50_000);
    let mut layer = Layer::default();
    for file in 0..files {
        layer = layer.file(&format!("usr/lib/package{:03}/file{file:06}", file / 100), size, 7);
    }
    let tar = layer.finish();
    bencher
        .counter(ItemsCount::new(files))
        .counter(BytesCount::new(tar.len()))
        .bench(|| read_layer("bench", black_box(&tar[..]), &ReadLimits::default()));
}
