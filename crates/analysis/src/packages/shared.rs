//! Inodes that several owners have a name of: their bytes are freed when all of these let go.

use plimsoll_snapshot::Bytes;

use super::ownership::Ownership;
use super::package::{Owner, Package, PackageId};
use crate::squash::Squashed;

/// An inode whose names belong to several owners.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shared {
    pub(super) inode: u32,
    pub(super) size: Bytes,
    pub(super) is_hidden: bool,
    /// The package it is counted for.
    pub(super) owner: PackageId,
    /// The installed packages that hold it, in order.
    pub(super) holders: Vec<PackageId>,
    /// Whether something holds it that is no package: then no removal of packages frees it.
    pub(super) is_held: bool,
}

/// The inodes of packages that others hold too. A name in a cache holds nothing: it would not be there without the
/// package.
pub(super) fn describe(squashed: &Squashed<'_>, ownership: &Ownership, packages: &[Package]) -> Vec<Shared> {
    let describe = |(inode, owners): &(u32, Vec<Owner>)| {
        let Owner::Package(owner) = ownership.owners[*inode as usize] else { return None };
        let package = |other: &Owner| match other {
            Owner::Package(id) if packages[id.index()].installed => Some(*id),
            _ => None,
        };
        let holders: Vec<PackageId> = owners.iter().filter_map(package).collect();
        let is_held = owners.iter().any(|owner| matches!(owner, Owner::Application | Owner::Unowned));
        let stored = &squashed.inodes[*inode as usize];
        let (size, is_hidden) = (stored.size, stored.hidden.is_some());
        let is_shared = is_held || holders.len() > 1;
        is_shared.then_some(Shared { inode: *inode, size, is_hidden, owner, holders, is_held })
    };
    ownership.shared.iter().filter_map(describe).collect()
}

impl Shared {
    /// Its bytes, as a sum.
    pub(super) fn sum(&self) -> Sum {
        let tree = if self.is_hidden { Bytes::ZERO } else { self.size };
        Sum { tree, image: self.size, packages: 0 }
    }

    /// Whether its bytes go when these packages do.
    pub(super) fn goes(&self, goes: impl Fn(PackageId) -> bool) -> bool {
        !self.is_held && self.holders.iter().all(|&id| goes(id))
    }
}

/// The sum over a package and all that it retains.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sum {
    pub(super) tree: Bytes,
    pub(super) image: Bytes,
    pub(super) packages: u64,
}

impl Sum {
    pub(super) fn add(&mut self, other: Self) {
        self.tree += other.tree;
        self.image += other.image;
        self.packages += other.packages;
    }

    /// Takes bytes away that were counted before.
    pub(super) fn take(&mut self, bytes: Self) {
        self.tree = self.tree - bytes.tree;
        self.image = self.image - bytes.image;
    }
}
