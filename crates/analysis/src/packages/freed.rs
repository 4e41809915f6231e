//! The bytes that packages free when they go: what others hold as well stays.

use super::catalogue::Catalogue;
use super::package::{Owner, Package, PackageId};
use super::shared::Sum;

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
