//! The two sizes of each service on the scale that all services share.

use plimsoll_analysis::compare::{Comparison, ServiceComparison};
use plimsoll_snapshot::Bytes;

use super::colour::Colour;
use super::scale::Scale;
use super::scene::{Anchor, Look, Mark, Scene, Shape};
use super::sheet::{LEFT, Picture, RIGHT, Sheet};
use super::svg::Place;
use crate::format::{one_line, shorten};
use crate::language::Language;

/// The height of a line.
const HEIGHT: f64 = 24.0;
/// Where the lines lie in a file, and how far apart.
const FIELD: (f64, f64) = (220.0, 440.0);
const ROW: f64 = 32.0;

/// The scale that all services share: it ends with the largest size of either side.
#[must_use]
pub fn scale(comparison: &Comparison) -> Scale {
    let sizes = comparison.services.iter().flat_map(|service| [service.size.before, service.size.after]);
    Scale::up_to(sizes.max().unwrap_or(Bytes::ZERO))
}

/// The colour of a service: of its change, if there is a side to have changed from.
#[must_use]
pub fn colour(comparison: &Comparison, service: &ServiceComparison) -> Colour {
    if comparison.has_before() { Colour::of(service.size.delta) } else { Colour::Mark }
}

/// A hollow mark before, a filled one after, and the way between them.
#[must_use]
pub fn scene(service: &ServiceComparison, scale: Scale, colour: Colour) -> Scene {
    let middle = HEIGHT / 2.0;
    let at = |share| (share, middle);
    let before = service.before.as_ref().map(|image| at(scale.at(image.size_bytes)));
    let after = service.after.as_ref().map(|image| at(scale.at(image.size_bytes)));
    let mut marks = vec![Mark::line(at(0.0), at(100.0), Look::line("axis", Colour::Line, 1.0))];
    let way = before.zip(after).map(|(from, to)| Mark::line(from, to, Look::line("way", colour, 2.0)));
    let hollow = before.map(|at| {
        let look = Look { fill: Some((Colour::Page, 1.0)), ..Look::line("hollow", Colour::Mark, 2.0) };
        Mark::new(Shape::Circle(at, 4.5), look)
    });
    let filled = after.map(|at| Mark::new(Shape::Circle(at, 5.0), Look::filled("filled", colour, 1.0)));
    marks.extend(way.into_iter().chain(hollow).chain(filled));
    Scene { height: HEIGHT, marks }
}

/// All services as a file.
#[must_use]
pub fn picture(comparison: &Comparison, language: Language) -> Picture {
    let mut sheet = Sheet::new(language.words().services);
    let scale = scale(comparison);
    let mut y = 56.0;
    for service in &comparison.services {
        let colour = colour(comparison, service);
        let scene = scene(service, scale, colour);
        sheet.text((LEFT, y + 5.0), Anchor::Start, Colour::Ink, shorten(&one_line(&service.name), 26));
        sheet.draw(&scene.marks, Place::file(FIELD.0, y - scene.height / 2.0, FIELD.1));
        let [before, after] = [service.size.before, service.size.after].map(|size| language.bytes(size));
        sheet.text((830.0, y + 5.0), Anchor::End, Colour::Soft, format!("{before} → {after}"));
        let delta = language.delta(service.size.delta).to_string();
        sheet.text((RIGHT, y + 5.0), Anchor::End, colour, delta);
        y += ROW;
    }
    sheet.finish("services", y + 8.0)
}
