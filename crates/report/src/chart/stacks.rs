//! The layers of both sides, each side along one scale, so that what was kept, changed, removed and added is seen at once.

use plimsoll_analysis::compare::{LayerMatch, ServiceComparison};
use plimsoll_snapshot::Bytes;

use super::colour::Colour;
use super::paint::Paint;
use super::scale::Scale;
use super::scene::{Anchor, Look, Mark, Scene, Shape};
use super::sheet::{LEFT, Picture, RIGHT, Sheet};
use super::svg::Place;
use crate::format::name;
use crate::language::Language;
use crate::words::layer_match_key;

/// The height of a bar, and of the strip at its foot that stands for hidden bytes.
const HEIGHT: f64 = 28.0;
const HIDDEN: f64 = 8.0;
/// Where the bars begin in a file, and how far apart.
const FIELD: f64 = 110.0;
const ROW: f64 = 44.0;

/// The bars before and after.
#[must_use]
pub fn scenes(service: &ServiceComparison) -> [Scene; 2] {
    parts(service).map(|parts| {
        // Thinner than a tenth of a pixel on any screen.
        let visible = parts.iter().filter(|part| part.to - part.from > 0.01);
        Scene { height: HEIGHT, marks: visible.flat_map(marks).collect() }
    })
}

/// The bars as a file.
#[must_use]
pub fn picture(service: &ServiceComparison, language: Language) -> Picture {
    let words = language.words();
    let mut sheet = Sheet::new(&format!("{}: {}", words.layers, name(&service.name)));
    let mut y = 48.0;
    for (label, scene) in [words.before, words.after].into_iter().zip(scenes(service)) {
        sheet.text((LEFT, y + HEIGHT / 2.0 + 5.0), Anchor::Start, Colour::Ink, label.to_owned());
        sheet.draw(&scene.marks, Place::file(FIELD, y, RIGHT - FIELD));
        y += ROW;
    }
    sheet.finish("layers", y)
}

/// A layer: its files, its hidden bytes, and a gap to the next one.
fn marks(part: &StackPart) -> impl Iterator<Item = Mark> {
    let shape = Shape::Box { from: part.from, to: part.to, top: 0.0, height: HEIGHT };
    let mut marks = vec![Mark::new(shape, look(part.kind))];
    if part.hidden_from < part.to {
        let (from, to) = (part.hidden_from, part.to);
        let shape = Shape::Box { from, to, top: HEIGHT - HIDDEN, height: HIDDEN };
        marks.push(Mark::new(shape, Look::filled("unseen", Colour::More, 1.0)));
    }
    let gap = Look::line("", Colour::Page, 1.5);
    marks.push(Mark::line((part.to, 0.0), (part.to, HEIGHT), gap));
    marks.into_iter()
}

/// The look of a layer. One that is gone has a dashed edge.
fn look(kind: LayerMatch) -> Look {
    let paint = match kind {
        LayerMatch::Kept => Paint::Same,
        LayerMatch::Changed => Paint::Changed,
        LayerMatch::Removed => Paint::Gone,
        LayerMatch::Added => Paint::New,
    };
    let look = Look { class: layer_match_key(kind), ..paint.look() };
    match kind {
        LayerMatch::Removed => Look { stroke: Some((Colour::Less, 1.0)), dashes: Some("3 2"), ..look },
        LayerMatch::Kept | LayerMatch::Changed | LayerMatch::Added => look,
    }
}

/// A layer in the stack of its side, from 0 to 100 on the scale of both sides.
#[derive(Clone, Copy, Debug, PartialEq)]
struct StackPart {
    kind: LayerMatch,
    from: f64,
    to: f64,
    /// Where its hidden bytes begin.
    hidden_from: f64,
}

/// The layers of both sides along one scale, lowest first.
fn parts(service: &ServiceComparison) -> [Vec<StackPart>; 2] {
    let scale = Scale::up_to(service.size.before.max(service.size.after));
    [true, false].map(|is_before| {
        let image = if is_before { &service.before } else { &service.after };
        let mut at = Bytes::ZERO;
        let mut parts = Vec::new();
        for aligned in service.layers.iter() {
            let index = if is_before { aligned.before } else { aligned.after };
            let Some(layer) = image.as_ref().zip(index).and_then(|(image, index)| image.layers.get(index))
            else {
                continue;
            };
            let end = at + layer.file_bytes;
            parts.push(StackPart {
                kind: aligned.kind,
                from: scale.at(at),
                to: scale.at(end),
                hidden_from: scale.at(end - layer.hidden_bytes),
            });
            at = end;
        }
        parts
    })
}
