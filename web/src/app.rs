//! The page as a whole: the sections in their order, and what follows the reader's choices.

use leptos::prelude::*;
use plimsoll_report::format::unbroken;
use plimsoll_report::verdict::{title, verdict};

use crate::components::{Bar, Cards, Files, Layers, Method, Services, Settings, Tabs, Why};
use crate::state::{State, Theme};
use crate::text::{self, words};
use crate::{document, load};

/// The page around a report.
#[component]
pub(crate) fn App(state: State) -> impl IntoView {
    Effect::new(move |_| {
        let theme = state.theme.get();
        load::set_root_data("theme", (theme != Theme::System).then(|| theme.key()));
    });
    Effect::new(move |_| load::set_root_data("view", Some(state.view.get().key())));
    Effect::new(move |last: Option<String>| {
        let fragment = state.fragment();
        // Nothing was chosen yet when the page opens: whatever its address holds stays.
        if last.is_some_and(|last| last != fragment) {
            load::set_fragment(&fragment);
        }
        fragment
    });
    Effect::new(move |last: Option<()>| {
        let language = state.language.get();
        // The report was written with its language and title.
        if last.is_some() {
            document::set_language(language);
            document::set_title(&format!("{} · {}", title(&state.report.comparison, language), text::NAME));
            // Its buttons are new ones; the reader's place is on the one that was pressed.
            document::focus(&format!("[data-value={}]", language.tag()));
        }
    });
    let followed = window_event_listener(leptos::ev::hashchange, move |_| state.follow(&load::fragment()));
    on_cleanup(move || followed.remove());
    move || {
        text::speak(state.language.get());
        view! { <Page state /> }
    }
}

/// The page in one language.
#[component]
fn Page(state: State) -> impl IntoView {
    let comparison = &state.report.comparison;
    let details = move || {
        let position = state.service.get();
        let service = comparison.services.get(position)?;
        let tree = state.report.files.get(position)?;
        Some(view! {
            <Why service />
            <Layers service />
            <Settings service />
            <Files service tree />
        })
    };
    view! {
        <a class="skip" href="#report">{words().skip}</a>
        <Bar state />
        <main id="report" class="wrap">
            <h1 id="verdict">{unbroken(&verdict(comparison, text::language()))}</h1>
            <Cards comparison />
            <Services state />
            <Tabs state />
            <div id="service" role="tabpanel" aria-label=move || state.selected().map(|service| text::name(&service.name))>
                {details}
            </div>
            <Method report=state.report />
        </main>
    }
}
