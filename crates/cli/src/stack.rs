//! Puts what sources hold together under the names of services: images, and snapshots that were made before.

use std::collections::BTreeMap;

use plimsoll_collect::{PlannedImage, ReadLayer, SnapshotBuilder, merge};
use plimsoll_report::format::one_line;
use plimsoll_snapshot::{Image, Snapshot, Source, Transport};

use crate::error::{Error, Result};
use crate::printer::Printer;
use crate::sources::SourceSpec;

/// What snapshots name as the program that made them.
pub(crate) const GENERATOR: &str = concat!("plimsoll ", env!("CARGO_PKG_VERSION"));

/// The images of one source with their layers, by the member that a layer is.
pub(crate) type Loaded = (Transport, Vec<PlannedImage>, BTreeMap<String, ReadLayer>);

/// A snapshot that is being put together.
pub(crate) struct Stack {
    images: SnapshotBuilder,
    /// The snapshots that were given, each with what the user calls it.
    snapshots: Vec<(String, Snapshot)>,
    /// Services in the order in which they were asked for, each with where it comes from.
    order: Vec<(String, String)>,
}

impl Stack {
    pub(crate) fn new() -> Self {
        Self { images: SnapshotBuilder::new(GENERATOR), snapshots: Vec::new(), order: Vec::new() }
    }

    /// Takes the images of a source in, and gives their indices.
    pub(crate) fn add_images(&mut self, source: &SourceSpec, loaded: Loaded) -> Result<Vec<usize>> {
        let (transport, images, mut layers) = loaded;
        let origin = Source { transport, name: source.file_name() };
        let add = |image| Ok(self.images.add_image(origin.clone(), image, &mut layers)?);
        images.into_iter().map(add).collect()
    }

    /// Makes services of images: under a name, or under their own.
    pub(crate) fn name(
        &mut self,
        name: Option<&str>,
        source: &SourceSpec,
        images: &[usize],
        printer: &Printer,
    ) -> Result<()> {
        if let (Some(name), 2..) = (name, images.len()) {
            return Err(ambiguous(name, source, images, self.images.images()));
        }
        for &index in images {
            let place = display(source);
            // The same image twice under no name is one service: a glob may name a file twice.
            if name.is_none() && self.images.is_named(index) {
                printer.note(&format!("note: the image of `{place}` is given twice, and is one service"));
                continue;
            }
            let service = match name {
                Some(name) => name.to_owned(),
                None => self.images.service_name(index, &source.file_name()),
            };
            if let Some((_, other)) = self.order.iter().find(|(known, _)| *known == service) {
                if self.images.is_called(&service, index) {
                    continue;
                }
                return Err(twice(&service, other, &place));
            }
            self.images.add_service(&service, index);
            self.order.push((service, place));
        }
        Ok(())
    }

    /// Joins a snapshot. A name is one for its only service.
    pub(crate) fn join(
        &mut self,
        name: Option<&str>,
        source: &SourceSpec,
        snapshot: &Snapshot,
    ) -> Result<()> {
        let (place, mut snapshot) = (display(source), snapshot.clone());
        if let Some(name) = name {
            let [only] = &mut snapshot.services[..] else {
                let count = snapshot.services.len();
                return Err(Error::usage(
                    format!("`{name}` stands for one image, but the snapshot `{place}` has {count} services"),
                    "leave the name out: its services keep theirs, and `--map OLD=NEW` changes one",
                ));
            };
            let old = std::mem::replace(&mut only.name, name.to_owned());
            snapshot.runtime = snapshot.runtime.map(|runtime| renamed(runtime, &old, name));
        }
        for service in &snapshot.services {
            if self.order.iter().all(|(known, _)| *known != service.name) {
                self.order.push((service.name.clone(), place.clone()));
            }
        }
        self.snapshots.push((place, snapshot));
        Ok(())
    }

    /// Everything in one.
    pub(crate) fn finish(self) -> Result<Snapshot> {
        let mut parts = self.snapshots.into_iter();
        let images = self.images.finish();
        // One snapshot alone stays as it is.
        let mut whole = match (images.services.is_empty(), parts.len()) {
            (true, 1) => return Ok(parts.next().map(|(_, snapshot)| snapshot).unwrap_or_default()),
            _ => images,
        };
        for (place, snapshot) in parts {
            merge(&mut whole, snapshot).map_err(|service| {
                let other = self.order.iter().find(|(name, _)| *name == service);
                twice(&service, other.map_or("another source", |(_, place)| place), &place)
            })?;
        }
        let place = |name: &str| self.order.iter().position(|(known, _)| known == name);
        whole.services.sort_by_key(|service| place(&service.name));
        Ok(whole)
    }
}

/// Calls a service of what runs by another name.
fn renamed(runtime: plimsoll_snapshot::Runtime, old: &str, new: &str) -> plimsoll_snapshot::Runtime {
    let mut builder = plimsoll_collect::memory::RuntimeBuilder::new();
    builder.add_runtime(runtime);
    builder.rename(old, new);
    builder.finish()
}

/// A source as the user gave it.
pub(crate) fn display(source: &SourceSpec) -> String {
    match source {
        SourceSpec::Path(path, _) => path.display().to_string(),
        source => source.file_name(),
    }
}

fn twice(service: &str, one: &str, other: &str) -> Error {
    let service = one_line(service);
    Error::usage(
        format!("there are two services named `{service}`, one of `{one}` and another of `{other}`"),
        "give each source its own name: `NAME=SOURCE`",
    )
}

fn ambiguous(name: &str, source: &SourceSpec, chosen: &[usize], images: &[Image]) -> Error {
    let transport = images[chosen[0]].source.transport.name();
    let path = display(source);
    let references: Vec<_> = chosen
        .iter()
        .map(|&index| {
            let image = &images[index];
            format!("`{}`", image.reference.as_deref().unwrap_or_else(|| image.id.short()))
        })
        .collect();
    Error::usage(
        format!("`{name}` stands for one image, but `{path}` holds {}", chosen.len()),
        format!("choose one: `{name}={transport}:{path}:REFERENCE` with {}", references.join(" or ")),
    )
}
