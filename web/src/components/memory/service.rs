//! One service: its memory over time, and what is to be known of it.

use leptos::prelude::*;
use plimsoll_snapshot::Order as _;

use super::facts::Facts;
use crate::charts::{Courses, TimelineChart, happened, memory_picture, moment, timeline_rows};
use crate::components::ChartTools;
use crate::running::Running;
use crate::state::State;
use crate::text::{self, words};

/// A part that opens, with its chart and its facts.
#[component]
pub(crate) fn ServiceBlock(
    state: State,
    running: &'static Running,
    name: &'static str,
    is_open: bool,
) -> impl IntoView {
    let sides = running.service(name);
    let panels: Vec<_> = running
        .courses(name)
        .into_iter()
        .map(|(course, timelines)| {
            let courses = Courses {
                sides: timelines,
                limits: sides.map(|side| side.and_then(|side| side.limit.bytes())),
                reservation: sides[1].or(sides[0]).and_then(|side| side.reservation),
                peak: sides[1].or(sides[0]).and_then(|side| side.peak),
            };
            panel(running, name, course.under_load().map(words().running.phase), courses)
        })
        .collect();
    let chart = if panels.is_empty() {
        view! { <p class="lead">{words().running.only_planned}</p> }.into_any()
    } else {
        panels.into_any()
    };
    view! {
        <details class="memory-service" data-service-memory=name open=move || is_open || state.everything.get()>
            <summary><h3>{text::name(name)}</h3></summary>
            {chart}
            <Facts running name />
        </details>
    }
}

/// A chart with its legend and its table. Where there are several, each says which it is.
fn panel(
    running: &'static Running,
    name: &'static str,
    phase: Option<&'static str>,
    courses: Courses,
) -> impl IntoView {
    let title = match phase {
        Some(phase) => format!("{}, {}", text::name(name), phase.to_lowercase()),
        None => text::name(name),
    };
    let of_picture = StoredValue::new(title.clone());
    let legend = legend(&courses).into_any();
    view! {
        {phase.map(|phase| view! { <h4 class="phase">{phase}</h4> })}
        <TimelineChart name=title courses summary=summary(running, name) />
        <p class="legend" aria-hidden="true">{legend}</p>
        <ChartTools
            chart=words().running.timeline
            picture=move || Some(memory_picture::timeline(&of_picture.get_value(), &courses))
        />
        <Table courses />
    }
}

/// `before 225 MiB to 825 MiB; after 52 MiB to 422 MiB`: what the chart shows, in a sentence.
fn summary(running: &'static Running, name: &str) -> String {
    let sides = [words().before, words().after].into_iter().zip(running.service(name));
    let parts: Vec<String> = sides
        .filter_map(|(label, side)| {
            let taken = side?.working_set?;
            Some((words().running.summary)(
                &label.to_lowercase(),
                &text::memory(taken.p50),
                &text::memory(taken.max),
            ))
        })
        .collect();
    parts.join("; ")
}

fn legend(courses: &Courses) -> impl IntoView + use<> {
    let head = &words().running;
    let sides = courses.named().map(|(index, label, _)| {
        let class = if index == 0 { "stroke before" } else { "stroke after" };
        view! { <span><i class=class></i>{head.legend_line}", "{label.to_lowercase()}</span> }
    });
    let mut kinds: Vec<_> =
        courses.named().flat_map(|(_, _, side)| &side.marks).map(|mark| mark.kind).collect();
    kinds.order();
    kinds.dedup();
    let marks = kinds.into_iter().map(|kind| {
        let (class, shape) = crate::charts::shape(kind);
        view! {
            <span>
                <svg class=format!("mark {class}") width="14" height="14" viewBox="-7 -7 14 14"><path d=shape /></svg>
                {happened(kind)}
            </span>
        }
    });
    let has_load = courses.named().any(|(_, _, side)| !side.loads.is_empty());
    view! {
        {sides.collect_view()}
        {marks.collect_view()}
        {has_load.then(|| view! { <span><i class="stroke load"></i>{head.legend_load}</span> })}
    }
}

/// The chart as figures, for screen readers and for copying.
#[component]
fn Table(courses: Courses) -> impl IntoView {
    let head = &words().running;
    let is_timed = courses.frame().is_timed;
    let named: Vec<_> = courses.named().collect();
    let indices: Vec<usize> = named.iter().map(|(index, ..)| *index).collect();
    let rows = timeline_rows(&courses).into_iter().map(|(time, most)| {
        let cells = indices.iter().map(|index| view! { <td>{super::cells::maybe(most[*index])}</td> });
        view! { <tr><th scope="row">{time}</th>{cells.collect_view()}</tr> }
    });
    let marks: Vec<_> = named
        .iter()
        .flat_map(|(_, label, side)| side.marks.iter().map(move |mark| (label.to_lowercase(), mark)))
        .map(|(label, mark)| {
            view! { <tr><th scope="row">{moment(mark.at, is_timed)}</th><td>{label}</td><td>{happened(mark.kind)}</td></tr> }
        })
        .collect();
    view! {
        <details class="bytes">
            <summary>{head.table}</summary>
            <table class="plain">
                <caption>{head.most_within}</caption>
                <thead>
                    <tr>
                        <th scope="col">{head.time}</th>
                        {named.iter().map(|(_, label, _)| view! { <th scope="col">{*label}</th> }).collect_view()}
                    </tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
            {(!marks.is_empty()).then(|| view! {
                <table class="plain">
                    <caption>{head.events}</caption>
                    <tbody>{marks}</tbody>
                </table>
            })}
        </details>
    }
}
