//! Who owns the bytes of the final trees of both sides.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use plimsoll_analysis::compare::{BridgeCause, ServiceTrees, SizeChange};
use plimsoll_analysis::packages::OwnerKind;
use plimsoll_snapshot::{Bytes, Order as _};

/// A kind of owner, with the bytes of the final tree that are its.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owned {
    /// Its name is that of a step of the bridge.
    pub owner: BridgeCause,
    /// Its bytes on both sides.
    pub size: SizeChange,
}

/// The owners of either side, the largest first. They sum to the final trees.
pub fn owners(trees: &ServiceTrees<'_>) -> Vec<Owned> {
    let mut sizes: BTreeMap<BridgeCause, [Bytes; 2]> = BTreeMap::new();
    for (at, image) in [&trees.before, &trees.after].into_iter().enumerate() {
        for share in image.iter().flat_map(|image| image.packages.shares(&image.squashed)) {
            sizes.entry(name(share.owner)).or_default()[at] += share.owned.tree_bytes;
        }
    }
    let owned = |(owner, [before, after]): (BridgeCause, [Bytes; 2])| Owned {
        owner,
        size: SizeChange::new(before, after),
    };
    let mut owners: Vec<Owned> = sizes.into_iter().map(owned).collect();
    owners.retain(|owned| owned.size.before.max(owned.size.after) > Bytes::ZERO);
    owners.order_by_key(|owned| Reverse(owned.size.before.max(owned.size.after)));
    owners
}

/// All caches are one owner here.
const fn name(kind: OwnerKind) -> BridgeCause {
    match kind {
        OwnerKind::Packages(ecosystem) => BridgeCause::Packages(ecosystem),
        OwnerKind::Application => BridgeCause::Application,
        OwnerKind::Cache(_) => BridgeCause::Caches,
        OwnerKind::Unowned => BridgeCause::Unowned,
    }
}
