//! The line that stands for rows that are folded away: it says how many, and shows them.

use leptos::prelude::*;

/// The button in that line.
pub(crate) fn unfold(says: String, are_shown: RwSignal<bool>) -> impl IntoView {
    view! {
        <button
            type="button"
            class="twist"
            data-do="unfold"
            aria-expanded=move || if are_shown.get() { "true" } else { "false" }
            on:click=move |_| are_shown.update(|shown| *shown = !*shown)
        >
            {says}
        </button>
    }
}
