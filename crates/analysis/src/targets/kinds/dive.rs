//! What gates of dive ask for: an efficiency, and hidden bytes as a share of what the image adds to its base image.

use plimsoll_snapshot::Bytes;

use super::size::{float, is_whole, no_image};
use crate::targets::input::Input;
use crate::targets::outcome::{Good, Measured, Outcome};
use crate::targets::reason::Reason;
use crate::targets::title::Title;

pub(super) fn outcomes(input: &Input<'_>) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    for (name, targets) in &input.services {
        let image = input.after.image(name);
        let whole = image.filter(|image| is_whole(image));
        let unknown = || Measured::Unknown(no_image(image));
        if let Some(levels) = &targets.dive_efficiency {
            // An image without files wastes nothing.
            let measured = whole.map_or_else(unknown, |image| {
                Measured::Exactly(image.dive_efficiency.unwrap_or(1.0) * 100.0)
            });
            let id = format!("services.{name}.dive_efficiency");
            outcomes.push(Outcome::figure(
                id,
                Title::Efficient,
                Some(name),
                Good::AtLeast,
                levels,
                &measured,
            ));
        }
        if let Some(levels) = &targets.hidden_share {
            let measured = whole.map_or_else(unknown, |image| {
                // As dive does it: the lowest layer is the base.
                let base = image.layers.first().map_or(Bytes::ZERO, |layer| layer.file_bytes);
                let own = float(image.size_bytes) - float(base);
                Measured::Exactly(if own > 0.0 { float(image.hidden_bytes) / own * 100.0 } else { 0.0 })
            });
            let hidden = whole.map(|image| Reason::Hidden { bytes: image.hidden_bytes });
            let (id, title) = (format!("services.{name}.hidden_share"), Title::SmallHiddenShare);
            let outcome = Outcome::figure(id, title, Some(name), Good::AtMost, levels, &measured);
            outcomes.push(outcome.because(hidden));
        }
    }
    outcomes
}
