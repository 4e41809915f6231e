//! The packages of both sides: who owns the bytes, why each is there, and what the image would be without some.

mod detail;
mod owners;
mod table;
mod without;

use std::sync::Arc;

use leptos::prelude::*;
use plimsoll_analysis::compare::{PackageChange, ServiceComparison, ServiceTrees};
use plimsoll_analysis::packages::WhatIf;
use plimsoll_report::format::count;
use plimsoll_report::language::ecosystem_name;

use self::detail::Detail;
use self::owners::Owners;
use self::table::Table;
use self::without::Without;
use super::{Empty, change, size};
use crate::finder::Place;
use crate::packages::{self, Filter, Order, Row, Side};
use crate::state::State;
use crate::text::{self, words};

/// The packages of a service, the choices of the reader, and what follows from them.
#[derive(Clone, Copy)]
struct Shelf {
    state: State,
    rows: StoredValue<Arc<Vec<Row<'static>>>>,
    /// The image whose packages can be unticked.
    subject: Side<'static>,
    trees: &'static ServiceTrees<'static>,
    filter: RwSignal<Filter>,
    search: RwSignal<String>,
    order: RwSignal<Order>,
    /// The rows that are shown, as indices.
    chosen: Memo<Arc<Vec<usize>>>,
    /// What goes with the packages that were unticked.
    without: Memo<Option<Arc<WhatIf>>>,
    /// The row whose details are shown.
    open: RwSignal<Option<usize>>,
    /// The row that a search was led to.
    reveal: RwSignal<Option<usize>>,
}

impl Shelf {
    fn new(
        state: State,
        service: &'static ServiceComparison,
        trees: &'static ServiceTrees<'static>,
    ) -> Option<Self> {
        let subject = packages::subject(trees)?;
        let rows = Arc::new(packages::rows(trees, &service.packages));
        if rows.is_empty() {
            return None;
        }
        let filter = RwSignal::new(Filter::first(&rows));
        let (search, order) = (RwSignal::new(String::new()), RwSignal::new(Order::Own));
        let rows = StoredValue::new(rows);
        let chosen = Memo::new(move |_| {
            Arc::new(packages::chosen(&rows.read_value(), filter.get(), &search.read(), order.get()))
        });
        let without = Memo::new(move |_| packages::without(subject, &state.unticked.read()).map(Arc::new));
        Some(Self {
            state,
            rows,
            subject,
            trees,
            filter,
            search,
            order,
            chosen,
            without,
            open: RwSignal::new(None),
            reveal: RwSignal::new(None),
        })
    }

    /// Takes a package out, or puts it back.
    fn toggle(self, key: &str) {
        self.state.unticked.update(|unticked| match unticked.iter().position(|known| known == key) {
            Some(at) => drop(unticked.remove(at)),
            None => unticked.push(key.to_owned()),
        });
    }
}

/// The section.
#[component]
pub(crate) fn Packages(
    state: State,
    service: &'static ServiceComparison,
    trees: &'static ServiceTrees<'static>,
) -> impl IntoView {
    let Some(shelf) = Shelf::new(state, service, trees) else {
        return view! { <Empty id="packages" class="engineer" title=words().packages says=words().packages_empty /> }
            .into_any();
    };
    Effect::new(move |_| {
        let key = state.found(service, |place| match place {
            Place::Package(key) => Some(key.clone()),
            _ => None,
        });
        let row = key.and_then(|key| shelf.rows.read_value().iter().position(|row| row.key == key));
        if row.is_some() {
            // Whatever is filtered, the table shows what is sought.
            shelf.filter.set(Filter::All);
            shelf.search.set(String::new());
            shelf.open.set(row);
            shelf.reveal.set(row);
        }
    });
    let incomplete = (!shelf.subject.catalogue.complete).then(|| format!(" {}", words().packages_incomplete));
    let status = move || {
        let shown = count(shelf.chosen.read().len() as u64);
        (words().packages_shown)(&shown, &text::many(shelf.rows.read_value().len() as u64, &words().package))
    };
    view! {
        <section class="engineer" aria-labelledby="packages">
            <h2 id="packages">{words().packages}</h2>
            <p class="lead">{words().packages_lead}{incomplete}</p>
            <Owners trees />
            <div class="tools screen">
                <Filters shelf />
                <input
                    type="search"
                    placeholder=words().search_packages
                    aria-label=words().search_packages
                    spellcheck="false"
                    autocomplete="off"
                    prop:value=move || shelf.search.get()
                    on:input=move |event| shelf.search.set(event_target_value(&event))
                />
                <p class="status" role="status">{status}</p>
            </div>
            <Without shelf />
            <Table shelf />
            <Detail shelf />
            <Largest changes=&service.packages />
        </section>
    }
    .into_any()
}

#[component]
fn Filters(shelf: Shelf) -> impl IntoView {
    let rows = shelf.rows.get_value();
    let chips = Filter::ALL.map(|filter| (filter, rows.iter().filter(|row| filter.takes(row)).count()));
    let chips = chips.into_iter().filter(|&(filter, number)| filter == Filter::All || number > 0);
    let chips = chips.map(|(filter, number)| {
        view! {
            <button
                type="button"
                class="filter"
                data-packages=filter.key()
                aria-pressed=move || if shelf.filter.get() == filter { "true" } else { "false" }
                on:click=move |_| shelf.filter.set(filter)
            >
                {text::package_filter(filter)}" "<small>{count(number as u64)}</small>
            </button>
        }
    });
    view! { <div class="filters" role="group" aria-label=words().filter>{chips.collect_view()}</div> }
}

/// The packages that paper shows.
const LARGEST: usize = 20;

/// The largest changes as a plain table: what paper shows instead of the one that scrolls.
#[component]
fn Largest(changes: &'static [PackageChange]) -> impl IntoView {
    let rows = changes.iter().take(LARGEST).map(|package| {
        view! {
            <tr>
                <th scope="row">{text::name(&package.name)}" "<small>{ecosystem_name(package.ecosystem)}</small></th>
                <td>{versions(&package.before, &package.after)}</td>
                <td>{size(package.size.before)}</td>
                <td>{size(package.size.after)}</td>
                <td>{change(package.size.delta)}</td>
            </tr>
        }
    });
    (!changes.is_empty()).then(|| {
        view! {
            <table class="plain paper">
                <caption>{words().largest_packages}</caption>
                <thead>
                    <tr>
                        <th scope="col">{words().package_head}</th>
                        <th scope="col">{words().version}</th>
                        <th scope="col">{words().before}</th>
                        <th scope="col">{words().after}</th>
                        <th scope="col">{words().change}</th>
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        }
    })
}

/// The versions of both sides, once if they are the same.
fn versions(before: &[String], after: &[String]) -> String {
    let side = |versions: &[String]| match versions {
        [] => text::NONE.to_owned(),
        [one] if one.is_empty() => "·".to_owned(),
        several => text::name(&several.join(", ")),
    };
    if before == after { side(after) } else { format!("{} → {}", side(before), side(after)) }
}
