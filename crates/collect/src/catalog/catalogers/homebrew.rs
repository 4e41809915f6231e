//! Packages of Homebrew: the receipt of each version of a formula in the `Cellar`.
//!
//! The format: Homebrew, `Tab` (`INSTALL_RECEIPT.json`).

use plimsoll_snapshot::{Ecosystem, PackageFact, path};
use serde::Deserialize;

use crate::catalog::cataloger::{Cataloger, Read, SourceFile, nothing};
use crate::catalog::facts::Catalog;
use crate::catalog::stated::{self, above, json};

pub(crate) const CATALOGER: Cataloger = Cataloger {
    id: "homebrew",
    wants: |file| file.name == b"INSTALL_RECEIPT.json" && path::name(above(file.path, 3)) == b"Cellar",
    read: Read::Whole(read),
    complete: nothing,
};

#[derive(Deserialize, Default)]
#[serde(default)]
struct Receipt {
    installed_on_request: Option<bool>,
    runtime_dependencies: Option<Vec<Dependency>>,
}

#[derive(Deserialize)]
struct Dependency {
    full_name: String,
}

fn read(file: &SourceFile<'_>, catalog: &mut Catalog) {
    let receipt = json(file).unwrap_or_else(|problem| {
        catalog.problem(file.entry, problem);
        Receipt::default()
    });
    let directory = file.directory();
    let version = stated::name_of_bytes(path::name(directory)).unwrap_or_default();
    let name = stated::name_of_bytes(path::name(above(directory, 1)));
    // `homebrew/core/openssl@3`: taps come before the name.
    let needs = receipt.runtime_dependencies.iter().flatten();
    let needs = needs.map(|need| need.full_name.rsplit('/').next().unwrap_or(&need.full_name));
    let package = name.and_then(|name| stated::package(file, Ecosystem::Homebrew, name, version));
    catalog.packages.extend(package.map(|package| PackageFact {
        requested: receipt.installed_on_request,
        requires: stated::requirements(needs),
        files: stated::below([directory]),
        ..package
    }));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::testing::{below, catalogue, labels};

    #[test]
    fn receipts_are_read() {
        let receipt = br#"{"homebrew_version": "4.2.0", "installed_on_request": true,
            "runtime_dependencies": [{"full_name": "homebrew/core/oniguruma", "version": "6.9"}]}"#;
        let (facts, warnings) = catalogue([
            ("home/linuxbrew/.linuxbrew/Cellar/jq/1.7.1/INSTALL_RECEIPT.json", &receipt[..]),
            ("opt/Cellar/x/1/INSTALL_RECEIPT.json", b"{"),
            ("opt/x/1/INSTALL_RECEIPT.json", receipt),
        ]);
        assert_eq!((labels(&facts), warnings.len()), (vec!["jq 1.7.1".to_owned(), "x 1".to_owned()], 1));
        let jq = &facts.packages[0];
        assert_eq!((jq.requested, &jq.requires), (Some(true), &stated::requirements(["oniguruma"])));
        assert_eq!(below(jq), ["home/linuxbrew/.linuxbrew/Cellar/jq/1.7.1"]);
    }
}
