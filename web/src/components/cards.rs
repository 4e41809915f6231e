//! The figures under the verdict: those that are known, what matters most first.

use leptos::prelude::*;
use plimsoll_analysis::SavingsLeft;
use plimsoll_analysis::compare::SizeChange;
use plimsoll_analysis::memory::{Headroom, Memory};
use plimsoll_analysis::regressions::rising;
use plimsoll_analysis::targets::{Figure, Judgement, Prices, Unit};
use plimsoll_report::format::{count, unbroken};

use super::change;
use super::targets::{judgement, rest};
use crate::figures;
use crate::state::State;
use crate::text::{self, bytes, percent, words};

/// The maximum number of cards.
const CARDS: usize = 6;

/// What the stack comes to. A figure that is not known is not shown, and another one has its place.
#[component]
pub(crate) fn Cards(state: State) -> impl IntoView {
    let comparison = &state.report.comparison;
    let is_pair = comparison.has_before();
    let after = state.report.running().memory[1].as_ref();
    let is_given = state.report.judging().is_some_and(|judging| judging.is_given);
    let judged = judgement(state).filter(|_| is_given);
    let targets = judged.map(targets_card);
    let price = judged.and_then(price_card);
    let savings = state.report.changes.savings_left().map(savings_card);
    let memory = after.and_then(memory_card);
    let last = match (comparison.compressed(), comparison.services.first()) {
        (Some(size), _) => Some(size_card("compressed", words().card_compressed, size, is_pair).into_any()),
        // The services are sorted by their change.
        (None, Some(service)) if comparison.services.len() > 1 && comparison.has_before() => {
            let delta = text::delta(service.size.delta);
            Some(
                view! {
                    <div class="card" data-card="service">
                        <dt>{words().card_service}</dt>
                        <dd class="value">{delta.number}<small>{delta.unit}</small></dd>
                        <dd class="more-on">
                            {text::name(&service.name)}": "{bytes(service.size.before).to_string()}" → "
                            {bytes(service.size.after).to_string()}
                        </dd>
                    </div>
                }
                .into_any(),
            )
        }
        _ => None,
    };
    let total = (!comparison.services.is_empty())
        .then(|| size_card("total", words().card_total, comparison.total, is_pair).into_any());
    let images = (!comparison.services.is_empty()).then(|| {
        let hidden = size_card("hidden", words().card_hidden, figures::hidden(comparison), is_pair);
        [hidden.into_any(), files_card(state)]
    });
    let known = total.into_iter().chain(targets).chain(price).chain(memory).chain(savings);
    let cards = known.chain(images.into_iter().flatten()).chain(last);
    let cards: Vec<AnyView> = cards.take(CARDS).collect();
    (!cards.is_empty()).then(|| view! { <dl class="cards" aria-label=words().figures>{cards}</dl> })
}

fn files_card(state: State) -> AnyView {
    let is_pair = state.report.comparison.has_before();
    let files = figures::files(&state.report.comparison);
    view! {
        <div class="card engineer" data-card="files" data-added=files.added data-removed=files.removed data-modified=files.modified>
            <dt>{if is_pair { words().card_files } else { words().page.card_files }}</dt>
            <dd class="value">{count(files.all())}</dd>
            {is_pair.then(|| view! {
                <dd class="more-on">
                    {(words().files_by_change)(&count(files.added), &count(files.removed), &count(files.modified))}
                </dd>
            })}
        </div>
    }
    .into_any()
}

fn targets_card(judgement: Memo<Judgement>) -> AnyView {
    let required =
        move || judgement.with(|judgement| judgement.passed + judgement.failed + judgement.unknown);
    view! {
        <div class="card" data-card="targets">
            <dt>{words().running.card_targets}</dt>
            <dd class="value">
                {move || judgement.with(|judgement| count(judgement.passed))}
                <small>{move || (words().running.card_of)(&count(required()))}</small>
            </dd>
            <dd class="more-on">{move || judgement.with(rest).join(" · ")}</dd>
        </div>
    }
    .into_any()
}

/// What the server costs; none where the targets have no cost model, or it is not known.
fn price_card(judgement: Memo<Judgement>) -> Option<AnyView> {
    // What the reader types changes demands, never the cost model.
    let Prices { before, after } = judgement.with_untracked(Judgement::prices)?;
    let price = |value| text::language().figure(Figure { value, unit: Unit::Price });
    let more = before.map(|before| {
        let relative = (before > 0.0).then(|| percent((after / before - 1.0) * 100.0));
        let relative = relative.map(|relative| unbroken(&format!(" ({relative})")));
        view! { <dd class="more-on">{(words().card_price_before)(&price(before))}{relative}</dd> }
    });
    Some(
        view! {
            <div class="card" data-card="price">
                <dt>{words().card_price}</dt>
                <dd class="value">{price(after)}</dd>
                {more}
            </div>
        }
        .into_any(),
    )
}

fn savings_card(left: SavingsLeft) -> AnyView {
    let SavingsLeft { likely, possible } = left;
    let value = bytes(likely);
    let more = (possible > likely).then(|| {
        let said = (words().card_savings_possible)(&bytes(possible).to_string());
        view! { <dd class="more-on">{unbroken(&said)}</dd> }
    });
    view! {
        <div class="card" data-card="savings" data-likely=likely.0 data-possible=possible.0>
            <dt>{words().card_savings}</dt>
            <dd class="value" title=text::exact(likely)>{value.number}<small>{value.unit}</small></dd>
            {more}
        </div>
    }
    .into_any()
}

/// The smallest headroom below a limit; `None` if it is unknown.
fn memory_card(memory: &'static Memory) -> Option<AnyView> {
    let head = &words().running;
    // Headroom is none where it is being used up.
    let rising = rising(memory).map(|rising| unbroken(&text::language().regression(&rising)));
    let (value, more) = match memory.headroom()? {
        Headroom::Least { service, taken, limit } => {
            let share = text::share(limit - taken, limit);
            let (number, unit) =
                share.split_once(' ').map(|(number, unit)| (number.to_owned(), unit.to_owned()))?;
            let more =
                (head.card_headroom_of)(&text::name(service), &text::memory(taken), &text::memory(limit));
            (view! { {number}<small>{unit}</small> }.into_any(), more)
        }
        Headroom::Unlimited(services) => {
            let services: Vec<String> = services.iter().map(|name| text::name(name)).collect();
            (head.none.into_any(), (head.card_no_limit)(&services.join(", ")))
        }
    };
    Some(
        view! {
            <div class="card" data-card="headroom">
                <dt>{head.card_headroom}</dt>
                <dd class="value">{value}</dd>
                <dd class="more-on">{unbroken(&more)}</dd>
                {rising.map(|rising| view! { <dd class="more-on worsened">{rising}</dd> })}
            </div>
        }
        .into_any(),
    )
}

fn size_card(key: &'static str, label: &'static str, size: SizeChange, is_pair: bool) -> impl IntoView {
    let after = bytes(size.after);
    let relative = size
        .percent()
        .filter(|_| size.delta.0 != 0)
        .map(|change| unbroken(&format!(" ({})", percent(change))));
    view! {
        <div class="card" class:engineer=key == "hidden" data-card=key data-before=size.before.0 data-after=size.after.0>
            <dt>{label}</dt>
            <dd class="value" title=text::exact(size.after)>{after.number}<small>{after.unit}</small></dd>
            {is_pair.then(|| view! {
                <dd class="more-on">
                    {(words().size_before)(&bytes(size.before).to_string())}" · "{change(size.delta)}{relative}
                </dd>
            })}
        </div>
    }
}
