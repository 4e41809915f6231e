//! Packages: which are installed, who owns which byte, why each is there, whether it is used, what it retains.
//!
//! Every byte of every layer has exactly one owner: a package, the application, a cache, or none. So the sizes of
//! packages add up, and a prediction of what a removal saves is a sum over the very inodes that would go.

mod areas;
mod dominators;
mod graph;
mod installed;
mod inventory;
mod markers;
mod models;
mod ownership;
mod pnp;
mod purl;
mod requirements;
mod running_from;
mod shared;
mod split;
mod symlinks;
mod usage;
mod whatif;

use plimsoll_snapshot::{Bytes, Ecosystem, Image, Snapshot};
use serde::Serialize;

pub use areas::{CacheKind, cache_directory};
pub use graph::{DependencyKind, Graph, Root, Want};
pub use inventory::{
    ImageInventory, Inventory, OwnerKind, Reasons, Removal, Share, inventory, reasons, removals,
};
pub use split::{Part, ServiceShare, Split, split, splits};
pub use usage::Use;
pub use whatif::{Broken, Deprived, WhatIf};

use self::pnp::PlugNPlay;
use self::running_from::RunningFrom;
use self::symlinks::Symlinks;
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
    /// No known owner.
    Unowned,
}

/// The packages of an image, and the owner of each of its bytes.
#[derive(Debug)]
pub struct Catalogue {
    /// All packages: installed ones first, each group by ecosystem, name and version.
    pub packages: Vec<Package>,
    /// The owner of each inode, in the order of [`Squashed::inodes`].
    pub owners: Vec<Owner>,
    /// The inodes that have names of several owners, in order, with all of these.
    shared: Vec<shared::Shared>,
    /// The dependencies between the packages.
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
    /// Retained bytes of the final tree: its own, and those of all that only it keeps there.
    pub retained_tree_bytes: Bytes,
    /// Retained bytes over all layers.
    pub retained_image_bytes: Bytes,
    /// The number of packages that it retains, itself included.
    pub retained_packages: u64,
    /// Why it would stay if nothing needed it; `None` if it is there for others alone.
    pub root: Option<Root>,
    /// The packages it does not work without.
    pub needs: Vec<PackageId>,
    /// The packages that do not work without it.
    pub needed_by: Vec<PackageId>,
    /// The packages it makes use of and works without: recommendations, suggestions, extras.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub wants: Vec<Want>,
    /// The packages that make use of it and work without.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub wanted_by: Vec<Want>,
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
    let symlinks = Symlinks::new(snapshot, image, squashed);
    let plug_n_play = PlugNPlay::new(snapshot, image, squashed);
    let found = installed::find(snapshot, image, squashed, &symlinks, &plug_n_play);
    let running_from = RunningFrom::new(snapshot, image, squashed, &symlinks, &plug_n_play);
    let ownership = ownership::assign(snapshot, image, squashed, &found, &symlinks, &running_from);
    let mut packages = installed::describe(image, squashed, &found, &ownership);
    let shared = shared::describe(squashed, &ownership, &packages);
    let graph = graph::link(snapshot, image, squashed, &found, &shared, &mut packages);
    usage::find(snapshot, image, squashed, &found, &graph, &mut packages);
    let complete = image.layers.iter().all(|layer| {
        snapshot.layers[layer.layer].contents.as_ref().is_some_and(|contents| contents.facts.is_some())
    });
    Catalogue { packages, owners: ownership.owners, shared, graph, complete }
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
            // Its description lies in a layer that does not mention it: it exists all the same.
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
            let by = Want { package: catalogue.named("u")[0], kind: DependencyKind::Optional };
            assert_eq!(
                (&package(catalogue, "h").needed_by, &package(catalogue, "h").wanted_by),
                (&vec![], &vec![by])
            );
            assert_eq!((&package(catalogue, "h").root, &package(catalogue, "u").missing), (&None, &vec![]));
        });
    }

    #[test]
    fn an_inode_belongs_to_the_package_that_lists_any_of_its_names() {
        let uv = "
            f root/.cache/uv/archive-v0/x/a/core.so 1000
            f root/.cache/uv/archive-v0/x/METADATA 10
            f root/.cache/uv/wheels/a.msgpack 5
            h site/a/core.so root/.cache/uv/archive-v0/x/a/core.so
            h site/a-1.dist-info/METADATA root/.cache/uv/archive-v0/x/METADATA
            p site/a-1.dist-info/METADATA python a 1 files=site/a/core.so requested";
        let owned = |catalogue: &Catalogue, squashed: &Squashed<'_>| {
            let uv = catalogue.owned(squashed, |owner| owner == Owner::Cache(CacheKind::Uv));
            (catalogue.packages[0].tree_bytes.0, catalogue.packages[0].retained_tree_bytes.0, uv.tree_bytes.0)
        };
        check(&[uv], |catalogue, squashed| assert_eq!(owned(catalogue, squashed), (1010, 1010, 5)));
        // Without the cache the same bytes are there under their other name.
        check(&[uv, "w root/.cache"], |catalogue, squashed| {
            assert!(package(catalogue, "a").installed);
            assert_eq!(owned(catalogue, squashed), (1010, 1010, 0));
        });
        // Without the package they are the cache's.
        check(&[uv, "w site"], |catalogue, squashed| {
            assert!(!catalogue.packages[0].installed);
            assert_eq!(owned(catalogue, squashed), (0, 0, 1015));
        });
    }

    #[test]
    fn bytes_of_several_packages_leave_with_the_last_of_them() {
        // Two environments of one inode, and an application that has a name of another.
        let layer = "
            f v1/a-1.dist-info/METADATA 1
            p v1/a-1.dist-info/METADATA python a 1 files=v1/a.so requested
            f v2/a-1.dist-info/METADATA 1
            p v2/a-1.dist-info/METADATA python b 1 files=v2/a.so,v2/b.so requested
            f v1/a.so 1000
            h v2/a.so v1/a.so
            f srv/copy 50
            h v2/b.so srv/copy";
        check(&[layer], |catalogue, squashed| {
            let (a, b) = (catalogue.named("a")[0], catalogue.named("b")[0]);
            let bytes = |ids: &[PackageId]| catalogue.without(squashed, ids).image_bytes.0;
            assert_eq!((bytes(&[a]), bytes(&[b]), bytes(&[a, b])), (1, 1, 1002));
            assert_eq!(package(catalogue, "b").tree_bytes, Bytes(51));
        });
    }

    #[test]
    fn a_name_in_a_store_of_objects_holds_nothing() {
        let layer = "
            f sysroot/ostree/repo/objects/ab/cd.file 1000
            h usr/bin/bash sysroot/ostree/repo/objects/ab/cd.file
            f usr/share/rpm/rpmdb.sqlite 7
            p usr/share/rpm/rpmdb.sqlite rpm bash 5 files=usr/bin/bash";
        check(&[layer], |catalogue, _| {
            let bash = package(catalogue, "bash");
            assert_eq!((bash.tree_bytes.0, bash.retained_tree_bytes.0), (1000, 1000));
        });
    }

    #[test]
    fn a_description_that_a_later_layer_linked_elsewhere_still_counts() {
        let moved = "h other/a-1.dist-info/METADATA site/a-1.dist-info/METADATA\nw site/a-1.dist-info";
        check(&[APP, moved], |catalogue, _| {
            assert_eq!(package(catalogue, "a").path, "other/a-1.dist-info/METADATA");
        });
    }

    #[test]
    fn what_lists_lead_to_through_links_belongs_to_their_package() {
        let layer = "
            f root/.cache/uv/archive-v0/x/a/core.so 1000
            f root/.cache/uv/archive-v0/x/b.py 30
            f root/.cache/uv/archive-v0/y/other 4
            l site/a /root/.cache/uv/archive-v0/x/a
            l site/b.py ../root/.cache/uv/archive-v0/x/b.py
            f site/a-1.dist-info/METADATA 10
            p site/a-1.dist-info/METADATA python a 1 files=site/b.py requested";
        check(&[layer], |catalogue, squashed| {
            assert_eq!(package(catalogue, "a").tree_bytes, Bytes(40));
            // What the image runs from is not a cache, whichever package owns it.
            let uv = catalogue.owned(squashed, |owner| owner == Owner::Cache(CacheKind::Uv));
            assert_eq!(uv.tree_bytes, Bytes(4));
        });
    }

    #[test]
    fn a_project_installed_where_it_lies_is_the_application() {
        let layer = "
            f site-packages/a.pth 9
            e site-packages/a.pth /src/a /usr/lib/python3/dist-packages
            f src/a/a.py 700
            f src/ab/b.py 30
            f usr/lib/python3/dist-packages/c.py 5";
        check(&[layer], |catalogue, squashed| {
            let application = catalogue.owned(squashed, |owner| owner == Owner::Application);
            assert_eq!(application.tree_bytes, Bytes(700));
        });
    }

    #[test]
    fn a_recommendation_keeps_a_package_there_and_breaks_nothing() {
        let layer = "
            f var/lib/dpkg/status 1
            f usr/bin/pip 10
            f usr/bin/gcc 900
            f usr/bin/more 40
            p var/lib/dpkg/status dpkg pip 1 recommends=gcc,more files=usr/bin/pip
            p var/lib/dpkg/status dpkg gcc 1 files=usr/bin/gcc
            p var/lib/dpkg/status dpkg more 1 files=usr/bin/more
            a var/lib/dpkg/status dpkg more";
        check(
            &["i ADD rootfs /\nf var/lib/dpkg/status 2\np var/lib/dpkg/status dpkg base 1", layer],
            |catalogue, squashed| {
                let id = |name| catalogue.named(name)[0];
                let without = catalogue.without(squashed, &[id("gcc")]);
                assert_eq!((without.broken, without.image_bytes), (vec![], Bytes(900)));
                let deprived = |of| Deprived { package: id("pip"), of, kind: DependencyKind::Recommended };
                assert_eq!(without.deprived, [deprived(id("gcc"))]);
                // What came along leaves with the one it came with, and what was asked for stays.
                assert_eq!(catalogue.without(squashed, &[id("pip")]).image_bytes, Bytes(50));
                assert_eq!(catalogue.graph.why(id("more"), 2), [[id("pip"), id("more")]]);
                assert_eq!(catalogue.graph.kind(id("pip"), id("more")), Some(DependencyKind::Recommended));
                assert_eq!(package(catalogue, "more").needed_by, []);
            },
        );
    }

    #[test]
    fn a_peer_is_needed_and_an_extra_is_not() {
        let layer = "
            f site/u-1.dist-info/METADATA 1
            p site/u-1.dist-info/METADATA npm u 1 peers=p offers=x requested
            f site/p-1.dist-info/METADATA 1
            p site/p-1.dist-info/METADATA npm p 1
            f site/x-1.dist-info/METADATA 1
            p site/x-1.dist-info/METADATA npm x 1";
        check(&[layer], |catalogue, squashed| {
            let id = |name| catalogue.named(name)[0];
            assert_eq!(catalogue.without(squashed, &[id("p")]).broken.len(), 1);
            let without = catalogue.without(squashed, &[id("x")]);
            assert_eq!((without.broken.len(), without.deprived.len()), (0, 1));
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
