//! The search: one field over the whole page, what it finds in groups, and the way to it.

use std::sync::Arc;

use leptos::html;
use leptos::prelude::*;
use plimsoll_report::format::count;
use plimsoll_snapshot::Bytes;
use plimsoll_view::finder::{self, Advised, Group, Hit, Index, Kind, MOST_PATHS};
use web_sys::KeyboardEvent;

use super::{change, size};
use crate::document;
use crate::report::Report;
use crate::state::State;
use crate::text::{self, words};

/// The name of the panel, for the button that opens it.
pub(crate) const FIND: &str = "finder";

/// What can be searched so far: reading the names of a service takes its time.
#[derive(Clone, Copy)]
struct Indices {
    state: State,
    read: StoredValue<Vec<Index<'static>>>,
    /// How many services are read.
    ready: RwSignal<usize>,
    begun: StoredValue<bool>,
}

impl Indices {
    fn begin(self) {
        if !self.begun.get_value() {
            self.begun.set_value(true);
            self.go_on();
        }
    }

    /// Reads one service more, the chosen one first; the page answers in between.
    fn go_on(self) {
        let next = move || {
            let Some(done) = self.ready.try_get_untracked() else { return };
            let services = &self.state.report.comparison.services;
            if done == services.len() {
                return;
            }
            let chosen = self.state.service.get_untracked().min(services.len() - 1);
            let first = self.read.with_value(|read| read.first().map_or(chosen, Index::service));
            let position = match done {
                0 => chosen,
                done if done <= first => done - 1,
                done => done,
            };
            let paths: usize = self.read.with_value(|read| read.iter().map(Index::paths).sum());
            if let Some(index) = index(self.state.report, position, paths) {
                self.read.update_value(|read| read.push(index));
            }
            self.ready.set(done + 1);
            self.go_on();
        };
        set_timeout(next, std::time::Duration::ZERO);
    }
}

fn index(report: &'static Report, position: usize, paths: usize) -> Option<Index<'static>> {
    let (service, trees) = (report.comparison.services.get(position)?, report.trees.get(position)?);
    let judged = report.judged(position);
    let findings = judged.iter().flat_map(|judged| &judged.advice.findings);
    let findings: Vec<_> = findings
        .map(|finding| Advised {
            title: text::title(finding),
            rule: finding.rule.as_str(),
            saving: finding.saving,
        })
        .collect();
    let with_files = paths + trees.union.nodes.len() <= MOST_PATHS || paths == 0;
    Some(Index::of(position, service, trees, &findings, with_files, text::language()))
}

/// The panel. It opens by its button in the bar and by the key `/`.
#[component]
pub(crate) fn Finder(state: State) -> impl IntoView {
    let panel = NodeRef::<html::Section>::new();
    let field = NodeRef::<html::Input>::new();
    let indices = Indices {
        state,
        read: StoredValue::new(Vec::new()),
        ready: RwSignal::new(0),
        begun: StoredValue::new(false),
    };
    let wanted = RwSignal::new(String::new());
    let active = RwSignal::new(0_usize);
    let groups = Memo::new_with_compare(
        move |_| {
            indices.ready.track();
            let chosen = state.service.get_untracked();
            Arc::new(indices.read.with_value(|read| finder::search(read, &wanted.read(), chosen)))
        },
        |_, _| true,
    );
    let hits = move || -> Vec<Hit> {
        groups.get_untracked().iter().flat_map(|group| group.hits.iter().cloned()).collect()
    };
    let close = move || {
        if let Some(panel) = panel.get_untracked() {
            // One that is closed already stays so.
            let _ = panel.hide_popover();
        }
    };
    let choose = move |at: usize| {
        let Some(hit) = hits().into_iter().nth(at) else { return };
        close();
        state.go_to(hit.service, hit.place);
    };
    let on_key = move |event: KeyboardEvent| {
        let last = hits().len().saturating_sub(1);
        match event.key().as_str() {
            "ArrowDown" => active.update(|at| *at = if *at >= last { 0 } else { *at + 1 }),
            "ArrowUp" => active.update(|at| *at = at.checked_sub(1).unwrap_or(last)),
            "Enter" => choose(active.get_untracked()),
            // The field would take the first one to empty itself.
            "Escape" => close(),
            _ => return,
        }
        event.prevent_default();
        document::keep_in_sight(&format!("#hit-{}", active.get_untracked()));
    };
    let opened = window_event_listener(leptos::ev::keydown, move |event| {
        if event.key() == "/" && document::takes_keys(&event) {
            event.prevent_default();
            if let Some(panel) = panel.get_untracked() {
                // One that is open already stays so.
                let _ = panel.show_popover();
            }
        }
    });
    on_cleanup(move || opened.remove());
    let services = state.report.comparison.services.len();
    let shown = move || {
        let groups = groups.get();
        let mut first = 0;
        let groups = groups.iter().map(|group| {
            let from = first;
            first += group.hits.len();
            group_view(state, group, from, active, choose)
        });
        groups.collect_view()
    };
    let status = move || {
        let ready = indices.ready.get();
        let groups = groups.get();
        let found: usize = groups.iter().map(|group| group.count).sum();
        let left = indices.read.with_value(|read| read.iter().filter(|index| !index.has_files()).count());
        let said = if wanted.read().trim().is_empty() {
            words().find_help.to_owned()
        } else if found == 0 && ready == services {
            words().find_nothing.to_owned()
        } else {
            (words().find_found)(&count(found as u64))
        };
        let reading = (ready < services).then(|| format!(" {}", words().find_reading));
        let left = (left > 0 && ready == services)
            .then(|| format!(" {}", (words().find_left)(&text::many(left as u64, &words().service_noun))));
        view! { {said}{reading}{left} }
    };
    view! {
        <section
            id=FIND
            class="finder"
            popover="auto"
            aria-label=words().find
            node_ref=panel
            on:toggle=move |_| {
                indices.begin();
                if let Some(field) = field.get_untracked() {
                    field.select();
                }
            }
        >
            <input
                type="search"
                autofocus
                role="combobox"
                placeholder=words().find_placeholder
                aria-label=words().find_placeholder
                aria-controls="found"
                aria-expanded=move || if groups.read().is_empty() { "false" } else { "true" }
                aria-activedescendant=move || (!groups.read().is_empty()).then(|| format!("hit-{}", active.get()))
                aria-autocomplete="list"
                spellcheck="false"
                autocomplete="off"
                node_ref=field
                on:keydown=on_key
                on:input=move |event| {
                    active.set(0);
                    wanted.set(event_target_value(&event));
                }
            />
            <div id="found" class="found" role="listbox" aria-label=words().find>{shown}</div>
            <p class="status" role="status">{status}</p>
        </section>
    }
}

fn group_view(
    state: State,
    group: &Group,
    from: usize,
    active: RwSignal<usize>,
    choose: impl Fn(usize) + Copy + Send + Sync + 'static,
) -> AnyView {
    let (name, key) = match group.kind {
        Kind::Files => (words().files, "files"),
        Kind::Packages => (words().packages, "packages"),
        Kind::Layers => (words().layers, "layers"),
        Kind::Findings => (words().findings, "findings"),
    };
    let services = &state.report.comparison.services;
    let options = group.hits.iter().zip(from..).map(|(hit, at)| {
        let service = services.get(hit.service).filter(|_| services.len() > 1);
        let name = if hit.name.is_empty() { words().no_instruction.to_owned() } else { hit.name.clone() };
        view! {
            <div
                class="hit"
                id=format!("hit-{at}")
                role="option"
                data-hit=key
                data-service=service.map(|service| service.name.clone())
                data-before=hit.size.before.0
                data-after=hit.size.after.0
                aria-selected=move || if active.get() == at { "true" } else { "false" }
                on:mousemove=move |_| active.set(at)
                on:click=move |_| choose(at)
            >
                <span class="name" title=name.clone()><code>{name.clone()}</code></span>
                <span class="beside" title=hit.beside.clone()><bdi dir="ltr">{hit.beside.clone()}</bdi></span>
                <span class="of">{service.map(|service| text::name(&service.name))}</span>
                {figures(group.kind, hit)}
            </div>
        }
    });
    view! {
        <div role="group" aria-label=name>
            <p class="kind" aria-hidden="true">{name}" "<small>{count(group.count as u64)}</small></p>
            {options.collect_view()}
        </div>
    }
    .into_any()
}

/// What it weighs, and how that differs; of a finding what it would save.
fn figures(kind: Kind, hit: &Hit) -> impl IntoView + use<> {
    let (shown, delta) = match kind {
        Kind::Findings => (hit.size.before, None),
        _ if hit.size.after > Bytes::ZERO => (hit.size.after, Some(hit.size.delta)),
        _ => (hit.size.before, Some(hit.size.delta)),
    };
    let delta = delta.filter(|delta| delta.0 != 0).map(change);
    view! { <span class="figure">{size(shown)}</span><span class="figure">{delta}</span> }
}
