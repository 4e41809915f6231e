//! Two snapshots in one document, their common layers stored once: what the page of a report holds.

use std::collections::HashMap;
use std::io::{self, Read, Write};

use flate2::Compression;
use serde::{Deserialize, Serialize};

use crate::file::{Versioned, check, read_document, write_document, write_plain};
use crate::{
    DiffId, Disk, FormatError, Image, Layer, Limit, ReadLimits, Runtime, SCHEMA_VERSION, Service, Snapshot,
};

/// Before and after.
#[derive(Clone, Debug, PartialEq)]
pub struct Bundle {
    /// The snapshot before.
    pub before: Snapshot,
    /// The snapshot after.
    pub after: Snapshot,
    /// The target file that what is after is judged by, as a document; absent without one.
    pub targets: Option<serde_json::Value>,
    /// What the snapshots before and after were called, where they may be named.
    pub names: [Option<String>; 2],
}

#[derive(Serialize, Deserialize)]
struct Document {
    schema_version: u32,
    before: Side,
    after: Side,
    layers: Vec<Layer>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    targets: Option<serde_json::Value>,
    #[serde(skip_serializing_if = "is_nameless", default)]
    names: [Option<String>; 2],
}

fn is_nameless(names: &[Option<String>; 2]) -> bool {
    names.iter().all(Option::is_none)
}

impl Versioned for Document {
    fn schema_version(&self) -> u32 {
        self.schema_version
    }
}

#[derive(Serialize, Deserialize)]
struct Side {
    generator: String,
    services: Vec<Service>,
    images: Vec<Image>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    runtime: Option<Runtime>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    disk: Option<Disk>,
}

impl Bundle {
    /// Reads a bundle, compressed or not.
    pub fn read(file: impl Read) -> Result<Self, FormatError> {
        Self::read_within(file, &ReadLimits::default())
    }

    /// Reads a bundle of which neither side holds more than the limits allow.
    pub fn read_within(file: impl Read, limits: &ReadLimits) -> Result<Self, FormatError> {
        let Document { before, after, layers, targets, names, .. } =
            read_document(file, limits[Limit::SnapshotBytes])?;
        let bundle = Self { before: before.with(layers.clone()), after: after.with(layers), targets, names };
        check(&bundle.before, limits)?;
        check(&bundle.after, limits)?;
        limits.check_pair(&bundle.before, &bundle.after)?;
        Ok(bundle)
    }

    /// Writes the bundle as gzip-compressed JSON; the same bundle always gives the same bytes.
    pub fn write_gzip(&self, out: impl Write) -> io::Result<()> {
        write_document(&self.document(), Compression::new(6), out)
    }

    /// Writes the bundle as JSON, for who compresses it by other means.
    pub fn write_json(&self, mut out: impl Write) -> io::Result<()> {
        write_plain(&self.document(), &mut out)
    }

    fn document(&self) -> Document {
        let mut layers = Vec::new();
        let mut known = HashMap::new();
        let before = Side::of(&self.before, &mut layers, &mut known);
        let after = Side::of(&self.after, &mut layers, &mut known);
        let (targets, names) = (self.targets.clone(), self.names.clone());
        Document { schema_version: SCHEMA_VERSION, before, after, layers, targets, names }
    }
}

fn knows_more(left: &Layer, right: &Layer) -> bool {
    let known = |layer: &Layer| layer.contents.as_ref().map(|contents| contents.facts.is_some());
    known(left) > known(right)
}

impl Side {
    /// The snapshot without its layers; those that are new are added to `layers`.
    fn of(snapshot: &Snapshot, layers: &mut Vec<Layer>, known: &mut HashMap<DiffId, usize>) -> Self {
        let mut images = snapshot.images.clone();
        for layer in images.iter_mut().flat_map(|image| &mut image.layers) {
            let whole = &snapshot.layers[layer.layer];
            let index = *known.entry(whole.diff_id.clone()).or_insert(layers.len());
            match layers.get_mut(index) {
                None => layers.push(whole.clone()),
                // One side may have read the layer that the other only names, or an older program did.
                Some(layer) if knows_more(whole, layer) => layer.contents.clone_from(&whole.contents),
                Some(_) => {}
            }
            layer.layer = index;
        }
        Self {
            generator: snapshot.generator.clone(),
            services: snapshot.services.clone(),
            images,
            runtime: snapshot.runtime.clone(),
            disk: snapshot.disk.clone(),
        }
    }

    /// The snapshot again, with the layers it uses.
    fn with(self, layers: Vec<Layer>) -> Snapshot {
        Snapshot {
            schema_version: SCHEMA_VERSION,
            generator: self.generator,
            services: self.services,
            images: self.images,
            layers,
            runtime: self.runtime,
            disk: self.disk,
            ..Snapshot::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime::Container;

    #[test]
    fn each_side_keeps_its_runtime() {
        let side = |service: &str| {
            let container = Container { service: Some(service.to_owned()), ..Container::default() };
            let runtime = Runtime { containers: vec![container], ..Runtime::default() };
            Snapshot { schema_version: SCHEMA_VERSION, runtime: Some(runtime), ..Snapshot::default() }
        };
        let names = [Some("old.plimsoll".to_owned()), None];
        let bundle = Bundle { before: side("old"), after: side("new"), targets: None, names };
        let mut file = Vec::new();
        bundle.write_gzip(&mut file).unwrap();
        assert_eq!(Bundle::read(&file[..]).unwrap(), bundle);
    }
}
