//! How a stack developed: its size at every point, the part of base images, the steps, and the budget.

use plimsoll_analysis::series::Series;
use plimsoll_snapshot::Bytes;

use super::colour::Colour;
use super::scene::{Anchor, Look, Mark, Scene, Shape};
use super::sheet::{LEFT, Picture, RIGHT, SMALL, Sheet};
use super::svg::Place;
use crate::format::shorten;
use crate::language::Language;
use crate::series::{caption, sentences, step_lines};

/// The height of the field of the line, and of the row of names below it.
pub const FIELD: f64 = 220.0;
const NAMES: f64 = 20.0;
/// The space above the highest value, for labels.
const HEAD: f64 = 18.0;
/// The space on the left for the values of the axis, in percent of the width.
const AXIS: f64 = 8.0;
/// Where the first and the last state lie, in percent of the width.
const FIRST: f64 = AXIS + 2.0;
const LAST: f64 = 98.0;
/// Labels of steps that are nearer than this, in percent of the width, would lie on each other.
const CROWDED: f64 = 9.0;
/// The longest name below the chart.
const NAME: usize = 14;
/// The height of a line of text on a sheet, and its longest text.
const ROW: f64 = 18.0;
const TEXT: usize = 140;

/// An axis of decimal sizes, which need not begin with zero: a size that hardly changes would be a flat line.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Sizes {
    from: u64,
    to: u64,
    step: u64,
}

impl Sizes {
    /// At most five values, in steps of 1, 2 or 5 of a power of ten.
    fn of(least: u64, most: u64) -> Self {
        // From zero on, if that leaves half of the field to the line.
        let least = if least < most / 2 { 0 } else { least };
        let rough = (most - least).max(most / 20).max(4) / 4;
        let power = 10_u64.pow(rough.max(1).ilog10());
        let step =
            [1, 2, 5, 10].into_iter().map(|factor| power.saturating_mul(factor)).find(|step| *step >= rough);
        let step = step.unwrap_or(power);
        let from = least / step * step;
        Self { from, to: most.div_ceil(step).saturating_mul(step).max(from.saturating_add(step)), step }
    }

    /// Pixels from the top.
    #[expect(clippy::cast_precision_loss, reason = "a position in a picture")]
    fn at(self, value: u64) -> f64 {
        let share = value.saturating_sub(self.from) as f64 / (self.to - self.from).max(1) as f64;
        HEAD + (1.0 - share.min(1.0)) * (FIELD - HEAD)
    }

    fn ticks(self) -> impl Iterator<Item = u64> {
        (0..8)
            .map(move |index: u64| self.from.saturating_add(index.saturating_mul(self.step)))
            .take_while(move |value| *value <= self.to)
    }
}

/// Where a state lies horizontally, in percent of the width: states are as far apart as builds are, not as time is.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "a position in a picture")]
pub fn across(index: usize, count: usize) -> f64 {
    FIRST + index as f64 / (count.saturating_sub(1)).max(1) as f64 * (LAST - FIRST)
}

/// The state that is nearest to a place, in percent of the width.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a position in a picture"
)]
pub fn nearest(at: f64, count: usize) -> usize {
    let last = count.saturating_sub(1);
    let share = (at - FIRST) / (LAST - FIRST);
    ((share.clamp(0.0, 1.0) * last as f64).round() as usize).min(last)
}

/// The chart; none for fewer than two points with a size.
#[must_use]
pub fn scene(series: &Series, language: Language) -> Option<Scene> {
    let count = series.states.len();
    let sizes: Vec<(usize, u64)> =
        (0..count).filter_map(|index| Some((index, series.size(index)?.0))).collect();
    if sizes.len() < 2 {
        return None;
    }
    let values = || sizes.iter().map(|(_, size)| *size).chain(near_budget(series, &sizes));
    let axis = Sizes::of(values().min()?, values().max()?);
    let mut marks = Vec::new();
    for value in axis.ticks() {
        let y = axis.at(value);
        marks.push(Mark::line((AXIS, y), (100.0, y), Look::line("grid", Colour::Line, 1.0)));
        let label = language.bytes(Bytes(value)).to_string();
        marks.push(
            Mark::text((AXIS, y + 4.0), label, Colour::Soft).sized(SMALL).anchored(Anchor::End).shifted(-6.0),
        );
    }
    if let Some(budget) = near_budget(series, &sizes) {
        let look = Look { dashes: Some("6 4"), ..Look::line("budget", Colour::Fail, 1.5) };
        let y = axis.at(budget);
        marks.push(Mark::line((AXIS, y), (100.0, y), look));
        let text = format!("{} {}", language.words().series.budget, language.bytes(Bytes(budget)));
        let text = Mark::text((100.0, y - 5.0), text, Colour::Fail).sized(SMALL);
        marks.push(text.anchored(Anchor::End).edged());
    }
    let base: Vec<(usize, u64)> = (0..count)
        .filter_map(|index| {
            let state = &series.states[index];
            // The base image belongs to the unpacked size.
            state.size.filter(|size| series.size(index) == Some(*size))?;
            Some((index, state.base?.0))
        })
        .filter(|(_, base)| *base >= axis.from)
        .collect();
    if base.iter().any(|(_, base)| *base > 0) {
        marks.extend(course(&base, count, axis, Look::line("base", Colour::Mark, 2.0)));
        let (first, value) = base[0];
        let at = (across(first, count), (axis.at(value) + 14.0).min(FIELD - 4.0));
        let name = language.words().series.base_head.to_owned();
        marks.push(Mark::text(at, name, Colour::Soft).sized(SMALL).edged());
    }
    marks.extend(course(&sizes, count, axis, Look::line("size", Colour::Ink, 2.0)));
    marks.extend(steps(series, axis, language));
    marks.extend(names(series, count));
    Some(Scene { height: FIELD + NAMES, marks })
}

/// The budget, unless it is so far above that it would press the line flat.
fn near_budget(series: &Series, sizes: &[(usize, u64)]) -> Option<u64> {
    let most = sizes.iter().map(|(_, size)| *size).max()?;
    series.budget.map(|budget| budget.0).filter(|budget| *budget <= most.saturating_mul(2))
}

/// A line through points.
fn course(points: &[(usize, u64)], count: usize, axis: Sizes, look: Look) -> impl Iterator<Item = Mark> {
    let place = move |(index, value): (usize, u64)| (across(index, count), axis.at(value));
    points.windows(2).map(move |pair| Mark::line(place(pair[0]), place(pair[1]), look))
}

/// A dot at the end of each step: filled, or hollow if it is accepted; with its change, where there is room.
fn steps(series: &Series, axis: Sizes, language: Language) -> Vec<Mark> {
    let count = series.states.len();
    let mut marks = Vec::new();
    let mut largest: Vec<&plimsoll_analysis::series::Step> = series.steps.iter().collect();
    largest.sort_by_key(|step| std::cmp::Reverse(step.delta.magnitude()));
    let mut labelled: Vec<f64> = Vec::new();
    for step in largest {
        let Some(size) = series.size(step.to) else { continue };
        let (x, y) = (across(step.to, count), axis.at(size.0));
        let colour = if step.delta.0 > 0 { Colour::More } else { Colour::Less };
        let look = if step.accepted.is_some() {
            Look { fill: Some((Colour::Page, 1.0)), ..Look::line("step accepted", colour, 2.0) }
        } else {
            Look::filled("step", colour, 1.0)
        };
        marks.push(Mark::new(Shape::Circle((x, y), 5.0), look));
        if labelled.iter().all(|other| (other - x).abs() >= CROWDED) {
            labelled.push(x);
            // The line comes from above where it fell.
            let below = y + 17.0;
            let at = if step.delta.0 < 0 && below < FIELD { below } else { y - 9.0 };
            let text = Mark::text((x, at), language.delta(step.delta).to_string(), colour).sized(SMALL);
            let anchor = if x > 92.0 { Anchor::End } else { Anchor::Middle };
            marks.push(text.anchored(anchor).edged());
        }
    }
    marks
}

/// The names of the first point, of the last one, and of some between them.
fn names(series: &Series, count: usize) -> Vec<Mark> {
    let every = count.div_ceil(6).max(1);
    let shown = (0..count).filter(|index| index % every == 0 && index + every <= count || index + 1 == count);
    shown
        .map(|index| {
            let name = shorten(&crate::format::one_line(&series.states[index].name), NAME);
            let anchor = if index + 1 == count { Anchor::End } else { Anchor::Middle };
            let mark = Mark::text((across(index, count), FIELD + 15.0), name, Colour::Soft);
            mark.sized(SMALL).anchored(anchor)
        })
        .collect()
}

/// The chart as a file, with the steps and their causes below it.
#[must_use]
pub fn picture(series: &Series, language: Language) -> Picture {
    let mut sheet = Sheet::new(&caption(series, language));
    let mut y = 46.0;
    if let Some(scene) = scene(series, language) {
        sheet.draw(&scene.marks, Place::file(LEFT, y, RIGHT - LEFT));
        y += scene.height + ROW;
    }
    for line in sentences(series, language).into_iter().chain(step_lines(series, language)) {
        sheet.small((LEFT, y), shorten(&line, TEXT));
        y += ROW;
    }
    sheet.finish("trend", y)
}

#[cfg(test)]
mod tests {
    use plimsoll_analysis::series::{State, Thresholds};

    use super::*;

    fn series(sizes: &[u64], budget: Option<u64>) -> Series {
        let state = |(index, size): (usize, &u64)| State {
            name: format!("v{index}"),
            size: Some(Bytes(*size)),
            ..State::default()
        };
        let states = sizes.iter().enumerate().map(state).collect();
        Series::of(states, Thresholds::default(), budget.map(Bytes))
    }

    #[test]
    fn an_axis_has_few_round_values() {
        for (least, most, from, to, step) in [
            (410_000_000, 442_000_000, 410_000_000, 450_000_000, 10_000_000),
            (100, 1_000_000_000, 0, 1_000_000_000, 500_000_000),
            (7, 7, 7, 8, 1),
        ] {
            assert_eq!(Sizes::of(least, most), Sizes { from, to, step });
        }
        for most in [0, 1, 999, u64::MAX / 2, u64::MAX] {
            let axis = Sizes::of(0, most);
            assert!(axis.ticks().count() <= 8 && axis.at(most) >= HEAD - 0.001, "{axis:?}");
        }
    }

    #[test]
    fn the_nearest_state_is_the_one_at_a_place() {
        for count in [1, 2, 3, 500] {
            for index in [0, count / 2, count - 1] {
                assert_eq!(nearest(across(index, count), count), index, "{index} of {count}");
            }
            assert_eq!((nearest(-5.0, count), nearest(f64::INFINITY, count)), (0, count - 1));
        }
        assert_eq!((nearest(50.0, 0), nearest(f64::NAN, 3)), (0, 0));
    }

    #[test]
    fn every_mark_lies_in_the_frame_whatever_the_number_of_points() {
        for count in [2, 3, 7, 500] {
            let sizes: Vec<u64> = (0..count).map(|index| 100_000_000 + index % 7 * 9_000_000).collect();
            let scene = scene(&series(&sizes, Some(150_000_000)), Language::English).unwrap();
            for mark in &scene.marks {
                let points = match &mark.shape {
                    Shape::Line(from, to) => vec![*from, *to],
                    Shape::Circle(at, _) | Shape::Text { at, .. } => vec![*at],
                    _ => Vec::new(),
                };
                let is_within =
                    |(x, y): &(f64, f64)| (0.0..=100.0).contains(x) && (0.0..=scene.height).contains(y);
                assert!(points.iter().all(is_within), "{mark:?}");
            }
        }
        assert_eq!(scene(&series(&[5], None), Language::English), None);
    }
}
