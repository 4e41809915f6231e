//! What a fleet keeps of one image: sizes, layers, packages, findings, hidden bytes.

use std::collections::BTreeMap;

use plimsoll_analysis::findings::{Input, RULES, Rule, advise};
use plimsoll_analysis::inspect::inspect_image;
use plimsoll_analysis::packages::{Owner, catalogue};
use plimsoll_analysis::pull::{Rates, layers_to_pull, pull};
use plimsoll_analysis::squash;
use plimsoll_snapshot::{Digest, Snapshot};
use serde::{Deserialize, Serialize};
use sha2::Digest as _;

/// Connections for which pulls are estimated, in bytes per second: 100 Mbit/s and 1 Gbit/s.
const CONNECTIONS: [u64; 2] = [12_500_000, 125_000_000];

/// One image. Sizes are in bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct ImageFacts {
    /// The digest of the manifest or, where the source has none, of the config.
    pub(crate) digest: String,
    /// The digest of the config: the image ID.
    pub(crate) id: String,
    pub(crate) platform: String,
    /// When it was built, in UTC to the second.
    pub(crate) created: Option<String>,
    /// The user that it runs as; empty is root.
    pub(crate) user: String,
    /// The base image, as its labels state it.
    pub(crate) base: Option<String>,
    pub(crate) image_bytes: u64,
    pub(crate) tree_bytes: u64,
    pub(crate) hidden_bytes: u64,
    pub(crate) duplicate_bytes: u64,
    /// What the findings of medium and high confidence save together.
    pub(crate) saving_bytes: u64,
    pub(crate) files: u64,
    /// The seconds of a pull over each of [`CONNECTIONS`].
    pub(crate) pull_seconds: [f64; 2],
    /// How many of the lowest layers come with the base image, as the history tells.
    pub(crate) base_layers: u32,
    pub(crate) warnings: u64,
    pub(crate) layers: Vec<LayerOfImage>,
    pub(crate) packages: Vec<PackageOfImage>,
    pub(crate) findings: Vec<FindingOfImage>,
    pub(crate) hidden: Vec<HiddenOfImage>,
}

/// A layer as one image holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LayerOfImage {
    pub(crate) diff_id: String,
    /// The digest of the blob; that of the layer where the source names none.
    pub(crate) blob: String,
    pub(crate) compression: String,
    pub(crate) stored_bytes: u64,
    pub(crate) file_bytes: u64,
    pub(crate) hidden_bytes: u64,
    pub(crate) instruction: Option<String>,
    /// Names all layers up to this one (image-spec, config.md, "Layer ChainID").
    pub(crate) chain: String,
}

/// What a package has in one layer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PackageOfImage {
    /// Index into the layers.
    pub(crate) layer: u32,
    pub(crate) ecosystem: String,
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) license: Option<String>,
    pub(crate) bytes: u64,
    pub(crate) files: u64,
    /// Whether it is there in the final tree.
    pub(crate) installed: bool,
}

/// A finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FindingOfImage {
    pub(crate) rule: String,
    pub(crate) severity: String,
    pub(crate) confidence: String,
    pub(crate) saving_bytes: u64,
    pub(crate) evidence: u64,
}

/// Bytes of one layer that another hides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct HiddenOfImage {
    pub(crate) from_layer: u32,
    pub(crate) by_layer: u32,
    pub(crate) cause: String,
    pub(crate) bytes: u64,
    pub(crate) files: u64,
    pub(crate) instruction: Option<String>,
}

/// Judges the first service of a snapshot.
#[must_use]
pub(crate) fn of(snapshot: &Snapshot, digest: &Digest) -> Option<ImageFacts> {
    let service = snapshot.services.first()?;
    let image = snapshot.images.get(service.image)?;
    let squashed = squash(snapshot, image);
    let catalogue = catalogue(snapshot, image, &squashed);
    let inspection = inspect_image(snapshot, &service.name, image, &squashed);
    let input = Input::new(snapshot, service, &squashed, &catalogue);
    let advice = advise(&input, &RULES.iter().collect::<Vec<&Rule>>());

    let mut owned: BTreeMap<(u32, u32), (u64, u64)> = BTreeMap::new();
    for (inode, owner) in squashed.inodes.iter().zip(&catalogue.owners) {
        if let Owner::Package(id) = owner {
            let (bytes, files) = owned.entry((id.0, inode.layer)).or_default();
            *bytes += inode.size.0;
            *files += 1;
        }
    }
    // A package without bytes is there all the same.
    for package in &catalogue.packages {
        if owned.range((package.id.0, 0)..=(package.id.0, u32::MAX)).next().is_none() {
            owned.insert((package.id.0, package.layer), (0, 0));
        }
    }
    let packages = owned.into_iter().map(|((id, layer), (bytes, files))| {
        let package = &catalogue.packages[id as usize];
        PackageOfImage {
            layer,
            ecosystem: package.ecosystem.name().to_owned(),
            name: package.name.clone(),
            version: package.version.clone(),
            license: package.license.clone(),
            bytes,
            files,
            installed: package.installed,
        }
    });
    let blobs = layers_to_pull(snapshot, image, &[]);
    let base = ["org.opencontainers.image.base.name", "org.opencontainers.image.base.digest"];
    Some(ImageFacts {
        digest: digest.to_string(),
        id: image.id.to_string(),
        platform: inspection.platform.clone(),
        created: image.created.as_deref().and_then(in_seconds),
        user: image.config.user.clone(),
        base: base.iter().find_map(|label| image.config.labels.get(*label)).cloned(),
        image_bytes: inspection.size_bytes.0,
        tree_bytes: inspection.final_tree_bytes.0,
        hidden_bytes: inspection.hidden_bytes.0,
        duplicate_bytes: inspection.duplicate_bytes.0,
        saving_bytes: advice.saving.0,
        files: inspection.files,
        pull_seconds: CONNECTIONS.map(|rate| pull(&blobs, &Rates::with_transfer(rate)).seconds),
        base_layers: input.base_layers,
        warnings: inspection.warnings.len() as u64,
        layers: chained(inspection.layers.iter().map(|layer| LayerOfImage {
            diff_id: layer.diff_id.to_string(),
            blob: layer.digest.as_ref().unwrap_or(layer.diff_id.digest()).to_string(),
            compression: word(&layer.compression),
            stored_bytes: layer.blob_bytes.0,
            file_bytes: layer.file_bytes.0,
            hidden_bytes: layer.hidden_bytes.0,
            instruction: layer.instruction.clone(),
            chain: String::new(),
        })),
        packages: packages.collect(),
        findings: (advice.findings.iter())
            .map(|finding| FindingOfImage {
                rule: finding.rule.to_string(),
                severity: word(&finding.severity),
                confidence: word(&finding.confidence),
                saving_bytes: finding.saving.0,
                evidence: finding.evidence_count,
            })
            .collect(),
        hidden: (inspection.hidden.iter())
            .map(|hidden| HiddenOfImage {
                from_layer: hidden.from_layer,
                by_layer: hidden.by_layer,
                cause: word(&hidden.cause),
                bytes: hidden.bytes.0,
                files: hidden.files,
                instruction: hidden.by_instruction.clone(),
            })
            .collect(),
    })
}

/// Fills the chain IDs in.
fn chained(layers: impl Iterator<Item = LayerOfImage>) -> Vec<LayerOfImage> {
    let mut chained: Vec<LayerOfImage> = Vec::new();
    for mut layer in layers {
        layer.chain = match chained.last() {
            None => layer.diff_id.clone(),
            Some(below) => {
                let both = format!("{} {}", below.chain, layer.diff_id);
                Digest::sha256(sha2::Sha256::digest(both).into()).to_string()
            }
        };
        chained.push(layer);
    }
    chained
}

/// The name of a variant, as JSON has it.
fn word(value: &impl Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

/// A time in UTC to the second, so that texts of any builder sort by time.
fn in_seconds(time: &str) -> Option<String> {
    let time: jiff::Timestamp = time.parse().ok()?;
    Some(jiff::Timestamp::from_second(time.as_second()).ok()?.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_sort_as_texts() {
        assert_eq!(in_seconds("2024-05-01T10:00:00.123456+02:00").unwrap(), "2024-05-01T08:00:00Z");
        assert_eq!(in_seconds("0001-01-01T00:00:00Z").unwrap(), "0001-01-01T00:00:00Z");
        assert_eq!(in_seconds("yesterday"), None);
    }

    #[test]
    fn a_chain_names_every_layer_up_to_it() {
        let layer = |diff_id: &str| LayerOfImage {
            diff_id: diff_id.to_owned(),
            blob: String::new(),
            compression: String::new(),
            stored_bytes: 0,
            file_bytes: 0,
            hidden_bytes: 0,
            instruction: None,
            chain: String::new(),
        };
        let of = |ids: &[&str]| chained(ids.iter().map(|id| layer(id))).pop().unwrap().chain;
        assert_eq!(of(&["sha256:a"]), "sha256:a");
        assert_ne!(of(&["sha256:a", "sha256:b"]), of(&["sha256:b", "sha256:a"]));
        assert_eq!(of(&["sha256:a", "sha256:b"]), of(&["sha256:a", "sha256:b"]));
    }
}
