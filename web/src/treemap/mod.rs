//! The map of files: one rectangle a path, as large as its bytes. Where everything lies; nothing here knows a browser.
//!
//! Both sides share one layout, so nothing moves between them. A rectangle stands for the larger of both sizes of its
//! files, or for how much they changed; what is too small to be seen is never looked at, so that a tree of any size
//! takes the same time once its weights are known.

mod layout;
mod neighbours;
mod paint;
mod scene;

use plimsoll_analysis::compare::FileTree;
use plimsoll_snapshot::path;

pub(crate) use layout::{Tile, TileKind, layout};
pub(crate) use neighbours::{Direction, neighbour, tile_at, tile_of};
pub(crate) use scene::{Label, PAINTS, fills, labels, picture};

/// What the area of a rectangle stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Area {
    /// The larger of both sizes.
    Size,
    /// How much the size changed.
    #[default]
    Change,
}

impl Area {
    pub(crate) const ALL: [Self; 2] = [Self::Change, Self::Size];

    /// The name in addresses and attributes.
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Size => "size",
            Self::Change => "change",
        }
    }
}

/// A tree with what the map has to know of every node.
#[derive(Debug)]
pub(crate) struct Weighed {
    /// The directory a node lies in; the root lies in itself.
    pub(crate) parents: Vec<u32>,
    /// What a node and all below it weigh.
    pub(crate) weights: Vec<u64>,
}

impl Weighed {
    /// Takes time linear in the number of nodes.
    pub(crate) fn of(tree: &FileTree<'_>, area: Area) -> Self {
        let mut parents = vec![0; tree.nodes.len()];
        let mut above: Vec<u32> = Vec::new();
        for (index, node) in tree.nodes.iter().enumerate() {
            above.truncate(node.depth as usize);
            parents[index] = above.last().copied().unwrap_or(0);
            above.push(u32::try_from(index).expect("fewer than 2^32 nodes fit in memory"));
        }
        let mut weights: Vec<u64> = tree
            .nodes
            .iter()
            .map(|node| {
                let size = node.own_size();
                match area {
                    Area::Size => size.before.max(size.after).0,
                    Area::Change => size.delta.magnitude().0,
                }
            })
            .collect();
        // In preorder all that lies in a directory comes behind it.
        for index in (1..weights.len()).rev() {
            let parent = parents[index] as usize;
            weights[parent] = weights[parent].saturating_add(weights[index]);
        }
        Self { parents, weights }
    }

    /// The directories around a node, the root first, the node itself last.
    pub(crate) fn ancestors(&self, node: u32) -> Vec<u32> {
        let mut path = vec![node];
        let mut at = node;
        while at != 0 {
            at = self.parents[at as usize];
            path.push(at);
        }
        path.reverse();
        path
    }
}

/// The node of a path, written as the tree writes it.
pub(crate) fn find(tree: &FileTree<'_>, wanted: &str) -> Option<u32> {
    let mut node = 0;
    for name in wanted.split('/').filter(|name| !name.is_empty()) {
        node = tree.children(node).find(|&child| path::escape(tree.nodes[child].name) == name)?;
    }
    u32::try_from(node).ok().filter(|_| !tree.nodes.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_view::testing::tree;

    #[test]
    fn a_path_leads_to_its_node() {
        tree(&[("a/x", 100), ("a/y\u{202e}", 10)], &[("b", 5)], |tree| {
            for node in 0..5 {
                assert_eq!(find(tree, &tree.path(node as usize)), Some(node));
            }
            assert_eq!(find(tree, "a/z"), None);
        });
        tree(&[], &[], |tree| assert_eq!(find(tree, "a"), None));
    }

    #[test]
    fn a_directory_weighs_what_is_in_it() {
        tree(&[("a/x", 100), ("a/y", 10)], &[("a/y", 30), ("b", 5)], |tree| {
            // The root, a, a/x, a/y, b.
            assert_eq!(Weighed::of(tree, Area::Size).weights, [135, 130, 100, 30, 5]);
            assert_eq!(Weighed::of(tree, Area::Change).weights, [125, 120, 100, 20, 5]);
            let weighed = Weighed::of(tree, Area::Size);
            assert_eq!(weighed.parents, [0, 0, 1, 1, 0]);
            assert_eq!(weighed.ancestors(3), [0, 1, 3]);
        });
    }
}
