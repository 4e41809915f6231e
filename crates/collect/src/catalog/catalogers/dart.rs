//! Packages of Dart in the cache of pub, which programs run from: `.pub-cache/hosted/HOST/NAME-VERSION`.

use plimsoll_snapshot::{Ecosystem, MetadataProblem, PackageFact, path};

use crate::catalog::cataloger::{Candidate, Cataloger, Read, SourceFile, nothing};
use crate::catalog::facts::Catalog;
use crate::catalog::stated::{self, above, value_of};

pub(crate) const CATALOGER: Cataloger =
    Cataloger { id: "dart", wants, read: Read::Whole(read), complete: nothing };

fn wants(candidate: &Candidate<'_>) -> bool {
    candidate.name == b"pubspec.yaml" && path::name(above(candidate.path, 3)) == b"hosted"
}

fn read(file: &SourceFile<'_>, catalog: &mut Catalog) {
    let text = file.text();
    let field = |name| text.lines().find_map(|line| value_of(line, name, ':'));
    let package = field("name")
        .and_then(|name| stated::package(file, Ecosystem::Dart, name, field("version").unwrap_or_default()));
    match package {
        Some(package) => {
            catalog.packages.push(PackageFact { files: stated::below([file.directory()]), ..package });
        }
        None => catalog.problem(file.entry, MetadataProblem::NoName),
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::testing::{below, catalogue, labels};

    #[test]
    fn packages_of_the_cache_are_read() {
        let (facts, warnings) = catalogue([
            (
                "root/.pub-cache/hosted/pub.dev/args-2.4.2/pubspec.yaml",
                &b"name: args\nversion: 2.4.2\nenvironment:\n  sdk: x\n"[..],
            ),
            ("root/.pub-cache/hosted/pub.dev/x-1/pubspec.yaml", b""),
            ("app/pubspec.yaml", b"name: app"),
        ]);
        assert_eq!((labels(&facts), warnings.len()), (vec!["args 2.4.2".to_owned()], 1));
        assert_eq!(below(&facts.packages[0]), ["root/.pub-cache/hosted/pub.dev/args-2.4.2"]);
    }
}
