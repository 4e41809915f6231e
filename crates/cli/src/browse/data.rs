//! What is browsed: the images, compared once, and the tree of each layer from when it is looked at.

use plimsoll_analysis::compare::{FileTree, ServiceComparison, ServiceTrees, compare_trees};
use plimsoll_analysis::inspect::ImageInspection;
use plimsoll_analysis::packages::{Catalogue, Owner};
use plimsoll_analysis::{Cause, Squashed, squash};
use plimsoll_snapshot::{Attributes, Bytes, Image, Node, Snapshot};

/// A service with everything that is known of it.
#[derive(Clone, Copy)]
pub(crate) struct Service<'a> {
    pub(crate) comparison: &'a ServiceComparison,
    pub(crate) trees: &'a ServiceTrees<'a>,
    /// The snapshot that the shown image is in, and the image: the one after, or the only one.
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) image: &'a Image,
    pub(crate) squashed: &'a Squashed<'a>,
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) inspection: &'a ImageInspection,
}

/// Which changes the tree shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    /// What the selected layer changes.
    Layer,
    /// What all layers up to the selected one change, from the lowest one on.
    UpTo,
    /// The whole image, or both images if there are two.
    Whole,
}

/// The kinds of links.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LinkKind {
    Symbolic,
    Hard,
}

/// A version of a file in one layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Version {
    pub(crate) layer: u32,
    /// `None` for what is not a file.
    pub(crate) size: Option<Bytes>,
    /// The layer that hides it, and how; `None` for what the image shows.
    pub(crate) hidden: Option<(u32, Cause)>,
    pub(crate) attributes: Attributes,
    /// Where a link leads.
    pub(crate) target: Option<(LinkKind, Vec<u8>)>,
    pub(crate) owner: Option<Owner>,
}

impl<'a> Service<'a> {
    /// `None` for a service that is on neither side.
    pub(crate) fn new(
        sides: [&'a Snapshot; 2],
        comparison: &'a ServiceComparison,
        trees: &'a ServiceTrees<'a>,
    ) -> Option<Self> {
        let [before, after] = sides;
        let (snapshot, tree, inspection) = match (&trees.after, &comparison.after) {
            (Some(tree), Some(inspection)) => (after, tree, inspection),
            _ => (before, trees.before.as_ref()?, comparison.before.as_ref()?),
        };
        let service = snapshot.services.iter().find(|service| service.name == comparison.name)?;
        Some(Self {
            comparison,
            trees,
            snapshot,
            image: &snapshot.images[service.image],
            squashed: &tree.squashed,
            catalogue: &tree.packages,
            inspection,
        })
    }

    /// Whether there are two images.
    pub(crate) fn is_pair(&self) -> bool {
        self.comparison.before.is_some() && self.comparison.after.is_some()
    }

    /// The files with their changes.
    pub(crate) fn tree(&self, scope: Scope, layer: usize) -> FileTree<'a> {
        let image_of = |layers: usize| {
            let mut image = self.image.clone();
            image.layers.truncate(layers);
            (layers > 0).then_some(image)
        };
        let of = |before: usize, after: usize| {
            let [before, after] = [image_of(before), image_of(after)]
                .map(|image| image.map(|image| squash(self.snapshot, &image).tree));
            compare_trees(before.as_ref(), after.as_ref())
        };
        match scope {
            Scope::Layer => of(layer, layer + 1),
            Scope::UpTo => of(usize::from(layer > 0), layer + 1),
            Scope::Whole => {
                let sides = [&self.trees.before, &self.trees.after];
                let [before, after] = sides.map(|side| side.as_ref().map(|image| &image.squashed.tree));
                match (before, after) {
                    (Some(_), Some(_)) => compare_trees(before, after),
                    // One image has no changes: both sides are the same.
                    (one, other) => {
                        let only = one.or(other);
                        compare_trees(only, only)
                    }
                }
            }
        }
    }

    /// Every version of a path, lowest layer first.
    pub(crate) fn versions(&self, path: &[u8]) -> Vec<Version> {
        let version = |(layer, index): (&plimsoll_snapshot::ImageLayer, u32)| {
            let entries = &self.snapshot.layers[layer.layer].contents.as_ref()?.entries;
            let at = u32::try_from(entries.find(path)?).ok()?;
            let entry = entries.get(at as usize);
            let inode = self.squashed.inode_of(index, at);
            let inode_data = inode.map(|inode| &self.squashed.inodes[inode as usize]);
            Some(Version {
                layer: index,
                size: inode_data.map(|inode| inode.size),
                hidden: inode_data.and_then(|inode| inode.hidden),
                attributes: entry.attributes.clone(),
                target: match entry.node {
                    Node::Symlink { target } => Some((LinkKind::Symbolic, target.to_vec())),
                    Node::Hardlink { target } => Some((LinkKind::Hard, target.to_vec())),
                    _ => None,
                },
                owner: inode.and_then(|inode| self.catalogue.owners.get(inode as usize).copied()),
            })
        };
        self.image.layers.iter().zip(0..).filter_map(version).collect()
    }
}
