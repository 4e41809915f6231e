//! Libraries of Haskell: a file each of a database of GHC, `package.conf.d/*.conf` (GHC, "InstalledPackageInfo").

use plimsoll_snapshot::{Ecosystem, MetadataProblem, PackageFact, path};

use crate::catalog::cataloger::{Candidate, Cataloger, Read, SourceFile, nothing};
use crate::catalog::facts::Catalog;
use crate::catalog::stated::{self, above, join, value_of};
use crate::path::normalise;

pub(crate) const CATALOGER: Cataloger =
    Cataloger { id: "haskell", wants, read: Read::Whole(read), complete: nothing };

fn wants(candidate: &Candidate<'_>) -> bool {
    candidate.name.ends_with(b".conf") && is_database(path::name(path::parent(candidate.path)))
}

/// `package.conf.d`, or `package.db` of Cabal and Stack.
fn is_database(directory: &[u8]) -> bool {
    matches!(directory, b"package.conf.d" | b"package.db")
}

fn read(file: &SourceFile<'_>, catalog: &mut Catalog) {
    let text = file.text();
    let field = |name| text.lines().find_map(|line| value_of(line, name, ':'));
    let package = field("name").and_then(|name| {
        stated::package(file, Ecosystem::Haskell, name, field("version").unwrap_or_default())
    });
    let Some(package) = package else { return catalog.problem(file.entry, MetadataProblem::NoName) };
    let directories =
        ["import-dirs", "library-dirs", "data-dir", "haddock-html"].into_iter().filter_map(|name| {
            // A value may begin on the next line.
            let at = text.lines().position(|line| {
                line.strip_prefix(name).is_some_and(|rest| rest.trim_start().starts_with(':'))
            })?;
            let mut lines = text.lines().skip(at);
            let value = lines.next()?.split_once(':')?.1.trim();
            Some(if value.is_empty() { lines.next()?.trim() } else { value })
        });
    let mut places: Vec<Vec<u8>> = directories.filter_map(|directory| place(file, directory)).collect();
    places.push(file.path.to_vec());
    catalog.packages.push(PackageFact {
        license: field("license").and_then(stated::stated).map(str::to_owned),
        files: stated::below(places),
        ..package
    });
}

/// A directory of the package. One that is shared with others belongs to none.
fn place(file: &SourceFile<'_>, directory: &str) -> Option<Vec<u8>> {
    let place = match directory.trim_matches('"').strip_prefix("${pkgroot}") {
        Some(rest) => join(above(file.path, 2), rest.trim_start_matches('/').as_bytes()),
        None => normalise(directory.as_bytes())?
            .trim_ascii_start()
            .strip_prefix(b"/")
            .map(<[u8]>::to_vec)
            .unwrap_or_else(|| directory.trim_start_matches('/').as_bytes().to_vec()),
    };
    let is_its_own = path::name(&place).contains(&b'-') || place.windows(4).any(|part| part == b"-ghc");
    is_its_own.then_some(place)
}

#[cfg(test)]
mod tests {
    use crate::catalog::testing::{below, catalogue, labels};

    #[test]
    fn files_of_a_database_are_read() {
        let text = b"name:                 text\nversion:              2.0.2\nid:                   text-2.0.2\nlicense:              BSD-2-Clause\n\
            import-dirs:\n    /usr/lib/haskell/x86_64-linux-ghc-9.4.7/text-2.0.2\nlibrary-dirs:         ${pkgroot}/lib/text-2.0.2\ndynamic-library-dirs: /usr/lib\n";
        let (facts, warnings) = catalogue([
            ("usr/lib/ghc/package.conf.d/text-2.0.2.conf", &text[..]),
            ("var/lib/ghc/package.conf.d/x.conf", b""),
            ("etc/x.conf", text),
        ]);
        assert_eq!((labels(&facts), warnings.len()), (vec!["text 2.0.2".to_owned()], 1));
        assert_eq!(facts.packages[0].license.as_deref(), Some("BSD-2-Clause"));
        assert_eq!(
            below(&facts.packages[0]),
            [
                "usr/lib/ghc/lib/text-2.0.2",
                "usr/lib/ghc/package.conf.d/text-2.0.2.conf",
                "usr/lib/haskell/x86_64-linux-ghc-9.4.7/text-2.0.2"
            ]
        );
    }
}
