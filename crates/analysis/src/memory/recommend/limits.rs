//! The limit, the reservation and the swap of a service.

use plimsoll_snapshot::Bytes;

use super::super::Limit;
use super::super::words::binary;
use super::{Draft, Known, Setting};

/// Adds what can be named; gives the limit that will hold.
pub(super) fn add(known: &Known<'_>, draft: &mut Draft) -> Option<Bytes> {
    let limit = match limit(known) {
        Ok((limit, reasons)) => {
            draft.set(Setting::Limit(limit), reasons);
            Some(limit)
        }
        Err(why) => {
            draft.leave(format!("no limit can be named: {}", why.join("; ")));
            None
        }
    };
    if let Some((reservation, reason)) = reservation(known, limit, draft) {
        draft.set(Setting::Reservation(reservation), vec![reason]);
    }
    match limit {
        Some(limit) => {
            let twice = binary(limit + limit);
            let reason = format!("no swap: not set, an engine gives as much swap as memory, {twice} in all");
            draft.set(Setting::LimitWithSwap(limit), vec![reason]);
        }
        None if known.demanded.no_swap => {
            draft.leave("the targets demand that it may not swap, which takes a limit of memory");
        }
        None => {}
    }
    limit
}

/// The limit to set and why, or why none can be named.
fn limit(known: &Known<'_>) -> Result<(Bytes, Vec<String>), Vec<String>> {
    let memory = &known.memory;
    let suggestion = &memory.suggestion;
    let took = || memory.working_set.map(|taken| format!("it took {} at most", binary(taken.max)));
    let with_refusals = |first: &str| {
        std::iter::once(first.to_owned()).chain(suggestion.refused.iter().cloned()).chain(took()).collect()
    };
    match (suggestion.limit, known.demanded.limit, memory.limit) {
        (Some(suggested), Some(demanded), _) if demanded >= suggested => {
            let mut reasons = vec![format!("demanded by the targets; {} would do", binary(suggested))];
            reasons.extend(suggestion.reasons.iter().cloned());
            Ok((demanded, reasons))
        }
        (Some(suggested), demanded, _) => {
            let mut reasons = suggestion.reasons.clone();
            if let Some(demanded) = demanded {
                reasons.push(format!("the targets demand {}, which is too little", binary(demanded)));
            }
            Ok((suggested, reasons))
        }
        (None, Some(demanded), _) => Ok((demanded, with_refusals("demanded by the targets, not measured"))),
        // What it has may be why it crashes, or not: that is not for a file to repeat.
        (None, None, Limit::Limited(limit)) if memory.crashes.is_none() => {
            Ok((limit, with_refusals("as it is: too little is known to change it")))
        }
        (None, None, Limit::Unknown) => {
            let mut why = suggestion.refused.clone();
            why.push("the limit it has is not known".to_owned());
            Err(why)
        }
        (None, None, _) => Err(suggestion.refused.clone()),
    }
}

fn reservation(known: &Known<'_>, limit: Option<Bytes>, draft: &mut Draft) -> Option<(Bytes, String)> {
    let within = |bytes: Bytes| limit.map_or(bytes, |limit| bytes.min(limit));
    if let Some(demanded) = known.demanded.reservation {
        if within(demanded) < demanded {
            draft.leave(format!(
                "the targets demand a reservation of {}, which is more than the limit",
                binary(demanded)
            ));
        }
        return Some((within(demanded), "demanded by the targets".to_owned()));
    }
    // A reservation alone would say that it may take no less, of a service of which nothing is known.
    limit?;
    if let Some(suggested) = known.memory.suggestion.reservation {
        return Some((within(suggested), "half of the time it takes no more (median)".to_owned()));
    }
    let set = known.memory.reservation?;
    Some((within(set), "as it is: too little is known to change it".to_owned()))
}
