//! Packages of Alpine and its kin: the database of apk, and the world that was asked for.
//!
//! The format: apk-v2(5), "The installed database": a letter, a colon and a value a line.

use std::collections::HashSet;

use plimsoll_snapshot::{
    Bytes, Ecosystem, Files, MetadataFault, MetadataProblem, PackageFact, Requirement, SelectionFact,
};

use crate::catalog::cataloger::{Cataloger, Read, SourceFile, nothing};
use crate::catalog::claims::listed;
use crate::catalog::facts::Catalog;
use crate::catalog::quota::Quota;

pub(crate) const CATALOGER: Cataloger = Cataloger {
    id: "apk",
    wants: |file| DATABASES.contains(&file.path) || file.path == WORLD,
    read: Read::Whole(read),
    complete: nothing,
};

const DATABASES: [&[u8]; 2] = [b"lib/apk/db/installed", b"usr/lib/apk/db/installed"];
const WORLD: &[u8] = b"etc/apk/world";

fn read(file: &SourceFile<'_>, catalog: &mut Catalog) {
    if file.path == WORLD {
        read_world(file, catalog);
    } else {
        read_database(file, catalog);
    }
}

fn read_world(file: &SourceFile<'_>, catalog: &mut Catalog) {
    let text = file.text();
    let mut quota = Quota::default();
    let names = text.split_ascii_whitespace().take_while(|_| quota.take(1)).filter_map(name);
    let manual = names.map(required).collect();
    catalog.selections.push(SelectionFact {
        entry: file.entry,
        ecosystem: Ecosystem::Apk,
        manual,
        automatic: Vec::new(),
    });
}

fn read_database(file: &SourceFile<'_>, catalog: &mut Catalog) {
    let text = file.text();
    let mut quota = Quota::default();
    let mut found = Vec::new();
    let mut stanza = Stanza::default();
    // The empty line at the end finishes a last stanza that has none.
    for (index, line) in text.lines().chain([""]).enumerate() {
        let line_number = index + 1;
        if line.is_empty() {
            let (line, stanza) = (stanza.line, std::mem::take(&mut stanza));
            if line == 0 {
                continue;
            }
            match stanza.package(file.entry) {
                Some(package) => found.push(package),
                None => {
                    catalog.problem(file.entry, MetadataFault::from(MetadataProblem::NoName).on_line(line));
                }
            }
            continue;
        }
        if stanza.line == 0 {
            stanza.line = line_number;
        }
        let Some((field, value)) = line.split_once(':') else {
            catalog.problem(file.entry, MetadataFault::from(MetadataProblem::NotAField).on_line(line_number));
            continue;
        };
        let has_room = match field {
            "D" | "p" => quota.take(value.split_ascii_whitespace().count()),
            "R" => quota.take_path(stanza.directory.len() + 1 + value.len()),
            "P" => quota.take(Quota::PACKAGE),
            _ => quota.take(1),
        };
        if !has_room {
            catalog
                .problem(file.entry, MetadataFault::from(MetadataProblem::RestTooLarge).on_line(line_number));
            break;
        }
        stanza.add(field, value);
    }
    keep_needed(&mut found);
    catalog.packages.append(&mut found);
}

/// Drops provided names that nothing in the database needs: every command is one, and there are thousands. What a
/// person may have asked for by name (no `so:`, `cmd:`, `pc:`, …) stays.
fn keep_needed(packages: &mut [PackageFact]) {
    let required = packages.iter().flat_map(|package| &package.requires);
    let needed: HashSet<String> =
        required.flat_map(|requirement| requirement.any_of.iter().cloned()).collect();
    for package in packages {
        package.provides.retain(|name| !name.contains(':') || needed.contains(name));
    }
}

/// What the lines of one package say.
#[derive(Default)]
struct Stanza<'a> {
    /// The line it begins at, counted from 1; 0 before it has begun.
    line: usize,
    name: &'a str,
    version: &'a str,
    architecture: &'a str,
    license: &'a str,
    origin: &'a str,
    installed: Option<u64>,
    requires: Vec<&'a str>,
    provides: Vec<&'a str>,
    /// The directory that the next files lie in.
    directory: &'a str,
    files: Vec<Vec<u8>>,
}

impl<'a> Stanza<'a> {
    fn add(&mut self, field: &str, value: &'a str) {
        let names = || value.split_ascii_whitespace().filter_map(name);
        match field {
            "P" => self.name = value.trim_ascii(),
            "V" => self.version = value,
            "A" => self.architecture = value,
            "L" => self.license = value,
            "o" => self.origin = value,
            "I" => self.installed = value.parse().ok(),
            "D" => self.requires.extend(names()),
            "p" => self.provides.extend(names()),
            "F" => self.directory = value,
            "R" => self.files.push(format!("{}/{value}", self.directory).into_bytes()),
            _ => {}
        }
    }

    fn package(self, entry: u32) -> Option<PackageFact> {
        let text = |value: &str| (!value.is_empty()).then(|| value.to_owned());
        let mut provides: Vec<_> = self.provides.into_iter().map(str::to_owned).collect();
        provides.dedup();
        Some(PackageFact {
            version: self.version.to_owned(),
            architecture: text(self.architecture),
            license: text(self.license),
            source: text(self.origin).filter(|origin| origin != self.name),
            declared_bytes: self.installed.map(Bytes),
            requires: self.requires.into_iter().map(required).collect(),
            provides,
            files: Files::Listed(listed(self.files.iter().map(|path| &path[..]))),
            ..PackageFact::new(entry, Ecosystem::Apk, text(self.name)?)
        })
    }
}

fn required(name: &str) -> Requirement {
    Requirement { any_of: vec![name.to_owned()], ..Requirement::default() }
}

/// The name in `name>=1.2`, `so:libz.so.1=1.3` or `name@repository`; conflicts (`!name`) are none.
fn name(dependency: &str) -> Option<&str> {
    let name = dependency.split(['<', '>', '=', '~', '@']).next()?;
    (!name.is_empty() && !name.starts_with('!')).then_some(name)
}

#[cfg(test)]
mod tests {
    use crate::catalog::testing::catalogue;

    use super::*;

    const DATABASE: &str = "lib/apk/db/installed";

    /// As Alpine 3.20 writes it.
    const MUSL: &str = "C:Q1xEGeUtmZVG4aVpq2CzYUxXVnE9c=\nP:musl\nV:1.2.5-r0\nA:x86_64\nS:411053\nI:667648\n\
        T:the musl c library (libc) implementation\nU:https://musl.libc.org/\nL:MIT\no:musl\nm:A B <a@example.org>\n\
        t:1711998568\nc:dd5cf32a0bfbe0a1e9a8ed2f5a3b9ef5bd6e5b9f\np:so:libc.musl-x86_64.so.1=1 cmd:ldd=1.2.5-r0\nF:lib\n\
        R:ld-musl-x86_64.so.1\na:0:0:755\nZ:Q1JNoKp0CzLXHXWmAHJf6C0jbhs1A=\nR:libc.musl-x86_64.so.1\na:0:0:777\n\n";
    const BUSYBOX: &str = "P:busybox\nV:1.36.1-r29\nI:962560\nL:GPL-2.0-only\no:bb\nD:so:libc.musl-x86_64.so.1 musl>=1.2 !uclibc\n\
        p:cmd:ls=1 busybox-initscripts=3.4\nr:busybox-initscripts\nF:\nR:linuxrc\nF:bin\nM:0:0:1777\nR:busybox\n\n";

    #[test]
    fn a_stanza_is_a_package() {
        let text = format!("{MUSL}{BUSYBOX}");
        let (facts, warnings) = catalogue([
            ("bin/busybox", &b"x"[..]),
            ("lib/ld-musl-x86_64.so.1", b"x"),
            (DATABASE, text.as_bytes()),
            ("linuxrc", b"x"),
        ]);
        assert_eq!(warnings, Vec::<String>::new());
        let [musl, busybox] = &facts.packages[..] else { panic!("{facts:?}") };
        assert_eq!((&*musl.name, &*musl.version), ("musl", "1.2.5-r0"));
        assert_eq!((musl.license.as_deref(), musl.declared_bytes), (Some("MIT"), Some(Bytes(667_648))));
        assert_eq!((musl.source.as_deref(), busybox.source.as_deref()), (None, Some("bb")));
        assert_eq!(busybox.requires, ["so:libc.musl-x86_64.so.1", "musl"].map(required));
        let files = |package: &PackageFact| match &package.files {
            Files::Listed(list) => list.entries().collect::<Vec<_>>(),
            _ => panic!("{package:?}"),
        };
        assert_eq!((files(musl), files(busybox)), (vec![2], vec![0, 3]));
    }

    #[test]
    fn only_names_that_are_needed_are_provided() {
        let text = format!("{MUSL}{BUSYBOX}");
        let (facts, _) = catalogue([(DATABASE, text.as_bytes())]);
        let provides: Vec<_> = facts.packages.iter().map(|package| &package.provides[..]).collect();
        assert_eq!(provides, [["so:libc.musl-x86_64.so.1"], ["busybox-initscripts"]]);
    }

    #[test]
    fn the_world_was_asked_for() {
        let (facts, _) =
            catalogue([("etc/apk/world", &b"alpine-base\ncurl>8 py3~3.12\nnginx@edge\n!gcc\n"[..])]);
        assert_eq!(facts.selections[0].manual, ["alpine-base", "curl", "py3", "nginx"].map(required));
    }

    #[test]
    fn what_is_damaged_is_named_and_the_rest_is_read() {
        let text = "V:1\n\n\nP:a\nbroken\nI:many\n\nP:b\nD:\nF:x\nR:../../../etc/passwd\nR:y";
        let (facts, warnings) = catalogue([("usr/lib/apk/db/installed", text.as_bytes())]);
        assert_eq!(facts.packages.iter().map(|package| &*package.name).collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(warnings.len(), 2, "{warnings:?}");
        assert!(warnings[0].contains("line 1: no package name"), "{warnings:?}");
        assert!(warnings[1].contains("line 5: expected `KEY: VALUE`"), "{warnings:?}");
        let Files::Listed(list) = &facts.packages[1].files else { panic!("{facts:?}") };
        assert_eq!(list.elsewhere.iter().collect::<Vec<_>>(), [b"x/y"]);
    }

    #[test]
    fn nothing_is_too_odd_to_be_read() {
        let binary: Vec<u8> = (0..=255).cycle().take(1 << 20).collect();
        let long = [&b"P:a\nD:"[..], &b"a ".repeat(3_000_000)].concat();
        let many = b"P:a\nF:x\nR:y\n\n".repeat(100_000);
        let wide = [&b"P:a\nF:"[..], &b"d".repeat(1 << 20), &b"\nR:x".repeat(300_000)].concat();
        for content in [&b""[..], b"\xff:\xff", &binary, &long, &many, &wide] {
            let (_, warnings) = catalogue([(DATABASE, content), ("etc/apk/world", content)]);
            assert!(warnings.len() < 50);
        }
        let (_, warnings) = catalogue([(DATABASE, &long[..])]);
        assert!(warnings[0].contains("line 2: too large"), "{warnings:?}");
    }
}
