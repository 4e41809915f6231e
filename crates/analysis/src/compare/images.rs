//! The images of a snapshot, each looked into once however many services run it.

use std::sync::Arc;

use plimsoll_snapshot::Snapshot;

use crate::inspect::{ImageInspection, inspect_image};
use crate::packages::{Catalogue, catalogue};
use crate::squash::{Squashed, squash};

/// An image with its layers stacked, and all that is known of what lies in it. Services that run the same image share
/// one.
#[derive(Debug)]
pub struct ImageTree<'a> {
    /// Its files.
    pub squashed: Squashed<'a>,
    /// Its packages, and the owner of every byte.
    pub packages: Catalogue,
    /// What it weighs, under the name of the first service that runs it.
    pub(crate) inspection: ImageInspection,
}

/// The images of a snapshot.
pub(super) struct Images<'a> {
    snapshot: &'a Snapshot,
    known: Vec<Option<Arc<ImageTree<'a>>>>,
    /// How many comparisons are still to come for each.
    users: Vec<usize>,
}

impl<'a> Images<'a> {
    /// `wanted` has the index of an image for each comparison it is part of.
    pub(super) fn of(snapshot: &'a Snapshot, wanted: impl Iterator<Item = Option<usize>>) -> Self {
        let mut users = vec![0; snapshot.images.len()];
        wanted.flatten().for_each(|image| users[image] += 1);
        Self { snapshot, known: vec![None; users.len()], users }
    }

    /// An image for a comparison, each of which asks once: behind the last one, it is no longer kept.
    pub(super) fn next(&mut self, name: &str, image: Option<usize>) -> Option<Arc<ImageTree<'a>>> {
        let index = image?;
        let known = self.known[index].take();
        let image = known.unwrap_or_else(|| Arc::new(ImageTree::of(self.snapshot, name, index)));
        self.users[index] = self.users[index].saturating_sub(1);
        if self.users[index] > 0 {
            self.known[index] = Some(Arc::clone(&image));
        }
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
