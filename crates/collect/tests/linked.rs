//! Metadata that is a link: catalogers read it under the name that the link gives it.
#![expect(clippy::unwrap_used, reason = "a test fails if it cannot")]

use plimsoll_collect::read_layer;
use plimsoll_snapshot::{Contents, Files, ReadLimits};
use tar::EntryType;

const METADATA: &str = "Metadata-Version: 2.1\nName: Big.Thing\nVersion: 1.5\nRequires-Dist: numpy\n";
const RECORD: &str = "big/core.so,sha256=x,4\nbig_thing-1.5.dist-info/METADATA,,\n";
const SITE: &str = "usr/lib/python3.12/site-packages";

/// The content of a file, or else the kind and the target of a link.
type Entry<'e> = Result<&'e str, (EntryType, &'e str)>;

/// A layer of files and links, in this order.
fn read(entries: &[(&str, Entry<'_>)]) -> Contents {
    let mut tar = tar::Builder::new(Vec::new());
    for (path, entry) in entries {
        let mut header = tar::Header::new_gnu();
        header.set_mode(0o644);
        match entry {
            Ok(content) => {
                header.set_size(content.len() as u64);
                tar.append_data(&mut header, path, content.as_bytes()).unwrap();
            }
            Err((kind, target)) => {
                header.set_entry_type(*kind);
                header.set_size(0);
                tar.append_link(&mut header, path, target).unwrap();
            }
        }
    }
    read_layer("layer", &tar.into_inner().unwrap()[..], &ReadLimits::default()).unwrap().contents
}

/// The packages of a layer, and the path of what describes each.
fn packages(contents: &Contents) -> Vec<String> {
    let facts = contents.facts.as_ref().unwrap();
    let place = |entry: u32| String::from_utf8_lossy(contents.entries.path(entry as usize)).into_owned();
    let package = |fact: &plimsoll_snapshot::PackageFact| {
        format!("{} {} in {}", fact.name, fact.version, place(fact.entry))
    };
    facts.packages.iter().map(package).collect()
}

fn hard(target: &str) -> Entry<'_> {
    Err((EntryType::Link, target))
}

fn soft(target: &str) -> Entry<'_> {
    Err((EntryType::Symlink, target))
}

#[test]
fn metadata_is_read_before_and_behind_its_links() {
    let metadata = format!("{SITE}/big_thing-1.5.dist-info/METADATA");
    let store = "root/.cache/uv/archive-v0/x/big_thing-1.5.dist-info/METADATA";
    let expected = [format!("big-thing 1.5 in {metadata}")];
    let relative = format!("../../../../../{store}");
    for entries in [
        [(store, Ok(METADATA)), (metadata.as_str(), hard(store))],
        [(metadata.as_str(), hard(store)), (store, Ok(METADATA))],
        [(store, Ok(METADATA)), (metadata.as_str(), soft(&relative))],
        [
            (metadata.as_str(), soft("/root/.cache/uv/archive-v0/x/big_thing-1.5.dist-info/METADATA")),
            (store, Ok(METADATA)),
        ],
    ] {
        let contents = read(&entries);
        assert_eq!(packages(&contents), expected, "{entries:?}");
        assert_eq!(contents.facts.unwrap().packages[0].requires.len(), 1);
    }
}

#[test]
fn links_to_links_and_names_that_tell_nothing_are_understood() {
    let package = "app/node_modules/.pnpm/ms@2.1.3/node_modules/ms/package.json";
    let other = "srv/node_modules/ms/package.json";
    let contents = read(&[
        (".pnpm-store/v3/files/cd/04", Ok("{\"name\": \"ms\", \"version\": \"2.1.3\"}")),
        (package, hard(".pnpm-store/v3/files/cd/04")),
        (other, hard(package)),
    ]);
    assert_eq!(packages(&contents), [format!("ms 2.1.3 in {package}"), format!("ms 2.1.3 in {other}")]);
    let objects = "sysroot/ostree/repo/objects/";
    let (status, list) = (format!("{objects}aa/01.file"), format!("{objects}ab/02.file"));
    let contents = read(&[
        (&status, Ok("Package: a\nStatus: install ok installed\nVersion: 1\n")),
        (&list, Ok("/.\n/usr\n/usr/bin\n/usr/bin/a\n")),
        ("usr/bin/a", Ok("x")),
        ("var/lib/dpkg/info/a.list", hard(&list)),
        ("var/lib/dpkg/status", hard(&status)),
    ]);
    assert_eq!(packages(&contents), ["a 1 in var/lib/dpkg/status"]);
    assert_eq!(contents.facts.unwrap().file_lists[0].files.entries().count(), 1);
}

#[test]
fn lists_name_links_as_they_name_files() {
    let record = format!("{SITE}/big_thing-1.5.dist-info/RECORD");
    let core = format!("{SITE}/big/core.so");
    let contents = read(&[
        ("cache/RECORD", Ok(RECORD)),
        ("cache/core.so", Ok("core")),
        (&core, hard("cache/core.so")),
        (&record, hard("cache/RECORD")),
    ]);
    let facts = contents.facts.unwrap();
    let listed: Vec<_> =
        facts.file_lists[0].files.entries().map(|entry| contents.entries.path(entry as usize)).collect();
    assert_eq!(listed, [core.as_bytes()]);
}

#[test]
fn a_link_to_a_lower_layer_is_known_by_its_place() {
    let metadata = format!("{SITE}/big_thing-1.5.dist-info/METADATA");
    let contents = read(&[
        (&metadata, hard("root/.cache/uv/archive-v0/x/METADATA")),
        ("app/node_modules/@s/a/package.json", hard("store/ab/01")),
        // A symbolic link may lead anywhere, and what it leads to is read where it lies.
        ("srv/node_modules/b/package.json", soft("/store/ab/02")),
    ]);
    assert_eq!(
        packages(&contents),
        ["@s/a  in app/node_modules/@s/a/package.json".to_owned(), format!("big-thing 1.5 in {metadata}")]
    );
    let npm = &contents.facts.as_ref().unwrap().packages[0];
    assert!(matches!(npm.files, Files::Below(_)));
    let warnings: Vec<_> = contents.warnings.iter().map(ToString::to_string).collect();
    assert!(
        warnings.iter().all(|text| text.contains("package.json") || text.contains("METADATA")),
        "{warnings:?}"
    );
    assert!(warnings[0].contains("the link points outside this layer"), "{warnings:?}");
}
