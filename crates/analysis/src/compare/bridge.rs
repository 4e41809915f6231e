//! Where the difference between two image sizes comes from, in steps that sum to it exactly.
//!
//! Image size is the bytes of the final tree, each with one owner, and hidden bytes, each with one cause. So the
//! differences of all owners and all causes sum to the difference of the sizes. Where a side was never looked into
//! for packages, the tree is split by what happened to its files instead.

use std::collections::BTreeMap;

use plimsoll_snapshot::{ByteDelta, Bytes, Ecosystem, Order as _};
use serde::{Deserialize, Serialize, Serializer};

use super::files::FileChanges;
use super::images::ImageTree;
use super::packages::PackageChange;
use crate::packages::Owner;
use crate::squash::Cause;

/// One part of the difference between two image sizes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BridgeStep {
    /// What it comes from.
    pub cause: BridgeCause,
    /// What it adds to the size; negative where it makes it smaller.
    pub delta: ByteDelta,
    /// The packages that add most to the step.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<BridgePart>,
}

/// A part of a step that has a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BridgePart {
    /// The name of the package.
    pub name: String,
    /// What it adds to the step; negative if it removes bytes.
    pub delta: ByteDelta,
}

/// Where a difference in image size comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BridgeCause {
    /// Packages of an ecosystem.
    Packages(Ecosystem),
    /// Files of the application.
    Application,
    /// Caches of package managers and builds.
    Caches,
    /// Files that belong to no package.
    Unowned,
    /// Files of the final tree that are gone.
    FilesRemoved,
    /// Files of the final tree that are new.
    FilesAdded,
    /// Files that are there on both sides with another size.
    FilesChanged,
    /// Hidden bytes, by how they are hidden.
    Hidden(Cause),
}

impl BridgeCause {
    /// The name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Packages(Ecosystem::Dpkg) => "packages_dpkg",
            Self::Packages(Ecosystem::Apk) => "packages_apk",
            Self::Packages(Ecosystem::Rpm) => "packages_rpm",
            Self::Packages(Ecosystem::Pacman) => "packages_pacman",
            Self::Packages(Ecosystem::Portage) => "packages_portage",
            Self::Packages(Ecosystem::Opkg) => "packages_opkg",
            Self::Packages(Ecosystem::Nix) => "packages_nix",
            Self::Packages(Ecosystem::Homebrew) => "packages_homebrew",
            Self::Packages(Ecosystem::Snap) => "packages_snap",
            Self::Packages(Ecosystem::Bitnami) => "packages_bitnami",
            Self::Packages(Ecosystem::Conda) => "packages_conda",
            Self::Packages(Ecosystem::Python) => "packages_python",
            Self::Packages(Ecosystem::Npm) => "packages_npm",
            Self::Packages(Ecosystem::Gem) => "packages_gem",
            Self::Packages(Ecosystem::Java) => "packages_java",
            Self::Packages(Ecosystem::Go) => "packages_go",
            Self::Packages(Ecosystem::Rust) => "packages_rust",
            Self::Packages(Ecosystem::Dotnet) => "packages_dotnet",
            Self::Packages(Ecosystem::Composer) => "packages_composer",
            Self::Packages(Ecosystem::Pecl) => "packages_pecl",
            Self::Packages(Ecosystem::R) => "packages_r",
            Self::Packages(Ecosystem::Perl) => "packages_perl",
            Self::Packages(Ecosystem::Lua) => "packages_lua",
            Self::Packages(Ecosystem::Otp) => "packages_otp",
            Self::Packages(Ecosystem::Julia) => "packages_julia",
            Self::Packages(Ecosystem::Dart) => "packages_dart",
            Self::Packages(Ecosystem::Conan) => "packages_conan",
            Self::Packages(Ecosystem::Haskell) => "packages_haskell",
            Self::Packages(Ecosystem::Ocaml) => "packages_ocaml",
            Self::Packages(Ecosystem::Prolog) => "packages_prolog",
            Self::Packages(Ecosystem::Wordpress) => "packages_wordpress",
            Self::Packages(Ecosystem::Terraform) => "packages_terraform",
            Self::Packages(Ecosystem::Kernel) => "packages_kernel",
            Self::Packages(Ecosystem::Generic) => "packages_generic",
            Self::Packages(Ecosystem::Model) => "models",
            Self::Application => "application",
            Self::Caches => "caches",
            Self::Unowned => "unowned",
            Self::FilesRemoved => "files_removed",
            Self::FilesAdded => "files_added",
            Self::FilesChanged => "files_changed",
            Self::Hidden(Cause::Deleted) => "deleted",
            Self::Hidden(Cause::Opaque) => "opaque",
            Self::Hidden(Cause::Overwritten) => "overwritten",
            Self::Hidden(Cause::RewrittenSameContent) => "rewritten_same_content",
            Self::Hidden(Cause::ReplacedByOtherKind) => "replaced_by_other_kind",
        }
    }
}

impl Serialize for BridgeCause {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for BridgeCause {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "BridgeCause".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let owners = Ecosystem::ALL.map(Self::Packages).into_iter();
        let tree = [Self::Application, Self::Caches, Self::Unowned];
        let changes = [Self::FilesRemoved, Self::FilesAdded, Self::FilesChanged];
        let causes = owners.chain(tree).chain(changes).chain(Cause::ALL.map(Self::Hidden));
        let names: Vec<_> = causes.map(Self::name).collect();
        schemars::json_schema!({
            "description": "Where a part of the difference comes from.",
            "type": "string",
            "enum": names,
        })
    }
}

/// The most packages that a step names.
const PARTS: usize = 3;

/// The steps from one image to the other, the largest first.
pub(super) fn bridge(
    files: &FileChanges,
    packages: &[PackageChange],
    before: Option<&ImageTree<'_>>,
    after: Option<&ImageTree<'_>>,
) -> Vec<BridgeStep> {
    let known = [before, after].into_iter().flatten().all(|image| image.packages.complete);
    let tree = if known { by_owner(before, after) } else { by_change(files) };
    let hidden_by = |image: Option<&ImageTree<'_>>, cause| -> Bytes {
        let groups = image.into_iter().flat_map(|image| image.inspection.hidden.iter());
        groups.filter(|group| group.cause == cause).map(|group| group.bytes).sum()
    };
    let hidden = Cause::ALL.map(|cause| {
        (BridgeCause::Hidden(cause), hidden_by(before, cause).change_to(hidden_by(after, cause)))
    });
    let mut steps: Vec<_> = tree
        .into_iter()
        .chain(hidden)
        .filter(|(_, delta)| delta.0 != 0)
        .map(|(cause, delta)| BridgeStep { cause, delta, parts: parts(cause, delta, packages) })
        .collect();
    steps.order_by_key(|step| std::cmp::Reverse(step.delta.magnitude()));
    steps
}

fn by_change(files: &FileChanges) -> Vec<(BridgeCause, ByteDelta)> {
    vec![
        (BridgeCause::FilesRemoved, files.removed.size.delta),
        (BridgeCause::FilesAdded, files.added.size.delta),
        (BridgeCause::FilesChanged, files.changed_bytes()),
    ]
}

fn by_owner(before: Option<&ImageTree<'_>>, after: Option<&ImageTree<'_>>) -> Vec<(BridgeCause, ByteDelta)> {
    let mut bytes: BTreeMap<BridgeCause, [Bytes; 2]> = BTreeMap::new();
    for (side, image) in [before, after].into_iter().enumerate() {
        let Some(image) = image else { continue };
        let visible = image.squashed.inodes.iter().zip(&image.packages.owners);
        let mut visible = visible.filter(|(inode, _)| inode.hidden.is_none()).peekable();
        // Neighbours mostly have the same owner.
        while let Some((inode, owner)) = visible.next() {
            let mut sum = inode.size;
            while let Some((inode, _)) = visible.next_if(|(_, next)| *next == owner) {
                sum += inode.size;
            }
            let cause = match owner {
                Owner::Package(id) => BridgeCause::Packages(image.packages.package(*id).ecosystem),
                Owner::Application => BridgeCause::Application,
                Owner::Cache(_) => BridgeCause::Caches,
                Owner::Unowned => BridgeCause::Unowned,
            };
            bytes.entry(cause).or_default()[side] += sum;
        }
    }
    bytes.into_iter().map(|(cause, [before, after])| (cause, before.change_to(after))).collect()
}

/// The packages that pull in the direction of a step, those that pull most first.
fn parts(cause: BridgeCause, delta: ByteDelta, packages: &[PackageChange]) -> Vec<BridgePart> {
    let BridgeCause::Packages(ecosystem) = cause else { return Vec::new() };
    // The changes are in order already.
    let pulling = packages.iter().filter(|package| {
        package.ecosystem == ecosystem && package.size.delta.0.signum() == delta.0.signum()
    });
    let part = |package: &PackageChange| BridgePart { name: package.name.clone(), delta: package.size.delta };
    pulling.take(PARTS).map(part).collect()
}
