//! Packages: which are installed, who owns which byte, why each is there, whether it is used, what leaves with it.
//!
//! Every byte of every layer has exactly one owner: a package, the application, a cache, or nobody. So the sizes of
//! packages add up, and a prediction of what a removal saves is a sum over the very inodes that would go.

mod areas;
mod graph;
mod installed;
mod markers;
mod models;
mod ownership;
mod purl;
mod requirements;
mod usage;
mod whatif;

use plimsoll_snapshot::{Bytes, Ecosystem, Image, Snapshot};
use serde::Serialize;

pub use areas::CacheKind;
pub use graph::{Graph, Root};
pub use usage::Use;
pub use whatif::{Broken, WhatIf};

use crate::squash::Squashed;

/// A package of one image: an index into [`Catalogue::packages`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct PackageId(pub u32);

impl PackageId {
    fn index(self) -> usize {
        self.0 as usize
    }

    fn new(index: usize) -> Self {
        Self(u32::try_from(index).expect("an image has fewer than 2^32 packages"))
    }
}

/// Who a byte belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Owner {
    /// A package, a model included.
    Package(PackageId),
    /// What the user put there: files that `COPY` or `ADD` brought, or below the working directory.
    Application,
    /// What a package manager or a build left to be faster the next time.
    Cache(CacheKind),
    /// Nobody that is known.
    Unowned,
}

/// The packages of an image, and the owner of each of its bytes.
#[derive(Debug)]
pub struct Catalogue {
    /// Those installed first, each group by ecosystem, name and version.
    pub packages: Vec<Package>,
    /// The owner of each inode, in the order of [`Squashed::inodes`].
    pub owners: Vec<Owner>,
    /// Who needs whom.
    pub graph: Graph,
    /// Whether every layer was looked into. Where not, what is missing here may be there all the same.
    pub complete: bool,
}

/// One package of an image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Package {
    /// What the rest of the catalogue calls it.
    pub id: PackageId,
    /// The world it comes from.
    pub ecosystem: Ecosystem,
    /// Its name, normalised as the ecosystem does.
    pub name: String,
    /// Its version; empty where none is stated.
    pub version: String,
    /// The package URL (purl-spec), which other tools know it by.
    pub purl: String,
    /// The licence as the package states it.
    pub license: Option<String>,
    /// Whether it is there in the final tree. Of those that are not, only hidden bytes are left.
    pub installed: bool,
    /// The file that describes it, or the directory of a model.
    pub path: String,
    /// The layer that installed it, in this version.
    pub layer: u32,
    /// The instruction of that layer.
    pub instruction: Option<String>,
    /// The package that brought it and owns its files (`python3-yaml` for `pyyaml`).
    pub part_of: Option<PackageId>,
    /// Bytes of the final tree that belong to it alone.
    pub tree_bytes: Bytes,
    /// Bytes of all layers that belong to it: its hidden copies included.
    pub image_bytes: Bytes,
    /// Files of the final tree.
    pub files: u64,
    /// Bytes of the final tree that leave with it: its own, and those of all that only it keeps there.
    pub retained_tree_bytes: Bytes,
    /// The same over all layers.
    pub retained_image_bytes: Bytes,
    /// How many packages leave with it, itself included.
    pub retained_packages: u64,
    /// Why it would stay if nothing needed it; `None` if it is there for others alone.
    pub root: Option<Root>,
    /// The packages it needs.
    pub needs: Vec<PackageId>,
    /// The packages that need it.
    pub needed_by: Vec<PackageId>,
    /// What it needs and is not there.
    pub missing: Vec<String>,
    /// Whether anything uses it.
    #[serde(rename = "use")]
    pub usage: Use,
}

impl Package {
    /// The name and, if there is one, the version.
    #[must_use]
    pub fn label(&self) -> String {
        if self.version.is_empty() { self.name.clone() } else { format!("{} {}", self.name, self.version) }
    }
}

/// The bytes of one kind of owner.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Owned {
    /// Bytes of the final tree.
    pub tree_bytes: Bytes,
    /// Bytes of all layers.
    pub image_bytes: Bytes,
    /// Inodes of the final tree.
    pub files: u64,
}

/// Finds the packages of an image and the owner of every byte.
#[must_use]
pub fn catalogue(snapshot: &Snapshot, image: &Image, squashed: &Squashed<'_>) -> Catalogue {
    let found = installed::find(snapshot, image, squashed);
    let owners = ownership::assign(snapshot, image, squashed, &found);
    let mut packages = installed::describe(image, squashed, &found, &owners);
    let graph = graph::link(snapshot, image, squashed, &found, &mut packages);
    usage::find(snapshot, image, squashed, &found, &graph, &mut packages);
    let complete = image.layers.iter().all(|layer| {
        snapshot.layers[layer.layer].contents.as_ref().is_some_and(|contents| contents.facts.is_some())
    });
    Catalogue { packages, owners, graph, complete }
}

impl Catalogue {
    /// The package of an id.
    #[must_use]
    pub fn package(&self, id: PackageId) -> &Package {
        &self.packages[id.index()]
    }

    /// The packages that are there in the final tree.
    pub fn installed(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| package.installed)
    }

    /// The installed packages of a name, whatever their ecosystem; `ecosystem:name` narrows it down.
    #[must_use]
    pub fn named(&self, name: &str) -> Vec<PackageId> {
        let (ecosystem, name) = match name.split_once(':') {
            Some((ecosystem, rest)) if Ecosystem::ALL.iter().any(|known| known.name() == ecosystem) => {
                (Some(ecosystem), rest)
            }
            _ => (None, name),
        };
        self.installed()
            .filter(|package| package.name.eq_ignore_ascii_case(name))
            .filter(|package| ecosystem.is_none_or(|wanted| package.ecosystem.name() == wanted))
            .map(|package| package.id)
            .collect()
    }

    /// What belongs to owners of one kind.
    #[must_use]
    pub fn owned(&self, squashed: &Squashed<'_>, is_owner: impl Fn(Owner) -> bool) -> Owned {
        let mut owned = Owned::default();
        for (inode, _) in squashed.inodes.iter().zip(&self.owners).filter(|(_, owner)| is_owner(**owner)) {
            owned.image_bytes += inode.size;
            if inode.hidden.is_none() {
                owned.tree_bytes += inode.size;
                owned.files += 1;
            }
        }
        owned
    }
}
