//! Packages of PHP: what Composer installed, as `vendor/composer/installed.json` says.

use std::collections::BTreeMap;

use plimsoll_snapshot::{Ecosystem, MetadataProblem, PackageFact, RequirementKind};
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::catalog::cataloger::{Cataloger, Read, SourceFile, nothing};
use crate::catalog::claims::resolve;
use crate::catalog::facts::Catalog;
use crate::catalog::quota::Quota;
use crate::catalog::stated::{self, above, join, json};

pub(crate) const CATALOGER: Cataloger = Cataloger {
    id: "composer",
    wants: |file| file.name == b"installed.json" && file.path.ends_with(b"composer/installed.json"),
    read: Read::Whole(read),
    complete: nothing,
};

/// The second version is an object, the first was a list (Composer, `FilesystemRepository`).
#[derive(Deserialize)]
#[serde(untagged)]
enum Document {
    Second { packages: Vec<Installed> },
    First(Vec<Installed>),
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Installed {
    name: String,
    #[serde(default)]
    version: String,
    #[serde(default)]
    license: Licenses,
    #[serde(default)]
    require: Names,
    #[serde(default)]
    suggest: Names,
    /// From the directory of this file; `null` for what has no files.
    #[serde(default)]
    install_path: Option<String>,
}

/// An object whose keys count; PHP writes an empty one as a list.
#[derive(Deserialize)]
#[serde(untagged)]
enum Names {
    Of(BTreeMap<String, IgnoredAny>),
    Other(IgnoredAny),
}

impl Default for Names {
    fn default() -> Self {
        Self::Of(BTreeMap::new())
    }
}

impl Names {
    /// The names of packages: `php` and `ext-json` are none.
    fn packages(&self) -> impl Iterator<Item = &str> {
        let names = match self {
            Self::Of(names) => Some(names.keys()),
            Self::Other(_) => None,
        };
        names.into_iter().flatten().map(String::as_str).filter(|name| name.contains('/'))
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Licenses {
    Several(Vec<String>),
    One(String),
    Other(IgnoredAny),
}

impl Default for Licenses {
    fn default() -> Self {
        Self::Several(Vec::new())
    }
}

impl Licenses {
    fn joined(&self) -> Option<String> {
        match self {
            Self::Several(names) => stated::licenses(names.iter().map(String::as_str)),
            Self::One(name) => stated::licenses([name.as_str()]),
            Self::Other(_) => None,
        }
    }
}

fn read(file: &SourceFile<'_>, catalog: &mut Catalog) {
    let packages = match json(file) {
        Ok(Document::Second { packages } | Document::First(packages)) => packages,
        Err(problem) => return catalog.problem(file.entry, problem),
    };
    let mut quota = Quota::default();
    for installed in packages {
        let names = installed.require.packages().chain(installed.suggest.packages()).count();
        if !quota.take(Quota::PACKAGE + names) || !quota.take_path(file.path.len()) {
            return catalog.problem(file.entry, MetadataProblem::TooManyPackages);
        }
        match package(file, &installed) {
            Some(package) => catalog.packages.push(package),
            None => catalog.problem(file.entry, MetadataProblem::NoName),
        }
    }
}

fn package(file: &SourceFile<'_>, installed: &Installed) -> Option<PackageFact> {
    let place = match &installed.install_path {
        Some(place) => resolve(file.directory(), place.as_bytes()),
        None => Some(join(above(file.directory(), 1), installed.name.as_bytes())),
    };
    let mut requires = stated::requirements(installed.require.packages());
    requires.extend(stated::requirements(installed.suggest.packages()).into_iter().map(|mut requirement| {
        requirement.kind = RequirementKind::Optional;
        requirement
    }));
    // A directory that holds all packages is none of one.
    let place = place.filter(|place| !file.path.starts_with(&[place, &b"/"[..]].concat()));
    Some(PackageFact {
        license: installed.license.joined(),
        requires,
        files: stated::below(place),
        ..stated::package(file, Ecosystem::Composer, &installed.name, &installed.version)?
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::testing::{below, catalogue, labels};

    #[test]
    fn both_versions_of_the_list_are_read() {
        let second = br#"{"packages": [{"name": "monolog/monolog", "version": "3.5.0", "license": ["MIT", "BSD"],
            "require": {"php": ">=8.1", "psr/log": "^2"}, "suggest": {"ext-curl": "x", "aws/aws-sdk-php": "x"},
            "install-path": "../monolog/monolog"}, {"name": "meta/none", "install-path": null, "require": []}], "dev": true}"#;
        let first = br#"[{"name": "psr/log", "version": "1.0.0", "license": "MIT"}]"#;
        let (facts, warnings) = catalogue([
            ("srv/vendor/composer/installed.json", &second[..]),
            ("old/vendor/composer/installed.json", first),
        ]);
        assert_eq!(warnings, [""; 0]);
        assert_eq!(labels(&facts), ["psr/log 1.0.0", "monolog/monolog 3.5.0", "meta/none"]);
        let [log, monolog, _] = &facts.packages[..] else { panic!("{facts:?}") };
        assert_eq!(
            (below(log), below(monolog)),
            (vec!["old/vendor/psr/log".into()], vec!["srv/vendor/monolog/monolog".into()])
        );
        assert_eq!(monolog.license.as_deref(), Some("MIT OR BSD"));
        let requires: Vec<_> = monolog.requires.iter().map(|it| (it.any_of[0].as_str(), it.kind)).collect();
        assert_eq!(
            requires,
            [("psr/log", RequirementKind::Required), ("aws/aws-sdk-php", RequirementKind::Optional)]
        );
    }

    #[test]
    fn a_package_never_owns_the_others() {
        let document = br#"{"packages": [{"name": "a/b", "install-path": "../.."}, {"name": "c/d", "install-path": "../../../../.."}]}"#;
        let (facts, _) = catalogue([("srv/vendor/composer/installed.json", &document[..])]);
        assert!(facts.packages.iter().all(|package| below(package).is_empty()), "{facts:?}");
    }

    #[test]
    fn damage_is_named() {
        let (facts, warnings) = catalogue([
            ("a/composer/installed.json", &b"{\"packages\": [{\"name\": \""[..]),
            ("b/composer/installed.json", br#"{"packages": [{"name": " "}, {"name": "x/y", "license": 3}]}"#),
        ]);
        assert_eq!((labels(&facts), warnings.len()), (vec!["x/y".to_owned()], 2), "{warnings:?}");
    }
}
