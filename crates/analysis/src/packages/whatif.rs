//! What would be left of an image if some packages were not installed.

use plimsoll_snapshot::{Bytes, Order as _};
use serde::Serialize;

use super::usage::Use;
use super::{Catalogue, PackageId};
use crate::squash::Squashed;

/// An image without some of its packages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct WhatIf {
    /// The packages that go: those named, and those that nothing else keeps there.
    pub gone: Vec<PackageId>,
    /// Bytes of the final tree that go.
    pub tree_bytes: Bytes,
    /// Bytes of all layers that go.
    pub image_bytes: Bytes,
    /// Image size without them.
    pub size_bytes: Bytes,
    /// Who stays and needs what goes.
    pub broken: Vec<Broken>,
}

/// Someone who needs a package that goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Broken {
    /// A package that stays.
    Package {
        /// Who needs it.
        package: PackageId,
        /// What it needs.
        needs: PackageId,
    },
    /// The application imports it, or the image is run by it.
    Application {
        /// The files that import it, or the command.
        evidence: Vec<String>,
        /// What it needs.
        needs: PackageId,
    },
}

impl WhatIf {
    /// The packages that stay and need what goes, and the packages they need, each once.
    #[must_use]
    pub fn broken_packages(&self) -> Vec<PackageId> {
        let mut packages: Vec<PackageId> = (self.broken.iter())
            .flat_map(|broken| match broken {
                Broken::Package { package, needs } => vec![*package, *needs],
                Broken::Application { needs, .. } => vec![*needs],
            })
            .collect();
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

    /// The image without these packages. Without just one, what goes is what that package retains.
    #[must_use]
    pub fn without(&self, squashed: &Squashed<'_>, packages: &[PackageId]) -> WhatIf {
        let gone = self.leaving(packages);
        // They are in the order of their ids.
        let goes = |id: PackageId| gone.binary_search(&id).is_ok();
        let sum = |bytes: fn(&super::Package) -> Bytes| gone.iter().map(|&id| bytes(self.package(id))).sum();
        let image_bytes: Bytes = sum(|package| package.image_bytes);
        let size: Bytes = squashed.inodes.iter().map(|inode| inode.size).sum();
        let mut broken = Vec::new();
        for package in self.installed().filter(|package| !goes(package.id)) {
            let lost = package.needs.iter().filter(|need| goes(**need));
            broken.extend(lost.map(|&needs| Broken::Package { package: package.id, needs }));
        }
        for &needs in &gone {
            let evidence = match &self.package(needs).usage {
                Use::Imported { files, .. } => files.clone(),
                Use::Run { by } => vec![by.clone()],
                _ => continue,
            };
            broken.push(Broken::Application { evidence, needs });
        }
        WhatIf {
            tree_bytes: sum(|package| package.tree_bytes),
            image_bytes,
            size_bytes: size - image_bytes,
            gone,
            broken,
        }
    }
}
