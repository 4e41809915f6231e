//! Python packages: `*.dist-info` and `*.egg-info`, as pip, uv, setuptools and distributions leave them.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_snapshot::{
    Ecosystem, Entries, FileListFact, Files, MetadataFault, MetadataProblem, Order as _, PackageFact,
    Requirement, path,
};

use crate::catalog::cataloger::{Candidate, Cataloger, Read, SourceFile};
use crate::catalog::claims::{listed, resolve};
use crate::catalog::entry_points::EntryPoints;
use crate::catalog::facts::Catalog;
use crate::catalog::pep508::{self, requirement};

pub(crate) const CATALOGER: Cataloger = Cataloger { id: "python", wants, read: Read::Whole(read), complete };

/// The longest version and licence that are kept.
const MAX_WORDS: usize = 128;

fn wants(candidate: &Candidate<'_>) -> bool {
    let is_installed = match candidate.name {
        b"METADATA" | b"RECORD" | b"INSTALLER" => matches!(place(candidate.path), Some(Place::DistInfo)),
        b"top_level.txt" | b"entry_points.txt" => place(candidate.path).is_some(),
        b"PKG-INFO" | b"requires.txt" | b"SOURCES.txt" | b"installed-files.txt" => {
            matches!(place(candidate.path), Some(Place::EggInfo | Place::Egg))
        }
        name if name.ends_with(b".egg-link") => is_for_packages(path::parent(candidate.path)),
        name => name.ends_with(b".egg-info") && matches!(place(candidate.path), Some(Place::EggFile)),
    };
    is_installed || is_of_sources(candidate.path)
}

/// Whether a file describes sources that may be installed by a link to them (`pip install -e`, before PEP 660).
fn is_of_sources(file: &[u8]) -> bool {
    let directory = path::parent(file);
    matches!(path::name(file), b"PKG-INFO" | b"requires.txt" | b"SOURCES.txt" | b"top_level.txt")
        && directory.ends_with(b".egg-info")
        && place(file).is_none()
}

/// Where the metadata of a package lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// `NAME-VERSION.dist-info/` (PyPA, "Recording installed projects").
    DistInfo,
    /// `NAME.egg-info/`, beside the modules.
    EggInfo,
    /// `NAME.egg-info`, a file.
    EggFile,
    /// `NAME.egg/EGG-INFO/`, with the modules in `NAME.egg`.
    Egg,
}

/// Where a file of an installed package lies.
fn place(file: &[u8]) -> Option<Place> {
    let directory = path::parent(file);
    let (place, holder) = if directory.ends_with(b".dist-info") {
        (Place::DistInfo, path::parent(directory))
    } else if directory.ends_with(b".egg-info") {
        (Place::EggInfo, path::parent(directory))
    } else if directory.ends_with(b".egg/EGG-INFO") {
        (Place::Egg, path::parent(path::parent(directory)))
    } else {
        (Place::EggFile, directory)
    };
    let is_installed = if place == Place::DistInfo { may_hold_packages } else { is_for_packages };
    is_installed(holder).then_some(place)
}

/// Whether packages can be imported from a directory: not where one carries copies of others, nor a cache.
fn may_hold_packages(directory: &[u8]) -> bool {
    let mut parts = directory.split(|&byte| byte == b'/');
    is_for_packages(directory)
        || !parts.any(|part| {
            matches!(part, b"site-packages" | b"dist-packages" | b"_vendor" | b"_vendored" | b".cache")
        })
}

/// Whether a directory is one of an interpreter for packages. Elsewhere `*.egg-info` is what a build left behind.
fn is_for_packages(directory: &[u8]) -> bool {
    let is_cached = || directory.split(|&byte| byte == b'/').any(|part| part == b".cache");
    matches!(path::name(directory), b"site-packages" | b"dist-packages")
        && (!is_cached() || is_of_environment(directory))
}

/// Whether packages of an environment lie in a directory of a cache (Poetry's do), rather than those that uv builds with.
fn is_of_environment(directory: &[u8]) -> bool {
    !directory.split(|&byte| byte == b'/').any(|part| part.starts_with(b"builds-v"))
}

fn read(file: &SourceFile<'_>, catalog: &mut Catalog) {
    let directory = file.directory();
    match path::name(file.path) {
        b"PKG-INFO" if is_of_sources(file.path) => {
            let known = catalog.packages.len();
            read_metadata(file, directory, catalog);
            let sources = catalog.packages.split_off(known);
            catalog.notes::<SideFiles>().unlinked.extend(sources);
        }
        name if name.ends_with(b".egg-link") => read_link(file, catalog),
        b"METADATA" | b"PKG-INFO" => read_metadata(file, directory, catalog),
        b"RECORD" => read_record(file, path::parent(directory), catalog),
        b"installed-files.txt" => {
            let lines = file.bytes.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii);
            push_list(file, directory, lines, catalog);
        }
        b"INSTALLER" => {
            catalog.notes::<SideFiles>().of(directory).is_by_pip = file.bytes.trim_ascii() == b"pip";
        }
        b"top_level.txt" => {
            let text = file.text();
            let names = text.lines().map(str::trim).filter(|name| !name.is_empty());
            catalog.notes::<SideFiles>().of(directory).top_level = names.map(str::to_owned).collect();
        }
        b"entry_points.txt" => {
            catalog.notes::<SideFiles>().of(directory).entry_points = EntryPoints::read(&file.text());
        }
        b"SOURCES.txt" => {
            let text = file.text();
            let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
            catalog.notes::<SideFiles>().of(directory).sources = lines.map(str::to_owned).collect();
        }
        b"requires.txt" => {
            let (requires, problems) = pep508::requires_txt(&file.text());
            catalog.notes::<SideFiles>().of(directory).requires = requires;
            problems.into_iter().for_each(|problem| catalog.problem(file.entry, problem));
        }
        _ => read_metadata(file, file.path, catalog),
    }
}

/// Reads where the sources lie that are installed by a link: on the first line.
fn read_link(file: &SourceFile<'_>, catalog: &mut Catalog) {
    let line = file.bytes.split(|&byte| byte == b'\n').next().unwrap_or_default();
    if let Some(directory) = resolve(file.directory(), line.trim_ascii()) {
        catalog.notes::<SideFiles>().links.insert(directory, file.path.to_vec());
    }
}

/// Reads core metadata. `key` is the path of what holds it: a directory, or the file itself.
fn read_metadata(file: &SourceFile<'_>, key: &[u8], catalog: &mut Catalog) {
    let text = file.text();
    let mut fields = Fields::default();
    for (number, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        // The description follows (PyPA, "Core metadata specifications").
        if line.is_empty() {
            break;
        }
        if let Err(problem) = fields.read(line) {
            catalog.problem(file.entry, MetadataFault::from(problem).on_line(number + 1));
        }
    }
    let stem = String::from_utf8_lossy(path::name(key));
    let stem = stem.strip_suffix(".dist-info").or_else(|| stem.strip_suffix(".egg-info")).unwrap_or(&stem);
    let (from_name, from_version) = stem.split_once('-').unwrap_or((stem, ""));
    let name = pep508::normalise(fields.name).or_else(|| {
        catalog.problem(file.entry, MetadataProblem::NoName);
        pep508::normalise(from_name)
    });
    let Some(name) = name else { return };
    if fields.version.len() > MAX_WORDS {
        catalog.problem(file.entry, MetadataProblem::VersionTooLong);
        fields.version = "";
    } else if fields.version.is_empty() {
        fields.version = from_version.split('-').next().filter(|it| it.len() <= MAX_WORDS).unwrap_or("");
    }
    catalog.packages.push(PackageFact {
        version: fields.version.to_owned(),
        key: path::escape(key).into_owned(),
        license: fields.license(),
        requires: fields.requires,
        ..PackageFact::new(file.entry, Ecosystem::Python, name)
    });
}

/// The fields of core metadata that count here.
#[derive(Default)]
struct Fields<'a> {
    name: &'a str,
    version: &'a str,
    expression: &'a str,
    license: &'a str,
    /// Whether the licence goes on in further lines: then it is its text.
    is_text: bool,
    classifiers: Vec<&'a str>,
    requires: Vec<Requirement>,
    /// The field that a line of continuation belongs to.
    last: &'a str,
}

impl<'a> Fields<'a> {
    fn read(&mut self, line: &'a str) -> Result<(), MetadataProblem> {
        if line.starts_with([' ', '\t']) {
            self.is_text |= self.last.eq_ignore_ascii_case("License");
            return Ok(());
        }
        let Some((field, value)) = line.split_once(':') else { return Ok(()) };
        let value = value.trim();
        self.last = field;
        match field.to_ascii_lowercase().as_str() {
            "name" => self.name = value,
            "version" => self.version = value,
            "license-expression" => self.expression = value,
            "license" => self.license = value,
            "classifier" => {
                if let Some(license) = value.strip_prefix("License :: ") {
                    self.classifiers.push(license.rsplit(" :: ").next().unwrap_or(license));
                }
            }
            "requires-dist" => {
                let requirement = requirement(value).ok_or(MetadataProblem::InvalidRequirement)?;
                self.requires.push(requirement);
            }
            _ => {}
        }
        Ok(())
    }

    fn license(&self) -> Option<String> {
        let is_name = |text: &&str| {
            !text.is_empty() && text.len() <= MAX_WORDS && !text.eq_ignore_ascii_case("unknown")
        };
        let classified = self.classifiers.join(", ");
        let stated = Some(self.license).filter(|_| !self.is_text);
        let candidates = [Some(self.expression), stated, Some(classified.as_str())];
        candidates.into_iter().flatten().find(is_name).map(str::to_owned)
    }
}

/// Reads `RECORD`: a CSV of path, hash and size, where paths start at the directory above the metadata.
fn read_record(file: &SourceFile<'_>, above: &[u8], catalog: &mut Catalog) {
    let mut paths = Vec::new();
    let mut rest = file.bytes;
    let mut number = 1;
    while !rest.is_empty() {
        let Some((path, after)) = first_field(rest) else {
            catalog.problem(file.entry, MetadataFault::from(MetadataProblem::UnclosedQuote).on_line(number));
            break;
        };
        paths.push(path);
        number += rest[..rest.len() - after.len()].iter().filter(|&&byte| byte == b'\n').count();
        rest = after;
    }
    push_list(file, above, paths.iter().map(Vec::as_slice), catalog);
}

/// The first field of a record of CSV, and what follows the record; `None` if a quote is not closed.
fn first_field(bytes: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut field = Vec::new();
    let (mut is_first, mut is_quoted) = (true, false);
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'"' if is_quoted && bytes.get(at) == Some(&b'"') => at += 1,
            b'"' => {
                is_quoted = !is_quoted;
                continue;
            }
            b'\n' if !is_quoted => return Some((field, &bytes[at..])),
            b'\r' if !is_quoted => continue,
            b',' if !is_quoted => is_first = false,
            _ => {}
        }
        if is_first {
            field.push(byte);
        }
    }
    (!is_quoted).then_some((field, &[]))
}

fn push_list<'a>(
    file: &SourceFile<'_>,
    above: &[u8],
    paths: impl Iterator<Item = &'a [u8]>,
    catalog: &mut Catalog,
) {
    let resolved: Vec<_> =
        paths.filter(|path| !path.is_empty()).filter_map(|path| resolve(above, path)).collect();
    catalog.file_lists.push(FileListFact {
        entry: file.entry,
        ecosystem: Ecosystem::Python,
        package: path::escape(file.directory()).into_owned(),
        files: listed(resolved.iter().map(Vec::as_slice)),
    });
}

/// What files beside the metadata state of a package, by the directory of the metadata.
#[derive(Default)]
struct SideFiles {
    notes: BTreeMap<Vec<u8>, Notes>,
    /// Links to sources, by the directory of these.
    links: BTreeMap<Vec<u8>, Vec<u8>>,
    /// Sources that are packages if there is a link to them.
    unlinked: Vec<PackageFact>,
}

#[derive(Default)]
struct Notes {
    /// Whether pip installed it: of all that write `REQUESTED`, uv writes it for every package.
    is_by_pip: bool,
    /// The modules and packages it brings.
    top_level: Vec<String>,
    entry_points: EntryPoints,
    /// The files of its source distribution.
    sources: Vec<String>,
    requires: Vec<Requirement>,
}

impl SideFiles {
    fn of(&mut self, directory: &[u8]) -> &mut Notes {
        self.notes.entry(directory.to_vec()).or_default()
    }
}

/// Completes the packages of a layer by what lies beside their metadata.
fn complete(catalog: &mut Catalog, entries: &Entries) {
    let mut beside: SideFiles = catalog.take_notes();
    let packages = &mut catalog.packages;
    let links = &beside.links;
    let link = |package: &PackageFact| links.get(path::parent(&path::unescape(&package.key)?));
    packages.extend(beside.unlinked.drain(..).filter(|package| link(package).is_some()));
    let nothing = Notes::default();
    let mut unasked = Vec::new();
    let mut is_asked = false;
    for (index, package) in packages.iter_mut().enumerate() {
        let directory = path::unescape(&package.key).filter(|_| package.ecosystem == Ecosystem::Python);
        let Some(directory) = directory else { continue };
        let notes = beside.notes.get(&directory).unwrap_or(&nothing);
        package.requires.extend(notes.requires.iter().cloned());
        package.programs.clone_from(&notes.entry_points.programs);
        package.plugin_groups.clone_from(&notes.entry_points.groups);
        let has = |name: &str| entries.find(&[&directory, name.as_bytes()].join(&b'/')).is_some();
        if notes.is_by_pip {
            if has("REQUESTED") {
                (package.requested, is_asked) = (Some(true), true);
            } else {
                unasked.push(index);
            }
        }
        if !has("RECORD") && !has("installed-files.txt") {
            let link = links.get(path::parent(&directory));
            package.files = files_of(&package.name, &directory, notes, entries, link);
        }
    }
    // Before version 20.2, pip marked nothing as asked for.
    for index in unasked.into_iter().filter(|_| is_asked) {
        packages[index].requested = Some(false);
    }
}

/// The files of a package that does not list them.
fn files_of(name: &str, metadata: &[u8], notes: &Notes, entries: &Entries, link: Option<&Vec<u8>>) -> Files {
    let holder = path::parent(metadata);
    if holder.ends_with(b".egg") {
        return Files::Below([holder].into_iter().collect());
    }
    let below = |relative: &str| {
        let path = resolve(holder, relative.as_bytes())?;
        path.strip_prefix(holder).is_some_and(|rest| rest.len() > 1).then_some(path)
    };
    let guess = [name.replace('-', "_")];
    let tops = if notes.top_level.is_empty() { &guess[..] } else { &notes.top_level[..] };
    // Several packages share a namespace, which contains no code itself (PEP 420).
    let mut namespaces: BTreeSet<&str> = BTreeSet::new();
    let mut paths = vec![metadata.to_vec()];
    paths.extend(link.cloned());
    for top in tops.iter().filter(|top| !top.starts_with('.')) {
        let init = below(&format!("{top}/__init__.py"));
        if init.is_some_and(|init| entries.find(&init).is_some()) || notes.sources.is_empty() {
            paths.extend(below(top));
        } else {
            namespaces.insert(top);
        }
        paths.extend(below(&format!("{top}.py")));
    }
    for source in notes.sources.iter().map(|source| without_root(source)) {
        let is_shared = source.split_once('/').is_some_and(|(top, _)| namespaces.contains(top));
        let file = below(source).filter(|path| is_shared && entries.find(path).is_some());
        paths.extend(file);
    }
    paths.order_by(|left, right| path::compare(left, right));
    paths.dedup();
    Files::Below(paths.iter().map(Vec::as_slice).collect())
}

/// A path of a source distribution, from where its packages lie.
fn without_root(source: &str) -> &str {
    source.strip_prefix("src/").or_else(|| source.strip_prefix("lib/")).unwrap_or(source)
}

#[cfg(test)]
mod tests {
    use plimsoll_snapshot::Facts;

    use super::*;
    use crate::catalog::testing::catalogue;

    const SITE: &str = "usr/lib/python3.11/site-packages";

    /// Files of `site-packages`, and what is read of them.
    fn read<'a>(files: &[(&'a str, &'a [u8])]) -> (Facts, Vec<String>) {
        let files: Vec<_> = files.iter().map(|(path, bytes)| (format!("{SITE}/{path}"), *bytes)).collect();
        catalogue(files.iter().map(|(path, bytes)| (path.as_str(), *bytes)))
    }

    /// One package, with its files `Below`.
    fn below(package: &PackageFact) -> Vec<String> {
        let Files::Below(paths) = &package.files else { panic!("{:?}", package.files) };
        let paths = paths.iter().map(|path| String::from_utf8_lossy(path).replace(&format!("{SITE}/"), ""));
        paths.collect()
    }

    const METADATA: &[u8] =
        b"Metadata-Version: 2.1\nName: Foo.Bar\nVersion: 1.0\nLicense: The text\n  of it\n\
        Classifier: License :: OSI Approved :: MIT License\nRequires-Dist: Baz (>=1) ; extra == \"all\"\n\
        Requires-Dist: ./nothing\n\nRequires-Dist: description\n";

    #[test]
    fn metadata_and_its_record_are_read() {
        let record = b"foo/__init__.py,sha256=x,1\r\n\"foo/a,\"\"b.txt\",,\n../../../bin/foo,,\n../../../../../x,,\n/etc/foo,,\n";
        let (facts, warnings) = read(&[
            ("Foo_Bar-1.0.dist-info/METADATA", METADATA),
            ("Foo_Bar-1.0.dist-info/RECORD", record),
            ("foo/__init__.py", b""),
            ("foo/a,\"b.txt", b""),
        ]);
        let [package] = &facts.packages[..] else { panic!("{facts:?}") };
        assert_eq!((package.name.as_str(), package.version.as_str()), ("foo-bar", "1.0"));
        assert_eq!(package.license.as_deref(), Some("MIT License"));
        assert_eq!(package.files, Files::Unknown);
        assert_eq!(package.requires.len(), 1);
        assert_eq!(package.requires[0].marker.as_deref(), Some("extra == \"all\""));
        let [list] = &facts.file_lists[..] else { panic!("{facts:?}") };
        assert_eq!(list.package, package.key);
        assert_eq!(list.files.entries().collect::<Vec<_>>(), [2, 3]);
        assert_eq!(list.files.elsewhere.iter().collect::<Vec<_>>(), [&b"etc/foo"[..], b"usr/bin/foo"]);
        assert_eq!(warnings.len(), 1);
        assert!(warnings[0].contains("line 8: invalid requirement"), "{warnings:?}");
    }

    #[test]
    fn pip_marks_what_was_asked_for() {
        let check = |files: &[(&'static str, &'static [u8])], expected: [Option<bool>; 2]| {
            let metadata =
                [("a-1.dist-info/METADATA", &b"Name: a\n"[..]), ("b-1.dist-info/METADATA", b"Name: b\n")];
            // Whatever the order in the tar.
            for all in [[&metadata[..], files].concat(), [files, &metadata[..]].concat()] {
                let requested: Vec<_> = read(&all).0.packages.iter().map(|it| it.requested).collect();
                assert_eq!(requested, expected);
            }
        };
        let pip = [("a-1.dist-info/INSTALLER", &b"pip\n"[..]), ("b-1.dist-info/INSTALLER", b"pip")];
        let mark = [("a-1.dist-info/REQUESTED", &b""[..])];
        check(&[&pip[..], &mark].concat(), [Some(true), Some(false)]);
        check(&pip, [None, None]);
        check(&mark, [None, None]);
    }

    #[test]
    fn without_a_list_the_modules_are_its_files() {
        let (facts, _) = read(&[
            ("a-1.dist-info/METADATA", b"Name: a"),
            ("a-1.dist-info/top_level.txt", b"a\n_a\n..\n.\n"),
            ("b-1.egg-info", b"Name: b-c\nVersion: 1"),
            ("c-1-py3.8.egg/EGG-INFO/PKG-INFO", b"Name: c\nVersion: 1"),
        ]);
        let files: Vec<_> = facts.packages.iter().map(below).collect();
        assert_eq!(files[0], ["_a", "_a.py", "a", "a-1.dist-info", "a.py"]);
        assert_eq!(files[1], ["b-1.egg-info", "b_c", "b_c.py"]);
        assert_eq!(files[2], ["c-1-py3.8.egg"]);
    }

    #[test]
    fn an_egg_says_the_rest_in_files_of_its_own() {
        let (facts, warnings) = read(&[
            ("g.egg-info/PKG-INFO", b"Name: g-storage\nVersion: 2\nLicense: UNKNOWN\n"),
            ("g.egg-info/SOURCES.txt", b"setup.py\nsrc/google/storage/a.py\nsrc/google/gone.py\ng/x.py\n"),
            ("g.egg-info/requires.txt", b"six\n[x]\ny\n"),
            ("g.egg-info/top_level.txt", b"g\ngoogle\n"),
            ("g/__init__.py", b""),
            ("google/storage/a.py", b""),
        ]);
        let package = &facts.packages[0];
        assert_eq!(below(package), ["g", "g.egg-info", "g.py", "google/storage/a.py", "google.py"]);
        assert_eq!((package.requires.len(), package.license.as_deref()), (2, None));
        assert_eq!(warnings, [""; 0]);
        let (facts, _) = read(&[
            ("h.egg-info/PKG-INFO", b"Name: h"),
            ("h.egg-info/installed-files.txt", b"../h.py\nPKG-INFO\n../../../../bin/h\n"),
            ("h.py", b""),
        ]);
        assert_eq!(facts.packages[0].files, Files::Unknown);
        assert_eq!(facts.file_lists[0].files.entries().collect::<Vec<_>>(), [0, 2]);
        assert_eq!(facts.file_lists[0].files.elsewhere.iter().collect::<Vec<_>>(), [b"usr/bin/h"]);
    }

    #[test]
    fn sources_with_a_link_to_them_are_installed() {
        let files = |link: &'static [u8]| {
            [
                ("src/old/old.egg-info/PKG-INFO", &b"Name: olddev\nVersion: 0.9\n"[..]),
                ("src/old/old.egg-info/SOURCES.txt", b"setup.py\nolddev.py\n"),
                ("src/old/olddev.py", b"x"),
                ("usr/lib/python3/site-packages/olddev.egg-link", link),
            ]
        };
        let (facts, warnings) = catalogue(files(b"/src/old\n."));
        let [package] = &facts.packages[..] else { panic!("{facts:?}") };
        assert_eq!((&*package.name, &*package.version, warnings), ("olddev", "0.9", vec![]));
        let expected =
            ["src/old/old.egg-info", "src/old/olddev.py", "usr/lib/python3/site-packages/olddev.egg-link"];
        assert_eq!(below(package), expected);
        assert!(catalogue(files(b"/src/other\n.")).0.packages.is_empty());
    }

    #[test]
    fn only_what_can_be_imported_is_installed() {
        let check = |path: &str, expected| assert_eq!(place(path.as_bytes()), expected, "{path}");
        check("venv/lib/python3.9/site-packages/a.dist-info/METADATA", Some(Place::DistInfo));
        check("usr/lib/python3/dist-packages/a.egg-info/PKG-INFO", Some(Place::EggInfo));
        check("var/task/a.dist-info/METADATA", Some(Place::DistInfo));
        check("x/site-packages/setuptools/_vendor/a.dist-info/METADATA", None);
        check("app/_vendor/a.dist-info/METADATA", None);
        check("root/.cache/uv/archive-v0/x/a.dist-info/METADATA", None);
        check("app/src/a.egg-info/PKG-INFO", None);
    }

    #[test]
    fn damage_is_named_and_the_rest_counts() {
        let (facts, warnings) = read(&[
            ("a-1.5.dist-info/METADATA", b""),
            ("a-1.5.dist-info/RECORD", b"a.py,,\nb.py,\"x\n"),
            ("b-1.dist-info/METADATA", b"Name: \xff\nVersion: \xfe"),
            ("-.dist-info/METADATA", b"Name: \n"),
            ("d.dist-info/RECORD", b"\n,,,\n\r\n"),
        ]);
        let names: Vec<_> = facts.packages.iter().map(|it| (it.name.as_str(), it.version.as_str())).collect();
        assert_eq!(names, [("a", "1.5"), ("b", "\u{fffd}")]);
        assert_eq!(facts.file_lists.len(), 2);
        assert!(warnings[0].contains("no package name"), "{warnings:?}");
        assert!(
            warnings[1].contains("RECORD") && warnings[1].contains("line 2: unclosed quote"),
            "{warnings:?}"
        );
        assert_eq!(warnings.len(), 4);
    }

    #[test]
    fn long_input_takes_no_time() {
        let long = "a".repeat(1 << 20);
        let metadata = format!("Name: {long}\nVersion: {long}\nLicense: {long}\nRequires-Dist: {long}\n");
        let names: String = (0..20_000).map(|number| format!("m{number}\n")).collect();
        let sources: String = (0..20_000).map(|number| format!("m{number}/x.py\n")).collect();
        let (facts, _) = read(&[
            ("x-1.egg-info/PKG-INFO", metadata.as_bytes()),
            ("x-1.egg-info/top_level.txt", names.as_bytes()),
            ("x-1.egg-info/SOURCES.txt", sources.as_bytes()),
            ("y-1.dist-info/RECORD", "\"".repeat(1 << 20).as_bytes()),
        ]);
        assert_eq!(facts.packages[0].name, "x");
        assert_eq!(facts.packages[0].version, "");
    }
}
