//! Where the difference in size comes from.

use leptos::prelude::*;
use plimsoll_analysis::compare::ServiceComparison;
use plimsoll_report::format::{count, one_line};
use plimsoll_report::{format, words};

use crate::charts::Waterfall;
use crate::text;

/// The bridge from before to after, drawn and in bytes.
#[component]
pub(crate) fn Why(service: &'static ServiceComparison) -> impl IntoView {
    let (tree, hidden) = (service.final_tree, service.hidden);
    let lead =
        text::why_lead(&one_line(&service.name), (tree.before, tree.after), (hidden.before, hidden.after));
    let body = if service.bridge.is_empty() {
        view! { <p>{text::WHY_NOT}</p> }.into_any()
    } else {
        view! {
            <Waterfall service />
            <Table service />
        }
        .into_any()
    };
    view! {
        <section aria-labelledby="why">
            <h2 id="why">{text::WHY}</h2>
            <p class="lead">{lead}</p>
            {body}
        </section>
    }
}

#[component]
fn Table(service: &'static ServiceComparison) -> impl IntoView {
    let steps = service.bridge.iter().map(|step| {
        let sign = format::delta(step.delta).number.chars().next().filter(|sign| !sign.is_ascii_digit());
        let bytes =
            format!("{}{}", sign.map(String::from).unwrap_or_default(), count(step.delta.magnitude().0));
        view! {
            <tr data-cause=words::bridge_cause(step.cause) data-delta=step.delta.0>
                <th scope="row">{words::bridge_cause(step.cause)}</th>
                <td>{bytes}</td>
            </tr>
        }
    });
    view! {
        <details class="bytes">
            <summary>{text::WHY_TABLE}</summary>
            <table class="plain">
                <thead>
                    <tr><th scope="col">{text::CAUSE}</th><th scope="col">{text::BYTES}</th></tr>
                </thead>
                <tbody>
                    <tr><th scope="row">{text::BEFORE}</th><td>{count(service.size.before.0)}</td></tr>
                    {steps.collect_view()}
                </tbody>
                <tfoot>
                    <tr><th scope="row">{text::AFTER}</th><td>{count(service.size.after.0)}</td></tr>
                </tfoot>
            </table>
        </details>
    }
}
