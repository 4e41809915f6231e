//! Puts planned images and read layers together, and checks that they are what their digests say.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use plimsoll_snapshot::{
    Bytes, Compression, Digest, Image, ImageLayer, Layer, SCHEMA_VERSION, Service, Snapshot, Source, Warning,
};

use crate::depth::Depth;
use crate::error::{Error, Result};
use crate::layer::ReadLayer;
use crate::plan::{PlannedImage, PlannedLayer};
use crate::redact;

/// Collects images; layers and images that several services share are stored once.
#[derive(Debug)]
pub struct SnapshotBuilder {
    snapshot: Snapshot,
    layer_of: HashMap<Digest, usize>,
}

impl SnapshotBuilder {
    /// `generator` is the name and version of the program.
    #[must_use]
    pub fn new(generator: impl Into<String>) -> Self {
        let snapshot =
            Snapshot { schema_version: SCHEMA_VERSION, generator: generator.into(), ..Snapshot::default() };
        Self { snapshot, layer_of: HashMap::new() }
    }

    /// Adds an image, and gives its index. The contents of its layers are taken out of `layers`, which has them by
    /// the name of their blob; a layer that an earlier image brought along needs none.
    pub fn add_image(
        &mut self,
        source: Source,
        image: PlannedImage,
        layers: &mut BTreeMap<String, ReadLayer>,
    ) -> Result<usize> {
        let mut warnings = image.warnings;
        let steps = layer_steps(&image.facts.history, image.layers.len(), &mut warnings);
        let mut image_layers = Vec::with_capacity(image.layers.len());
        for (position, planned) in image.layers.iter().enumerate() {
            let layer = self.add_layer(planned, layers, &mut warnings)?;
            image_layers.push(ImageLayer { history: steps.get(position).copied(), ..layer });
        }
        let name = |text: String| redact::name(&text).into_owned();
        let image = Image {
            reference: image.reference.map(name),
            tags: image.tags.into_iter().map(name).collect(),
            source: Source { name: name(source.name), ..source },
            id: image.id,
            manifest_digest: image.manifest_digest,
            platform: image.facts.platform,
            created: image.facts.created,
            config: image.facts.config,
            history: image.facts.history,
            layers: image_layers,
            warnings,
        };
        let known = self.snapshot.images.iter().position(|known| *known == image);
        Ok(known.unwrap_or_else(|| {
            self.snapshot.images.push(image);
            self.snapshot.images.len() - 1
        }))
    }

    /// Names an image that was added.
    pub fn add_service(&mut self, name: &str, image: usize) {
        let name = redact::name(name).into_owned();
        self.snapshot.services.push(Service { name, image, build: None });
    }

    /// Whether a service runs an image.
    #[must_use]
    pub fn is_named(&self, image: usize) -> bool {
        self.snapshot.services.iter().any(|service| service.image == image)
    }

    /// Whether the service of a name runs this image.
    #[must_use]
    pub fn is_called(&self, name: &str, image: usize) -> bool {
        self.snapshot.services.iter().any(|service| service.name == name && service.image == image)
    }

    /// The images so far.
    #[must_use]
    pub fn images(&self) -> &[Image] {
        &self.snapshot.images
    }

    fn add_layer(
        &mut self,
        planned: &PlannedLayer,
        layers: &mut BTreeMap<String, ReadLayer>,
        warnings: &mut Vec<Warning>,
    ) -> Result<ImageLayer> {
        let read = planned.member.as_ref().and_then(|member| layers.get_mut(member));
        let (mut compression, mut blob_bytes) = (Compression::None, planned.bytes);
        if let Some(read) = &read {
            verify(planned, read, warnings)?;
            (compression, blob_bytes) = (read.compression, read.blob_bytes);
        }
        let digest = planned.digest.clone().or_else(|| read.as_ref().and_then(|read| read.digest.clone()));
        let index = *self.layer_of.entry(planned.diff_id.digest().clone()).or_insert_with(|| {
            self.snapshot.layers.push(Layer { diff_id: planned.diff_id.clone(), contents: None });
            self.snapshot.layers.len() - 1
        });
        // An earlier image may have named the layer without including it.
        let layer = &mut self.snapshot.layers[index];
        if let (None, Some(read)) = (&layer.contents, read) {
            layer.contents = Some(Arc::new(std::mem::take(&mut read.contents)));
        }
        Ok(ImageLayer { layer: index, digest, compression, blob_bytes: Bytes(blob_bytes.0), history: None })
    }

    /// The names of the services so far.
    pub fn services(&self) -> impl Iterator<Item = &str> {
        self.snapshot.services.iter().map(|service| service.name.as_str())
    }

    /// A name for the service that runs an image and was given none: that of the repository, or else of the file.
    #[must_use]
    pub fn service_name(&self, image: usize, file: &str) -> String {
        let image = &self.snapshot.images[image];
        let stem = || file.split('.').next().filter(|stem| !stem.is_empty()).unwrap_or("image").to_owned();
        let name = match &image.reference {
            // An OCI layout often notes the tag alone, and `latest` names nothing.
            Some(reference) if reference.contains('/') || reference.contains(':') => {
                let repository = reference.rsplit('/').next().unwrap_or(reference);
                repository.split([':', '@']).next().unwrap_or(repository).to_owned()
            }
            Some(tag) if tag != "latest" => tag.clone(),
            _ => stem(),
        };
        if self.services().all(|service| service != name) {
            return name;
        }
        // Two tags of one repository in one archive.
        match &image.reference {
            Some(reference) => reference.rsplit('/').next().unwrap_or(reference).to_owned(),
            None => format!("{name}-{}", image.id.short()),
        }
    }

    /// The snapshot.
    #[must_use]
    pub fn finish(self) -> Snapshot {
        self.snapshot
    }
}

fn verify(planned: &PlannedLayer, read: &ReadLayer, warnings: &mut Vec<Warning>) -> Result<()> {
    let in_part = match read.depth {
        Depth::Verified => None,
        Depth::Unverified => Some(Warning::NotVerified {}),
        Depth::Headers => Some(Warning::HeadersOnly {}),
    };
    if let Some(warning) = in_part {
        // Once an image.
        if !warnings.contains(&warning) {
            warnings.push(warning);
        }
        return Ok(());
    }
    let found = [
        (planned.digest.as_ref(), read.digest.as_ref()),
        (Some(planned.diff_id.digest()), Some(read.diff_id.digest())),
    ];
    for (expected, found) in found {
        match (expected, found) {
            (Some(expected), _) if expected.algorithm() != "sha256" => {
                warnings.push(Warning::DigestNotVerified { digest: expected.clone() });
            }
            (Some(expected), Some(found)) if expected != found => {
                return Err(Error::DigestMismatch {
                    blob: planned.digest.as_ref().map_or_else(
                        || format!("`{}`", planned.member.as_deref().unwrap_or_default()),
                        ToString::to_string,
                    ),
                    expected: expected.clone(),
                    found: found.clone(),
                });
            }
            _ => {}
        }
    }
    Ok(())
}

/// For each layer the history step that made it; none if the history does not fit (image-spec, config.md, "history").
fn layer_steps(
    history: &[plimsoll_snapshot::HistoryEntry],
    layers: usize,
    warnings: &mut Vec<Warning>,
) -> Vec<usize> {
    let steps: Vec<usize> =
        history.iter().enumerate().filter(|(_, step)| !step.empty_layer).map(|(index, _)| index).collect();
    if steps.len() == layers {
        return steps;
    }
    if !history.is_empty() {
        warnings.push(Warning::HistoryMismatch { history_layers: steps.len() as u64, layers: layers as u64 });
    }
    Vec::new()
}
