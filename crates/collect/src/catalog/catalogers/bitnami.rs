//! Components of Bitnami images: the description (SPDX) that lies in the directory of each.

use plimsoll_snapshot::{Ecosystem, MetadataProblem, PackageFact, path};
use serde::Deserialize;

use crate::catalog::cataloger::{Cataloger, Read, SourceFile, nothing};
use crate::catalog::facts::Catalog;
use crate::catalog::quota::Quota;
use crate::catalog::stated::{self, join, json};

pub(crate) const CATALOGER: Cataloger = Cataloger {
    id: "bitnami",
    wants: |file| component(file.path).is_some(),
    read: Read::Whole(read),
    complete: nothing,
};

/// The component that `opt/bitnami/DIRECTORY/.spdx-COMPONENT.spdx` describes.
fn component(path: &[u8]) -> Option<&[u8]> {
    path.starts_with(b"opt/bitnami/").then_some(())?;
    path::name(path).strip_prefix(b".spdx-")?.strip_suffix(b".spdx")
}

/// What counts of a document (SPDX 2.3, clause 7).
#[derive(Deserialize)]
struct Document {
    #[serde(default)]
    packages: Vec<Described>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Described {
    name: String,
    #[serde(default)]
    version_info: String,
    license_declared: Option<String>,
    license_concluded: Option<String>,
}

fn read(file: &SourceFile<'_>, catalog: &mut Catalog) {
    let document: Document = match json(file) {
        Ok(document) => document,
        Err(problem) => return catalog.problem(file.entry, problem),
    };
    let Some(component) = component(file.path) else { return };
    let mut quota = Quota::default();
    let is_it = |described: &Described| described.name.as_bytes() == component;
    let main = document.packages.iter().position(is_it).unwrap_or(0);
    for (index, described) in document.packages.iter().enumerate() {
        if !quota.take(Quota::PACKAGE) {
            return catalog.problem(file.entry, MetadataProblem::TooManyPackages);
        }
        let package = stated::package(file, Ecosystem::Bitnami, &described.name, &described.version_info);
        let stated = [&described.license_declared, &described.license_concluded].into_iter().flatten();
        let license = stated
            .filter(|license| !matches!(license.as_str(), "NOASSERTION" | "NONE"))
            .find_map(|text| stated::stated(text));
        catalog.packages.extend(package.map(|package| PackageFact {
            license: license.map(str::to_owned),
            // The others are built into it.
            files: if index == main { stated::below(places(file, component)) } else { package.files.clone() },
            ..package
        }));
    }
}

/// Where a component lies: in its directory, unless that is one of several.
fn places(file: &SourceFile<'_>, component: &[u8]) -> Vec<Vec<u8>> {
    let directory = file.directory();
    if path::name(directory) == b"common" {
        let names = [&b"bin/"[..], b"sbin/", b"lib/", b"share/"];
        let places = names.iter().map(|name| join(directory, &[name, component].concat()));
        return places.chain([file.path.to_vec()]).collect();
    }
    vec![directory.to_vec()]
}

#[cfg(test)]
mod tests {
    use crate::catalog::testing::{below, catalogue, labels};

    #[test]
    fn components_own_their_directory() {
        let redis = br#"{"spdxVersion": "SPDX-2.3", "packages": [
            {"name": "openssl", "versionInfo": "3.0.1", "licenseDeclared": "NOASSERTION"},
            {"name": "redis", "versionInfo": "7.2.4", "SPDXID": "SPDXRef-redis", "licenseDeclared": "BSD-3-Clause"}]}"#;
        let (facts, warnings) = catalogue([
            (
                "opt/bitnami/common/.spdx-wait.spdx",
                &br#"{"packages": [{"name": "wait", "versionInfo": "1.0.8"}]}"#[..],
            ),
            ("opt/bitnami/redis/.spdx-redis.spdx", redis),
            ("opt/bitnami/x/.spdx-x.spdx", b"{"),
        ]);
        assert_eq!(
            (labels(&facts), warnings.len()),
            (vec!["wait 1.0.8".into(), "openssl 3.0.1".into(), "redis 7.2.4".into()], 1)
        );
        let [wait, openssl, redis] = &facts.packages[..] else { panic!("{facts:?}") };
        assert!(below(wait).contains(&"opt/bitnami/common/bin/wait".to_owned()));
        assert_eq!((&openssl.license, redis.license.as_deref()), (&None, Some("BSD-3-Clause")));
        assert_eq!(
            (&openssl.files, below(redis)),
            (&plimsoll_snapshot::Files::Unknown, vec!["opt/bitnami/redis".into()])
        );
    }
}
