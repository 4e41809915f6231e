//! The table of packages. Only the rows in view are in the document.

use std::sync::Arc;

use leptos::prelude::*;
use plimsoll_analysis::compare::ImageTree;
use plimsoll_analysis::packages::{Catalogue, PackageId};
use plimsoll_report::language::Term;
use plimsoll_view::packages::{Order, Row, why};

use super::list::{PackageList, versions};
use crate::components::virtual_scroll::VirtualScroll;
use crate::components::{TIP, change, size};
use crate::text::{self, words};
use crate::{anchors, document};

/// The heights of rows and of the head, as in the style sheet.
const ROWS: [f64; 2] = [32.0, 52.0];
const HEAD: f64 = 32.0;
const COLUMNS: &str = "8";

#[component]
pub(super) fn Table(list: PackageList) -> impl IntoView {
    let scroll = VirtualScroll::new(ROWS, HEAD);
    Effect::new(move |_| {
        // Other rows begin at the top again.
        list.chosen.track();
        scroll.to_top();
    });
    Effect::new(move |_| {
        let Some(wanted) = list.reveal.get() else { return };
        if let Some(row) = list.chosen.get_untracked().iter().position(|at| *at == wanted) {
            scroll.scroll_to(row);
        }
        document::show("#packages-rows".to_owned());
    });
    let range = scroll.range(move || list.chosen.read().len());
    let shown = move || {
        let (rows, chosen) = (list.rows.get_value(), list.chosen.get());
        let at = range.get().filter_map(|index| Some((index, *chosen.get(index)?)));
        at.map(|(index, at)| row(list, &rows[at], at, index)).collect_view()
    };
    let above = move || gap(scroll.room(range.get().start));
    let below = move || {
        let all = list.chosen.read().len();
        gap(scroll.room(all.saturating_sub(range.get().end)))
    };
    view! {
        // What scrolls is a stop of the tab key, so that it scrolls by keys.
        <div
            class="packages-view screen"
            id="packages-rows"
            role="region"
            tabindex="0"
            aria-label=words().packages_rows
            node_ref=scroll.view
            on:scroll=move |_| scroll.measure()
        >
            <table class="plain packages" aria-rowcount=move || list.chosen.read().len() + 1>
                <thead>
                    <tr aria-rowindex="1">
                        <th scope="col" class="keep"><span class="unseen-words">{words().kept}</span></th>
                        <Sorted list by=Order::Name class="name" />
                        <th scope="col" class="version">{words().version}</th>
                        <Sorted list by=Order::Own class="own" />
                        <Sorted list by=Order::Retained class="retained" />
                        <Sorted list by=Order::Change class="difference" />
                        <th scope="col" class="reason">{words().why_head}</th>
                        <th scope="col" class="reason">{words().use_head}</th>
                    </tr>
                </thead>
                <tbody>{above}{shown}{below}</tbody>
            </table>
            {move || list.chosen.read().is_empty().then(|| view! { <p class="empty">{words().no_packages}</p> })}
        </div>
    }
}

/// What takes the room of rows that are out of view.
fn gap(room: f64) -> impl IntoView {
    (room > 0.0).then(|| {
        let style = format!("height:{room}px");
        view! { <tr class="gap" aria-hidden="true"><td colspan=COLUMNS style=style></td></tr> }
    })
}

#[component]
fn Sorted(list: PackageList, by: Order, class: &'static str) -> impl IntoView {
    let direction = if by == Order::Name { "ascending" } else { "descending" };
    let term = match by {
        Order::Own => Some(Term::OwnSize),
        Order::Retained => Some(Term::Retained),
        Order::Name | Order::Change => None,
    };
    let sort = move || if list.order.get() == by { direction } else { "none" };
    view! {
        <th scope="col" class=class aria-sort=sort>
            <button
                type="button"
                data-sort-packages=by.key()
                data-term=term.map(Term::index)
                aria-describedby=term.map(|_| TIP)
                on:click=move |_| list.order.set(by)
            >
                {text::package_order(by)}
            </button>
        </th>
    }
}

fn row(list: PackageList, row: &Row<'static>, at: usize, index: usize) -> impl IntoView + use<> {
    let name = text::name(row.name);
    let trees = list.trees;
    let packages =
        |image: &'static Option<Arc<ImageTree<'static>>>| image.as_ref().map(|image| &image.packages);
    let [before, after] = [packages(&trees.before), packages(&trees.after)];
    let (catalogue, ids) = if row.stays() { (after, &row.after) } else { (before, &row.before) };
    let shown = catalogue.zip(ids.first()).map(|(catalogue, &id)| (catalogue, catalogue.package(id)));
    let reason = shown.map(|(catalogue, package)| text::why(why(package), catalogue)).unwrap_or_default();
    let usage = shown.map(|(catalogue, package)| text::usage(&package.usage, catalogue)).unwrap_or_default();
    let [old, new] = [versions_of(before, &row.before), versions_of(after, &row.after)];
    let versions = versions(if before.is_some() { &old } else { &new }, &new);
    let can_go = shown.is_some_and(|(catalogue, _)| std::ptr::eq(catalogue, list.subject.catalogue));
    let leaves = {
        let ids = ids.clone();
        move || {
            let goes = |id: &PackageId| {
                list.without.with(|without| {
                    without.as_ref().is_some_and(|without| without.gone.binary_search(id).is_ok())
                })
            };
            can_go && !ids.is_empty() && ids.iter().all(goes)
        }
    };
    let keep = can_go.then(|| {
        let (key, of) = (row.key.clone(), row.key.clone());
        let ticked = move || !list.state.unticked.read().contains(&of);
        view! {
            <input
                type="checkbox"
                aria-label=(words().keeps)(&name)
                prop:checked=ticked
                on:change=move |_| list.toggle(&key)
            />
        }
    });
    let anchor = anchors::of_package(row.name);
    let toggle = move |_| {
        let is_open = list.open.get_untracked() == Some(at);
        list.open.set((!is_open).then_some(at));
        list.state.at.set(if is_open { String::new() } else { anchor.clone() });
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
                    aria-expanded=move || if list.open.get() == Some(at) { "true" } else { "false" }
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
