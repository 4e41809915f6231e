//! One service: its memory over time, and what is to be known of it.

use leptos::prelude::*;
use plimsoll_report::chart::Side;
use plimsoll_report::chart::svg::{Place, markup};
use plimsoll_report::chart::timeline::{Courses, happened, moment, picture, sign};
use plimsoll_snapshot::Order as _;

use super::facts::Facts;
use crate::charts::TimelineChart;
use crate::components::{ChartTools, Fold};
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
    let fold = Fold::new(state, is_open);
    view! {
        <details
            class="memory-service"
            data-service-memory=name
            open=move || is_open || state.everything.get()
            on:toggle=move |event| _ = fold.toggled(&event)
        >
            <summary><h3>{text::name(name)}</h3><small>{summary(running, name)}</small></summary>
            {fold.content(move || block(state, running, name))}
        </details>
    }
}

/// The chart of a service and its facts.
fn block(state: State, running: &'static Running, name: &'static str) -> impl IntoView {
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
            panel(state, running, name, course.under_load().map(words().running.phase), courses)
        })
        .collect();
    let chart = if panels.is_empty() {
        view! { <p class="lead">{words().running.only_planned}</p> }.into_any()
    } else {
        panels.into_any()
    };
    view! {
        {chart}
        <Facts running name />
    }
}

/// A chart with its legend and its table. Where there are several, each says which it is.
fn panel(
    state: State,
    running: &'static Running,
    name: &'static str,
    phase: Option<&'static str>,
    courses: Courses<'static>,
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
        <ChartTools
            chart=words().running.timeline
            picture=move || Some(picture(&of_picture.get_value(), &courses, text::language()))
        />
        <p class="legend" aria-hidden="true">{legend}</p>
        <Table state courses />
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

fn legend(courses: &Courses<'static>) -> impl IntoView + use<> {
    let head = &words().running;
    let language = text::language();
    let sides = courses.known().map(|(side, _)| {
        let class = match side {
            Side::Before => "stroke before",
            Side::After => "stroke after",
        };
        view! { <span><i class=class></i>{head.legend_line}", "{side.name(language).to_lowercase()}</span> }
    });
    let mut kinds: Vec<_> =
        courses.known().flat_map(|(_, timeline)| &timeline.marks).map(|mark| mark.kind).collect();
    kinds.order();
    kinds.dedup();
    let marks = kinds.into_iter().map(|kind| {
        let sign = markup(&[sign(kind, (50.0, 7.0), None)], Place::Page);
        view! { <span><svg width="14" height="14" inner_html=sign></svg>{happened(kind, language)}</span> }
    });
    let has_load = courses.known().any(|(_, timeline)| !timeline.loads.is_empty());
    view! {
        {sides.collect_view()}
        {marks.collect_view()}
        {has_load.then(|| view! { <span><i class="stroke load"></i>{head.legend_load}</span> })}
    }
}

/// The chart as figures, for screen readers and for copying.
#[component]
fn Table(state: State, courses: Courses<'static>) -> impl IntoView {
    let fold = Fold::new(state, false);
    view! {
        <details class="bytes" on:toggle=move |event| _ = fold.toggled(&event)>
            <summary>{words().running.table}</summary>
            {fold.content(move || table(&courses))}
        </details>
    }
}

fn table(courses: &Courses<'static>) -> impl IntoView + use<> {
    let head = &words().running;
    let is_timed = courses.frame().is_timed;
    let language = text::language();
    let known: Vec<Side> = courses.known().map(|(side, _)| side).collect();
    let rows = courses.rows(language).into_iter().map(|(time, most)| {
        let cells = Side::ALL.into_iter().zip(most).filter(|(side, _)| known.contains(side));
        let cells = cells.map(|(_, most)| view! { <td>{super::cells::maybe(most)}</td> });
        view! { <tr><th scope="row">{time}</th>{cells.collect_view()}</tr> }
    });
    let rows = rows.collect_view();
    let marks: Vec<_> = courses
        .known()
        .flat_map(|(side, timeline)| timeline.marks.iter().map(move |mark| (side, mark)))
        .map(|(side, mark)| {
            let side = side.name(language).to_lowercase();
            view! {
                <tr>
                    <th scope="row">{moment(mark.at, is_timed, language)}</th>
                    <td>{side}</td>
                    <td>{happened(mark.kind, language)}</td>
                </tr>
            }
        })
        .collect();
    view! {
            <table class="plain">
                <caption>{head.most_within}</caption>
                <thead>
                    <tr>
                        <th scope="col">{head.time}</th>
                        {known.iter().map(|side| view! { <th scope="col">{side.name(language)}</th> }).collect_view()}
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
            {(!marks.is_empty()).then(|| view! {
                <table class="plain">
                    <caption>{head.events}</caption>
                    <tbody>{marks}</tbody>
                </table>
            })}
    }
}
