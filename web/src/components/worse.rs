//! What got worse, right under the headline.

use leptos::prelude::*;
use plimsoll_analysis::regressions::{Regression, Section};
use plimsoll_report::format::{count, unbroken};
use plimsoll_report::regressions::SHOWN;

use super::Anchor;
use crate::state::State;
use crate::text::{self, words};

/// The list, each line a way to the section that shows more of it; nothing where nothing got worse.
#[component]
pub(crate) fn Worse(state: State) -> impl IntoView {
    let found = &state.report.changes.regressions;
    if found.is_empty() {
        return None;
    }
    let (shown, rest) = found.split_at(found.len().min(SHOWN));
    let items =
        |some: &'static [Regression]| some.iter().map(|regression| item(state, regression)).collect_view();
    let more = (!rest.is_empty()).then(|| {
        view! {
            <details>
                <summary>{(words().and_more)(&count(rest.len() as u64))}</summary>
                <ul>{items(rest)}</ul>
            </details>
        }
    });
    Some(view! {
        <section class="worse" aria-labelledby="worse">
            <h2 id="worse">{words().got_worse}</h2>
            <ul>{items(shown)}</ul>
            {more}
        </section>
    })
}

fn item(state: State, regression: &'static Regression) -> impl IntoView {
    let to = match regression.kind.section() {
        Section::Services => "services",
        Section::Memory => "memory",
        Section::Findings => "findings",
    };
    let position = state
        .report
        .comparison
        .services
        .iter()
        .position(|service| Some(&service.name) == regression.service.as_ref());
    view! {
        <li>
            <Anchor state to service=position>{unbroken(&text::language().regression(regression))}</Anchor>
        </li>
    }
}
