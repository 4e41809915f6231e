//! The packages of an image joined with its bytes: every step in turn.

use plimsoll_snapshot::{Ecosystem, Image, Snapshot};

use super::graph::{self, Graph};
use super::installed;
use super::observed::{self, Observed};
use super::ownership;
use super::package::{Owned, Owner, Package, PackageId};
use super::pnp::PlugNPlay;
use super::running_from::RunningFrom;
use super::shared::{self, Shared};
use super::symlinks::Symlinks;
use super::usage;
use crate::squash::Squashed;

/// The packages of an image, and the owner of each of its bytes.
#[derive(Debug)]
pub struct Catalogue {
    /// All packages: installed ones first, each group by ecosystem, name and version.
    pub packages: Vec<Package>,
    /// The owner of each inode, in the order of [`Squashed::inodes`].
    pub owners: Vec<Owner>,
    /// The inodes that have names of several owners, in order, with all of these.
    pub(super) shared: Vec<Shared>,
    /// The dependencies between the packages.
    pub graph: Graph,
    /// What runs were seen to use; absent if none was observed.
    pub observed: Option<Observed>,
    /// Where its containers have something else mounted over the code, without a slash in front.
    pub mounted_code: Vec<String>,
    /// Whether every layer was looked into. Where not, what is missing here may be there all the same.
    pub complete: bool,
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
    let observed =
        observed::find(snapshot, image, squashed, &found, &symlinks, &ownership.owners, &mut packages);
    let mounted_code = observed::mounted_code(snapshot, image, squashed, &ownership.owners, &packages);
    let complete = image.layers.iter().all(|layer| {
        snapshot.layers[layer.layer].contents.as_ref().is_some_and(|contents| contents.facts.is_some())
    });
    Catalogue { packages, owners: ownership.owners, shared, graph, observed, mounted_code, complete }
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
