//! A chart as a separate file: scenes below a title, with names and figures beside them.

use super::colour::Colour;
use super::scene::{Anchor, Look, Mark, Shape};
use super::svg::{Place, markup};
use crate::format::one_line;
use crate::html::escape;

/// The width of every sheet in pixels.
pub const WIDTH: f64 = 960.0;
/// Where texts begin and end.
pub(crate) const LEFT: f64 = 16.0;
pub(crate) const RIGHT: f64 = WIDTH - LEFT;
/// The size of small characters, and the average width of one.
pub const SMALL: f64 = 11.0;
const CHARACTER: f64 = 6.6;

/// A chart as SVG that needs no style sheet.
#[derive(Clone, Debug)]
pub struct Picture {
    /// The name of the file, without what comes behind the dot.
    pub name: &'static str,
    /// The file.
    pub svg: String,
    /// Its width in pixels.
    pub width: f64,
    /// Its height in pixels.
    pub height: f64,
}

/// A picture that is being drawn.
#[derive(Debug)]
pub struct Sheet {
    body: String,
    title: String,
}

impl Sheet {
    /// A sheet with its title.
    #[must_use]
    pub fn new(title: &str) -> Self {
        let mut sheet = Self { body: String::new(), title: one_line(title) };
        let head = Mark::text((0.0, 28.0), sheet.title.clone(), Colour::Ink).shifted(LEFT).sized(15.0).bold();
        sheet.draw(&[head], Place::file(0.0, 0.0, WIDTH));
        sheet
    }

    /// Draws a part of the sheet.
    pub fn draw(&mut self, marks: &[Mark], place: Place) {
        self.body.push_str(&markup(marks, place));
    }

    /// Writes a text whose beginning or end is at a number of pixels.
    pub fn text(&mut self, (x, y): (f64, f64), anchor: Anchor, colour: Colour, text: String) {
        let mark = Mark::text((0.0, y), text, colour).shifted(x).anchored(anchor);
        self.draw(&[mark], Place::file(0.0, 0.0, WIDTH));
    }

    /// Writes a line of small characters, as they fill [`fitting`].
    pub(crate) fn small(&mut self, (x, y): (f64, f64), text: String) {
        let mark = Mark::text((0.0, y), text, Colour::Soft).shifted(x).sized(SMALL);
        self.draw(&[mark], Place::file(0.0, 0.0, WIDTH));
    }

    /// The file, as high as what was drawn.
    #[must_use]
    pub fn finish(self, name: &'static str, height: f64) -> Picture {
        let svg = file((WIDTH, height), &self.title, &self.body);
        Picture { name, svg, width: WIDTH, height }
    }
}

/// An SVG file on white ground, with the title that screen readers read.
pub(crate) fn file((width, height): (f64, f64), title: &str, body: &str) -> String {
    let ground = Shape::Box { from: 0.0, to: 100.0, top: 0.0, height };
    let ground = Mark::new(ground, Look::filled("", Colour::Page, 1.0));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"system-ui, 'Segoe UI', 'Helvetica Neue', 'DejaVu Sans', Arial, sans-serif\" role=\"img\" \
         aria-label=\"{title}\">\n<title>{title}</title>\n{}{body}</svg>\n",
        markup(&[ground], Place::file(0.0, 0.0, width)),
        title = escape(&one_line(title)),
    )
}

/// The number of small characters that fit into a width.
#[must_use]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of characters")]
pub fn fitting(width: f64) -> usize {
    ((width - 8.0) / CHARACTER).max(0.0) as usize
}

/// The width of a line of small characters.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "a number of characters")]
pub fn extent(text: &str) -> f64 {
    text.chars().count() as f64 * CHARACTER
}
