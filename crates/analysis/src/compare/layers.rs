//! Aligns the layers of two images, so that an inserted layer does not make the rest look new.
//!
//! Equal diff IDs are the same layer. Of the rest, layers that were made by the same instruction, or that hold
//! mostly the same paths, are two versions of one layer. The order of layers is never broken: the alignment is
//! the best one by weight that keeps it.

use std::borrow::Cow;
use std::collections::HashMap;

use plimsoll_snapshot::{DiffId, Entries, Image, Layer, Snapshot, path};
use serde::Serialize;

use crate::instruction;

/// A row of the alignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
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
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum LayerMatch {
    /// The same layer: an engine stores and pulls it once.
    Kept,
    /// Another version of the layer.
    Changed,
    /// The layer exists only before.
    Removed,
    /// The layer exists only after.
    Added,
}

/// A layer of equal diff ID outweighs any number of similar ones an image can have.
const SAME: u64 = 1 << 32;
/// Two layers with at least this share of common paths (in percent) are versions of one layer.
const ENOUGH_OVERLAP: u64 = 50;
/// The weight of an equal instruction: as much as all paths in common.
const SAME_INSTRUCTION: u64 = 100;

/// An image, if there is one, with its snapshot.
type ImageSide<'a> = (&'a Snapshot, Option<&'a Image>);

/// Aligns the layers of two images. Without one of them, all layers are new, or gone.
#[must_use]
pub fn match_layers(before: ImageSide<'_>, after: ImageSide<'_>) -> Vec<LayerPair> {
    let scale = Scale::of(before, after);
    let (left, right) = (&scale.before.layers, &scale.after.layers);
    align(left.len(), right.len(), |left, right| scale.weight(left, right))
        .into_iter()
        .map(|(before, after)| {
            let kind = match (before, after) {
                (Some(before), Some(after)) if left[before].diff_id == right[after].diff_id => {
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
    layers: Vec<OneLayer<'a>>,
}

struct OneLayer<'a> {
    diff_id: &'a DiffId,
    entries: Option<&'a Entries>,
    instruction: Option<Cow<'a, str>>,
}

impl<'a> Layers<'a> {
    fn of((snapshot, image): ImageSide<'a>) -> Self {
        let layers = image.into_iter().flat_map(|image| {
            image.layers.iter().map(|layer| {
                let Layer { diff_id, contents } = &snapshot.layers[layer.layer];
                let step = layer.history.map(|step| &image.history[step]);
                OneLayer {
                    diff_id,
                    entries: contents.as_ref().map(|contents| &contents.entries),
                    instruction: step.map(|step| instruction::readable(&step.created_by)),
                }
            })
        });
        Self { layers: layers.collect() }
    }

    fn entries(&self) -> u64 {
        self.layers.iter().filter_map(|layer| layer.entries).map(|entries| entries.len() as u64).sum()
    }

    /// A number for each instruction, the same for the same text: texts are long, and each is compared with many.
    fn numbered(&self, numbers: &mut HashMap<String, usize>) -> Vec<Option<usize>> {
        let mut number = |text: &Cow<'_, str>| {
            let next = numbers.len();
            *numbers.entry(text.as_ref().to_owned()).or_insert(next)
        };
        self.layers.iter().map(|layer| layer.instruction.as_ref().map(&mut number)).collect()
    }
}

/// Two sides whose layers are weighed against each other.
struct Scale<'a> {
    before: Layers<'a>,
    after: Layers<'a>,
    instructions: (Vec<Option<usize>>, Vec<Option<usize>>),
    /// Of how many paths one is looked up.
    stride: u64,
}

/// Every path is looked up as long as that takes no more than this many steps for each, which is so of images of up to
/// some sixty layers. Beyond, a sample decides: hundreds of large layers on both sides would take hours.
const STEPS_PER_PATH: u64 = 64;

impl<'a> Scale<'a> {
    fn of(before: ImageSide<'a>, after: ImageSide<'a>) -> Self {
        let (before, after) = (Layers::of(before), Layers::of(after));
        let mut numbers = HashMap::new();
        let instructions = (before.numbered(&mut numbers), after.numbered(&mut numbers));
        let pairs = before.layers.iter().flat_map(|old| after.layers.iter().map(move |new| (old, new)));
        let steps: u64 = pairs
            .filter(|(old, new)| old.diff_id != new.diff_id)
            .filter_map(|(old, new)| old.entries.zip(new.entries))
            .filter(|(old, new)| can_overlap(old, new))
            .map(|(old, new)| (old.len() + new.len()) as u64)
            .sum();
        let stride = steps.div_ceil(STEPS_PER_PATH * (before.entries() + after.entries()).max(1)).max(1);
        Self { before, after, instructions, stride }
    }

    fn weight(&self, left: usize, right: usize) -> u64 {
        let (old, new) = (&self.before.layers[left], &self.after.layers[right]);
        if old.diff_id == new.diff_id {
            return SAME;
        }
        let overlap = old.entries.zip(new.entries).map_or(0, |(old, new)| self.overlap(old, new));
        let instructions = (self.instructions.0[left], self.instructions.1[right]);
        let same_instruction = instructions.0.is_some() && instructions.0 == instructions.1;
        if overlap >= ENOUGH_OVERLAP || same_instruction {
            overlap + if same_instruction { SAME_INSTRUCTION } else { 0 }
        } else {
            0
        }
    }

    /// The percentage of the paths of two layers that both have; zero where it cannot be enough.
    fn overlap(&self, old: &Entries, new: &Entries) -> u64 {
        if !can_overlap(old, new) {
            return 0;
        }
        let common = if self.stride == 1 { common_paths(old, new) } else { sampled(old, new, self.stride) };
        common * 100 / ((old.len() + new.len()) as u64 - common).max(1)
    }
}

/// A small layer cannot cover enough of a much larger one, so it need not be looked up path by path.
fn can_overlap(old: &Entries, new: &Entries) -> bool {
    let (small, large) = (old.len().min(new.len()) as u64, old.len().max(new.len()) as u64);
    small * 100 / large.max(1) >= ENOUGH_OVERLAP
}

/// About how many paths two layers have in common, estimated from a sample of the smaller one: every n-th path.
fn sampled(old: &Entries, new: &Entries, stride: u64) -> u64 {
    let (small, large) = if old.len() <= new.len() { (old, new) } else { (new, old) };
    let step = usize::try_from(stride).unwrap_or(usize::MAX);
    let looked_up = (0..small.len()).step_by(step);
    let (all, found) = looked_up.fold((0_u64, 0_u64), |(all, found), index| {
        (all + 1, found + u64::from(large.find(small.path(index)).is_some()))
    });
    found * small.len() as u64 / all.max(1)
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
        let (before, after) = (snapshot("app", before), snapshot("app", after));
        let pairs = match_layers((&before, Some(&before.images[0])), (&after, Some(&after.images[0])));
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
    fn many_layers_are_matched_by_a_sample_of_their_paths() {
        let layers = |size: u32| -> Vec<String> {
            let layer = |layer: u32| (0..40).map(|file| format!("f d{layer}/{file} {size}\n")).collect();
            (0..200).map(layer).collect()
        };
        let (before, after) = (layers(1), layers(2));
        let lines = [&before, &after].map(|side| side.iter().map(String::as_str).collect::<Vec<_>>());
        let sides = lines.clone().map(|layers| snapshot("app", &layers));
        let image = |side: usize| (&sides[side], sides[side].images.first());
        assert!(Scale::of(image(0), image(1)).stride > 1);
        check(&lines[0], &lines[1], &"~".repeat(200));
    }

    #[test]
    fn one_side_alone_is_all_new_or_all_gone() {
        check(&["f a 1"], &[], "-");
        check(&[], &["f a 1", "f b 1"], "++");
    }
}
