//! The page as a whole: the sections in their order, and what follows the reader's choices.

use leptos::prelude::*;
use plimsoll_report::format::unbroken;
use plimsoll_report::verdict::verdict;

use crate::components::{
    Bar, Cards, ChooseFirst, ChooseOver, Drop, Files, Layers, Messages, Method, Services, Settings, Tabs, Why,
};
use crate::desk::Desk;
use crate::state::{State, Theme};
use crate::{load, save, text};

/// The page: around the report on the pair that is chosen, or around nothing.
#[component]
pub(crate) fn Root(desk: Desk) -> impl IntoView {
    provide_context(desk);
    // What the reader has chosen to see outlives the report that it was chosen for.
    let choices = StoredValue::new(None::<State>);
    let owner = Owner::current();
    // A report was named when it was written.
    let named = StoredValue::new(desk.pair.with_untracked(|pair| pair.after.is_some()));
    let shown = move || desk.report(desk.pair.get());
    let state = move |report| {
        let state = match (choices.get_value(), &owner) {
            (Some(state), _) => state.showing(report),
            (None, Some(owner)) => owner.with(|| State::new(report, &load::fragment())),
            (None, None) => State::new(report, &load::fragment()),
        };
        choices.set_value(Some(state));
        state
    };
    view! {
        <Show when=move || shown().is_none()>
            <ChooseFirst desk />
        </Show>
        // One report or none: another one is another page, and nothing is left of the one before.
        <For
            each=shown
            key=|report| std::ptr::from_ref(*report).addr()
            children=move |report| {
                if !named.get_value() {
                    load::set_title(&save::title(report));
                }
                named.set_value(false);
                view! {
                    <App state=state(report) />
                    <ChooseOver desk />
                }
            }
        />
        <Messages desk />
        <Drop desk />
    }
}

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
    let followed = window_event_listener(leptos::ev::hashchange, move |_| state.follow(&load::fragment()));
    on_cleanup(move || followed.remove());

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
        <a class="skip" href="#report">{text::SKIP}</a>
        <Bar state />
        <main id="report" class="wrap">
            <h1 id="verdict">{unbroken(&verdict(comparison))}</h1>
            <Cards comparison />
            <Services state />
            <Tabs state />
            <div id="service" role="tabpanel" aria-label=move || state.selected().map(|service| service.name.clone())>
                {details}
            </div>
            <Method report=state.report />
        </main>
    }
}
