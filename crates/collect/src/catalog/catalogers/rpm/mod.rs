//! Packages of Fedora, RHEL, SUSE, Azure Linux and their kin: the databases of rpm, in any of its three formats.
//!
//! All three keep one header a package; `header` reads it. Azure Linux without a package manager leaves a list in
//! `rpmmanifest`.

mod bdb;
mod bytes;
mod header;
mod ndb;
mod sqlite;

use std::collections::HashSet;

use plimsoll_snapshot::{
    Bytes, Ecosystem, FaultPlace, Files, MetadataFault, MetadataProblem, Order as _, PackageFact,
    Requirement, RequirementKind,
};

use self::header::{Header, Tag};
use crate::catalog::cataloger::{Cataloger, Read, SourceFile, nothing};
use crate::catalog::claims::listed;
use crate::catalog::facts::Catalog;
use crate::catalog::quota::Quota;

pub(crate) const CATALOGER: Cataloger = Cataloger {
    id: "rpm",
    wants: |file| match kind(file.path) {
        // An empty log is the rule.
        Some(Kind::Log) => file.size > 0,
        kind => kind.is_some(),
    },
    read: Read::Whole(read),
    complete: nothing,
};

enum Kind {
    Sqlite,
    Ndb,
    Bdb,
    /// The log of SQLite, whose pages stand for those of the database.
    Log,
    Manifest,
}

fn kind(path: &[u8]) -> Option<Kind> {
    let name = match path.strip_prefix(b"var/lib/rpm") {
        Some(b"manifest/container-manifest-2") => return Some(Kind::Manifest),
        Some(rest) => rest,
        None => path.strip_prefix(b"usr/lib/sysimage/rpm").or_else(|| path.strip_prefix(b"usr/share/rpm"))?,
    };
    match name {
        b"/rpmdb.sqlite" => Some(Kind::Sqlite),
        b"/rpmdb.sqlite-wal" => Some(Kind::Log),
        b"/Packages.db" => Some(Kind::Ndb),
        b"/Packages" => Some(Kind::Bdb),
        _ => None,
    }
}

fn read(file: &SourceFile<'_>, catalog: &mut Catalog) {
    let mut database = Database { entry: file.entry, catalog, quota: Quota::default(), packages: Vec::new() };
    match kind(file.path) {
        Some(Kind::Sqlite) => sqlite::read(file.bytes, |blob| database.add(blob)),
        Some(Kind::Ndb) => ndb::read(file.bytes, |blob| database.add(blob)),
        Some(Kind::Bdb) => bdb::read(file.bytes, |blob| database.add(blob)),
        Some(Kind::Manifest) => database.add_manifest(&file.text()),
        Some(Kind::Log) => {
            database.problem(MetadataProblem::OpenDatabase);
        }
        None => {}
    }
    database.finish();
}

/// The packages of one database.
struct Database<'c> {
    entry: u32,
    catalog: &'c mut Catalog,
    quota: Quota,
    packages: Vec<Installed>,
}

/// A package, and the paths of its files.
struct Installed {
    fact: PackageFact,
    paths: Vec<Vec<u8>>,
}

impl Database<'_> {
    fn problem(&mut self, fault: impl Into<MetadataFault>) {
        self.catalog.problem(self.entry, fault);
    }

    fn add(&mut self, blob: Result<&[u8], MetadataFault>) {
        let header = match blob.map(Header::parse) {
            Ok(Some(header)) => header,
            Ok(None) => return self.problem(MetadataProblem::InvalidHeader),
            Err(fault) => return self.problem(fault),
        };
        let Some(name) = header.text(Tag::Name) else {
            return self.problem(MetadataProblem::NoName);
        };
        // Keys of signers are kept as packages.
        if name == "gpg-pubkey" {
            return;
        }
        let relations = [Tag::RequireName, Tag::RecommendName, Tag::SuggestName, Tag::ProvideName];
        let names: usize = relations.into_iter().map(|tag| header.strings(tag).count()).sum();
        let paths =
            if self.quota.take(Quota::PACKAGE + names) { paths(&header, &mut self.quota) } else { None };
        let Some(paths) = paths else {
            let place = FaultPlace::Named(name.to_owned());
            return self.problem(MetadataFault::from(MetadataProblem::RestTooLarge).at(place));
        };
        let fact = package(&header, name, self.entry);
        self.packages.push(Installed { fact, paths });
    }

    fn add_manifest(&mut self, text: &str) {
        for (index, line) in text.lines().enumerate() {
            if !self.quota.take(Quota::PACKAGE) {
                return self.problem(MetadataProblem::TooManyPackages);
            }
            // Name, version, installed, built, vendor, epoch, size, architecture, number of epoch, source: what
            // `rpm --query` gives of them.
            let columns: Vec<_> = line.splitn(11, '\t').collect();
            let [name, version, _, _, _, epoch, size, architecture, rest @ ..] = &columns[..] else {
                self.problem(MetadataFault::from(MetadataProblem::TooFewColumns).on_line(index + 1));
                continue;
            };
            let text = |value: &str| (value != "(none)" && !value.is_empty()).then(|| value.to_owned());
            let fact = PackageFact {
                version: match epoch.parse() {
                    Ok(1_u64..) => format!("{epoch}:{version}"),
                    _ => (*version).to_owned(),
                },
                architecture: text(architecture),
                source: rest.get(1).and_then(|source| source_name(source, name)),
                declared_bytes: size.parse().ok().map(Bytes),
                ..fact_of((*name).to_owned(), self.entry)
            };
            self.packages.push(Installed { fact, paths: Vec::new() });
        }
    }

    /// Hands over the packages. A database is whole, so what nothing in it needs is not worth a name; files that are
    /// needed by their path are.
    fn finish(self) {
        let requirements = self.packages.iter().flat_map(|package| &package.fact.requires);
        let needed: HashSet<String> =
            requirements.flat_map(|requirement| requirement.any_of.iter().cloned()).collect();
        for Installed { mut fact, paths } in self.packages {
            let files = paths.iter().filter_map(|path| std::str::from_utf8(path).ok());
            let files: Vec<_> = files.filter(|path| needed.contains(*path)).map(str::to_owned).collect();
            fact.provides.extend(files);
            fact.provides.retain(|name| needed.contains(name) && *name != fact.name);
            fact.provides.order();
            fact.provides.dedup();
            let own: HashSet<&String> = fact.provides.iter().chain([&fact.name]).collect();
            fact.requires.retain(|requirement| !requirement.any_of.iter().any(|name| own.contains(name)));
            if !paths.is_empty() {
                fact.files = Files::Listed(listed(paths.iter().map(|path| &path[..])));
            }
            self.catalog.packages.push(fact);
        }
    }
}

fn fact_of(name: String, entry: u32) -> PackageFact {
    PackageFact::new(entry, Ecosystem::Rpm, name)
}

fn package(header: &Header<'_>, name: String, entry: u32) -> PackageFact {
    let text = |tag| header.text(tag).unwrap_or_default();
    let epoch = header.number(Tag::Epoch).filter(|epoch| *epoch > 0);
    let epoch = epoch.map(|epoch| format!("{epoch}:")).unwrap_or_default();
    let relations = |tag| header.strings(tag).map(String::from_utf8_lossy);
    let mut requires = Vec::new();
    let kinds = [
        (Tag::RequireName, RequirementKind::Required),
        (Tag::RecommendName, RequirementKind::Recommended),
        (Tag::SuggestName, RequirementKind::Optional),
    ];
    for (tag, kind) in kinds {
        let mut names: Vec<_> = relations(tag).filter_map(|relation| requirement(&relation, kind)).collect();
        names.order_by(|left, right| left.any_of.cmp(&right.any_of));
        names.dedup();
        requires.append(&mut names);
    }
    PackageFact {
        version: format!("{epoch}{}-{}", text(Tag::Version), text(Tag::Release)),
        architecture: header.text(Tag::Arch),
        license: header.text(Tag::License),
        source: header.text(Tag::SourceRpm).and_then(|file| source_name(&file, &name)),
        declared_bytes: header.number(Tag::LongSize).or_else(|| header.number(Tag::Size)).map(Bytes),
        requires,
        provides: relations(Tag::ProvideName).map(|name| without_symbols(&name)).collect(),
        ..fact_of(name, entry)
    }
}

/// `bash` for `bash-5.1.8-6.el9.src.rpm`; `None` if the package is called so itself.
fn source_name(file: &str, package: &str) -> Option<String> {
    let name = file.strip_suffix(".src.rpm").or_else(|| file.strip_suffix(".nosrc.rpm"))?;
    let mut parts = name.rsplitn(3, '-');
    let name = parts.nth(2)?;
    (name != package).then(|| name.to_owned())
}

/// What a package needs; `None` if that is a feature of rpm itself or its own configuration.
fn requirement(relation: &str, kind: RequirementKind) -> Option<Requirement> {
    let required = |any_of: Vec<String>, kind| {
        (!any_of.is_empty()).then(|| Requirement { any_of, kind, ..Requirement::default() })
    };
    if let Some(rich) = relation.strip_prefix('(') {
        // Boolean dependencies (rpm's manual, "Boolean Dependencies"): `(a >= 1 or b)`, `(a with b)`, `(a if b)`.
        let condition = [" if ", " unless "].into_iter().filter_map(|word| rich.find(word)).min();
        let kind = if condition.is_some() { kind.max(RequirementKind::Optional) } else { kind };
        let consequence = &rich[..condition.unwrap_or(rich.len())];
        let operands = consequence.split(" or ").flat_map(|part| part.split(" and "));
        let operands =
            operands.flat_map(|part| part.split(" with ")).flat_map(|part| part.split(" without "));
        let names = operands.filter_map(|operand| operand.split_ascii_whitespace().next());
        let mut any_of: Vec<_> = names.map(|name| without_symbols(in_balance(name))).collect();
        any_of.dedup();
        any_of.retain(|name| !name.is_empty());
        return required(any_of, kind);
    }
    if relation.is_empty() || relation.starts_with("rpmlib(") || relation.starts_with("config(") {
        return None;
    }
    required(vec![without_symbols(relation)], kind)
}

/// A name without the brackets around it: `perl(A)` of `((perl(A))`.
fn in_balance(name: &str) -> &str {
    let mut name = name.trim_start_matches('(');
    let surplus = name.matches(')').count().saturating_sub(name.matches('(').count());
    for _ in 0..surplus {
        name = name.strip_suffix(')').unwrap_or(name);
    }
    name
}

/// A library's name without the versions of its symbols: `libc.so.6()(64bit)` for `libc.so.6(GLIBC_2.34)(64bit)`. Who
/// provides one provides all that are needed.
fn without_symbols(name: &str) -> String {
    match name.split_once('(') {
        Some((library, symbols)) if library.contains(".so") => {
            let width = if symbols.ends_with("(64bit)") { "()(64bit)" } else { "" };
            format!("{library}{width}")
        }
        _ => name.to_owned(),
    }
}

/// The paths of the files that were installed; `None` if they are too many.
fn paths(header: &Header<'_>, quota: &mut Quota) -> Option<Vec<Vec<u8>>> {
    /// A state of "normal" (rpm, include/rpm/rpmfi.h); documentation may have been left out, or others own the file.
    const NORMAL: u64 = 0;
    const DIRECTORY: u64 = 0o040_000;
    let directories: Vec<_> = header.strings(Tag::DirNames).collect();
    let mut states = header.numbers(Tag::FileStates);
    let mut modes = header.numbers(Tag::FileModes);
    let mut is_file = move || {
        let is_normal = states.next().is_none_or(|state| state == NORMAL);
        modes.next().is_none_or(|mode| mode & 0o170_000 != DIRECTORY) && is_normal
    };
    let mut paths = Vec::new();
    let in_directories = header.strings(Tag::BaseNames).zip(header.numbers(Tag::DirIndexes));
    for (name, directory) in in_directories {
        let is_file = is_file();
        let Some(directory) = usize::try_from(directory).ok().and_then(|index| directories.get(index)) else {
            continue;
        };
        if !quota.take_path(directory.len() + name.len()) {
            return None;
        }
        if is_file {
            paths.push([*directory, name].concat());
        }
    }
    // Before version 4.
    for path in header.strings(Tag::OldFileNames) {
        if !quota.take_path(path.len()) {
            return None;
        }
        if is_file() {
            paths.push(path.to_vec());
        }
    }
    Some(paths)
}

#[cfg(test)]
mod tests {
    use crate::catalog::testing::catalogue;
    use plimsoll_snapshot::Facts;

    use super::*;

    const SQLITE: &[u8] = include_bytes!("../../../../tests/fixtures/rpm/rpmdb.sqlite");
    const BDB: &[u8] = include_bytes!("../../../../tests/fixtures/rpm/Packages");

    const SQLITE_PATH: &str = "var/lib/rpm/rpmdb.sqlite";
    const NDB_PATH: &str = "usr/lib/sysimage/rpm/Packages.db";
    const BDB_PATH: &str = "var/lib/rpm/Packages";

    /// A database of the third format: no rpm of Debian writes one.
    fn ndb(blobs: &[Vec<u8>]) -> Vec<u8> {
        let words = |words: &[u32]| words.iter().flat_map(|word| word.to_le_bytes()).collect::<Vec<u8>>();
        let magic = |text: &[u8; 4]| u32::from_le_bytes(*text);
        let mut slots = words(&[magic(b"RpmP"), 0, 1, 1, 0, 0, 0, 0]);
        let mut content = Vec::new();
        for (number, blob) in (1..).zip(blobs) {
            let block = u32::try_from((4096 + content.len()) / 16).unwrap();
            slots.extend(words(&[magic(b"Slot"), number, block, 0]));
            content.extend(words(&[magic(b"BlbS"), number, 1, u32::try_from(blob.len()).unwrap()]));
            content.extend(blob);
            content.resize(content.len().next_multiple_of(16), 0);
        }
        while slots.len() < 4096 {
            slots.extend(words(&[magic(b"Slot"), 0, 0, 0]));
        }
        [slots, content].concat()
    }

    fn blobs() -> Vec<Vec<u8>> {
        let mut blobs = Vec::new();
        sqlite::read(SQLITE, |blob| blobs.push(blob.unwrap().to_vec()));
        blobs
    }

    fn check(path: &str, content: &[u8]) -> (Facts, Vec<String>) {
        catalogue([(path, content), ("usr/bin/app", b"x"), ("usr/bin/tool", b"x")])
    }

    #[test]
    fn every_format_gives_the_same_packages() {
        let sorted = |path, content: &[u8]| {
            let (mut facts, warnings) = check(path, content);
            assert_eq!(warnings, Vec::<String>::new());
            facts.packages.order_by(|left, right| left.name.cmp(&right.name));
            // The files are found after the database or before it.
            facts
                .packages
                .iter_mut()
                .for_each(|package| (package.entry, package.files) = (0, Files::Unknown));
            facts.packages
        };
        let packages = sorted(SQLITE_PATH, SQLITE);
        assert_eq!(packages.len(), 12);
        assert_eq!(sorted(BDB_PATH, BDB), packages);
        assert_eq!(sorted(NDB_PATH, &ndb(&blobs())), packages);
    }

    #[test]
    fn a_header_is_a_package() {
        let (facts, _) = check(SQLITE_PATH, SQLITE);
        let find = |name| facts.packages.iter().find(|package| package.name == name).unwrap();
        let (app, tool) = (find("app"), find("tool"));
        assert_eq!((&*app.version, app.license.as_deref()), ("4:1.2-3", Some("MIT")));
        assert_eq!((&*tool.version, tool.architecture.as_deref()), ("1-1", Some("noarch")));
        assert_eq!((app.source.as_deref(), app.declared_bytes), (None, Some(Bytes(15))));
        let requires: Vec<_> =
            app.requires.iter().map(|requirement| (requirement.any_of.join("|"), requirement.kind)).collect();
        let expected = [
            ("/bin/sh", RequirementKind::Required),
            ("/usr/bin/tool", RequirementKind::Required),
            ("libx.so.1()(64bit)", RequirementKind::Required),
            ("one|two", RequirementKind::Required),
            ("three", RequirementKind::Optional),
            ("tool", RequirementKind::Required),
            ("extra", RequirementKind::Recommended),
            ("more", RequirementKind::Optional),
        ];
        assert_eq!(requires, expected.map(|(names, kind)| (names.to_owned(), kind)));
        assert_eq!(tool.provides, ["/usr/bin/tool", "libx.so.1()(64bit)", "one"]);
    }

    #[test]
    fn only_installed_files_are_owned() {
        let (facts, _) = check(SQLITE_PATH, SQLITE);
        let Files::Listed(list) = &facts.packages[0].files else { panic!("{facts:?}") };
        // Neither the directory nor the documentation, which was left out.
        assert_eq!((list.entries().count(), list.elsewhere.iter().count()), (1, 0));
    }

    #[test]
    fn boolean_dependencies_give_their_names() {
        let names = |relation| {
            requirement(relation, RequirementKind::Required).map(|found| (found.any_of.join(" "), found.kind))
        };
        let required = |names: &str| Some((names.to_owned(), RequirementKind::Required));
        let optional = |names: &str| Some((names.to_owned(), RequirementKind::Optional));
        assert_eq!(names("(a >= 1 or (b and c < 2))"), required("a b c"));
        assert_eq!(names("(python3dist(x) >= 1 with python3dist(x) < 2)"), required("python3dist(x)"));
        assert_eq!(names("((perl(A) or b) if c else d)"), optional("perl(A) b"));
        assert_eq!(names("rpmlib(PayloadIsXz)"), None);
        assert_eq!(names("config(bash)"), None);
        assert_eq!(names("()"), None);
        assert_eq!(names("libc.so.6(GLIBC_2.4)"), required("libc.so.6"));
    }

    #[test]
    fn a_manifest_lists_packages() {
        let line = "mariner-release\t2.0-12.cm2\t16538\t16537\tMicrosoft Corporation\t(none)\t580\tnoarch\t0\tmariner-release-2.0-12.cm2.src.rpm\n";
        let text =
            format!("{line}broken\nlibgcc\t11.2.0-2\t1\t1\tx\t1\t103960\tx86_64\t0\tgcc-11.2.0-2.src.rpm\n");
        let (facts, warnings) = check("var/lib/rpmmanifest/container-manifest-2", text.as_bytes());
        assert_eq!(warnings.len(), 1);
        assert!(warnings[0].contains("line 2: too few columns"), "{warnings:?}");
        let found: Vec<_> = (facts.packages.iter())
            .map(|package| (&*package.name, &*package.version, package.source.as_deref()))
            .collect();
        assert_eq!(found, [("mariner-release", "2.0-12.cm2", None), ("libgcc", "1:11.2.0-2", Some("gcc"))]);
    }

    #[test]
    fn a_log_with_changes_is_named() {
        let log = "var/lib/rpm/rpmdb.sqlite-wal";
        assert!(check(log, b"").1.is_empty());
        assert!(check(log, b"x").1[0].contains("changes in this log were not read"));
    }

    #[test]
    fn a_damaged_package_costs_only_itself() {
        let mut damaged = blobs();
        damaged[3].truncate(100);
        damaged[4] = Vec::new();
        let (facts, warnings) = check(NDB_PATH, &ndb(&damaged));
        assert_eq!((facts.packages.len(), warnings.len()), (10, 2), "{warnings:?}");
    }

    #[test]
    fn no_damage_is_too_much() {
        let ndb = ndb(&blobs());
        for (path, whole) in [(SQLITE_PATH, SQLITE), (BDB_PATH, BDB), (NDB_PATH, &ndb[..])] {
            for length in (0..whole.len()).step_by(509) {
                check(path, &whole[..length]);
            }
            // Bytes that are wrong in many ways, and the same every time.
            let mut random = 1_u64;
            for _ in 0..300 {
                let mut wrong = whole.to_vec();
                for _ in 0..40 {
                    random = random
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1_442_695_040_888_963_407);
                    let place = usize::try_from(random >> 33).unwrap() % wrong.len();
                    wrong[place] = if random & 256 == 0 { 255 } else { random.to_le_bytes()[2] };
                }
                let (facts, warnings) = check(path, &wrong);
                assert!(facts.packages.len() < 30 && warnings.len() < 30);
            }
        }
    }

    #[test]
    fn what_is_read_twice_is_a_trap() {
        // A thousand slots for one package as large as the rest of the file.
        let mut trap = ndb(&[vec![0; 1 << 16]]);
        for slot in (48..4096).step_by(16) {
            trap.copy_within(32..48, slot);
        }
        let (_, warnings) = check(NDB_PATH, &trap);
        assert!(warnings.iter().any(|warning| warning.contains("shares bytes")), "{warnings:?}");
        // A page that is its own child.
        let mut trap = SQLITE.to_vec();
        trap.truncate(1024);
        trap[100] = 5;
        trap[108..112].copy_from_slice(&[0, 0, 0, 1]);
        let (_, warnings) = check(SQLITE_PATH, &trap);
        assert!(!warnings.is_empty());
    }
}
