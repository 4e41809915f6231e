//! The images of a snapshot, each looked into once for all services that run it side by side.

use std::sync::{Arc, Weak};

use plimsoll_snapshot::Snapshot;

use crate::inspect::{ImageInspection, inspect_image};
use crate::packages::{Catalogue, catalogue};
use crate::squash::{Squashed, squash};

/// An image with its layers stacked, and all that is known of what lies in it. Services that run the same image share
/// one.
#[derive(Debug)]
pub struct ImageTree<'a> {
    /// The layers, stacked into one tree.
    pub squashed: Squashed<'a>,
    /// Its packages, and the owner of every byte.
    pub packages: Catalogue,
    /// What it weighs, under the name of the first service that runs it.
    pub(crate) inspection: ImageInspection,
}

/// The images of a snapshot.
pub(super) struct Images<'a> {
    snapshot: &'a Snapshot,
    /// Results that a caller still holds.
    known: Vec<Weak<ImageTree<'a>>>,
    /// The result that was requested last, and may be requested again.
    last: Option<Arc<ImageTree<'a>>>,
}

impl<'a> Images<'a> {
    pub(super) fn of(snapshot: &'a Snapshot) -> Self {
        Self { snapshot, known: snapshot.images.iter().map(|_| Weak::new()).collect(), last: None }
    }

    /// The result for an image: an existing one if a caller still holds it, else a new one.
    pub(super) fn get(&mut self, name: &str, image: Option<usize>) -> Option<Arc<ImageTree<'a>>> {
        let index = image?;
        let image = self.known[index].upgrade().unwrap_or_else(|| {
            // The last one goes before the next one is made.
            self.last = None;
            Arc::new(ImageTree::of(self.snapshot, name, index))
        });
        self.known[index] = Arc::downgrade(&image);
        self.last = Some(Arc::clone(&image));
        Some(image)
    }
}

impl<'a> ImageTree<'a> {
    fn of(snapshot: &'a Snapshot, service: &str, image: usize) -> Self {
        let image = &snapshot.images[image];
        let squashed = squash(snapshot, image);
        let packages = catalogue(snapshot, image, &squashed);
        let inspection = inspect_image(snapshot, service, image, &squashed);
        Self { squashed, packages, inspection }
    }
}
