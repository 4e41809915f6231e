//! Packages of Debian and its kin, as dpkg and apt note them, and of OpenWrt, whose opkg notes them likewise.
//!
//! The formats: deb-control(5), dpkg(1), Debian policy 5 and 7. Distroless images have a file of `status.d` a package
//! in place of the one `status`, and beside it the sums of its files.

use std::collections::HashSet;

use plimsoll_snapshot::{
    Bytes, DiversionFact, Ecosystem, Entries, FileListFact, MetadataFault, MetadataProblem, Order as _,
    PackageFact, Requirement, RequirementKind, SelectionFact, path,
};

use crate::catalog::cataloger::{Cataloger, Read, SourceFile};
use crate::catalog::claims::listed;
use crate::catalog::deb822::{Stanza, Stanzas};
use crate::catalog::facts::Catalog;
use crate::catalog::quota::Quota;
use crate::catalog::stated;
use crate::path::normalise;

pub(crate) const CATALOGER: Cataloger =
    Cataloger { id: "dpkg", wants: |file| kind(file.path).is_some(), read: Read::Whole(read), complete };

/// The files that are read.
enum Kind<'a> {
    /// The database, with how the packages of a file of `status.d` are called.
    Status(Option<&'a [u8]>),
    /// The files of a package, one path per line.
    List(&'a [u8]),
    /// The files of a package, one sum and path per line.
    Sums(&'a [u8]),
    /// The files of a package that its sums leave out, one path per line.
    Conffiles(&'a [u8]),
    /// The files that a package moved aside for its own.
    Diversions,
    /// What apt installed because something else needs it.
    ExtendedStates,
}

/// Where opkg, the dpkg of small devices, keeps the same.
const OPKG: [&[u8]; 4] = [b"usr/lib/opkg/", b"var/lib/opkg/", b"opt/lib/opkg/", b"lib/opkg/"];

fn kind(path: &[u8]) -> Option<(Ecosystem, Kind<'_>)> {
    if let Some(path) = OPKG.iter().find_map(|home| path.strip_prefix(*home)) {
        let kind = match path.strip_prefix(b"info/") {
            None => (path == b"status").then_some(Kind::Status(None)),
            Some(name) => match name.strip_suffix(b".list") {
                Some(name) => Some(Kind::List(name)),
                None => name.strip_suffix(b".control").map(|name| Kind::Status(Some(name))),
            },
        };
        return kind.map(|kind| (Ecosystem::Opkg, kind));
    }
    let path = path.strip_prefix(b"var/lib/")?;
    let beside =
        |name| beside(name, b".md5sums").map(Kind::Sums).or(beside(name, b".conffiles").map(Kind::Conffiles));
    let kind = if let Some(name) = path.strip_prefix(b"dpkg/info/") {
        name.strip_suffix(b".list").map(Kind::List).or_else(|| beside(name))
    } else {
        match path {
            b"dpkg/status" => Some(Kind::Status(None)),
            b"dpkg/diversions" => Some(Kind::Diversions),
            b"apt/extended_states" => Some(Kind::ExtendedStates),
            path => {
                let name = path.strip_prefix(b"dpkg/status.d/")?;
                let is_other = SCRIPTS.iter().any(|script| name.ends_with(script)) || name.contains(&b'/');
                beside(name).or((!is_other).then_some(Kind::Status(Some(name))))
            }
        }
    };
    kind.map(|kind| (Ecosystem::Dpkg, kind))
}

fn beside<'a>(name: &'a [u8], ending: &[u8]) -> Option<&'a [u8]> {
    name.strip_suffix(ending).filter(|name| !name.is_empty())
}

/// What may lie beside the description of a package (deb(5), "control.tar").
const SCRIPTS: [&[u8]; 8] =
    [b".preinst", b".postinst", b".prerm", b".postrm", b".config", b".templates", b".triggers", b".shlibs"];

fn read(file: &SourceFile<'_>, catalog: &mut Catalog) {
    let Some((ecosystem, kind)) = kind(file.path) else { return };
    match kind {
        Kind::Status(key) => read_status(file, ecosystem, key, catalog),
        Kind::List(key) => {
            // opkg puts the mode behind the path.
            let list =
                read_list(file, ecosystem, key, catalog, |line| line.split(|&byte| byte == b'\t').next());
            catalog.notes::<SideLists>().listed.insert(list.package.clone());
            catalog.file_lists.push(list);
        }
        Kind::Sums(key) | Kind::Conffiles(key) => {
            if catalog.notes::<SideLists>().listed.contains(path::escape(key).as_ref()) {
                return;
            }
            let path: for<'l> fn(&'l [u8]) -> Option<&'l [u8]> = match kind {
                Kind::Sums(_) => |line| {
                    let path = line.iter().position(u8::is_ascii_whitespace)?;
                    Some(line[path..].trim_ascii_start())
                },
                _ => |line| line.trim_ascii().rsplit(|&byte| byte == b' ').next(),
            };
            let list = read_list(file, ecosystem, key, catalog, path);
            catalog.notes::<SideLists>().unlisted.push(list);
        }
        Kind::Diversions => read_diversions(file, catalog),
        Kind::ExtendedStates => read_extended_states(file, catalog),
    }
}

/// What lies beside the lists of files: it says the same of most, and is all there is where a build left the lists out.
#[derive(Default)]
struct SideLists {
    listed: HashSet<String>,
    unlisted: Vec<FileListFact>,
}

/// Adds what stands for lists that the layer does not have.
fn complete(catalog: &mut Catalog, _: &Entries) {
    let SideLists { listed, unlisted } = catalog.take_notes();
    catalog.file_lists.extend(unlisted.into_iter().filter(|list| !listed.contains(&list.package)));
}

/// Reads three lines for each diversion (dpkg-divert(1)): from where, to where, and for which package; `:` for none.
fn read_diversions(file: &SourceFile<'_>, catalog: &mut Catalog) {
    let mut quota = Quota::default();
    let lines: Vec<_> = file.bytes.split(|&byte| byte == b'\n').take_while(|_| quota.take(1)).collect();
    for lines in lines.chunks_exact(3) {
        let path = |line: &[u8]| Some(path::escape(&normalise(line)?).into_owned());
        let (Some(from), Some(to)) = (path(lines[0]), path(lines[1])) else { continue };
        let by = str::from_utf8(lines[2]).ok().and_then(stated::name).filter(|by| *by != ":");
        catalog.diversions.push(DiversionFact {
            entry: file.entry,
            from,
            to,
            by: by.unwrap_or_default().to_owned(),
        });
    }
}

fn read_status(file: &SourceFile<'_>, ecosystem: Ecosystem, key: Option<&[u8]>, catalog: &mut Catalog) {
    let text = file.text();
    let mut quota = Quota::default();
    for stanza in Stanzas::of(&text, FIELDS) {
        let stanza = match stanza {
            Ok(stanza) => stanza,
            Err(malformed) => {
                catalog.problem(file.entry, malformed);
                continue;
            }
        };
        let at = |problem: MetadataProblem| MetadataFault::from(problem).on_line(stanza.line);
        if !quota.take(Quota::PACKAGE + relations_of(&stanza)) {
            catalog.problem(file.entry, at(MetadataProblem::RestTooLarge));
            return;
        }
        match package(&stanza, file.entry, ecosystem, key) {
            Ok(package) => catalog.packages.extend(package),
            Err(problem) => catalog.problem(file.entry, at(problem)),
        }
    }
}

/// The package that a stanza describes, if it is installed.
fn package(
    stanza: &Stanza<'_>,
    entry: u32,
    ecosystem: Ecosystem,
    key: Option<&[u8]>,
) -> Result<Option<PackageFact>, MetadataProblem> {
    let name = stanza.word("Package").ok_or(MetadataProblem::NoName)?;
    // deb-control(5): the third word is the state. What is unpacked and not configured takes up as much.
    let state = stanza.get("Status").map(|status| status.split_ascii_whitespace().nth(2).unwrap_or(""));
    if matches!(state, Some("not-installed" | "config-files" | "")) {
        return Ok(None);
    }
    let architecture = stanza.word("Architecture");
    let is_coinstallable = stanza.word("Multi-Arch").is_some_and(|value| value == "same");
    let key = match (key, architecture) {
        (Some(key), _) => path::escape(key).into_owned(),
        // dpkg names the files in `info` so, and only of these packages (dpkg, lib/dpkg/db-ctrl-access.c).
        (None, Some(architecture)) if is_coinstallable => format!("{name}:{architecture}"),
        (None, _) => name.to_owned(),
    };
    let is_essential = stanza.word("Essential").is_some_and(|value| value == "yes")
        || stanza.word("Priority").is_some_and(|value| value == "required");
    let kibibytes = stanza.word("Installed-Size").and_then(|size| size.parse::<u64>().ok());
    let kinds = [
        ("Pre-Depends", RequirementKind::Required),
        ("Depends", RequirementKind::Required),
        ("Recommends", RequirementKind::Recommended),
        ("Suggests", RequirementKind::Optional),
    ];
    let requires = kinds.into_iter().flat_map(|(field, kind)| {
        relations(stanza.get(field).unwrap_or_default()).map(move |any_of| Requirement {
            any_of,
            kind,
            ..Requirement::default()
        })
    });
    Ok(Some(PackageFact {
        version: stanza.word("Version").unwrap_or_default().to_owned(),
        key,
        architecture: architecture.map(str::to_owned),
        license: stanza.get("License").and_then(stated::stated).map(str::to_owned),
        // It is written with its version where that differs: `glibc (2.36-9)`.
        source: stanza.word("Source").filter(|source| *source != name).map(str::to_owned),
        declared_bytes: kibibytes.map(|size| Bytes(size.saturating_mul(1024))),
        essential: is_essential,
        requires: requires.collect(),
        provides: relations(stanza.get("Provides").unwrap_or_default()).flatten().collect(),
        ..PackageFact::new(entry, ecosystem, name)
    }))
}

/// The names of `a (>= 1) | b:any, c` (Debian policy, 7.1). Versions hold, or dpkg would not have installed it.
fn relations(field: &str) -> impl Iterator<Item = Vec<String>> {
    let name = |alternative: &str| {
        let ends = |character: char| character.is_whitespace() || "(:[<".contains(character);
        let name = alternative.trim_start().split(ends).next()?;
        (!name.is_empty()).then(|| name.to_owned())
    };
    let names = move |relation: &str| relation.split('|').filter_map(name).collect::<Vec<_>>();
    field.split(',').map(names).filter(|names| !names.is_empty())
}

fn read_list(
    file: &SourceFile<'_>,
    ecosystem: Ecosystem,
    key: &[u8],
    catalog: &mut Catalog,
    path_of: fn(&[u8]) -> Option<&[u8]>,
) -> FileListFact {
    let mut quota = Quota::default();
    let lines = file.bytes.split(|&byte| byte == b'\n').filter(|line| !line.is_empty());
    let mut paths: Vec<_> = lines.take_while(|_| quota.take(1)).filter_map(path_of).collect();
    paths.order_by(|left, right| path::compare(left, right));
    // A directory is followed by what lies in it, and belongs to everyone, even where a link stands for it.
    let is_parent =
        |next: &[u8], line: &[u8]| next.strip_prefix(line).is_some_and(|rest| rest.starts_with(b"/"));
    let nexts = paths.iter().skip(1).map(Some).chain([None]);
    let files =
        paths.iter().zip(nexts).filter(|(line, next)| !next.is_some_and(|next| is_parent(next, line)));
    let files = listed(files.map(|(line, _)| *line));
    if !quota.take(1) {
        catalog.problem(file.entry, MetadataProblem::TooManyFiles);
    }
    FileListFact { entry: file.entry, ecosystem, package: path::escape(key).into_owned(), files }
}

fn read_extended_states(file: &SourceFile<'_>, catalog: &mut Catalog) {
    let text = file.text();
    let mut quota = Quota::default();
    let mut automatic = Vec::new();
    for stanza in Stanzas::of(&text, FIELDS) {
        match stanza {
            Ok(_) if !quota.take(1) => {
                catalog.problem(file.entry, MetadataProblem::TooManyPackages);
                break;
            }
            Ok(stanza) if stanza.word("Auto-Installed") == Some("1") => {
                automatic.extend(stanza.word("Package").map(str::to_owned));
            }
            Ok(_) => {}
            Err(malformed) => catalog.problem(file.entry, malformed),
        }
    }
    automatic.order();
    automatic.dedup();
    catalog.selections.push(SelectionFact {
        entry: file.entry,
        ecosystem: Ecosystem::Dpkg,
        manual: Vec::new(),
        automatic,
    });
}

/// The fields that are kept of a stanza: descriptions and the like are not.
const FIELDS: &[&str] = &[
    "Package",
    "Status",
    "Version",
    "Architecture",
    "Multi-Arch",
    "Essential",
    "Priority",
    "Installed-Size",
    "Source",
    "Pre-Depends",
    "Depends",
    "Recommends",
    "Suggests",
    "Provides",
    "Auto-Installed",
    // Of opkg alone.
    "License",
];

/// How many names a stanza may give beside its own.
fn relations_of(stanza: &Stanza<'_>) -> usize {
    let fields = ["Pre-Depends", "Depends", "Recommends", "Suggests", "Provides"];
    let count = |value: &str| 1 + value.bytes().filter(|byte| matches!(byte, b',' | b'|')).count();
    fields.iter().filter_map(|field| stanza.get(field)).map(count).sum()
}

#[cfg(test)]
mod tests {
    use crate::catalog::testing::catalogue;
    use plimsoll_snapshot::Facts;

    use plimsoll_snapshot::Files;

    use super::*;

    const STATUS: &str = "var/lib/dpkg/status";

    fn check(path: &str, content: &str) -> (Facts, Vec<String>) {
        catalogue([(path, content.as_bytes())])
    }

    fn required(names: &[&str], kind: RequirementKind) -> Requirement {
        Requirement {
            any_of: names.iter().map(|&name| name.to_owned()).collect(),
            kind,
            ..Requirement::default()
        }
    }

    #[test]
    fn more_packages_than_an_image_can_have_are_left_out() {
        let stanza = |number| format!("Package: p{number}\nStatus: install ok installed\nVersion: 1\n\n");
        let (facts, warnings) =
            catalogue([(STATUS, (0..100_001).map(stanza).collect::<String>().as_bytes())]);
        assert_eq!(facts.packages.len(), 100_000);
        assert!(warnings[0].contains("too large; the rest is skipped"), "{warnings:?}");
    }

    #[test]
    fn a_stanza_is_a_package() {
        let (facts, warnings) = check(
            STATUS,
            "Package: libssl3\nStatus: install ok installed\nPriority: optional\nInstalled-Size: 6060\n\
             Architecture: amd64\nMulti-Arch: same\nSource: openssl (3.0.15-1)\nVersion: 3.0.15-1~deb12u1\n\
             Provides: libssl (= 3), libssl-abi\nPre-Depends: dpkg\nDepends: libc6 (>= 2.34),\n \
             debconf (>= 0.5) | debconf-2.0,\n\tperl:any [amd64] <!nocheck>\nRecommends: a\nSuggests: b\n\
             Description: a library\n Depends: this is text\n .\n and more\n",
        );
        assert_eq!(warnings, Vec::<String>::new());
        let expected = PackageFact {
            entry: 0,
            ecosystem: Ecosystem::Dpkg,
            name: "libssl3".into(),
            version: "3.0.15-1~deb12u1".into(),
            key: "libssl3:amd64".into(),
            architecture: Some("amd64".into()),
            license: None,
            source: Some("openssl".into()),
            declared_bytes: Some(Bytes(6060 * 1024)),
            requested: None,
            essential: false,
            requires: vec![
                required(&["dpkg"], RequirementKind::Required),
                required(&["libc6"], RequirementKind::Required),
                required(&["debconf", "debconf-2.0"], RequirementKind::Required),
                required(&["perl"], RequirementKind::Required),
                required(&["a"], RequirementKind::Recommended),
                required(&["b"], RequirementKind::Optional),
            ],
            provides: vec!["libssl".into(), "libssl-abi".into()],
            programs: Vec::new(),
            plugin_groups: Vec::new(),
            files: Files::Unknown,
        };
        assert_eq!(facts.packages, [expected]);
    }

    #[test]
    fn only_what_takes_up_room_is_installed() {
        let states = ["installed", "config-files", "not-installed", "unpacked", "triggers-awaited"];
        let status: String = states
            .iter()
            .map(|state| format!("Package: {state}\nStatus: deinstall ok {state}\n\n"))
            .collect();
        let (facts, _) = check(STATUS, &status);
        let names: Vec<_> = facts.packages.iter().map(|package| &*package.name).collect();
        assert_eq!(names, ["installed", "unpacked", "triggers-awaited"]);
    }

    #[test]
    fn what_the_system_cannot_do_without_is_essential() {
        let (facts, _) = check(
            STATUS,
            "Package: a\nEssential: yes\n\nPackage: b\nPriority: required\n\nPackage: c\nPriority: important\n",
        );
        assert_eq!(
            facts.packages.iter().map(|package| package.essential).collect::<Vec<_>>(),
            [true, true, false]
        );
    }

    #[test]
    fn files_are_listed_apart() {
        let (facts, warnings) = catalogue([
            ("bin/b", &b"x"[..]),
            ("usr/lib/a.so", b"x"),
            ("var/lib/dpkg/info/a:amd64.list", b"/.\n/usr\n/usr/lib\n/etc/gone\n/usr/lib/a.so\n"),
            ("var/lib/dpkg/info/a:amd64.md5sums", b"0123  usr/lib/a.so\n"),
            ("var/lib/dpkg/status.d/b", b"Package: bee\nVersion: 1\n"),
            ("var/lib/dpkg/status.d/b.md5sums", b"d41d8cd98f00b204e9800998ecf8427e  bin/b\nbroken\n"),
            ("var/lib/dpkg/status.d/b.postinst", b"#!/bin/sh\n"),
        ]);
        assert_eq!(warnings, Vec::<String>::new());
        let lists: Vec<_> = (facts.file_lists.iter())
            .map(|list| (&*list.package, list.files.entries().collect::<Vec<_>>()))
            .collect();
        assert_eq!(lists, [("a:amd64", vec![1]), ("b", vec![0])]);
        let elsewhere: Vec<_> = facts.file_lists[0].files.elsewhere.iter().collect();
        assert_eq!(elsewhere, [&b"etc/gone"[..]]);
        assert_eq!((&*facts.packages[0].name, &*facts.packages[0].key), ("bee", "b"));
    }

    #[test]
    fn apt_tells_what_came_along() {
        let (facts, _) = check(
            "var/lib/apt/extended_states",
            "Package: b\nArchitecture: amd64\nAuto-Installed: 1\n\nPackage: a\nAuto-Installed: 1\n\n\
             Package: c\nAuto-Installed: 0\n",
        );
        assert_eq!(facts.selections[0].automatic, ["a", "b"]);
    }

    #[test]
    fn a_damaged_stanza_costs_only_itself() {
        let (facts, warnings) = check(
            STATUS,
            "\n \nPackage: a\nStatus ok\n go on\n\nVersion: 1\n\n continued\n\n# comment\nPackage: b\r\nVersion: 2\r\n\r\n\
             Package:\n\nPackage: c",
        );
        let names: Vec<_> =
            facts.packages.iter().map(|package| (&*package.name, &*package.version)).collect();
        assert_eq!(names, [("b", "2"), ("c", "")]);
        let places = [
            "line 4: expected `KEY: VALUE`",
            "line 7: no package name",
            "line 9: continuation line without a field",
            "line 15: no package name",
        ];
        assert_eq!(warnings.len(), places.len(), "{warnings:?}");
        for (warning, place) in warnings.iter().zip(places) {
            assert!(warning.contains(place) && warning.contains(STATUS), "{warning}");
        }
    }

    #[test]
    fn nothing_is_too_odd_to_be_read() {
        let binary: Vec<u8> = (0..=255).cycle().take(1 << 20).collect();
        let repeated = b"Package: a\nDepends: a\n\n".repeat(50_000);
        let commas = [&b"Package: a\nDepends: "[..], &b"a,".repeat(3_000_000)].concat();
        for (content, packages) in [
            (&b""[..], 0),
            (b"\xff\xfe: x\nPackage: \xff", 1),
            (&binary, 0),
            (&repeated, 50_000),
            (&commas, 0),
        ] {
            let files = [
                STATUS,
                "var/lib/apt/extended_states",
                "var/lib/dpkg/info/x.list",
                "var/lib/dpkg/status.d/x.md5sums",
            ];
            let (facts, warnings) = catalogue(files.map(|path| (path, content)));
            assert_eq!(facts.packages.len(), packages);
            assert!(warnings.len() < 100);
        }
        let (_, warnings) = catalogue([(STATUS, &commas[..])]);
        assert!(warnings[0].contains("line 1: too large"), "{warnings:?}");
    }
}
