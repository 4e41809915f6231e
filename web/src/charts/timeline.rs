//! What a service took over time, before and after in one frame, with what happened to it below.

use leptos::prelude::*;
use plimsoll_analysis::memory::timeline::{Mark, MarkKind, Timeline};
use plimsoll_snapshot::Bytes;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent, MouseEvent};

use super::course::{Frame, most_within, value_at};
use crate::text::{self, words};

/// The height of the field of the lines, and of a lane of marks below it.
const FIELD: f64 = 180.0;
const LANE: f64 = 22.0;
/// Marks that are nearer than this, in percent of the width, would lie on each other.
const CROWDED: f64 = 1.2;
/// How many steps the arrow keys take from one end to the other, and how many rows the table has.
const STEPS: u64 = 40;
const ROWS: u64 = 20;

/// The two sides of one service.
#[derive(Clone, Copy)]
pub(crate) struct Courses {
    pub(crate) sides: [Option<&'static Timeline>; 2],
    pub(crate) limits: [Option<Bytes>; 2],
    pub(crate) reservation: Option<Bytes>,
    /// The most by the kernel's own count.
    pub(crate) peak: Option<Bytes>,
}

impl Courses {
    pub(crate) fn frame(&self) -> Frame {
        Frame::of(self.sides, self.limits)
    }

    /// The sides that have something, with their names.
    pub(crate) fn named(&self) -> impl Iterator<Item = (usize, &'static str, &'static Timeline)> {
        let names = [words().before, words().after];
        let sides = self.sides;
        (0..2).filter_map(move |index| Some((index, names[index], sides[index]?)))
    }

    /// The levels that are drawn as lines, each with its class and its words.
    pub(crate) fn levels(&self) -> Vec<(&'static str, String, Bytes)> {
        let limit = |bytes, side: Option<&str>| {
            let side = side.map(|side| format!(" ({side})")).unwrap_or_default();
            format!("{} {}{side}", words().running.limit, text::memory(bytes))
        };
        let mut levels = match self.limits {
            [Some(before), Some(after)] if before == after => vec![("limit", limit(after, None), after)],
            [before, after] => {
                let before = before.map(|bytes| ("limit old", limit(bytes, Some(words().before)), bytes));
                before.into_iter().chain(after.map(|bytes| ("limit", limit(bytes, None), bytes))).collect()
            }
        };
        levels.extend(self.reservation.map(|bytes| {
            ("reservation", format!("{} {}", words().running.reservation, text::memory(bytes)), bytes)
        }));
        let peak = self
            .peak
            .map(|bytes| ("peak", format!("{} {}", words().running.peak, text::memory(bytes)), bytes));
        levels.extend(peak);
        levels
    }
}

/// A moment on the axis: `1 min 15 s`, or `sample 12`.
pub(crate) fn moment(at: u64, is_timed: bool) -> String {
    if is_timed && at == 0 {
        return "0".to_owned();
    }
    if is_timed { text::duration(at) } else { (words().running.sample)(&(at + 1).to_string()) }
}

/// The shape of a mark, around a point, and its class.
pub(crate) const fn shape(kind: MarkKind) -> (&'static str, &'static str) {
    match kind {
        MarkKind::OomKill => ("oom", "M0 -6L6 5H-6Z"),
        MarkKind::Died(Some(0)) => ("ended", "M-4 -4H4V4H-4Z"),
        MarkKind::Died(_) => ("died", "M-5 -5L5 5M5 -5L-5 5"),
        MarkKind::Started => ("started", "M-4 -5L5 0L-4 5Z"),
        MarkKind::Unhealthy => ("unhealthy", "M0 -6L6 0L0 6L-6 0Z"),
    }
}

/// What happened, as text.
pub(crate) fn happened(kind: MarkKind) -> String {
    let words = &words().running;
    match kind {
        MarkKind::OomKill => words.oom_kill.to_owned(),
        MarkKind::Died(Some(code)) => (words.ended_with)(&code.to_string()),
        MarkKind::Died(None) => words.ended.to_owned(),
        MarkKind::Started => words.started.to_owned(),
        MarkKind::Unhealthy => words.became_unhealthy.to_owned(),
    }
}

/// The chart, its reading line, its legend and its table.
#[component]
#[expect(clippy::needless_pass_by_value, reason = "properties of components are values")]
pub(crate) fn TimelineChart(name: String, courses: Courses, summary: String) -> impl IntoView {
    let frame = courses.frame();
    let end = frame.time.end;
    let cursor = RwSignal::new(None::<u64>);
    let read = move || cursor.get().map(|at| reading(courses, frame, at));
    let on_key = move |event: KeyboardEvent| {
        let step = (end / STEPS).max(1);
        let at = cursor.get_untracked();
        let to = match event.key().as_str() {
            "ArrowLeft" | "ArrowDown" => at.unwrap_or(end).saturating_sub(step),
            "ArrowRight" | "ArrowUp" => at.map_or(0, |at| (at + step).min(end)),
            "Home" => 0,
            "End" => end,
            "Escape" => return cursor.set(None),
            _ => return,
        };
        event.prevent_default();
        cursor.set(Some(to));
    };
    let on_move = move |event: MouseEvent| {
        let field = event.current_target().and_then(|field| field.dyn_into::<Element>().ok());
        let Some(width) = field.map(|field| field.client_width()).filter(|width| *width > 0) else { return };
        cursor.set(Some(place(f64::from(event.offset_x()) / f64::from(width), end)));
    };
    let lanes: Vec<_> =
        courses.named().filter(|(_, _, side)| !side.marks.is_empty() || !side.loads.is_empty()).collect();
    #[expect(clippy::cast_precision_loss, reason = "two lanes at most")]
    let height = FIELD + lanes.len() as f64 * LANE + 20.0;
    let lane_views = lanes
        .iter()
        .enumerate()
        .map(|(row, (index, label, side))| {
            #[expect(clippy::cast_precision_loss, reason = "two lanes at most")]
            let y = FIELD + (row as f64 + 0.5) * LANE + 2.0;
            lane(frame, side, *index, label, y)
        })
        .collect_view();
    view! {
        <figure class="timeline" data-timeline=name.clone()>
            {beyond(courses, frame).map(|far| view! { <p class="beyond" aria-hidden="true">{far}</p> })}
            <div
                class="field"
                tabindex="0"
                role="slider"
                aria-label=format!("{}: {}", words().running.timeline, name)
                aria-valuemin="0"
                aria-valuemax=end.to_string()
                aria-valuenow=move || cursor.get().unwrap_or(0).to_string()
                aria-valuetext=move || read().unwrap_or_else(|| summary.clone())
                on:keydown=on_key
                on:mousemove=on_move
                on:mouseleave=move |_| cursor.set(None)
            >
                <svg height=height.to_string() aria-hidden="true">
                    {axes(frame)}
                    {levels(courses, frame)}
                    {courses.named().map(|(index, _, side)| lines(frame, side, index)).collect_view()}
                    {lane_views}
                    {times(frame, height)}
                    {move || {
                        cursor.get().map(|at| {
                            let x = percent(frame.time.at(at));
                            view! { <line class="cursor" x1=x.clone() x2=x y1="0" y2=(height - 18.0).to_string() /> }
                        })
                    }}
                </svg>
            </div>
            <p class="reading" aria-hidden="true">{move || read().unwrap_or_else(|| words().running.reading_help.to_owned())}</p>
        </figure>
    }
}

/// The moment at a share of the width.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a place on a screen"
)]
fn place(share: f64, end: u64) -> u64 {
    (share.clamp(0.0, 1.0) * end as f64) as u64
}

fn percent(at: f64) -> String {
    format!("{at:.3}%")
}

/// `45 s: before 412 MiB, after 210 MiB`.
fn reading(courses: Courses, frame: Frame, at: u64) -> String {
    let values: Vec<String> = courses
        .named()
        .map(|(_, label, side)| {
            let value = value_at(side, at).map_or_else(|| words().running.no_value.to_owned(), text::memory);
            format!("{} {value}", label.to_lowercase())
        })
        .collect();
    let near = frame.time.end / STEPS;
    let marks = courses.named().flat_map(|(_, label, side)| {
        side.marks
            .iter()
            .filter(move |mark| mark.at.abs_diff(at) <= near / 2)
            .map(move |mark| format!("{} ({})", happened(mark.kind), label.to_lowercase()))
    });
    let parts: Vec<String> = values.into_iter().chain(marks.take(3)).collect();
    format!("{}: {}", moment(at, frame.is_timed), parts.join(", "))
}

fn axes(frame: Frame) -> impl IntoView {
    let ticks = frame.memory.ticks().map(|value| {
        let y = FIELD * (1.0 - frame.memory.at(value) / 100.0);
        view! {
            <line class="axis" x1="0" x2="100%" y1=format!("{y:.1}") y2=format!("{y:.1}") />
            <text class="tick" x="0" y=format!("{:.1}", y - 3.0)>{(value > 0).then(|| text::memory(Bytes(value)))}</text>
        }
    });
    ticks.collect_view()
}

fn times(frame: Frame, height: f64) -> impl IntoView {
    let y = (height - 4.0).to_string();
    let ticks = frame.time.ticks().map(move |at| {
        let x = frame.time.at(at);
        let anchor = if x < 4.0 { "start" } else if x > 96.0 { "end" } else { "middle" };
        view! { <text class="tick" x=percent(x) y=y.clone() text-anchor=anchor>{moment(at, frame.is_timed)}</text> }
    });
    ticks.collect_view()
}

/// The levels that are too far above to be drawn: `↑ Limit 512 MiB · Reservation 128 MiB`.
fn beyond(courses: Courses, frame: Frame) -> Option<String> {
    let far = courses.levels().into_iter().filter(|(.., bytes)| !frame.holds(*bytes));
    let labels: Vec<String> = far.map(|(_, label, _)| label).collect();
    (!labels.is_empty()).then(|| format!("↑ {}", labels.join(" · ")))
}

fn levels(courses: Courses, frame: Frame) -> impl IntoView {
    let held = courses.levels().into_iter().filter(|(.., bytes)| frame.holds(*bytes));
    let levels = held.map(|(class, label, bytes)| {
        let y = FIELD * (1.0 - frame.memory.at(bytes.0) / 100.0);
        let line = view! { <line class=class x1="0" x2="100%" y1=format!("{y:.1}") y2=format!("{y:.1}") /> };
        let text_y = if y < 14.0 { y + 13.0 } else { y - 4.0 };
        (class, label, line, text_y)
    });
    let mut taken: Vec<f64> = Vec::new();
    let mut views = Vec::new();
    for (class, label, line, wanted) in levels {
        // Labels that would lie on each other make room.
        let mut y = wanted;
        while taken.iter().any(|other| (other - y).abs() < 13.0) {
            y += 13.0;
        }
        taken.push(y);
        views.push(view! {
            {line}
            <text class=format!("level {class}") x="100%" y=format!("{y:.1}") text-anchor="end">{label}</text>
        });
    }
    views
}

fn lines(frame: Frame, side: &Timeline, index: usize) -> impl IntoView {
    let class = if index == 0 { "line before" } else { "line after" };
    let paths =
        side.lines.iter().map(|line| view! { <path class=class d=frame.path(line) /> }).collect_view();
    view! {
        <svg x="0" y="0" width="100%" height=FIELD.to_string() viewBox="0 0 1000 1000" preserveAspectRatio="none">
            {paths}
        </svg>
    }
}

fn lane(frame: Frame, side: &Timeline, index: usize, label: &str, y: f64) -> impl IntoView {
    let loads = side.loads.iter().map(|&(from, to)| {
        let (from, to) = (frame.time.at(from), frame.time.at(to));
        view! { <line class="load" x1=percent(from) x2=percent(to) y1=y.to_string() y2=y.to_string() /> }
    });
    let mut crowd = 0;
    let mut last = None::<f64>;
    let marks = side.marks.iter().map(|Mark { at, kind }| {
        let (class, shape) = shape(*kind);
        let x = frame.time.at(*at);
        // What happened at once stands side by side.
        crowd = if last.is_some_and(|last| x - last < CROWDED) { crowd + 1 } else { 0 };
        if crowd == 0 {
            last = Some(x);
        }
        view! {
            <svg class=format!("mark {class}") style=format!("x: calc({x:.3}% + {}px)", crowd * 14) y=y.to_string()>
                <title>{happened(*kind)}</title>
                <path d=shape />
            </svg>
        }
    });
    let marks = marks.collect::<Vec<_>>();
    let class = if index == 0 { "lane before" } else { "lane after" };
    view! {
        <g class=class>
            <line class="axis" x1="0" x2="100%" y1=y.to_string() y2=y.to_string() />
            <text class="tick" x="0" y=(y - 4.0).to_string()>{label.to_lowercase()}</text>
            {loads.collect_view()}
            {marks}
        </g>
    }
}

/// The rows behind the chart: the most of each stretch of time, before and after.
pub(crate) fn rows(courses: &Courses) -> Vec<(String, [Option<Bytes>; 2])> {
    let frame = courses.frame();
    let step = (frame.time.end / ROWS).max(1);
    (0..=frame.time.end / step)
        .take(usize::try_from(ROWS).unwrap_or(20) + 1)
        .map(|row| {
            let (from, to) = (row * step, (row + 1).saturating_mul(step));
            let most = |side: Option<&Timeline>| side.and_then(|side| most_within(side, from, to));
            (moment(from, frame.is_timed), courses.sides.map(most))
        })
        .filter(|(_, most)| most.iter().any(Option::is_some))
        .collect()
}
