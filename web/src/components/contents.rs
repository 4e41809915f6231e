//! The list of contents, and the links that lead to sections.

use leptos::prelude::*;

use crate::state::State;
use crate::text::words;

/// A link to a section. The address takes the section in beside what the reader has chosen.
#[component]
pub(crate) fn Anchor(
    state: State,
    to: &'static str,
    /// The service that the section is to be about, by its position.
    #[prop(optional_no_strip)]
    service: Option<usize>,
    children: Children,
) -> impl IntoView {
    let lead = move |event: web_sys::MouseEvent| {
        // A new window opens the plain address.
        if event.ctrl_key() || event.meta_key() || event.shift_key() {
            return;
        }
        event.prevent_default();
        if let Some(service) = service {
            state.service.set(service);
        }
        state.lead_to(to);
    };
    view! { <a href=format!("#{to}") on:click=lead>{children()}</a> }
}

/// Every section of the report.
#[component]
pub(crate) fn Contents(state: State) -> impl IntoView {
    let has_images = !state.report.comparison.services.is_empty();
    // The name of a section, and whether it shows images.
    let sections = [
        ("services", words().services, false),
        ("why", words().why, true),
        ("layers", words().layers, true),
        ("settings", words().settings, true),
        ("packages", words().packages, true),
        ("files", words().files, true),
        ("memory", words().memory, false),
        ("findings", words().findings, false),
        ("checklist", words().checklist, false),
        ("method", words().method, false),
    ];
    let links = move || {
        let shown = sections.into_iter().filter(|&(to, _, of_images)| {
            let is_there =
                to != "settings" || state.selected().is_some_and(|service| !service.config.is_empty());
            (has_images || !of_images) && is_there
        });
        let link = |(to, name, _)| view! { <li><Anchor state to>{name}</Anchor></li> };
        shown.map(link).collect_view()
    };
    view! { <nav class="contents screen engineer" aria-label=words().contents><ul>{links}</ul></nav> }
}
