//! What this workspace is made of: `cargo deny` judges it by `deny.toml`, `cargo xtask sbom` lists it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::error::Result;
use crate::step::{output, run as start, step};
use crate::workspace::{cargo, root, target};

/// Judges licences, sources and bans, which needs no network; then advisories, if their database can be had.
pub(crate) fn check() -> Result {
    if let Err(error) = step("cargo-deny", crate::tools::ensure_deny) {
        println!("skipped: licences, sources and advisories of the dependencies: {error}");
        return Ok(());
    }
    let deny = |arguments: &[&str]| -> Result<Command> {
        let mut command = Command::new("cargo-deny");
        command.args(arguments).current_dir(root()).env("PATH", crate::tools::path()?);
        Ok(command)
    };
    step("licences, bans and sources", || {
        start(&mut deny(&[
            "--offline",
            "--log-level",
            "error",
            "check",
            "--hide-inclusion-graph",
            "licenses",
            "bans",
            "sources",
        ])?)
    })?;
    if output(&mut deny(&["--log-level", "off", "fetch", "db"])?).is_none() {
        println!("skipped: advisories, because their database cannot be reached");
        return Ok(());
    }
    step("advisories", || start(&mut deny(&["--log-level", "error", "check", "advisories"])?))
}

/// Writes the bill of materials into the target directory.
pub(crate) fn sbom() -> Result {
    let path = target().join("plimsoll.cdx.json");
    fs::write(&path, bill_of_materials()?)?;
    println!("wrote {}", path.display());
    Ok(())
}

/// The bill of materials: CycloneDX 1.5, the same bytes for the same lock file.
pub(crate) fn bill_of_materials() -> Result<String> {
    Ok(serde_json::to_string_pretty(&bill(&metadata()?)?)? + "\n")
}

/// The licences of everything in the bill of materials, each text once, below the packages that have it.
pub(crate) fn licences() -> Result<String> {
    let metadata = metadata()?;
    let bill = bill(&metadata)?;
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let used: BTreeSet<String> = list(&bill["components"])
        .iter()
        .filter_map(|each| Some(each["bom-ref"].as_str()?.to_owned()))
        .collect();
    let mut texts = BTreeMap::<String, BTreeSet<String>>::new();
    for package in list(&metadata["packages"]).iter().filter(|package| used.contains(&purl(package))) {
        let manifest = package["manifest_path"].as_str().ok_or("a package without a manifest")?;
        let name = format!(
            "{} {} ({})",
            package["name"].as_str().unwrap_or_default(),
            package["version"].as_str().unwrap_or_default(),
            package["license"].as_str().unwrap_or("no expression")
        );
        let directory = Path::new(manifest).parent().ok_or("a manifest without a directory")?;
        // The crates of this workspace have the licences beside which this file lies.
        if directory.starts_with(root()) {
            continue;
        }
        let mut found = false;
        for file in fs::read_dir(directory)? {
            let file = file?;
            if is_licence(&file.file_name().to_string_lossy()) && file.file_type()?.is_file() {
                found = true;
                texts
                    .entry(String::from_utf8_lossy(&fs::read(file.path())?).trim().replace('\r', ""))
                    .or_default()
                    .insert(name.clone());
            }
        }
        if !found {
            texts
                .entry("(The package contains no text of its licence.)".to_owned())
                .or_default()
                .insert(name);
        }
    }
    // The packages before the text, and both sorted: the same bytes for the same lock file.
    let mut sections: Vec<String> = (texts.into_iter())
        .map(|(text, names)| format!("{}\n\n{text}\n", names.into_iter().collect::<Vec<_>>().join("\n")))
        .collect();
    sections.sort();
    Ok(sections.join(&format!("\n{}\n\n", "-".repeat(80))))
}

/// Whether a file of a package is a licence or a notice.
fn is_licence(name: &str) -> bool {
    let name = name.to_ascii_uppercase();
    ["LICENSE", "LICENCE", "COPYING", "NOTICE", "COPYRIGHT", "UNLICENSE"]
        .iter()
        .any(|start| name.starts_with(start))
        && ![".RS", ".TOML"].iter().any(|ending| name.ends_with(ending))
}

fn metadata() -> Result<Value> {
    let metadata = output(&mut cargo(&["metadata", "--locked", "--format-version", "1"]))
        .ok_or("`cargo metadata` gives nothing")?;
    Ok(serde_json::from_str(&metadata)?)
}

/// What goes into the program and the page, without what only builds or tests them.
fn bill(metadata: &Value) -> Result<Value> {
    let list = |value: &Value, key: &str| value[key].as_array().cloned().unwrap_or_default();
    let nodes = list(&metadata["resolve"], "nodes");
    let nodes: BTreeMap<&str, &Value> =
        nodes.iter().filter_map(|node| Some((node["id"].as_str()?, node))).collect();
    let packages = list(metadata, "packages");
    let packages: BTreeMap<&str, &Value> =
        packages.iter().filter_map(|package| Some((package["id"].as_str()?, package))).collect();
    let roots = packages
        .iter()
        .filter(|(_, package)| matches!(package["name"].as_str(), Some("plimsoll-cli" | "plimsoll-web")));
    let mut open: Vec<&str> = roots.map(|(id, _)| *id).collect();
    let (mut seen, mut edges) = (BTreeSet::new(), BTreeMap::new());
    while let Some(id) = open.pop() {
        if !seen.insert(id) {
            continue;
        }
        let node = nodes.get(id).ok_or("a package that nothing resolved")?;
        let optional = optional_of_workspace(packages[id]);
        let is_used = |dependency: &&Value| {
            let kinds = dependency["dep_kinds"].as_array();
            kinds.is_none_or(|kinds| kinds.iter().any(|kind| kind["kind"].is_null()))
                && !dependency["name"].as_str().is_some_and(|name| optional.contains(name))
        };
        let needed: BTreeSet<&str> = node["deps"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(is_used)
            .filter_map(|dependency| dependency["pkg"].as_str())
            .collect();
        open.extend(&needed);
        edges.insert(id, needed);
    }
    let reference = |id: &str| purl(packages[id]);
    let components: BTreeMap<String, Value> =
        seen.iter().map(|id| (reference(id), component(packages[id]))).collect();
    let dependencies: BTreeMap<String, Value> = edges
        .iter()
        .map(|(id, needed)| {
            let on: BTreeSet<String> = needed.iter().map(|id| reference(id)).collect();
            (reference(id), json!({"ref": reference(id), "dependsOn": on}))
        })
        .collect();
    Ok(json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "plimsoll", "version": env!("CARGO_PKG_VERSION")}},
        "components": components.into_values().collect::<Vec<_>>(),
        "dependencies": dependencies.into_values().collect::<Vec<_>>(),
    }))
}

/// The optional dependencies of a crate of this workspace. No default feature has one: they serve tools and tests, but cargo
/// resolves the features of all members together.
fn optional_of_workspace(package: &Value) -> BTreeSet<String> {
    let is_ours = package["name"].as_str().is_some_and(|name| name.starts_with("plimsoll-"));
    let dependencies = package["dependencies"].as_array().filter(|_| is_ours);
    let optional = dependencies.into_iter().flatten().filter(|one| one["optional"] == true);
    optional.filter_map(|one| Some(one["name"].as_str()?.replace('-', "_"))).collect()
}

fn purl(package: &Value) -> String {
    let text = |key: &str| package[key].as_str().unwrap_or_default().to_owned();
    format!("pkg:cargo/{}@{}", text("name"), text("version").replace('+', "%2B"))
}

fn component(package: &Value) -> Value {
    let mut component = json!({
        "type": "library",
        "bom-ref": purl(package),
        "name": package["name"],
        "version": package["version"],
        "purl": purl(package),
    });
    if let Some(license) = package["license"].as_str() {
        // Before SPDX, `/` stood for `OR`.
        component["licenses"] = json!([{"expression": license.replace('/', " OR ")}]);
    }
    component
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_builds_is_not_in_it() {
        let package =
            |name: &str| json!({"id": name, "name": name, "version": "1.0.0", "license": "MIT/Apache-2.0"});
        let needs =
            |name: &str, kind: Value| json!({"name": name, "pkg": name, "dep_kinds": [{"kind": kind}]});
        let mut program = package("plimsoll-cli");
        program["dependencies"] = json!([{"name": "used"}, {"name": "documents", "optional": true}]);
        let metadata = json!({
            "packages": [program, package("used"), package("builds"), package("tests"), package("documents")],
            "resolve": {"nodes": [
                {"id": "plimsoll-cli", "deps": [
                    needs("used", Value::Null),
                    needs("builds", json!("build")),
                    needs("tests", json!("dev")),
                    needs("documents", Value::Null),
                ]},
                {"id": "used", "deps": []}, {"id": "builds", "deps": []}, {"id": "tests", "deps": []},
            ]},
        });
        let bill = bill(&metadata).unwrap();
        let names: Vec<_> = bill["components"]
            .as_array()
            .unwrap()
            .iter()
            .map(|each| each["name"].as_str().unwrap())
            .collect();
        assert_eq!(names, ["plimsoll-cli", "used"]);
        assert_eq!(bill["dependencies"][0]["dependsOn"][0], "pkg:cargo/used@1.0.0");
        assert_eq!(bill["components"][1]["licenses"][0]["expression"], "MIT OR Apache-2.0");
    }
}
