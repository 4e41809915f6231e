//! Packages of .NET: the `*.deps.json` that a build writes beside an application, a tool or a shared framework.
//!
//! The format: dotnet/sdk, "Runtime configuration files": `targets` has the files of each library, `libraries` what kind of
//! library it is.

use std::collections::BTreeMap;

use plimsoll_snapshot::{Ecosystem, MetadataProblem, PackageFact, path};
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::catalog::cataloger::{Cataloger, Read, SourceFile, nothing};
use crate::catalog::facts::Catalog;
use crate::catalog::quota::Quota;
use crate::catalog::stated::{self, above, join, json};

pub(crate) const CATALOGER: Cataloger = Cataloger {
    id: "dotnet",
    wants: |file| file.name.ends_with(SUFFIX),
    read: Read::Whole(read),
    complete: nothing,
};

const SUFFIX: &[u8] = b".deps.json";

#[derive(Deserialize)]
struct Document {
    #[serde(default)]
    targets: BTreeMap<String, BTreeMap<String, Target>>,
    #[serde(default)]
    libraries: BTreeMap<String, Library>,
}

/// What a library needs, and its files, by how they are used.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Target {
    dependencies: BTreeMap<String, IgnoredAny>,
    runtime: BTreeMap<String, IgnoredAny>,
    native: BTreeMap<String, IgnoredAny>,
    resources: BTreeMap<String, Resource>,
    runtime_targets: BTreeMap<String, IgnoredAny>,
}

/// Texts in a language, which lie in a directory of its name.
#[derive(Deserialize)]
struct Resource {
    locale: Option<String>,
}

#[derive(Deserialize)]
struct Library {
    #[serde(rename = "type", default)]
    kind: String,
}

fn read(file: &SourceFile<'_>, catalog: &mut Catalog) {
    let document: Document = match json(file) {
        Ok(document) => document,
        Err(problem) => return catalog.problem(file.entry, problem),
    };
    let mut quota = Quota::default();
    let mut packages = Vec::new();
    let mut targets: BTreeMap<&str, Vec<&Target>> = BTreeMap::new();
    for (library, target) in document.targets.values().flatten() {
        targets.entry(library).or_default().push(target);
    }
    for (library, Library { kind }) in &document.libraries {
        // A reference is a file that the application was built with and does not bring.
        if kind.starts_with("reference") {
            continue;
        }
        let targets = targets.get(library.as_str()).map(Vec::as_slice).unwrap_or_default();
        // Each has the directory in its key.
        if !quota.take(Quota::PACKAGE) || !quota.take_path(file.path.len()) {
            catalog.problem(file.entry, MetadataProblem::TooManyPackages);
            break;
        }
        packages.extend(package(file, library, kind == "project", targets, &mut quota));
    }
    if let Some(framework) = framework(file) {
        match packages.iter_mut().find(|package| package.name.starts_with(&framework.name)) {
            // The package that the framework is made of, for this platform.
            Some(package) => package.files = framework.files,
            None => packages.push(framework),
        }
    }
    catalog.packages.append(&mut packages);
}

fn package(
    file: &SourceFile<'_>,
    library: &str,
    is_project: bool,
    targets: &[&Target],
    quota: &mut Quota,
) -> Option<PackageFact> {
    let (name, version) = library.split_once('/')?;
    let directory = file.directory();
    let mut files = Vec::new();
    let mut add = |path: Vec<u8>| {
        if quota.take_path(path.len()) {
            files.push(path);
        }
    };
    for target in targets {
        // A publish puts them beside the application, whatever directory of the package they come from.
        for asset in target.runtime.keys().chain(target.native.keys()) {
            add(join(directory, path::name(asset.as_bytes())));
            add(join(directory, asset.as_bytes()));
        }
        for (asset, resource) in &target.resources {
            let locale = resource.locale.as_deref().unwrap_or_default();
            let file = path::name(asset.as_bytes());
            add(join(directory, &join(locale.as_bytes(), file)));
        }
        for asset in target.runtime_targets.keys() {
            add(join(directory, asset.as_bytes()));
        }
    }
    if is_project {
        let stem = file.path.strip_suffix(SUFFIX).unwrap_or(file.path);
        add(file.path.to_vec());
        for ending in [&b""[..], b".dll", b".exe", b".pdb", b".xml", b".runtimeconfig.json"] {
            add([stem, ending].concat());
        }
    }
    let symbols: Vec<_> = files
        .iter()
        .filter_map(|path| path.strip_suffix(b".dll"))
        .flat_map(|stem| [[stem, b".pdb"].concat(), [stem, b".xml"].concat()])
        .collect();
    files.extend(symbols);
    let needs = targets.iter().flat_map(|target| target.dependencies.keys()).map(String::as_str);
    Some(PackageFact {
        // Applications in one directory share what they bring.
        key: format!("{}:{library}", path::escape(directory)),
        requires: stated::requirements(needs),
        files: stated::below(&files),
        ..stated::package(file, Ecosystem::Dotnet, name, version)?
    })
}

/// The framework that lies in `shared/NAME/VERSION`.
fn framework(file: &SourceFile<'_>) -> Option<PackageFact> {
    let directory = file.directory();
    let (version, name) = (path::name(directory), path::name(above(directory, 1)));
    let stem = path::name(file.path).strip_suffix(SUFFIX)?;
    (stem == name && path::name(above(directory, 2)) == b"shared").then_some(())?;
    let (name, version) = (str::from_utf8(name).ok()?, str::from_utf8(version).ok()?);
    Some(PackageFact {
        files: stated::below([directory]),
        ..stated::package(file, Ecosystem::Dotnet, name, version)?
    })
}

#[cfg(test)]
mod tests {
    use plimsoll_snapshot::Files;

    use super::*;
    use crate::catalog::testing::{below, catalogue, labels};

    const APPLICATION: &str = r#"{"runtimeTarget": {"name": ".NETCoreApp,Version=v8.0"}, "targets": {".NETCoreApp,Version=v8.0": {
        "shop/1.0.0": {"dependencies": {"Newtonsoft.Json": "13.0.3"}, "runtime": {"shop.dll": {}}},
        "Newtonsoft.Json/13.0.3": {"runtime": {"lib/net6.0/Newtonsoft.Json.dll": {"assemblyVersion": "13.0.0.0"}},
            "resources": {"lib/net6.0/de/N.resources.dll": {"locale": "de"}}},
        "SQLitePCLRaw/2.1.6": {"runtimeTargets": {"runtimes/linux-x64/native/libe_sqlite3.so": {"rid": "linux-x64"}}}}},
        "libraries": {"shop/1.0.0": {"type": "project"}, "Newtonsoft.Json/13.0.3": {"type": "package"},
            "SQLitePCLRaw/2.1.6": {"type": "package"}, "System.Old/4.0.0.0": {"type": "reference"}}}"#;

    #[test]
    fn libraries_of_an_application_are_packages() {
        let (facts, warnings) = catalogue([
            ("app/shop.deps.json", APPLICATION.as_bytes()),
            ("app/shop.dll", b""),
            ("app/shop", b""),
            ("app/Newtonsoft.Json.dll", b""),
            ("app/de/N.resources.dll", b""),
            ("app/runtimes/linux-x64/native/libe_sqlite3.so", b""),
        ]);
        assert_eq!(warnings, [""; 0]);
        assert_eq!(labels(&facts), ["Newtonsoft.Json 13.0.3", "SQLitePCLRaw 2.1.6", "shop 1.0.0"]);
        let [json, sqlite, shop] = &facts.packages[..] else { panic!("{facts:?}") };
        assert_eq!(below(json), ["app/Newtonsoft.Json.dll", "app/de/N.resources.dll"]);
        assert_eq!(below(sqlite), ["app/runtimes/linux-x64/native/libe_sqlite3.so"]);
        assert_eq!(below(shop), ["app/shop", "app/shop.deps.json", "app/shop.dll"]);
        assert_eq!(shop.requires, stated::requirements(["Newtonsoft.Json"]));
    }

    #[test]
    fn a_shared_framework_is_a_package() {
        const PLACE: &str = "usr/share/dotnet/shared/Microsoft.NETCore.App/8.0.1";
        let document = br#"{"targets": {".NETCoreApp,Version=v8.0/linux-x64": {"Microsoft.NETCore.App.Runtime.linux-x64/8.0.1":
            {"runtime": {"System.dll": {}}}}}, "libraries": {"Microsoft.NETCore.App.Runtime.linux-x64/8.0.1": {"type": "package"}}}"#;
        let path = format!("{PLACE}/Microsoft.NETCore.App.deps.json");
        for (document, expected) in [
            (&document[..], "Microsoft.NETCore.App.Runtime.linux-x64 8.0.1"),
            (br#"{"targets": {}, "libraries": {}}"#, "Microsoft.NETCore.App 8.0.1"),
        ] {
            let (facts, _) = catalogue([(&path[..], document)]);
            assert_eq!(
                (labels(&facts), below(&facts.packages[0])),
                (vec![expected.into()], vec![PLACE.into()])
            );
        }
    }

    #[test]
    fn damage_is_named() {
        let (facts, warnings) = catalogue([
            ("a.deps.json", &b"{"[..]),
            ("b.deps.json", br#"{"libraries": {"x": {}, "/": {}, "y/1": {"type": "package"}}, "targets": {"z": {"y/1": {}}}}"#),
        ]);
        assert_eq!((labels(&facts), warnings.len()), (vec!["y 1".to_owned()], 1));
        assert_eq!(facts.packages[0].files, Files::Below([&b""[..]; 0].into_iter().collect()));
    }
}
