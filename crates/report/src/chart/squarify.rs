//! Squarified rectangles (Bruls, Huizing, van Wijk: "Squarified Treemaps", 2000).

/// A rectangle, in whatever unit its user has.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Rect {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

impl Rect {
    /// Its area.
    #[must_use]
    pub fn area(self) -> f64 {
        self.width * self.height
    }

    /// Whether a point lies in it.
    #[must_use]
    pub fn holds(self, x: f64, y: f64) -> bool {
        (self.x..self.x + self.width).contains(&x) && (self.y..self.y + self.height).contains(&y)
    }

    /// The point in its middle.
    #[must_use]
    pub fn centre(self) -> (f64, f64) {
        (self.x + self.width / 2.0, self.y + self.height / 2.0)
    }

    /// What is left within a margin, and below a head.
    #[must_use]
    pub fn inside(self, margin: f64, head: f64) -> Self {
        Self {
            x: self.x + margin,
            y: self.y + margin + head,
            width: (self.width - 2.0 * margin).max(0.0),
            height: (self.height - 2.0 * margin - head).max(0.0),
        }
    }
}

/// Lays areas into a rectangle, each as close to a square as its neighbours let it be. The weights come sorted, the
/// largest first, none of them zero; they are scaled so that together they fill the rectangle.
#[must_use]
pub fn squarify(weights: &[f64], bounds: Rect) -> Vec<Rect> {
    let sum: f64 = weights.iter().sum();
    if sum <= 0.0 || bounds.area() <= 0.0 {
        return vec![Rect { width: 0.0, height: 0.0, ..bounds }; weights.len()];
    }
    let scale = bounds.area() / sum;
    let mut rects = Vec::with_capacity(weights.len());
    let mut rest = bounds;
    let mut from = 0;
    while from < weights.len() {
        let side = rest.width.min(rest.height);
        let (mut to, mut area) = (from + 1, weights[from] * scale);
        let largest = area;
        // The first of a row is its largest, the last its smallest: they are the ones that are least square.
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
    rects
}

/// Lays one row along the shorter side, and gives what is left of the rectangle.
fn lay_row(weights: &[f64], scale: f64, area: f64, bounds: Rect, rects: &mut Vec<Rect>) -> Rect {
    let upright = bounds.width >= bounds.height;
    let side = if upright { bounds.height } else { bounds.width };
    let thick = if side > 0.0 { area / side } else { 0.0 };
    let mut at = 0.0;
    for weight in weights {
        let length = if thick > 0.0 { weight * scale / thick } else { 0.0 };
        rects.push(if upright {
            Rect { x: bounds.x, y: bounds.y + at, width: thick, height: length }
        } else {
            Rect { x: bounds.x + at, y: bounds.y, width: length, height: thick }
        });
        at += length;
    }
    if upright {
        Rect { x: bounds.x + thick, width: (bounds.width - thick).max(0.0), ..bounds }
    } else {
        Rect { y: bounds.y + thick, height: (bounds.height - thick).max(0.0), ..bounds }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Rect = Rect { x: 0.0, y: 0.0, width: 6.0, height: 4.0 };

    #[test]
    fn the_example_of_the_paper_is_laid_as_there() {
        let rects = squarify(&[6.0, 6.0, 4.0, 3.0, 2.0, 2.0, 1.0], BOUNDS);
        assert_eq!(rects[0], Rect { x: 0.0, y: 0.0, width: 3.0, height: 2.0 });
        assert_eq!(rects[1], Rect { x: 0.0, y: 2.0, width: 3.0, height: 2.0 });
        assert!((rects[2].height - 7.0 / 3.0).abs() < 1e-9 && (rects[2].area() - 4.0).abs() < 1e-9);
    }

    #[test]
    fn every_rectangle_has_its_share_and_stays_within() {
        let weights: Vec<f64> = (1..200).rev().map(f64::from).collect();
        let sum: f64 = weights.iter().sum();
        for (weight, rect) in weights.iter().zip(squarify(&weights, BOUNDS)) {
            assert!((rect.area() - weight / sum * 24.0).abs() < 1e-6);
            assert!(rect.x >= -1e-9 && rect.y >= -1e-9);
            assert!(rect.x + rect.width <= 6.0 + 1e-6 && rect.y + rect.height <= 4.0 + 1e-6);
        }
    }

    #[test]
    fn nothing_is_laid_into_nothing() {
        assert!(squarify(&[], BOUNDS).is_empty());
        assert_eq!(squarify(&[1.0], Rect::default())[0].area(), 0.0);
        assert_eq!(squarify(&[0.0], BOUNDS)[0].area(), 0.0);
    }
}
