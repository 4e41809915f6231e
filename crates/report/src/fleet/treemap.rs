//! A map of projects: rectangles whose areas are their unique bytes. Places are in percent of the map, because the width of
//! the page is not known.

use crate::chart::squarify::{Rect, squarify};

/// The width of the map, in heights: the shape that rectangles are squared in.
const ASPECT: f64 = 2.4;

/// Lays weights out, the largest first, none of them zero.
pub(super) fn layout(weights: &[f64]) -> Vec<Rect> {
    let percent = |rect: Rect| Rect {
        x: rect.x * 100.0 / ASPECT,
        y: rect.y * 100.0,
        width: rect.width * 100.0 / ASPECT,
        height: rect.height * 100.0,
    };
    let bounds = Rect { width: ASPECT, height: 1.0, ..Rect::default() };
    squarify(weights, bounds).into_iter().map(percent).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_are_weights_and_fill_the_map() {
        let weights = [50.0, 30.0, 10.0, 6.0, 4.0];
        let rects = layout(&weights);
        for (rect, weight) in rects.iter().zip(weights) {
            assert!((rect.width * rect.height / 100.0 - weight).abs() < 1e-6, "{rect:?} {weight}");
            assert!(rect.x >= -1e-9 && rect.x + rect.width <= 100.0 + 1e-9, "{rect:?}");
            assert!(rect.y >= -1e-9 && rect.y + rect.height <= 100.0 + 1e-9, "{rect:?}");
        }
        assert_eq!(layout(&[]), []);
    }
}
