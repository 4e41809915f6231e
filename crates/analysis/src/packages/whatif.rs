//! What would be left of an image if some packages were not installed.

use plimsoll_snapshot::{Bytes, Order as _};
use serde::Serialize;

use super::catalogue::Catalogue;
use super::package::{DependencyKind, PackageId, Use, Want};
use crate::squash::Squashed;

/// An image without some of its packages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct WhatIf {
    /// The packages that go: those named, and those that nothing else keeps there.
    pub gone: Vec<PackageId>,
    /// Bytes of the final tree that go.
    pub tree_bytes: Bytes,
    /// Bytes of all layers that go.
    pub image_bytes: Bytes,
    /// Image size without them.
    #[serde(rename = "after_bytes")]
    pub size_bytes: Bytes,
    /// Who stays and needs what goes.
    pub broken: Vec<Broken>,
    /// Who stays, makes use of what goes, and works without.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub deprived: Vec<Deprived>,
}

/// A package that stays and makes use of one that goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Deprived {
    /// Who makes use of it.
    pub package: PackageId,
    /// What it makes use of.
    pub of: PackageId,
    /// How much it was needed.
    pub kind: DependencyKind,
}

/// Someone who needs a package that goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Broken {
    /// A package that stays.
    Package {
        /// The package that breaks.
        package: PackageId,
        /// The removed package that it needs.
        needs: PackageId,
    },
    /// The application imports or names it, or the image is run by it.
    Application {
        /// The files that import it, or the command.
        evidence: Vec<String>,
        /// The removed package that it needs.
        needs: PackageId,
    },
}

impl WhatIf {
    /// The packages that stay and need, or make use of, what goes, and the packages they mean, each once.
    #[must_use]
    pub fn broken_packages(&self) -> Vec<PackageId> {
        let broken = self.broken.iter().flat_map(|broken| match broken {
            Broken::Package { package, needs } => vec![*package, *needs],
            Broken::Application { needs, .. } => vec![*needs],
        });
        let deprived = self.deprived.iter().flat_map(|deprived| [deprived.package, deprived.of]);
        let mut packages: Vec<PackageId> = broken.chain(deprived).collect();
        packages.order();
        packages.dedup();
        packages
    }
}

impl Catalogue {
    /// The installed packages that leave with some: those themselves, and what only they keep there.
    #[must_use]
    pub fn leaving(&self, packages: &[PackageId]) -> Vec<PackageId> {
        let reached = self.graph.reached(packages);
        self.installed().map(|package| package.id).filter(|id| !reached[id.index()]).collect()
    }

    /// The bytes of the final tree that leave with some packages.
    #[must_use]
    pub fn leaving_bytes(&self, packages: &[PackageId]) -> Bytes {
        self.freed(&self.leaving(packages)).tree
    }

    /// The image without these packages. Without just one, what goes is what that package retains.
    #[must_use]
    pub fn without(&self, squashed: &Squashed<'_>, packages: &[PackageId]) -> WhatIf {
        let gone = self.leaving(packages);
        // They are in the order of their ids.
        let goes = |id: PackageId| gone.binary_search(&id).is_ok();
        let freed = self.freed(&gone);
        let size: Bytes = squashed.inodes.iter().map(|inode| inode.size).sum();
        let mut broken = Vec::new();
        let mut deprived = Vec::new();
        for package in self.installed().filter(|package| !goes(package.id)) {
            let lost = package.needs.iter().filter(|need| goes(**need));
            broken.extend(lost.map(|&needs| Broken::Package { package: package.id, needs }));
            let lost = package.wants.iter().filter(|want| goes(want.package));
            let deprive = |want: &Want| Deprived { package: package.id, of: want.package, kind: want.kind };
            deprived.extend(lost.map(deprive));
        }
        deprived.order_by_key(|deprived| (deprived.kind, deprived.package, deprived.of));
        for &needs in &gone {
            let evidence = match &self.package(needs).usage {
                Use::Imported { files, .. } => files.clone(),
                Use::Run { by } => vec![by.clone()],
                Use::Named { places, .. } => places.clone(),
                _ => continue,
            };
            broken.push(Broken::Application { evidence, needs });
        }
        WhatIf {
            tree_bytes: freed.tree,
            image_bytes: freed.image,
            size_bytes: size - freed.image,
            gone,
            broken,
            deprived,
        }
    }
}
