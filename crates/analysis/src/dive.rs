//! The score that dive computes, for teams that have gates on it. It says little: see `docs/sizes.md`.

use plimsoll_snapshot::{Bytes, Image, Node, Snapshot};

use crate::squash::Squashed;

/// The efficiency of dive 0.13 (`filetree/efficiency.go`), from 0 to 1; `None` for an image without files.
///
/// For each path, the smallest of its sizes over all layers against the sum of them. To delete a file counts as one more
/// size of zero; to delete a directory as a size of all that was in it, at the path of the directory, which no file of
/// it is charged for. That is what it means; where dive gives up on a layer (a whiteout of what is not there), this goes on.
pub(crate) fn efficiency(snapshot: &Snapshot, image: &Image, squashed: &Squashed<'_>) -> Option<f64> {
    // For each name the smallest size and the sum.
    let mut seen = vec![(Bytes(u64::MAX), Bytes::ZERO); squashed.names.len()];
    let mut see = |name: u32, size: Bytes| {
        let (smallest, sum) = &mut seen[name as usize];
        *smallest = size.min(*smallest);
        *sum += size;
    };
    for deletion in &squashed.deletions {
        see(deletion.name, deletion.below);
    }
    for (layer, index) in image.layers.iter().zip(0..) {
        let Some(contents) = &snapshot.layers[layer.layer].contents else { continue };
        for (entry, number) in contents.entries.iter().zip(0..) {
            if let Node::File { size, .. } = entry.node {
                see(squashed.names.of(index, number), size);
            }
        }
    }
    // What was never seen has a sum of zero; so its smallest size is none either.
    let (smallest, sum) = seen.into_iter().fold((Bytes::ZERO, Bytes::ZERO), |total, (smallest, sum)| {
        (total.0 + smallest.min(sum), total.1 + sum)
    });
    #[expect(clippy::cast_precision_loss, reason = "a score of a few digits")]
    (sum > Bytes::ZERO).then(|| smallest.0 as f64 / sum.0 as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::squash::squash;
    use crate::testing::snapshot;

    #[test]
    fn paths_seen_twice_lower_the_score_and_deleted_directories_do_not() {
        let score = |layers: &[&str]| {
            let snapshot = snapshot("app", layers);
            efficiency(&snapshot, &snapshot.images[0], &squash(&snapshot, &snapshot.images[0]))
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
