//! Packages of Arch Linux and its kin: a directory each of the database of pacman.
//!
//! The format: pacman, alpm-db-desc(5) and alpm-db-files(5): a name between per cent signs, and its values, one per line.

use plimsoll_snapshot::{
    Bytes, Ecosystem, FileListFact, MetadataProblem, PackageFact, Requirement, RequirementKind, path,
};

use crate::catalog::cataloger::{Candidate, Cataloger, Read, SourceFile, nothing};
use crate::catalog::claims::listed;
use crate::catalog::facts::Catalog;
use crate::catalog::quota::Quota;
use crate::catalog::stated::{self, above};

pub(crate) const CATALOGER: Cataloger =
    Cataloger { id: "pacman", wants, read: Read::Whole(read), complete: nothing };

/// Where the database lies; images made for updates of the system as a whole have it below `/usr`.
const DATABASES: [&[u8]; 2] = [b"var/lib/pacman/local", b"usr/lib/sysimage/lib/pacman/local"];

fn wants(candidate: &Candidate<'_>) -> bool {
    matches!(candidate.name, b"desc" | b"files") && DATABASES.contains(&above(candidate.path, 2))
}

fn read(file: &SourceFile<'_>, catalog: &mut Catalog) {
    let key = path::escape(path::name(file.directory())).into_owned();
    if path::name(file.path) == b"files" {
        let mut quota = Quota::default();
        let (mut is_list, mut files) = (false, Vec::new());
        for line in file.bytes.split(|&byte| byte == b'\n') {
            if line.starts_with(b"%") && line.ends_with(b"%") {
                is_list = line == b"%FILES%";
            } else if is_list && !line.ends_with(b"/") && !line.is_empty() {
                if !quota.take(1) {
                    catalog.problem(file.entry, MetadataProblem::TooManyFiles);
                    break;
                }
                files.push(line);
            }
        }
        let (entry, ecosystem) = (file.entry, Ecosystem::Pacman);
        return catalog.file_lists.push(FileListFact {
            entry,
            ecosystem,
            package: key,
            files: listed(files),
        });
    }
    let text = file.text();
    let mut fields = Fields { requested: true, ..Fields::default() };
    let mut section = "";
    for line in text.lines() {
        if line.starts_with('%') && line.ends_with('%') {
            section = line;
        } else if !line.is_empty() {
            fields.add(section, line);
        }
    }
    match fields.package(file, key) {
        Some(package) => catalog.packages.push(package),
        None => catalog.problem(file.entry, MetadataProblem::NoName),
    }
}

/// What the sections of a description say.
#[derive(Default)]
struct Fields<'a> {
    name: &'a str,
    version: &'a str,
    base: &'a str,
    architecture: &'a str,
    licenses: Vec<&'a str>,
    size: Option<u64>,
    /// Whether it was asked for, rather than installed along.
    requested: bool,
    depends: Vec<&'a str>,
    optional: Vec<&'a str>,
    provides: Vec<&'a str>,
}

impl<'a> Fields<'a> {
    fn add(&mut self, section: &str, line: &'a str) {
        // `glibc>=2.39`, `libz.so=1-64`, `python: for the scripts`
        let named = line.split(['<', '>', '=', ':']).next().unwrap_or(line);
        match section {
            "%NAME%" => self.name = line,
            "%VERSION%" => self.version = line,
            "%BASE%" => self.base = line,
            "%ARCH%" => self.architecture = line,
            "%LICENSE%" => self.licenses.push(line),
            "%SIZE%" => self.size = line.parse().ok(),
            "%REASON%" => self.requested = line != "1",
            "%DEPENDS%" => self.depends.push(named),
            "%OPTDEPENDS%" => self.optional.push(named),
            "%PROVIDES%" => self.provides.push(named),
            _ => {}
        }
    }

    fn package(self, file: &SourceFile<'_>, key: String) -> Option<PackageFact> {
        let optional = stated::requirements(self.optional);
        let optional =
            optional.into_iter().map(|need| Requirement { kind: RequirementKind::Optional, ..need });
        let mut requires = stated::requirements(self.depends);
        requires.extend(optional);
        Some(PackageFact {
            key,
            architecture: stated::name(self.architecture).map(str::to_owned),
            license: stated::licenses(self.licenses),
            source: stated::name(self.base).filter(|base| *base != self.name).map(str::to_owned),
            declared_bytes: self.size.map(Bytes),
            requested: Some(self.requested),
            requires,
            provides: self.provides.into_iter().filter_map(stated::name).map(str::to_owned).collect(),
            // Beside what is listed.
            files: stated::below([file.directory()]),
            ..stated::package(file, Ecosystem::Pacman, self.name, self.version)?
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::testing::{catalogue, labels};

    #[test]
    fn descriptions_and_lists_are_read() {
        let description = b"%NAME%\nxz\n\n%VERSION%\n5.4-1\n\n%BASE%\nxz-utils\n\n%ARCH%\nx86_64\n\n%SIZE%\n2500\n\n%REASON%\n1\n\n\
            %LICENSE%\nGPL\nLGPL\n\n%DEPENDS%\nsh\nglibc>=2.39\n\n%OPTDEPENDS%\npython: for scripts\n\n%PROVIDES%\nliblzma.so=5-64\n\n";
        let (facts, warnings) = catalogue([
            ("usr/bin/xz", &b""[..]),
            ("usr/lib/liblzma.so", b""),
            ("var/lib/pacman/local/xz-5.4-1/desc", description),
            (
                "var/lib/pacman/local/xz-5.4-1/files",
                b"%FILES%\nusr/\nusr/bin/\nusr/bin/xz\n\n%BACKUP%\netc/x\t0\n",
            ),
            ("var/lib/pacman/sync/xz-5.4-1/desc", description),
        ]);
        assert_eq!((labels(&facts), warnings), (vec!["xz 5.4-1".to_owned()], vec![]));
        let package = &facts.packages[0];
        assert_eq!(
            (package.license.as_deref(), package.declared_bytes),
            (Some("GPL OR LGPL"), Some(Bytes(2500)))
        );
        assert_eq!((package.requested, package.source.as_deref()), (Some(false), Some("xz-utils")));
        let requires: Vec<_> = package.requires.iter().map(|it| it.any_of[0].as_str()).collect();
        assert_eq!(
            (requires, &package.provides[..]),
            (vec!["glibc", "sh", "python"], &["liblzma.so".to_owned()][..])
        );
        assert_eq!(facts.file_lists[0].package, package.key);
        assert_eq!(facts.file_lists[0].files.entries().collect::<Vec<_>>(), [0]);
    }

    #[test]
    fn damage_is_named() {
        let (facts, warnings) =
            catalogue([("var/lib/pacman/local/a-1/desc", &b"%NAME%\n\n%VERSION%\n\xff"[..])]);
        assert!(facts.packages.is_empty() && warnings[0].contains("no package name"), "{warnings:?}");
    }
}
