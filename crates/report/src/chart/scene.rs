//! What a chart is made of, whatever shows it: marks with their positions and their look, as values.
//!
//! Horizontally, a position is a share of a width that only the renderer knows, in percent, and vertically it is in
//! pixels: the page stretches a chart and leaves its lines as thick as they are.

use super::colour::Colour;

/// A drawing of a known height and any width.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scene {
    /// Its height in pixels.
    pub height: f64,
    /// What is drawn, the lowest first.
    pub marks: Vec<Mark>,
}

/// A point: a share of the width, from 0 to 100, and pixels from the top.
pub type Point = (f64, f64);

/// One element of a drawing.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// Its form and position.
    pub shape: Shape,
    /// Pixels to the right of the position.
    pub shift: f64,
    /// How it looks.
    pub look: Look,
}

/// A form and where it lies.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// A straight line.
    Line(Point, Point),
    /// A rectangle.
    Box {
        /// Its left edge, as a share of the width.
        from: f64,
        /// Its right edge.
        to: f64,
        /// Its upper edge in pixels.
        top: f64,
        /// Its height in pixels.
        height: f64,
    },
    /// A circle of a radius in pixels.
    Circle(Point, f64),
    /// A path in pixels around a point, which is not stretched.
    Sign {
        /// The point.
        at: Point,
        /// The data of the path.
        path: &'static str,
        /// A text for who points at it.
        title: Option<String>,
    },
    /// A path in a field of 1000 by 1000, which is stretched over the whole width.
    Course {
        /// The upper edge of the field in pixels.
        top: f64,
        /// The height of the field in pixels.
        height: f64,
        /// The data of the path.
        path: String,
    },
    /// A line of text.
    Text {
        /// The point on its baseline.
        at: Point,
        /// What of it lies there.
        anchor: Anchor,
        /// The size of its characters in pixels.
        size: f64,
        /// Whether it is bold.
        is_bold: bool,
        /// The text.
        text: String,
    },
}

/// The part of a text that lies at its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// Its beginning.
    Start,
    /// Its middle.
    Middle,
    /// Its end.
    End,
}

/// How a mark looks. The class is for the page, where readers may have their own colours.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Look {
    /// The classes of the element.
    pub class: &'static str,
    /// What fills it, and how opaque.
    pub fill: Option<(Colour, f64)>,
    /// The colour and the width of its line.
    pub stroke: Option<(Colour, f64)>,
    /// How opaque the line is; `None` if it is as a whole.
    pub faint: Option<f64>,
    /// The dashes of the line.
    pub dashes: Option<&'static str>,
    /// Whether slanted lines lie over the fill.
    pub is_hatched: bool,
}

impl Look {
    /// A fill without a line.
    #[must_use]
    pub const fn filled(class: &'static str, colour: Colour, opacity: f64) -> Self {
        Self { class, fill: Some((colour, opacity)), ..Self::line_of(None) }
    }

    /// A line of a width without a fill.
    #[must_use]
    pub const fn line(class: &'static str, colour: Colour, width: f64) -> Self {
        Self { class, ..Self::line_of(Some((colour, width))) }
    }

    const fn line_of(stroke: Option<(Colour, f64)>) -> Self {
        Self { class: "", fill: None, stroke, faint: None, dashes: None, is_hatched: false }
    }
}

impl Mark {
    /// A mark where it lies.
    #[must_use]
    pub const fn new(shape: Shape, look: Look) -> Self {
        Self { shape, shift: 0.0, look }
    }

    /// A line.
    #[must_use]
    pub const fn line(from: Point, to: Point, look: Look) -> Self {
        Self::new(Shape::Line(from, to), look)
    }

    /// A text of 13 pixels that begins at a point.
    #[must_use]
    pub const fn text(at: Point, text: String, colour: Colour) -> Self {
        let shape = Shape::Text { at, anchor: Anchor::Start, size: 13.0, is_bold: false, text };
        Self::new(shape, Look::filled("", colour, 1.0))
    }

    /// The same text with characters of another size.
    #[must_use]
    pub fn sized(mut self, wanted: f64) -> Self {
        if let Shape::Text { size, .. } = &mut self.shape {
            *size = wanted;
        }
        self
    }

    /// The same text in bold.
    #[must_use]
    pub fn bold(mut self) -> Self {
        if let Shape::Text { is_bold, .. } = &mut self.shape {
            *is_bold = true;
        }
        self
    }

    /// The same text, of which another part lies at its point.
    #[must_use]
    pub fn anchored(mut self, wanted: Anchor) -> Self {
        if let Shape::Text { anchor, .. } = &mut self.shape {
            *anchor = wanted;
        }
        self
    }

    /// The same text with an edge in the colour of the ground, so that it can be read over lines.
    #[must_use]
    pub const fn edged(mut self) -> Self {
        self.look.stroke = Some((Colour::Page, 3.0));
        self
    }

    /// The same mark with other classes.
    #[must_use]
    pub const fn class(mut self, class: &'static str) -> Self {
        self.look.class = class;
        self
    }

    /// The same mark some pixels to the right.
    #[must_use]
    pub const fn shifted(mut self, pixels: f64) -> Self {
        self.shift = pixels;
        self
    }
}
