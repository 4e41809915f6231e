//! What a service took over time, before and after in one frame, with what happened to it below.

use plimsoll_analysis::memory::timeline::{Mark as Happened, MarkKind, Timeline};
use plimsoll_snapshot::Bytes;

use super::Side;
use super::colour::Colour;
use super::course::{Frame, most_within, value_at};
use super::multiples::rows;
use super::scene::{Anchor, Look, Mark, Scene, Shape};
use super::sheet::{LEFT, Picture, RIGHT, SMALL, Sheet};
use super::svg::Place;
use crate::language::Language;

/// The height of the field of the lines, of a lane of marks below it, and of the row of times.
const FIELD: f64 = 180.0;
const LANE: f64 = 30.0;
const TIMES: f64 = 20.0;
/// Marks that are nearer than this, in percent of the width, would lie on each other.
const CROWDED: f64 = 1.2;
/// The width of a mark in pixels.
const MARK: f64 = 14.0;
/// The height of a label in pixels.
const LABEL: f64 = 13.0;
/// How many steps lead from one end to the other, and how many rows the table has.
const STEPS: u64 = 40;
const ROWS: u64 = 20;

/// The two sides of one service.
#[derive(Clone, Copy, Debug)]
pub struct Courses<'a> {
    /// What was recorded, before and after.
    pub sides: [Option<&'a Timeline>; 2],
    /// The limits, before and after.
    pub limits: [Option<Bytes>; 2],
    /// The reservation.
    pub reservation: Option<Bytes>,
    /// The most by the kernel's own count.
    pub peak: Option<Bytes>,
}

impl<'a> Courses<'a> {
    /// The frame that holds both sides.
    #[must_use]
    pub fn frame(&self) -> Frame {
        Frame::of(self.sides, self.limits)
    }

    /// The sides that have something.
    pub fn known(&self) -> impl Iterator<Item = (Side, &'a Timeline)> + use<'a> {
        Side::ALL.into_iter().zip(self.sides).filter_map(|(side, timeline)| Some((side, timeline?)))
    }

    /// The time between two positions of the keyboard.
    #[must_use]
    pub fn step(&self) -> u64 {
        (self.frame().time.end / STEPS).max(1)
    }

    /// The levels that are drawn as lines, each with its look and its words.
    fn levels(&self, language: Language) -> Vec<(Look, String, Bytes)> {
        let (words, memory) = (language.words(), |bytes| language.memory(bytes));
        let limit = |bytes: Bytes, side: Option<&str>| {
            let side = side.map(|side| format!(" ({side})")).unwrap_or_default();
            format!("{} {}{side}", words.running.limit, memory(bytes))
        };
        let line = Look::line("limit", Colour::Ink, 1.5);
        let now = |bytes| (line, limit(bytes, None), bytes);
        let mut levels = match self.limits {
            [Some(before), Some(after)] if before == after => vec![now(after)],
            [before, after] => {
                let old = Look::line("limit old", Colour::Mark, 1.5);
                let before = before.map(|bytes| (old, limit(bytes, Some(words.before)), bytes));
                before.into_iter().chain(after.map(now)).collect()
            }
        };
        levels.extend(self.reservation.map(|bytes| {
            let look = Look { dashes: Some("3 3"), ..Look::line("reservation", Colour::Soft, 1.0) };
            (look, format!("{} {}", words.running.reservation, memory(bytes)), bytes)
        }));
        levels.extend(self.peak.map(|bytes| {
            let look = Look { dashes: Some("8 4"), ..Look::line("peak", Colour::Soft, 1.0) };
            (look, format!("{} {}", words.running.peak, memory(bytes)), bytes)
        }));
        levels
    }

    /// The levels that are too far above to be drawn: `↑ Limit 512 MiB · Reservation 128 MiB`.
    #[must_use]
    pub fn beyond(&self, language: Language) -> Option<String> {
        let frame = self.frame();
        let far = self.levels(language).into_iter().filter(|(.., bytes)| !frame.holds(*bytes));
        let labels: Vec<String> = far.map(|(_, label, _)| label).collect();
        (!labels.is_empty()).then(|| format!("↑ {}", labels.join(" · ")))
    }

    /// What is to be read at a moment: `45 s: before 412 MiB, after 210 MiB`.
    #[must_use]
    pub fn reading(&self, at: u64, language: Language) -> String {
        let frame = self.frame();
        let name = |side: Side| side.name(language).to_lowercase();
        let values = self.known().map(|(side, timeline)| {
            let none = || language.words().running.no_value.to_owned();
            let value = value_at(timeline, at).map_or_else(none, |bytes| language.memory(bytes));
            format!("{} {value}", name(side))
        });
        let near = frame.time.end / STEPS / 2;
        let marks = self.known().flat_map(|(side, timeline)| {
            timeline
                .marks
                .iter()
                .filter(move |mark| mark.at.abs_diff(at) <= near)
                .map(move |mark| format!("{} ({})", happened(mark.kind, language), name(side)))
        });
        let parts: Vec<String> = values.chain(marks.take(3)).collect();
        format!("{}: {}", moment(at, frame.is_timed, language), parts.join(", "))
    }

    /// The rows behind the chart: the most of each stretch of time, before and after.
    #[must_use]
    pub fn rows(&self, language: Language) -> Vec<(String, [Option<Bytes>; 2])> {
        let frame = self.frame();
        let step = (frame.time.end / ROWS).max(1);
        (0..=(frame.time.end / step).min(ROWS))
            .map(|row| {
                let (from, to) = (row * step, (row + 1).saturating_mul(step));
                let most = |side: Option<&Timeline>| side.and_then(|side| most_within(side, from, to));
                (moment(from, frame.is_timed, language), self.sides.map(most))
            })
            .filter(|(_, most)| most.iter().any(Option::is_some))
            .collect()
    }
}

/// A moment on the axis: `1 min 15 s`, or `sample 12`.
#[must_use]
pub fn moment(at: u64, is_timed: bool, language: Language) -> String {
    if is_timed && at == 0 {
        return "0".to_owned();
    }
    if is_timed { language.duration(at) } else { (language.words().running.sample)(&(at + 1).to_string()) }
}

/// What happened, as text.
#[must_use]
pub fn happened(kind: MarkKind, language: Language) -> String {
    let words = &language.words().running;
    match kind {
        MarkKind::OomKill => words.oom_kill.to_owned(),
        MarkKind::Died(Some(code)) => (words.ended_with)(&code.to_string()),
        MarkKind::Died(None) => words.ended.to_owned(),
        MarkKind::Started => words.started.to_owned(),
        MarkKind::Unhealthy => words.became_unhealthy.to_owned(),
    }
}

/// The sign for what happened, at a point.
#[must_use]
pub fn sign(kind: MarkKind, at: (f64, f64), title: Option<String>) -> Mark {
    let solid =
        |class, colour| Look { stroke: Some((Colour::Page, 1.0)), ..Look::filled(class, colour, 1.0) };
    let (path, look) = match kind {
        MarkKind::OomKill => ("M0 -6L6 5H-6Z", solid("mark oom", Colour::Fail)),
        MarkKind::Died(Some(0)) => ("M-4 -4H4V4H-4Z", solid("mark ended", Colour::Soft)),
        MarkKind::Died(_) => ("M-5 -5L5 5M5 -5L-5 5", Look::line("mark died", Colour::Fail, 2.0)),
        MarkKind::Started => {
            let edge = Look::line("mark started", Colour::Soft, 1.5);
            ("M-4 -5L5 0L-4 5Z", Look { fill: Some((Colour::Page, 1.0)), ..edge })
        }
        MarkKind::Unhealthy => ("M0 -6L6 0L0 6L-6 0Z", solid("mark unhealthy", Colour::Fail)),
    };
    Mark::new(Shape::Sign { at, path, title }, look)
}

/// The chart: values, levels, lines, a lane of marks for each side that has any, what else was used, and times.
#[must_use]
pub fn scene(courses: &Courses<'_>, language: Language) -> Scene {
    let frame = courses.frame();
    let mut marks = values(frame, language);
    marks.extend(levels(courses, frame, language));
    marks.extend(courses.known().flat_map(|(side, timeline)| lines(frame, side, timeline)));
    let mut y = FIELD;
    for (side, timeline) in courses.known() {
        if !timeline.marks.is_empty() || !timeline.loads.is_empty() {
            marks.extend(lane(frame, side, timeline, y + LANE - 9.0, language));
            y += LANE;
        }
    }
    let (others, more) = rows(courses.known(), frame, y, language);
    marks.extend(others);
    let height = y + more + TIMES;
    marks.extend(times(frame, height, language));
    // A label under a curve cannot be read.
    marks.sort_by_key(|mark| matches!(mark.shape, Shape::Text { .. }));
    Scene { height, marks }
}

/// The chart as a file, with what its lines stand for above it.
#[must_use]
pub fn picture(name: &str, courses: &Courses<'_>, language: Language) -> Picture {
    const TOP: f64 = 76.0;
    let words = language.words();
    let mut sheet = Sheet::new(&format!("{}: {name}", words.running.timeline));
    let mut x = LEFT;
    for (side, _) in courses.known() {
        let from = Mark::line((0.0, 46.0), (2.0, 46.0), side.line());
        sheet.draw(&[from], Place::file(x, 0.0, 900.0));
        sheet.text((x + 26.0, 50.0), Anchor::Start, Colour::Soft, side.name(language).to_lowercase());
        x += 100.0;
    }
    if let Some(beyond) = courses.beyond(language) {
        sheet.text((RIGHT, 50.0), Anchor::End, Colour::Soft, beyond);
    }
    let scene = scene(courses, language);
    sheet.draw(&scene.marks, Place::file(LEFT, TOP, RIGHT - LEFT));
    sheet.finish("memory-timeline", TOP + scene.height + 8.0)
}

/// A small text over whatever is drawn.
fn note(at: (f64, f64), text: String, colour: Colour) -> Mark {
    Mark::text(at, text, colour).sized(SMALL).edged()
}

fn values(frame: Frame, language: Language) -> Vec<Mark> {
    let values = frame.memory.ticks().flat_map(|value| {
        let y = height_of(frame, value);
        let line = Mark::line((0.0, y), (100.0, y), Look::line("axis", Colour::Line, 1.0));
        let text = (value > 0).then(|| note((0.0, y - 3.0), language.memory(Bytes(value)), Colour::Soft));
        [Some(line), text]
    });
    values.flatten().collect()
}

fn times(frame: Frame, height: f64, language: Language) -> impl Iterator<Item = Mark> {
    frame.time.ticks().map(move |at| {
        let x = frame.time.at(at);
        let anchor = match x {
            ..4.0 => Anchor::Start,
            96.0.. => Anchor::End,
            _ => Anchor::Middle,
        };
        note((x, height - 4.0), moment(at, frame.is_timed, language), Colour::Soft).anchored(anchor)
    })
}

fn levels(courses: &Courses<'_>, frame: Frame, language: Language) -> Vec<Mark> {
    let mut taken: Vec<f64> = Vec::new();
    let mut marks = Vec::new();
    for (look, label, bytes) in courses.levels(language) {
        if !frame.holds(bytes) {
            continue;
        }
        let line = height_of(frame, bytes.0);
        let mut y = if line < LABEL + 1.0 { line + LABEL } else { line - 4.0 };
        // Labels that would lie on each other make room.
        while taken.iter().any(|other| (other - y).abs() < LABEL) {
            y += LABEL;
        }
        taken.push(y);
        marks.push(Mark::line((0.0, line), (100.0, line), look));
        let colour = if look.class == "limit" { Colour::Ink } else { Colour::Soft };
        marks.push(note((100.0, y), label, colour).anchored(Anchor::End));
    }
    marks
}

fn lines(frame: Frame, side: Side, timeline: &Timeline) -> impl Iterator<Item = Mark> {
    timeline.lines.iter().map(move |line| {
        let shape = Shape::Course { top: 0.0, height: FIELD, path: frame.path(line) };
        Mark::new(shape, side.line())
    })
}

fn lane(frame: Frame, side: Side, timeline: &Timeline, y: f64, language: Language) -> Vec<Mark> {
    let rule = Mark::line((0.0, y), (100.0, y), Look::line("axis", Colour::Line, 1.0));
    let mut marks = vec![rule, note((0.0, y - 8.0), side.name(language).to_lowercase(), Colour::Soft)];
    marks.extend(timeline.loads.iter().map(|&(from, to)| {
        let look = Look { faint: Some(0.6), ..Look::line("load", Colour::Mark, 5.0) };
        Mark::line((frame.time.at(from), y), (frame.time.at(to), y), look)
    }));
    let (mut crowd, mut last) = (0.0, None::<f64>);
    for Happened { at, kind } in &timeline.marks {
        let x = frame.time.at(*at);
        // What happened at once stands side by side.
        crowd = if last.is_some_and(|last| x - last < CROWDED) { crowd + MARK } else { 0.0 };
        if crowd == 0.0 {
            last = Some(x);
        }
        marks.push(sign(*kind, (x, y), Some(happened(*kind, language))).shifted(crowd));
    }
    marks
}

fn height_of(frame: Frame, value: u64) -> f64 {
    FIELD * (1.0 - frame.memory.at(value) / 100.0)
}
