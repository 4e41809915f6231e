//! Paints the map of files on a canvas, because ten thousand elements would cost the reader a second. What is painted and
//! how it looks come from where saved maps have them from.

use plimsoll_analysis::compare::FileTree;
use plimsoll_report::chart::colour::Colour;
use plimsoll_report::chart::paint::Paint;
use plimsoll_report::chart::sheet::SMALL;
use plimsoll_report::chart::squarify::Rect;
use plimsoll_view::tree::Matches;
use wasm_bindgen::JsCast;
use web_sys::{CanvasPattern, CanvasRenderingContext2d, HtmlCanvasElement};

use crate::text;
use crate::treemap::{Label, PAINTS, Tile, Weighed, fills, labels};

/// The colours that the map is drawn with, as the browser gives them for the theme.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Colours(Vec<(Colour, String)>);

impl Colours {
    /// The colours that a map needs.
    pub(crate) const NEEDED: [Colour; 5] =
        [Colour::Page, Colour::Ink, Colour::Mark, Colour::Less, Colour::More];

    pub(crate) fn of(value: impl Fn(Colour) -> String) -> Self {
        Self(Self::NEEDED.into_iter().map(|colour| (colour, value(colour))).collect())
    }

    fn get(&self, wanted: Colour) -> &str {
        self.0.iter().find(|(colour, _)| *colour == wanted).map_or("", |(_, value)| value)
    }
}

/// Paints all tiles. What a filter or a search leaves out is there, but pale. Nothing happens where the browser
/// gives no canvas: the table says the same.
pub(crate) fn draw(
    canvas: &HtmlCanvasElement,
    (width, height): (f64, f64),
    (tree, weighed, tiles): (&FileTree<'_>, &Weighed, &[Tile]),
    matches: &Matches,
    colours: &Colours,
) -> Option<()> {
    let ratio = web_sys::window()?.device_pixel_ratio().clamp(1.0, 3.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a size on a screen")]
    {
        canvas.set_width((width * ratio).round() as u32);
        canvas.set_height((height * ratio).round() as u32);
    }
    let context = canvas.get_context("2d").ok()??.dyn_into::<CanvasRenderingContext2d>().ok()?;
    context.scale(ratio, ratio).ok()?;
    context.set_fill_style_str(colours.get(Colour::Page));
    context.fill_rect(0.0, 0.0, width, height);

    let painted: Vec<(Paint, bool, Rect)> =
        fills(tree, tiles).map(|(node, paint, rect)| (paint, matches.get(node).left, rect)).collect();
    let patterns = Patterns::of(&context, colours);
    // One path a paint: the browser fills thousands of rectangles at once.
    for paint in PAINTS {
        for shown in [true, false] {
            context.begin_path();
            let mut any = false;
            for (_, _, rect) in painted.iter().filter(|(own, left, _)| *own == paint && *left == shown) {
                context.rect(rect.x, rect.y, rect.width, rect.height);
                any = true;
            }
            if any {
                fill(&context, paint, shown, colours, &patterns);
            }
        }
    }
    for label in labels(tree, weighed, tiles, text::language()) {
        write(&context, &label, colours);
    }
    Some(())
}

fn fill(
    context: &CanvasRenderingContext2d,
    paint: Paint,
    shown: bool,
    colours: &Colours,
    patterns: &Patterns,
) {
    let look = paint.look();
    if let Some((colour, opacity)) = look.fill {
        context.set_global_alpha(if shown { opacity } else { opacity * 0.25 });
        context.set_fill_style_str(colours.get(colour));
        context.fill();
    }
    context.set_global_alpha(if shown { 1.0 } else { 0.2 });
    if let Some(pattern) = patterns.of_paint(paint) {
        context.set_fill_style_canvas_pattern(pattern);
        context.fill();
    }
    if let Some((colour, width)) = look.stroke {
        context.set_stroke_style_str(colours.get(colour));
        context.set_line_width(width);
        context.stroke();
    }
    context.set_global_alpha(1.0);
}

/// Lines over a fill.
struct Patterns {
    gone: Option<CanvasPattern>,
    /// Where a reader's own colours make smaller and larger the same one.
    less: Option<CanvasPattern>,
    more: Option<CanvasPattern>,
}

impl Patterns {
    fn of(context: &CanvasRenderingContext2d, colours: &Colours) -> Self {
        let (less, more) = (colours.get(Colour::Less), colours.get(Colour::More));
        let forced = less == more;
        let lines = |ends, colour: &str| lines(context, colour, ends);
        Self {
            gone: lines(((-2.0, 10.0), (10.0, -2.0)), less),
            less: forced.then(|| lines(((0.0, 4.0), (8.0, 4.0)), less)).flatten(),
            more: forced.then(|| lines(((4.0, 0.0), (4.0, 8.0)), more)).flatten(),
        }
    }

    fn of_paint(&self, paint: Paint) -> Option<&CanvasPattern> {
        match paint {
            Paint::Gone => self.gone.as_ref(),
            Paint::Less(_) => self.less.as_ref(),
            Paint::More(_) => self.more.as_ref(),
            Paint::Same | Paint::New | Paint::Changed => None,
        }
    }
}

/// A pattern of lines from one end to the other of a small square.
fn lines(
    context: &CanvasRenderingContext2d,
    colour: &str,
    (from, to): ((f64, f64), (f64, f64)),
) -> Option<CanvasPattern> {
    let document = web_sys::window()?.document()?;
    let tile = document.create_element("canvas").ok()?.dyn_into::<HtmlCanvasElement>().ok()?;
    tile.set_width(8);
    tile.set_height(8);
    let pen = tile.get_context("2d").ok()??.dyn_into::<CanvasRenderingContext2d>().ok()?;
    pen.set_stroke_style_str(colour);
    pen.set_global_alpha(0.6);
    pen.set_line_width(1.2);
    pen.begin_path();
    // Three strokes, so that the pattern goes on across its edges.
    for shift in [-8.0, 0.0, 8.0] {
        pen.move_to(from.0 + shift, from.1);
        pen.line_to(to.0 + shift, to.1);
    }
    pen.stroke();
    context.create_pattern_with_html_canvas_element(&tile, "repeat").ok().flatten()
}

fn write(context: &CanvasRenderingContext2d, label: &Label, colours: &Colours) {
    let (x, y) = label.at;
    context.set_font(&format!("{SMALL}px system-ui, sans-serif"));
    if let Some(room) = label.backing {
        let covered = context.measure_text(&label.text).map_or(0.0, |measured| measured.width());
        context.set_global_alpha(Label::BACKING);
        context.set_fill_style_str(colours.get(Colour::Page));
        let Rect { x, y, width, height } = room;
        context.fill_rect(x, y, (covered + 5.0).min(width), height);
        context.set_global_alpha(1.0);
    }
    context.set_fill_style_str(colours.get(Colour::Ink));
    // What fails to be drawn is missing, no more.
    let _ = context.fill_text(&label.text, x, y);
}
