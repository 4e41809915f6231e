//! Which rectangles are seen: directories that are open, and what lies in them, down to a few pixels.

use plimsoll_analysis::compare::FileTree;
use plimsoll_snapshot::Order as _;

use plimsoll_report::chart::squarify::{Rect, squarify};

use super::Weighed;

/// The height of the head in which an open directory has its name.
pub(crate) const HEAD: f64 = 18.0;
/// The smallest directory that is opened, and the smallest one that has a head.
const OPEN: (f64, f64) = (10.0, 10.0);
const WITH_HEAD: (f64, f64) = (56.0, 44.0);
/// The smallest area that is drawn, in square pixels. What is smaller is drawn together.
const VISIBLE: f64 = 14.0;

/// A rectangle of the map.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Tile {
    /// Index into the nodes of the tree. Of directories that hold nothing but another one, the innermost.
    pub(crate) node: u32,
    /// The outermost of these: the name of the tile begins with it.
    pub(crate) from: u32,
    pub(crate) rect: Rect,
    pub(crate) kind: TileKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TileKind {
    /// A directory whose content lies within it; whether it has a head.
    Open { head: bool },
    /// A file, or a directory that is too small to look into.
    Closed,
    /// The number of children of the directory `node` that are too small to be seen.
    Rest(u32),
}

/// The tiles of a directory, what contains before what is contained.
pub(crate) fn layout(tree: &FileTree<'_>, weighed: &Weighed, root: u32, bounds: Rect) -> Vec<Tile> {
    let mut tiles = Vec::new();
    if tree.nodes.is_empty() || weighed.weights[root as usize] == 0 {
        return tiles;
    }
    // An explicit stack: a tree may be deeper than the call stack.
    let mut open = vec![(root, bounds)];
    while let Some((from, rect)) = open.pop() {
        let node = if from == root { root } else { innermost(tree, weighed, from) };
        if !has_children(tree, node) || rect.width < OPEN.0 || rect.height < OPEN.1 {
            tiles.push(Tile { node, from, rect, kind: TileKind::Closed });
            continue;
        }
        let head = from != root && rect.width >= WITH_HEAD.0 && rect.height >= WITH_HEAD.1;
        tiles.push(Tile { node, from, rect, kind: TileKind::Open { head } });
        let inside = if from == root { rect } else { rect.inside(1.0, if head { HEAD } else { 0.0 }) };
        let (children, rest) = visible_children(tree, weighed, node, inside.area());
        let weights: Vec<f64> =
            children.iter().map(|&(weight, _)| weight).chain(rest.map(|(weight, _)| weight)).collect();
        let rects = squarify(&weights, inside);
        if let (Some((_, number)), Some(&rect)) = (rest, rects.get(children.len())) {
            tiles.push(Tile { node, from: node, rect, kind: TileKind::Rest(number) });
        }
        open.extend(children.iter().zip(rects).rev().map(|(&(_, child), rect)| (child, rect)));
    }
    tiles
}

/// A weight, and the node or the number of nodes that it is of.
type Child = (f64, u32);

/// The children that are large enough to be seen, the largest first, and what all others weigh and how many they are.
#[expect(clippy::cast_precision_loss, reason = "an area on a screen")]
fn visible_children(
    tree: &FileTree<'_>,
    weighed: &Weighed,
    node: u32,
    area: f64,
) -> (Vec<Child>, Option<Child>) {
    let weight = |child: u32| weighed.weights[child as usize];
    let whole = weighed.weights[node as usize];
    let least = whole as f64 * VISIBLE / area.max(VISIBLE);
    let (mut seen, mut rest, mut number) = (Vec::new(), 0.0, 0);
    for child in children(tree, node).filter(|&child| weight(child) > 0) {
        let weight = weight(child) as f64;
        if weight >= least {
            seen.push((weight, child));
        } else {
            rest += weight;
            number += 1;
        }
    }
    // They come by name, and the sort keeps the order of equals.
    seen.order_by(|left, right| right.0.total_cmp(&left.0));
    (seen, (number > 0).then_some((rest, number)))
}

/// The last of a row of directories each of which holds nothing but the next.
fn innermost(tree: &FileTree<'_>, weighed: &Weighed, from: u32) -> u32 {
    let mut node = from;
    loop {
        let mut heavy = children(tree, node).filter(|&child| weighed.weights[child as usize] > 0);
        match (heavy.next(), heavy.next()) {
            (Some(only), None) if has_children(tree, only) => node = only,
            _ => return node,
        }
    }
}

fn has_children(tree: &FileTree<'_>, node: u32) -> bool {
    tree.nodes[node as usize].end > node + 1
}

fn children<'a>(tree: &'a FileTree<'_>, node: u32) -> impl Iterator<Item = u32> + 'a {
    tree.children(node as usize)
        .map(|child| u32::try_from(child).expect("fewer than 2^32 nodes fit in memory"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::treemap::Area;
    use plimsoll_view::testing::tree;

    const BOUNDS: Rect = Rect { x: 0.0, y: 0.0, width: 600.0, height: 400.0 };

    fn name(tree: &FileTree<'_>, tile: &Tile) -> String {
        tree.path(tile.node as usize)
    }

    #[test]
    fn areas_are_in_proportion_and_lonely_directories_are_one() {
        tree(&[("usr/lib/a", 300), ("b", 100)], &[("usr/lib/a", 300)], |tree| {
            let weighed = Weighed::of(tree, Area::Size);
            let tiles = layout(tree, &weighed, 0, BOUNDS);
            let names: Vec<_> =
                tiles.iter().map(|tile| (name(tree, tile), tree.path(tile.from as usize))).collect();
            let pair = |name: &str, from: &str| (name.to_owned(), from.to_owned());
            assert_eq!(
                names,
                [pair("", ""), pair("usr/lib", "usr"), pair("usr/lib/a", "usr/lib/a"), pair("b", "b")]
            );
            assert!((tiles[1].rect.area() - 180_000.0).abs() < 1.0);
            assert_eq!(tiles[1].kind, TileKind::Open { head: true });
            assert!((tiles[3].rect.area() - 60_000.0).abs() < 1.0);
        });
    }

    #[test]
    fn unchanged_files_have_no_place_in_a_map_of_changes() {
        tree(&[("a", 300), ("b", 100)], &[("a", 300)], |tree| {
            let tiles = layout(tree, &Weighed::of(tree, Area::Change), 0, BOUNDS);
            assert_eq!(tiles.iter().map(|tile| name(tree, tile)).collect::<Vec<_>>(), ["", "b"]);
        });
        tree(&[("a", 300)], &[("a", 300)], |tree| {
            assert!(layout(tree, &Weighed::of(tree, Area::Change), 0, BOUNDS).is_empty());
        });
    }

    #[test]
    fn what_is_too_small_is_drawn_together() {
        let names: Vec<String> = (0..30_000).map(|index| format!("d/{index:05}")).collect();
        let mut files: Vec<(&str, u64)> = names.iter().map(|name| (name.as_str(), 1)).collect();
        files.push(("large", 100_000));
        tree(&files, &[], |tree| {
            let tiles = layout(tree, &Weighed::of(tree, Area::Size), 0, BOUNDS);
            assert!(tiles.len() < 10, "{}", tiles.len());
            assert!(tiles.iter().any(|tile| tile.kind == TileKind::Rest(30_000)));
        });
    }

    #[test]
    fn a_tree_deeper_than_any_stack_is_laid_out() {
        // Each level holds a file beside the next directory, so that none is passed over.
        let names: Vec<String> = (1..300).map(|depth| format!("{}f", "d/".repeat(depth))).collect();
        let files: Vec<(&str, u64)> = names.iter().rev().map(|name| (name.as_str(), 1)).collect();
        let mut sorted = files.clone();
        sorted.sort_by(|left, right| plimsoll_snapshot::path::compare(left.0.as_bytes(), right.0.as_bytes()));
        tree(&sorted, &[], |tree| {
            assert!(layout(tree, &Weighed::of(tree, Area::Size), 0, BOUNDS).len() > 10);
        });
    }
}
