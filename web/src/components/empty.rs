//! Sections that this report has nothing for: what they would show, and what to run to fill them.

use leptos::prelude::*;

/// A section without content. `class` says for whom it is.
#[component]
pub(crate) fn Empty(
    id: &'static str,
    class: &'static str,
    title: &'static str,
    says: &'static str,
    /// The call that fills it, where there is one.
    #[prop(optional)]
    command: Option<&'static str>,
) -> impl IntoView {
    view! {
        <section class=format!("unfilled {class}") aria-labelledby=id>
            <h2 id=id>{title}</h2>
            <p class="lead">{says}</p>
            {command.map(|command| view! { <p class="command"><code>{command}</code></p> })}
        </section>
    }
}
