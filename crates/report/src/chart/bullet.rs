//! What a service takes against what it may take, as a bar: median, 95th percentile and most, limit, reservation and the
//! limit that is suggested.

use plimsoll_analysis::memory::{Memory, ServiceMemory};
use plimsoll_snapshot::Bytes;

use super::Side;
use super::colour::Colour;
use super::scale::Scale;
use super::scene::{Anchor, Look, Mark, Scene, Shape};
use super::sheet::{LEFT, Picture, RIGHT, Sheet};
use super::svg::Place;
use crate::format::{one_line, shorten};
use crate::language::Language;

/// The height of a bar.
const HEIGHT: f64 = 24.0;
/// Where the bars lie in a file, and how far apart.
const FIELD: (f64, f64) = (240.0, 500.0);
const ROW: f64 = 28.0;
/// What stands for a figure that is not known.
const NONE: &str = "–";

/// The end of the scale that all services of both sides share.
#[must_use]
pub fn scale(sides: [Option<&Memory>; 2]) -> Scale {
    let services = sides.into_iter().flatten().flat_map(|memory| &memory.services);
    let figures = services.flat_map(|service| {
        [
            service.working_set.map(|taken| taken.max),
            service.limit.bytes(),
            service.reservation,
            service.suggestion.limit,
        ]
    });
    Scale::up_to(figures.flatten().max().unwrap_or(Bytes::ZERO))
}

/// The bar of a service.
#[must_use]
pub fn scene(service: &ServiceMemory, scale: Scale, side: Side) -> Scene {
    let bar = |to: Bytes, height: f64, look: Look| {
        let top = (HEIGHT - height) / 2.0;
        Mark::new(Shape::Box { from: 0.0, to: scale.at(to), top, height }, look)
    };
    let edge = |at: Bytes, look: Look| Mark::line((scale.at(at), 0.0), (scale.at(at), HEIGHT), look);
    let colour = side.colour();
    let limit = service.limit.bytes();
    let mut marks = Vec::new();
    marks.extend(limit.map(|at| bar(at, 16.0, Look::filled("track", Colour::Wash, 1.0))));
    if let Some(taken) = service.working_set {
        marks.push(bar(taken.max, 8.0, Look::filled("most", colour, 0.4)));
        marks.push(bar(taken.p95, 12.0, Look::filled("p95", colour, 0.55)));
        marks.push(bar(taken.p50, 16.0, Look::filled("p50", colour, 0.9)));
    }
    let reservation = Look { dashes: Some("2 2"), ..Look::line("reservation", Colour::Soft, 1.5) };
    marks.extend(service.reservation.map(|at| edge(at, reservation)));
    marks.extend(limit.map(|at| edge(at, Look::line("limit", Colour::Ink, 3.0))));
    marks.extend(service.suggestion.limit.map(|at| {
        let look = Look { fill: Some((Colour::Page, 1.0)), ..Look::line("suggested", Colour::Ink, 1.5) };
        Mark::new(Shape::Sign { at: (scale.at(at), 0.0), path: "M-5 0H5L0 7Z", title: None }, look)
    }));
    Scene { height: HEIGHT, marks }
}

/// The bars of services as a file, each with its side.
#[must_use]
pub fn picture(services: &[(Side, &ServiceMemory)], scale: Scale, language: Language) -> Picture {
    let mut sheet = Sheet::new(language.words().memory);
    let mut y = 44.0;
    for (side, service) in services {
        let side_name = side.name(language).to_lowercase();
        let name = format!("{} ({side_name})", shorten(&one_line(&service.name), 20));
        let baseline = y + HEIGHT / 2.0 + 5.0;
        sheet.text((LEFT, baseline), Anchor::Start, Colour::Ink, name);
        sheet.draw(&scene(service, scale, *side).marks, Place::file(FIELD.0, y, FIELD.1));
        let figure = |bytes: Option<Bytes>| bytes.map_or_else(|| NONE.to_owned(), |it| language.memory(it));
        let most = figure(service.working_set.map(|taken| taken.max));
        let figures = format!("{most} / {}", figure(service.limit.bytes()));
        sheet.text((RIGHT, baseline), Anchor::End, Colour::Soft, figures);
        y += ROW;
    }
    sheet.finish("memory", y + 12.0)
}
