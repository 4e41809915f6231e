//! The services as tabs above the sections that show one of them (ARIA Authoring Practices, "Tabs").

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

use crate::state::State;
use crate::text::{self, words};

/// A tab a service; nothing where there is no choice.
#[component]
pub(crate) fn Tabs(state: State) -> impl IntoView {
    let services = &state.report.comparison.services;
    if services.len() < 2 {
        return None;
    }
    let last = services.len() - 1;
    let walk = move |event: KeyboardEvent| {
        let at = state.service.get_untracked();
        let to = match event.key().as_str() {
            "ArrowLeft" => at.checked_sub(1).unwrap_or(last),
            "ArrowRight" => (at + 1) % (last + 1),
            "Home" => 0,
            "End" => last,
            _ => return,
        };
        event.prevent_default();
        state.service.set(to);
        let list = event.current_target().and_then(|list| list.dyn_into::<HtmlElement>().ok());
        let tab = list.and_then(|list| list.children().item(u32::try_from(to).unwrap_or(0)));
        if let Some(tab) = tab.and_then(|tab| tab.dyn_into::<HtmlElement>().ok()) {
            // An element that takes no focus leaves it where it is.
            let _ = tab.focus();
        }
    };
    let tabs = services.iter().enumerate().map(|(position, service)| {
        let chosen = move || state.service.get() == position;
        view! {
            <button
                type="button"
                role="tab"
                data-tab=service.name.clone()
                aria-controls="service"
                aria-selected=move || if chosen() { "true" } else { "false" }
                tabindex=move || if chosen() { "0" } else { "-1" }
                on:click=move |_| state.service.set(position)
            >
                {text::name(&service.name)}
            </button>
        }
    });
    Some(view! {
        <div class="tabs engineer" role="tablist" aria-label=words().services on:keydown=walk>{tabs.collect_view()}</div>
    })
}
