//! Packages: which are installed, who owns which byte, why each is there, whether it is used, what it retains.
//!
//! Every byte of every layer has exactly one owner: a package, the application, a cache, or none. So the sizes of
//! packages add up, and a prediction of what a removal saves is a sum over the very inodes that would go.

mod areas;
mod catalogue;
mod commands;
mod dominators;
mod drivers;
mod evidence;
mod facts;
mod freed;
mod graph;
mod import_times;
mod installed;
mod inventory;
mod markers;
mod mentions;
mod models;
mod observed;
#[cfg(test)]
mod observed_tests;
mod ownership;
mod package;
mod plugins;
mod pnp;
mod process_memory;
mod purl;
mod requirements;
mod running_from;
mod shared;
mod split;
mod symlinks;
#[cfg(test)]
mod tests;
mod undeclared;
mod usage;
mod whatif;

pub use areas::cache_directory;
pub(crate) use catalogue::is_called;
pub use catalogue::{Catalogue, catalogue};
pub(crate) use facts::facts;
pub use graph::Graph;
pub use import_times::{PackageStartUp, StartUpShare};
pub use inventory::{
    DirectoryUse, ImageInventory, Inventory, KeptOpened, OwnerKind, Reasons, Removal, Share, inventory,
    kept_opened, reasons, removals,
};
pub use observed::{Observed, ObservedRun, is_unmatched, settle};
pub use package::{
    CacheKind, Contradiction, DependencyKind, ObservedUse, Owned, Owner, Package, PackageId, Root, Use, Want,
};
pub use process_memory::{MemoryOwner, MemoryShare, PackageMemory};
pub use split::{Part, ServiceShare, Split, split, splits};
pub(crate) use usage::is_test;
pub use whatif::{Broken, Deprived, WhatIf};
