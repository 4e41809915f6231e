//! What the map consists of: filled rectangles and labels. The canvas of the page paints them, and a saved map is a scene
//! made of them.

use plimsoll_analysis::compare::{FileNode, FileTree};
use plimsoll_report::chart::colour::Colour;
use plimsoll_report::chart::paint::Paint;
use plimsoll_report::chart::scene::{Look, Mark, Shape};
use plimsoll_report::chart::sheet::{Picture, SMALL, Sheet, WIDTH, extent, fitting};
use plimsoll_report::chart::svg::Place;
use plimsoll_report::format::shorten;
use plimsoll_report::language::Language;
use plimsoll_snapshot::path;

use super::paint::paint;
use plimsoll_report::chart::squarify::Rect;

use super::{Tile, TileKind, Weighed};

/// The smallest file or closed directory that has a label.
const LABELLED: (f64, f64) = (64.0, 20.0);
/// Where the map begins in a file, below the title.
const TOP: f64 = 44.0;

/// The paints of the map, in the order in which they are painted.
pub(crate) const PAINTS: [Paint; 11] = [
    Paint::Same,
    Paint::Gone,
    Paint::New,
    Paint::Less(1),
    Paint::Less(2),
    Paint::Less(3),
    Paint::Less(4),
    Paint::More(1),
    Paint::More(2),
    Paint::More(3),
    Paint::More(4),
];

/// The name of a tile.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Label {
    pub(crate) text: String,
    /// Where its baseline begins.
    pub(crate) at: (f64, f64),
    /// The room that the ground behind it may take, where a fill would be hard to read through.
    pub(crate) backing: Option<Rect>,
}

impl Label {
    /// How opaque the ground behind a label is.
    pub(crate) const BACKING: f64 = 0.75;
}

/// The rectangles that are filled, each with its node. What is too small to be seen looks as its directory does.
pub(crate) fn fills(tree: &FileTree<'_>, tiles: &[Tile]) -> impl Iterator<Item = (u32, Paint, Rect)> {
    tiles
        .iter()
        .filter(|tile| !matches!(tile.kind, TileKind::Open { .. }))
        .map(|tile| (tile.node, paint(&tree.nodes[tile.node as usize]), inner(tile.rect)))
}

/// The labels that fit.
pub(crate) fn labels(
    tree: &FileTree<'_>,
    weighed: &Weighed,
    tiles: &[Tile],
    language: Language,
) -> Vec<Label> {
    let label = |tile: &Tile| {
        let Rect { x, y, width, height } = tile.rect;
        let is_closed = match tile.kind {
            TileKind::Open { head: true } => false,
            TileKind::Closed if width > LABELLED.0 && height > LABELLED.1 => true,
            TileKind::Open { head: false } | TileKind::Closed | TileKind::Rest(_) => return None,
        };
        let name = name(tree, weighed, tile);
        let text = match change(&tree.nodes[tile.node as usize], language) {
            Some(change) if name.chars().count() + change.chars().count() < fitting(width) => {
                format!("{name}  {change}")
            }
            _ => shorten(&name, fitting(width)),
        };
        let room = Rect { x: x + 3.0, y: y + 3.0, width: width - 6.0, height: 14.0 };
        Some(Label { text, at: (x + 5.0, y + 14.0), backing: is_closed.then_some(room) })
    };
    tiles.iter().filter_map(label).collect()
}

/// The map as a file, at the width of files.
pub(crate) fn picture(
    (tree, weighed, tiles): (&FileTree<'_>, &Weighed, &[Tile]),
    (width, height): (f64, f64),
    language: Language,
) -> Picture {
    let width = width.max(1.0);
    let scale = WIDTH / width;
    let share = |x: f64| x / width * 100.0;
    let filled = |rect: Rect, look: Look| {
        let Rect { x, y, width, height } = rect;
        Mark::new(Shape::Box { from: share(x), to: share(x + width), top: y, height }, look)
    };
    let mut marks: Vec<Mark> = fills(tree, tiles)
        .map(|(_, paint, rect)| filled(rect, Look { is_hatched: paint == Paint::Gone, ..paint.look() }))
        .collect();
    for label in labels(tree, weighed, tiles, language) {
        if let Some(room) = label.backing {
            let covered = Rect { width: (extent(&label.text) + 5.0).min(room.width), ..room };
            marks.push(filled(covered, Look::filled("", Colour::Page, Label::BACKING)));
        }
        let (x, y) = label.at;
        marks.push(Mark::text((share(x), y), label.text, Colour::Ink).sized(SMALL));
    }
    let mut sheet = Sheet::new(language.words().map);
    sheet.draw(&marks, Place::File { left: 0.0, top: TOP, width: WIDTH, scale });
    sheet.finish("files", TOP + height * scale)
}

/// A hairline is left between neighbours that are large enough for one.
fn inner(rect: Rect) -> Rect {
    let gap = if rect.width > 3.0 && rect.height > 3.0 { 0.5 } else { 0.0 };
    Rect { x: rect.x + gap, y: rect.y + gap, width: rect.width - 2.0 * gap, height: rect.height - 2.0 * gap }
}

/// What a tile is called: the names of the directories that it stands for, or of its file.
fn name(tree: &FileTree<'_>, weighed: &Weighed, tile: &Tile) -> String {
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

fn change(node: &FileNode<'_>, language: Language) -> Option<String> {
    let delta = node.size().delta;
    (delta.0 != 0).then(|| language.delta(delta).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::treemap::{Area, layout};
    use plimsoll_view::testing::tree;

    #[test]
    fn a_saved_map_has_the_fills_and_labels_of_the_page() {
        tree(&[("gone", 900), ("same", 300)], &[("same", 300), ("<new>", 600)], |tree| {
            let weighed = Weighed::of(tree, Area::Size);
            let bounds = Rect { x: 0.0, y: 0.0, width: 480.0, height: 240.0 };
            let tiles = layout(tree, &weighed, 0, bounds);
            let paints: Vec<Paint> = fills(tree, &tiles).map(|(_, paint, _)| paint).collect();
            assert_eq!(paints.len(), 3);
            assert!(paints.iter().all(|paint| PAINTS.contains(paint)));
            let labels = labels(tree, &weighed, &tiles, Language::English);
            assert_eq!(labels.len(), 3);
            assert!(labels.iter().all(|label| label.backing.is_some()));
            let picture = picture((tree, &weighed, &tiles), (480.0, 240.0), Language::English);
            // The ground, three fills, the lines over what is gone, and the ground behind three labels.
            assert_eq!(picture.svg.matches("<rect ").count(), 8);
            assert!(picture.svg.contains(">&lt;new&gt; +600 B</text>"), "{}", picture.svg);
            assert_eq!((picture.width, picture.height), (960.0, 524.0));
        });
    }
}
