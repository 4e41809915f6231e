//! Packages of Conan in its cache: `conaninfo.txt` in `.conan/data/NAME/VERSION/USER/CHANNEL/package/ID`.
//!
//! The format: Conan 1, "conaninfo.txt": sections, and in `[full_requires]` a reference a line.

use plimsoll_snapshot::{Ecosystem, PackageFact, path};

use crate::catalog::cataloger::{Cataloger, Read, SourceFile, nothing};
use crate::catalog::facts::Catalog;
use crate::catalog::quota::Quota;
use crate::catalog::stated::{self, above};

pub(crate) const CATALOGER: Cataloger = Cataloger {
    id: "conan",
    wants: |file| file.name == b"conaninfo.txt",
    read: Read::Whole(read),
    complete: nothing,
};

fn read(file: &SourceFile<'_>, catalog: &mut Catalog) {
    let directory = file.directory();
    let text = file.text();
    let mut section = "";
    let mut needs = Vec::new();
    let mut quota = Quota::default();
    for line in text.lines().map(str::trim).take_while(|_| quota.take(1)) {
        if line.starts_with('[') {
            section = line;
        } else if matches!(section, "[full_requires]" | "[requires]") {
            needs.extend(line.split_once('/'));
        }
    }
    if path::name(above(directory, 1)) == b"package" {
        let version = stated::name_of_bytes(path::name(above(directory, 4))).unwrap_or_default();
        let name = stated::name_of_bytes(path::name(above(directory, 5)));
        let package = name.and_then(|name| stated::package(file, Ecosystem::Conan, name, version));
        catalog.packages.extend(package.map(|package| PackageFact {
            requires: stated::requirements(needs.iter().map(|(name, _)| *name)),
            files: stated::below([directory]),
            ..package
        }));
        return;
    }
    // Copied beside an application, it says what that was built with.
    for (name, rest) in needs {
        let version = rest.split([':', '@', '#']).next().unwrap_or(rest);
        catalog.packages.extend(stated::package(file, Ecosystem::Conan, name, version));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::testing::{below, catalogue, labels};

    #[test]
    fn packages_of_the_cache_and_of_a_copy_are_read() {
        let text = b"[settings]\nos=Linux\n\n[requires]\n\n[full_requires]\n    zlib/1.3@_/_:abc\n    bzip2/1.0.8:def\n";
        let (facts, _) = catalogue([
            ("app/conaninfo.txt", &text[..]),
            ("root/.conan/data/openssl/3.1.0/_/_/package/abc/conaninfo.txt", text),
        ]);
        assert_eq!(labels(&facts), ["zlib 1.3", "bzip2 1.0.8", "openssl 3.1.0"]);
        let openssl = &facts.packages[2];
        assert_eq!(openssl.requires, stated::requirements(["bzip2", "zlib"]));
        assert_eq!(below(openssl), ["root/.conan/data/openssl/3.1.0/_/_/package/abc"]);
    }
}
