//! The table of packages. Only the rows in sight are in the document.

use std::sync::Arc;

use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use plimsoll_analysis::compare::ImageTree;
use plimsoll_analysis::packages::{Catalogue, PackageId};
use plimsoll_report::language::ecosystem_name;

use super::{Shelf, versions};
use crate::components::{change, size};
use crate::load;
use crate::packages::{Order, Row, why};
use crate::text::{self, words};
use crate::tree::window;

/// The height of a row, and of one whose figures stand below its name, as in the style sheet.
const ROW: f64 = 32.0;
const NARROW_ROW: f64 = 52.0;
/// The width of a window in which rows are of two lines.
const NARROW: f64 = 720.0;
const COLUMNS: &str = "8";

#[component]
pub(super) fn Table(shelf: Shelf) -> impl IntoView {
    let view = NodeRef::<html::Div>::new();
    let (top, height) = (RwSignal::new(0.0), RwSignal::new(600.0));
    let narrow = RwSignal::new(load::window_width() < NARROW);
    let row_height = move || if narrow.get() { NARROW_ROW } else { ROW };
    let measure = move || {
        if let Some(element) = view.try_get_untracked().flatten() {
            top.set(f64::from(element.scroll_top()));
            // A table that is not shown has no height, but will have rows when it is.
            height.set(f64::from(element.client_height().max(400)));
        }
    };
    let resized = window_event_listener(ev::resize, move |_| {
        narrow.set(load::window_width() < NARROW);
        measure();
    });
    on_cleanup(move || resized.remove());
    Effect::new(move |_| {
        // Other rows begin at the top again.
        shelf.chosen.track();
        if let Some(element) = view.get() {
            element.set_scroll_top(0);
        }
        measure();
    });
    let range = Memo::new(move |_| window(top.get(), height.get(), row_height(), shelf.chosen.read().len()));
    let shown = move || {
        let (rows, chosen) = (shelf.rows.get_value(), shelf.chosen.get());
        let at = range.get().filter_map(|index| Some((index, *chosen.get(index)?)));
        at.map(|(index, at)| row(shelf, &rows[at], at, index)).collect_view()
    };
    let above = move || gap(range.get().start, row_height());
    let below = move || {
        let all = shelf.chosen.read().len();
        gap(all.saturating_sub(range.get().end), row_height())
    };
    view! {
        // What scrolls is a stop of the tab key, so that it scrolls by keys.
        <div
            class="packages-view screen"
            role="region"
            tabindex="0"
            aria-label=words().packages_rows
            node_ref=view
            on:scroll=move |_| measure()
        >
            <table class="plain packages" aria-rowcount=move || shelf.chosen.read().len() + 1>
                <thead>
                    <tr aria-rowindex="1">
                        <th scope="col" class="keep"><span class="unseen-words">{words().kept}</span></th>
                        <Sorted shelf by=Order::Name class="name" />
                        <th scope="col" class="version">{words().version}</th>
                        <Sorted shelf by=Order::Own class="own" />
                        <Sorted shelf by=Order::Retained class="retained" />
                        <Sorted shelf by=Order::Change class="difference" />
                        <th scope="col" class="reason">{words().why_head}</th>
                        <th scope="col" class="reason">{words().use_head}</th>
                    </tr>
                </thead>
                <tbody>{above}{shown}{below}</tbody>
            </table>
            {move || shelf.chosen.read().is_empty().then(|| view! { <p class="empty">{words().no_packages}</p> })}
        </div>
    }
}

/// What takes the room of rows that are out of sight.
#[expect(clippy::cast_precision_loss, reason = "a height on a screen")]
fn gap(rows: usize, height: f64) -> impl IntoView {
    (rows > 0).then(|| {
        let style = format!("height:{}px", rows as f64 * height);
        view! { <tr class="gap" aria-hidden="true"><td colspan=COLUMNS style=style></td></tr> }
    })
}

#[component]
fn Sorted(shelf: Shelf, by: Order, class: &'static str) -> impl IntoView {
    let direction = if by == Order::Name { "ascending" } else { "descending" };
    let sort = move || if shelf.order.get() == by { direction } else { "none" };
    view! {
        <th scope="col" class=class aria-sort=sort>
            <button type="button" data-sort-packages=by.key() on:click=move |_| shelf.order.set(by)>
                {text::package_order(by)}
            </button>
        </th>
    }
}

fn row(shelf: Shelf, row: &Row<'static>, at: usize, index: usize) -> impl IntoView + use<> {
    let name = text::name(row.name);
    let trees = shelf.trees;
    let packages =
        |image: &'static Option<Arc<ImageTree<'static>>>| image.as_ref().map(|image| &image.packages);
    let [before, after] = [packages(&trees.before), packages(&trees.after)];
    let (catalogue, ids) = if row.stays() { (after, &row.after) } else { (before, &row.before) };
    let shown = catalogue.zip(ids.first()).map(|(catalogue, &id)| (catalogue, catalogue.package(id)));
    let reason = shown.map(|(catalogue, package)| text::why(why(package), catalogue)).unwrap_or_default();
    let usage = shown.map(|(catalogue, package)| text::usage(&package.usage, catalogue)).unwrap_or_default();
    let versions = versions(&versions_of(before, &row.before), &versions_of(after, &row.after));
    let can_go = shown.is_some_and(|(catalogue, _)| std::ptr::eq(catalogue, shelf.subject.catalogue));
    let leaves = {
        let ids = ids.clone();
        move || {
            let goes = |id: &PackageId| {
                shelf.without.with(|without| {
                    without.as_ref().is_some_and(|without| without.gone.binary_search(id).is_ok())
                })
            };
            can_go && !ids.is_empty() && ids.iter().all(goes)
        }
    };
    let keep = can_go.then(|| {
        let (key, of) = (row.key.clone(), row.key.clone());
        let ticked = move || !shelf.state.unticked.read().contains(&of);
        view! {
            <input
                type="checkbox"
                aria-label=(words().keeps)(&name)
                prop:checked=ticked
                on:change=move |_| shelf.toggle(&key)
            />
        }
    });
    let toggle = move |_| shelf.open.update(|open| *open = (*open != Some(at)).then_some(at));
    view! {
        <tr
            data-package=row.key.clone()
            data-before=row.own.before.0
            data-after=row.own.after.0
            data-retained=row.shown(row.retained).0
            class:gone=!row.stays()
            class:leaves=leaves
            aria-rowindex=index + 2
        >
            <td class="keep">{keep}</td>
            <th scope="row" class="name" title=row.key.clone()>
                <button
                    type="button"
                    aria-expanded=move || if shelf.open.get() == Some(at) { "true" } else { "false" }
                    on:click=toggle
                >
                    {name}
                </button>
                " "
                <small>{ecosystem_name(row.ecosystem)}</small>
            </th>
            <td class="version" title=versions.clone()>{versions.clone()}</td>
            <td class="own">{size(row.shown(row.own))}</td>
            <td class="retained">{size(row.shown(row.retained))}</td>
            <td class="difference">{change(row.own.delta)}</td>
            <td class="reason" title=reason.clone()>{reason.clone()}</td>
            <td class="reason" title=usage.clone()>{usage.clone()}</td>
        </tr>
    }
}

fn versions_of(catalogue: Option<&Catalogue>, ids: &[PackageId]) -> Vec<String> {
    let version = |(catalogue, id): (&Catalogue, &PackageId)| catalogue.package(*id).version.clone();
    catalogue
        .into_iter()
        .flat_map(|catalogue| ids.iter().map(move |id| (catalogue, id)))
        .map(version)
        .collect()
}
