//! The layers of both sides, each side along one scale, so that what was kept, changed, removed and added is seen at once.

use leptos::prelude::*;
use plimsoll_analysis::compare::ServiceComparison;
use plimsoll_report::words::layer_match_key;

use super::geometry::{StackPart, stacks};
use crate::text::words;

/// Two bars of layers. Decoration: the table below says the same.
#[component]
pub(crate) fn Stacks(service: &'static ServiceComparison) -> impl IntoView {
    let [before, after] = stacks(service);
    view! {
        <div class="stacks" aria-hidden="true">
            {stack(words().before, &before)}
            {stack(words().after, &after)}
            <p class="legend">
                <span><i class="swatch kept"></i>{(words().layer_match)(plimsoll_analysis::compare::LayerMatch::Kept)}</span>
                <span><i class="swatch changed"></i>{(words().layer_match)(plimsoll_analysis::compare::LayerMatch::Changed)}</span>
                <span><i class="swatch removed"></i>{(words().layer_match)(plimsoll_analysis::compare::LayerMatch::Removed)}</span>
                <span><i class="swatch added"></i>{(words().layer_match)(plimsoll_analysis::compare::LayerMatch::Added)}</span>
                <span><i class="swatch unseen"></i>{words().hidden}</span>
            </p>
        </div>
    }
}

fn stack(label: &'static str, parts: &[StackPart]) -> impl IntoView + use<> {
    let percent = |at: f64| format!("{at:.3}%");
    let parts: Vec<_> = parts
        .iter()
        // Thinner than a tenth of a pixel on any screen.
        .filter(|part| part.to - part.from > 0.01)
        .map(|part| {
            let hidden = (part.hidden_from < part.to).then(|| {
                view! {
                    <rect
                        class="unseen"
                        x=percent(part.hidden_from)
                        width=percent(part.to - part.hidden_from)
                        y="20"
                        height="8"
                    />
                }
            });
            view! {
                <rect
                    class=layer_match_key(part.kind)
                    x=percent(part.from)
                    width=percent(part.to - part.from)
                    height="28"
                />
                {hidden}
                <line x1=percent(part.to) x2=percent(part.to) y1="0" y2="28" />
            }
        })
        .collect();
    view! {
        <div class="stack">
            <span>{label}</span>
            <svg height="28">{parts}</svg>
        </div>
    }
}
