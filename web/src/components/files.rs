//! The files of both sides as one tree. Only the rows in view are in the document.

use std::sync::Arc;

use leptos::prelude::*;
use plimsoll_analysis::compare::FileChange::{Attributes, Modified, Unchanged};
use plimsoll_analysis::compare::{FileTree, ServiceComparison};
use plimsoll_report::chart::scale::share;
use plimsoll_report::format::count;
use plimsoll_report::words::file_change_key;
use plimsoll_snapshot::{Bytes, path as paths};
use plimsoll_view::finder::Place;
use plimsoll_view::tree::{self, Filter, Key, Matches, Order, Row, Step, Toggled};
use wasm_bindgen::JsCast;
use web_sys::{Element, FocusOptions, KeyboardEvent, MouseEvent};

use super::virtual_scroll::VirtualScroll;
use super::{FileMap, change, direction, maybe_size, size};
use crate::document;
use crate::state::State;
use crate::text::{self, words};

/// The heights of rows and of the head, as in the style sheet.
const ROWS: [f64; 2] = [28.0, 48.0];
const HEAD: f64 = 32.0;

/// The choices of the reader, and what follows from them.
#[derive(Clone, Copy)]
struct Table {
    tree: &'static FileTree<'static>,
    filter: RwSignal<Filter>,
    search: RwSignal<String>,
    order: RwSignal<Order>,
    toggled: RwSignal<Toggled>,
    matches: Memo<Arc<Matches>>,
    rows: Memo<Arc<Vec<Row>>>,
    /// The row the keys act on, by its node.
    active: RwSignal<Option<u32>>,
    /// The node that was chosen elsewhere and is to be seen here.
    reveal: RwSignal<Option<u32>>,
}

impl Table {
    fn new(tree: &'static FileTree<'static>, first: Filter) -> Self {
        let (filter, search) = (RwSignal::new(first), RwSignal::new(String::new()));
        let (order, toggled) = (RwSignal::new(Order::default()), RwSignal::new(Toggled::default()));
        // What they give is large, and differs whenever it is made anew.
        let matches = Memo::new_with_compare(
            move |_| Arc::new(Matches::of(tree, filter.get(), &search.read())),
            |_, _| true,
        );
        let rows = Memo::new_with_compare(
            move |_| Arc::new(tree::rows(tree, &matches.get(), order.get(), &toggled.read())),
            |_, _| true,
        );
        let (active, reveal) = (RwSignal::new(None), RwSignal::new(None));
        Self { tree, filter, search, order, toggled, matches, rows, active, reveal }
    }

    fn open(self, node: u32) {
        let matches = self.matches.get_untracked();
        self.toggled.update(|toggled| tree::open(self.tree, &matches, toggled, node));
    }

    /// Opens whatever a node lies in.
    fn open_around(self, node: u32) {
        let matches = self.matches.get_untracked();
        let around = tree::around(self.tree, node);
        self.toggled.update(|toggled| {
            for directory in around {
                toggled.set(&matches, directory, true);
            }
        });
    }

    fn close(self, node: u32) {
        let matches = self.matches.get_untracked();
        self.toggled.update(|toggled| toggled.set(&matches, node, false));
    }
}

/// The file tree with its filters and its search.
#[component]
pub(crate) fn Files(
    state: State,
    service: &'static ServiceComparison,
    tree: &'static FileTree<'static>,
) -> impl IntoView {
    let table = Table::new(tree, Filter::first(&service.files));
    Effect::new(move |_| {
        let node = state.found(service, |place| match place {
            Place::File(node) => Some(*node),
            _ => None,
        });
        if let Some(node) = node {
            // Whatever is filtered, the tree shows what is sought.
            table.filter.set(Filter::default());
            table.search.set(String::new());
            table.reveal.set(Some(node));
            document::show("#tree".to_owned());
        }
    });
    let status = move || {
        let matches = table.matches.get();
        let root = matches.get(0);
        view! { {text::shown(root.files, root.changed)}" · "{change(root.size().delta)} }
    };
    let moved = (service.moves.files > 0).then(|| {
        format!(
            " {}",
            (words().moved)(
                &text::many(service.moves.files, &words().file),
                &text::bytes(service.moves.bytes).to_string()
            )
        )
    });
    view! {
        <section class="engineer" aria-labelledby="files">
            <h2 id="files">{words().files}</h2>
            <p class="lead">{words().files_lead}{moved}</p>
            {(!tree.nodes.is_empty()).then(|| view! {
                <FileMap state tree matches=table.matches chosen=table.active reveal=table.reveal />
            })}
            <h3 class="screen">{words().tree}</h3>
            <div class="tools screen">
                <Filters service chosen=table.filter />
                <input
                    type="search"
                    placeholder=words().search
                    aria-label=words().search
                    spellcheck="false"
                    autocomplete="off"
                    prop:value=move || table.search.get()
                    on:input=move |event| {
                        table.toggled.update(Toggled::forget_search);
                        table.search.set(event_target_value(&event));
                    }
                />
                <p class="status" role="status">{status}</p>
            </div>
            <Grid table />
            <Largest service />
        </section>
    }
}

#[component]
fn Filters(service: &'static ServiceComparison, chosen: RwSignal<Filter>) -> impl IntoView {
    let chips = Filter::ALL.into_iter().map(|filter| (filter, filter.count(&service.files)));
    let chips = chips.filter(|(filter, _)| filter.is_offered(&service.files)).map(|(filter, files)| {
        view! {
            <button
                type="button"
                class="filter"
                data-filter=filter.key()
                aria-pressed=move || if chosen.get() == filter { "true" } else { "false" }
                on:click=move |_| chosen.set(filter)
            >
                {text::filter(filter)}" "<small>{count(files)}</small>
            </button>
        }
    });
    view! { <div class="filters" role="group" aria-label=words().filter>{chips.collect_view()}</div> }
}

/// The table itself. Its rows share one place in the order of focus, and the arrow keys walk them.
#[component]
fn Grid(table: Table) -> impl IntoView {
    let scroll = VirtualScroll::new(ROWS, HEAD);
    Effect::new(move |_| {
        // Other rows begin at the top again.
        table.filter.track();
        table.search.track();
        table.order.track();
        scroll.to_top();
    });

    let go_to = move |row: usize| {
        let rows = table.rows.get_untracked();
        table.active.set(rows.get(row).map(|row| row.node));
        scroll.scroll_to(row);
    };
    Effect::new(move |_| {
        let Some(node) = table.reveal.get() else { return };
        if !table.matches.get_untracked().get(node).left {
            table.filter.set(Filter::default());
            table.search.set(String::new());
        }
        table.open_around(node);
        if let Some(row) = table.rows.get_untracked().iter().position(|row| row.node == node) {
            go_to(row);
        }
    });
    let on_key = move |event: KeyboardEvent| {
        let Some(key) = Key::named(&event.key()) else { return };
        // The header buttons and the browser have their own keys.
        if event.target() != event.current_target() || event.ctrl_key() || event.meta_key() || event.alt_key()
        {
            return;
        }
        event.prevent_default();
        let rows = table.rows.get_untracked();
        let active = table.active.get_untracked();
        let Some(at) = rows.iter().position(|row| Some(row.node) == active) else { return go_to(0) };
        match tree::step(&rows, at, key, scroll.page()) {
            Step::Move(row) => go_to(row),
            Step::Open => table.open(rows[at].node),
            Step::Close => table.close(rows[at].node),
            Step::Stay => {}
        }
    };
    let on_click = move |event: MouseEvent| {
        let Some(node) = clicked_node(&event) else { return };
        table.active.set(Some(node));
        if let Some(element) = scroll.view.get_untracked() {
            let options = FocusOptions::new();
            options.set_prevent_scroll(true);
            // Without the focus the keys do nothing; the click has its effect all the same.
            let _ = element.focus_with_options(&options);
        }
        let rows = table.rows.get_untracked();
        match rows.iter().find(|row| row.node == node).and_then(|row| row.open) {
            Some(true) => table.close(node),
            Some(false) => table.open(node),
            None => {}
        }
    };
    let on_focus = move |_| {
        if table.active.get_untracked().is_none() {
            table.active.set(table.rows.get_untracked().first().map(|row| row.node));
        }
    };

    let range = scroll.range(move || table.rows.read().len());
    let shown = move || {
        let (rows, matches) = (table.rows.get(), table.matches.get());
        let largest = largest_change(table.tree, &matches);
        range
            .get()
            .filter_map(|index| Some(row_view(table, &rows, *rows.get(index)?, index, &matches, largest)))
            .collect_view()
    };
    let total = move || format!("height:{}px", scroll.room(table.rows.read().len()));
    let offset = move || format!("transform:translateY({}px)", scroll.room(range.get().start));
    view! {
        // What scrolls is what has the focus: one stop of the tab key, whose rows the arrow keys walk.
        <div
            class="grid screen"
            id="tree"
            role="treegrid"
            tabindex="0"
            aria-label=words().tree
            aria-rowcount=move || table.rows.read().len() + 1
            aria-activedescendant=move || table.active.get().map(|node| format!("file-{node}"))
            node_ref=scroll.view
            on:keydown=on_key
            on:focus=on_focus
            on:scroll=move |_| scroll.measure()
            on:click=on_click
        >
            <div class="tr head" role="row" aria-rowindex="1">
                <SortHeader table by=Order::Name class="name" />
                <span role="columnheader" class="before">{words().before}</span>
                <SortHeader table by=Order::Size class="after" />
                <SortHeader table by=Order::Change class="delta" />
                <span role="columnheader" class="what">{words().state}</span>
            </div>
            <div class="rows" role="rowgroup" style=total>
                <div style=offset role="presentation">{shown}</div>
            </div>
            {move || table.rows.read().is_empty().then(|| view! { <p class="empty">{words().no_files}</p> })}
        </div>
    }
}

#[component]
fn SortHeader(table: Table, by: Order, class: &'static str) -> impl IntoView {
    let is_pair = table.tree.nodes.first().is_some_and(|root| root.before.is_some());
    let chosen = move || table.order.get() == by;
    let direction = if by == Order::Name { "ascending" } else { "descending" };
    view! {
        <span role="columnheader" class=class aria-sort=move || if chosen() { direction } else { "none" }>
            <button type="button" data-sort=by.key() on:click=move |_| table.order.set(by)>
                {if by == Order::Size { text::after_head(is_pair) } else { text::order(by) }}
            </button>
        </span>
    }
}

fn row_view(
    table: Table,
    rows: &[Row],
    row: Row,
    index: usize,
    matches: &Matches,
    largest: Bytes,
) -> impl IntoView + use<> {
    let node = &table.tree.nodes[row.node as usize];
    let found = matches.get(row.node);
    let size_of_both = found.size();
    let side = |there: bool, bytes| maybe_size(there.then_some(bytes));
    let is_directory = node.is_directory();
    let what = match node.change {
        // What lies in a directory says more of it than its own owner or mode.
        Unchanged | Attributes | Modified if node.is_only_directory() && found.changed > 0 => {
            Some((words().changed_inside)(&count(u64::from(found.changed))))
        }
        Unchanged => None,
        change => Some(text::file_change(change).to_owned()),
    };
    let delta = size_of_both.delta;
    let name = paths::escape(node.name).into_owned();
    view! {
        <div
            class="tr"
            class:active=move || table.active.get() == Some(row.node)
            id=format!("file-{}", row.node)
            role="row"
            style=format!("--level:{}", row.level - 1)
            data-node=row.node
            data-path=tree::path(table.tree, rows, index)
            data-change=file_change_key(node.change)
            data-before=size_of_both.before.0
            data-after=size_of_both.after.0
            attr:aria-level=row.level
            aria-expanded=row.open.map(|open| if open { "true" } else { "false" })
            aria-posinset=row.position.0
            aria-setsize=row.position.1
            aria-rowindex=index + 2
        >
            <span role="rowheader" class="name" title=name.clone()>
                <code>{name.clone()}{is_directory.then_some("/")}</code>
            </span>
            <span role="gridcell" class="before">{side(node.before.is_some(), size_of_both.before)}</span>
            <span role="gridcell" class="after">{side(node.after.is_some(), size_of_both.after)}</span>
            <span role="gridcell" class="delta">
                <i class=format!("signed {}", direction(delta)) aria-hidden="true">
                    <i style=format!("width:{:.2}%", share(delta, largest) / 2.0)></i>
                </i>
                {if delta.0 == 0 { maybe_size(None).into_any() } else { change(delta).into_any() }}
            </span>
            <span role="gridcell" class="what">{what}</span>
        </div>
    }
}

/// The largest difference on the first level: the end of the scale of the small bars.
fn largest_change(tree: &FileTree<'_>, matches: &Matches) -> Bytes {
    tree.children(0)
        .filter_map(|child| u32::try_from(child).ok())
        .map(|child| matches.get(child).size().delta.magnitude())
        .max()
        .unwrap_or(Bytes::ZERO)
}

/// The node of the row that was clicked.
fn clicked_node(event: &MouseEvent) -> Option<u32> {
    let target = event.target()?.dyn_into::<Element>().ok()?;
    target.closest("[data-node]").ok()??.get_attribute("data-node")?.parse().ok()
}

/// The largest changes as a plain table: what paper shows instead of the tree.
#[component]
fn Largest(service: &'static ServiceComparison) -> impl IntoView {
    let files = service.files.largest.iter().map(|file| {
        view! {
            <tr>
                <th scope="row"><code>{file.path.clone()}</code></th>
                <td>{size(file.size.before)}</td>
                <td>{size(file.size.after)}</td>
                <td>{change(file.size.delta)}</td>
                <td>{text::file_change(file.change)}</td>
            </tr>
        }
    });
    (!service.files.largest.is_empty()).then(|| {
        view! {
            <table class="plain paper">
                <caption>{words().largest_files}</caption>
                <thead>
                    <tr>
                        <th scope="col">{words().name}</th>
                        <th scope="col">{words().before}</th>
                        <th scope="col">{words().after}</th>
                        <th scope="col">{words().change}</th>
                        <td></td>
                    </tr>
                </thead>
                <tbody>{files.collect_view()}</tbody>
            </table>
        }
    })
}
