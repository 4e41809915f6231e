//! Images have few layers.

use crate::targets::input::Input;
use crate::targets::outcome::{Good, Measured, Outcome};
use crate::targets::reason::Reason;
use crate::targets::title::Title;

pub(super) fn outcomes(input: &Input<'_>) -> Vec<Outcome> {
    let demanded = input.services.iter().filter_map(|(name, targets)| Some((name, targets.layers.as_ref()?)));
    demanded
        .map(|(name, levels)| {
            let measured = match input.after.image(name) {
                #[expect(clippy::cast_precision_loss, reason = "no image has 2⁵³ layers")]
                Some(image) => Measured::Exactly(image.layers.len() as f64),
                None => Measured::Unknown(Reason::NoImage),
            };
            let id = format!("services.{name}.layers");
            Outcome::figure(id, Title::FewLayers, Some(name), Good::AtMost, levels, &measured)
        })
        .collect()
}
