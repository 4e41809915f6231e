//! The page as a whole: the sections in their order, and what follows the reader's choices.

use leptos::prelude::*;
use plimsoll_report::format::unbroken;
use plimsoll_report::verdict::{title, verdict};

use crate::components::{Bar, Cards, Empty, Files, Layers, Method, Services, Settings, Tabs, Why};
use crate::share::Said;
use crate::state::{State, Theme};
use crate::text::{self, words};
use crate::{document, load};

/// The page around a report.
#[component]
pub(crate) fn App(state: State) -> impl IntoView {
    provide_context(Said(RwSignal::new("")));
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
    let said = expect_context::<Said>();
    let details_of = move |position: usize| {
        let service = comparison.services.get(position)?;
        let tree = state.report.files.get(position)?;
        let several = comparison.services.len() > 1;
        Some(view! {
            {several.then(|| view! { <p class="of-service">{text::name(&service.name)}</p> })}
            <Why service />
            <Layers service />
            <Settings service />
            <Empty id="packages" class="engineer" title=words().packages says=words().packages_empty />
            <Files state service tree />
        })
    };
    let details = move || {
        let shown =
            if state.everything.get() { 0..comparison.services.len() } else { at(state.service.get()) };
        shown.map(details_of).collect_view()
    };
    let services = if comparison.services.is_empty() {
        let command = "plimsoll snapshot web=before.tar -o before.plimsoll";
        view! { <Empty id="services" class="" title=words().services says=words().services_empty command /> }
            .into_any()
    } else {
        view! {
            <Cards comparison />
            <Services state />
            <Tabs state />
            <div id="service" role="tabpanel" aria-label=move || state.selected().map(|service| text::name(&service.name))>
                {details}
            </div>
        }
        .into_any()
    };
    view! {
        <a class="skip" href="#report">{words().skip}</a>
        <Bar state />
        <main id="report" class="wrap" tabindex="-1">
            <h1 id="verdict">{unbroken(&verdict(comparison, text::language()))}</h1>
            {services}
            <Empty id="memory" class="engineer" title=words().memory says=words().memory_empty />
            <Empty id="findings" class="" title=words().findings says=words().findings_empty />
            <Empty id="checklist" class="" title=words().checklist says=words().checklist_empty />
            <Method report=state.report />
        </main>
        <p class="said" role="status">{move || said.0.get()}</p>
    }
}

/// The range of one.
fn at(position: usize) -> std::ops::Range<usize> {
    position..position + 1
}
