//! Packages that Yarn keeps as archives and, with Plug'n'Play, runs from there: `.yarn/cache/NAME-npm-VERSION-HASH.zip`.
//!
//! Whether an application runs from them, or they are what is left of an installation, is for the whole image to tell.

use std::io::Read as _;

use flate2::read::DeflateDecoder;
use plimsoll_snapshot::{FaultPlace, Files, MetadataFault, MetadataProblem, PackageFact};
use rawzip::{CompressionMethod, ZipArchive};
use serde_json::{Map, Value};

use super::npm;
use crate::catalog::cataloger::{Candidate, Cataloger, Read, SourceFile, nothing};
use crate::catalog::facts::Catalog;

pub(crate) const CATALOGER: Cataloger =
    Cataloger { id: "yarn", wants, read: Read::Whole(read), complete: nothing };

/// The largest `package.json` that is believed.
const MAX_MANIFEST: u64 = 1 << 20;
/// The files that are looked through for it: it is one of the first.
const MAX_MEMBERS: usize = 100_000;

fn wants(candidate: &Candidate<'_>) -> bool {
    let directory = candidate.path.strip_suffix(candidate.name).unwrap_or_default();
    candidate.name.ends_with(b".zip")
        && (directory.ends_with(b".yarn/cache/") || directory.ends_with(b"yarn/berry/cache/"))
}

fn read(file: &SourceFile<'_>, catalog: &mut Catalog) {
    let found = manifest(file.bytes);
    let (name, manifest) = found.unwrap_or_else(|fault| {
        catalog.problem(file.entry, fault);
        Default::default()
    });
    let file_name = String::from_utf8_lossy(plimsoll_snapshot::path::name(file.path)).into_owned();
    let (stem, version) = of_file_name(&file_name);
    let name = if name.is_empty() { stem } else { name };
    let Some(fact) = npm::package(file.entry, Some(&name), &manifest) else { return };
    let version = if fact.version.is_empty() { version } else { fact.version };
    catalog.packages.push(PackageFact { version, files: Files::Itself, ..fact });
}

/// The name of the package in an archive by the directory it lies in, and its `package.json`.
fn manifest(bytes: &[u8]) -> Result<(String, Map<String, Value>), MetadataFault> {
    let invalid = |error: rawzip::Error| MetadataFault::from(MetadataProblem::InvalidZip).because(error);
    let archive = ZipArchive::from_slice(bytes).map_err(invalid)?;
    let mut entries = archive.entries();
    for _ in 0..MAX_MEMBERS {
        let Ok(Some(entry)) = entries.next_entry() else { break };
        let path = entry.file_path();
        let path: &[u8] = path.as_ref();
        let name = path.strip_prefix(b"node_modules/").and_then(|path| path.strip_suffix(b"/package.json"));
        let Some(name) = name.and_then(|name| str::from_utf8(name).ok()) else { continue };
        let path = format!("node_modules/{name}/package.json");
        let place = FaultPlace::Named;
        if name.split('/').count() > 1 + usize::from(name.starts_with('@')) {
            continue;
        }
        let member = archive.get_entry(entry.wayfinder()).map_err(invalid)?;
        let mut content = Vec::new();
        let result = match entry.compression_method() {
            CompressionMethod::STORE => member.data().take(MAX_MANIFEST).read_to_end(&mut content),
            CompressionMethod::DEFLATE => {
                DeflateDecoder::new(member.data()).take(MAX_MANIFEST).read_to_end(&mut content)
            }
            _ => return Err(MetadataFault::from(MetadataProblem::UnknownCompression).at(place(path))),
        };
        result.map_err(|error| {
            MetadataFault::from(MetadataProblem::InvalidCompression).at(place(path.clone())).because(error)
        })?;
        let manifest = npm::parse(&content).map_err(|fault| fault.at(place(path)))?;
        return Ok((name.to_owned(), manifest));
    }
    Err(MetadataProblem::NoName.into())
}

/// The name and the version in `@scope-name-npm-1.0.0-HASH-HASH.zip` (Yarn, `structUtils.slugifyLocator`).
fn of_file_name(file: &str) -> (String, String) {
    let Some((name, rest)) = file.split_once("-npm-") else { return (String::new(), String::new()) };
    let version = rest.trim_end_matches(".zip").rsplitn(3, '-').last().unwrap_or_default();
    let name = if name.starts_with('@') { name.replacen('-', "/", 1) } else { name.to_owned() };
    (name, version.to_owned())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use rawzip::ZipArchiveWriter;

    use super::*;
    use crate::catalog::testing::catalogue;

    fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
        let mut archive = ZipArchiveWriter::new(Vec::new());
        for (path, content) in members {
            let (mut entry, config) =
                archive.new_file(path).compression_method(CompressionMethod::STORE).start().unwrap();
            let mut writer = config.wrap(&mut entry);
            writer.write_all(content).unwrap();
            let descriptor = writer.finish().unwrap().1;
            entry.finish(descriptor).unwrap();
        }
        archive.finish().unwrap()
    }

    #[test]
    fn archives_are_packages() {
        let manifest = br#"{"name": "@s/a-b", "version": "2.0.0", "dependencies": {"c": "1"}}"#;
        let archive = zip(&[
            ("node_modules/@s/a-b/test/package.json", b"{}"),
            ("node_modules/@s/a-b/package.json", manifest),
        ]);
        let (facts, warnings) = catalogue([
            ("app/.yarn/cache/@s-a-b-npm-2.0.0-0a1b-2c3d.zip", &archive[..]),
            ("app/.yarn/cache/left-pad-npm-1.3.0-0a1b-2c3d.zip", b"damaged"),
            ("app/data/x-npm-1.0.0-0a1b-2c3d.zip", &archive),
        ]);
        let found: Vec<_> = facts.packages.iter().map(|it| (&*it.name, &*it.version, &it.files)).collect();
        assert_eq!(found, [("@s/a-b", "2.0.0", &Files::Itself), ("left-pad", "1.3.0", &Files::Itself)]);
        assert_eq!(facts.packages[0].requires[0].any_of, ["c"]);
        assert_eq!(warnings.len(), 1, "{warnings:?}");
    }
}
