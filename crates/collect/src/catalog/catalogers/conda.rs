//! Packages of conda environments: `conda-meta/*.json`, and what `conda-meta/history` says was asked for.

use std::collections::BTreeSet;

use plimsoll_snapshot::{
    Ecosystem, Files, MetadataFault, MetadataProblem, PackageFact, Requirement, SelectionFact, path,
};
use serde::Deserialize;

use crate::catalog::cataloger::{Candidate, Cataloger, Read, SourceFile, nothing};
use crate::catalog::claims::{listed, resolve};
use crate::catalog::facts::Catalog;

pub(crate) const CATALOGER: Cataloger =
    Cataloger { id: "conda", wants, read: Read::Whole(read), complete: nothing };

/// The longest name, version and licence that are kept.
const MAX_WORDS: usize = 128;

fn wants(candidate: &Candidate<'_>) -> bool {
    (candidate.name.ends_with(b".json") || candidate.name == b"history")
        && path::name(path::parent(candidate.path)) == b"conda-meta"
}

fn read(file: &SourceFile<'_>, catalog: &mut Catalog) {
    if path::name(file.path) == b"history" {
        return read_history(file, catalog);
    }
    match serde_json::from_slice::<Record>(file.bytes) {
        Ok(record) => read_record(file, record, catalog),
        Err(error) => {
            catalog.problem(file.entry, MetadataFault::from(MetadataProblem::InvalidJson).because(error));
        }
    }
}

/// What conda notes of an installed package (conda, `PrefixRecord`).
#[derive(Deserialize)]
struct Record {
    name: String,
    #[serde(default)]
    version: String,
    license: Option<String>,
    /// The platform, or `noarch`.
    subdir: Option<String>,
    #[serde(default)]
    depends: Vec<String>,
    #[serde(default)]
    files: Vec<String>,
    requested_spec: Option<String>,
    requested_specs: Option<Vec<String>>,
}

fn read_record(file: &SourceFile<'_>, record: Record, catalog: &mut Catalog) {
    let Some(name) = name_of(&record.name) else {
        catalog.problem(file.entry, MetadataProblem::NoName);
        return;
    };
    let prefix = path::parent(file.directory());
    let mut files: Vec<_> = record.files.iter().filter_map(|path| resolve(prefix, path.as_bytes())).collect();
    files.push(file.path.to_vec());
    let is_short = |text: &String| !text.is_empty() && text.len() <= MAX_WORDS;
    let specs = record.requested_specs.into_iter().flatten().chain(record.requested_spec);
    let is_requested = specs.into_iter().any(|spec| !matches!(spec.as_str(), "" | "None"));
    // `__glibc` and the like are facts of the system, not packages.
    let depends =
        record.depends.iter().filter_map(|spec| name_of(spec)).filter(|name| !name.starts_with("__"));
    catalog.packages.push(PackageFact {
        version: Some(record.version).filter(is_short).unwrap_or_default(),
        architecture: record.subdir.filter(is_short),
        license: record.license.filter(is_short),
        requested: is_requested.then_some(true),
        requires: depends.map(|name| Requirement { any_of: vec![name], ..Requirement::default() }).collect(),
        files: Files::Listed(listed(files.iter().map(Vec::as_slice))),
        ..PackageFact::new(file.entry, Ecosystem::Conda, name)
    });
}

/// The name in `channel::name version build`, `name=version` or `name[key=value]` (conda, `MatchSpec`).
pub(super) fn name_of(spec: &str) -> Option<String> {
    let spec = spec.trim();
    let spec = spec.rsplit_once("::").map_or(spec, |(_, spec)| spec);
    let name = spec.split([' ', '=', '<', '>', '!', '~', '[', ';']).next()?.to_ascii_lowercase();
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    (!name.is_empty() && name.len() <= MAX_WORDS && name.bytes().all(is_part)).then_some(name)
}

/// Reads lines such as `# update specs: ['python=3.9', "numpy"]`.
fn read_history(file: &SourceFile<'_>, catalog: &mut Catalog) {
    let mut asked = BTreeSet::new();
    for line in file.text().lines().filter_map(|line| line.strip_prefix("# ")) {
        let Some((action, list)) = line.split_once(" specs:") else { continue };
        let names = list.split(['\'', '"']).skip(1).step_by(2).filter_map(name_of);
        match action {
            "install" | "update" => asked.extend(names),
            "remove" => {
                for name in names {
                    asked.remove(&name);
                }
            }
            _ => {}
        }
    }
    if asked.is_empty() {
        return;
    }
    let manual = asked.into_iter().map(|name| Requirement { any_of: vec![name], ..Requirement::default() });
    catalog.selections.push(SelectionFact {
        entry: file.entry,
        ecosystem: Ecosystem::Conda,
        manual: manual.collect(),
        automatic: Vec::new(),
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::testing::catalogue;

    #[test]
    fn records_are_read() {
        let record = br#"{"name": "NumPy", "version": "1.26.4", "license": "BSD-3-Clause", "subdir": "linux-64",
            "depends": ["python >=3.9,<3.10.0a0", "__glibc >=2.17", "libblas"], "requested_spec": "numpy=1.26",
            "files": ["lib/python3.9/site-packages/numpy/__init__.py", "bin/f2py", "../../../../x"],
            "paths_data": {"paths": [{"_path": "bin/f2py", "sha256": "0"}]}}"#;
        let (facts, warnings) = catalogue([
            ("opt/conda/conda-meta/numpy-1.26.4-py39.json", &record[..]),
            ("opt/conda/bin/f2py", b""),
            ("opt/conda/conda-meta/x.json", br#"{"name": "x", "requested_spec": "None"}"#),
        ]);
        assert_eq!(warnings, [""; 0]);
        let [package, other] = &facts.packages[..] else { panic!("{facts:?}") };
        assert_eq!((package.name.as_str(), package.version.as_str()), ("numpy", "1.26.4"));
        assert_eq!((package.requested, other.requested), (Some(true), None));
        let requires: Vec<_> = package.requires.iter().map(|it| it.any_of[0].as_str()).collect();
        assert_eq!(requires, ["python", "libblas"]);
        let Files::Listed(files) = &package.files else { panic!() };
        assert_eq!(files.entries().collect::<Vec<_>>(), [0, 1]);
        let elsewhere: Vec<_> = files.elsewhere.iter().collect();
        assert_eq!(elsewhere, [b"opt/conda/lib/python3.9/site-packages/numpy/__init__.py"]);
    }

    #[test]
    fn the_history_says_what_was_asked_for() {
        let history = b"==> 2024-01-01 00:00:00 <==\n# cmd: conda install 'x'\n# conda version: 4.12\n\
            +defaults/linux-64::numpy-1.0\n# update specs: ['conda-forge::python=3.9', \"numpy[version='>1']\", 'y']\n\
            # remove specs: ['y']\n# neutered specs: ['z']\n";
        let (facts, _) = catalogue([("opt/conda/conda-meta/history", &history[..])]);
        let manual: Vec<_> = facts.selections[0].manual.iter().map(|it| it.any_of[0].as_str()).collect();
        assert_eq!(manual, ["numpy", "python"]);
    }

    #[test]
    fn damage_is_named() {
        let (facts, warnings) = catalogue([
            ("conda-meta/a.json", &b"{\"name\": \"a\""[..]),
            ("conda-meta/b.json", b""),
            ("conda-meta/c.json", b"{\"name\": \"\xff\"}"),
            ("conda-meta/d.json", b"{\"name\": \"a b\", \"version\": 1}"),
            ("conda-meta/history", b"# update specs: ['"),
        ]);
        assert!(facts.packages.is_empty() && facts.selections.is_empty(), "{facts:?}");
        assert_eq!(warnings.len(), 4, "{warnings:?}");
        assert!(warnings[0].contains("line 1 column"), "{warnings:?}");
    }
}
