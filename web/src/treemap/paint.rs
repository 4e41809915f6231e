//! The paint of a rectangle: by what happened to its path.

use plimsoll_analysis::compare::{FileChange, FileNode};
use plimsoll_report::chart::paint::Paint;

/// The paint of a path: by its change, and of what is there on both sides by how much of it changed.
pub(crate) fn paint(node: &FileNode<'_>) -> Paint {
    match node.change {
        FileChange::Added => return Paint::New,
        FileChange::Removed => return Paint::Gone,
        FileChange::Unchanged | FileChange::Modified | FileChange::Attributes => {}
    }
    let size = node.size();
    let (delta, whole) = (size.delta.magnitude().0, size.before.max(size.after).0);
    // Half a percent is no difference to look at.
    if delta == 0 || delta < whole / 200 {
        return Paint::Same;
    }
    let strength = (1 + u128::from(delta) * 4 / (u128::from(whole) + 1)).min(4) as u8;
    if size.delta.0 < 0 { Paint::Less(strength) } else { Paint::More(strength) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_view::testing::tree;

    #[test]
    fn paint_follows_what_happened() {
        let before = [("gone", 10), ("grown", 100), ("same", 7), ("shrunk", 1000)];
        let after = [("grown", 130), ("new", 10), ("same", 7), ("shrunk", 10)];
        tree(&before, &after, |tree| {
            let paints: Vec<_> = tree.nodes.iter().skip(1).map(paint).collect();
            assert_eq!(paints, [Paint::Gone, Paint::More(1), Paint::New, Paint::Same, Paint::Less(4)]);
        });
    }
}
