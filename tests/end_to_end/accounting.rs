//! Layers whose bytes are easily counted wrong: each case says what is true.

use std::fs;

use plimsoll_tests::craft::{Layer, docker_archive};
use plimsoll_tests::program;
use serde_json::Value;
use tar::EntryType;

const MB: usize = 1_000_000;

/// Inspects an image of these layers, and compares final tree, hidden bytes (each `bytes cause from→by`) and duplicates.
fn check(layers: &[Layer], final_tree: usize, hidden: &[&str], duplicate: usize) -> Value {
    let layers: Vec<_> = layers.iter().map(Layer::finish).collect();
    let directory = tempfile::tempdir().unwrap();
    let archive = directory.path().join("archive.tar");
    fs::write(&archive, docker_archive(&layers, "test/image:1")).unwrap();
    let document = program::json(["inspect", archive.to_str().unwrap(), "--format", "json"]);
    let image = &document["images"][0];
    let groups: Vec<_> = image["hidden"]
        .as_array()
        .unwrap()
        .iter()
        .map(|group| {
            let cause = group["cause"].as_str().unwrap();
            format!("{} {cause} {}→{}", group["bytes"], group["from_layer"], group["by_layer"])
        })
        .collect();
    assert_eq!(image["final_tree_bytes"], final_tree);
    assert_eq!(groups, hidden);
    assert_eq!(image["duplicate_bytes"], duplicate);
    image.clone()
}

fn layer() -> Layer {
    Layer::default()
}

#[test]
fn a_directory_deleted_by_one_whiteout() {
    let image = check(
        &[layer().directory("a").file("a/x", 10 * MB, 1), layer().whiteout("a")],
        0,
        &["10000000 deleted 0→1"],
        0,
    );
    assert_eq!(image["dive_efficiency"], 1.0, "dive sees none of it");
}

#[test]
fn an_opaque_directory() {
    let below = layer().directory("a").file("a/x", 10 * MB, 1);
    check(&[below, layer().directory("a").opaque("a").file("a/y", 7, 2)], 7, &["10000000 opaque 0→1"], 0);
}

#[test]
fn an_opaque_marker_behind_the_entries_of_its_layer() {
    let below = layer().file("a/x", 100, 1);
    check(&[below, layer().file("a/y", 7, 2).opaque("a")], 7, &["100 opaque 0→1"], 0);
}

#[test]
fn a_directory_replaced_by_a_file_and_the_reverse() {
    let directory = || layer().directory("a").file("a/x", 2 * MB, 1);
    check(&[directory(), layer().file("a", 3, 2)], 3, &["2000000 replaced_by_other_kind 0→1"], 0);
    check(
        &[layer().file("a", 2 * MB, 1), layer().directory("a").file("a/x", 3, 2)],
        3,
        &["2000000 replaced_by_other_kind 0→1"],
        0,
    );
}

#[test]
fn a_change_of_owner() {
    check(
        &[layer().file("a", 10 * MB, 1), layer().file("a", 10 * MB, 1)],
        10 * MB,
        &["10000000 rewritten_same_content 0→1"],
        0,
    );
}

#[test]
fn one_of_three_hard_links_removed() {
    let links = layer().file("a", 10 * MB, 1).hardlink("b", "a").hardlink("c", "a");
    check(&[links, layer().whiteout("a")], 10 * MB, &[], 0);
}

#[test]
fn a_hard_link_before_its_target_in_the_tar() {
    check(&[layer().hardlink("b", "a").file("a", 5, 1), layer().whiteout("a")], 5, &[], 0);
}

#[test]
fn a_hard_link_to_a_file_of_a_lower_layer() {
    check(&[layer().file("a", 5, 1), layer().hardlink("b", "a").whiteout("a")], 5, &[], 0);
}

#[test]
fn a_whiteout_of_a_path_that_never_existed() {
    check(&[layer().file("b", 1, 1), layer().whiteout("ghost").file("a", MB, 2)], MB + 1, &[], 0);
}

#[test]
fn a_file_that_grows() {
    check(&[layer().file("a", 1, 1), layer().file("a", 10 * MB, 2)], 10 * MB, &["1 overwritten 0→1"], 0);
}

#[test]
fn the_same_content_at_another_path() {
    check(&[layer().file("a", 10 * MB, 1), layer().file("b", 10 * MB, 1)], 20 * MB, &[], 10 * MB);
}

#[test]
fn a_pax_global_header() {
    let comment = b"13 comment=x\n";
    check(
        &[layer().entry("pax_global_header", EntryType::XGlobalHeader, "", comment).file("a", 5, 1)],
        5,
        &[],
        0,
    );
}

#[test]
fn names_and_sizes_in_pax_headers() {
    let long = "d/".repeat(150) + "file";
    let record = |key: &str, value: &str| {
        let rest = format!(" {key}={value}\n");
        let length = (1..).find(|length| length.to_string().len() + rest.len() == *length).unwrap();
        format!("{length}{rest}")
    };
    let records = record("path", &long) + &record("SCHILY.xattr.security.capability", "\u{1}\n\u{2}=");
    let image = check(
        &[layer().entry("pax", EntryType::XHeader, "", records.as_bytes()).file("short", 5, 1)],
        5,
        &[],
        0,
    );
    assert_eq!((&image["files"], &image["warnings"]), (&1.into(), &Value::Array(Vec::new())));
}

#[test]
fn a_sparse_file_counts_in_full() {
    // A GNU sparse header: one stretch of 512 bytes in a file of 10 MB.
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(EntryType::GNUSparse);
    header.set_path("sparse").unwrap();
    header.set_size(512);
    let gnu = header.as_gnu_mut().unwrap();
    gnu.sparse[0].set_offset(0);
    gnu.sparse[0].set_length(512);
    gnu.set_real_size(10 * MB as u64);
    header.set_cksum();
    let mut layer = layer();
    layer.block(header.as_bytes());
    layer.block(&[1; 512]);
    check(&[layer.file("b", 5, 1)], 10 * MB + 5, &[], 0);
}

#[test]
fn two_entries_of_one_path() {
    let image = check(&[layer().file("a", 100, 1).file("a", 7, 2)], 7, &[], 0);
    assert!(
        image["warnings"][0]["message"].as_str().unwrap().contains("1 entries (100 bytes) are superseded")
    );
}

#[test]
fn odd_names() {
    let odd = layer().file("./x", 1, 1).file("/y", 1, 2).file("z//w/./v", 1, 3).file("./.wh.y", 0, 0);
    check(&[layer().file("y", 9, 9), odd], 3, &["9 deleted 0→1"], 0);
    let image = check(&[layer().file("../up", 5, 1).file("ok", 1, 1)], 1, &[], 0);
    assert_eq!(image["warnings"][0]["kind"], "path_outside_image");
}

#[test]
fn devices_pipes_and_aufs_bookkeeping_weigh_nothing() {
    let odd = layer()
        .entry("null", EntryType::Char, "", &[])
        .entry("disk", EntryType::Block, "", &[])
        .entry("pipe", EntryType::Fifo, "", &[])
        .directory(".wh..wh.plnk")
        .file(".wh..wh.aufs", 3, 0)
        .file(".wh..wh.plnk/1.2", 4, 0);
    let image = check(&[odd], 0, &[], 0);
    assert_eq!(image["layers"][0]["devices"], 3);
}

#[test]
fn a_layer_without_entries_and_an_image_without_layers() {
    check(&[layer(), layer().file("a", 5, 1)], 5, &[], 0);
    check(&[], 0, &[], 0);
}
