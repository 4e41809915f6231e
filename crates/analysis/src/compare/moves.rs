//! Files that moved: gone from one path, there under another, the same content.

use plimsoll_snapshot::{Bytes, ContentHash, Order as _, path};
use serde::Serialize;

use super::files::{FileChange, FileTree, Side};
use crate::squash::Squashed;
use crate::tree::Holds;

/// Files that moved. They are among the added and the removed ones too.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Moves {
    /// The number of moved files.
    pub files: u64,
    /// Their bytes, counted once.
    pub bytes: Bytes,
    /// The largest, at most [`Moves::LARGEST`].
    pub largest: Vec<Move>,
}

impl Moves {
    /// The number of moves that are named.
    pub const LARGEST: usize = 20;
}

/// A file that moved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Move {
    /// Where it was, escaped.
    pub from: String,
    /// Where it is, escaped.
    pub to: String,
    /// The size of the file.
    pub bytes: Bytes,
}

type Content = (Bytes, ContentHash);

/// Finds the files that moved. Of several files of one content, those of the same name belong together first, then
/// those in the order of paths. Empty files all have the same content, which says nothing.
#[must_use]
pub fn find_moves(
    union: &FileTree<'_>,
    before: Option<&Squashed<'_>>,
    after: Option<&Squashed<'_>>,
) -> Moves {
    let (Some(before), Some(after)) = (before, after) else { return Moves::default() };
    let mut removed: Vec<(Content, usize)> = Vec::new();
    let mut added: Vec<(Content, usize)> = Vec::new();
    for (index, node) in union.nodes.iter().enumerate() {
        let content = |side: Option<Side>, squashed: &Squashed<'_>| {
            let node = &squashed.tree.nodes()[side?.node as usize];
            match node.holds {
                Holds::Content(size, hash) if size > Bytes::ZERO => Some((size, hash)),
                _ => None,
            }
        };
        match node.change {
            FileChange::Removed => {
                if let Some(content) = content(node.before, before) {
                    removed.push((content, index));
                }
            }
            FileChange::Added => {
                if let Some(content) = content(node.after, after) {
                    added.push((content, index));
                }
            }
            _ => {}
        }
    }
    removed.sort_unstable();
    added.sort_unstable();
    let mut pairs: Vec<(Bytes, usize, usize)> = Vec::new();
    for from in removed.chunk_by(|left, right| left.0 == right.0) {
        let content = from[0].0;
        let start = added.partition_point(|(other, _)| *other < content);
        let to = added[start..].iter().take_while(|(other, _)| *other == content);
        let mut to: Vec<usize> = to.map(|&(_, index)| index).collect();
        if to.is_empty() {
            continue;
        }
        let mut from: Vec<usize> = from.iter().map(|&(_, index)| index).collect();
        // Both in the order of names, then of paths.
        for list in [&mut from, &mut to] {
            list.order_by_key(|&index| (union.nodes[index].name, index));
        }
        pairs.extend(pair_by_name(union, from, to).into_iter().map(|(from, to)| (content.0, from, to)));
    }
    pairs.order_by_key(|&(bytes, from, _)| (std::cmp::Reverse(bytes), from));
    let largest = pairs.iter().take(Moves::LARGEST).map(|&(bytes, from, to)| Move {
        from: union.path(from),
        to: union.path(to),
        bytes,
    });
    Moves {
        files: pairs.len() as u64,
        bytes: pairs.iter().map(|&(bytes, _, _)| bytes).sum(),
        largest: largest.collect(),
    }
}

/// Pairs two lists that are sorted by name: equal names first, then what is left in order.
fn pair_by_name(union: &FileTree<'_>, from: Vec<usize>, to: Vec<usize>) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    let (mut from_left, mut to_left) = (Vec::new(), Vec::new());
    let (mut from, mut to) = (from.into_iter().peekable(), to.into_iter().peekable());
    while let (Some(&left), Some(&right)) = (from.peek(), to.peek()) {
        match path::compare(union.nodes[left].name, union.nodes[right].name) {
            std::cmp::Ordering::Less => from_left.extend(from.next()),
            std::cmp::Ordering::Greater => to_left.extend(to.next()),
            std::cmp::Ordering::Equal => {
                pairs.push((left, right));
                from.next();
                to.next();
            }
        }
    }
    from_left.extend(from);
    to_left.extend(to);
    pairs.extend(from_left.into_iter().zip(to_left));
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::compare;
    use crate::testing::snapshot;

    #[test]
    fn a_file_under_another_path_has_moved() {
        let before =
            snapshot("app", &["f old/lib.so 10 x\nf old/a 5 y\nf old/b 5 y\nf gone 3 z\nf old/empty 0"]);
        let after = snapshot("app", &["f new/lib.so 10 x\nf new/b 5 y\nf fresh 3 q\nf new/empty 0"]);
        let moves = &compare(&before, &after).services[0].moves;
        let found: Vec<_> =
            moves.largest.iter().map(|moved| (moved.from.as_str(), moved.to.as_str())).collect();
        assert_eq!(found, [("old/lib.so", "new/lib.so"), ("old/b", "new/b")]);
        assert_eq!((moves.files, moves.bytes), (2, Bytes(15)));
    }
}
