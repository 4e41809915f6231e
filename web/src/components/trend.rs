//! The series that the report is a part of: its chart, on which two states are chosen to be compared, and its steps.

use std::sync::Arc;

use leptos::prelude::*;
use plimsoll_analysis::series::{Series, Step};
use plimsoll_report::chart::svg::{Place, markup};
use plimsoll_report::chart::trend as chart;
use plimsoll_report::format::{count, one_line, sentence, shorten, unbroken};
use plimsoll_report::series as report;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlSelectElement, KeyboardEvent, MouseEvent};

use super::{ChartTools, Fold, change, unfold};
use crate::document;
use crate::role::Role;
use crate::state::State;
use crate::text::{self, words};
use crate::workspace::{Trending, Workspace};

/// The most steps that are shown before they are unfolded: the largest.
const SHOWN: usize = 8;
/// How much of a name a choice shows.
const NAME: usize = 40;

/// The section; nothing on a page that is not about a series.
#[component]
pub(crate) fn TrendOf(state: State) -> impl IntoView {
    let workspace = use_context::<Workspace>()?;
    let trend = workspace.trend()?;
    let language = text::language();
    let lead =
        format!("{}: {}", report::extent(&trend.series, language), report::total(&trend.series, language));
    let conclusions = report::conclusions(&trend.series, language);
    let sentences = conclusions.into_iter().map(|text| view! { <p>{unbroken(&text)}</p> }).collect_view();
    Some(view! {
        <section aria-labelledby="trend">
            <h2 id="trend">{words().series.title}</h2>
            <p class="lead">{sentence(&unbroken(&lead))}</p>
            <Lines trend=trend.clone() />
            <Chart workspace trend=trend.clone() />
            <Sides workspace trend=trend.clone() />
            {sentences}
            <Steps workspace trend=trend.clone() />
            <States state trend />
        </section>
    })
}

/// Which size the chart follows, where there are several.
#[component]
fn Lines(trend: Trending) -> impl IntoView {
    let lines = trend.series.lines();
    let line = trend.line;
    (lines.len() > 1).then(|| {
        let options = lines.iter().enumerate().map(|(index, of)| {
            let name = shorten(&report::line_name(of, text::language()), NAME);
            let is_chosen = move || line.get() == index;
            view! { <option value=index.to_string() selected=is_chosen>{name}</option> }
        });
        view! {
            <label class="trend-line screen">
                {words().series.line}" "
                <select data-do="trend-line" on:change=move |event| line.set(chosen(&event).unwrap_or(0))>
                    {options.collect_view()}
                </select>
            </label>
        }
    })
}

/// The chart. A state is pointed at, and chosen with a click or the keyboard; the second one is compared with the first.
#[component]
fn Chart(workspace: Workspace, trend: Trending) -> impl IntoView {
    let language = text::language();
    let count = trend.series.states.len();
    let (line, picked) = (trend.line, trend.picked);
    let whole = Arc::clone(&trend.series);
    let lines = trend.series.lines();
    let shown = Memo::new(move |_| {
        lines.get(line.get()).map_or_else(|| Arc::clone(&whole), |of| Arc::new(whole.following(of)))
    });
    let cursor = RwSignal::new(None::<usize>);
    let ids = trend.clone();
    let choose = move |state: usize| {
        if ids.id(state).is_none() {
            return;
        }
        match picked.get_untracked() {
            None => picked.set(Some(state)),
            Some(same) if same == state => picked.set(None),
            Some(other) => {
                picked.set(None);
                workspace.compare_states(other.min(state), other.max(state));
                document::go_to("verdict");
            }
        }
    };
    let by_key = choose.clone();
    let on_key = move |event: KeyboardEvent| {
        let at = cursor.get_untracked();
        let last = count.saturating_sub(1);
        let to = match event.key().as_str() {
            "ArrowLeft" | "ArrowDown" => at.map_or(last, |at| at.saturating_sub(1)),
            "ArrowRight" | "ArrowUp" => at.map_or(0, |at| (at + 1).min(last)),
            "Home" => 0,
            "End" => last,
            "Enter" | " " => {
                event.prevent_default();
                return at.into_iter().for_each(&by_key);
            }
            "Escape" => {
                picked.set(None);
                return cursor.set(None);
            }
            _ => return,
        };
        event.prevent_default();
        cursor.set(Some(to));
    };
    let on_move = move |event: MouseEvent| {
        let field = event.current_target().and_then(|field| field.dyn_into::<Element>().ok());
        let Some(width) = field.map(|field| field.client_width()).filter(|width| *width > 0) else { return };
        let share = f64::from(event.offset_x()) / f64::from(width) * 100.0;
        cursor.set(Some(chart::nearest(share, count)));
    };
    let reading = {
        let ids = trend.clone();
        move || {
            let words = &words().series;
            let name = |state| report::point(&ids.series, state);
            match (cursor.get(), picked.get()) {
                (Some(at), _) if ids.id(at).is_none() => {
                    format!("{} · {}", report::reading(&shown.read(), at, language), words.not_here)
                }
                (Some(at), Some(from)) if at != from => {
                    let reading = report::reading(&shown.read(), at, language);
                    format!("{reading} · {}", (words.compare_with)(&name(from)))
                }
                (Some(at), _) => report::reading(&shown.read(), at, language),
                (None, Some(from)) => (words.picked)(&name(from)),
                (None, None) => words.pick.to_owned(),
            }
        }
    };
    let spoken = reading.clone();
    let marks = {
        let ids = trend.clone();
        move || {
            let pair = workspace.pair.get();
            let sides = [pair.before, pair.after].map(|id| ids.state(id?));
            let height = chart::FIELD.to_string();
            let line = |state: usize, class: &'static str| {
                let x = format!("{:.3}%", chart::across(state, count));
                view! { <line class=class x1=x.clone() x2=x y1="0" y2=height.clone() /> }
            };
            let sides = sides.into_iter().flatten().map(|state| line(state, "side"));
            let picked = picked.get().map(|state| line(state, "picked"));
            let cursor = cursor.get().map(|state| line(state, "cursor"));
            sides.chain(picked).chain(cursor).collect_view()
        }
    };
    let drawn = move || {
        let scene = chart::scene(&shown.read(), language)?;
        let height = scene.height.to_string();
        // Every text in it is escaped by the renderer.
        Some(
            view! { <svg height=height aria-hidden="true"><g inner_html=markup(&scene.marks, Place::Page)></g>{marks.clone()}</svg> },
        )
    };
    let click = move |_| cursor.get_untracked().into_iter().for_each(&choose);
    view! {
        <figure class="timeline trend">
            <div
                class="field"
                tabindex="0"
                role="slider"
                aria-label=words().series.title
                aria-valuemin="1"
                aria-valuemax=count.to_string()
                aria-valuenow=move || (cursor.get().unwrap_or(0) + 1).to_string()
                aria-valuetext=spoken
                on:keydown=on_key
                on:mousemove=on_move
                on:mouseleave=move |_| cursor.set(None)
                on:click=click
            >
                {drawn}
            </div>
            <p class="reading" aria-hidden="true">{reading}</p>
        </figure>
        <ChartTools chart=words().series.title picture=move || Some(chart::picture(&shown.get_untracked(), text::language())) />
    }
}

/// The two states that are compared, as choices.
#[component]
fn Sides(workspace: Workspace, trend: Trending) -> impl IntoView {
    let side = |role: Role| {
        let pair = workspace.pair.get_untracked();
        let of = if role == Role::Before { pair.before } else { pair.after };
        let now = of.and_then(|id| trend.state(id));
        let states = (0..trend.series.states.len()).filter(|state| trend.id(*state).is_some());
        let options = states.map(|state| {
            let name = shorten(&report::point(&trend.series, state), NAME);
            let is_now = now == Some(state);
            view! { <option value=state.to_string() selected=is_now>{name}</option> }
        });
        let name = if role == Role::Before { words().before } else { words().after };
        // A snapshot that is no state of the series is on this side.
        let other = now.is_none().then(|| view! { <option value="" selected=true>{text::NONE}</option> });
        let known = trend.clone();
        let choose = move |event: web_sys::Event| {
            let Some(state) = chosen(&event) else { return };
            let pair = workspace.pair.get_untracked();
            let [before, after] = [pair.before, pair.after].map(|id| known.state(id?));
            match (role, before, after) {
                (Role::Before, _, Some(after)) => workspace.compare_states(state, after),
                (_, Some(before), _) => workspace.compare_states(before, state),
                _ => return,
            }
            document::show(document::selector("data-do", &format!("trend-{}", role.key())));
        };
        view! {
            <label>
                {name}" "
                <select data-do=format!("trend-{}", role.key()) on:change=choose>{other}{options.collect_view()}</select>
            </label>
        }
    };
    view! {
        <p class="trend-sides screen" role="group" aria-label=words().series.compare>
            {side(Role::Before)}
            {side(Role::After)}
        </p>
    }
}

/// The value of a choice.
fn chosen(event: &web_sys::Event) -> Option<usize> {
    event.target()?.dyn_into::<HtmlSelectElement>().ok()?.value().parse().ok()
}

/// The steps with their causes, the largest ones first to be seen.
#[component]
fn Steps(workspace: Workspace, trend: Trending) -> impl IntoView {
    let language = text::language();
    if trend.series.steps.is_empty() {
        return view! { <p>{report::no_steps(&trend.series, language)}</p> }.into_any();
    }
    let all = trend.series.steps.len();
    let least = least_shown(&trend.series.steps);
    let are_shown = RwSignal::new(false);
    let rows = trend.series.steps.iter().map(|step| {
        let name = report::point(&trend.series, step.to);
        let cause = report::step_cause(step, language).map(|cause| text::spans(&cause));
        // A reason is what someone wrote: nothing in it is a sign of code.
        let notes =
            report::step_notes(step, language).into_iter().map(|note| view! { <small>{note}</small> });
        let (from, to) = (step.from, step.to);
        let compare = move |_| {
            workspace.compare_states(from, to);
            document::go_to("verdict");
        };
        let can = trend.id(from).is_some() && trend.id(to).is_some();
        let name = if can {
            view! { <button type="button" class="as-link" data-do="step" on:click=compare>{name}</button> }
                .into_any()
        } else {
            name.into_any()
        };
        let is_small = step.delta.magnitude() < least;
        let hidden = move || is_small && !are_shown.get();
        view! {
            <tr hidden=hidden>
                <th scope="row">{name}</th>
                <td class="figure">{change(step.delta)}</td>
                <td>{cause}" "{notes.collect_view()}</td>
            </tr>
        }
    });
    let fold = (all > SHOWN).then(|| {
        let said = (words().series.all_steps)(&count(all as u64));
        view! { <tr class="fold screen"><td colspan="3">{unfold(said, are_shown)}</td></tr> }
    });
    view! {
        <div class="engineer">
            <h3>{words().series.steps}</h3>
            <table class="plain steps">
                <tbody>{rows.collect_view()}{fold}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// The size of the smallest step that is shown at first.
fn least_shown(steps: &[Step]) -> plimsoll_snapshot::Bytes {
    let mut sizes: Vec<_> = steps.iter().map(|step| step.delta.magnitude()).collect();
    sizes.sort_unstable_by(|one, other| other.cmp(one));
    sizes.get(SHOWN - 1).copied().unwrap_or_default()
}

/// Every state as a table, which is made when it is asked for.
#[component]
fn States(state: State, trend: Trending) -> impl IntoView {
    let fold = Fold::new(state, false);
    let series: Arc<Series> = Arc::clone(&trend.series);
    let said = (words().series.all_points)(&count(series.states.len() as u64));
    let table = fold.content(move || {
        let language = text::language();
        let heads = report::heads(&series, language).into_iter();
        let heads = heads.map(|head| view! { <th scope="col">{head}</th> }).collect_view();
        let figures = 2..2 + report::figures(&series);
        let row = |state: usize| {
            let cells =
                report::row(&series, state, language).into_iter().enumerate().map(|(column, cell)| {
                    let class = if figures.contains(&column) { "figure" } else { "" };
                    view! { <td class=class>{one_line(&cell)}</td> }
                });
            view! { <tr>{cells.collect_view()}</tr> }
        };
        let rows = (0..series.states.len()).rev().map(row).collect_view();
        view! {
            <div class="scrolls">
                <table class="plain states"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>
            </div>
        }
    });
    view! {
        <details class="engineer" data-do="states" on:toggle=move |event| _ = fold.toggled(&event)>
            <summary>{said}</summary>
            {table}
        </details>
    }
}
