//! What the server costs, before and after.

use plimsoll_snapshot::Bytes;

use crate::memory::cost::{CostModel, need};
use crate::targets::file::CostTargets;
use crate::targets::input::{Input, Side};
use crate::targets::outcome::{Good, Measured, Outcome};
use crate::targets::reason::{Reason, ServerBasis};
use crate::targets::title::{Title, When};
use crate::targets::values::Value;

/// What is left free unless the targets say otherwise.
const HEADROOM: f64 = 0.0;

pub(super) fn outcomes(input: &Input<'_>) -> Vec<Outcome> {
    let Some(targets) = &input.targets.cost else { return Vec::new() };
    let model = targets.model();
    let after = priced(&model, needed(targets, &input.after, When::After));
    let mut outcomes = Vec::new();
    if let Some(levels) = &targets.price {
        let measured = match &after {
            Ok((price, _)) => Measured::Exactly(*price),
            Err(reason) => Measured::Unknown(reason.clone()),
        };
        let id = "cost.price".to_owned();
        let outcome = Outcome::figure(id, Title::Price, None, Good::AtMost, levels, &measured);
        outcomes.push(outcome.because(after.as_ref().ok().map(|(_, evidence)| evidence.clone())));
    }
    if let Some(levels) = &targets.reduction {
        let before = priced(&model, before(targets, input));
        let of = |side, reason: &Reason| Reason::Of { side, reason: Box::new(reason.clone()) };
        let (measured, evidence) = match (&before, &after) {
            (Ok((old, _)), Ok(_)) if *old <= 0.0 => (Measured::Unknown(Reason::CostNothing), Vec::new()),
            (Ok((old, old_evidence)), Ok((new, new_evidence))) => (
                Measured::Exactly((1.0 - new / old) * 100.0),
                vec![of(When::Before, old_evidence), of(When::After, new_evidence)],
            ),
            (Err(reason), _) | (_, Err(reason)) => (Measured::Unknown(reason.clone()), Vec::new()),
        };
        let id = "cost.reduction".to_owned();
        let outcome = Outcome::figure(id, Title::Cheaper, None, Good::AtLeast, levels, &measured);
        outcomes.push(outcome.because(evidence));
    }
    outcomes
}

/// The memory of a server, with how it was found, or why it is not known.
type Needed = Result<(Bytes, ServerBasis), Reason>;

fn needed(targets: &CostTargets, side: &Side, which: When) -> Needed {
    let unknown = |reason| Reason::Of { side: which, reason: Box::new(reason) };
    let totals = &side.memory.as_ref().ok_or_else(|| unknown(Reason::NothingKnown))?.totals;
    let limits = totals.limits.bytes().ok_or_else(|| {
        let services = [&totals.unlimited[..], &totals.unknown[..]].concat();
        unknown(Reason::LimitUnknownOf { services })
    })?;
    let free_percent = targets.headroom.map_or(HEADROOM, |headroom| headroom.value.number());
    let host = targets.host_reserve();
    Ok((need(limits, host, free_percent), ServerBasis::Limits { limits, host, free_percent }))
}

/// The memory of the server before: as the targets say, or by its limits, or all of the host that was there.
fn before(targets: &CostTargets, input: &Input<'_>) -> Needed {
    if let Some(before) = targets.before {
        return Ok((before.value.bytes(), ServerBasis::Targets));
    }
    let side = input.before.as_ref().ok_or(Reason::NothingToCompare)?;
    needed(targets, side, When::Before).or_else(|because| {
        let host = side.memory.as_ref().and_then(|memory| memory.host.memory);
        let host = host.ok_or_else(|| Reason::ServerUnknown { because: Box::new(because) })?;
        Ok((host, ServerBasis::WholeHost))
    })
}

fn priced(model: &CostModel, needed: Needed) -> Result<(f64, Reason), Reason> {
    let (memory, basis) = needed?;
    let (price, size) = model.cost(memory).ok_or(Reason::NoServerSize { memory, basis })?;
    let size = size.map(str::to_owned);
    Ok((price, Reason::ServerPrice { price, memory, basis, size }))
}
