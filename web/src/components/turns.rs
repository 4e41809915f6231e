//! What got worse and what got better, side by side under the headline.

use leptos::prelude::*;
use plimsoll_analysis::regressions::Section;
use plimsoll_report::format::{count, unbroken};
use plimsoll_report::turns::{ChangeDirection, SHOWN};

use super::Anchor;
use crate::state::State;
use crate::text::{self, words};

/// A line of a list: what it says, and what shows more of it.
struct Line {
    text: String,
    service: Option<&'static String>,
    section: Section,
}

/// Both lists, each line a way to the section that shows more of it; nothing where nothing changed either way.
#[component]
pub(crate) fn Turns(state: State) -> impl IntoView {
    let lists: Vec<AnyView> = ChangeDirection::ALL.into_iter().filter_map(|turn| list(state, turn)).collect();
    (!lists.is_empty()).then(|| view! { <div class="turns engineer">{lists}</div> })
}

fn list(state: State, turn: ChangeDirection) -> Option<AnyView> {
    let mut shown = lines(state, turn);
    if shown.is_empty() {
        return None;
    }
    let rest = shown.split_off(if shown.len() > SHOWN { SHOWN - 1 } else { shown.len() });
    let items = |some: Vec<Line>| some.into_iter().map(|line| item(state, line)).collect_view();
    let more = (!rest.is_empty()).then(|| {
        view! {
            <details>
                <summary>{(words().and_more)(&count(rest.len() as u64))}</summary>
                <ul>{items(rest)}</ul>
            </details>
        }
    });
    let key = turn.key();
    Some(
        view! {
            <section class=key aria-labelledby=key>
                <h2 id=key>{turn.heading(text::language())}</h2>
                <ul>{items(shown)}</ul>
                {more}
            </section>
        }
        .into_any(),
    )
}

fn lines(state: State, turn: ChangeDirection) -> Vec<Line> {
    let changes = &state.report.changes;
    let language = text::language();
    match turn {
        ChangeDirection::Worse => (changes.regressions.iter())
            .map(|one| Line {
                text: language.regression(one),
                service: one.service.as_ref(),
                section: one.kind.section(),
            })
            .collect(),
        ChangeDirection::Better => (changes.improvements.iter())
            .map(|one| Line {
                text: language.improvement(one),
                service: one.service.as_ref(),
                section: one.kind.section(),
            })
            .collect(),
    }
}

fn item(state: State, line: Line) -> impl IntoView {
    let to = match line.section {
        Section::Services => "services",
        Section::Memory => "memory",
        Section::Findings => "findings",
    };
    let position = line.service.and_then(|service| state.report.position(service));
    view! {
        <li>
            <Anchor state to service=position>{unbroken(&line.text)}</Anchor>
        </li>
    }
}
