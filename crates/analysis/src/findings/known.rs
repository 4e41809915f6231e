//! Packages that several rules know by name.

use plimsoll_snapshot::Ecosystem;

use crate::packages::Package;

/// Whether a package only installs others. The rule on packaging tools reports them, so others pass over them.
pub(super) fn is_packaging_tool(package: &Package) -> bool {
    package.ecosystem == Ecosystem::Python
        && matches!(
            package.name.as_str(),
            "pip" | "setuptools" | "wheel" | "poetry" | "pipenv" | "virtualenv"
        )
}
