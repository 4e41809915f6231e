//! Paints the map of files. A canvas, because ten thousand elements would cost the reader a second.

use plimsoll_analysis::compare::{FileNode, FileTree};
use plimsoll_report::format::shorten;
use wasm_bindgen::JsCast;
use web_sys::{CanvasPattern, CanvasRenderingContext2d, HtmlCanvasElement};

use super::paint::{Paint, paint};
use super::picture::{fitting, label};
use crate::text;
use crate::tree::Matches;
use crate::treemap::{Rect, Tile, TileKind, Weighed};

/// The colours of the theme, as the browser gives them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Colours {
    pub(crate) page: String,
    pub(crate) ink: String,
    pub(crate) mark: String,
    pub(crate) less: String,
    pub(crate) more: String,
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
    context.set_fill_style_str(&colours.page);
    context.fill_rect(0.0, 0.0, width, height);

    let painted: Vec<(Paint, bool, Rect)> = tiles
        .iter()
        .filter(|tile| !matches!(tile.kind, TileKind::Open { .. }))
        // What is too small to be seen looks as its directory does.
        .map(|tile| (paint(&tree.nodes[tile.node as usize]), matches.get(tile.node).left, inner(tile.rect)))
        .collect();
    let patterns = Patterns::of(&context, colours);
    // One path a paint: the browser fills thousands of rectangles at once.
    for paint in Paint::ALL {
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
    labels(&context, (tree, weighed, tiles), colours);
    Some(())
}

/// A hairline is left between neighbours that are large enough for one.
fn inner(rect: Rect) -> Rect {
    let gap = if rect.width > 3.0 && rect.height > 3.0 { 0.5 } else { 0.0 };
    Rect { x: rect.x + gap, y: rect.y + gap, width: rect.width - 2.0 * gap, height: rect.height - 2.0 * gap }
}

fn fill(
    context: &CanvasRenderingContext2d,
    paint: Paint,
    shown: bool,
    colours: &Colours,
    patterns: &Patterns,
) {
    let (colour, strength) = match paint {
        Paint::Same => (&colours.mark, 0.25),
        Paint::Gone => (&colours.less, 0.12),
        Paint::New => (&colours.more, 0.4),
        Paint::Less(strength) => (&colours.less, f64::from(strength) * 0.125),
        Paint::More(strength) => (&colours.more, f64::from(strength) * 0.125),
    };
    context.set_global_alpha(if shown { strength } else { strength * 0.25 });
    context.set_fill_style_str(colour);
    context.fill();
    context.set_global_alpha(if shown { 1.0 } else { 0.2 });
    if let Some(pattern) = patterns.of_paint(paint) {
        context.set_fill_style_canvas_pattern(pattern);
        context.fill();
    }
    if paint == Paint::New {
        context.set_stroke_style_str(&colours.more);
        context.set_line_width(1.0);
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
        let forced = colours.less == colours.more;
        let lines = |ends, colour: &str| lines(context, colour, ends);
        Self {
            gone: lines(((-2.0, 10.0), (10.0, -2.0)), &colours.less),
            less: forced.then(|| lines(((0.0, 4.0), (8.0, 4.0)), &colours.less)).flatten(),
            more: forced.then(|| lines(((4.0, 0.0), (4.0, 8.0)), &colours.more)).flatten(),
        }
    }

    fn of_paint(&self, paint: Paint) -> Option<&CanvasPattern> {
        match paint {
            Paint::Gone => self.gone.as_ref(),
            Paint::Less(_) => self.less.as_ref(),
            Paint::More(_) => self.more.as_ref(),
            Paint::Same | Paint::New => None,
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

fn labels(
    context: &CanvasRenderingContext2d,
    (tree, weighed, tiles): (&FileTree<'_>, &Weighed, &[Tile]),
    colours: &Colours,
) {
    context.set_font("11px system-ui, sans-serif");
    for tile in tiles {
        let Rect { x, y, width, height } = tile.rect;
        let fits = match tile.kind {
            TileKind::Open { head } => head,
            TileKind::Closed => width > 64.0 && height > 20.0,
            TileKind::Rest(_) => false,
        };
        if !fits {
            continue;
        }
        let name = label(tree, weighed, tile);
        let text = match change_of(&tree.nodes[tile.node as usize]) {
            Some(change) if name.chars().count() + change.chars().count() < fitting(width) => {
                format!("{name}  {change}")
            }
            _ => shorten(&name, fitting(width)),
        };
        if tile.kind == TileKind::Closed {
            // Hatching is hard to read through.
            let covered = context.measure_text(&text).map_or(0.0, |measured| measured.width());
            context.set_global_alpha(0.75);
            context.set_fill_style_str(&colours.page);
            context.fill_rect(x + 3.0, y + 3.0, (covered + 5.0).min(width - 6.0), 14.0);
            context.set_global_alpha(1.0);
        }
        context.set_fill_style_str(&colours.ink);
        // A text that does not fit is cut above; what fails to be drawn is missing, no more.
        let _ = context.fill_text(&text, x + 5.0, y + 14.0);
    }
}

fn change_of(node: &FileNode<'_>) -> Option<String> {
    let delta = node.size().delta;
    (delta.0 != 0).then(|| text::delta(delta).to_string())
}
