//! Packages of OCaml that opam installed: `.opam-switch/packages/NAME.VERSION/opam` of a switch (opam, "Manual").

use plimsoll_snapshot::{Ecosystem, MetadataProblem, PackageFact, path};

use crate::catalog::cataloger::{Candidate, Cataloger, Read, SourceFile, nothing};
use crate::catalog::facts::Catalog;
use crate::catalog::stated::{self, above, join, value_of};

pub(crate) const CATALOGER: Cataloger =
    Cataloger { id: "ocaml", wants, read: Read::Whole(read), complete: nothing };

fn wants(candidate: &Candidate<'_>) -> bool {
    candidate.name == b"opam" && above(candidate.path, 2).ends_with(b".opam-switch/packages")
}

fn read(file: &SourceFile<'_>, catalog: &mut Catalog) {
    let directory = file.directory();
    let named = stated::name_of_bytes(path::name(directory)).and_then(|name| name.split_once('.'));
    let package = named.and_then(|(name, version)| stated::package(file, Ecosystem::Ocaml, name, version));
    let Some(package) = package else { return catalog.problem(file.entry, MetadataProblem::NoName) };
    let text = file.text();
    let license = text.lines().find_map(|line| value_of(line, "license", ':'));
    let switch = above(directory, 3);
    let places = ["lib", "doc", "share", "etc", "lib/stublibs"].iter().map(|part| {
        let place = if *part == "lib/stublibs" {
            format!("{part}/dll{}_stubs.so", package.name)
        } else {
            format!("{part}/{}", package.name)
        };
        join(switch, place.as_bytes())
    });
    let places: Vec<_> = places.chain([directory.to_vec()]).collect();
    catalog.packages.push(PackageFact {
        license: license.and_then(stated::stated).map(str::to_owned),
        files: stated::below(places),
        ..package
    });
}

#[cfg(test)]
mod tests {
    use crate::catalog::testing::{below, catalogue, labels};

    #[test]
    fn packages_of_a_switch_are_read() {
        let (facts, warnings) = catalogue([
            (
                "root/.opam/5.1/.opam-switch/packages/zarith.1.13/opam",
                &b"opam-version: \"2.0\"\nlicense: \"LGPL-2.0-only\"\n"[..],
            ),
            ("root/.opam/5.1/lib/zarith/zarith.cma", b""),
            ("root/.opam/5.1/.opam-switch/packages/odd/opam", b""),
            ("app/opam", b""),
        ]);
        assert_eq!((labels(&facts), warnings.len()), (vec!["zarith 1.13".to_owned()], 1));
        assert_eq!(facts.packages[0].license.as_deref(), Some("LGPL-2.0-only"));
        assert_eq!(
            below(&facts.packages[0]),
            ["root/.opam/5.1/.opam-switch/packages/zarith.1.13", "root/.opam/5.1/lib/zarith"]
        );
    }
}
