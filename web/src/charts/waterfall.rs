//! The way from the size before to the size after, one bar a cause.

use leptos::prelude::*;
use plimsoll_analysis::compare::ServiceComparison;

use super::geometry::{Bar, BarKind, waterfall};
use crate::components::direction;
use crate::text::{self, words};

/// The height of a row, and of the bar in its middle.
const ROW: f64 = 32.0;
/// The height of one that names its parts.
const TALL: f64 = 44.0;
const THICK: f64 = 20.0;

/// Bars below each other, so that each has room for its name at any width.
#[component]
pub(crate) fn Waterfall(service: &'static ServiceComparison) -> impl IntoView {
    let bars = waterfall(service.size.before, &service.bridge);
    let last = bars.len() - 1;
    let rows = bars.iter().enumerate().map(|(index, bar)| {
        // A vertical hairline leads from the end of each bar to the next.
        let comes_from = index.checked_sub(1).map(|above| bars[above].to);
        row(*bar, comes_from, index < last, parts(service, bar.kind))
    });
    view! { <ol class="waterfall">{rows.collect_view()}</ol> }
}

/// The packages that add most to a step.
pub(super) fn parts(service: &ServiceComparison, kind: BarKind) -> Option<String> {
    let BarKind::Step(cause, _) = kind else { return None };
    let step = service.bridge.iter().find(|step| step.cause == cause)?;
    (!step.parts.is_empty()).then(|| text::language().bridge_parts(step))
}

fn row(bar: Bar, comes_from: Option<f64>, goes_on: bool, parts: Option<String>) -> impl IntoView {
    let height = if parts.is_some() { TALL } else { ROW };
    let (class, label, value) = match bar.kind {
        BarKind::Before(bytes) => ("total", words().before.to_owned(), text::bytes(bytes)),
        BarKind::After(bytes) => ("total", words().after.to_owned(), text::bytes(bytes)),
        BarKind::Step(cause, delta) => {
            (direction(delta), text::language().bridge_cause(cause), text::delta(delta))
        }
        BarKind::Other(delta) => (direction(delta), words().other_causes.to_owned(), text::delta(delta)),
    };
    let top = (height - THICK) / 2.0;
    let connector = |at: f64, from: f64, to: f64| {
        view! { <line x1=percent(at) x2=percent(at) y1=from.to_string() y2=to.to_string() /> }
    };
    view! {
        <li class=class>
            <span class="label">{label}{parts.map(|parts| view! { <small title=parts.clone()>{parts.clone()}</small> })}</span>
            <svg height=height.to_string() aria-hidden="true">
                {comes_from.map(|at| connector(at, 0.0, top))}
                {goes_on.then(|| connector(bar.to, top + THICK, height))}
                <rect
                    x=percent(bar.from.min(bar.to))
                    width=percent((bar.to - bar.from).abs())
                    y=top.to_string()
                    height=THICK.to_string()
                />
                // Keeps a step in sight that is narrower than a pixel.
                <line
                    class="tip"
                    x1=percent(bar.to)
                    x2=percent(bar.to)
                    y1=top.to_string()
                    y2=(top + THICK).to_string()
                />
            </svg>
            <span class="value">{value.number} "\u{a0}" <small>{value.unit}</small></span>
        </li>
    }
}

fn percent(at: f64) -> String {
    format!("{at:.3}%")
}
