//! The packages of both sides: who owns the bytes, why each is there, and what the image would be without some.

mod detail;
mod list;
mod owners;
mod table;
mod without;

use leptos::prelude::*;
use plimsoll_analysis::compare::{PackageChange, ServiceComparison, ServiceTrees};
use plimsoll_report::format::count;
use plimsoll_view::finder::Place;
use plimsoll_view::packages::Filter;

use self::detail::Detail;
use self::list::PackageList;
pub(crate) use self::list::versions;
use self::owners::Owners;
use self::table::Table;
use self::without::Without;
use super::{Empty, change, size};
use crate::state::State;
use crate::text::{self, words};

/// The section.
#[component]
pub(crate) fn Packages(
    state: State,
    service: &'static ServiceComparison,
    trees: &'static ServiceTrees<'static>,
) -> impl IntoView {
    let Some(list) = PackageList::new(state, service, trees) else {
        return view! { <Empty id="packages" class="engineer" title=words().packages says=words().packages_empty /> }
            .into_any();
    };
    Effect::new(move |_| {
        let key = state.found(service, |place| match place {
            Place::Package(key) => Some(key.clone()),
            _ => None,
        });
        let row = key.and_then(|key| list.rows.read_value().iter().position(|row| row.key == key));
        if row.is_some() {
            // Whatever is filtered, the table shows what is sought.
            list.filter.set(Filter::All);
            list.search.set(String::new());
            list.open.set(row);
            list.reveal.set(row);
        }
    });
    let incomplete = (!list.subject.catalogue.complete).then(|| format!(" {}", words().packages_incomplete));
    let status = move || {
        let shown = count(list.chosen.read().len() as u64);
        (words().packages_shown)(&shown, &text::many(list.rows.read_value().len() as u64, &words().package))
    };
    view! {
        <section class="engineer" aria-labelledby="packages">
            <h2 id="packages">{words().packages}</h2>
            <p class="lead">{words().packages_lead}{incomplete}</p>
            <Owners trees />
            <div class="tools screen">
                <Filters list />
                <input
                    type="search"
                    placeholder=words().search_packages
                    aria-label=words().search_packages
                    spellcheck="false"
                    autocomplete="off"
                    prop:value=move || list.search.get()
                    on:input=move |event| list.search.set(event_target_value(&event))
                />
                <p class="status" role="status">{status}</p>
            </div>
            <Without list />
            <Table list />
            <Detail list />
            <Largest changes=&service.packages />
        </section>
    }
    .into_any()
}

#[component]
fn Filters(list: PackageList) -> impl IntoView {
    let rows = list.rows.get_value();
    // Where there is no other side, everything would be a change.
    let one_sided = if list.trees.before.is_none() { Filter::Changed } else { Filter::All };
    let chips = Filter::ALL.map(|filter| (filter, rows.iter().filter(|row| filter.takes(row)).count()));
    let chips = chips
        .into_iter()
        .filter(|&(filter, number)| filter == Filter::All || number > 0 && filter != one_sided);
    let chips = chips.map(|(filter, number)| {
        view! {
            <button
                type="button"
                class="filter"
                data-packages=filter.key()
                aria-pressed=move || if list.filter.get() == filter { "true" } else { "false" }
                on:click=move |_| list.filter.set(filter)
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
                <th scope="row">{text::name(&package.name)}" "<small>{text::ecosystem(package.ecosystem)}</small></th>
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
