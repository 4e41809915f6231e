//! Sizes of images: at most so much, so much smaller than before, hardly larger than before, hardly any hidden bytes.

use plimsoll_snapshot::Bytes;

use crate::compare::{LayerMatch, LayerPair, ServiceComparison};
use crate::inspect::ImageInspection;
use crate::targets::file::SizeKind;
use crate::targets::growth::Growth;
use crate::targets::input::{Input, Side};
use crate::targets::outcome::{Good, Measured, Outcome};
use crate::targets::reason::Reason;
use crate::targets::title::{Measure, Title, When};

pub(super) fn outcomes(input: &Input<'_>) -> Vec<Outcome> {
    let mut outcomes = stack(input);
    for (name, targets) in &input.services {
        let id = |key: &str| format!("services.{name}.{key}");
        let after = image_size(input, &input.after, name);
        let before = input.before.as_ref().map(|side| image_size(input, side, name));
        let service = Some(name.as_str());
        if let Some(levels) = &targets.size {
            outcomes.push(Outcome::figure(
                id("size"),
                Title::ImageSize { compressed: input.targets.size_kind == SizeKind::Compressed },
                service,
                Good::AtMost,
                levels,
                &exactly(&after),
            ));
        }
        if let Some(levels) = &targets.reduction {
            let (measured, evidence) = reduction(before.as_ref(), &after);
            let title = Title::ImageSmaller;
            let outcome = Outcome::figure(id("reduction"), title, service, Good::AtLeast, levels, &measured);
            outcomes.push(outcome.measured(times(&measured)).because(evidence));
        }
        if let Some(levels) = &targets.growth {
            let (id, title) = (id("growth"), Title::ImageNotGrown);
            outcomes.push(grown(id, title, service, levels, before.as_ref(), &after));
        }
        if let Some(levels) = &targets.layer_growth {
            let (measured, evidence) = layer_growth(input, name);
            let title = Title::NoLayerGrown;
            let outcome =
                Outcome::figure(id("layer_growth"), title, service, Good::AtMost, levels, &measured);
            outcomes.push(outcome.because(evidence));
        }
        if let Some(levels) = &targets.hidden {
            let image = input.after.image(name);
            let measured = match image {
                Some(image) if is_whole(image) => Measured::Exactly(float(image.hidden_bytes)),
                _ => Measured::Unknown(no_image(image)),
            };
            let title = Title::FewHiddenBytes;
            let outcome = Outcome::figure(id("hidden"), title, service, Good::AtMost, levels, &measured);
            outcomes.push(outcome.because(image.and_then(largest_hidden)));
        }
    }
    outcomes
}

fn stack(input: &Input<'_>) -> Vec<Outcome> {
    let targets = &input.targets.stack;
    let mut outcomes = Vec::new();
    let sizes = |once: bool| {
        let after = stack_size(input, &input.after, once);
        let before = input.before.as_ref().map(|side| stack_size(input, side, once));
        (before, after)
    };
    for (key, reduction_key, levels, reductions, once) in [
        ("size", "reduction", &targets.size, &targets.reduction, true),
        ("size_sum", "reduction_sum", &targets.size_sum, &targets.reduction_sum, false),
    ] {
        let (before, after) = sizes(once);
        if let Some(levels) = levels {
            let (id, title) = (format!("stack.{key}"), Title::StackSize { shared_once: once });
            outcomes.push(Outcome::figure(id, title, None, Good::AtMost, levels, &exactly(&after)));
        }
        if let Some(levels) = reductions {
            let (measured, evidence) = reduction(before.as_ref(), &after);
            let (id, title) = (format!("stack.{reduction_key}"), Title::StackSmaller { shared_once: once });
            let outcome = Outcome::figure(id, title, None, Good::AtLeast, levels, &measured);
            outcomes.push(outcome.measured(times(&measured)).because(evidence));
        }
    }
    if let Some(levels) = &targets.growth {
        let (before, after) = sizes(true);
        let id = "stack.growth".to_owned();
        outcomes.push(grown(id, Title::StackNotGrown, None, levels, before.as_ref(), &after));
    }
    outcomes
}

/// A size, or why it is not known.
type Known = Result<Bytes, Reason>;

fn image_size(input: &Input<'_>, side: &Side, service: &str) -> Known {
    let image = side.image(service);
    match (image, input.targets.size_kind) {
        (Some(image), SizeKind::Image) if is_whole(image) => Ok(image.size_bytes),
        (Some(image), SizeKind::Compressed) => image.compressed_bytes.ok_or(Reason::NotCompressed),
        (image, _) => Err(no_image(image)),
    }
}

fn stack_size(input: &Input<'_>, side: &Side, once: bool) -> Known {
    let images = &side.inspection.images;
    if images.is_empty() {
        return Err(no_image(None));
    }
    if once && input.targets.size_kind == SizeKind::Image {
        return match images.iter().find(|image| !is_whole(image)) {
            None => Ok(side.inspection.stack.unique_bytes),
            image => Err(no_image(image)),
        };
    }
    if once {
        return Err(Reason::CompressedImageByImage);
    }
    images.iter().map(|image| image_size(input, side, &image.service)).sum()
}

/// Whether all layers could be read: what is missing would make the image look small.
pub(super) fn is_whole(image: &ImageInspection) -> bool {
    image.layers.iter().all(|layer| layer.tar_bytes.is_some())
}

pub(super) fn no_image(image: Option<&ImageInspection>) -> Reason {
    match image {
        None => Reason::NoImage,
        Some(image) => Reason::ImageNotWhole { service: image.service.clone() },
    }
}

fn exactly(size: &Known) -> Measured {
    match size {
        Ok(bytes) => Measured::Exactly(float(*bytes)),
        Err(reason) => Measured::Unknown(reason.clone()),
    }
}

/// By how much smaller it is, in percent, and both sizes.
fn reduction(before: Option<&Known>, after: &Known) -> (Measured, Option<Reason>) {
    let of = |side, reason: &Reason| {
        let reason = Box::new(reason.clone());
        (Measured::Unknown(Reason::Of { side, reason }), None)
    };
    match (before, after) {
        (None, _) => (Measured::Unknown(Reason::NothingToCompare), None),
        (Some(Err(reason)), _) => of(When::Before, reason),
        (_, Err(reason)) => of(When::After, reason),
        (Some(Ok(Bytes(0))), _) => (Measured::Unknown(Reason::NothingBefore), None),
        (Some(Ok(before)), Ok(after)) => {
            let percent = (1.0 - float(*after) / float(*before)) * 100.0;
            (Measured::Exactly(percent), Some(Reason::Sizes { before: *before, after: *after }))
        }
    }
}

/// How many times as large it has become, where a percentage says nothing any more: `×6.4`, not `−543.5 %`.
fn times(reduction: &Measured) -> Option<Measure> {
    /// Three times the size.
    const MANY: f64 = -200.0;
    let Measured::Exactly(percent) = reduction else { return None };
    (*percent <= MANY).then_some(Measure::Times { factor: 1.0 - percent / 100.0 })
}

/// What became of a target on growth, in percent or in bytes.
fn grown(
    id: String,
    title: Title,
    service: Option<&str>,
    growth: &Growth,
    before: Option<&Known>,
    after: &Known,
) -> Outcome {
    let (reduction, evidence) = reduction(before, after);
    let outcome = match (growth, before, after) {
        (Growth::Share(levels), ..) => {
            let times = times(&reduction);
            // Not the negative of nothing, which would be shown as −0.
            let measured = match reduction {
                Measured::Exactly(percent) => Measured::Exactly(0.0 - percent),
                other => other,
            };
            Outcome::figure(id, title, service, Good::AtMost, levels, &measured).measured(times)
        }
        (Growth::Bytes(levels), Some(Ok(before)), Ok(after)) => {
            let measured = Measured::Exactly(float(*after) - float(*before));
            Outcome::figure(id, title, service, Good::AtMost, levels, &measured)
        }
        (Growth::Bytes(levels), ..) => Outcome::figure(id, title, service, Good::AtMost, levels, &reduction),
    };
    outcome.because(evidence)
}

fn layer_growth(input: &Input<'_>, service: &str) -> (Measured, Option<Reason>) {
    let Some(comparison) = &input.comparison else {
        return (Measured::Unknown(Reason::NothingToCompare), None);
    };
    let pair = comparison.services.iter().find(|one| one.name == service);
    let Some((service, (before, after))) =
        pair.and_then(|one| Some((one, one.before.as_ref().zip(one.after.as_ref())?)))
    else {
        return (Measured::Unknown(Reason::NotOnBothSides), None);
    };
    let mut worst: Option<(f64, Reason)> = None;
    for layers in service.layers.iter().filter(|pair| pair.kind == LayerMatch::Changed) {
        let (Some(old), Some(new)) = (layers.before, layers.after) else { continue };
        let (old, new) = (before.layers[old].file_bytes, after.layers[new].file_bytes);
        if old.is_zero() {
            continue;
        }
        let percent = (float(new) / float(old) - 1.0) * 100.0;
        if worst.as_ref().is_none_or(|(most, _)| percent > *most) {
            let instruction = shortened(service, layers);
            worst = Some((percent, Reason::LayerGrown { instruction, before: old, after: new }));
        }
    }
    match worst {
        Some((percent, evidence)) => (Measured::Exactly(percent), Some(evidence)),
        None => (Measured::Exactly(0.0), Some(Reason::NoNewVersion)),
    }
}

/// The layer above the base image that grew most, in bytes.
pub(super) fn grown_layer(service: &ServiceComparison) -> Option<Reason> {
    let pair = service.most_grown_layer()?;
    let (before, after) = service.layer_sizes(pair);
    Some(Reason::LayerGrown { instruction: shortened(service, pair), before, after })
}

/// The instruction of a pair of layers, as long as evidence shows it.
fn shortened(service: &ServiceComparison, pair: &LayerPair) -> Option<String> {
    service.instruction(pair).map(|text| text.chars().take(60).collect())
}

fn largest_hidden(image: &ImageInspection) -> Option<Reason> {
    let group = image.hidden.first()?;
    let file = group.examples.first().map(|file| file.path.to_string());
    Some(Reason::MostHidden { bytes: group.bytes, layer: group.from_layer as u64, file })
}

#[expect(clippy::cast_precision_loss, reason = "beyond 2⁵³ bytes nobody counts")]
pub(super) fn float(bytes: Bytes) -> f64 {
    bytes.0 as f64
}
