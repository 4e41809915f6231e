//! Stacks of layers that are written as data.

use plimsoll_snapshot::{Bytes, path};

use super::*;
use crate::testing::snapshot;

/// Squashes the layers, and compares the final paths and what is hidden: `SIZE cause from→by`.
fn check(layers: &[&str], paths: &str, hidden: &[&str]) {
    let snapshot = snapshot("app", layers);
    let squashed = squash(&snapshot, &snapshot.images[0]);
    let found: Vec<_> = squashed.tree.paths().map(|(path, _)| path::escape(&path).into_owned()).collect();
    assert_eq!(found.join(" "), paths);
    let described: Vec<_> = squashed
        .inodes
        .iter()
        .filter_map(|inode| {
            let (by, cause) = inode.hidden?;
            Some(format!("{} {cause:?} {}→{by}", inode.size.0, inode.layer))
        })
        .collect();
    assert_eq!(described, hidden);
    let size: Bytes = squashed.inodes.iter().map(|inode| inode.size).sum();
    let gone: Bytes =
        squashed.inodes.iter().filter(|inode| inode.hidden.is_some()).map(|inode| inode.size).sum();
    assert_eq!(squashed.tree.root().bytes + gone, size, "image size = final tree + hidden");
}

#[test]
fn a_directory_deleted_by_one_whiteout_hides_all_of_it() {
    check(&["d a\nf a/x 6\nf a/y 4\nf b 1", "w a"], "b", &["6 Deleted 0→1", "4 Deleted 0→1"]);
}

#[test]
fn an_opaque_directory_hides_lower_entries_but_not_its_own() {
    check(&["d a\nf a/x 6", "d a\no a\nf a/new 1"], "a a/new", &["6 Opaque 0→1"]);
}

#[test]
fn a_whiteout_spares_files_of_its_own_layer() {
    check(&["f a 6", "w a\nf a 2"], "a", &["6 Deleted 0→1"]);
}

#[test]
fn a_directory_replaced_by_a_file_hides_its_subtree_and_the_reverse() {
    check(&["d a\nd a/b\nf a/b/x 2", "f a 1"], "a", &["2 ReplacedByOtherKind 0→1"]);
    check(&["f a 2", "d a\nf a/x 1"], "a a/x", &["2 ReplacedByOtherKind 0→1"]);
    check(&["f a 2", "f a/x 1"], "a a/x", &["2 ReplacedByOtherKind 0→1"]);
    check(&["f a 2", "l a b"], "a", &["2 ReplacedByOtherKind 0→1"]);
}

#[test]
fn a_change_of_owner_hides_the_same_content_once() {
    check(&["f a 10 same", "f a 10 same"], "a", &["10 RewrittenSameContent 0→1"]);
    check(&["f a 10 old", "f a 10 new"], "a", &["10 Overwritten 0→1"]);
}

#[test]
fn a_file_that_grows_hides_only_its_old_bytes() {
    check(&["f a 1", "f a 10"], "a", &["1 Overwritten 0→1"]);
}

#[test]
fn bytes_stay_while_one_of_the_hard_links_does() {
    check(&["f a 10\nh b a\nh c b", "w a"], "b c", &[]);
    check(&["f a 10\nh b a\nh c b", "w a\nw b\nw c"], "", &["10 Deleted 0→1"]);
    check(&["f z 10\nh a z", "w z", "w a"], "", &["10 Deleted 0→2"]);
}

#[test]
fn a_link_to_a_lower_file_outlives_the_whiteout_of_its_target() {
    check(&["f a 10", "h b a\nw a"], "b", &[]);
    check(&["f a 10", "h b a", "w b"], "a", &[]);
}

#[test]
fn every_name_of_an_inode_is_known() {
    let names = |layers: &[&str], inode: u32| {
        let snapshot = snapshot("app", layers);
        let squashed = squash(&snapshot, &snapshot.images[0]);
        let path = |(layer, entry): (u32, u32)| {
            let contents = snapshot.layers[layer as usize].contents.as_ref().unwrap();
            path::escape(contents.entries.get(entry as usize).path).into_owned()
        };
        squashed.names_of(inode).map(path).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(names(&["f m 10\nh z m\nh a z\nf other 1"], 0), "m a z");
    // A link before its target, and one to a lower layer.
    assert_eq!(names(&["h a m\nf m 10", "h b a\nw m"], 0), "a b");
    // Of a hidden inode every name it had.
    assert_eq!(names(&["f m 10\nh a m", "w m", "w a"], 0), "m a");
    // A name that a later layer gave to something else is no name of the old content.
    assert_eq!(names(&["f m 10\nh a m", "f m 3"], 0), "a");
    assert_eq!(names(&["f m 10\nh a m", "f m 3"], 1), "m");
}

#[test]
fn a_link_brings_back_what_an_entry_of_its_own_layer_replaced() {
    check(&["f a 10\nf a/b 1\nh x a"], "a a/b x", &[]);
    check(&["f a 10\nf a/b 1\nh x a", "w x"], "a a/b", &["10 Deleted 0→1"]);
}

#[test]
fn links_to_nothing_and_in_a_circle_count_nothing() {
    check(&["h a b\nh b a\nh c nowhere"], "a b c", &[]);
    check(&["f a 10", "h a a"], "a", &["10 ReplacedByOtherKind 0→1"]);
}

#[test]
fn a_chain_of_links_of_any_length_ends_at_its_file() {
    // Links to the name before, and to the name behind.
    let backward = (1..=3000).map(|number| format!("h f{number:04} f{:04}", number - 1));
    let forward = (0..3000).map(|number| format!("h f{number:04} f{:04}", number + 1));
    for (links, file) in [(backward.collect::<Vec<_>>(), "f f0000 100"), (forward.collect(), "f f3000 100")] {
        let layer = format!("{file}\n{}", links.join("\n"));
        let snapshot = snapshot("app", &[&layer]);
        let squashed = squash(&snapshot, &snapshot.images[0]);
        assert_eq!((squashed.dangling.len(), squashed.inodes.len()), (0, 1));
        assert_eq!(squashed.inodes[0].names, 3001);
    }
}

#[test]
fn a_whiteout_of_what_never_existed_changes_nothing() {
    check(&["f a 1", "w a/b/c\nw ghost\no ghost/dir\nf b 1"], "a b", &[]);
}

#[test]
fn what_was_deleted_can_come_back_and_go_again() {
    check(&["d a\nf a/x 1", "w a", "d a\nf a/x 2", "o a"], "a", &["1 Deleted 0→1", "2 Opaque 2→3"]);
}

#[test]
fn a_directory_over_a_directory_keeps_its_children() {
    check(&["d a\nf a/x 1", "d a"], "a a/x", &[]);
}

#[test]
fn a_lower_symlink_is_never_followed() {
    check(&["d real\nf real/x 5\nl link real", "w link/x"], "link real real/x", &[]);
    check(&["d real\nf real/x 5\nl link real", "w link"], "real real/x", &[]);
    check(&["d real\nl link real", "f link/x 5"], "link link/x real", &[]);
}

#[test]
fn many_whiteouts_stay_linear() {
    let files: String = (0..20_000).map(|index| format!("f d/{index} 1\n")).collect();
    let gone: String = (0..20_000).map(|index| format!("w d/{index}\n")).collect();
    let snapshot = snapshot("app", &[&files, &gone]);
    assert_eq!(squash(&snapshot, &snapshot.images[0]).tree.root().bytes, Bytes::ZERO);
}
