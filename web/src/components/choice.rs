//! One of several, chosen by buttons.

use leptos::prelude::*;

/// One of a few, as buttons side by side.
#[component]
pub(super) fn Choice<T>(
    label: &'static str,
    class: &'static str,
    all: Vec<(T, &'static str, &'static str)>,
    chosen: RwSignal<T>,
) -> impl IntoView
where
    T: Copy + PartialEq + Send + Sync + 'static,
{
    let buttons = all.into_iter().map(|(value, key, name)| {
        view! {
            <button
                type="button"
                data-value=key
                title=name
                aria-pressed=move || if chosen.get() == value { "true" } else { "false" }
                on:click=move |_| chosen.set(value)
            >
                <span>{name}</span>
            </button>
        }
    });
    view! {
        <div class=format!("choice {class}") role="group" aria-label=label>
            {buttons.collect_view()}
        </div>
    }
}
