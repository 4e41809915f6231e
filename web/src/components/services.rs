//! The table of services. A row chooses the service that the sections below are about.

use leptos::prelude::*;
use plimsoll_analysis::compare::{ServiceComparison, SizeChange};
use plimsoll_report::format::{one_line, percent};

use super::{change, maybe_size, size};
use crate::charts::Dumbbell;
use crate::charts::geometry::Scale;
use crate::figures;
use crate::state::State;
use crate::text;

/// Every service on one scale, and the stack below.
#[component]
pub(crate) fn Services(state: State) -> impl IntoView {
    let comparison = &state.report.comparison;
    let scale = Scale::up_to(figures::largest_size(comparison));
    let rows = comparison.services.iter().enumerate().map(|(position, service)| {
        view! { <ServiceRow service position scale chosen=state.service /> }
    });
    let (total, hidden) = (comparison.total, figures::hidden(comparison));
    view! {
        <section aria-labelledby="services">
            <h2 id="services">{text::SERVICES}</h2>
            <p class="lead">{text::SERVICES_LEAD}</p>
            <table class="services reflow">
                <thead>
                    <tr>
                        <th scope="col">{text::SERVICE}</th>
                        <td></td>
                        <th scope="col">{text::BEFORE}</th>
                        <th scope="col">{text::AFTER}</th>
                        <th scope="col" colspan="2">{text::CHANGE}</th>
                        <th scope="col">{text::HIDDEN}</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
                <tfoot>
                    <tr data-service-total data-before=total.before.0 data-after=total.after.0>
                        <th scope="row">{text::ALL_SERVICES}</th>
                        <td class="chart"></td>
                        <td data-label=text::BEFORE>{size(total.before)}</td>
                        <td data-label=text::AFTER>{size(total.after)}</td>
                        <td data-label=text::CHANGE>{change(total.delta)}</td>
                        <td class="percent">{relative(&total)}</td>
                        <td data-label=text::HIDDEN>{size(hidden.before)}" → "{size(hidden.after)}</td>
                    </tr>
                </tfoot>
            </table>
            <p class="legend" aria-hidden="true">
                <span><i class="hollow"></i>{text::LEGEND_BEFORE}</span>
                <span><i class="filled"></i>{text::LEGEND_AFTER}</span>
                <span class="less">{text::LEGEND_SMALLER}</span>
                <span class="more">{text::LEGEND_LARGER}</span>
            </p>
        </section>
    }
}

#[component]
fn ServiceRow(
    service: &'static ServiceComparison,
    position: usize,
    scale: Scale,
    chosen: RwSignal<usize>,
) -> impl IntoView {
    let is_chosen = move || if chosen.get() == position { "true" } else { "false" };
    let (before, after) = (service.before.as_ref(), service.after.as_ref());
    let difference = match (before, after) {
        (None, _) => view! { <span class="more">{text::NEW}</span> }.into_any(),
        (_, None) => view! { <span class="less">{text::GONE}</span> }.into_any(),
        _ => change(service.size.delta).into_any(),
    };
    view! {
        <tr
            data-service=service.name.clone()
            data-before=service.size.before.0
            data-after=service.size.after.0
            class:chosen=move || chosen.get() == position
            on:click=move |_| chosen.set(position)
        >
            <th scope="row">
                <button type="button" aria-pressed=is_chosen>{one_line(&service.name)}</button>
            </th>
            <td class="chart"><Dumbbell service scale /></td>
            <td data-label=text::BEFORE>{maybe_size(before.map(|image| image.size_bytes))}</td>
            <td data-label=text::AFTER>{maybe_size(after.map(|image| image.size_bytes))}</td>
            <td data-label=text::CHANGE>{difference}</td>
            <td class="percent">{relative(&service.size)}</td>
            <td data-label=text::HIDDEN>
                {maybe_size(before.map(|image| image.hidden_bytes))}
                " → "
                {maybe_size(after.map(|image| image.hidden_bytes))}
            </td>
        </tr>
    }
}

fn relative(size: &SizeChange) -> Option<String> {
    size.percent().filter(|_| size.delta.0 != 0 && size.after.0 != 0).map(percent)
}
