//! What an image adds to its base image grows by no more than so much. A refresh of the base image is shown, and is no growth
//! of this kind.

use super::size::{float, grown_layer, is_whole, no_image};
use crate::compare::ServiceComparison;
use crate::inspect::ImageInspection;
use crate::targets::growth::Growth;
use crate::targets::input::Input;
use crate::targets::outcome::{Good, Measured, Outcome};
use crate::targets::reason::Reason;
use crate::targets::title::{Title, When};

pub(super) fn outcomes(input: &Input<'_>) -> Vec<Outcome> {
    let demanded =
        input.services.iter().filter_map(|(name, targets)| Some((name, targets.own_growth.as_ref()?)));
    demanded.map(|(name, growth)| outcome(input, name, growth)).collect()
}

fn outcome(input: &Input<'_>, name: &str, growth: &Growth) -> Outcome {
    let (id, title) = (format!("services.{name}.own_growth"), Title::OwnNotGrown);
    let pair = both(input, name);
    let sizes = pair.as_ref().map(|service| service.base.own);
    let evidence: Vec<Reason> = pair.as_ref().map_or_else(|_| Vec::new(), |service| evidence(service));
    let outcome = match growth {
        Growth::Bytes(levels) => {
            let measured = match &sizes {
                Ok(own) => Measured::Exactly(float(own.after) - float(own.before)),
                Err(reason) => Measured::Unknown((*reason).clone()),
            };
            Outcome::figure(id, title, Some(name), Good::AtMost, levels, &measured)
        }
        Growth::Share(levels) => {
            let measured = match &sizes {
                Ok(own) if own.before.is_zero() && own.after.is_zero() => Measured::Exactly(0.0),
                Ok(own) if own.before.is_zero() => Measured::Unknown(Reason::NothingBefore),
                Ok(own) => Measured::Exactly((float(own.after) / float(own.before) - 1.0) * 100.0),
                Err(reason) => Measured::Unknown((*reason).clone()),
            };
            Outcome::figure(id, title, Some(name), Good::AtMost, levels, &measured)
        }
    };
    outcome.because(evidence)
}

/// The service on both sides, read whole.
fn both<'i>(input: &'i Input<'_>, name: &str) -> Result<&'i ServiceComparison, Reason> {
    let comparison = input.comparison.as_ref().ok_or(Reason::NothingToCompare)?;
    let service = comparison.services.iter().find(|one| one.name == name).ok_or(Reason::NoImage)?;
    let whole = |side, image: Option<&ImageInspection>| match image {
        Some(image) if is_whole(image) => Ok(()),
        image => Err(Reason::Of { side, reason: Box::new(no_image(image)) }),
    };
    whole(When::Before, service.before.as_ref())?;
    whole(When::After, service.after.as_ref())?;
    Ok(service)
}

fn evidence(service: &ServiceComparison) -> Vec<Reason> {
    let base = &service.base;
    let mut evidence = vec![Reason::OwnAndBase { own: base.own, base: base.size }];
    if base.layers_after == 0 {
        evidence.push(Reason::NoBaseRecognised);
    }
    if base.own.after > base.own.before {
        evidence.extend(grown_layer(service));
    }
    evidence
}
