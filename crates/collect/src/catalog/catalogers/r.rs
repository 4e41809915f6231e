//! Packages of R: the `DESCRIPTION` of an installed one, which says what it was built with.
//!
//! The format: R, "Writing R Extensions", 1.1.1.

use plimsoll_snapshot::{Ecosystem, PackageFact, RequirementKind, path};

use crate::catalog::cataloger::{Cataloger, Read, SourceFile, nothing};
use crate::catalog::deb822::{Stanza, Stanzas};
use crate::catalog::facts::Catalog;
use crate::catalog::stated::{self, above};

pub(crate) const CATALOGER: Cataloger = Cataloger {
    id: "r",
    wants: |file| file.name == b"DESCRIPTION",
    read: Read::Whole(read),
    complete: nothing,
};

const FIELDS: &[&str] =
    &["Package", "Version", "License", "Built", "Depends", "Imports", "Suggests", "Priority"];

fn read(file: &SourceFile<'_>, catalog: &mut Catalog) {
    let text = file.text();
    match Stanzas::of(&text, FIELDS).next() {
        Some(Ok(stanza)) => {
            // Sources, which no R has installed, have no such field; nor have the texts of R itself.
            let is_installed = stanza.get("Built").is_some() || path::name(above(file.path, 2)) == b"library";
            if is_installed {
                catalog.packages.extend(package(file, &stanza));
            }
        }
        // Many files have the name.
        Some(Err(malformed)) if text.contains("\nBuilt:") => catalog.problem(file.entry, malformed),
        _ => {}
    }
}

fn package(file: &SourceFile<'_>, stanza: &Stanza<'_>) -> Option<PackageFact> {
    let mut requires = Vec::new();
    for (field, kind) in [
        ("Depends", RequirementKind::Required),
        ("Imports", RequirementKind::Required),
        ("Suggests", RequirementKind::Optional),
    ] {
        let names = stanza.get(field).unwrap_or_default().split(',').map(|need| {
            need.split(|character: char| character == '(' || character.is_whitespace())
                .find(|name| !name.is_empty())
        });
        let names = names.flatten().filter(|name| *name != "R");
        requires.extend(stated::requirements(names).into_iter().map(|mut requirement| {
            requirement.kind = kind;
            requirement
        }));
    }
    Some(PackageFact {
        license: stanza.get("License").and_then(stated::stated).map(str::to_owned),
        essential: stanza.word("Priority") == Some("base"),
        requires,
        files: stated::below([file.directory()]),
        ..stated::package(
            file,
            Ecosystem::R,
            stanza.word("Package")?,
            stanza.word("Version").unwrap_or_default(),
        )?
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::testing::{below, catalogue, labels};

    #[test]
    fn installed_packages_are_read() {
        let dplyr = b"Package: dplyr\nVersion: 1.1.4\nLicense: MIT + file LICENSE\nDepends: R (>= 3.5.0)\n\
            Imports: cli (>= 3.4.0), rlang\n    (>= 1.1.0)\nSuggests: bench\nBuilt: R 4.3.1; x86_64-pc-linux-gnu; ; unix\n";
        let (facts, warnings) = catalogue([
            ("usr/lib/R/site-library/dplyr/DESCRIPTION", &dplyr[..]),
            ("src/dplyr/DESCRIPTION", b"Package: dplyr\nVersion: 1.1.4\n"),
            ("usr/lib/R/library/translations/DESCRIPTION", b"Package: translations\nVersion: 4.2.2\n"),
            ("app/DESCRIPTION", b"A text\nof two lines"),
        ]);
        assert_eq!(
            (labels(&facts), warnings),
            (vec!["translations 4.2.2".into(), "dplyr 1.1.4".into()], vec![])
        );
        let package = &facts.packages[1];
        assert_eq!(
            (package.license.as_deref(), below(package)),
            (Some("MIT + file LICENSE"), vec!["usr/lib/R/site-library/dplyr".into()])
        );
        let requires: Vec<_> = package.requires.iter().map(|it| (it.any_of[0].as_str(), it.kind)).collect();
        let (required, optional) = (RequirementKind::Required, RequirementKind::Optional);
        assert_eq!(requires, [("cli", required), ("rlang", required), ("bench", optional)]);
    }

    #[test]
    fn damage_is_named() {
        let (facts, warnings) = catalogue([("a/DESCRIPTION", &b"Package: a\nbroken\nBuilt: R"[..])]);
        assert!(facts.packages.is_empty() && warnings[0].contains("line 2"), "{warnings:?}");
    }
}
