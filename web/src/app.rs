//! The page as a whole: the sections in their order, and what follows the reader's choices.

use leptos::prelude::*;
use plimsoll_report::format::unbroken;
use plimsoll_report::language::Language;
use plimsoll_report::verdict;

use crate::components::{
    Bar, Brief, Cards, Checklist, ChooseFirst, ChooseOver, Contents, Did, Drop, Empty, Files, Finder,
    Findings, Layers, Memory, Messages, Method, Packages, Services, Settings, Tabs, Tip, TrendOf, Turns, Why,
};
use crate::share::Said;
use crate::state::State;
use crate::text::{self, words};
use crate::view::Theme;
use crate::workspace::Workspace;
use crate::{document, load, save};

/// The page: around the report on the pair that is chosen, or around nothing.
#[component]
pub(crate) fn Root(workspace: Workspace) -> impl IntoView {
    provide_context(workspace);
    let said = Said(RwSignal::new(""));
    provide_context(said);
    Effect::new(move |last: Option<()>| {
        let language = workspace.language.get();
        // The page was written in its language.
        if last.is_some() {
            document::set_language(language);
            // The buttons are new ones; the reader's place is on the one that was pressed.
            document::focus(&format!("[data-value={}]", language.tag()));
        }
    });
    Effect::new(move |last: Option<()>| {
        let (pair, language) = (workspace.pair.get(), workspace.language.get());
        // A report was named when it was written.
        if let (true, Some(report)) = (last.is_some(), workspace.report(pair)) {
            document::set_title(&save::title(report, language));
        }
    });
    // What the reader has chosen to see outlives the report that it was chosen for.
    let choices = StoredValue::new(None::<State>);
    let owner = Owner::current();
    let shown = move || workspace.report(workspace.pair.get());
    let state = move |report| {
        let state = match (choices.get_value(), &owner) {
            (Some(state), _) => {
                let state = state.showing(report);
                // Another report keeps what was chosen, and the address says so.
                load::set_fragment(&state.fragment_now());
                state
            }
            (None, Some(owner)) => owner.with(|| State::new(report, workspace, &load::first_fragment())),
            (None, None) => State::new(report, workspace, &load::first_fragment()),
        };
        choices.set_value(Some(state));
        state
    };
    let first = move || spoken(workspace.language, move || view! { <ChooseFirst workspace /> });
    view! {
        <Show when=move || shown().is_none()>{first()}</Show>
        // One report or none: another one is another page, and nothing is left of the one before.
        <For
            each=shown
            key=|report| std::ptr::from_ref(*report).addr()
            children=move |report| {
                view! {
                    <App state=state(report) />
                    {spoken(workspace.language, move || view! { <ChooseOver workspace /> })}
                }
            }
        />
        <Show when=move || !workspace.is_over.get()>{spoken(workspace.language, move || view! { <Messages workspace /> })()}</Show>
        {spoken(workspace.language, move || view! { <Drop workspace /> })}
        <p class="said" role="status">{move || said.0.get()}</p>
    }
}

/// A part of the page, built anew when the language changes.
fn spoken<V: IntoView>(
    language: RwSignal<Language>,
    part: impl Fn() -> V + Send + 'static,
) -> impl Fn() -> V {
    move || {
        text::speak(language.get());
        part()
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
    // A page about one side has no columns for another one.
    let is_one = !state.report.comparison.services.is_empty() && !state.report.comparison.has_before();
    load::set_root_data("sides", is_one.then_some("one"));
    Effect::new(move |last: Option<String>| {
        let fragment = state.fragment();
        // Nothing was chosen yet when the page opens: whatever its address holds stays. A page that was saved opens with
        // what was chosen there.
        if last.map_or_else(|| load::fragment().is_empty(), |last| last != fragment) {
            load::set_fragment(&fragment);
        }
        fragment
    });
    let followed = window_event_listener(leptos::ev::hashchange, move |_| state.follow(&load::fragment()));
    on_cleanup(move || followed.remove());
    spoken(state.language, move || view! { <Page state /> })
}

/// The page in one language.
#[component]
fn Page(state: State) -> impl IntoView {
    let comparison = &state.report.comparison;
    let details_of = move |position: usize| {
        let service = comparison.services.get(position)?;
        let trees = state.report.trees.get(position)?;
        let several = comparison.services.len() > 1;
        Some(view! {
            {several.then(|| view! { <p class="of-service">{text::name(&service.name)}</p> })}
            <Why service />
            <Layers state service />
            <Settings service />
            <Packages state service trees />
            <Files state service tree=&*trees.union />
        })
    };
    let details = move || {
        let shown = if state.everything.get() {
            0..comparison.services.len()
        } else {
            let position = state.service.get();
            position..position + 1
        };
        shown.map(details_of).collect_view()
    };
    let services = if comparison.services.is_empty() {
        let command = "plimsoll snapshot web=before.tar -o before.plimsoll";
        view! {
            <Empty id="services" class="" title=words().services says=words().services_empty command />
        }
        .into_any()
    } else {
        view! {
            <Services state />
            <Did state />
            <Tabs state />
            <div id="service" class="engineer" role="tabpanel" aria-label=move || state.selected().map(|service| text::name(&service.name))>
                {details}
            </div>
        }
        .into_any()
    };
    view! {
        <a class="skip" href="#report">{words().skip}</a>
        <Bar state />
        <Contents state />
        <main id="report" class="wrap" tabindex="-1">
            <h1 id="verdict">{unbroken(&verdict::of(&state.report.changes, text::language()))}</h1>
            <Turns state />
            <Cards state />
            <TrendOf state />
            {services}
            <Brief state />
            <Memory state />
            <Findings state />
            <Checklist state />
            <Method report=state.report />
        </main>
        {(!comparison.services.is_empty()).then(|| view! { <Finder state /> })}
        <Tip />
    }
}
