//! The image without the packages that were unticked.

use leptos::prelude::*;
use plimsoll_analysis::compare::SizeChange;
use plimsoll_analysis::packages::{Broken, Catalogue, Deprived, PackageId, Want, WhatIf};
use plimsoll_report::format::count;
use plimsoll_snapshot::Order as _;

use super::list::PackageList;
use crate::text::{self, words};

/// How many of those that go, and of what breaks, are named.
const NAMED: usize = 12;

/// What it would weigh, what goes along and what breaks. Its room is there before anything is unticked, so that the table
/// below stays where it is.
#[component]
pub(super) fn Without(list: PackageList) -> impl IntoView {
    let shown = move || match list.without.get() {
        Some(without) => sums(list, &without).into_any(),
        None => view! { <p class="lead">{words().untick_help}</p> }.into_any(),
    };
    // What scrolls is a stop of the tab key.
    view! {
        <div class="without" role="status" aria-label=words().untick tabindex=move || list.without.read().is_some().then_some("0")>
            {shown}
        </div>
    }
}

fn sums(list: PackageList, without: &WhatIf) -> impl IntoView + use<> {
    let catalogue = list.subject.catalogue;
    let size = SizeChange::new(without.image_bytes + without.size_bytes, without.size_bytes);
    let sum = (words().unticked)(
        &text::bytes(size.after).to_string(),
        &text::bytes(size.before).to_string(),
        &text::delta(size.delta).to_string(),
    );
    let mut gone: Vec<PackageId> = without.gone.clone();
    gone.order_by_key(|&id| (std::cmp::Reverse(catalogue.package(id).image_bytes), id));
    let names: Vec<String> = gone.iter().take(NAMED).map(|&id| text::package(catalogue, id)).collect();
    let mut names = names.join(", ");
    if gone.len() > NAMED {
        names = format!("{names}, {}", more(gone.len() - NAMED));
    }
    let goes = (words().unticked_goes)(&text::many(gone.len() as u64, &words().package), &names);
    let breaks = if without.broken.is_empty() {
        view! { <p>{words().nothing_breaks}</p> }.into_any()
    } else {
        let broken = without.broken.iter().take(NAMED).map(|broken| {
            view! { <li>{sentence(broken, catalogue)}</li> }
        });
        let left = without.broken.len().saturating_sub(NAMED);
        view! {
            <p>{words().breaks}</p>
            <ul class="warnings">{broken.collect_view()}{(left > 0).then(|| view! { <li>{more(left)}</li> })}</ul>
        }
        .into_any()
    };
    let deprived = (!without.deprived.is_empty()).then(|| {
        let sentence = |deprived: &Deprived| {
            let by = Want { package: deprived.package, kind: deprived.kind };
            format!("{}: {}", text::package(catalogue, deprived.of), text::wanted_by(by, catalogue))
        };
        let named =
            without.deprived.iter().take(NAMED).map(|deprived| view! { <li>{sentence(deprived)}</li> });
        let left = without.deprived.len().saturating_sub(NAMED);
        view! {
            <p>{words().works_without}</p>
            <ul>{named.collect_view()}{(left > 0).then(|| view! { <li>{more(left)}</li> })}</ul>
        }
    });
    view! {
        <p data-without=without.size_bytes.0><b>{sum}</b></p>
        <p>{goes}</p>
        {breaks}
        {deprived}
        <button type="button" class="button screen" data-do="reset" on:click=move |_| list.state.unticked.set(Vec::new())>
            {words().reset}
        </button>
    }
}

fn more(number: usize) -> String {
    (words().and_more)(&count(number as u64))
}

fn sentence(broken: &Broken, catalogue: &Catalogue) -> String {
    match broken {
        Broken::Package { package, needs } => {
            (words().package_needs)(&text::package(catalogue, *package), &text::package(catalogue, *needs))
        }
        Broken::Application { evidence, needs } => {
            (words().application_needs)(&text::package(catalogue, *needs), &text::name(&evidence.join(", ")))
        }
    }
}
