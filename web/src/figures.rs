//! The figures of the cards: what the whole stack comes to, over all services.

use plimsoll_analysis::compare::{Comparison, FileChanges, ServiceComparison, SizeChange};
use plimsoll_analysis::inspect::ImageInspection;
use plimsoll_snapshot::Digest;

/// The hidden bytes of all images, every image once however many services run it.
pub(crate) fn hidden(comparison: &Comparison) -> SizeChange {
    let sum = |side| distinct(comparison, side).iter().map(|image| image.hidden_bytes).sum();
    SizeChange::new(sum(before), sum(after))
}

/// How many paths are new, gone and modified.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct FileCounts {
    pub(crate) added: u64,
    pub(crate) removed: u64,
    /// Another content, kind, owner or mode.
    pub(crate) modified: u64,
}

impl FileCounts {
    pub(crate) fn all(self) -> u64 {
        self.added + self.removed + self.modified
    }
}

/// The changed files of all services. Services with the same pair of images count once.
pub(crate) fn files(comparison: &Comparison) -> FileCounts {
    let mut seen: Vec<(Option<&Digest>, Option<&Digest>)> = Vec::new();
    let mut counts = FileCounts::default();
    for service in &comparison.services {
        let pair = (before(service).map(|image| &image.id), after(service).map(|image| &image.id));
        if !seen.contains(&pair) {
            seen.push(pair);
            let FileChanges { added, removed, modified, attributes, .. } = &*service.files;
            counts.added += added.files;
            counts.removed += removed.files;
            counts.modified += modified.files + attributes.files;
        }
    }
    counts
}

type Side = fn(&ServiceComparison) -> Option<&ImageInspection>;

fn before(service: &ServiceComparison) -> Option<&ImageInspection> {
    service.before.as_ref()
}

fn after(service: &ServiceComparison) -> Option<&ImageInspection> {
    service.after.as_ref()
}

fn distinct(comparison: &Comparison, side: Side) -> Vec<&ImageInspection> {
    let mut images: Vec<&ImageInspection> = Vec::new();
    for image in comparison.services.iter().filter_map(side) {
        if !images.iter().any(|known| known.id == image.id) {
            images.push(image);
        }
    }
    images
}
