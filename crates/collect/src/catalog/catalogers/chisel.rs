//! Packages of Ubuntu that Chisel cut into slices: the manifest it leaves in the image.
//!
//! The format: canonical/chisel, `manifest.wall`: a line of JSON each, compressed by zstd (jsonwall). A path belongs to
//! slices, `openssl_bins`, and a slice to the package whose name it begins with.

use std::collections::BTreeMap;
use std::io::Read as _;

use plimsoll_snapshot::{Compression, Ecosystem, FileListFact, MetadataFault, MetadataProblem, ReadLimits};
use serde::Deserialize;

use crate::catalog::cataloger::{Cataloger, Read, SourceFile, nothing};
use crate::catalog::claims::listed;
use crate::catalog::facts::Catalog;
use crate::catalog::quota::Quota;
use crate::catalog::stated;
use crate::compression::decompress;

pub(crate) const CATALOGER: Cataloger = Cataloger {
    id: "chisel",
    wants: |file| file.name == b"manifest.wall",
    read: Read::Whole(read),
    complete: nothing,
};

/// The longest manifest that is read. One of the whole distribution would take as much.
const MOST_BYTES: u64 = 64 << 20;

/// A line: a package, a slice of one, or a path. Other kinds have none of these.
#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Line<'a> {
    Package {
        name: &'a str,
        #[serde(default)]
        version: &'a str,
        arch: Option<&'a str>,
    },
    Path {
        path: String,
        #[serde(default)]
        slices: Vec<String>,
    },
    #[serde(other)]
    Other,
}

fn read(file: &SourceFile<'_>, catalog: &mut Catalog) {
    let mut text = Vec::new();
    let inflated = decompress(Compression::Zstd, file.bytes, &ReadLimits::default())
        .and_then(|reader| reader.take(MOST_BYTES).read_to_end(&mut text));
    if let Err(error) = inflated {
        catalog.problem(file.entry, MetadataFault::from(MetadataProblem::InvalidCompression).because(error));
    }
    let mut quota = Quota::default();
    let mut paths: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (index, line) in text.split(|&byte| byte == b'\n').enumerate() {
        // The first line says of which version it is.
        if line.is_empty() || line.starts_with(b"{\"jsonwall\"") {
            continue;
        }
        let at = |problem: MetadataProblem| MetadataFault::from(problem).on_line(index + 1);
        let has_room = match serde_json::from_slice(line) {
            Ok(Line::Package { name, version, arch }) => {
                catalog.packages.extend(stated::package(file, Ecosystem::Dpkg, name, version).map(
                    |mut package| {
                        package.architecture = arch.and_then(stated::name).map(str::to_owned);
                        name.clone_into(&mut package.key);
                        package
                    },
                ));
                quota.take(Quota::PACKAGE)
            }
            Ok(Line::Path { path, slices }) => {
                let owner = slices.iter().find_map(|slice| Some(slice.split_once('_')?.0.to_owned()));
                let has_room = quota.take_path(path.len());
                if let Some(owner) = owner.filter(|_| has_room && !path.ends_with('/')) {
                    paths.entry(owner).or_default().push(path);
                }
                has_room
            }
            Ok(Line::Other) => true,
            Err(error) => {
                catalog.problem(file.entry, at(MetadataProblem::InvalidJson).because(error));
                true
            }
        };
        if !has_room {
            catalog.problem(file.entry, at(MetadataProblem::RestTooLarge));
            break;
        }
    }
    catalog.file_lists.extend(paths.into_iter().map(|(package, paths)| FileListFact {
        entry: file.entry,
        ecosystem: Ecosystem::Dpkg,
        package,
        files: listed(paths.iter().map(String::as_bytes)),
    }));
}

#[cfg(test)]
mod tests {
    use crate::catalog::testing::{catalogue, labels};

    const PATH: &str = "var/lib/chisel/manifest.wall";

    fn read(text: &str) -> (plimsoll_snapshot::Facts, Vec<String>) {
        let wall = zstd::encode_all(text.as_bytes(), 1).unwrap();
        catalogue([(PATH, &wall[..]), ("usr/bin/openssl", b""), ("usr/lib/libssl.so.3", b"")])
    }

    #[test]
    fn slices_belong_to_their_package() {
        let (facts, warnings) = read(
            r#"{"jsonwall":"1.0","schema":"1.0","count":8}
{"kind":"content","slice":"openssl_bins","path":"/usr/bin/openssl"}
{"kind":"package","name":"libssl3","version":"3.0-1","sha256":"0","arch":"amd64"}
{"kind":"package","name":"openssl","version":"3.0-1","sha256":"1","arch":"amd64"}
{"kind":"path","path":"/usr/bin/","mode":"0755","slices":["openssl_bins"]}
{"kind":"path","path":"/usr/bin/openssl","mode":"0755","slices":["openssl_bins"],"size":12000}
{"kind":"path","path":"/usr/lib/libssl.so.3","mode":"0644","slices":["libssl3_libs"],"size":13000}
{"kind":"slice","name":"libssl3_libs"}
"#,
        );
        assert_eq!(
            (labels(&facts), warnings),
            (vec!["libssl3 3.0-1".into(), "openssl 3.0-1".into()], vec![])
        );
        assert_eq!(facts.packages[0].architecture.as_deref(), Some("amd64"));
        let lists: Vec<_> =
            facts.file_lists.iter().map(|list| (&*list.package, list.files.entries().collect())).collect();
        assert_eq!(lists, [("libssl3", vec![1]), ("openssl", vec![0])]);
    }

    #[test]
    fn damage_is_named() {
        let (facts, warnings) = read("{\"kind\":\"package\"}\n{\n{\"kind\":\"package\",\"name\":\"a\"}");
        assert_eq!((labels(&facts), warnings.len()), (vec!["a".to_owned()], 2), "{warnings:?}");
        assert!(warnings[1].contains("line 2: "), "{warnings:?}");
        let (facts, warnings) = catalogue([(PATH, &b"no zstd"[..])]);
        assert_eq!((labels(&facts).len(), warnings.len()), (0, 1), "{warnings:?}");
    }
}
