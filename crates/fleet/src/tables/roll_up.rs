//! What a layer holds, without a row for each file: its directories with all below them, and its contents.

use std::collections::BTreeMap;

use plimsoll_snapshot::{Contents, Node, path};

/// The size from which on the path of a content is kept.
const LARGE: u64 = 1_000_000;

/// What lies in a directory, and below it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Below {
    pub(super) files: u64,
    pub(super) bytes: u64,
}

/// A content of a layer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Content {
    pub(super) hash: u64,
    pub(super) size: u64,
    /// How many files of the layer have it.
    pub(super) files: u64,
    /// The first of their paths, if the content is large.
    pub(super) path: Option<String>,
}

/// The directories of a layer, those that only paths imply included, in path order. The root comes first.
pub(super) fn directories(contents: &Contents) -> BTreeMap<&[u8], Below> {
    let mut all: BTreeMap<&[u8], Below> = BTreeMap::new();
    all.insert(b"", Below::default());
    for entry in contents.entries.iter() {
        let (directory, below) = match entry.node {
            Node::File { size, .. } => (path::parent(entry.path), Below { files: 1, bytes: size.0 }),
            Node::Directory => (entry.path, Below::default()),
            _ => continue,
        };
        let known = all.entry(directory).or_default();
        known.files += below.files;
        known.bytes += below.bytes;
    }
    // Deepest first, so that what a directory passes on is complete.
    let mut order: Vec<&[u8]> = all.keys().copied().collect();
    order.sort_by_key(|directory| std::cmp::Reverse(depth(directory)));
    let mut at = 0;
    while at < order.len() {
        let directory = order[at];
        at += 1;
        if directory.is_empty() {
            continue;
        }
        let below = all.get(directory).copied().unwrap_or_default();
        let parent = path::parent(directory);
        if !all.contains_key(parent) {
            // It is as deep as those that follow, or less.
            let place = order[at..].partition_point(|other| depth(other) >= depth(parent)) + at;
            order.insert(place, parent);
        }
        let above = all.entry(parent).or_default();
        above.files += below.files;
        above.bytes += below.bytes;
    }
    all
}

/// How many directories a path leads through; the root is 0.
pub(super) fn depth(directory: &[u8]) -> usize {
    if directory.is_empty() { 0 } else { directory.iter().filter(|&&byte| byte == b'/').count() + 1 }
}

/// The contents of a layer that take up bytes, each once, by hash.
pub(super) fn contents_of(contents: &Contents) -> Vec<Content> {
    let mut all: BTreeMap<(u64, u64), Content> = BTreeMap::new();
    for entry in contents.entries.iter() {
        let Node::File { size, content } = entry.node else { continue };
        if size.is_zero() {
            continue;
        }
        let known = all.entry((content.0, size.0)).or_insert_with(|| Content {
            hash: content.0,
            size: size.0,
            files: 0,
            path: (size.0 >= LARGE).then(|| path::escape(entry.path).into_owned()),
        });
        known.files += 1;
    }
    all.into_values().collect()
}

#[cfg(test)]
mod tests {
    use plimsoll_snapshot::{Attributes, Bytes, ContentHash, EntriesBuilder};

    use super::*;

    fn layer(files: &[(&str, u64, u64)]) -> Contents {
        let mut builder = EntriesBuilder::default();
        for (path, size, content) in files {
            let node = Node::File { size: Bytes(*size), content: ContentHash(*content) };
            builder.push(path.as_bytes(), node, Attributes::default());
        }
        Contents { entries: builder.finish().0, ..Contents::default() }
    }

    #[test]
    fn a_directory_has_all_that_is_below_it() {
        let layer =
            layer(&[("a/b/c/d", 1, 1), ("a/b/e", 2, 2), ("a/f/g/h/i", 4, 3), ("j", 8, 4), ("a/z", 16, 5)]);
        let found: Vec<(String, u64, u64)> = directories(&layer)
            .into_iter()
            .map(|(path, below)| (String::from_utf8_lossy(path).into_owned(), below.files, below.bytes))
            .collect();
        let expected = [
            ("", 5, 31),
            ("a", 4, 23),
            ("a/b", 2, 3),
            ("a/b/c", 1, 1),
            ("a/f", 1, 4),
            ("a/f/g", 1, 4),
            ("a/f/g/h", 1, 4),
        ];
        assert_eq!(found, expected.map(|(path, files, bytes)| (path.to_owned(), files, bytes)));
    }

    #[test]
    fn a_content_counts_its_files() {
        let layer = layer(&[("a", 5, 9), ("b", 5, 9), ("c", 0, 0), ("d", LARGE, 2)]);
        let found: Vec<_> =
            contents_of(&layer).into_iter().map(|one| (one.hash, one.files, one.path)).collect();
        assert_eq!(found, [(2, 1, Some("d".to_owned())), (9, 2, None)]);
    }
}
