//! Where files can be dropped: anywhere. While some are held over the page, it says what each part of it makes of them.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::{DragEvent, Element};

use crate::role::Role;
use crate::text;
use crate::workspace::Workspace;

/// The zones, while files are held over the page.
#[component]
pub(crate) fn Drop(workspace: Workspace) -> impl IntoView {
    // What the files would be taken as, while they are over the page.
    let over = RwSignal::new(None::<Role>);
    let entered = window_event_listener(ev::dragover, move |event| {
        if has_files(&event) {
            // Without this the browser would open the file in place of the page.
            event.prevent_default();
            let aimed = Some(role(&event));
            if over.get_untracked() != aimed {
                over.set(aimed);
            }
        }
    });
    let left = window_event_listener(ev::dragleave, move |event| {
        // There is nothing beyond the window; within it, the next element takes over.
        if event.related_target().is_none() {
            over.set(None);
        }
    });
    let dropped = window_event_listener(ev::drop, move |event| {
        if !has_files(&event) {
            return;
        }
        event.prevent_default();
        over.set(None);
        if let Some(files) = event.data_transfer().and_then(|data| data.files()) {
            workspace.receive(&files, role(&event));
        }
    });
    on_cleanup(move || {
        entered.remove();
        left.remove();
        dropped.remove();
    });
    let zones = Role::ALL.map(|role| {
        view! {
            <div class="zone" class:aimed=move || over.get() == Some(role) data-drop=role.key()>{text::role(role)}</div>
        }
    });
    view! {
        <div class="zones" hidden=move || over.get().is_none() aria-hidden="true">
            {zones.collect_view()}
        </div>
    }
}

fn has_files(event: &DragEvent) -> bool {
    event.data_transfer().is_some_and(|data| data.types().includes(&"Files".into(), 0))
}

/// What the part of the page makes of a file that it was dropped on.
fn role(event: &DragEvent) -> Role {
    let element = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let zone = element.and_then(|element| element.closest("[data-drop]").ok().flatten());
    let key = zone.and_then(|zone| zone.get_attribute("data-drop"));
    Role::ALL.into_iter().find(|role| Some(role.key()) == key.as_deref()).unwrap_or(Role::Loaded)
}
