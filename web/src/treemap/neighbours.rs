//! Which tile lies where: under the pointer, beside another one, around a file.

use plimsoll_analysis::compare::FileTree;

use super::{Tile, TileKind};

/// Where an arrow key points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Left,
    Right,
    Up,
    Down,
}

impl Direction {
    /// The direction of a key, by the name browsers give it.
    pub(crate) fn of_key(key: &str) -> Option<Self> {
        Some(match key {
            "ArrowLeft" => Self::Left,
            "ArrowRight" => Self::Right,
            "ArrowUp" => Self::Up,
            "ArrowDown" => Self::Down,
            _ => return None,
        })
    }
}

/// The innermost tile at a point.
pub(crate) fn tile_at(tiles: &[Tile], x: f64, y: f64) -> Option<usize> {
    tiles.iter().rposition(|tile| tile.rect.holds(x, y))
}

/// The innermost tile that shows a node: its own, or that of a directory around it.
pub(crate) fn tile_of(tree: &FileTree<'_>, tiles: &[Tile], node: u32) -> Option<usize> {
    let shows = |tile: &Tile| (tile.from..tree.nodes[tile.node as usize].end).contains(&node);
    tiles.iter().rposition(|tile| !matches!(tile.kind, TileKind::Rest(_)) && shows(tile))
}

/// The nearest tile in a direction. A step aside costs more than one ahead, so that a row is walked along. Of open
/// directories only what lies in them is walked.
pub(crate) fn neighbour(tiles: &[Tile], from: Option<usize>, direction: Direction) -> Option<usize> {
    let closed = |index: &usize| !matches!(tiles[*index].kind, TileKind::Open { .. });
    let Some(at) = from.and_then(|from| tiles.get(from)) else { return (0..tiles.len()).find(closed) };
    let (x, y) = at.rect.centre();
    let cost = |index: usize| {
        let (to_x, to_y) = tiles[index].rect.centre();
        let (ahead, aside) = match direction {
            Direction::Left => (x - to_x, to_y - y),
            Direction::Right => (to_x - x, to_y - y),
            Direction::Up => (y - to_y, to_x - x),
            Direction::Down => (to_y - y, to_x - x),
        };
        (ahead > 0.5).then(|| ahead + 2.0 * aside.abs())
    };
    (0..tiles.len())
        .filter(closed)
        .filter(|&index| Some(index) != from)
        .filter_map(|index| Some((cost(index)?, index)))
        .min_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, index)| index)
}

#[cfg(test)]
mod tests {
    use super::*;
    use plimsoll_report::chart::squarify::Rect;

    use crate::treemap::{Area, Weighed, layout};
    use plimsoll_view::testing::tree;

    const BOUNDS: Rect = Rect { x: 0.0, y: 0.0, width: 400.0, height: 100.0 };

    #[test]
    fn arrows_walk_from_tile_to_tile() {
        let files = [("a/one", 100), ("a/two", 100), ("b", 200)];
        tree(&files, &[], |tree| {
            let tiles = layout(tree, &Weighed::of(tree, Area::Size), 0, BOUNDS);
            let path = |index: Option<usize>| index.map(|index| tree.path(tiles[index].node as usize));
            let first = neighbour(&tiles, None, Direction::Right);
            assert_eq!(path(first).as_deref(), Some("a/one"));
            let last = tile_at(&tiles, 390.0, 50.0);
            assert_eq!(path(last).as_deref(), Some("b"));
            assert_eq!(neighbour(&tiles, last, Direction::Right), None);
            let back = neighbour(&tiles, last, Direction::Left);
            assert!(path(back).is_some_and(|path| path.starts_with("a/")));
        });
    }

    #[test]
    fn a_file_without_a_tile_is_shown_by_its_directory() {
        let files = [("a/large", 1_000_000), ("a/small", 1), ("b", 10)];
        tree(&files, &[], |tree| {
            let tiles = layout(tree, &Weighed::of(tree, Area::Size), 0, BOUNDS);
            let small = (0..4).find(|&node| tree.path(node as usize) == "a/small").unwrap();
            let tile = tiles[tile_of(tree, &tiles, small).unwrap()];
            assert_eq!(tree.path(tile.node as usize), "a");
        });
    }
}
