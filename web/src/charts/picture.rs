//! Charts as separate files: SVG that needs no style sheet, always light, as it will lie in a document.

use std::fmt::Write as _;

use plimsoll_analysis::compare::{Comparison, FileTree, ServiceComparison};
use plimsoll_report::format::{one_line, shorten};
use plimsoll_report::html::escape;
use plimsoll_snapshot::{ByteDelta, path};

use super::geometry::{BarKind, Scale, StackPart, stacks, waterfall};
use super::paint::{Paint, paint};
use super::waterfall::parts as bar_parts;
use crate::figures;
use crate::share::Picture;
use crate::text::{self, words};
use crate::treemap::{Tile, TileKind, Weighed};

pub(super) const INK: &str = "#17191c";
pub(super) const SOFT: &str = "#5d636b";
pub(super) const LINE: &str = "#e1e4e8";
pub(super) const MARK: &str = "#8b929b";
const LESS: &str = "#1f5fae";
pub(super) const MORE: &str = "#a84c06";
const WIDTH: f64 = 960.0;

fn colour(delta: ByteDelta) -> &'static str {
    match delta.0 {
        ..=-1 => LESS,
        0 => MARK,
        1.. => MORE,
    }
}

/// A picture that is being drawn.
pub(super) struct Sheet {
    pub(super) svg: String,
    height: f64,
}

impl Sheet {
    pub(super) fn new(title: &str, height: f64) -> Self {
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" viewBox=\"0 0 {WIDTH} {height}\" \
             font-family=\"system-ui, 'DejaVu Sans', Arial, sans-serif\" font-size=\"13\">\n<title>{0}</title>\n\
             <defs><pattern id=\"gone\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">\
             <path d=\"M0 0V6\" stroke=\"{LESS}\" stroke-opacity=\"0.55\" stroke-width=\"2\"/></pattern></defs>\n\
             <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n",
            escape(&one_line(title))
        );
        let _ = writeln!(
            svg,
            "<text x=\"16\" y=\"28\" font-size=\"15\" font-weight=\"600\" fill=\"{INK}\">{}</text>",
            escape(&one_line(title))
        );
        Self { svg, height }
    }

    pub(super) fn text(&mut self, (x, y): (f64, f64), anchor: &str, colour: &str, text: &str) {
        let _ = writeln!(
            self.svg,
            "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" fill=\"{colour}\">{}</text>",
            // XML cannot hold some characters, not even as references.
            escape(&one_line(text))
        );
    }

    /// A line of small characters, as they fill [`fitting`].
    fn small(&mut self, (x, y): (f64, f64), text: &str) {
        let _ = writeln!(
            self.svg,
            "<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"11\" fill=\"{SOFT}\">{}</text>",
            escape(&one_line(text))
        );
    }

    pub(super) fn line(&mut self, (x1, y1): (f64, f64), (x2, y2): (f64, f64), width: f64, colour: &str) {
        let _ = writeln!(
            self.svg,
            "<path d=\"M{x1:.1} {y1:.1}L{x2:.1} {y2:.1}\" stroke=\"{colour}\" stroke-width=\"{width}\"/>"
        );
    }

    pub(super) fn rect(&mut self, (x, y): (f64, f64), (width, height): (f64, f64), attributes: &str) {
        let _ = writeln!(
            self.svg,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" {attributes}/>"
        );
    }

    pub(super) fn finish(mut self, name: &'static str) -> Picture {
        self.svg.push_str("</svg>\n");
        Picture { name, svg: self.svg, width: WIDTH, height: self.height }
    }
}

/// The services on one scale.
pub(crate) fn services(comparison: &Comparison) -> Picture {
    let rows = comparison.services.len();
    #[expect(clippy::cast_precision_loss, reason = "a height of a picture")]
    let mut sheet = Sheet::new(words().services, 64.0 + rows as f64 * 32.0);
    let scale = Scale::up_to(figures::largest_size(comparison));
    let mut y = 56.0;
    for service in &comparison.services {
        let at = |bytes| 220.0 + scale.at(bytes) * 4.4;
        sheet.text((16.0, y + 5.0), "start", INK, &shorten(&text::name(&service.name), 26));
        sheet.line((220.0, y), (660.0, y), 1.0, LINE);
        let (before, after) = (at(service.size.before), at(service.size.after));
        let colour = colour(service.size.delta);
        if service.before.is_some() && service.after.is_some() {
            sheet.line((before, y), (after, y), 2.0, colour);
        }
        if service.before.is_some() {
            let _ = writeln!(
                sheet.svg,
                "<circle cx=\"{before:.1}\" cy=\"{y}\" r=\"4.5\" fill=\"#ffffff\" stroke=\"{MARK}\" stroke-width=\"2\"/>"
            );
        }
        if service.after.is_some() {
            let _ = writeln!(sheet.svg, "<circle cx=\"{after:.1}\" cy=\"{y}\" r=\"5\" fill=\"{colour}\"/>");
        }
        let sizes = format!("{} → {}", text::bytes(service.size.before), text::bytes(service.size.after));
        sheet.text((830.0, y + 5.0), "end", SOFT, &sizes);
        sheet.text((944.0, y + 5.0), "end", colour, &text::delta(service.size.delta).to_string());
        y += 32.0;
    }
    sheet.finish("services")
}

/// The way from before to after.
pub(crate) fn why(service: &ServiceComparison) -> Picture {
    let bars: Vec<_> = waterfall(service.size.before, &service.bridge)
        .into_iter()
        .map(|bar| (bar, bar_parts(service, bar.kind)))
        .collect();
    let row = |parts: &Option<String>| if parts.is_some() { 46.0 } else { 32.0 };
    let mut sheet = Sheet::new(
        &format!("{}: {}", words().why, text::name(&service.name)),
        64.0 + bars.iter().map(|(_, parts)| row(parts)).sum::<f64>(),
    );
    let mut y = 44.0;
    for (bar, parts) in bars {
        let (label, value, colour) = match bar.kind {
            BarKind::Before(bytes) => (words().before.to_owned(), text::bytes(bytes), MARK),
            BarKind::After(bytes) => (words().after.to_owned(), text::bytes(bytes), MARK),
            BarKind::Step(cause, delta) => {
                (text::language().bridge_cause(cause), text::delta(delta), colour(delta))
            }
            BarKind::Other(delta) => (words().other_causes.to_owned(), text::delta(delta), colour(delta)),
        };
        sheet.text((16.0, y + 15.0), "start", INK, &label);
        if let Some(parts) = &parts {
            let fitting = shorten(parts, fitting(314.0));
            sheet.small((16.0, y + 30.0), &fitting);
        }
        let at = |percent: f64| 330.0 + percent * 5.0;
        let width = (at(bar.to) - at(bar.from)).abs().max(1.0);
        sheet.rect((at(bar.from.min(bar.to)), y), (width, 20.0), &format!("fill=\"{colour}\""));
        sheet.text((944.0, y + 15.0), "end", if colour == MARK { INK } else { colour }, &value.to_string());
        y += row(&parts);
    }
    sheet.finish("why")
}

/// The layers of both sides, stacked along one scale.
pub(crate) fn layers(service: &ServiceComparison) -> Picture {
    let mut sheet = Sheet::new(&format!("{}: {}", words().layers, text::name(&service.name)), 150.0);
    for (index, (label, parts)) in
        [words().before, words().after].into_iter().zip(stacks(service)).enumerate()
    {
        let y = if index == 0 { 48.0 } else { 98.0 };
        sheet.text((16.0, y + 22.0), "start", INK, label);
        for part in parts {
            let StackPart { from, to, .. } = part;
            let paint = part.paint();
            let (x, width) = (110.0 + from * 8.3, ((to - from) * 8.3).max(0.5));
            sheet.rect((x, y), (width, 34.0), &fill(paint));
            if paint == Paint::Gone {
                sheet.rect((x, y), (width, 34.0), "fill=\"url(#gone)\"");
            }
        }
    }
    sheet.finish("layers")
}

/// The map of files, as it is shown.
pub(crate) fn map(
    tree: &FileTree<'_>,
    weighed: &Weighed,
    tiles: &[Tile],
    (width, height): (f64, f64),
) -> Picture {
    let scale = WIDTH / width.max(1.0);
    let mut sheet = Sheet::new(words().map, 44.0 + height * scale);
    let _ = writeln!(sheet.svg, "<g transform=\"translate(0 44) scale({scale:.4})\" font-size=\"11\">");
    for tile in tiles {
        let (at, size) = ((tile.rect.x, tile.rect.y), (tile.rect.width, tile.rect.height));
        match tile.kind {
            TileKind::Open { head: true } => {
                let label = shorten(&label(tree, weighed, tile), fitting(tile.rect.width));
                sheet.text((tile.rect.x + 4.0, tile.rect.y + 13.0), "start", INK, &label);
            }
            TileKind::Open { head: false } => {}
            TileKind::Rest(_) | TileKind::Closed => {
                let paint = paint(&tree.nodes[tile.node as usize]);
                sheet.rect(at, size, &fill(paint));
                if paint == Paint::Gone {
                    sheet.rect(at, size, "fill=\"url(#gone)\"");
                }
            }
        }
    }
    sheet.svg.push_str("</g>\n");
    sheet.finish("files")
}

fn fill(paint: Paint) -> String {
    let (colour, opacity) = match paint {
        Paint::Same => (MARK, 0.25),
        Paint::Gone => (LESS, 0.12),
        Paint::New => (MORE, 0.4),
        Paint::Less(strength) => (LESS, f64::from(strength) * 0.125),
        Paint::More(strength) => (MORE, f64::from(strength) * 0.125),
    };
    let border = if paint == Paint::New {
        format!("stroke=\"{MORE}\" stroke-width=\"1.5\"")
    } else {
        "stroke=\"#ffffff\"".to_owned()
    };
    format!("fill=\"{colour}\" fill-opacity=\"{opacity:.3}\" {border}")
}

/// The number of small characters that fit into a width.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of characters")]
pub(crate) fn fitting(width: f64) -> usize {
    ((width - 8.0) / 6.6).max(0.0) as usize
}

/// What a tile is called: the names of the directories that it stands for, or of its file.
pub(crate) fn label(tree: &FileTree<'_>, weighed: &Weighed, tile: &Tile) -> String {
    let mut names = vec![tree.nodes[tile.node as usize].name];
    let mut at = tile.node;
    while at != tile.from && at != 0 {
        at = weighed.parents[at as usize];
        names.push(tree.nodes[at as usize].name);
    }
    names.reverse();
    let is_directory = tree.nodes[tile.node as usize].is_directory();
    format!("{}{}", path::escape(&names.join(&b'/')), if is_directory { "/" } else { "" })
}
