//! Packages: which are installed, who owns which byte, why each is there, whether it is used, what leaves with it.
//!
//! Every byte of every layer has exactly one owner: a package, the application, a cache, or nobody. So the sizes of
//! packages add up, and a prediction of what a removal saves is a sum over the very inodes that would go.

mod areas;
mod dominators;
mod graph;
mod installed;
mod inventory;
mod markers;
mod models;
mod ownership;
mod purl;
mod requirements;
mod split;
mod usage;
mod whatif;

use plimsoll_snapshot::{Bytes, Ecosystem, Image, Snapshot};
use serde::Serialize;

pub use areas::{CacheKind, cache_directory};
pub use graph::{Graph, Root};
pub use inventory::{
    ImageInventory, Inventory, OwnerKind, Reasons, Removal, Share, inventory, reasons, removals,
};
pub use split::{Part, ServiceShare, Split, split, splits};
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
            .filter(|package| is_called(package.ecosystem, &package.name, name))
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

/// Whether a package goes by a name, as people write it: letter case makes no difference, nor does the separator in names of
/// Python (PEP 503).
pub(crate) fn is_called(ecosystem: Ecosystem, name: &str, wanted: &str) -> bool {
    let same = |character: char| match character {
        '_' | '.' if ecosystem == Ecosystem::Python => '-',
        other => other.to_ascii_lowercase(),
    };
    name.len() == wanted.len() && name.chars().map(same).eq(wanted.chars().map(same))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::squash::squash;
    use crate::testing::snapshot;

    /// An application of two packages asked for; one of them brings two more, one of which both need.
    const APP: &str = "
        f site/a-1.dist-info/METADATA 10
        p site/a-1.dist-info/METADATA python a 1 needs=b,c files=site/a/__init__.py requested
        f site/b-1.dist-info/METADATA 10
        p site/b-1.dist-info/METADATA python b 1 needs=a files=site/b/__init__.py
        f site/c-1.dist-info/METADATA 10
        p site/c-1.dist-info/METADATA python c 1 needs=gone files=site/c/__init__.py
        f site/d-1.dist-info/METADATA 10
        p site/d-1.dist-info/METADATA python d 1 needs=c files=site/d/__init__.py requested
        f site/a/__init__.py 1000
        f site/a/__pycache__/__init__.cpython-311.pyc 500
        f site/b/__init__.py 100
        f site/c/__init__.py 7
        f site/d/__init__.py 3";

    fn check<T>(layers: &[&str], read: impl FnOnce(&Catalogue, &Squashed<'_>) -> T) -> T {
        let snapshot = snapshot("app", layers);
        let squashed = squash(&snapshot, &snapshot.images[0]);
        let catalogue = catalogue(&snapshot, &snapshot.images[0], &squashed);
        // Every byte has one owner, whatever the image.
        let all = catalogue.owned(&squashed, |_| true);
        assert_eq!(all.tree_bytes, squashed.tree.root().bytes);
        assert_eq!(all.image_bytes, squashed.inodes.iter().map(|inode| inode.size).sum());
        let packages: Bytes = catalogue.packages.iter().map(|package| package.image_bytes).sum();
        let owned = catalogue.owned(&squashed, |owner| matches!(owner, Owner::Package(_)));
        assert_eq!(owned.image_bytes, packages);
        for package in catalogue.installed() {
            let without = catalogue.without(&squashed, &[package.id]);
            assert_eq!(without.image_bytes, package.retained_image_bytes, "{}", package.name);
            assert_eq!(without.tree_bytes, package.retained_tree_bytes, "{}", package.name);
            assert_eq!(without.gone.len() as u64, package.retained_packages, "{}", package.name);
        }
        read(&catalogue, &squashed)
    }

    fn package<'c>(catalogue: &'c Catalogue, name: &str) -> &'c Package {
        catalogue.package(catalogue.named(name)[0])
    }

    #[test]
    fn a_package_owns_its_files_and_retains_what_only_it_needs() {
        check(&[APP], |catalogue, squashed| {
            let sizes = |name| {
                let package = package(catalogue, name);
                (package.tree_bytes.0, package.retained_tree_bytes.0)
            };
            assert_eq!(sizes("a"), (1510, 1510 + 110));
            assert_eq!(sizes("b"), (110, 110));
            assert_eq!(sizes("c"), (17, 17));
            assert_eq!(sizes("d"), (13, 13));
            let both = catalogue.without(squashed, &[catalogue.named("a")[0], catalogue.named("d")[0]]);
            assert_eq!(both.image_bytes, Bytes(1510 + 110 + 17 + 13));
            assert_eq!(both.broken, []);
            assert_eq!(package(catalogue, "c").missing, ["gone"]);
        });
    }

    #[test]
    fn what_breaks_is_named() {
        check(&[APP], |catalogue, squashed| {
            let (a, c, d) = (catalogue.named("a")[0], catalogue.named("c")[0], catalogue.named("d")[0]);
            let broken = catalogue.without(squashed, &[c]).broken;
            assert_eq!(
                broken,
                [Broken::Package { package: a, needs: c }, Broken::Package { package: d, needs: c }]
            );
        });
    }

    #[test]
    fn the_shortest_ways_say_why() {
        check(&[APP], |catalogue, _| {
            let id = |name| catalogue.named(name)[0];
            assert_eq!(catalogue.graph.why(id("b"), 3), [[id("a"), id("b")]]);
            assert_eq!(catalogue.graph.why(id("c"), 3), [[id("a"), id("c")], [id("d"), id("c")]]);
            assert_eq!(catalogue.graph.why(id("a"), 3), [[id("a")]]);
        });
    }

    #[test]
    fn a_copy_by_a_later_layer_belongs_to_the_same_package() {
        let chown = "f site/a/__init__.py 1000\nf site/a-1.dist-info/METADATA 10";
        check(&[APP, chown], |catalogue, _| {
            // Its description lies in a layer that says nothing of it: it is there all the same.
            assert_eq!(package(catalogue, "b").tree_bytes, Bytes(110));
            let a = catalogue.packages.iter().find(|package| package.name == "a").unwrap();
            assert_eq!(a.image_bytes, Bytes(1510 + 1010));
        });
    }

    #[test]
    fn hidden_bytes_of_a_removed_package_are_still_its() {
        check(&[APP, "w site/d-1.dist-info\nw site/d"], |catalogue, _| {
            assert!(catalogue.named("d").is_empty());
            let gone = catalogue.packages.iter().find(|package| package.name == "d").unwrap();
            assert_eq!((gone.tree_bytes, gone.image_bytes), (Bytes(0), Bytes(13)));
        });
    }

    #[test]
    fn what_came_along_as_an_extra_leaves_with_what_offers_it() {
        let layer = "
            f site/u-1.dist-info/METADATA 1
            p site/u-1.dist-info/METADATA python u 1 offers=h,x requested
            f site/h-1.dist-info/METADATA 1
            p site/h-1.dist-info/METADATA python h 1 needs=i
            f site/i-1.dist-info/METADATA 1
            p site/i-1.dist-info/METADATA python i 1";
        check(&[layer], |catalogue, _| {
            assert_eq!(package(catalogue, "u").retained_packages, 3);
            assert_eq!(package(catalogue, "h").needed_by, catalogue.named("u"));
            assert_eq!((&package(catalogue, "h").root, &package(catalogue, "u").missing), (&None, &vec![]));
        });
    }

    #[test]
    fn imports_and_needs_make_packages_used() {
        let code = "f app/main.py 5\nm app/main.py python d os";
        check(&[APP, code], |catalogue, _| {
            let usage = |name| package(catalogue, name).usage.clone();
            assert_eq!(usage("d"), Use::Imported { files: vec!["app/main.py".into()], count: 1 });
            assert_eq!(usage("c"), Use::Needed { by: catalogue.named("d")[0] });
            assert_eq!(usage("a"), Use::Unused);
        });
        check(&[APP], |catalogue, _| assert_eq!(package(catalogue, "a").usage, Use::Unknown));
    }

    #[test]
    fn one_image_is_told_apart_by_what_its_services_run() {
        let code = "
            f app/backend/main.py 5
            m app/backend/main.py python a
            f app/frontend/app.py 6
            m app/frontend/app.py python d";
        let snapshot = snapshot("backend", &[APP, code]);
        let image = &snapshot.images[0];
        let squashed = squash(&snapshot, image);
        let catalogue = catalogue(&snapshot, image, &squashed);
        let commands = [
            ("backend", vec!["python", "app/backend/main.py"]),
            ("frontend", vec!["python", "-m", "app.frontend.app"]),
        ];
        let split = split(&snapshot, image, &squashed, &catalogue, &commands).unwrap();
        let names = |part: &Part| {
            part.packages.iter().map(|package| package.name.clone()).collect::<Vec<_>>().join(" ")
        };
        let shares: Vec<_> = split
            .services
            .iter()
            .map(|share| (share.entries.join(" "), names(&share.only), share.predicted_bytes.0))
            .collect();
        let size = split.size_bytes.0;
        assert_eq!(
            shares,
            [
                ("app/backend/main.py".into(), "a b".into(), size - 13),
                ("app/frontend/app.py".into(), "d".into(), size - 1510 - 110),
            ]
        );
        assert_eq!((names(&split.shared), names(&split.unused)), ("c".into(), String::new()));
    }

    #[test]
    fn models_and_caches_have_owners() {
        let layer = "
            f root/.cache/huggingface/hub/models--o--m/blobs/x 9
            f root/.cache/pip/http/y 8
            f app/weights/model.safetensors 2000000";
        check(&[layer], |catalogue, squashed| {
            assert_eq!(package(catalogue, "o/m").tree_bytes, Bytes(9));
            assert_eq!(package(catalogue, "weights").tree_bytes, Bytes(2_000_000));
            let cache = catalogue.owned(squashed, |owner| owner == Owner::Cache(CacheKind::Pip));
            assert_eq!(cache.tree_bytes, Bytes(8));
        });
    }
}
