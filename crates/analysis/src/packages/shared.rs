//! Inodes that several owners have a name of: their bytes are freed when all of these let go.

use plimsoll_snapshot::Bytes;

use super::graph::Sum;
use super::ownership::Ownership;
use super::{Catalogue, Owner, Package, PackageId};
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
    fn goes(&self, goes: impl Fn(PackageId) -> bool) -> bool {
        !self.is_held && self.holders.iter().all(|&id| goes(id))
    }
}

impl Catalogue {
    /// The bytes that go with these packages, which are in order: what others hold as well stays.
    pub(super) fn freed(&self, gone: &[PackageId]) -> Sum {
        let mut freed = Sum::default();
        for &id in gone {
            let package = self.package(id);
            freed.add(Sum { tree: package.tree_bytes, image: package.image_bytes, packages: 1 });
        }
        let goes = |id: PackageId| gone.binary_search(&id).is_ok();
        for shared in self.shared.iter().filter(|shared| goes(shared.owner) && !shared.goes(goes)) {
            freed.take(shared.sum());
        }
        freed
    }

    /// Whether an inode belongs to packages of a kind, and no other owner has a name of it.
    pub(crate) fn is_only_of(&self, inode: u32, is_meant: impl Fn(&Package) -> bool) -> bool {
        let Owner::Package(owner) = self.owners[inode as usize] else { return false };
        let shared = self.shared.binary_search_by_key(&inode, |shared| shared.inode).ok();
        let goes = |id: PackageId| is_meant(self.package(id));
        goes(owner) && shared.is_none_or(|at| self.shared[at].goes(goes))
    }

    /// Marks the inodes that go with these packages, which are in order.
    pub(crate) fn freed_inodes(&self, gone: &[PackageId]) -> Vec<bool> {
        let goes = |id: PackageId| gone.binary_search(&id).is_ok();
        let mut freed: Vec<bool> =
            self.owners.iter().map(|owner| matches!(owner, Owner::Package(id) if goes(*id))).collect();
        for shared in &self.shared {
            freed[shared.inode as usize] &= shared.goes(goes);
        }
        freed
    }
}
