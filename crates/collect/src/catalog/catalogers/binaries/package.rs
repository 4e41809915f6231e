//! A package that a binary is, or has in it.

use plimsoll_snapshot::{Ecosystem, Files, PackageFact};

/// A package that is the binary, or lies in it.
pub(super) fn package(
    entry: u32,
    ecosystem: Ecosystem,
    name: &str,
    version: &str,
    files: Files,
) -> PackageFact {
    PackageFact { version: version.to_owned(), files, ..PackageFact::new(entry, ecosystem, name) }
}
