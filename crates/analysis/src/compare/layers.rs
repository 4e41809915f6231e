//! Aligns the layers of two images, so that an inserted layer does not make the rest look new.
//!
//! Equal diff IDs are the same layer. Of the rest, layers that were made by the same instruction, or that hold
//! mostly the same paths, are two versions of one layer. The order of layers is never broken: the alignment is
//! the best one by weight that keeps it.

use plimsoll_snapshot::{Entries, Image, Snapshot, path};
use serde::Serialize;

use crate::instruction;

/// A row of the alignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct LayerPair {
    /// How the two sides belong together.
    #[serde(rename = "match")]
    pub kind: LayerMatch,
    /// Index into the layers of the image before.
    pub before: Option<usize>,
    /// Index into the layers of the image after.
    pub after: Option<usize>,
}

/// How two layers belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LayerMatch {
    /// The same layer: an engine stores and pulls it once.
    Kept,
    /// Another version of the layer.
    Changed,
    /// Only there before.
    Removed,
    /// Only there after.
    Added,
}

/// A layer of equal diff ID outweighs any number of similar ones an image can have.
const SAME: u64 = 1 << 32;
/// Two layers with at least this share of common paths (in percent) are versions of one layer.
const ENOUGH_OVERLAP: u64 = 50;
/// The same instruction weighs as much as all paths in common.
const SAME_INSTRUCTION: u64 = 100;

/// Aligns the layers of a service. Without one of the sides, all layers are new, or gone.
#[must_use]
pub fn match_layers(before: &Snapshot, after: &Snapshot, service: &str) -> Vec<LayerPair> {
    let sides = (Layers::of(before, service), Layers::of(after, service));
    align(sides.0.len(), sides.1.len(), |left, right| weight(&sides.0, left, &sides.1, right))
        .into_iter()
        .map(|(before, after)| {
            let kind = match (before, after) {
                (Some(left), Some(right)) if sides.0.diff_id(left) == sides.1.diff_id(right) => {
                    LayerMatch::Kept
                }
                (Some(_), Some(_)) => LayerMatch::Changed,
                (Some(_), None) => LayerMatch::Removed,
                (None, _) => LayerMatch::Added,
            };
            LayerPair { kind, before, after }
        })
        .collect()
}

/// The layers of one image.
struct Layers<'a> {
    snapshot: &'a Snapshot,
    image: Option<&'a Image>,
}

impl<'a> Layers<'a> {
    fn of(snapshot: &'a Snapshot, service: &str) -> Self {
        let service = snapshot.services.iter().find(|known| known.name == service);
        let image = service.map(|service| &snapshot.images[service.image]);
        Self { snapshot, image }
    }

    fn len(&self) -> usize {
        self.image.map_or(0, |image| image.layers.len())
    }

    fn layer(&self, index: usize) -> &'a plimsoll_snapshot::Layer {
        let image = self.image.expect("only an image has layers");
        &self.snapshot.layers[image.layers[index].layer]
    }

    fn entries(&self, index: usize) -> Option<&'a Entries> {
        self.layer(index).contents.as_ref().map(|contents| &contents.entries)
    }

    fn diff_id(&self, index: usize) -> &'a plimsoll_snapshot::DiffId {
        &self.layer(index).diff_id
    }

    fn instruction(&self, index: usize) -> Option<std::borrow::Cow<'a, str>> {
        let image = self.image.expect("only an image has layers");
        image.layers[index].history.map(|step| instruction::readable(&image.history[step].created_by))
    }
}

fn weight(before: &Layers<'_>, left: usize, after: &Layers<'_>, right: usize) -> u64 {
    if before.diff_id(left) == after.diff_id(right) {
        return SAME;
    }
    let overlap = before.entries(left).zip(after.entries(right)).map_or(0, |(old, new)| overlap(old, new));
    let instructions = (before.instruction(left), after.instruction(right));
    let same_instruction = instructions.0.is_some() && instructions.0 == instructions.1;
    if overlap >= ENOUGH_OVERLAP || same_instruction {
        overlap + if same_instruction { SAME_INSTRUCTION } else { 0 }
    } else {
        0
    }
}

/// The percentage of the paths of two layers that both have; zero where it cannot be enough.
fn overlap(old: &Entries, new: &Entries) -> u64 {
    let (small, large) = (old.len().min(new.len()) as u64, old.len().max(new.len()) as u64);
    // A small layer cannot cover enough of a much larger one, so it need not be looked up path by path.
    if small * 100 / large.max(1) < ENOUGH_OVERLAP {
        return 0;
    }
    let common = common_paths(old, new);
    common * 100 / (small + large - common).max(1)
}

/// How many paths two layers have in common. Both are in path order.
fn common_paths(old: &Entries, new: &Entries) -> u64 {
    let (mut left, mut right, mut common) = (0, 0, 0);
    while left < old.len() && right < new.len() {
        let order = path::compare(old.path(left), new.path(right));
        left += usize::from(order.is_le());
        right += usize::from(order.is_ge());
        common += u64::from(order.is_eq());
    }
    common
}

/// The pairing of `0..left` with `0..right` that keeps both orders and has the largest sum of weights; what has no
/// partner stands alone. A weight of zero never pairs.
fn align(
    left: usize,
    right: usize,
    weight: impl Fn(usize, usize) -> u64,
) -> Vec<(Option<usize>, Option<usize>)> {
    let width = right + 1;
    let mut best = vec![0_u64; (left + 1) * width];
    let mut weights = vec![0_u64; left * right];
    for i in (0..left).rev() {
        for j in (0..right).rev() {
            let pair = weight(i, j);
            weights[i * right + j] = pair;
            let paired = if pair > 0 { pair + best[(i + 1) * width + j + 1] } else { 0 };
            best[i * width + j] = paired.max(best[(i + 1) * width + j]).max(best[i * width + j + 1]);
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut pairs = Vec::with_capacity(left.max(right));
    while i < left || j < right {
        if i < left && j < right {
            let pair = weights[i * right + j];
            if pair > 0 && best[i * width + j] == pair + best[(i + 1) * width + j + 1] {
                pairs.push((Some(i), Some(j)));
                (i, j) = (i + 1, j + 1);
                continue;
            }
        }
        if i < left && (j == right || best[i * width + j] == best[(i + 1) * width + j]) {
            pairs.push((Some(i), None));
            i += 1;
        } else {
            pairs.push((None, Some(j)));
            j += 1;
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::snapshot;

    fn check(before: &[&str], after: &[&str], expected: &str) {
        let pairs = match_layers(&snapshot("app", before), &snapshot("app", after), "app");
        let line: Vec<_> = pairs
            .iter()
            .map(|pair| match pair.kind {
                LayerMatch::Kept => "=",
                LayerMatch::Changed => "~",
                LayerMatch::Removed => "-",
                LayerMatch::Added => "+",
            })
            .collect();
        assert_eq!(line.concat(), expected);
    }

    #[test]
    fn an_inserted_layer_leaves_the_rest_in_place() {
        check(&["f a 1", "f b 2", "f c 3"], &["f a 1", "f new 9", "f b 2", "f c 3"], "=+==");
    }

    #[test]
    fn a_layer_with_the_same_paths_is_another_version() {
        check(&["f base 1", "f x 1\nf y 2\nf z 3"], &["f base 1", "f x 2\nf y 2\nf z 9"], "=~");
        check(&["f x 1\nf y 2\nf z 3"], &["f q 2"], "-+");
    }

    #[test]
    fn one_side_alone_is_all_new_or_all_gone() {
        check(&["f a 1"], &[], "-");
        check(&[], &["f a 1", "f b 1"], "++");
    }
}
