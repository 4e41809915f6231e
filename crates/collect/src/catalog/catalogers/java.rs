//! Java archives: what Maven noted in them, their manifest, and the archives inside them.
//!
//! An archive inside another one (Spring Boot, WAR, EAR) is a package without files: its bytes are those of the outer one.

use std::collections::BTreeSet;
use std::io::{self, Read as _};

use flate2::read::DeflateDecoder;
use plimsoll_snapshot::{Ecosystem, Files, MetadataFault, MetadataProblem, PackageFact, Requirement};
use rawzip::{CompressionMethod, ReaderAt, ZipArchive, ZipArchiveEntryWayfinder, ZipLocator};

use crate::catalog::cataloger::{Candidate, Cataloger, Read, Scan, nothing};
use crate::catalog::facts::Catalog;

pub(crate) const CATALOGER: Cataloger = Cataloger {
    id: "java",
    wants: |file| is_archive(file.name),
    read: Read::Pieces(|file| Box::new(Passing::new(file))),
    complete: nothing,
};

fn is_archive(name: &[u8]) -> bool {
    name.len() > 4 && [&b".jar"[..], b".war", b".ear"].contains(&&name[name.len() - 4..])
}

/// The end of an archive that is kept: the table of contents lies there. Most archives are smaller.
const KEPT: usize = 16 << 20;
/// One text in an archive: a manifest, or the properties of Maven.
const TEXT: u64 = 1 << 20;
/// An archive in an archive.
const NESTED: u64 = 16 << 20;
/// All that is unpacked of one archive.
const UNPACKED: u64 = 64 << 20;
/// An archive in a WAR in an EAR.
const DEPTH: u32 = 3;
/// Packages in one archive.
const PACKAGES: usize = 10_000;
/// No name, version or licence is longer.
const LENGTH: usize = 200;

/// An archive that passes by. Of a large one only the end is kept.
struct Passing {
    name: String,
    length: u64,
    tail: Vec<u8>,
}

impl Passing {
    fn new(file: &Candidate<'_>) -> Self {
        Self { name: String::from_utf8_lossy(file.name).into_owned(), length: 0, tail: Vec::new() }
    }
}

impl Scan for Passing {
    fn feed(&mut self, bytes: &[u8]) {
        self.length += bytes.len() as u64;
        self.tail.extend_from_slice(bytes);
        if self.tail.len() >= 2 * KEPT {
            self.tail.drain(..self.tail.len() - KEPT);
        }
    }

    fn finish(self: Box<Self>, entry: u32, catalog: &mut Catalog) {
        let start = self.length - self.tail.len() as u64;
        let mut inside = Inside { left: UNPACKED, ..Inside::default() };
        let own = match inside.read(Tail { start, bytes: &self.tail }, &self.name, 1) {
            Ok(own) => own,
            Err(fault) => return catalog.problem(entry, fault),
        };
        if inside.is_cut {
            catalog.problem(entry, MetadataProblem::RestTooLarge);
        }
        inside.found.remove(&own);
        let requires = inside
            .found
            .iter()
            .map(|inner| Requirement { any_of: vec![inner.name.clone()], ..Requirement::default() });
        let outer = PackageFact { requires: requires.collect(), files: Files::Itself, ..own.fact(entry) };
        catalog.packages.push(outer);
        catalog.packages.extend(inside.found.iter().map(|inner| inner.fact(entry)));
    }
}

/// What tells a package from others.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Coordinates {
    /// `group:artifact`, or the artifact alone if nothing tells its group.
    name: String,
    version: String,
    license: Option<String>,
}

impl Coordinates {
    fn fact(&self, entry: u32) -> PackageFact {
        PackageFact {
            version: self.version.clone(),
            license: self.license.clone(),
            ..PackageFact::new(entry, Ecosystem::Java, self.name.clone())
        }
    }
}

/// What is found inside one archive.
#[derive(Default)]
struct Inside {
    found: BTreeSet<Coordinates>,
    /// How many bytes may still be unpacked.
    left: u64,
    /// Whether something was left out.
    is_cut: bool,
}

impl Inside {
    /// Reads an archive: gives what it is itself, and finds what else is in it.
    fn read(&mut self, archive: Tail<'_>, file_name: &str, depth: u32) -> Result<Coordinates, MetadataFault> {
        let mut buffer = vec![0; rawzip::RECOMMENDED_BUFFER_SIZE];
        let end = archive.start + archive.bytes.len() as u64;
        let archive = ZipLocator::new()
            .locate_in_reader(archive, &mut buffer, end)
            .map_err(|(_, error)| MetadataFault::from(MetadataProblem::InvalidZip).because(error))?;
        // Of one that is cut off, this is an archive inside it.
        if archive.end_offset() != end {
            return Err(MetadataProblem::NoZipEnd.into());
        }
        let mut manifest = Manifest::default();
        let mut projects = BTreeSet::new();
        let mut entries = archive.entries(&mut buffer);
        // A damaged table of contents has a sound beginning.
        while let Ok(Some(entry)) = entries.next_entry() {
            let path = String::from_utf8_lossy(entry.file_path().as_ref()).into_owned();
            let member =
                Member { archive: &archive, at: entry.wayfinder(), method: entry.compression_method() };
            if self.found.len() + projects.len() >= PACKAGES {
                self.is_cut = true;
                break;
            }
            if path == "META-INF/MANIFEST.MF" {
                manifest = self.unpack(&member, TEXT).map(|text| Manifest::parse(&text)).unwrap_or_default();
            } else if let Some((group, artifact)) = project_of(&path) {
                let version = self.unpack(&member, TEXT).and_then(|text| version_of(&text));
                projects.insert((group.to_owned(), artifact.to_owned(), version));
            } else if is_archive(path.as_bytes()) && !path.starts_with("META-INF/") {
                let name = path.rsplit('/').next().unwrap_or(&path);
                let inner = self.nested(&member, name, depth);
                self.found.insert(inner);
            }
        }
        let (stem, file_version) = split(file_name);
        let own = own_project(&projects, stem).cloned();
        for project in projects.iter().filter(|project| Some(*project) != own.as_ref()) {
            let (group, artifact, version) = project.clone();
            let version = version.unwrap_or_default();
            self.found.insert(Coordinates { name: format!("{group}:{artifact}"), version, license: None });
        }
        Ok(match own {
            Some((group, artifact, version)) => Coordinates {
                name: format!("{group}:{artifact}"),
                version: version.or(manifest.version).unwrap_or_else(|| file_version.to_owned()),
                license: manifest.license,
            },
            None => Coordinates {
                name: match manifest.group {
                    Some(group) => format!("{group}:{stem}"),
                    None => stem.to_owned(),
                },
                version: if file_version.is_empty() {
                    manifest.version.unwrap_or_default()
                } else {
                    file_version.to_owned()
                },
                license: manifest.license,
            },
        })
    }

    /// What an archive in an archive is: by its content if that can be had, or by its name.
    fn nested(&mut self, member: &Member<'_>, name: &str, depth: u32) -> Coordinates {
        self.is_cut |= depth >= DEPTH;
        let content = if depth < DEPTH { self.unpack(member, NESTED) } else { None };
        let inner =
            content.and_then(|bytes| self.read(Tail { start: 0, bytes: &bytes }, name, depth + 1).ok());
        inner.unwrap_or_else(|| {
            let (stem, version) = split(name);
            Coordinates { name: stem.to_owned(), version: version.to_owned(), license: None }
        })
    }

    /// The content of a member; `None` if it is not to be had, or larger than that.
    fn unpack(&mut self, member: &Member<'_>, limit: u64) -> Option<Vec<u8>> {
        let Ok(packed) = member.archive.get_entry(member.at) else {
            // Of a large archive the beginning is gone.
            self.is_cut = true;
            return None;
        };
        let packed = packed.reader();
        let limit = limit.min(self.left);
        let mut content = Vec::new();
        let result = match member.method {
            CompressionMethod::STORE => packed.take(limit + 1).read_to_end(&mut content),
            CompressionMethod::DEFLATE => {
                DeflateDecoder::new(packed).take(limit + 1).read_to_end(&mut content)
            }
            _ => return None,
        };
        let length = content.len() as u64;
        self.left = self.left.saturating_sub(length);
        if length > limit {
            self.is_cut = true;
            return None;
        }
        result.ok().map(|_| content)
    }
}

/// A member of an archive.
struct Member<'a> {
    archive: &'a ZipArchive<Tail<'a>>,
    at: ZipArchiveEntryWayfinder,
    method: CompressionMethod,
}

/// The end of a file, or all of it.
struct Tail<'a> {
    start: u64,
    bytes: &'a [u8],
}

impl ReaderAt for Tail<'_> {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let offset = offset.checked_sub(self.start).and_then(|offset| usize::try_from(offset).ok());
        let Some(offset) = offset else {
            return Err(io::Error::other("it lies before the end that was kept"));
        };
        let mut rest = self.bytes.get(offset..).unwrap_or_default();
        rest.read(buffer)
    }
}

type Project = (String, String, Option<String>);

/// The group and the artifact of the project whose properties these are.
fn project_of(path: &str) -> Option<(&str, &str)> {
    let project = path.strip_prefix("META-INF/maven/")?.strip_suffix("/pom.properties")?;
    project.split_once('/').filter(|(group, artifact)| is_sound(group) && is_sound(artifact))
}

/// Which of the projects in an archive is its own: an archive may have others unpacked into it.
fn own_project<'a>(projects: &'a BTreeSet<Project>, stem: &str) -> Option<&'a Project> {
    let named = projects.iter().find(|(_, artifact, _)| artifact == stem);
    named.or_else(|| projects.iter().next().filter(|_| projects.len() == 1))
}

/// The version that the properties of Maven give.
fn version_of(properties: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(properties);
    let version = text.lines().find_map(|line| line.trim_ascii().strip_prefix("version"))?;
    let version = version.trim_ascii_start().strip_prefix(['=', ':'])?.trim_ascii();
    is_sound(version).then(|| version.to_owned())
}

/// What a manifest says (JAR File Specification, "JAR Manifest").
#[derive(Default)]
struct Manifest {
    group: Option<String>,
    version: Option<String>,
    license: Option<String>,
}

impl Manifest {
    fn parse(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let mut manifest = Self::default();
        let mut lines = text.lines().peekable();
        // Only the first section is of the archive itself.
        while let Some(line) = lines.next().filter(|line| !line.is_empty()) {
            let Some((name, value)) = line.split_once(':') else { continue };
            let mut value = value.strip_prefix(' ').unwrap_or(value).to_owned();
            while let Some(rest) = lines.next_if(|line| line.starts_with(' ')) {
                value.push_str(&rest[1..]);
            }
            let value = value.trim_ascii();
            match name {
                "Implementation-Vendor-Id" if is_sound(value) => manifest.group = Some(value.to_owned()),
                "Implementation-Version" if is_sound(value) => manifest.version = Some(value.to_owned()),
                "Bundle-Version" if is_sound(value) => {
                    manifest.version.get_or_insert_with(|| value.to_owned());
                }
                "Bundle-License" if value.len() <= LENGTH && !value.is_empty() => {
                    manifest.license = Some(value.to_owned());
                }
                _ => {}
            }
        }
        manifest
    }
}

/// Whether a text can be a name or a version.
fn is_sound(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"._-+".contains(&byte);
    !text.is_empty() && text.len() <= LENGTH && text.bytes().all(is_part)
}

/// The name and the version of `NAME-VERSION.jar`.
fn split(file_name: &str) -> (&str, &str) {
    let stem = file_name.rsplit_once('.').map_or(file_name, |(stem, _)| stem);
    let mut dashes = stem.rmatch_indices('-').map(|(dash, _)| dash);
    let is_version = |dash: &usize| stem[dash + 1..].starts_with(|first: char| first.is_ascii_digit());
    match dashes.find(is_version) {
        Some(dash) if dash > 0 => (&stem[..dash], &stem[dash + 1..]),
        _ => (stem, ""),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use crate::catalog::testing::catalogue;
    use rawzip::ZipArchiveWriter;

    use super::*;

    /// An archive of these members, packed or, if they are archives, stored.
    fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
        let mut archive = ZipArchiveWriter::new(Vec::new());
        for (path, content) in members {
            let is_stored = is_archive(path.as_bytes());
            let method = if is_stored { CompressionMethod::STORE } else { CompressionMethod::DEFLATE };
            let (mut entry, config) = archive.new_file(path).compression_method(method).start().unwrap();
            let descriptor = if is_stored {
                let mut writer = config.wrap(&mut entry);
                writer.write_all(content).unwrap();
                writer.finish().unwrap().1
            } else {
                let encoder = flate2::write::DeflateEncoder::new(&mut entry, flate2::Compression::default());
                let mut writer = config.wrap(encoder);
                writer.write_all(content).unwrap();
                let (encoder, descriptor) = writer.finish().unwrap();
                encoder.finish().unwrap();
                descriptor
            };
            entry.finish(descriptor).unwrap();
        }
        archive.finish().unwrap()
    }

    const LANG: &[(&str, &[u8])] = &[
        (
            "META-INF/MANIFEST.MF",
            b"Manifest-Version: 1.0\r\nBundle-License: https://www.apache.org/licenses/LIC\r\n ENSE-2.0.txt\r\n\
              Implementation-Version: 3.12.0\r\n\r\nName: a\r\nImplementation-Version: 9\r\n",
        ),
        ("META-INF/maven/org.apache.commons/commons-lang3/pom.xml", b"<project/>"),
        (
            "META-INF/maven/org.apache.commons/commons-lang3/pom.properties",
            b"#Generated\nversion=3.12.0\ngroupId=org.apache.commons\nartifactId=commons-lang3\n",
        ),
        ("org/apache/A.class", b"\xca\xfe\xba\xbe"),
    ];

    fn check(path: &str, content: &[u8]) -> Vec<String> {
        let (facts, warnings) = catalogue([(path, content)]);
        assert_eq!(warnings, Vec::<String>::new());
        let owner = |package: &PackageFact| if package.files == Files::Itself { "*" } else { "" };
        let line = |package: &PackageFact| format!("{}{} {}", owner(package), package.name, package.version);
        facts.packages.iter().map(line).collect()
    }

    #[test]
    fn maven_says_what_an_archive_is() {
        assert_eq!(check("lib/lang.jar", &zip(LANG)), ["*org.apache.commons:commons-lang3 3.12.0"]);
        let (facts, _) = catalogue([("lang.jar", &zip(LANG)[..])]);
        assert_eq!(
            facts.packages[0].license.as_deref(),
            Some("https://www.apache.org/licenses/LICENSE-2.0.txt")
        );
    }

    #[test]
    fn without_maven_the_name_and_the_manifest_tell() {
        let manifest = |text: &'static str| zip(&[("META-INF/MANIFEST.MF", text.as_bytes())]);
        let full = "Implementation-Vendor-Id: org.x\nImplementation-Version: 2\nBundle-Version: 3\n";
        assert_eq!(check("a/x.jar", &manifest(full)), ["*org.x:x 2"]);
        assert_eq!(check("a/x-1.2-api-2.17.1.war", &manifest("Bundle-Version: 3\n")), ["*x-1.2-api 2.17.1"]);
        assert_eq!(check("a/guava-31.1-jre.jar", &manifest("")), ["*guava 31.1-jre"]);
        assert_eq!(check("a/-1.jar", &manifest("Implementation-Version: a b\n")), ["*-1 "]);
    }

    #[test]
    fn archives_in_archives_are_packages_without_files() {
        let lang = zip(LANG);
        let war = zip(&[("WEB-INF/lib/lang.jar", &lang), ("WEB-INF/lib/other-1.0.jar", b"broken")]);
        let ear = zip(&[("web.war", &war), ("lib/lang-copy.jar", &lang)]);
        assert_eq!(
            check("opt/app.ear", &ear),
            ["*app ", "org.apache.commons:commons-lang3 3.12.0", "other 1.0", "web "]
        );
        let (facts, _) = catalogue([("app.ear", &ear[..])]);
        assert_eq!(facts.packages[0].requires.len(), 3);
    }

    #[test]
    fn what_is_unpacked_into_an_archive_is_found() {
        let shaded = [LANG, &[("META-INF/maven/org.x/app/pom.properties", b"version = 5\n")]].concat();
        assert_eq!(
            check("app-5.jar", &zip(&shaded)),
            ["*org.x:app 5", "org.apache.commons:commons-lang3 3.12.0"]
        );
    }

    #[test]
    fn of_a_large_archive_the_end_is_read() {
        let large: Vec<u8> = std::iter::repeat_n(0, 2 * KEPT + 5000).collect();
        let lang = zip(LANG);
        let boot = zip(&[
            ("BOOT-INF/lib/first-1.jar", &lang),
            ("BOOT-INF/lib/large-2.jar", &large),
            ("BOOT-INF/lib/last.jar", &lang),
        ]);
        let (facts, warnings) = catalogue([("boot.jar", &boot[..])]);
        let names: Vec<_> = facts.packages.iter().map(|package| &*package.name).collect();
        assert_eq!(names, ["boot", "first", "large", "org.apache.commons:commons-lang3"]);
        assert_eq!(warnings.len(), 1);
    }

    #[test]
    fn bombs_are_not_unpacked() {
        let zeros = vec![b'\n'; 40 << 20];
        let bomb = zip(&[("META-INF/MANIFEST.MF", &zeros), ("META-INF/maven/a/b/pom.properties", &zeros)]);
        let (facts, warnings) = catalogue([("bomb-1.jar", &bomb[..])]);
        assert_eq!((&*facts.packages[0].name, &*facts.packages[0].version), ("a:b", "1"));
        assert!(warnings[0].contains("the rest is skipped"), "{warnings:?}");
        // An archive in an archive, and so on.
        let mut nested = zip(LANG);
        for _ in 0..20 {
            nested = zip(&[("inner-1.jar", &nested)]);
        }
        let (facts, warnings) = catalogue([("nested.jar", &nested[..])]);
        assert_eq!((facts.packages.len(), warnings.len()), (2, 1));
    }

    #[test]
    fn no_damage_is_too_much() {
        let whole = zip(&[("a.jar", &zip(LANG)), LANG[0], LANG[2]]);
        for length in (0..whole.len()).step_by(7) {
            let (facts, warnings) = catalogue([("x.jar", &whole[..length])]);
            assert_eq!((facts.packages.len(), warnings.len()), (0, 1));
        }
        let mut random = 1_u64;
        for _ in 0..2000 {
            let mut wrong = whole.clone();
            for _ in 0..5 {
                random =
                    random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let place = usize::try_from(random >> 33).unwrap() % wrong.len();
                wrong[place] = if random & 256 == 0 { 255 } else { random.to_le_bytes()[2] };
            }
            let (facts, warnings) = catalogue([("x.jar", &wrong[..])]);
            assert!(facts.packages.len() < 10 && warnings.len() < 3);
        }
    }
}
