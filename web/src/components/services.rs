//! The table of services. A row chooses the service that the sections below are about.

use leptos::prelude::*;
use plimsoll_analysis::compare::{Comparison, ServiceComparison, SizeChange};
use plimsoll_report::chart::scale::Scale;
use plimsoll_report::chart::services as chart;
use plimsoll_report::language::Term;
use plimsoll_report::markdown;
use plimsoll_snapshot::Bytes;

use super::{ChartTools, change, explained, maybe_size, size, unfold};
use crate::charts::drawn;
use crate::figures;
use crate::joining::{Joint, offers};
use crate::share::{self, Said};
use crate::state::State;
use crate::text::{self, percent, words};
use crate::workspace::Workspace;

/// Up to this number of unchanged services are shown among the others.
const FOLDED: usize = 3;

/// Every service on one scale, and the stack below.
#[component]
pub(crate) fn Services(state: State) -> impl IntoView {
    let comparison = &state.report.comparison;
    let scale = chart::scale(comparison);
    let is_same = |service: &ServiceComparison| {
        service.before.is_some() && service.after.is_some() && service.size.delta.0 == 0
    };
    let same: Vec<&ServiceComparison> =
        comparison.services.iter().filter(|service| is_same(service)).collect();
    // Few lines are read faster than a line that stands for them.
    let folds = same.len() > FOLDED && same.len() < comparison.services.len();
    let are_shown = RwSignal::new(!folds);
    let rows = comparison.services.iter().enumerate().map(|(position, service)| {
        let folds = is_same(service);
        let hidden = move || {
            folds && !are_shown.get() && !state.everything.get() && state.service.get() != position
        };
        view! { <ServiceRow comparison service position scale chosen=state.service hidden=Signal::derive(hidden) /> }
    });
    let fold = folds.then(|| {
        let size: Bytes = same.iter().map(|service| service.size.after).sum();
        let said = (words().page.same_services)(
            &text::many(same.len() as u64, &words().service_noun),
            &text::bytes(size).to_string(),
        );
        view! { <tr class="fold screen"><td colspan="8">{unfold(said, are_shown)}</td></tr> }
    });
    let (total, hidden) = (comparison.total, figures::hidden(comparison));
    view! {
        <section aria-labelledby="services">
            <h2 id="services">{words().services}</h2>
            <p class="lead engineer">{words().services_lead}</p>
            <table class="services reflow">
                <thead>
                    <tr>
                        <th scope="col">{words().service}</th>
                        <td></td>
                        <th scope="col">{words().before}</th>
                        <th scope="col">{text::after_head(comparison.has_before())}</th>
                        <th scope="col" colspan="2">{words().change}</th>
                        <th scope="col" class="engineer">{explained(Term::Hidden, words().hidden)}</th>
                        <td class="act screen engineer"></td>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}{fold}</tbody>
                <tfoot>
                    <tr data-service-total data-before=total.before.0 data-after=total.after.0>
                        <th scope="row" colspan="2">{words().all_services}</th>
                        <td data-label=words().before>{size(total.before)}</td>
                        <td data-label=words().after>{size(total.after)}</td>
                        <td data-label=words().change>{change(total.delta)}</td>
                        <td class="percent">{relative(&total)}</td>
                        <td class="engineer" data-label=words().hidden><span class="two-sided">{size(hidden.before)}" → "</span>{size(hidden.after)}</td>
                        <td class="act screen engineer"></td>
                    </tr>
                </tfoot>
            </table>
            <ChartTools
                chart=words().services
                picture=move || Some(chart::picture(comparison, text::language()))
            />
            <p class="legend two-sided" aria-hidden="true">
                <span><i class="hollow"></i>{words().before}</span>
                <span><i class="filled"></i>{words().after}</span>
                <span class="less">{words().legend_smaller}</span>
                <span class="more">{words().legend_larger}</span>
            </p>
            <Joints comparison />
        </section>
    }
}

/// Which services can be compared although their names differ, and which are.
#[component]
fn Joints(comparison: &'static Comparison) -> impl IntoView {
    let workspace = use_context::<Workspace>()?;
    let button = move |joint: Joint, say: fn(&str, &str) -> String| {
        let said = say(&text::name(&joint.before), &text::name(&joint.after));
        view! { <button type="button" class="button" data-do="pair" on:click=move |_| workspace.toggle(&joint)>{said}</button> }
    };
    let names = |has: fn(&ServiceComparison) -> bool| {
        let names: Vec<_> = comparison
            .services
            .iter()
            .filter(|service| has(service))
            .map(|service| text::name(&service.name))
            .collect();
        names.join(", ")
    };
    let offers = offers(comparison);
    let offered = (!offers.is_empty()).then(|| {
        let lead = (words().page.pair_lead)(
            &names(|service| service.after.is_none()),
            &names(|service| service.before.is_none()),
        );
        let buttons = offers.into_iter().map(|joint| button(joint, words().page.pair)).collect_view();
        view! { <p class="lead">{lead}</p><p class="inputs screen">{buttons}</p> }
    });
    let joined = workspace.joints.get_untracked().into_iter().filter(|joint| {
        comparison.services.iter().any(|service| service.name == joint.after && service.before.is_some())
    });
    let joined: Vec<_> = joined.map(|joint| button(joint, words().page.unpair)).collect();
    let joined = (!joined.is_empty()).then(|| view! { <p class="inputs screen">{joined}</p> });
    Some(view! { <div class="joints">{offered}{joined}</div> })
}

#[component]
fn ServiceRow(
    comparison: &'static Comparison,
    service: &'static ServiceComparison,
    position: usize,
    scale: Scale,
    chosen: RwSignal<usize>,
    /// Whether it is folded away.
    hidden: Signal<bool>,
) -> impl IntoView {
    let scene = chart::scene(service, scale, chart::colour(comparison, service));
    let is_chosen = move || if chosen.get() == position { "true" } else { "false" };
    let (before, after) = (service.before.as_ref(), service.after.as_ref());
    let (said, copy_row) = (expect_context::<Said>(), (words().copy_row)(&text::name(&service.name)));
    let difference = match (before, after) {
        (None, _) => view! { <span class="more">{words().new}</span> }.into_any(),
        (_, None) => view! { <span class="less">{words().gone}</span> }.into_any(),
        _ => change(service.size.delta).into_any(),
    };
    view! {
        <tr
            data-service=service.name.clone()
            data-before=service.size.before.0
            data-after=service.size.after.0
            class:chosen=move || chosen.get() == position
            hidden=move || hidden.get()
            on:click=move |_| chosen.set(position)
        >
            <th scope="row">
                <button type="button" aria-pressed=is_chosen>{text::name(&service.name)}</button>
            </th>
            <td class="chart">{drawn("dumbbell", &scene)}</td>
            <td data-label=words().before>{maybe_size(before.map(|image| image.size_bytes))}</td>
            <td data-label=words().after>{maybe_size(after.map(|image| image.size_bytes))}</td>
            <td data-label=words().change>{difference}</td>
            <td class="percent">{relative(&service.size)}</td>
            <td class="engineer" data-label=words().hidden>
                <span class="two-sided">{maybe_size(before.map(|image| image.hidden_bytes))}" → "</span>
                {maybe_size(after.map(|image| image.hidden_bytes))}
            </td>
            <td class="act screen engineer">
                <button
                    type="button"
                    class="copy"
                    data-do="copy-row"
                    title=copy_row.clone()
                    aria-label=copy_row
                    on:click=move |event| {
                        event.stop_propagation();
                        share::copy(markdown::service_row(service, text::language()), said);
                    }
                >
                    <svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
                        <path d="M4.5 4.5h8v8h-8zM9.5 4.5v-3h-8v8h3" />
                    </svg>
                </button>
            </td>
        </tr>
    }
}

fn relative(size: &SizeChange) -> Option<String> {
    size.percent().filter(|_| size.delta.0 != 0 && size.after.0 != 0).map(percent)
}
