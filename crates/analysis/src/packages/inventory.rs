//! The packages of the services of a snapshot: the document `plimsoll packages --format json` prints.

use std::collections::BTreeMap;
use std::sync::Arc;

use plimsoll_snapshot::{Bytes, Digest, Ecosystem, Image, Order as _, Service, Snapshot};
use serde::Serialize;

use super::catalogue::{Catalogue, catalogue};
use super::import_times::{self, PackageStartUp};
use super::observed::{self, ObservedRun};
use super::package::CacheKind;
use super::package::{ObservedUse, Owned, Owner, Package, PackageId};
use super::process_memory::{self, PackageMemory};
use super::whatif::WhatIf;
use crate::squash::{Squashed, squash};

/// The packages of every service.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Inventory {
    /// One for each service, in the order of the services.
    pub images: Vec<ImageInventory>,
}

impl Inventory {
    /// Keeps the first packages of each image: those that retain most. Others may still name the rest by their ID.
    pub fn keep_first(&mut self, most: usize) {
        for image in &mut self.images {
            let more = image.packages.len().saturating_sub(most);
            if more > 0 {
                image.packages = image.packages[..most].into();
                image.more_packages += more as u64;
            }
        }
    }
}

/// The packages of one image. Services that run the same image share one list.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ImageInventory {
    /// The name of the service.
    pub service: String,
    /// The name of the image.
    pub reference: Option<String>,
    /// The image ID.
    pub id: Digest,
    /// Image size.
    pub size_bytes: Bytes,
    /// Final tree size.
    pub final_tree_bytes: Bytes,
    /// Whether every layer was looked into.
    pub complete: bool,
    /// Who owns the bytes, the largest share of the final tree first. They sum to the final tree and to the image.
    pub owners: Arc<[Share]>,
    /// The packages: those that are installed, by what leaves with them; then those of which hidden bytes are left.
    pub packages: Arc<[Package]>,
    /// How many packages [`Inventory::keep_first`] took out.
    #[serde(skip_serializing_if = "is_zero")]
    pub more_packages: u64,
    /// Where its containers have something else mounted over the code: use of code there is unknown.
    #[serde(skip_serializing_if = "is_none")]
    pub mounted_code: Arc<[String]>,
    /// The runs that were observed.
    #[serde(skip_serializing_if = "is_none")]
    pub runs: Arc<[ObservedRun]>,
    /// What they opened of the directories of the final tree, the one with the most unopened bytes first.
    #[serde(skip_serializing_if = "is_none")]
    pub directories: Arc<[DirectoryUse]>,
    /// The memory of running processes by package; absent where none was measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory: Option<Arc<PackageMemory>>,
    /// The time of imports by package; absent where none was measured.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_up: Option<Arc<PackageStartUp>>,
}

fn is_zero(number: &u64) -> bool {
    *number == 0
}

fn is_none<T>(list: &Arc<[T]>) -> bool {
    list.is_empty()
}

/// What runs opened of a directory.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct DirectoryUse {
    /// Its path, without a slash in front.
    pub path: String,
    /// Everything below it.
    #[serde(flatten)]
    pub observed: ObservedUse,
}

/// What belongs to owners of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Share {
    /// The kind of owner.
    pub owner: OwnerKind,
    /// The bytes and files that it owns.
    #[serde(flatten)]
    pub owned: Owned,
    /// What runs were seen to use of it; absent if none was observed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed: Option<ObservedUse>,
}

/// A kind of owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", content = "of", rename_all = "snake_case")]
pub enum OwnerKind {
    /// Packages of an ecosystem.
    Packages(Ecosystem),
    /// The application.
    Application,
    /// A cache.
    Cache(CacheKind),
    /// No known owner.
    Unowned,
}

impl Catalogue {
    /// The kind of an owner.
    #[must_use]
    pub fn kind(&self, owner: Owner) -> OwnerKind {
        match owner {
            Owner::Package(id) => OwnerKind::Packages(self.package(id).ecosystem),
            Owner::Application => OwnerKind::Application,
            Owner::Cache(kind) => OwnerKind::Cache(kind),
            Owner::Unowned => OwnerKind::Unowned,
        }
    }

    /// What belongs to each kind of owner, the largest share of the final tree first.
    #[must_use]
    pub fn shares(&self, squashed: &Squashed<'_>) -> Vec<Share> {
        let mut shares: BTreeMap<OwnerKind, Owned> = BTreeMap::new();
        for (inode, owner) in squashed.inodes.iter().zip(&self.owners) {
            let owned = shares.entry(self.kind(*owner)).or_default();
            owned.image_bytes += inode.size;
            if inode.hidden.is_none() {
                owned.tree_bytes += inode.size;
                owned.files += 1;
            }
        }
        let observed = |owner| {
            let observed = self.observed.as_ref()?;
            Some(observed.of(squashed, &self.owners, |one| self.kind(one) == owner))
        };
        let mut shares: Vec<_> = shares
            .into_iter()
            .map(|(owner, owned)| Share { owner, owned, observed: observed(owner) })
            .collect();
        shares.order_by_key(|share| std::cmp::Reverse((share.owned.tree_bytes, share.owned.image_bytes)));
        shares
    }
}

/// The packages of every service of a snapshot.
#[must_use]
pub fn inventory(snapshot: &Snapshot) -> Inventory {
    let images = each(snapshot, |image, squashed, catalogue| {
        let mut packages = catalogue.packages.clone();
        packages.order_by_key(|package| {
            (
                !package.installed,
                std::cmp::Reverse((package.retained_tree_bytes, package.image_bytes)),
                package.id,
            )
        });
        ImageInventory {
            service: String::new(),
            reference: image.reference.clone(),
            id: image.id.clone(),
            size_bytes: squashed.inodes.iter().map(|inode| inode.size).sum(),
            final_tree_bytes: squashed.tree.root().bytes,
            complete: catalogue.complete,
            owners: catalogue.shares(squashed).into(),
            packages: packages.into(),
            more_packages: 0,
            mounted_code: catalogue.mounted_code.iter().cloned().collect(),
            runs: catalogue.observed.iter().flat_map(|observed| &observed.runs).cloned().collect(),
            directories: directories(snapshot, image, squashed, catalogue).into(),
            memory: catalogue.observed.as_ref().and_then(|observed| {
                let all = observed::concerning(snapshot, image);
                process_memory::of_observations(&all, observed, catalogue).map(Arc::new)
            }),
            start_up: catalogue.observed.as_ref().and_then(|observed| {
                let all = observed::concerning(snapshot, image);
                import_times::of_observations(&all, observed, catalogue).map(Arc::new)
            }),
        }
    });
    let named =
        |(service, image): (&str, ImageInventory)| ImageInventory { service: service.to_owned(), ..image };
    Inventory { images: images.into_iter().map(named).collect() }
}

/// How deep directories are that are listed, and how many.
const DEPTH: usize = 4;
const DIRECTORIES: usize = 50;

/// The directories with the most bytes that no run opened. One that lies alone in another says nothing new.
fn directories(
    snapshot: &Snapshot,
    image: &Image,
    squashed: &Squashed<'_>,
    catalogue: &Catalogue,
) -> Vec<DirectoryUse> {
    let Some(observed) = &catalogue.observed else { return Vec::new() };
    let all = observed.directories(snapshot, image, squashed, DEPTH);
    let mut listed: Vec<DirectoryUse> =
        all.into_iter().map(|(path, observed)| DirectoryUse { path, observed }).collect();
    listed.dedup_by(|below, above| {
        below.observed == above.observed && below.path.starts_with(&format!("{}/", above.path))
    });
    listed.order_by_key(|directory| std::cmp::Reverse(directory.observed.unopened_bytes));
    listed.truncate(DIRECTORIES);
    listed
}

/// The image with only the files that runs opened: the smallest size that it could have.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct KeptOpened {
    /// The name of the service.
    pub service: String,
    /// Image size as it is.
    #[serde(rename = "size_bytes")]
    pub whole_bytes: Bytes,
    /// Final tree size.
    pub final_tree_bytes: Bytes,
    /// The files of the final tree, and what was opened of them.
    #[serde(flatten)]
    pub observed: ObservedUse,
    /// The runs that were observed; without any, nothing is known.
    pub runs_observed: Arc<[ObservedRun]>,
    /// The owners, the one with the most opened bytes first.
    pub owners: Arc<[Share]>,
}

/// Every service with only what runs opened.
#[must_use]
pub fn kept_opened(snapshot: &Snapshot) -> Vec<KeptOpened> {
    let kept = each(snapshot, |_, squashed, catalogue| {
        let mut owners = catalogue.shares(squashed);
        owners.order_by_key(|share| {
            std::cmp::Reverse(share.observed.map(|observed| observed.opened_bytes).unwrap_or_default())
        });
        KeptOpened {
            service: String::new(),
            whole_bytes: squashed.inodes.iter().map(|inode| inode.size).sum(),
            final_tree_bytes: squashed.tree.root().bytes,
            observed: (catalogue.observed.as_ref())
                .map(|observed| observed.of(squashed, &catalogue.owners, |_| true))
                .unwrap_or_default(),
            runs_observed: catalogue.observed.iter().flat_map(|observed| &observed.runs).cloned().collect(),
            owners: owners.into(),
        }
    });
    kept.into_iter().map(|(service, kept)| KeptOpened { service: service.to_owned(), ..kept }).collect()
}

/// Why a package is there.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Reasons {
    /// The name of the service.
    pub service: String,
    /// The package.
    pub package: Package,
    /// The shortest ways to it, each from a package that is there for its own sake.
    pub ways: Arc<[Vec<Package>]>,
    /// The packages that need it.
    pub needed_by: Arc<[Package]>,
    /// The packages that it retains.
    pub leaves: Arc<WhatIf>,
}

/// The number of ways that are shown.
const WAYS: usize = 5;

/// Why the packages of a name are there, in every service that has one.
#[must_use]
pub fn reasons(snapshot: &Snapshot, name: &str) -> Vec<Reasons> {
    let found = each(snapshot, |_, squashed, catalogue| {
        let named = catalogue.named(name);
        let described = |ids: &[PackageId]| -> Vec<Package> {
            ids.iter().map(|&id| catalogue.package(id).clone()).collect()
        };
        let reasons = |id: PackageId| Reasons {
            service: String::new(),
            package: catalogue.package(id).clone(),
            ways: catalogue.graph.why(id, WAYS).iter().map(|way| described(way)).collect(),
            needed_by: described(&catalogue.package(id).needed_by).into(),
            leaves: Arc::new(catalogue.without(squashed, &[id])),
        };
        named.into_iter().map(reasons).collect::<Vec<_>>()
    });
    let named = |service: &str, reasons: Reasons| Reasons { service: service.to_owned(), ..reasons };
    let of_service = |(service, reasons): (&str, Vec<Reasons>)| {
        reasons.into_iter().map(|one| named(service, one)).collect::<Vec<_>>()
    };
    found.into_iter().flat_map(of_service).collect()
}

/// A service without some of its packages.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Removal {
    /// The name of the service.
    pub service: String,
    /// Image size as it is. Without the packages it is [`WhatIf::size_bytes`].
    #[serde(rename = "before_bytes")]
    pub whole_bytes: Bytes,
    /// The packages that were named and found.
    pub without: Arc<[Package]>,
    /// The packages that would be removed.
    #[serde(flatten)]
    pub what_if: Arc<WhatIf>,
    /// All packages that go, the largest first.
    pub gone_packages: Arc<[Package]>,
    /// The packages that [`WhatIf::broken`] names.
    pub broken_packages: Arc<[Package]>,
}

/// Every service without the packages of these names; the names that no service has come second.
#[must_use]
pub fn removals(snapshot: &Snapshot, names: &[String]) -> (Vec<Removal>, Vec<String>) {
    let mut unknown: Vec<String> = names.to_vec();
    let removals = each(snapshot, |_, squashed, catalogue| {
        let mut ids = Vec::new();
        for name in names {
            let named = catalogue.named(name);
            if !named.is_empty() {
                unknown.retain(|other| other != name);
            }
            ids.extend(named);
        }
        ids.order();
        ids.dedup();
        let what_if = catalogue.without(squashed, &ids);
        let described = |ids: &[PackageId]| -> Vec<Package> {
            ids.iter().map(|&id| catalogue.package(id).clone()).collect()
        };
        let mut gone_packages = described(&what_if.gone);
        gone_packages.order_by_key(|package| (std::cmp::Reverse(package.image_bytes), package.id));
        Removal {
            service: String::new(),
            whole_bytes: squashed.inodes.iter().map(|inode| inode.size).sum(),
            without: described(&ids).into(),
            broken_packages: described(&what_if.broken_packages()).into(),
            gone_packages: gone_packages.into(),
            what_if: Arc::new(what_if),
        }
    });
    let named = |(service, removal): (&str, Removal)| Removal { service: service.to_owned(), ..removal };
    (removals.into_iter().map(named).collect(), unknown)
}

/// Does something for the image of each service, one catalogue at a time, and once for services that share an image.
fn each<'a, T: Clone>(
    snapshot: &'a Snapshot,
    mut then: impl FnMut(&Image, &Squashed<'_>, &Catalogue) -> T,
) -> Vec<(&'a str, T)> {
    let mut known: BTreeMap<usize, T> = BTreeMap::new();
    let of_service = |service: &'a Service| {
        let done = known.entry(service.image).or_insert_with(|| {
            let image = &snapshot.images[service.image];
            let squashed = squash(snapshot, image);
            then(image, &squashed, &catalogue(snapshot, image, &squashed))
        });
        (service.name.as_str(), done.clone())
    };
    snapshot.services.iter().map(of_service).collect()
}
