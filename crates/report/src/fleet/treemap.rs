//! A map of projects: rectangles whose areas are their unique bytes, squarified (Bruls, Huizing, van Wijk: "Squarified
//! Treemaps", 2000). Places are in percent, because the width of the page is not known.

/// A rectangle, in percent of the map.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rect {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// The width of the map, in heights: the shape that rectangles are squared in.
const ASPECT: f64 = 2.4;

/// Lays weights out, the largest first, none of them zero.
pub(super) fn layout(weights: &[f64]) -> Vec<Rect> {
    let sum: f64 = weights.iter().sum();
    let mut rest = Rect { left: 0.0, top: 0.0, width: ASPECT, height: 1.0 };
    let mut rects = Vec::with_capacity(weights.len());
    let scale = if sum > 0.0 { ASPECT / sum } else { 0.0 };
    let mut from = 0;
    while from < weights.len() {
        let side = rest.width.min(rest.height);
        let (mut to, mut area) = (from + 1, weights[from] * scale);
        let largest = area;
        // The first of a row is the largest, the last the smallest: they are least square.
        let worst = |area: f64, smallest: f64| {
            let square = side * side;
            (square * largest / (area * area)).max(area * area / (square * smallest))
        };
        while to < weights.len() {
            let next = weights[to] * scale;
            if worst(area + next, next) > worst(area, weights[to - 1] * scale) {
                break;
            }
            area += next;
            to += 1;
        }
        rest = lay_row(&weights[from..to], scale, area, rest, &mut rects);
        from = to;
    }
    for rect in &mut rects {
        rect.left *= 100.0 / ASPECT;
        rect.width *= 100.0 / ASPECT;
        rect.top *= 100.0;
        rect.height *= 100.0;
    }
    rects
}

/// Lays one row along the shorter side, and gives what is left.
fn lay_row(weights: &[f64], scale: f64, area: f64, bounds: Rect, rects: &mut Vec<Rect>) -> Rect {
    let is_upright = bounds.width >= bounds.height;
    let side = if is_upright { bounds.height } else { bounds.width };
    let thick = if side > 0.0 { area / side } else { 0.0 };
    let mut at = 0.0;
    for weight in weights {
        let length = if thick > 0.0 { weight * scale / thick } else { 0.0 };
        rects.push(if is_upright {
            Rect { left: bounds.left, top: bounds.top + at, width: thick, height: length }
        } else {
            Rect { left: bounds.left + at, top: bounds.top, width: length, height: thick }
        });
        at += length;
    }
    if is_upright {
        Rect { left: bounds.left + thick, width: (bounds.width - thick).max(0.0), ..bounds }
    } else {
        Rect { top: bounds.top + thick, height: (bounds.height - thick).max(0.0), ..bounds }
    }
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
            assert!(rect.left >= -1e-9 && rect.left + rect.width <= 100.0 + 1e-9, "{rect:?}");
            assert!(rect.top >= -1e-9 && rect.top + rect.height <= 100.0 + 1e-9, "{rect:?}");
        }
        assert_eq!(layout(&[]), []);
    }
}
