//! Packages of Gentoo: a directory each below `var/db/pkg`, named by category, name and version.
//!
//! The format: portage, "VDB": `CONTENTS` has a line a file, `obj PATH MD5 MTIME`, `sym PATH -> TARGET MTIME` or `dir PATH`.

use std::collections::BTreeMap;

use plimsoll_snapshot::{Ecosystem, Entries, Files, MetadataProblem, PackageFact, path};

use crate::catalog::cataloger::{Candidate, Cataloger, Read, SourceFile};
use crate::catalog::claims::listed;
use crate::catalog::facts::Catalog;
use crate::catalog::quota::Quota;
use crate::catalog::stated::{self, above};

pub(crate) const CATALOGER: Cataloger = Cataloger { id: "portage", wants, read: Read::Whole(read), complete };

const DATABASE: &[u8] = b"var/db/pkg";

fn wants(candidate: &Candidate<'_>) -> bool {
    matches!(candidate.name, b"CONTENTS" | b"LICENSE") && above(candidate.path, 3) == DATABASE
}

/// What lies beside lists of files, by the directory of a package.
#[derive(Default)]
struct Licenses(BTreeMap<String, String>);

/// Completes the packages of a layer.
fn complete(catalog: &mut Catalog, _: &Entries) {
    let Licenses(licenses) = catalog.take_notes();
    for package in catalog.packages.iter_mut().filter(|package| package.ecosystem == Ecosystem::Portage) {
        package.license = licenses.get(&package.key).cloned();
    }
}

fn read(file: &SourceFile<'_>, catalog: &mut Catalog) {
    let directory = file.directory();
    let key = path::escape(directory).into_owned();
    if path::name(file.path) == b"LICENSE" {
        let license = stated::stated(&file.text()).map(str::to_owned);
        return catalog.notes::<Licenses>().0.extend(license.map(|license| (key, license)));
    }
    let category = stated::name_of_bytes(path::name(above(directory, 1)));
    let named = stated::name_of_bytes(path::name(directory)).map(split);
    let (Some(category), Some((name, version))) = (category, named) else {
        return catalog.problem(file.entry, MetadataProblem::NoName);
    };
    let mut quota = Quota::default();
    let lines = file.bytes.split(|&byte| byte == b'\n').take_while(|_| quota.take(1));
    let mut files: Vec<_> = lines.filter_map(path_of).collect();
    if !quota.take(1) {
        catalog.problem(file.entry, MetadataProblem::TooManyFiles);
    }
    files.push(file.path);
    let package = stated::package(file, Ecosystem::Portage, &format!("{category}/{name}"), version);
    catalog.packages.extend(package.map(|package| PackageFact {
        key,
        files: Files::Listed(listed(files)),
        ..package
    }));
}

/// The path of a line, which may have spaces in it.
fn path_of(line: &[u8]) -> Option<&[u8]> {
    let before_last = |text: &'_ [u8]| text.iter().rposition(|&byte| byte == b' ');
    if let Some(rest) = line.strip_prefix(b"obj ") {
        let rest = &rest[..before_last(rest)?];
        return Some(&rest[..before_last(rest)?]);
    }
    let rest = line.strip_prefix(b"sym ")?;
    rest.windows(4).position(|part| part == b" -> ").map(|at| &rest[..at])
}

/// The name and the version of `NAME-VERSION`, where the version begins with a digit and may end in `-r1`.
fn split(directory: &str) -> (&str, &str) {
    let is_version = |dash: &usize| {
        let rest = &directory[dash + 1..];
        let (number, revision) = rest.split_once("-r").unwrap_or((rest, "0"));
        number.starts_with(|first: char| first.is_ascii_digit())
            && !number.contains('-')
            && revision.bytes().all(|byte| byte.is_ascii_digit())
    };
    let dash = directory.match_indices('-').map(|(dash, _)| dash).find(is_version);
    dash.map_or((directory, ""), |dash| (&directory[..dash], &directory[dash + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::testing::{catalogue, labels};

    #[test]
    fn contents_are_read() {
        let contents =
            b"dir /usr\nobj /usr/bin/gjq abc 1\nobj /usr/share/a b abc 1\nsym /usr/bin/x -> gjq 1\n";
        let (facts, warnings) = catalogue([
            ("usr/bin/gjq", &b""[..]),
            ("usr/bin/x", b""),
            ("usr/share/a b", b""),
            ("var/db/pkg/app-misc/jq-1.7_p2-r1/CONTENTS", contents),
            ("var/db/pkg/app-misc/jq-1.7_p2-r1/LICENSE", b"MIT\n"),
            ("var/db/pkg/app-misc/jq-1.7/other/CONTENTS", contents),
        ]);
        assert_eq!((labels(&facts), warnings), (vec!["app-misc/jq 1.7_p2-r1".to_owned()], vec![]));
        assert_eq!(facts.packages[0].license.as_deref(), Some("MIT"));
        let Files::Listed(files) = &facts.packages[0].files else { panic!() };
        assert_eq!(files.entries().collect::<Vec<_>>(), [0, 1, 2, 4]);
    }

    #[test]
    fn names_are_told_from_versions() {
        for (directory, expected) in [
            ("jq-1.7", ("jq", "1.7")),
            ("gtk+-2.24.33-r3", ("gtk+", "2.24.33-r3")),
            ("font-adobe-100dpi-1.0.4", ("font-adobe-100dpi", "1.0.4")),
            ("x", ("x", "")),
            ("x-", ("x-", "")),
        ] {
            assert_eq!(split(directory), expected, "{directory}");
        }
    }
}
