//! Two snapshots in one document, their common layers stored once: what the page of a report holds.

use std::collections::HashMap;
use std::io::{self, Read, Write};

use flate2::Compression;
use serde::{Deserialize, Serialize};

use crate::file::{Versioned, check, read_document, write_document, write_plain};
use crate::{
    Bytes, DiffId, Disk, FormatError, Image, Layer, Limit, ReadLimits, Runtime, SCHEMA_VERSION, Service,
    Snapshot,
};

/// Before and after.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bundle {
    /// The snapshot before.
    pub before: Snapshot,
    /// The snapshot after.
    pub after: Snapshot,
    /// The target file that what is after is judged by, as a document; absent without one.
    pub targets: Option<serde_json::Value>,
    /// What the snapshots before and after were called, where they may be named.
    pub names: [Option<String>; 2],
    /// The series that both are states of, where there is one.
    pub trend: Option<Trend>,
    /// The fixes of what is after, for the Dockerfiles that it was built from.
    pub patches: Vec<FixPatch>,
}

/// The fixes of an image, as one patch of its Dockerfile and of the files beside it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FixPatch {
    /// The services that run the image.
    pub services: Vec<String>,
    /// A unified diff, for `git apply` or `patch -p1`.
    pub text: String,
    /// The number of findings that it fixes.
    pub fixed: u64,
    /// What it saves.
    pub saving: Bytes,
    /// Whether the changed Dockerfile needs BuildKit, where it did not.
    pub needs_buildkit: bool,
}

/// A series of states, with the snapshots of those that can be compared.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trend {
    /// The series, as a document.
    pub series: serde_json::Value,
    /// Snapshots, each with the index of its state, in ascending order.
    pub points: Vec<(usize, Snapshot)>,
    /// The indices of the states before and after.
    pub pair: [Option<usize>; 2],
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
    #[serde(skip_serializing_if = "Option::is_none", default)]
    trend: Option<TrendDocument>,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    patches: Vec<FixPatch>,
}

#[derive(Serialize, Deserialize)]
struct TrendDocument {
    series: serde_json::Value,
    points: Vec<Point>,
    pair: [Option<usize>; 2],
}

#[derive(Serialize, Deserialize)]
struct Point {
    state: usize,
    snapshot: Side,
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

    /// Reads a bundle of which no snapshot holds more than the limits allow.
    pub fn read_within(file: impl Read, limits: &ReadLimits) -> Result<Self, FormatError> {
        let Document { before, after, layers, targets, names, trend, patches, .. } =
            read_document(file, limits[Limit::SnapshotBytes])?;
        let trend = trend.map(|trend| trend.with(&layers)).transpose()?;
        let (before, after) = (before.with(layers.clone()), after.with(layers));
        let bundle = Self { before, after, targets, names, trend, patches };
        check(&bundle.before, limits)?;
        check(&bundle.after, limits)?;
        limits.check_pair(&bundle.before, &bundle.after)?;
        for (_, snapshot) in bundle.trend.iter().flat_map(|trend| &trend.points) {
            check(snapshot, limits)?;
        }
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
        let point = |(state, snapshot): &(usize, Snapshot)| Point {
            state: *state,
            snapshot: Side::of(snapshot, &mut layers, &mut known),
        };
        let trend = self.trend.as_ref().map(|trend| TrendDocument {
            series: trend.series.clone(),
            points: trend.points.iter().map(point).collect(),
            pair: trend.pair,
        });
        Document {
            schema_version: SCHEMA_VERSION,
            before,
            after,
            layers,
            targets: self.targets.clone(),
            names: self.names.clone(),
            trend,
            patches: self.patches.clone(),
        }
    }
}

impl TrendDocument {
    /// The snapshots again, each with the layers that it uses alone: hundreds of points share the list.
    fn with(self, layers: &[Layer]) -> Result<Trend, FormatError> {
        let point = |Point { state, mut snapshot }: Point| -> Result<(usize, Snapshot), FormatError> {
            let mut used = Vec::new();
            let mut places: HashMap<usize, usize> = HashMap::new();
            for layer in snapshot.images.iter_mut().flat_map(|image| &mut image.layers) {
                let whole = layers.get(layer.layer).ok_or(FormatError::Damaged(UNKNOWN_LAYER.to_owned()))?;
                layer.layer = *places.entry(layer.layer).or_insert_with(|| {
                    used.push(whole.clone());
                    used.len() - 1
                });
            }
            Ok((state, snapshot.with(used)))
        };
        let points: Vec<(usize, Snapshot)> = self.points.into_iter().map(point).collect::<Result<_, _>>()?;
        if !points.is_sorted_by(|(one, _), (next, _)| one < next) {
            return Err(FormatError::Damaged("the points of the series are not in order".to_owned()));
        }
        Ok(Trend { series: self.series, points, pair: self.pair })
    }
}

const UNKNOWN_LAYER: &str = "a point of the series names a layer that is not there";

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
        let trend = Trend {
            series: serde_json::json!({ "states": [] }),
            points: vec![(0, side("old")), (2, side("new"))],
            pair: [Some(0), Some(2)],
        };
        let (before, after) = (side("old"), side("new"));
        let patch = FixPatch { services: vec!["app".to_owned()], fixed: 2, ..FixPatch::default() };
        let patches = vec![patch];
        let bundle = Bundle { before, after, targets: None, names, trend: Some(trend), patches };
        let mut file = Vec::new();
        bundle.write_gzip(&mut file).unwrap();
        assert_eq!(Bundle::read(&file[..]).unwrap(), bundle);
    }
}
