//! Sizes of images: at most so much, so much smaller than before, hardly larger than before, hardly any hidden bytes.

use plimsoll_snapshot::Bytes;

use super::outcome::{Good, Measured, Outcome};
use super::{Input, Side, SizeKind};
use crate::compare::LayerMatch;
use crate::inspect::ImageInspection;

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
                title(input),
                service,
                Good::AtMost,
                levels,
                &exactly(&after),
            ));
        }
        if let Some(levels) = &targets.reduction {
            let (measured, evidence) = reduction(before.as_ref(), &after);
            let title = "the image is smaller than before";
            let outcome = Outcome::figure(id("reduction"), title, service, Good::AtLeast, levels, &measured);
            outcomes.push(outcome.measured(times(&measured)).because(evidence));
        }
        if let Some(levels) = &targets.growth {
            let (measured, evidence) = reduction(before.as_ref(), &after);
            let (title, times) = ("the image has not grown", times(&measured));
            let outcome =
                Outcome::figure(id("growth"), title, service, Good::AtMost, levels, &growth(measured));
            outcomes.push(outcome.measured(times).because(evidence));
        }
        if let Some(levels) = &targets.layer_growth {
            let (measured, evidence) = layer_growth(input, name);
            let title = "no layer has grown";
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
            let title = "hidden bytes are few";
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
        let what = if once { "all images, shared layers once" } else { "all images, added up" };
        if let Some(levels) = levels {
            let outcome =
                Outcome::figure(format!("stack.{key}"), what, None, Good::AtMost, levels, &exactly(&after));
            outcomes.push(outcome);
        }
        if let Some(levels) = reductions {
            let (measured, evidence) = reduction(before.as_ref(), &after);
            let title = format!("{what}: smaller than before");
            let id = format!("stack.{reduction_key}");
            let outcome = Outcome::figure(id, &title, None, Good::AtLeast, levels, &measured);
            outcomes.push(outcome.measured(times(&measured)).because(evidence));
        }
    }
    if let Some(levels) = &targets.growth {
        let (before, after) = sizes(true);
        let (measured, evidence) = reduction(before.as_ref(), &after);
        let (title, times) = ("all images together have not grown", times(&measured));
        let outcome =
            Outcome::figure("stack.growth".to_owned(), title, None, Good::AtMost, levels, &growth(measured));
        outcomes.push(outcome.measured(times).because(evidence));
    }
    outcomes
}

fn title(input: &Input<'_>) -> &'static str {
    match input.targets.size_kind {
        SizeKind::Image => "size of the image",
        SizeKind::Compressed => "size of the image, compressed",
    }
}

/// A size, or why it is not known.
type Known = Result<Bytes, String>;

fn image_size(input: &Input<'_>, side: &Side, service: &str) -> Known {
    let image = side.image(service);
    match (image, input.targets.size_kind) {
        (Some(image), SizeKind::Image) if is_whole(image) => Ok(image.size_bytes),
        (Some(image), SizeKind::Compressed) => {
            image.compressed_bytes.ok_or_else(|| "the source does not store all layers compressed".to_owned())
        }
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
        return Err("compressed sizes are only known image by image: use `size_sum`".to_owned());
    }
    images.iter().map(|image| image_size(input, side, &image.service)).sum()
}

/// Whether all layers could be read: what is missing would make the image look small.
fn is_whole(image: &ImageInspection) -> bool {
    image.layers.iter().all(|layer| layer.tar_bytes.is_some())
}

fn no_image(image: Option<&ImageInspection>) -> String {
    match image {
        None => "the snapshot holds no image of it".to_owned(),
        Some(image) => format!("the image of `{}` was not read as a whole", image.service),
    }
}

fn exactly(size: &Known) -> Measured {
    match size {
        Ok(bytes) => Measured::Exactly(float(*bytes)),
        Err(reason) => Measured::Unknown(reason.clone()),
    }
}

/// By how much smaller it is, in percent, and both sizes in words.
fn reduction(before: Option<&Known>, after: &Known) -> (Measured, Option<String>) {
    match (before, after) {
        (None, _) => (Measured::Unknown("there is nothing to compare with".to_owned()), None),
        (Some(Err(reason)), _) => (Measured::Unknown(format!("before: {reason}")), None),
        (_, Err(reason)) => (Measured::Unknown(format!("after: {reason}")), None),
        (Some(Ok(Bytes(0))), _) => (Measured::Unknown("there was nothing before".to_owned()), None),
        (Some(Ok(before)), Ok(after)) => {
            let percent = (1.0 - float(*after) / float(*before)) * 100.0;
            let both = format!("{} before, {} after", decimal(*before), decimal(*after));
            (Measured::Exactly(percent), Some(both))
        }
    }
}

/// How many times as large it has become, where a percentage says nothing any more: `×6.4`, not `−543.5 %`.
fn times(reduction: &Measured) -> Option<String> {
    /// Three times the size.
    const MANY: f64 = -200.0;
    let Measured::Exactly(percent) = reduction else { return None };
    (*percent <= MANY).then(|| format!("×{:.1}", 1.0 - percent / 100.0))
}

fn growth(reduction: Measured) -> Measured {
    match reduction {
        // Not the negative of nothing, which would be shown as −0.
        Measured::Exactly(percent) => Measured::Exactly(0.0 - percent),
        other => other,
    }
}

fn layer_growth(input: &Input<'_>, service: &str) -> (Measured, Option<String>) {
    let Some(comparison) = &input.comparison else {
        return (Measured::Unknown("there is nothing to compare with".to_owned()), None);
    };
    let pair = comparison.services.iter().find(|one| one.name == service);
    let Some((service, (before, after))) =
        pair.and_then(|one| Some((one, one.before.as_ref().zip(one.after.as_ref())?)))
    else {
        return (Measured::Unknown("it is not there on both sides".to_owned()), None);
    };
    let mut worst: Option<(f64, String)> = None;
    for layers in service.layers.iter().filter(|pair| pair.kind == LayerMatch::Changed) {
        let (Some(old), Some(new)) = (layers.before, layers.after) else { continue };
        let (old, new) = (before.layers[old].file_bytes, after.layers[new].file_bytes);
        if old.is_zero() {
            continue;
        }
        let percent = (float(new) / float(old) - 1.0) * 100.0;
        if worst.as_ref().is_none_or(|(most, _)| percent > *most) {
            let instruction = service.instruction(layers).unwrap_or("a layer");
            let instruction: String = instruction.chars().take(60).collect();
            worst =
                Some((percent, format!("`{instruction}`: {} before, {} after", decimal(old), decimal(new))));
        }
    }
    match worst {
        Some((percent, evidence)) => (Measured::Exactly(percent), Some(evidence)),
        None => (Measured::Exactly(0.0), Some("no layer is a new version of an old one".to_owned())),
    }
}

fn largest_hidden(image: &ImageInspection) -> Option<String> {
    let group = image.hidden.first()?;
    let file = group.examples.first().map(|file| format!(", as `{}`", file.path)).unwrap_or_default();
    Some(format!("most of it, {}, in layer {}{file}", decimal(group.bytes), group.from_layer))
}

fn decimal(bytes: Bytes) -> String {
    <super::Size as super::Value>::words(float(bytes))
}

#[expect(clippy::cast_precision_loss, reason = "beyond 2⁵³ bytes nobody counts")]
fn float(bytes: Bytes) -> f64 {
    bytes.0 as f64
}
