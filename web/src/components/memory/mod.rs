//! Memory and limits: what the services take against what they may take, before and after.

mod cells;
mod facts;
mod service;
mod stack;

use leptos::prelude::*;
use plimsoll_analysis::memory::ServiceMemory;
use plimsoll_analysis::regressions::{MemoryFigure, RegressionKind as Kind};
use plimsoll_report::chart::scale::Scale;
use plimsoll_report::chart::{Side, bullet};
use plimsoll_report::language::Term;

use crate::charts::drawn;
use crate::components::{ChartTools, explained};
use crate::running::Running;
use crate::state::State;
use crate::text::{self, words};

use cells::{limit, maybe, memory};
use service::ServiceBlock;
use stack::Stack;

/// What fills this section where it is empty.
const COMMANDS: [&str; 2] = [
    "plimsoll record --project NAME --load LABEL -o after.plimsoll",
    "plimsoll snapshot --memory stats.jsonl inspect.json events.jsonl --compose compose.yml -o after.plimsoll",
];
/// Up to this number of services are open when the page opens; of more, those that run worse than before.
const OPEN: usize = 2;

/// The whole section.
#[component]
pub(crate) fn Memory(state: State) -> impl IntoView {
    let running = state.report.running();
    if running.is_empty() {
        let commands = COMMANDS.map(|command| view! { <p class="command"><code>{command}</code></p> });
        return view! {
            <section class="unfilled engineer" aria-labelledby="memory">
                <h2 id="memory">{words().memory}</h2>
                <p class="lead">{words().running.empty}</p>
                {commands.into_iter().collect_view()}
            </section>
        }
        .into_any();
    }
    let services = running.services();
    let are_open = services.len() <= OPEN;
    let is_worse = |name| running.is_worse(Some(name), |_| true);
    let blocks = services
        .into_iter()
        .map(|name| view! { <ServiceBlock state running name is_open=are_open || is_worse(name) /> })
        .collect_view();
    view! {
        <section class="memory engineer" aria-labelledby="memory">
            <h2 id="memory">{words().memory}</h2>
            <p class="lead">{words().running.lead}</p>
            <Overview running />
            <Stack running />
            {blocks}
        </section>
    }
    .into_any()
}

/// Every service on one scale, one row a side.
#[component]
fn Overview(running: &'static Running) -> impl IntoView {
    let scale = bullet::scale(running.memory.each_ref().map(Option::as_ref));
    let rows = running.sides().into_iter().map(|(side, service)| row(running, service, side, scale));
    let head = &words().running;
    view! {
        <table class="bullets reflow">
            <thead>
                <tr>
                    <th scope="col">{words().service}</th>
                    <td></td>
                    <th scope="col">{explained(Term::Median, head.median)}</th>
                    <th scope="col">{explained(Term::P95, head.p95)}</th>
                    <th scope="col">{explained(Term::Maximum, head.most)}</th>
                    <th scope="col">{explained(Term::Limit, head.limit)}</th>
                    <th scope="col">{explained(Term::Reservation, head.reservation)}</th>
                    <th scope="col">{explained(Term::Headroom, head.headroom)}</th>
                    <th scope="col">{head.suggested}</th>
                </tr>
            </thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
        <ChartTools chart=words().memory picture=move || Some(bullet::picture(&running.sides(), scale, text::language())) />
        <p class="legend" aria-hidden="true">
            <span><i class="swatch p50"></i>{head.median}</span>
            <span><i class="swatch p95"></i>{head.p95}</span>
            <span><i class="swatch most"></i>{head.most}</span>
            <span><i class="bound limit"></i>{head.limit}</span>
            <span><i class="bound reservation"></i>{head.reservation}</span>
            <span>"▽ "{head.suggested}</span>
        </p>
    }
}

fn row(
    running: &'static Running,
    service: &'static ServiceMemory,
    side: Side,
    scale: Scale,
) -> impl IntoView {
    let taken = service.working_set;
    let replicas = (service.replicas > 1).then(|| (words().running.replicas)(&service.replicas.to_string()));
    let suggested = service.suggestion.limit.map(|limit| {
        let at_least = if service.suggestion.at_least { "≥\u{a0}" } else { "" };
        view! { {at_least} {memory(limit)} }
    });
    let grew = |wanted: MemoryFigure| {
        let is = |kind: &Kind| matches!(kind, Kind::MoreMemory { figure, .. } if *figure == wanted);
        side == Side::After && running.is_worse(Some(&service.name), is)
    };
    let head = &words().running;
    view! {
        <tr
            class:after=side == Side::After
            data-memory=service.name.clone()
            data-side=side.key()
            data-most=taken.map(|taken| taken.max.0)
            data-limit=service.limit.bytes().map(|limit| limit.0)
        >
            <th scope="row">
                {text::name(&service.name)} " " <small>{side.name(text::language()).to_lowercase()}</small>
                {replicas.map(|replicas| view! { <small>", "{replicas}</small> })}
            </th>
            <td class="chart">{drawn("bullet", &bullet::scene(service, scale, side))}</td>
            <td data-label=head.median class:worsened=grew(MemoryFigure::Median)>{maybe(taken.map(|taken| taken.p50))}</td>
            <td data-label=head.p95 class:worsened=grew(MemoryFigure::P95)>{maybe(taken.map(|taken| taken.p95))}</td>
            <td data-label=head.most class:worsened=grew(MemoryFigure::Most)>{maybe(taken.map(|taken| taken.max))}</td>
            <td data-label=head.limit>{limit(service.limit)}</td>
            <td data-label=head.reservation>{maybe(service.reservation)}</td>
            <td data-label=head.headroom>{headroom(service)}</td>
            <td data-label=head.suggested>
                {suggested.map_or_else(|| maybe(None).into_any(), IntoAny::into_any)}
            </td>
        </tr>
    }
}

/// What the limit leaves above the most that was taken, as a share of it too.
fn headroom(service: &ServiceMemory) -> impl IntoView {
    let Some((left, limit)) = service.headroom.zip(service.limit.bytes()) else {
        return maybe(None).into_any();
    };
    view! { {memory(left)} " " <small>{text::share(left, limit)}</small> }.into_any()
}
