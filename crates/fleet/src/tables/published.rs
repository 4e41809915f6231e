//! Publishes the facts of a store as tables. Those of images describe the current state, and are rewritten.

use std::collections::BTreeSet;

use plimsoll_snapshot::Digest;

use super::writer::{Writer, write};
use super::{FINDINGS, HIDDEN, IMAGE_LAYERS, IMAGES, PACKAGES, Table, Value, batches};
use crate::error::Result;
use crate::facts::ImageFacts;
use crate::state::{ItemState, NamedImage};
use crate::store::{Locked, Store};
use crate::version_key::version_key;

/// What was published.
#[derive(Debug, Default)]
pub(crate) struct Published {
    /// Images and layers whose facts are damaged: the next scan reads them again.
    pub(crate) lost: Vec<String>,
    pub(crate) references: usize,
    pub(crate) images: usize,
}

/// The name of the file of a table that is written anew.
const CURRENT: &str = "current.parquet";

/// Publishes the images that these names stand for. The facts of one image at a time are in memory.
///
/// # Errors
/// If a table cannot be written. The others are whole.
pub(crate) fn publish(store: &Store, locked: &Locked, names: &[(String, ItemState)]) -> Result<Published> {
    let mut wanted: BTreeSet<String> =
        names.iter().flat_map(|(_, item)| &item.images).map(|image| image.digest.clone()).collect();
    let mut published = Published::default();
    loop {
        let (tables, lost) = OfImages::write(store, &wanted)?;
        for digest in lost {
            wanted.remove(&digest);
            published.lost.push(digest);
        }
        let lost: BTreeSet<String> = batches::add(store, locked, &tables.layers)?.into_iter().collect();
        if lost.is_empty() {
            tables.commit()?;
            break;
        }
        // The facts of their images are useless without them.
        for digest in tables.with_layers(store, &wanted, &lost) {
            wanted.remove(&digest);
        }
        published.lost.extend(lost);
    }
    // The names come last: with them, the rest counts.
    (published.references, published.images) = references(store, &wanted, names)?;
    Ok(published)
}

/// The facts of an image.
fn facts(store: &Store, digest: &str) -> Option<ImageFacts> {
    store.image(&Digest::parse(digest).ok()?)
}

/// The tables of images, but for their names.
struct OfImages {
    image_layers: Writer,
    packages: Writer,
    findings: Writer,
    hidden: Writer,
    /// The layers of all images.
    layers: BTreeSet<String>,
}

impl OfImages {
    /// Writes images. Gives those of which nothing is known, too.
    fn write(store: &Store, wanted: &BTreeSet<String>) -> Result<(Self, Vec<String>)> {
        let create = |table: &Table| Writer::create(table, &store.table(table.name).join(CURRENT));
        let mut tables = Self {
            image_layers: create(&IMAGE_LAYERS)?,
            packages: create(&PACKAGES)?,
            findings: create(&FINDINGS)?,
            hidden: create(&HIDDEN)?,
            layers: BTreeSet::new(),
        };
        let mut lost = Vec::new();
        for digest in wanted {
            match facts(store, digest) {
                Some(image) => tables.add(&image)?,
                None => lost.push(digest.clone()),
            }
        }
        Ok((tables, lost))
    }

    /// Moves them to their places.
    fn commit(self) -> Result<()> {
        self.image_layers.commit()?;
        self.packages.commit()?;
        self.findings.commit()?;
        self.hidden.commit()
    }

    /// The images that have one of some layers. They are forgotten.
    fn with_layers(&self, store: &Store, wanted: &BTreeSet<String>, lost: &BTreeSet<String>) -> Vec<String> {
        let has = |digest: &&String| {
            facts(store, digest)
                .is_some_and(|image| image.layers.iter().any(|layer| lost.contains(&layer.diff_id)))
        };
        let found: Vec<String> = wanted.iter().filter(has).cloned().collect();
        for digest in found.iter().filter_map(|digest| Digest::parse(digest).ok()) {
            store.forget_image(&digest);
        }
        found
    }

    fn add(&mut self, image: &ImageFacts) -> Result<()> {
        for (position, layer) in (0_u64..).zip(&image.layers) {
            self.layers.insert(layer.diff_id.clone());
            self.image_layers.rows()?.push([
                (&image.digest).into(),
                position.into(),
                (&layer.diff_id).into(),
                (&layer.blob).into(),
                (&layer.compression).into(),
                layer.stored_bytes.into(),
                layer.file_bytes.into(),
                layer.hidden_bytes.into(),
                layer.instruction.as_deref().into(),
                (&layer.chain).into(),
                (position < u64::from(image.base_layers)).into(),
            ]);
        }
        for package in &image.packages {
            self.packages.rows()?.push([
                (&image.digest).into(),
                layer_of(image, package.layer),
                (&package.ecosystem).into(),
                (&package.name).into(),
                (&package.version).into(),
                (&version_key(&package.ecosystem, &package.version)).into(),
                package.license.as_deref().into(),
                package.bytes.into(),
                package.files.into(),
                package.installed.into(),
            ]);
        }
        for finding in &image.findings {
            self.findings.rows()?.push([
                (&image.digest).into(),
                (&finding.rule).into(),
                (&finding.severity).into(),
                (&finding.confidence).into(),
                finding.saving_bytes.into(),
                finding.evidence.into(),
            ]);
        }
        for hidden in &image.hidden {
            self.hidden.rows()?.push([
                (&image.digest).into(),
                layer_of(image, hidden.from_layer),
                layer_of(image, hidden.by_layer),
                (&hidden.cause).into(),
                hidden.bytes.into(),
                hidden.files.into(),
                hidden.instruction.as_deref().into(),
            ]);
        }
        Ok(())
    }
}

/// The digest of a layer of an image.
fn layer_of(image: &ImageFacts, index: u32) -> Value<'_> {
    image.layers.get(index as usize).map(|layer| layer.diff_id.as_str()).into()
}

/// Writes the names of images. Returns how many there are, and how many images.
fn references(
    store: &Store,
    known: &BTreeSet<String>,
    names: &[(String, ItemState)],
) -> Result<(usize, usize)> {
    let mut rows: Vec<(&str, &str, &ItemState, &NamedImage)> = Vec::new();
    for (source, item) in names {
        let images = item.images.iter().filter(|image| known.contains(&image.digest));
        rows.extend(images.map(|image| (image.digest.as_str(), source.as_str(), item, image)));
    }
    // By image, so that what is known of each is read once.
    rows.sort_by(|one, other| (one.0, &one.3.name).cmp(&(other.0, &other.3.name)));
    let mut image: Option<ImageFacts> = None;
    let mut images = 0;
    write(&IMAGES, &store.table(IMAGES.name).join(CURRENT), |out| {
        for (digest, source, item, named) in &rows {
            if image.as_ref().is_none_or(|image| image.digest != *digest) {
                image = facts(store, digest);
                images += 1;
            }
            let (name, Some(image)) = (&named.name, &image) else { continue };
            out.rows()?.push([
                (&name.reference).into(),
                (&name.registry).into(),
                (&name.repository).into(),
                (&name.project).into(),
                (&name.tag).into(),
                (*digest).into(),
                (&image.id).into(),
                (&image.platform).into(),
                image.created.as_deref().into(),
                (&image.user).into(),
                image.base.as_deref().into(),
                image.layers.last().map(|layer| layer.chain.as_str()).into(),
                (image.layers.len() as u64).into(),
                u64::from(image.base_layers).into(),
                image.files.into(),
                image.image_bytes.into(),
                image.tree_bytes.into(),
                image.hidden_bytes.into(),
                image.duplicate_bytes.into(),
                image.layers.iter().map(|layer| layer.stored_bytes).sum::<u64>().into(),
                image.saving_bytes.into(),
                Value::Real(image.pull_seconds[0]),
                Value::Real(image.pull_seconds[1]),
                image.warnings.into(),
                (*source).into(),
                (&item.run).into(),
            ]);
        }
        Ok(())
    })?;
    Ok((rows.len(), images))
}
