//! The packages of images as a CycloneDX 1.6 SBOM, with what each takes on disk, keeps there, and whether anything uses it.

use std::collections::BTreeSet;
use std::io::{self, Write};

use plimsoll_analysis::inspect::Inspection;
use plimsoll_analysis::packages::{ImageInventory, Inventory, Package, PackageId, Use};
use plimsoll_snapshot::{Ecosystem, Snapshot};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::format::one_line;
use crate::json_text;

/// The longest texts that are copied from an image.
const MOST: usize = 4096;

/// Writes the installed packages of every service. One service is the subject of the document; of several, each is a component
/// that holds its packages. `version` is that of the program.
pub fn sbom(
    snapshot: &Snapshot,
    inventory: &Inventory,
    inspection: &Inspection,
    version: &str,
    mut out: impl Write,
) -> io::Result<()> {
    let containers: Vec<(Value, Vec<Value>)> = inventory
        .images
        .iter()
        .map(|image| (container(image, inspection), packages(image, snapshot)))
        .collect();
    let mut dependencies: Vec<Value> = inventory.images.iter().flat_map(dependencies).collect();
    let (subject, components) = match &containers[..] {
        [(container, packages)] => (container.clone(), packages.clone()),
        several => {
            let nested = several.iter().map(|(container, packages)| {
                let mut container = container.clone();
                container["components"] = json!(packages);
                container
            });
            let references: Vec<&Value> =
                several.iter().map(|(container, _)| &container["bom-ref"]).collect();
            dependencies.insert(0, json!({ "ref": "stack", "dependsOn": references }));
            (json!({ "type": "application", "bom-ref": "stack", "name": "stack" }), nested.collect())
        }
    };
    let mut document = json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "tools": { "components": [{ "type": "application", "name": "plimsoll", "version": version }] },
            "component": subject,
        },
        "components": components,
        "dependencies": dependencies,
    });
    // The same image gives the same document: its number follows from the content, and it has no time.
    let digest: [u8; 32] = Sha256::digest(document.to_string()).into();
    document["serialNumber"] = json!(uuid(&digest));
    json_text::write(&document, &mut out)?;
    out.write_all(b"\n")
}

/// A UUID of bytes that are like random ones (RFC 9562, version 8).
fn uuid(digest: &[u8; 32]) -> String {
    let mut bytes = digest[..16].to_vec();
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("urn:uuid:{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

fn property(name: &str, value: &dyn std::fmt::Display) -> Value {
    json!({ "name": format!("plimsoll:{name}"), "value": value.to_string() })
}

fn container(image: &ImageInventory, inspection: &Inspection) -> Value {
    let inspected = inspection.images.iter().find(|inspected| inspected.service == image.service);
    let compressed = inspected.and_then(|inspected| inspected.compressed_bytes);
    let mut properties = vec![
        property("service", &one_line(&image.service)),
        property("image_bytes", &image.size_bytes.0),
        property("tree_bytes", &image.final_tree_bytes.0),
        property("complete", &image.complete),
    ];
    properties.extend(inspected.map(|inspected| property("hidden_bytes", &inspected.hidden_bytes.0)));
    properties.extend(compressed.map(|bytes| property("compressed_bytes", &bytes.0)));
    properties.extend(inspected.map(|inspected| property("platform", &inspected.platform)));
    json!({
        "type": "container",
        "bom-ref": container_reference(image),
        "name": text(image.reference.as_deref().unwrap_or(&image.service)),
        "version": image.id.to_string(),
        "properties": properties,
    })
}

fn container_reference(image: &ImageInventory) -> String {
    format!("service:{}", one_line(&image.service))
}

fn reference(image: &ImageInventory, package: PackageId) -> String {
    format!("{}#{}", container_reference(image), package.0)
}

/// Packages of which only hidden bytes are left are no part of what runs.
fn installed(image: &ImageInventory) -> impl Iterator<Item = &Package> {
    image.packages.iter().filter(|package| package.installed)
}

fn packages(image: &ImageInventory, snapshot: &Snapshot) -> Vec<Value> {
    let layers = snapshot.services.iter().find(|service| service.name == image.service);
    let layers = layers.map(|service| &snapshot.images[service.image].layers);
    let component = |package: &Package| {
        let diff_id = layers
            .and_then(|layers| layers.get(usize::try_from(package.layer).ok()?))
            .map(|layer| snapshot.layers[layer.layer].diff_id.to_string());
        let mut properties = vec![
            property("ecosystem", &ecosystem(package.ecosystem)),
            property("tree_bytes", &package.tree_bytes.0),
            property("image_bytes", &package.image_bytes.0),
            property("retained_tree_bytes", &package.retained_tree_bytes.0),
            property("retained_image_bytes", &package.retained_image_bytes.0),
            property("files", &package.files),
            property("layer", &package.layer),
            property("use", &usage(&package.usage)),
        ];
        properties.extend(diff_id.map(|diff_id| property("layer_diff_id", &diff_id)));
        if let Some(observed) = &package.observed {
            properties.push(property("opened_bytes", &observed.opened_bytes.0));
            properties.push(property("used_in_runs", &observed.used_in));
        }
        let kind = if package.ecosystem == Ecosystem::Model { "machine-learning-model" } else { "library" };
        let mut component = json!({
            "type": kind,
            "bom-ref": reference(image, package.id),
            "name": text(&package.name),
            "evidence": { "occurrences": [{ "location": format!("/{}", text(&package.path)) }] },
            "properties": properties,
        });
        if !package.version.is_empty() {
            component["version"] = json!(text(&package.version));
        }
        if !package.purl.is_empty() {
            component["purl"] = json!(package.purl);
        }
        if let Some(license) = package.license.as_deref().filter(|license| !license.trim().is_empty()) {
            // A package states it in its own words: only a checked identifier could be more than a name.
            component["licenses"] = json!([{ "license": { "name": text(license) } }]);
        }
        component
    };
    installed(image).map(component).collect()
}

fn dependencies(image: &ImageInventory) -> Vec<Value> {
    let there: BTreeSet<PackageId> = installed(image).map(|package| package.id).collect();
    let is_first = |package: &&Package| package.root.is_some();
    let first: Vec<String> =
        installed(image).filter(is_first).map(|package| reference(image, package.id)).collect();
    let own = json!({ "ref": container_reference(image), "dependsOn": first });
    let of_package = |package: &Package| {
        let needs: BTreeSet<PackageId> =
            package.needs.iter().copied().filter(|id| there.contains(id)).collect();
        let needs: Vec<String> = needs.into_iter().map(|id| reference(image, id)).collect();
        json!({ "ref": reference(image, package.id), "dependsOn": needs })
    };
    std::iter::once(own).chain(installed(image).map(of_package)).collect()
}

/// The name of a kind of use: that of `plimsoll packages --format json`.
const fn usage(usage: &Use) -> &'static str {
    match usage {
        Use::Imported { .. } => "imported",
        Use::Run { .. } => "run",
        Use::Named { .. } => "named",
        Use::Needed { .. } => "needed",
        Use::Optional { .. } => "optional",
        Use::Plugin { .. } => "plugin",
        Use::Unused => "unused",
        Use::Unknown => "unknown",
    }
}

fn ecosystem(ecosystem: Ecosystem) -> String {
    serde_json::to_value(ecosystem)
        .ok()
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}

fn text(text: &str) -> String {
    one_line(text).chars().take(MOST).collect()
}
