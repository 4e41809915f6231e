//! The page for people who decide: money, time, risk, what was done and what remains.

use leptos::prelude::*;
use plimsoll_report::brief::{self, Line, Part, Tone};
use plimsoll_report::format::unbroken;

use super::targets::judgement;
use crate::state::State;
use crate::text;

/// All parts that have something to say.
#[component]
pub(crate) fn Brief(state: State) -> impl IntoView {
    let is_given = state.report.judging().is_some_and(|judging| judging.is_given);
    let judged = judgement(state).filter(|_| is_given);
    let parts = move || {
        let (changes, language) = (&state.report.changes, text::language());
        let parts = match judged {
            Some(judged) => judged.with(|judged| brief::of(changes, Some(judged), language)),
            None => brief::of(changes, None, language),
        };
        parts.into_iter().map(part).collect_view()
    };
    view! { <div class="stakeholder brief">{parts}</div> }
}

fn part(part: Part) -> impl IntoView {
    let id = format!("brief-{}", part.key);
    let labelled_by = id.clone();
    view! {
        <section aria-labelledby=labelled_by data-brief=part.key>
            <h2 id=id>{part.title}</h2>
            <ul>{part.lines.into_iter().map(line).collect_view()}</ul>
        </section>
    }
}

fn line(line: Line) -> impl IntoView {
    let tone = match line.tone {
        Tone::Good => "good",
        Tone::Bad => "bad",
        Tone::Plain => "plain",
    };
    view! {
        <li data-tone=tone>
            <span>{text::spans(&unbroken(&line.text))}</span>
            {line.figure.map(|figure| view! { <b>{unbroken(&figure)}</b> })}
        </li>
    }
}
