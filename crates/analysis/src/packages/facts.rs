//! What the layers of an image state of packages, before anything is joined.

use plimsoll_snapshot::{Facts, Image, PackageFact, Snapshot};

use super::package::PackageId;

/// No package, or no inode, in a table of numbers.
pub(super) const NONE: u32 = u32::MAX;

/// A package as its facts describe it.
pub(super) struct Described<'a> {
    /// What describes it now, or described it last.
    pub(super) fact: &'a PackageFact,
    /// The layer of that fact.
    pub(super) layer: u32,
    /// Every description of it, lowest layer first.
    pub(super) all: Vec<(u32, &'a PackageFact)>,
    /// The lowest layer that has it in this version.
    pub(super) since: u32,
    /// Where its description lies.
    pub(super) path: &'a [u8],
    pub(super) installed: bool,
}

/// What an image has.
pub(super) struct Found<'a> {
    /// Installed ones first; by ecosystem, name, version and place. Models follow behind them.
    pub(super) described: Vec<Described<'a>>,
    /// Weights of models: their ids follow those of the described packages.
    pub(super) models: Vec<Model>,
}

impl<'a> Found<'a> {
    /// The installed ones with what describes them.
    pub(super) fn installed(&self) -> impl Iterator<Item = (PackageId, &Described<'a>)> {
        let numbered = self.described.iter().enumerate();
        numbered.filter(|(_, package)| package.installed).map(|(id, package)| (PackageId::new(id), package))
    }
}

/// A model, and the inodes that are its.
pub(super) struct Model {
    /// `organisation/name` from a cache of the hub, or else the directory.
    pub(super) name: String,
    pub(super) from_hub: bool,
    /// The directory it lies in.
    pub(super) path: Vec<u8>,
    /// The lowest layer that has a part of it.
    pub(super) layer: u32,
    /// Whether a part of it is there in the final tree.
    pub(super) installed: bool,
    /// Indices of inodes, in order.
    pub(super) inodes: Vec<u32>,
}

/// The facts of the layers of an image, lowest first.
pub(crate) fn facts<'a>(snapshot: &'a Snapshot, image: &Image) -> impl Iterator<Item = (u32, &'a Facts)> {
    image.layers.iter().zip(0..).filter_map(|(layer, index)| {
        Some((index, snapshot.layers[layer.layer].contents.as_ref()?.facts.as_ref()?))
    })
}

/// The path of an entry of a layer.
pub(super) fn path_of<'a>(snapshot: &'a Snapshot, image: &Image, layer: u32, entry: u32) -> &'a [u8] {
    let layer = &snapshot.layers[image.layers[layer as usize].layer];
    layer.contents.as_ref().map_or(&[], |contents| contents.entries.path(entry as usize))
}
