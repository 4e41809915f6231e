//! What the whole stack may take, took, and has.

use leptos::prelude::*;
use plimsoll_analysis::memory::{Limit, Memory};
use plimsoll_analysis::regressions::RegressionKind as Kind;
use plimsoll_snapshot::{Bytes, Order as _};

use super::cells::{self, limit, maybe};
use crate::running::Running;
use crate::text::{self, words};

/// The sums of both sides against the host.
#[component]
pub(crate) fn Stack(running: &'static Running) -> impl IntoView {
    let head = &words().running;
    let sides = running.memory.each_ref().map(Option::as_ref);
    let is_slower = running.is_worse(None, |kind| matches!(kind, Kind::SlowerStart { .. }));
    let row = |name: &'static str, cell: fn(&'static Memory) -> AnyView, is_worse: bool| {
        let cells = sides.into_iter().enumerate().map(|(index, side)| {
            let label = [words().before, words().after][index];
            let cell = side.map_or_else(|| maybe(None).into_any(), cell);
            view! { <td data-label=label class:worsened=is_worse && index == 1>{cell}</td> }
        });
        view! { <tr><th scope="row">{name}</th>{cells.collect_view()}</tr> }
    };
    let bystanders = sides.into_iter().flatten().flat_map(|memory| &memory.bystanders);
    let mut bystanders: Vec<String> = bystanders.map(|name| text::name(name)).collect();
    bystanders.order();
    bystanders.dedup();
    view! {
        <h3>{head.stack}</h3>
        <table class="plain reflow stack-memory">
            <thead>
                <tr><td></td><th scope="col">{words().before}</th><th scope="col">{words().after}</th></tr>
            </thead>
            <tbody>
                {row(head.all_limits, limits, false)}
                {row(head.all_limits_with_swap, |memory| limit(memory.totals.limits_with_swap).into_any(), false)}
                {row(head.all_reservations, |memory| {
                    maybe(Some(memory.totals.reservations).filter(|bytes| !bytes.is_zero())).into_any()
                }, false)}
                {row(head.host, host, false)}
                {row(head.at_once, |memory| maybe(memory.at_once.map(|taken| taken.all.max)).into_any(), false)}
                {row(head.at_once_loaded, |memory| {
                    maybe(memory.at_once.and_then(|taken| Some(taken.loaded?.p95))).into_any()
                }, false)}
                {row(head.start_up, start_up, is_slower)}
            </tbody>
        </table>
        {(!bystanders.is_empty()).then(|| view! { <p class="lead">{(head.bystanders)(&bystanders.join(", "))}</p> })}
    }
}

fn limits(memory: &'static Memory) -> AnyView {
    let totals = &memory.totals;
    let names = |names: &[String]| names.iter().map(|name| text::name(name)).collect::<Vec<_>>().join(", ");
    let why = match totals.limits {
        Limit::Unlimited => Some((words().running.without_limit)(&names(&totals.unlimited))),
        Limit::Unknown if !totals.unknown.is_empty() => {
            Some((words().running.limit_unknown_of)(&names(&totals.unknown)))
        }
        Limit::Unknown | Limit::Limited(_) => None,
    };
    // The sum of the others is known, even if a service has none.
    let sum = if totals.limited.is_zero() { totals.limits } else { Limit::Limited(totals.limited) };
    view! { {limit(sum)} {why.map(|why| view! { <small class="why">{why}</small> })} }.into_any()
}

fn host(memory: &'static Memory) -> AnyView {
    let Some(bytes) = memory.totals.host.filter(|bytes| *bytes != Bytes::ZERO) else {
        return maybe(None).into_any();
    };
    let fits = match (memory.totals.fits_host(), memory.totals.limits) {
        (Some(true), _) => Some(view! { <small class="why">{words().running.fits}</small> }.into_any()),
        (Some(false), Limit::Limited(_)) => {
            Some(view! { <small class="why fail">"▲ "{words().running.does_not_fit}</small> }.into_any())
        }
        _ => None,
    };
    view! { {cells::memory(bytes)} {fits} }.into_any()
}

fn start_up(memory: &'static Memory) -> AnyView {
    match &memory.start_up.whole {
        Some(start_up) => text::start_up(start_up).into_any(),
        None => maybe(None).into_any(),
    }
}
