//! What the server costs, before and after.

use plimsoll_snapshot::Bytes;

use super::outcome::{Good, Measured, Outcome};
use super::{CostTargets, Input, Side, Value};
use crate::memory::cost::{CostModel, need};
use crate::memory::words::binary;

/// What is left free unless the targets say otherwise.
const HEADROOM: f64 = 0.0;

pub(super) fn outcomes(input: &Input<'_>) -> Vec<Outcome> {
    let Some(targets) = &input.targets.cost else { return Vec::new() };
    let model = targets.model();
    let after = priced(&model, needed(targets, &input.after, "after"));
    let mut outcomes = Vec::new();
    if let Some(levels) = &targets.price {
        let measured = match &after {
            Ok((price, _)) => Measured::Exactly(*price),
            Err(reason) => Measured::Unknown(reason.clone()),
        };
        let title = "the price of the server";
        let outcome = Outcome::figure("cost.price".to_owned(), title, None, Good::AtMost, levels, &measured);
        outcomes.push(outcome.because(after.as_ref().ok().map(|(_, words)| words.clone())));
    }
    if let Some(levels) = &targets.reduction {
        let before = priced(&model, before(targets, input));
        let (measured, evidence) = match (&before, &after) {
            (Ok((old, _)), Ok(_)) if *old <= 0.0 => {
                (Measured::Unknown("before it cost nothing".to_owned()), Vec::new())
            }
            (Ok((old, old_words)), Ok((new, new_words))) => (
                Measured::Exactly((1.0 - new / old) * 100.0),
                vec![format!("before: {old_words}"), format!("after: {new_words}")],
            ),
            (Err(reason), _) | (_, Err(reason)) => (Measured::Unknown(reason.clone()), Vec::new()),
        };
        let title = "the server is cheaper than before";
        let id = "cost.reduction".to_owned();
        outcomes.push(Outcome::figure(id, title, None, Good::AtLeast, levels, &measured).because(evidence));
    }
    outcomes
}

/// The memory of a server, with how it was found, or why it is not known.
type Needed = Result<(Bytes, String), String>;

fn needed(targets: &CostTargets, side: &Side, which: &str) -> Needed {
    let totals =
        &side.memory.as_ref().ok_or_else(|| format!("{which}: nothing is known of what runs"))?.totals;
    let limits = totals.limits.bytes().ok_or_else(|| {
        let services = [&totals.unlimited[..], &totals.unknown[..]].concat().join(", ");
        format!("{which}: no limit is known of {services}")
    })?;
    let headroom = targets.headroom.map_or(HEADROOM, |headroom| headroom.value.number());
    let memory = need(limits, targets.host_reserve(), headroom);
    let free = if headroom > 0.0 { format!(", {headroom:.0} % free") } else { String::new() };
    let words = format!("limits {} + host {}{free}", binary(limits), binary(targets.host_reserve()));
    Ok((memory, words))
}

/// The memory of the server before: as the targets say, or by its limits, or all of the host that was there.
fn before(targets: &CostTargets, input: &Input<'_>) -> Needed {
    if let Some(before) = targets.before {
        return Ok((before.value.bytes(), "as the targets say".to_owned()));
    }
    let side = input.before.as_ref().ok_or("there is nothing to compare with")?;
    needed(targets, side, "before").or_else(|reason| {
        let host = side.memory.as_ref().and_then(|memory| memory.host.memory);
        let host =
            host.ok_or(format!("{reason}, and the memory of its server is not known: `cost.before`"))?;
        Ok((host, "without limits, all of its host".to_owned()))
    })
}

fn priced(model: &CostModel, needed: Needed) -> Result<(f64, String), String> {
    let (memory, how) = needed?;
    let (price, size) =
        model.cost(memory).ok_or_else(|| format!("no size of server holds {} ({how})", binary(memory)))?;
    let size = size.map(|name| format!(", `{name}`")).unwrap_or_default();
    Ok((price, format!("{price:.2} for {} ({how}){size}", binary(memory))))
}
