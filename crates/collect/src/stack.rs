//! Everything that was read, together under the names of services: images, and snapshots that were made before.

use plimsoll_snapshot::{FormatError, Image, ReadLimits, Runtime, Snapshot, Source};

use crate::error::Result;
use crate::memory::RuntimeBuilder;
use crate::merge::merge;
use crate::open::OpenedImages;
use crate::snapshot::SnapshotBuilder;

/// How an input is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputName {
    /// In messages: as the user gave it.
    pub place: String,
    /// In the snapshot: the name of the file without its directory, or of the image.
    pub file: String,
}

/// Two different images under one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SameName {
    /// The name of both services.
    pub service: String,
    /// The places that they come from, where they are known.
    pub places: [Option<String>; 2],
}

/// Why inputs do not go together.
#[derive(Debug)]
pub enum StackError {
    /// Services of one name differ.
    SameName(SameName),
    /// The snapshot holds more than it may.
    TooLarge(FormatError),
}

/// Why an input cannot have the name that the user gave it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NameError {
    /// Another image has it.
    SameName(SameName),
    /// The input holds several images.
    SeveralImages {
        /// The transport of the input, as users write it.
        transport: &'static str,
        /// How to ask for each image.
        references: Vec<String>,
    },
    /// The input is a snapshot with several services, or none.
    SeveralServices {
        /// How many.
        count: usize,
    },
}

/// A snapshot that is being put together.
#[derive(Debug)]
pub struct Stack {
    images: SnapshotBuilder,
    /// The snapshots that were given, each with what the user calls it.
    snapshots: Vec<(String, Snapshot)>,
    /// Services in the order in which they were asked for, each with where it comes from.
    order: Vec<(String, String)>,
}

impl Stack {
    /// `generator` is the name and version of the program.
    #[must_use]
    pub fn new(generator: &str) -> Self {
        Self { images: SnapshotBuilder::new(generator), snapshots: Vec::new(), order: Vec::new() }
    }

    /// Takes the images of an input in, and gives their indices.
    ///
    /// # Errors
    /// If a layer is not what its digests say.
    pub fn add_images(&mut self, name: &InputName, opened: OpenedImages) -> Result<Vec<usize>> {
        let OpenedImages { transport, images, mut layers } = opened;
        let origin = Source { transport, name: name.file.clone() };
        let add = |image| self.images.add_image(origin.clone(), image, &mut layers);
        let indices: Result<_> = images.into_iter().map(add).collect();
        indices.map_err(|error| error.within(&format!("`{}`", name.place)))
    }

    /// Makes services of images, under their own names. Returns how many of them are services already: the same image
    /// twice is one service, since a glob may name a file twice.
    ///
    /// # Errors
    /// If a service of that name runs another image.
    pub fn name_images(
        &mut self,
        input: &InputName,
        images: &[usize],
    ) -> std::result::Result<usize, SameName> {
        let mut known = 0;
        for &index in images {
            if self.images.is_named(index) {
                known += 1;
            } else {
                let service = self.images.service_name(index, &input.file);
                self.add_service(service, index, input)?;
            }
        }
        Ok(known)
    }

    /// Makes a service of the only image of an input, under this name.
    ///
    /// # Errors
    /// If there are several images, or the name is that of another.
    pub fn name_image(
        &mut self,
        name: &str,
        input: &InputName,
        images: &[usize],
    ) -> std::result::Result<(), NameError> {
        match images {
            [] => Ok(()),
            [only] => self.add_service(name.to_owned(), *only, input).map_err(NameError::SameName),
            several => Err(self.several(several)),
        }
    }

    fn add_service(
        &mut self,
        service: String,
        image: usize,
        input: &InputName,
    ) -> std::result::Result<(), SameName> {
        if let Some((_, other)) = self.order.iter().find(|(known, _)| *known == service) {
            if self.images.is_called(&service, image) {
                return Ok(());
            }
            return Err(SameName { service, places: [Some(other.clone()), Some(input.place.clone())] });
        }
        self.images.add_service(&service, image);
        self.order.push((service, input.place.clone()));
        Ok(())
    }

    fn several(&self, images: &[usize]) -> NameError {
        let images = || images.iter().map(|&index| &self.images.images()[index]);
        let reference =
            |image: &Image| image.reference.clone().unwrap_or_else(|| image.id.short().to_owned());
        NameError::SeveralImages {
            transport: images().next().map_or("", |image| image.source.transport.name()),
            references: images().map(reference).collect(),
        }
    }

    /// Joins a snapshot. A name is one for its only service.
    ///
    /// # Errors
    /// If there is a name, and not exactly one service.
    pub fn join(
        &mut self,
        name: Option<&str>,
        input: &InputName,
        mut snapshot: Snapshot,
    ) -> std::result::Result<(), NameError> {
        if let Some(name) = name {
            let [only] = &mut snapshot.services[..] else {
                return Err(NameError::SeveralServices { count: snapshot.services.len() });
            };
            let old = std::mem::replace(&mut only.name, name.to_owned());
            snapshot.runtime = snapshot.runtime.map(|runtime| renamed(runtime, &old, name));
        }
        for service in &snapshot.services {
            if self.order.iter().all(|(known, _)| *known != service.name) {
                self.order.push((service.name.clone(), input.place.clone()));
            }
        }
        self.snapshots.push((input.place.clone(), snapshot));
        Ok(())
    }

    /// Everything in one.
    ///
    /// # Errors
    /// If services of one name differ, or everything together exceeds a limit.
    pub fn finish(self, limits: &ReadLimits) -> std::result::Result<Snapshot, StackError> {
        let snapshot = self.merged().map_err(StackError::SameName)?;
        limits.check(&snapshot).map_err(StackError::TooLarge)?;
        Ok(snapshot)
    }

    fn merged(self) -> std::result::Result<Snapshot, SameName> {
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
                let places = [other.map(|(_, place)| place.clone()), Some(place)];
                SameName { service, places }
            })?;
        }
        let place = |name: &str| self.order.iter().position(|(known, _)| known == name);
        whole.services.sort_by_key(|service| place(&service.name));
        Ok(whole)
    }
}

/// Calls a service of what runs by another name.
fn renamed(runtime: Runtime, old: &str, new: &str) -> Runtime {
    let mut builder = RuntimeBuilder::new();
    builder.add_runtime(runtime);
    builder.rename(old, new);
    builder.finish()
}
