//! The score that dive computes, for teams that have gates on it. It says little: see `docs/sizes.md`.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};

use plimsoll_snapshot::{Bytes, Contents, Image, Node, Snapshot, path};

/// The efficiency of dive 0.13 (`filetree/efficiency.go`), from 0 to 1; `None` for an image without files.
///
/// For each path, the smallest of its sizes over all layers against the sum of them. To delete a file counts as one more
/// size of zero; to delete a directory as a size of all that was in it, at the path of the directory, which no file of
/// it is charged for. That is what it means; where dive gives up on a layer (a whiteout of what is not there), this goes on.
pub(crate) fn efficiency(snapshot: &Snapshot, image: &Image) -> Option<f64> {
    let mut seen: HashMap<&[u8], (Bytes, Bytes)> = HashMap::new();
    let mut see = |path, size: Bytes| {
        let known = seen.entry(path).or_insert((size, Bytes::ZERO));
        *known = (known.0.min(size), known.1 + size);
    };
    let mut tree: BTreeMap<Sorted<'_>, Bytes> = BTreeMap::new();
    for layer in &image.layers {
        let Some(contents) = snapshot.layers[layer.layer].contents.as_deref() else { continue };
        for path in contents.whiteouts.iter() {
            if tree.remove(&Sorted(path)).is_some() {
                see(path, Bytes::ZERO);
            } else {
                let below = take_below(&mut tree, path);
                if below > Bytes::ZERO {
                    see(path, below);
                }
            }
        }
        for directory in contents.opaque.iter() {
            take_below(&mut tree, directory);
        }
        for (path, size) in files(contents) {
            see(path, size);
            tree.insert(Sorted(path), size);
        }
    }
    let add = |total: (Bytes, Bytes), value: &(Bytes, Bytes)| (total.0 + value.0, total.1 + value.1);
    let (smallest, sum) = seen.values().fold((Bytes::ZERO, Bytes::ZERO), add);
    #[expect(clippy::cast_precision_loss, reason = "a score of a few digits")]
    (sum > Bytes::ZERO).then(|| smallest.0 as f64 / sum.0 as f64)
}

fn files(contents: &Contents) -> impl Iterator<Item = (&[u8], Bytes)> {
    contents.entries.iter().filter_map(|entry| match entry.node {
        Node::File { size, .. } => Some((entry.path, size)),
        _ => None,
    })
}

/// Removes everything below a directory, and gives its bytes.
fn take_below<'a>(tree: &mut BTreeMap<Sorted<'a>, Bytes>, directory: &'a [u8]) -> Bytes {
    let below: Vec<Sorted<'a>> = tree
        .range(Sorted(directory)..)
        .map(|(path, _)| *path)
        .skip_while(|path| path.0 == directory)
        .take_while(|path| is_below(path.0, directory))
        .collect();
    below.into_iter().filter_map(|path| tree.remove(&path)).sum()
}

fn is_below(path: &[u8], directory: &[u8]) -> bool {
    directory.is_empty() || path.strip_prefix(directory).is_some_and(|rest| rest.starts_with(b"/"))
}

/// A path in the order of paths: all that is below a directory stands right behind it.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Sorted<'a>(&'a [u8]);

impl Ord for Sorted<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        path::compare(self.0, other.0)
    }
}

impl PartialOrd for Sorted<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::snapshot;

    #[test]
    fn paths_seen_twice_lower_the_score_and_deleted_directories_do_not() {
        let score = |layers: &[&str]| {
            let snapshot = snapshot("app", layers);
            efficiency(&snapshot, &snapshot.images[0])
        };
        assert_eq!(score(&["f a 10"]), Some(1.0));
        assert_eq!(score(&["f a 10", "f a 10"]), Some(0.5));
        assert_eq!(score(&["f a 1", "f a 9"]), Some(0.1));
        assert_eq!(score(&["f a 10", "w a"]), Some(0.0));
        assert_eq!(score(&["d a\nf a/x 10", "w a"]), Some(1.0));
        assert_eq!(score(&["d a\nf a/x 10", "o a"]), Some(1.0));
        assert_eq!(score(&["f a 10", "w ghost"]), Some(1.0));
        assert_eq!(score(&["d a"]), None);
    }
}
