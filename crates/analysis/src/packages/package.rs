//! A package of an image, who may own a byte, and how packages depend on each other: the types all steps share.

use plimsoll_snapshot::{Bytes, Ecosystem};
use serde::Serialize;

/// One package of an image.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Package {
    /// What the rest of the catalogue calls it.
    pub id: PackageId,
    /// The world it comes from.
    pub ecosystem: Ecosystem,
    /// Its name, normalised as the ecosystem does.
    pub name: String,
    /// Its version, or empty if it states none.
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
    /// What runs were seen to use of it; absent if none was observed, or if it is not installed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed: Option<ObservedUse>,
}

impl Package {
    /// The name and, if there is one, the version.
    #[must_use]
    pub fn label(&self) -> String {
        if self.version.is_empty() { self.name.clone() } else { format!("{} {}", self.name, self.version) }
    }
}

/// A package of one image: an index into [`Catalogue::packages`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct PackageId(pub u32);

impl PackageId {
    pub(super) fn index(self) -> usize {
        self.0 as usize
    }

    pub(super) fn new(index: usize) -> Self {
        Self(u32::try_from(index).expect("an image has fewer than 2^32 packages"))
    }
}

/// What was seen of a package, an owner or a directory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ObservedUse {
    /// Files of the final tree.
    pub files: u64,
    /// Those that were opened in some run.
    pub opened_files: u64,
    /// The bytes of those.
    pub opened_bytes: Bytes,
    /// The bytes of files that were opened in no run.
    pub unopened_bytes: Bytes,
    /// In how many runs it was used: some file was opened, or a module imported.
    pub used_in: u64,
    /// The number of runs that could have seen it.
    pub runs: u64,
    /// Where static evidence says something else.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contradiction: Option<Contradiction>,
}

impl ObservedUse {
    /// Whether some run used it.
    #[must_use]
    pub fn is_used(&self) -> bool {
        self.used_in > 0
    }
}

/// A difference between static evidence and what ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Contradiction {
    /// No code was seen that uses it, but a run did.
    UsedButNotNamed,
    /// The application imports, names or runs it, but no run opened it.
    NamedButNotUsed,
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

/// Who left a cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum CacheKind {
    AptLists,
    AptArchives,
    Apk,
    Dnf,
    Zypper,
    Pacman,
    Pip,
    Uv,
    Poetry,
    Conda,
    Npm,
    Yarn,
    Pnpm,
    Bun,
    Cargo,
    Go,
    Gem,
    Maven,
    Gradle,
    Composer,
    /// Anything else below `.cache` or `var/cache`.
    Other,
}

/// The bytes of one kind of owner.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Owned {
    /// Bytes of the final tree.
    pub tree_bytes: Bytes,
    /// Bytes of all layers.
    pub image_bytes: Bytes,
    /// Inodes of the final tree.
    pub files: u64,
}

/// Why a package would stay if nothing needed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Root {
    /// It was requested by name; `by` is the file that says so.
    Requested {
        /// Where it is asked for.
        by: String,
    },
    /// The system cannot do without it, or the base image brought it.
    Base,
    /// Nothing installed needs it, and nothing says who asked for it.
    Unneeded,
}

/// How much a package needs another, the strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum DependencyKind {
    /// It does not work without (dpkg `Depends`, npm `dependencies`).
    Required,
    /// It does not work without, and the user has to install it too (npm `peerDependencies`).
    Peer,
    /// It was asked for with an extra that needs it (PEP 508, `name[extra]`).
    Extra,
    /// It works without, and package managers install it along (dpkg and rpm `Recommends`).
    Recommended,
    /// It works without (dpkg and rpm `Suggests`, npm `optionalDependencies`, extras that were not requested).
    Optional,
}

/// A package that another makes use of and works without, or one that makes use of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Want {
    /// The other package.
    pub package: PackageId,
    /// How much it is needed.
    pub kind: DependencyKind,
}

/// Whether anything uses a package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Use {
    /// The application imports it.
    Imported {
        /// Some of the files that do.
        files: Vec<String>,
        /// The number of files that import it.
        count: u64,
    },
    /// The image runs it.
    Run {
        /// The setting that does: `entrypoint`, `command` or `health check`.
        by: String,
    },
    /// A text of the application names it: a setting, a script, a variable of the environment.
    Named {
        /// Some of the places that do, with the line where it is known: `app/settings.py:5`, `$DATABASE_URL`.
        places: Vec<String>,
        /// The number of places.
        count: u64,
    },
    /// A package that is used needs it.
    Needed {
        /// The package that needs it.
        by: PackageId,
    },
    /// A package that is used can make use of it.
    Optional {
        /// The package that it is optional for.
        of: PackageId,
    },
    /// It registers itself as a plugin of a package that is used.
    Plugin {
        /// The package that it is a plugin of.
        of: PackageId,
    },
    /// Nothing that was seen uses it.
    Unused,
    /// No code was seen that could tell.
    Unknown,
}

impl Use {
    /// The number of files that are named of those that import a package, and of places that name it.
    pub const FILES: usize = 5;
}
