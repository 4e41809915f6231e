//! Scenes as SVG: within the page, and in files that need no style sheet.

use std::fmt::Write as _;

use super::colour::Colour;
use super::scene::{Anchor, Look, Mark, Shape};
use crate::format::one_line;
use crate::html::escape;

/// Where a scene is shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Place {
    /// In an element as wide as the page makes it: shares stay percent, and colours are variables of its theme.
    Page,
    /// In a file, where every position is known. Colours are the light ones, as it will lie in a document.
    File {
        /// The left edge in pixels.
        left: f64,
        /// The upper edge in pixels.
        top: f64,
        /// The width in pixels.
        width: f64,
        /// How many pixels a pixel of the scene is.
        scale: f64,
    },
}

impl Place {
    /// A place in a file at the size of the scene.
    #[must_use]
    pub const fn file(left: f64, top: f64, width: f64) -> Self {
        Self::File { left, top, width, scale: 1.0 }
    }

    fn x(self, share: f64, shift: f64) -> String {
        match self {
            Self::Page => format!("{share:.3}%"),
            Self::File { left, width, scale, .. } => {
                format!("{:.1}", left + share / 100.0 * width + shift * scale)
            }
        }
    }

    fn y(self, pixels: f64) -> String {
        match self {
            Self::Page => format!("{pixels:.1}"),
            Self::File { top, scale, .. } => format!("{:.1}", top + pixels * scale),
        }
    }

    fn width(self, share: f64) -> String {
        match self {
            Self::Page => format!("{share:.3}%"),
            Self::File { width, .. } => format!("{:.1}", share / 100.0 * width),
        }
    }

    /// A length that the width does not stretch.
    fn length(self, pixels: f64) -> f64 {
        // A tenth of a pixel is as exact as positions are.
        (pixels * self.scale() * 10.0).round() / 10.0
    }

    const fn scale(self) -> f64 {
        match self {
            Self::Page => 1.0,
            Self::File { scale, .. } => scale,
        }
    }

    fn colour(self, colour: Colour) -> String {
        match self {
            Self::Page => format!("var(--{})", colour.name()),
            Self::File { .. } => colour.light().to_owned(),
        }
    }
}

/// The elements of a scene, without the element around them.
#[must_use]
pub fn markup(marks: &[Mark], place: Place) -> String {
    let mut out = String::new();
    if marks.iter().any(|mark| mark.look.is_hatched) {
        let _ = write!(
            out,
            "<defs><pattern id=\"hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" \
             patternTransform=\"rotate(45)\"><path d=\"M0 0V6\" stroke=\"{}\" stroke-opacity=\"0.55\" \
             stroke-width=\"2\"/></pattern></defs>",
            place.colour(Colour::Less)
        );
    }
    for mark in marks {
        // A length in percent and pixels is no attribute: the page shifts the element.
        let is_shifted = place == Place::Page && mark.shift != 0.0;
        if is_shifted {
            let _ = write!(out, "<g transform=\"translate({})\">", mark.shift);
        }
        element(&mut out, mark, place);
        if let (true, Shape::Box { from, to, top, height }) = (mark.look.is_hatched, &mark.shape) {
            rectangle(&mut out, (*from, *to), (*top, *height), mark.shift, place);
            out.push_str(" fill=\"url(#hatch)\"/>");
        }
        if is_shifted {
            out.push_str("</g>");
        }
        if place != Place::Page {
            out.push('\n');
        }
    }
    out
}

fn element(out: &mut String, mark: &Mark, place: Place) {
    let (look, shift) = (&mark.look, mark.shift);
    match &mark.shape {
        Shape::Line(from, to) => {
            let _ = write!(
                out,
                "<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"",
                place.x(from.0, shift),
                place.y(from.1),
                place.x(to.0, shift),
                place.y(to.1)
            );
            attributes(out, look, place);
            out.push_str("/>");
        }
        Shape::Box { from, to, top, height } => {
            rectangle(out, (*from, *to), (*top, *height), shift, place);
            attributes(out, look, place);
            out.push_str("/>");
        }
        Shape::Circle(at, radius) => {
            let (x, y) = (place.x(at.0, shift), place.y(at.1));
            let _ = write!(out, "<circle cx=\"{x}\" cy=\"{y}\" r=\"{}\"", place.length(*radius));
            attributes(out, look, place);
            out.push_str("/>");
        }
        Shape::Sign { at, path, title } => {
            let (x, y) = (place.x(at.0, shift), place.y(at.1));
            let _ = write!(out, "<svg x=\"{x}\" y=\"{y}\" overflow=\"visible\"");
            class(out, look, place);
            out.push('>');
            if let Some(title) = title {
                let _ = write!(out, "<title>{}</title>", escape(&one_line(title)));
            }
            let _ = write!(out, "<path d=\"{path}\"");
            attributes(out, &Look { class: "", ..*look }, place);
            out.push_str("/></svg>");
        }
        Shape::Course { top, height, path } => {
            let _ = write!(
                out,
                "<svg x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" viewBox=\"0 0 1000 1000\" \
                 preserveAspectRatio=\"none\" overflow=\"visible\"><path d=\"{path}\" stroke-linecap=\"round\" \
                 stroke-linejoin=\"round\" vector-effect=\"non-scaling-stroke\"",
                place.x(0.0, shift),
                place.y(*top),
                place.width(100.0),
                place.length(*height)
            );
            attributes(out, look, place);
            out.push_str("/></svg>");
        }
        Shape::Text { at, anchor, size, is_bold, text } => {
            let (x, y) = (place.x(at.0, shift), place.y(at.1));
            let _ = write!(out, "<text x=\"{x}\" y=\"{y}\" font-size=\"{}\"", place.length(*size));
            out.push_str(match anchor {
                Anchor::Start => "",
                Anchor::Middle => " text-anchor=\"middle\"",
                Anchor::End => " text-anchor=\"end\"",
            });
            out.push_str(if *is_bold { " font-weight=\"600\"" } else { "" });
            out.push_str(if look.stroke.is_some() { " paint-order=\"stroke\"" } else { "" });
            attributes(out, look, place);
            // XML cannot hold some characters, not even as references.
            let _ = write!(out, ">{}</text>", escape(&one_line(text)));
        }
    }
}

fn rectangle(out: &mut String, (from, to): (f64, f64), (top, height): (f64, f64), shift: f64, place: Place) {
    let _ = write!(
        out,
        "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"",
        place.x(from, shift),
        place.y(top),
        place.width(to - from),
        place.length(height)
    );
}

fn class(out: &mut String, look: &Look, place: Place) {
    if place == Place::Page && !look.class.is_empty() {
        let _ = write!(out, " class=\"{}\"", look.class);
    }
}

fn attributes(out: &mut String, look: &Look, place: Place) {
    class(out, look, place);
    match look.fill {
        Some((colour, opacity)) => {
            let _ = write!(out, " fill=\"{}\"", place.colour(colour));
            if opacity < 1.0 {
                let _ = write!(out, " fill-opacity=\"{opacity}\"");
            }
        }
        None => out.push_str(" fill=\"none\""),
    }
    if let Some((colour, width)) = look.stroke {
        let _ = write!(out, " stroke=\"{}\"", place.colour(colour));
        let _ = write!(out, " stroke-width=\"{}\"", place.length(width));
    }
    if let Some(opacity) = look.faint {
        let _ = write!(out, " stroke-opacity=\"{opacity}\"");
    }
    if let Some(dashes) = look.dashes {
        let _ = write!(out, " stroke-dasharray=\"{dashes}\"");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::scene::Mark;

    const LOOK: Look = Look::filled("some", Colour::Less, 0.5);

    fn both(mark: Mark) -> [String; 2] {
        let place = Place::File { left: 100.0, top: 10.0, width: 500.0, scale: 2.0 };
        [markup(std::slice::from_ref(&mark), Place::Page), markup(&[mark], place)]
    }

    #[test]
    fn the_page_keeps_shares_and_variables_and_a_file_has_pixels_and_values() {
        let [page, file] = both(Mark::new(Shape::Box { from: 10.0, to: 30.0, top: 4.0, height: 16.0 }, LOOK));
        assert_eq!(
            page,
            "<rect x=\"10.000%\" y=\"4.0\" width=\"20.000%\" height=\"16\" class=\"some\" \
             fill=\"var(--less)\" fill-opacity=\"0.5\"/>"
        );
        assert_eq!(
            file,
            "<rect x=\"150.0\" y=\"18.0\" width=\"100.0\" height=\"32\" fill=\"#1f5fae\" fill-opacity=\"0.5\"/>\n"
        );
    }

    #[test]
    fn pixels_beside_a_share_shift_the_element_in_the_page_and_add_up_in_a_file() {
        let sign = Shape::Sign { at: (50.0, 5.0), path: "M0 0H1", title: Some("a < b".to_owned()) };
        let [page, file] = both(Mark::new(sign, LOOK).shifted(14.0));
        assert!(page.starts_with("<g transform=\"translate(14)\"><svg x=\"50.000%\" y=\"5.0\""), "{page}");
        assert!(page.contains("<title>a &lt; b</title>") && page.ends_with("</svg></g>"), "{page}");
        assert!(file.starts_with("<svg x=\"378.0\" y=\"20.0\""), "{file}");
    }

    #[test]
    fn a_text_is_never_markup() {
        let text = Mark::text((0.0, 12.0), "</text><script>\u{1b}[2J".to_owned(), Colour::Ink);
        for svg in both(text) {
            assert!(svg.contains(">&lt;/text&gt;&lt;script&gt;\\u{1b}[2J</text>"), "{svg}");
        }
    }

    #[test]
    fn what_is_hatched_brings_its_pattern_once() {
        let look = Look { is_hatched: true, ..LOOK };
        let mark = Mark::new(Shape::Box { from: 0.0, to: 1.0, top: 0.0, height: 1.0 }, look);
        let svg = markup(&[mark.clone(), mark], Place::Page);
        assert_eq!((svg.matches("<pattern").count(), svg.matches("url(#hatch)").count()), (1, 2));
    }
}
