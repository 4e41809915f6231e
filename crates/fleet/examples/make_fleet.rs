//! Writes a made fleet: `make_fleet layout|registry DIR IMAGES [TAGS [PACKAGES [FILE_BYTES [SEED]]]]`.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "an example for developers")]
#![cfg_attr(not(doc), expect(dead_code, unreachable_pub, reason = "the tests use more of it"))]

#[path = "../tests/fleet/made/mod.rs"]
mod made;

use std::path::Path;

use made::{Size, disk, make};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |index: usize, default: usize| {
        arguments.get(index).map_or(default, |text| text.parse().expect("a number"))
    };
    let size = Size {
        images: number(2, Size::SMALL.images),
        tags: number(3, Size::SMALL.tags),
        packages: number(4, Size::SMALL.packages),
        file_bytes: number(5, Size::SMALL.file_bytes),
        seed: number(6, 1) as u64,
    };
    let made = make(size);
    let root = Path::new(&arguments[1]);
    let written = match arguments[0].as_str() {
        "layout" => disk::layout(&made, root),
        "registry" => disk::registry(&made, root),
        other => panic!("`{other}` is neither `layout` nor `registry`"),
    };
    println!("{} images, {} layers", written.manifests.len(), made.layers.len());
}
