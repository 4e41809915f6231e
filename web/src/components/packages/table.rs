//! The table of packages. Only the rows in sight are in the document.

use std::sync::Arc;

use leptos::prelude::*;
use plimsoll_analysis::compare::ImageTree;
use plimsoll_analysis::packages::{Catalogue, PackageId};
use plimsoll_report::language::Term;
use plimsoll_view::packages::{Order, Row, why};

use super::shelf::{Shelf, versions};
use crate::components::sight::Sight;
use crate::components::{TIP, change, size};
use crate::text::{self, words};
use crate::{anchors, document};

/// The heights of rows and of the head, as in the style sheet.
const ROWS: [f64; 2] = [32.0, 52.0];
const HEAD: f64 = 32.0;
const COLUMNS: &str = "8";

#[component]
pub(super) fn Table(shelf: Shelf) -> impl IntoView {
    let sight = Sight::new(ROWS, HEAD);
    Effect::new(move |_| {
        // Other rows begin at the top again.
        shelf.chosen.track();
        sight.to_top();
    });
    Effect::new(move |_| {
        let Some(wanted) = shelf.reveal.get() else { return };
        if let Some(row) = shelf.chosen.get_untracked().iter().position(|at| *at == wanted) {
            sight.scroll_to(row);
        }
        document::show("#packages-rows".to_owned());
    });
    let range = sight.range(move || shelf.chosen.read().len());
    let shown = move || {
        let (rows, chosen) = (shelf.rows.get_value(), shelf.chosen.get());
        let at = range.get().filter_map(|index| Some((index, *chosen.get(index)?)));
        at.map(|(index, at)| row(shelf, &rows[at], at, index)).collect_view()
    };
    let above = move || gap(sight.room(range.get().start));
    let below = move || {
        let all = shelf.chosen.read().len();
        gap(sight.room(all.saturating_sub(range.get().end)))
    };
    view! {
        // What scrolls is a stop of the tab key, so that it scrolls by keys.
        <div
            class="packages-view screen"
            id="packages-rows"
            role="region"
            tabindex="0"
            aria-label=words().packages_rows
            node_ref=sight.view
            on:scroll=move |_| sight.measure()
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
fn gap(room: f64) -> impl IntoView {
    (room > 0.0).then(|| {
        let style = format!("height:{room}px");
        view! { <tr class="gap" aria-hidden="true"><td colspan=COLUMNS style=style></td></tr> }
    })
}

#[component]
fn Sorted(shelf: Shelf, by: Order, class: &'static str) -> impl IntoView {
    let direction = if by == Order::Name { "ascending" } else { "descending" };
    let term = match by {
        Order::Own => Some(Term::OwnSize),
        Order::Retained => Some(Term::Retained),
        Order::Name | Order::Change => None,
    };
    let sort = move || if shelf.order.get() == by { direction } else { "none" };
    view! {
        <th scope="col" class=class aria-sort=sort>
            <button
                type="button"
                data-sort-packages=by.key()
                data-term=term.map(Term::index)
                aria-describedby=term.map(|_| TIP)
                on:click=move |_| shelf.order.set(by)
            >
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
    let [old, new] = [versions_of(before, &row.before), versions_of(after, &row.after)];
    let versions = versions(if before.is_some() { &old } else { &new }, &new);
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
    let anchor = anchors::of_package(row.name);
    let toggle = move |_| {
        let is_open = shelf.open.get_untracked() == Some(at);
        shelf.open.set((!is_open).then_some(at));
        shelf.state.at.set(if is_open { String::new() } else { anchor.clone() });
    };
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
                <small>{text::ecosystem(row.ecosystem)}</small>
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
