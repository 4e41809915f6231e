//! The way from the size before to the size after, one bar a cause.

use plimsoll_analysis::compare::{BridgeCause, BridgeStep, ServiceComparison};
use plimsoll_snapshot::{ByteDelta, Bytes};

use super::colour::Colour;
use super::scale::Scale;
use super::scene::{Anchor, Look, Mark, Scene, Shape};
use super::sheet::{LEFT, Picture, RIGHT, Sheet, fitting};
use super::svg::Place;
use crate::format::{Quantity, name, shorten};
use crate::language::Language;

/// The height of a row, of one that names its parts, and of the bar in its middle.
const ROW: f64 = 32.0;
const TALL: f64 = 44.0;
const THICK: f64 = 20.0;
/// Where the bars lie in a file.
const FIELD: (f64, f64) = (330.0, 500.0);
/// The steps that have a separate bar. They come sorted, so what is left is the smallest.
const STEPS: usize = 8;

/// A bar with its texts.
#[derive(Clone, Debug)]
pub struct Row {
    /// What it stands for.
    pub label: String,
    /// The packages that add most to it.
    pub parts: Option<String>,
    /// Its size, or its difference with its sign.
    pub value: Quantity,
    /// Its difference; none for the sizes before and after.
    pub delta: Option<ByteDelta>,
    /// The bar, between the end of the one above and the beginning of the one below.
    pub scene: Scene,
}

impl Row {
    fn colour(&self) -> Colour {
        self.delta.map_or(Colour::Mark, Colour::of)
    }
}

/// The rows from before to after.
#[must_use]
pub fn rows(service: &ServiceComparison, language: Language) -> Vec<Row> {
    let bars = bars(service.size.before, &service.bridge);
    let last = bars.len() - 1;
    let row = |(index, bar): (usize, &Bar)| {
        let words = language.words();
        let (label, value, delta) = match bar.kind {
            BarKind::Before(bytes) => (words.before.to_owned(), language.bytes(bytes), None),
            BarKind::After(bytes) => (words.after.to_owned(), language.bytes(bytes), None),
            BarKind::Step(cause, delta) => (language.bridge_cause(cause), language.delta(delta), Some(delta)),
            BarKind::Other(delta) => (words.other_causes.to_owned(), language.delta(delta), Some(delta)),
        };
        let parts = parts(service, bar.kind, language);
        let height = if parts.is_some() { TALL } else { ROW };
        let comes_from = index.checked_sub(1).map(|above| bars[above].to);
        let colour = delta.map_or(Colour::Mark, Colour::of);
        let scene = scene(*bar, colour, height, (comes_from, index < last));
        Row { label, parts, value, delta, scene }
    };
    bars.iter().enumerate().map(row).collect()
}

/// The rows as a file.
#[must_use]
pub fn picture(service: &ServiceComparison, language: Language) -> Picture {
    let mut sheet = Sheet::new(&format!("{}: {}", language.words().why, name(&service.name)));
    let mut y = 40.0;
    for row in rows(service, language) {
        let middle = y + row.scene.height / 2.0;
        let baseline = middle + if row.parts.is_some() { -2.0 } else { 5.0 };
        sheet.text((LEFT, baseline), Anchor::Start, Colour::Ink, row.label.clone());
        if let Some(parts) = &row.parts {
            sheet.small((LEFT, middle + 13.0), shorten(parts, fitting(FIELD.0 - LEFT)));
        }
        sheet.draw(&row.scene.marks, Place::file(FIELD.0, y, FIELD.1));
        let colour = if row.colour() == Colour::Mark { Colour::Ink } else { row.colour() };
        sheet.text((RIGHT, middle + 5.0), Anchor::End, colour, row.value.to_string());
        y += row.scene.height;
    }
    sheet.finish("why", y + 20.0)
}

/// A bar, and the hairlines that lead from the end of the one above and to the beginning of the one below.
fn scene(bar: Bar, colour: Colour, height: f64, (comes_from, goes_on): (Option<f64>, bool)) -> Scene {
    let top = (height - THICK) / 2.0;
    let hairline = |at: f64, from: f64, to: f64| {
        Mark::line((at, from), (at, to), Look::line("connector", Colour::Mark, 1.0))
    };
    let mut marks: Vec<Mark> = comes_from.map(|at| hairline(at, 0.0, top)).into_iter().collect();
    marks.extend(goes_on.then(|| hairline(bar.to, top + THICK, height)));
    let shape = Shape::Box { from: bar.from.min(bar.to), to: bar.from.max(bar.to), top, height: THICK };
    marks.push(Mark::new(shape, Look::filled("", colour, 1.0)));
    // Keeps a step in sight that is narrower than a pixel.
    marks.push(Mark::line((bar.to, top), (bar.to, top + THICK), Look::line("tip", colour, 1.0)));
    Scene { height, marks }
}

/// The packages that add most to a step.
fn parts(service: &ServiceComparison, kind: BarKind, language: Language) -> Option<String> {
    let BarKind::Step(cause, _) = kind else { return None };
    let step = service.bridge.iter().find(|step| step.cause == cause)?;
    (!step.parts.is_empty()).then(|| language.bridge_parts(step))
}

/// A bar: where it begins, which is where the one before ended or zero, and where it ends.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Bar {
    kind: BarKind,
    from: f64,
    to: f64,
}

/// What a bar stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum BarKind {
    /// The size before.
    Before(Bytes),
    /// One cause.
    Step(BridgeCause, ByteDelta),
    /// All causes without a separate bar.
    Other(ByteDelta),
    /// The size after.
    After(Bytes),
}

/// The way from `before` to the size after by its steps. What has no separate bar is in the last one, so the way
/// ends at the size after, to the byte.
fn bars(before: Bytes, steps: &[BridgeStep]) -> Vec<Bar> {
    let own = if steps.len() > STEPS { STEPS - 1 } else { steps.len() };
    let mut kinds: Vec<(BarKind, ByteDelta)> =
        steps[..own].iter().map(|step| (BarKind::Step(step.cause, step.delta), step.delta)).collect();
    if own < steps.len() {
        let other = steps[own..].iter().map(|step| step.delta).sum();
        kinds.push((BarKind::Other(other), other));
    }
    let mut running = vec![before];
    for (_, delta) in &kinds {
        let last = *running.last().expect("it begins with one");
        running.push(moved(last, *delta));
    }
    let after = *running.last().expect("it begins with one");
    let scale = Scale::up_to(running.iter().copied().max().unwrap_or(Bytes::ZERO));
    let mut bars = vec![Bar { kind: BarKind::Before(before), from: 0.0, to: scale.at(before) }];
    bars.extend(kinds.iter().zip(running.windows(2)).map(|((kind, _), ends)| Bar {
        kind: *kind,
        from: scale.at(ends[0]),
        to: scale.at(ends[1]),
    }));
    bars.push(Bar { kind: BarKind::After(after), from: 0.0, to: scale.at(after) });
    bars
}

fn moved(bytes: Bytes, delta: ByteDelta) -> Bytes {
    if delta.0 < 0 { bytes - delta.magnitude() } else { bytes + delta.magnitude() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(cause: BridgeCause, delta: i64) -> BridgeStep {
        BridgeStep { cause, delta: ByteDelta(delta), parts: Vec::new() }
    }

    #[test]
    fn every_bar_begins_where_the_last_one_ended() {
        let steps = [step(BridgeCause::FilesRemoved, -60), step(BridgeCause::FilesAdded, 30)];
        let bars = bars(Bytes(100), &steps);
        let ends: Vec<_> = bars.iter().map(|bar| (bar.from, bar.to)).collect();
        assert_eq!(ends, [(0.0, 100.0), (100.0, 40.0), (40.0, 70.0), (0.0, 70.0)]);
        assert_eq!(bars[3].kind, BarKind::After(Bytes(70)));
    }

    #[test]
    fn the_scale_holds_the_highest_point_on_the_way() {
        let steps = [step(BridgeCause::FilesAdded, 300), step(BridgeCause::FilesRemoved, -50)];
        let bars = bars(Bytes(100), &steps);
        assert_eq!((bars[0].to, bars[1].to, bars[3].to), (25.0, 100.0, 87.5));
    }

    #[test]
    fn many_causes_end_in_one_bar_and_the_sum_stays_exact() {
        let steps: Vec<_> = (0..12).map(|at| step(BridgeCause::FilesAdded, 24 - at)).collect();
        let bars = bars(Bytes(100), &steps);
        assert_eq!(bars.len(), 10);
        assert_eq!(bars[8].kind, BarKind::Other(ByteDelta(17 + 16 + 15 + 14 + 13)));
        assert_eq!(bars[9].kind, BarKind::After(Bytes(100 + 222)));
    }

    #[test]
    fn nothing_has_no_width() {
        assert_eq!(bars(Bytes::ZERO, &[])[1].to, 0.0);
    }
}
