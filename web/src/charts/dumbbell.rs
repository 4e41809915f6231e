//! A service's two sizes on the scale that all services share.

use leptos::prelude::*;
use plimsoll_analysis::compare::ServiceComparison;

use super::geometry::Scale;
use crate::components::direction;

/// A hollow mark before, a filled one after, and the way between them. Decoration: the figures stand beside it.
#[component]
pub(crate) fn Dumbbell(service: &'static ServiceComparison, scale: Scale) -> impl IntoView {
    let before = service.before.as_ref().map(|image| scale.at(image.size_bytes));
    let after = service.after.as_ref().map(|image| scale.at(image.size_bytes));
    let percent = |at: f64| format!("{at:.3}%");
    let line = before.zip(after).map(|(from, to)| {
        view! { <line x1=percent(from) x2=percent(to) y1="12" y2="12" /> }
    });
    let hollow = before.map(|at| view! { <circle class="hollow" cx=percent(at) cy="12" r="4.5" /> });
    let filled = after.map(|at| view! { <circle class="filled" cx=percent(at) cy="12" r="5" /> });
    view! {
        <svg class=format!("dumbbell {}", direction(service.size.delta)) height="24" aria-hidden="true">
            <line class="axis" x1="0" x2="100%" y1="12" y2="12" />
            {line}
            {hollow}
            {filled}
        </svg>
    }
}
