//! The limit, the reservation and the swap of a service.

use plimsoll_snapshot::Bytes;

use super::super::{Limit, LimitRefusal};
use super::draft::{Draft, Known};
use super::reason::{Open, SettingReason};
use super::room;
use super::setting::Setting;

/// Adds what can be named; gives the limit that will hold.
pub(super) fn add(known: &Known<'_>, draft: &mut Draft) -> Option<Bytes> {
    let limit = match limit(known) {
        Ok((limit, reasons)) => {
            draft.set(Setting::Limit(limit), reasons);
            Some(limit)
        }
        Err(why) => {
            draft.leave(why);
            None
        }
    };
    if let Some((reservation, reason)) = reservation(known, limit, draft) {
        draft.set(Setting::Reservation(reservation), vec![reason]);
    }
    match limit {
        // Swap that was set stays with a limit that stays.
        Some(limit) if keeps_swap(known, limit) => {}
        Some(limit) => {
            let reason = SettingReason::NoSwap { default_total: limit + limit };
            draft.set(Setting::LimitWithSwap(limit), vec![reason]);
        }
        None if known.demanded.no_swap => {
            draft.leave(Open::NoSwapWithoutLimit);
        }
        None => {}
    }
    limit
}

/// Whether swap is set, the limit stays as it is, and nothing demands otherwise.
fn keeps_swap(known: &Known<'_>, limit: Bytes) -> bool {
    let is_set = known.service.limits().is_some_and(|limits| limits.memory_swap.is_some());
    let stays = known.memory.suggestion.limit.is_none() && known.memory.limit == Limit::Limited(limit);
    is_set && stays && !known.demanded.no_swap
}

/// The limit to set and why, or why none can be named.
fn limit(known: &Known<'_>) -> Result<(Bytes, Vec<SettingReason>), Open> {
    let memory = &known.memory;
    let suggestion = &memory.suggestion;
    let took = || memory.working_set.map(|taken| SettingReason::Took { most: taken.max });
    let refused = || -> Vec<LimitRefusal> { suggestion.refused.clone() };
    let with_refusals = |first| {
        let refused = refused().into_iter().map(|reason| SettingReason::NotSuggested { reason });
        std::iter::once(first).chain(refused).chain(took()).collect()
    };
    let suggested_for =
        || suggestion.reasons.iter().map(|reason| SettingReason::Limit { reason: reason.clone() });
    let room = room::least(known);
    let lacks = |limit: Bytes| {
        let (least, room) = room.as_ref().filter(|(least, _)| *least > limit)?;
        Some(SettingReason::Room { least: *least, room: room.clone() })
    };
    match (suggestion.limit, known.demanded.limit, memory.limit) {
        (Some(suggested), Some(demanded), _) if demanded >= suggested => {
            let mut reasons = vec![SettingReason::DemandedAbove { suggested }];
            reasons.extend(suggested_for());
            reasons.extend(lacks(demanded));
            Ok((demanded, reasons))
        }
        (Some(suggested), demanded, _) => {
            let too_low = demanded.map(|demanded| SettingReason::DemandTooLow { demanded });
            let limit = room.as_ref().map_or(suggested, |(least, _)| suggested.max(*least));
            Ok((limit, suggested_for().chain(lacks(suggested)).chain(too_low).collect()))
        }
        (None, Some(demanded), _) => {
            let mut reasons: Vec<_> = with_refusals(SettingReason::DemandedUnmeasured);
            reasons.extend(lacks(demanded));
            Ok((demanded, reasons))
        }
        // What it has may be why it crashes, or not: that is not for a file to repeat.
        (None, None, Limit::Limited(limit)) if memory.crashes.is_none() => {
            Ok((limit, with_refusals(SettingReason::AsItIs)))
        }
        (None, None, limit) => {
            Err(Open::NoLimit { refused: refused(), limit_unknown: limit == Limit::Unknown })
        }
    }
}

fn reservation(known: &Known<'_>, limit: Option<Bytes>, draft: &mut Draft) -> Option<(Bytes, SettingReason)> {
    let within = |bytes: Bytes| limit.map_or(bytes, |limit| bytes.min(limit));
    if let Some(demanded) = known.demanded.reservation {
        if within(demanded) < demanded {
            draft.leave(Open::ReservationAboveLimit { demanded });
        }
        return Some((within(demanded), SettingReason::Demanded));
    }
    // A reservation alone would say that it may take no less, of a service of which nothing is known.
    limit?;
    if let Some(suggested) = known.memory.suggestion.reservation {
        return Some((within(suggested), SettingReason::Median));
    }
    let set = known.memory.reservation?;
    Some((within(set), SettingReason::AsItIs))
}
