//! The files of two trees in one: what was added, removed, modified.

use plimsoll_snapshot::{Bytes, EntryKind, Order as _, path};
use serde::Serialize;

use crate::inspect::SizeChange;
use crate::tree::{Tree, TreeNode};

/// What happened to a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum FileChange {
    /// Content and attributes are the same.
    Unchanged,
    /// The file exists only after.
    Added,
    /// The file exists only before.
    Removed,
    /// Another content, link target or kind.
    Modified,
    /// The same content with another mode, owner or extended attribute.
    Attributes,
}

/// Two trees laid over each other, in preorder, children in the order of their names.
#[derive(Debug)]
pub struct FileTree<'a> {
    /// Every path of either side; the first is the root.
    pub nodes: Vec<FileNode<'a>>,
}

/// A path on both sides.
#[derive(Clone, Copy, Debug)]
pub struct FileNode<'a> {
    /// The last component of the path; empty for the root.
    pub name: &'a [u8],
    /// The number of components of the path.
    pub depth: u32,
    /// Index of the first node behind everything below this one.
    pub end: u32,
    /// What it was before.
    pub before: Option<Side>,
    /// The file after; `None` if it was removed.
    pub after: Option<Side>,
    /// What happened to the path itself. A directory is unchanged while anything below it changes.
    pub change: FileChange,
    /// How many files are in it, itself included, that are not unchanged.
    pub changed_files: u64,
}

/// One side of a path.
#[derive(Clone, Copy, Debug)]
pub struct Side {
    /// The kind of entry.
    pub kind: EntryKind,
    /// The bytes of it and everything below, every inode once.
    pub bytes: Bytes,
    /// The layer it comes from.
    pub layer: u32,
    /// Index into the nodes of the tree of this side.
    pub node: u32,
}

impl FileNode<'_> {
    /// The bytes below this path on both sides.
    #[must_use]
    pub fn size(&self) -> SizeChange {
        let bytes = |side: Option<Side>| side.map_or(Bytes::ZERO, |side| side.bytes);
        SizeChange::new(bytes(self.before), bytes(self.after))
    }

    /// The bytes of the path itself: those of a file, none for a directory.
    #[must_use]
    pub fn own_size(&self) -> SizeChange {
        let own = |side: Option<Side>| {
            side.filter(|side| side.kind != EntryKind::Directory).map_or(Bytes::ZERO, |side| side.bytes)
        };
        SizeChange::new(own(self.before), own(self.after))
    }

    /// Whether it is nothing but a directory, on whichever side it is there. Such a path is not counted as a file.
    #[must_use]
    pub fn is_only_directory(&self) -> bool {
        [self.before, self.after].into_iter().flatten().all(|side| side.kind == EntryKind::Directory)
    }

    /// Whether either side is a directory.
    #[must_use]
    pub fn is_directory(&self) -> bool {
        [self.before, self.after].into_iter().flatten().any(|side| side.kind == EntryKind::Directory)
    }
}

/// How many files differ, and by how much.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FileChanges {
    /// Files that exist only after.
    pub added: Counted,
    /// Files that exist only before.
    pub removed: Counted,
    /// Another content, link target or kind.
    pub modified: Counted,
    /// Only mode, owner or extended attributes differ.
    pub attributes: Counted,
    /// Files that are the same on both sides.
    pub unchanged: Counted,
    /// The paths with the largest change, at most [`FileChanges::LARGEST`].
    pub largest: Vec<ChangedFile>,
}

/// A number of paths that are no directories, with their bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Counted {
    /// The number of files.
    pub files: u64,
    /// Their bytes on both sides.
    #[serde(flatten)]
    pub size: SizeChange,
}

/// A path that changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChangedFile {
    /// The path, escaped.
    pub path: String,
    /// What happened to the file.
    pub change: FileChange,
    /// The bytes on both sides.
    #[serde(flatten)]
    pub size: SizeChange,
}

impl FileChanges {
    /// The number of paths that are named.
    pub const LARGEST: usize = 20;

    /// The bytes that paths of both sides gained or lost. A hard link counts at its first name, so even a path that
    /// did not change can: the sum over all paths is exact.
    #[must_use]
    pub fn changed_bytes(&self) -> plimsoll_snapshot::ByteDelta {
        [self.modified, self.attributes, self.unchanged].into_iter().map(|counted| counted.size.delta).sum()
    }
}

/// Lays two trees over each other.
#[must_use]
pub fn compare_trees<'a>(before: Option<&Tree<'a>>, after: Option<&Tree<'a>>) -> FileTree<'a> {
    let before = before.map_or(&[][..], Tree::nodes);
    let after = after.map_or(&[][..], Tree::nodes);
    let mut union = FileTree { nodes: Vec::with_capacity(before.len().max(after.len())) };
    let mut open: Vec<usize> = Vec::new();
    let (mut left, mut right) = (0, 0);
    while left < before.len() || right < after.len() {
        // Both trees are in preorder. What is deeper lies below something that was passed already; what is equally
        // deep has the same parent; so the next node is the deeper one, or else the one with the smaller name.
        let (take_left, take_right) = match (before.get(left), after.get(right)) {
            (Some(old), Some(new)) => match new.depth.cmp(&old.depth).then(old.name.cmp(new.name)) {
                std::cmp::Ordering::Less => (true, false),
                std::cmp::Ordering::Greater => (false, true),
                std::cmp::Ordering::Equal => (true, true),
            },
            (old, new) => (old.is_some(), new.is_some()),
        };
        let old = take_left.then(|| (left, &before[left]));
        let new = take_right.then(|| (right, &after[right]));
        left += usize::from(take_left);
        right += usize::from(take_right);
        union.push(&mut open, old, new);
    }
    union.close(&mut open, 0);
    union
}

impl<'a> FileTree<'a> {
    fn push(
        &mut self,
        open: &mut Vec<usize>,
        old: Option<(usize, &TreeNode<'a>)>,
        new: Option<(usize, &TreeNode<'a>)>,
    ) {
        let Some((_, any)) = old.or(new) else { return };
        self.close(open, any.depth);
        let change = change_of(old.map(|(_, node)| node), new.map(|(_, node)| node));
        let side = |node: Option<(usize, &TreeNode<'a>)>| {
            node.map(|(index, node)| Side {
                kind: node.kind,
                bytes: node.bytes,
                layer: node.layer,
                node: id(index),
            })
        };
        open.push(self.nodes.len());
        let mut node = FileNode {
            name: any.name,
            depth: any.depth,
            end: 0,
            before: side(old),
            after: side(new),
            change,
            changed_files: 0,
        };
        node.changed_files = u64::from(change != FileChange::Unchanged && !node.is_directory());
        self.nodes.push(node);
    }

    fn close(&mut self, open: &mut Vec<usize>, depth: u32) {
        while let Some(&last) = open.last() {
            let end = id(self.nodes.len());
            let node = &mut self.nodes[last];
            if node.depth < depth {
                break;
            }
            node.end = end;
            let changed = node.changed_files;
            open.pop();
            if let Some(&parent) = open.last() {
                self.nodes[parent].changed_files += changed;
            }
        }
    }

    /// The path of a node, escaped.
    #[must_use]
    pub fn path(&self, index: usize) -> String {
        let mut names = vec![self.nodes[index].name];
        let mut depth = self.nodes[index].depth;
        for node in self.nodes[..index].iter().rev() {
            if node.depth > 0 && node.depth < depth {
                names.push(node.name);
                depth = node.depth;
            }
            if depth <= 1 {
                break;
            }
        }
        names.reverse();
        path::escape(&names.join(&b'/')).into_owned()
    }

    /// The indices of the children of a node, in the order of their names.
    pub fn children(&self, index: usize) -> impl Iterator<Item = usize> + '_ {
        let end = self.nodes[index].end as usize;
        let mut next = index + 1;
        std::iter::from_fn(move || {
            (next < end).then(|| {
                let child = next;
                next = self.nodes[child].end as usize;
                child
            })
        })
    }

    /// Counts the files by change, and lists the largest changes.
    #[must_use]
    pub fn changes(&self) -> FileChanges {
        let mut counts = [Counted::default(); 5];
        let mut largest: Vec<(Bytes, usize)> = Vec::new();
        for (index, node) in self.nodes.iter().enumerate() {
            // A directory that became a file, or the reverse, counts for what the file weighs.
            let size = node.own_size();
            if node.is_only_directory() {
                continue;
            }
            let counted = &mut counts[node.change as usize];
            counted.files += 1;
            counted.size =
                SizeChange::new(counted.size.before + size.before, counted.size.after + size.after);
            if node.change != FileChange::Unchanged {
                largest.push((size.delta.magnitude(), index));
            }
        }
        largest.order_by_key(|&(magnitude, index)| (std::cmp::Reverse(magnitude), index));
        largest.truncate(FileChanges::LARGEST);
        let [unchanged, added, removed, modified, attributes] = counts;
        let largest = largest.into_iter().map(|(_, index)| ChangedFile {
            path: self.path(index),
            change: self.nodes[index].change,
            size: self.nodes[index].own_size(),
        });
        FileChanges { added, removed, modified, attributes, unchanged, largest: largest.collect() }
    }
}

fn change_of(old: Option<&TreeNode<'_>>, new: Option<&TreeNode<'_>>) -> FileChange {
    match (old, new) {
        (Some(_), None) => FileChange::Removed,
        (None, Some(_)) => FileChange::Added,
        (Some(old), Some(new)) => {
            if (old.kind, old.holds) != (new.kind, new.holds) {
                FileChange::Modified
            } else if old.attributes != new.attributes && old.attributes.is_some() && new.attributes.is_some()
            {
                FileChange::Attributes
            } else {
                FileChange::Unchanged
            }
        }
        (None, None) => FileChange::Unchanged,
    }
}

fn id(index: usize) -> u32 {
    u32::try_from(index).expect("fewer than 2^32 nodes fit in memory")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::squash::squash;
    use crate::testing::snapshot;

    /// Compares two layers, and gives a line for each path: `PATH change before→after`.
    fn check(before: &str, after: &str, expected: &[&str]) {
        let (before, after) = (snapshot("app", &[before]), snapshot("app", &[after]));
        let (old, new) = (squash(&before, &before.images[0]), squash(&after, &after.images[0]));
        let union = compare_trees(Some(&old.tree), Some(&new.tree));
        let lines: Vec<_> = (1..union.nodes.len())
            .map(|index| {
                let node = &union.nodes[index];
                let size = node.size();
                format!("{} {:?} {}→{}", union.path(index), node.change, size.before.0, size.after.0)
            })
            .collect();
        assert_eq!(lines, expected);
        let changes = union.changes();
        let sum: plimsoll_snapshot::ByteDelta =
            [changes.added.size.delta, changes.removed.size.delta, changes.changed_bytes()].into_iter().sum();
        assert_eq!(sum, union.nodes[0].size().delta);
    }

    #[test]
    fn both_trees_are_walked_side_by_side() {
        check(
            "d a\nf a/x 1\nf a/y 2 old\nd b\nd b/c\nf b/c/z 4\nf z 1",
            "d a\nf a/y 3 new\nd a.d\nf a.d/q 9\nf z 1",
            &[
                "a Unchanged 3→3",
                "a/x Removed 1→0",
                "a/y Modified 2→3",
                "a.d Added 0→9",
                "a.d/q Added 0→9",
                "b Removed 4→0",
                "b/c Removed 4→0",
                "b/c/z Removed 4→0",
                "z Unchanged 1→1",
            ],
        );
    }

    #[test]
    fn a_directory_that_becomes_a_file_is_modified() {
        check("d a\nf a/x 5", "f a 2", &["a Modified 5→2", "a/x Removed 5→0"]);
    }

    #[test]
    fn children_are_the_next_level_only() {
        let snapshot = snapshot("app", &["f a/b/c 1\nf a/d 1\nf e 1"]);
        let tree = squash(&snapshot, &snapshot.images[0]).tree;
        let union = compare_trees(None, Some(&tree));
        let names: Vec<_> = union.children(1).map(|child| union.path(child)).collect();
        assert_eq!(names, ["a/b", "a/d"]);
        assert_eq!(union.nodes[0].changed_files, 3);
    }
}
