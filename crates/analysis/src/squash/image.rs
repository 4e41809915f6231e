//! A stacked image: its inodes, every name they have, and which of these are left.

use plimsoll_snapshot::{Bytes, ContentHash, Image, Snapshot};
use serde::Serialize;

use crate::tree::Tree;

/// Why an inode is hidden: what happened to the last name it had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// A whiteout removed it, or a directory above it.
    Deleted,
    /// A later layer made a directory above it opaque.
    Opaque,
    /// A later layer has a file of other content at its path.
    Overwritten,
    /// A later layer has a file of the very same content at its path: it was touched, or changed its owner or mode.
    RewrittenSameContent,
    /// A later layer has something at its path, or at a directory above it, that is not a file, or was not one.
    ReplacedByOtherKind,
}

impl Cause {
    /// Every cause, in the order in which they are shown.
    pub const ALL: [Self; 5] = [
        Self::Deleted,
        Self::Opaque,
        Self::Overwritten,
        Self::RewrittenSameContent,
        Self::ReplacedByOtherKind,
    ];
}

/// The content of a regular file, stored once however many names it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inode {
    /// The logical size.
    pub size: Bytes,
    /// The hash of the content.
    pub content: ContentHash,
    /// Index into [`Image::layers`] of the layer that stores it.
    pub layer: u32,
    /// Index into the entries of that layer.
    pub entry: u32,
    /// The layer that took away its last name, and how; `None` while it has one.
    pub hidden: Option<(u32, Cause)>,
    pub(super) names: u32,
}

/// An image with its layers stacked.
#[derive(Debug)]
pub struct Squashed<'a> {
    /// What a container of the image sees.
    pub tree: Tree<'a>,
    /// Every file content of every layer, in the order of layers and paths.
    pub inodes: Vec<Inode>,
    /// Hard links that point to nothing: the layer and the entry.
    pub dangling: Vec<(u32, u32)>,
    /// Hard links to files of lower layers that their own layer deletes: the layer and the entry.
    pub to_deleted: Vec<(u32, u32)>,
    /// Symbolic links that a later layer has something below: that layer, and the layer and the entry of the link.
    pub below_symlinks: Vec<(u32, u32, u32)>,
    /// Every path that some layer has mentioned, alive or not.
    pub names: Names,
    /// Which inode each entry names.
    pub(super) entries: EntryInodes,
    /// What whiteouts took away, in the order of layers.
    pub deletions: Vec<Deletion>,
}

/// Which inode the entries of all layers name, hard links included.
#[derive(Debug, Default)]
pub(super) struct EntryInodes {
    /// For each layer the inode of each of its entries, or [`NO_INODE`].
    pub(super) of_entries: Vec<Vec<u32>>,
    /// The inode, layer and entry of every hard link, in order.
    pub(super) links: Vec<(u32, u32, u32)>,
}

pub(super) const NO_INODE: u32 = u32::MAX;

/// A file, or a directory of files, that a whiteout took away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deletion {
    /// The layer of the whiteout.
    pub layer: u32,
    /// The name that the whiteout deletes, as an index into the names.
    pub name: u32,
    /// The bytes of the files below it; none for a file.
    pub below: Bytes,
}

/// The paths of all layers, each once whichever layers mention it, as a tree of numbers.
#[derive(Debug, Default)]
pub struct Names {
    pub(super) parents: Vec<u32>,
    /// For each layer of the image, the name of each of its entries.
    pub(super) of_entries: Vec<Vec<u32>>,
    /// The layer and the entry that each name stands for in the final tree.
    pub(super) living: Vec<Option<(u32, u32)>>,
}

impl Names {
    /// The root of the image. A parent always has a smaller number than its children.
    pub const ROOT: u32 = 0;

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.parents.len()
    }

    /// Whether there is none: not even a root.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parents.is_empty()
    }

    /// The name of an entry of a layer.
    #[must_use]
    pub fn of(&self, layer: u32, entry: u32) -> u32 {
        self.of_entries[layer as usize][entry as usize]
    }

    /// The layer and the entry that a name stands for in the final tree; `None` if nothing is there, or a directory
    /// that only what lies in it implies.
    #[must_use]
    pub fn living(&self, name: u32) -> Option<(u32, u32)> {
        self.living[name as usize]
    }

    /// Whether the final tree has an entry where its layer put it.
    #[must_use]
    pub fn is_alive(&self, layer: u32, entry: u32) -> bool {
        self.living(self.of(layer, entry)) == Some((layer, entry))
    }

    /// The directory a name stands in; the root stands in itself.
    #[must_use]
    pub fn parent(&self, name: u32) -> u32 {
        self.parents[name as usize]
    }
}

impl Squashed<'_> {
    /// The inode that an entry names: the one it stores, or the one it links to.
    #[must_use]
    pub fn inode_of(&self, layer: u32, entry: u32) -> Option<u32> {
        let inode = *self.entries.of_entries.get(layer as usize)?.get(entry as usize)?;
        (inode != NO_INODE).then_some(inode)
    }

    /// The layers and the entries that name an inode: those of the final tree or, if it is hidden, all it ever had.
    /// The one that stores it comes first.
    pub fn names_of(&self, inode: u32) -> impl Iterator<Item = (u32, u32)> {
        let Inode { layer, entry, hidden, .. } = self.inodes[inode as usize];
        let links = &self.entries.links;
        let from = links.partition_point(|&(other, ..)| other < inode);
        let links = links[from..].iter().take_while(move |&&(other, ..)| other == inode);
        let all = std::iter::once((layer, entry)).chain(links.map(|&(_, layer, entry)| (layer, entry)));
        all.filter(move |&(layer, entry)| hidden.is_some() || self.names.is_alive(layer, entry))
    }

    /// Whether the final tree has something at a path.
    #[must_use]
    pub fn finds(&self, snapshot: &Snapshot, image: &Image, path: &[u8]) -> bool {
        image.layers.iter().zip(0..).any(|(layer, index)| {
            let contents = snapshot.layers[layer.layer].contents.as_ref();
            let entry = contents.and_then(|contents| u32::try_from(contents.entries.find(path)?).ok());
            entry.is_some_and(|entry| self.names.is_alive(index, entry))
        })
    }

    /// Whether an inode ever had more than one name.
    #[must_use]
    pub fn is_linked(&self, inode: u32) -> bool {
        self.entries.links.binary_search_by_key(&inode, |&(other, ..)| other).is_ok()
    }
}
