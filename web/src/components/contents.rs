//! The list of contents, and the links that lead to sections.

use std::time::Duration;

use leptos::prelude::*;
use leptos::{ev, html};

use crate::document;
use crate::state::State;
use crate::text::words;
use crate::workspace::Workspace;

/// The name of the list, for the button that opens it where there is no room beside the report.
pub(crate) const CONTENTS: &str = "contents";
/// How often it is looked which section is in sight.
const LOOK: Duration = Duration::from_millis(100);

/// A link to a section or a row. The address takes it in beside what the reader has chosen.
#[component]
pub(crate) fn Anchor(
    state: State,
    #[prop(into)] to: String,
    /// The service that the section is to be about, by its position.
    #[prop(optional_no_strip)]
    service: Option<usize>,
    children: Children,
) -> impl IntoView {
    let address = format!("#{to}");
    let lead = move |event: web_sys::MouseEvent| {
        // A new window opens the plain address.
        if event.ctrl_key() || event.meta_key() || event.shift_key() {
            return;
        }
        event.prevent_default();
        if let Some(service) = service {
            state.service.set(service);
        }
        state.lead_to(&to);
    };
    view! { <a href=address on:click=lead>{children()}</a> }
}

/// Every section of the report: beside it on a wide screen, else in a panel that a button opens.
#[component]
pub(crate) fn Contents(state: State) -> impl IntoView {
    let panel = NodeRef::<html::Nav>::new();
    let comparison = &state.report.comparison;
    let has_images = !comparison.services.is_empty();
    let why = if comparison.has_before() { words().why } else { words().page.composition };
    // The name of a section, and whether it shows images.
    let sections = [
        ("trend", words().series.title, false),
        ("services", words().services, false),
        ("change", words().page.did, true),
        ("why", why, true),
        ("layers", words().layers, true),
        ("settings", words().settings, true),
        ("packages", words().packages, true),
        ("files", words().files, true),
        ("memory", words().memory, false),
        ("findings", words().findings, false),
        ("checklist", words().checklist, false),
        ("method", words().method, false),
    ];
    let has_trend = use_context::<Workspace>().is_some_and(|workspace| workspace.trend().is_some());
    let in_sight = RwSignal::new(String::new());
    let waits = StoredValue::new(false);
    let scrolled = window_event_listener(ev::scroll, move |_| {
        if !waits.get_value() {
            waits.set_value(true);
            set_timeout(
                move || {
                    // By then the reader may have gone on to another page.
                    if waits.try_set_value(false).is_none() {
                        in_sight.set(document::section_in_sight().unwrap_or_default());
                    }
                },
                LOOK,
            );
        }
    });
    on_cleanup(move || scrolled.remove());
    let close = move |_| {
        if let Some(panel) = panel.get_untracked() {
            // One that is closed already stays so.
            let _ = panel.hide_popover();
        }
    };
    let links = move || {
        let shown = sections.into_iter().filter(|&(to, _, of_images)| {
            let is_there = match to {
                "settings" => state.selected().is_some_and(|service| !service.config.is_empty()),
                "change" => comparison.has_before(),
                "trend" => has_trend,
                _ => true,
            };
            (has_images || !of_images) && is_there
        });
        let link = |(to, name, _)| {
            let is_here = move || in_sight.with(|at| at == to).then_some("true");
            view! { <li aria-current=is_here><Anchor state to>{name}</Anchor></li> }
        };
        shown.map(link).collect_view()
    };
    view! {
        <nav
            id=CONTENTS
            class="contents screen engineer"
            popover="auto"
            aria-label=words().contents
            node_ref=panel
            on:click=close
        >
            <ul>{links}</ul>
        </nav>
    }
}
