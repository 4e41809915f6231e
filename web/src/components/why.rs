//! Where the difference in size comes from.

use leptos::prelude::*;
use plimsoll_analysis::compare::{ServiceComparison, SizeChange};
use plimsoll_report::chart::waterfall::{Row, picture, rows};
use plimsoll_report::format::count;
use plimsoll_report::why::sentences;

use super::{ChartTools, direction};
use crate::charts::drawn;
use crate::text::{self, words};

/// The bridge from before to after, drawn and in bytes.
#[component]
pub(crate) fn Why(service: &'static ServiceComparison) -> impl IntoView {
    let pair = |size: SizeChange| [size.before, size.after].map(|bytes| text::bytes(bytes).to_string());
    let (tree, hidden) = (service.final_tree, service.hidden);
    let lead = (words().why_lead)(
        &text::name(&service.name),
        pair(tree).each_ref().map(String::as_str),
        pair(hidden).each_ref().map(String::as_str),
    );
    let is_one = service.before.is_none();
    let (title, lead) = if is_one {
        let [tree, hidden] = [tree, hidden].map(|size| text::bytes(size.after).to_string());
        (
            words().page.composition,
            (words().page.composition_lead)(&text::name(&service.name), &tree, &hidden),
        )
    } else {
        (words().why, lead)
    };
    let body = if service.bridge.is_empty() {
        view! { <p>{words().why_not}</p> }.into_any()
    } else {
        view! {
            <ul class="sentences two-sided">
                {sentences(service, text::language()).into_iter().map(|sentence| view! { <li>{sentence}</li> }).collect_view()}
            </ul>
            <Waterfall service />
            <ChartTools chart=words().why picture=move || Some(picture(service, text::language())) />
            <Table service />
        }
        .into_any()
    };
    view! {
        <section class="engineer" aria-labelledby="why">
            <h2 id="why">{title}</h2>
            <p class="lead">{lead}</p>
            {body}
        </section>
    }
}

/// Bars below each other, so that each has room for its name at any width.
#[component]
fn Waterfall(service: &'static ServiceComparison) -> impl IntoView {
    view! { <ol class="waterfall">{rows(service, text::language()).into_iter().map(row).collect_view()}</ol> }
}

fn row(Row { label, parts, value, delta, scene }: Row) -> impl IntoView {
    let parts = parts.map(|parts| view! { <small title=parts.clone()>{parts.clone()}</small> });
    view! {
        <li class=delta.map_or("total", direction)>
            <span class="label">{label}{parts}</span>
            {drawn("step", &scene)}
            <span class="value">{value.number} "\u{a0}" <small>{value.unit}</small></span>
        </li>
    }
}

#[component]
fn Table(service: &'static ServiceComparison) -> impl IntoView {
    let steps = service.bridge.iter().map(|step| {
        let sign = text::delta(step.delta).number.chars().next().filter(|sign| !sign.is_ascii_digit());
        let bytes =
            format!("{}{}", sign.map(String::from).unwrap_or_default(), count(step.delta.magnitude().0));
        view! {
            <tr data-delta=step.delta.0>
                <th scope="row">
                    {text::language().bridge_cause(step.cause)}
                    {(!step.parts.is_empty()).then(|| view! { " "<small>{text::language().bridge_parts(step)}</small> })}
                </th>
                <td>{bytes}</td>
            </tr>
        }
    });
    view! {
        <details class="bytes">
            <summary>{words().why_table}</summary>
            <table class="plain">
                <thead>
                    <tr><th scope="col">{words().cause_head}</th><th scope="col">{words().bytes_head}</th></tr>
                </thead>
                <tbody>
                    <tr><th scope="row">{words().before}</th><td>{count(service.size.before.0)}</td></tr>
                    {steps.collect_view()}
                </tbody>
                <tfoot>
                    <tr><th scope="row">{words().after}</th><td>{count(service.size.after.0)}</td></tr>
                </tfoot>
            </table>
        </details>
    }
}
