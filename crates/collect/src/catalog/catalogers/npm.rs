//! Packages in `node_modules`, as npm, yarn and pnpm lay them out, and what the `package.json` of a project asks for.

use plimsoll_snapshot::{
    Bytes, Ecosystem, Files, MetadataFault, MetadataProblem, Order as _, PackageFact, Requirement,
    RequirementKind, SelectionFact, path,
};
use serde_json::{Map, Value};

use super::imports::is_of_application;
use crate::catalog::cataloger::{Candidate, Cataloger, Read, SourceFile, nothing};
use crate::catalog::facts::Catalog;

pub(crate) const CATALOGER: Cataloger =
    Cataloger { id: "npm", wants, read: Read::Whole(read), complete: nothing };

/// The largest `package.json` that is believed: the largest of the registry have a tenth of it.
const MAX_MANIFEST: usize = 1 << 20;
/// The longest name that npm takes (docs.npmjs.com, "package.json", `name`), version and licence.
const MAX_NAME: usize = 214;
const MAX_WORDS: usize = 128;
/// The most programs of one package.
const MAX_PROGRAMS: usize = 500;

fn wants(candidate: &Candidate<'_>) -> bool {
    candidate.name == b"package.json"
        && (root(path::parent(candidate.path)).is_some() || is_of_application(candidate.path))
}

/// The name of the package whose directory this is. Within a package, a `package.json` may be anything, and a
/// `node_modules` in its tests nothing that was installed.
fn root(directory: &[u8]) -> Option<&[u8]> {
    // The official image of Node has its yarn here.
    if directory.starts_with(b"opt/yarn-v") && path::parent(directory) == b"opt" {
        return Some(b"yarn");
    }
    let mut parts = directory.split(|&byte| byte == b'/');
    parts.find(|part| *part == b"node_modules")?;
    loop {
        let mut name = parts.next()?;
        // `.pnpm/NAME@VERSION/node_modules/NAME` and `.pnpm/node_modules/NAME`; `.store/NAME-HASH/package` of yarn.
        if matches!(name, b".pnpm" | b".store") {
            let is_yarn = name == b".store";
            name = parts.next()?;
            if name != b"node_modules" {
                match parts.next()? {
                    b"node_modules" => continue,
                    b"package" if is_yarn => {}
                    _ => return None,
                }
            } else {
                continue;
            }
        } else if name.starts_with(b".") {
            return None;
        } else if name.starts_with(b"@") {
            let part = parts.next()?;
            // Both lie in the same path.
            let end = directory.len() - parts.clone().map(|part| part.len() + 1).sum::<usize>();
            name = &directory[end - part.len() - 1 - name.len()..end];
        }
        match parts.next() {
            None => return Some(name),
            Some(b"node_modules") => {}
            Some(_) => return None,
        }
    }
}

fn read(file: &SourceFile<'_>, catalog: &mut Catalog) {
    let manifest = match parse(file.bytes) {
        Ok(manifest) => manifest,
        Err(problem) => {
            catalog.problem(file.entry, problem);
            Map::new()
        }
    };
    match root(file.directory()) {
        Some(name) => read_package(file, name, &manifest, catalog),
        None => read_project(file, &manifest, catalog),
    }
}

pub(super) fn parse(bytes: &[u8]) -> Result<Map<String, Value>, MetadataFault> {
    if bytes.len() > MAX_MANIFEST {
        return Err(MetadataProblem::TooLarge { bytes: Bytes(bytes.len() as u64) }.into());
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    serde_json::from_slice(bytes)
        .map_err(|error| MetadataFault::from(MetadataProblem::InvalidJson).because(error))
}

fn read_package(
    file: &SourceFile<'_>,
    directory: &[u8],
    manifest: &Map<String, Value>,
    catalog: &mut Catalog,
) {
    let directory = str::from_utf8(directory).ok().filter(|name| is_name(name));
    let Some(fact) = package(file.entry, directory, manifest) else {
        catalog.problem(file.entry, MetadataProblem::NoName);
        return;
    };
    // `npm install alias@npm:name`: others ask for the alias.
    let alias = directory.filter(|directory| *directory != fact.name && !is_in_store(file.path));
    catalog.packages.push(PackageFact {
        requested: is_global(file.directory()).then_some(true),
        provides: alias.into_iter().map(str::to_owned).collect(),
        files: Files::Below([file.directory()].into_iter().collect()),
        ..fact
    });
}

/// What a `package.json` says of its package, which is called after its directory if it gives no name.
pub(super) fn package(
    entry: u32,
    directory: Option<&str>,
    manifest: &Map<String, Value>,
) -> Option<PackageFact> {
    let name = text(manifest.get("name")).or(directory).filter(|name| is_name(name)).or(directory)?;
    let version = text(manifest.get("version")).filter(|version| version.len() <= MAX_WORDS);
    is_name(name).then(|| PackageFact {
        version: version.unwrap_or_default().to_owned(),
        license: license(manifest),
        requires: requirements(manifest, &INSTALLED),
        programs: programs(name, manifest),
        ..PackageFact::new(entry, Ecosystem::Npm, name)
    })
}

/// The programs of a package: `bin` is one file, which is called after the package, or names them (docs.npmjs.com,
/// "package.json", `bin`).
fn programs(package: &str, manifest: &Map<String, Value>) -> Vec<String> {
    let own = package.rsplit('/').next().unwrap_or(package);
    let mut programs: Vec<String> = match manifest.get("bin") {
        Some(Value::String(_)) => vec![own.to_owned()],
        Some(Value::Object(programs)) => programs.keys().filter(|name| is_name(name)).cloned().collect(),
        _ => Vec::new(),
    };
    programs.order();
    programs.truncate(MAX_PROGRAMS);
    programs
}

fn is_in_store(path: &[u8]) -> bool {
    path.split(|&byte| byte == b'/').any(|part| part == b".store")
}

/// Whether it was installed with `npm install -g`.
fn is_global(directory: &[u8]) -> bool {
    let name = directory.strip_prefix(b"usr/local/lib/node_modules/");
    let name = name.or_else(|| directory.strip_prefix(b"usr/lib/node_modules/"));
    name.is_some_and(|name| !name.windows(14).any(|part| part == b"/node_modules/"))
}

fn read_project(file: &SourceFile<'_>, manifest: &Map<String, Value>, catalog: &mut Catalog) {
    let manual = requirements(manifest, &OF_PROJECT);
    if !manual.is_empty() {
        let (entry, ecosystem) = (file.entry, Ecosystem::Npm);
        catalog.selections.push(SelectionFact { entry, ecosystem, manual, automatic: Vec::new() });
    }
}

type Lists = [(&'static str, RequirementKind)];

/// The lists of an installed package. What is optional stands in `dependencies` once more.
const INSTALLED: [(&str, RequirementKind); 3] = [
    ("optionalDependencies", RequirementKind::Optional),
    ("dependencies", RequirementKind::Required),
    ("peerDependencies", RequirementKind::Peer),
];
const OF_PROJECT: [(&str, RequirementKind); 4] =
    [INSTALLED[0], INSTALLED[1], INSTALLED[2], ("devDependencies", RequirementKind::Development)];

fn requirements(manifest: &Map<String, Value>, lists: &Lists) -> Vec<Requirement> {
    let mut seen = std::collections::BTreeSet::new();
    let mut requires = Vec::new();
    let meta = manifest.get("peerDependenciesMeta");
    let is_optional = |name: &str| meta.and_then(|meta| meta.get(name)?.get("optional")?.as_bool());
    // Some packages state optional peers there alone (knex, sequelize).
    let peers = ("peerDependenciesMeta", RequirementKind::Optional);
    for (list, kind) in lists.iter().chain([&peers]) {
        let names = manifest.get(*list).and_then(Value::as_object).into_iter().flat_map(Map::keys);
        let mut names: Vec<_> = names.filter(|name| is_name(name)).collect();
        names.order();
        for name in names {
            if !seen.insert(name) {
                continue;
            }
            let kind = match kind {
                RequirementKind::Peer if is_optional(name) == Some(true) => RequirementKind::Optional,
                kind => *kind,
            };
            requires.push(Requirement { any_of: vec![name.clone()], kind, ..Requirement::default() });
        }
    }
    requires
}

fn license(manifest: &Map<String, Value>) -> Option<String> {
    let name = |value: &Value| text(Some(value)).or_else(|| text(value.get("type"))).map(str::to_owned);
    let stated = manifest.get("license").and_then(name);
    let old = || {
        let names: Vec<_> = manifest.get("licenses")?.as_array()?.iter().filter_map(name).collect();
        Some(names.join(" OR "))
    };
    stated.or_else(old).filter(|license| !license.is_empty() && license.len() <= MAX_WORDS)
}

fn text(value: Option<&Value>) -> Option<&str> {
    value?.as_str().map(str::trim).filter(|text| !text.is_empty())
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.len() <= MAX_NAME && name.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::testing::catalogue;

    #[test]
    fn only_the_roots_of_packages_count() {
        let check = |path: &str, expected: Option<&str>| {
            let root = root(path.as_bytes()).map(|name| str::from_utf8(name).unwrap());
            assert_eq!(root, expected, "{path}");
        };
        check("app/node_modules/a", Some("a"));
        check("app/node_modules/@s/a", Some("@s/a"));
        check("app/node_modules/a/node_modules/@s/b", Some("@s/b"));
        check("app/node_modules/@s/a/node_modules/b", Some("b"));
        check("app/node_modules/.pnpm/a@1.0/node_modules/@s/a", Some("@s/a"));
        check("app/node_modules/.pnpm/node_modules/a", Some("a"));
        check("app/node_modules/.store/a-npm-1/package", Some("a-npm-1"));
        check("opt/yarn-v1.22.19", Some("yarn"));
        for path in [
            "app",
            "app/node_modules",
            "app/node_modules/@s",
            "app/node_modules/a/dist",
            "app/node_modules/a/test/node_modules/b",
            "app/node_modules/.cache/a",
            "app/node_modules/.pnpm/a@1.0",
            "app/node_modules/@s/a/esm",
            "opt/yarn-v1/lib",
        ] {
            check(path, None);
        }
    }

    #[test]
    fn packages_are_read() {
        let manifest = br#"{"name": "@s/a", "version": "1.0", "license": {"type": "MIT"},
            "dependencies": {"b": "^1", "c": "1"}, "optionalDependencies": {"c": "1"},
            "peerDependencies": {"p": "*", "q": "*"}, "peerDependenciesMeta": {"q": {"optional": true}},
            "devDependencies": {"d": "1"}}"#;
        let (facts, warnings) = catalogue([
            ("usr/local/lib/node_modules/@s/a/package.json", &manifest[..]),
            ("app/node_modules/b/package.json", br#"{"name": "c", "licenses": ["X", {"type": "Y"}]}"#),
        ]);
        assert_eq!(warnings, [""; 0]);
        let package = &facts.packages[1];
        assert_eq!((package.name.as_str(), package.version.as_str()), ("@s/a", "1.0"));
        assert_eq!((package.license.as_deref(), package.requested), (Some("MIT"), Some(true)));
        let requires: Vec<_> = package.requires.iter().map(|it| (it.any_of[0].as_str(), it.kind)).collect();
        let kinds = (RequirementKind::Optional, RequirementKind::Required, RequirementKind::Peer);
        assert_eq!(requires, [("c", kinds.0), ("b", kinds.1), ("p", kinds.2), ("q", kinds.0)]);
        let Files::Below(paths) = &package.files else { panic!() };
        assert_eq!(paths.iter().collect::<Vec<_>>(), [b"usr/local/lib/node_modules/@s/a"]);
        let alias = &facts.packages[0];
        assert_eq!((alias.name.as_str(), &alias.provides[..]), ("c", &["b".to_owned()][..]));
        assert_eq!((alias.license.as_deref(), alias.requested), (Some("X OR Y"), None));
    }

    #[test]
    fn projects_ask_for_packages() {
        let (facts, _) = catalogue([
            (
                "app/package.json",
                &br#"{"dependencies": {"a": "1"}, "devDependencies": {"b": "1", "a": "1"}}"#[..],
            ),
            ("app/dist/package.json", br#"{"type": "module"}"#),
            ("app/node_modules/a/dist/package.json", br#"{"dependencies": {"x": "1"}}"#),
        ]);
        let [selection] = &facts.selections[..] else { panic!("{facts:?}") };
        let manual: Vec<_> = selection.manual.iter().map(|it| (it.any_of[0].as_str(), it.kind)).collect();
        assert_eq!(manual, [("a", RequirementKind::Required), ("b", RequirementKind::Development)]);
    }

    #[test]
    fn damage_is_named_and_the_package_stays() {
        let deep = "[".repeat(100_000);
        let large = format!("{{\"name\": \"x\", \"a\": [{}0]}}", "0,".repeat(1_000_000));
        let (facts, warnings) = catalogue([
            ("node_modules/a/package.json", &b"{\"name\": "[..]),
            ("node_modules/b/package.json", b""),
            (
                "node_modules/c/package.json",
                b"{\"name\": 1, \"version\": [], \"license\": 2, \"dependencies\": []}",
            ),
            ("node_modules/d/package.json", deep.as_bytes()),
            ("node_modules/e/package.json", large.as_bytes()),
            ("node_modules/f/package.json", b"\xef\xbb\xbf{\"name\": \"\\u0000\", \"version\": \"1\"}"),
        ]);
        let names: Vec<_> = facts.packages.iter().map(|it| it.name.as_str()).collect();
        assert_eq!(names, ["a", "b", "c", "d", "e", "f"]);
        assert_eq!(facts.packages[5].version, "1");
        assert_eq!(warnings.len(), 4, "{warnings:?}");
        assert!(warnings[0].contains("line 1 column 9"), "{warnings:?}");
    }
}
