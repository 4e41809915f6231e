//! Change points of a series with noise, such as memory or start-up: where the level changed, and not only a value.
//!
//! Sizes of images have no noise, so each change of a size is a fact ([`super::Step`]). Measurements need more than one value
//! on each side: E-divisive means (Matteson & James 2014, "A Nonparametric Approach for Multiple Change Point Analysis of
//! Multivariate Data") with the windows, the t-test and the merging of Fleming et al. 2023, "Hunter: Using Change Point
//! Detection to Hunt for Performance Regressions", as Apache Otava does it.

use serde::{Deserialize, Serialize};

/// The fewest values in which change points are looked for.
pub const LEAST_POINTS: usize = 20;

/// The values that are looked at together.
const WINDOW: usize = 50;
/// The largest p-value of a change point, and of a candidate for one.
const MAX_P: f64 = 0.001;
const MAX_WEAK_P: f64 = 0.01;

/// A change of the level.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChangePoint {
    /// Index of the first value of the new level.
    pub index: usize,
    /// The mean before it, back to the change point before.
    pub before: f64,
    /// The mean from it on, up to the next change point.
    pub after: f64,
    /// The probability of such a difference if there were none.
    pub p: f64,
}

/// The change points of a series, in order; `None` if it has too few values to tell.
#[must_use]
pub fn change_points(values: &[f64]) -> Option<Vec<ChangePoint>> {
    if values.len() < LEAST_POINTS || values.iter().any(|value| !value.is_finite()) {
        return None;
    }
    let mut candidates: Vec<usize> = Vec::new();
    let mut start = 0;
    while start < values.len() {
        let end = (start + WINDOW).min(values.len());
        let found = divide(&values[start..end]);
        let last = found.last().map_or(0, |index| start + index);
        for index in found {
            if !candidates.contains(&(start + index)) {
                candidates.push(start + index);
            }
        }
        start = last.max(start + WINDOW / 2);
    }
    candidates.sort_unstable();
    Some(merged(values, candidates))
}

/// Removes candidates, the weakest first, until every one is significant between its neighbours.
fn merged(values: &[f64], mut candidates: Vec<usize>) -> Vec<ChangePoint> {
    loop {
        let points = tested(values, &candidates);
        let weakest = points.iter().max_by(|one, other| one.p.total_cmp(&other.p));
        match weakest.filter(|point| point.p >= MAX_P) {
            Some(weakest) => candidates.retain(|index| *index != weakest.index),
            None => return points,
        }
    }
}

fn tested(values: &[f64], indices: &[usize]) -> Vec<ChangePoint> {
    let bound = |place: Option<usize>, outside| {
        place.and_then(|place| indices.get(place)).copied().unwrap_or(outside)
    };
    let test = |(place, &index): (usize, &usize)| {
        let (from, to) = (bound(place.checked_sub(1), 0), bound(Some(place + 1), values.len()));
        let (left, right) = (&values[from..index], &values[index..to]);
        ChangePoint { index, before: mean(left), after: mean(right), p: p_value(left, right) }
    };
    indices.iter().enumerate().map(test).collect()
}

/// Divides a window at the most different place, as long as that is significant. The places, in order.
fn divide(values: &[f64]) -> Vec<usize> {
    let sums = Distances::of(values);
    let mut found: Vec<usize> = Vec::new();
    loop {
        let starts = std::iter::once(0).chain(found.iter().copied());
        let ends = found.iter().copied().chain([values.len()]);
        let best = starts
            .zip(ends)
            .filter_map(|(from, to)| Some((sums.best(from, to)?, from, to)))
            .max_by(|((_, one), ..), ((_, other), ..)| one.total_cmp(other));
        let Some(((index, _), from, to)) = best else { return found };
        if p_value(&values[from..index], &values[index..to]) > MAX_WEAK_P {
            return found;
        }
        found.push(index);
        found.sort_unstable();
    }
}

/// Sums of the distances between values, for every rectangle of pairs.
struct Distances {
    /// `sums[i][j]`: of all pairs of the first `i` with the first `j` values.
    sums: Vec<Vec<f64>>,
}

impl Distances {
    fn of(values: &[f64]) -> Self {
        let mut sums = vec![vec![0.0; values.len() + 1]; values.len() + 1];
        for (i, one) in values.iter().enumerate() {
            let mut row = 0.0;
            for (j, other) in values.iter().enumerate() {
                row += (one - other).abs();
                sums[i + 1][j + 1] = sums[i][j + 1] + row;
            }
        }
        Self { sums }
    }

    /// The sum over the pairs of two ranges.
    fn between(&self, (a, b): (usize, usize), (c, d): (usize, usize)) -> f64 {
        self.sums[b][d] - self.sums[a][d] - self.sums[b][c] + self.sums[a][c]
    }

    /// The place in a range that divides it, or the beginning of it, best, and how well.
    #[expect(clippy::cast_precision_loss, reason = "a window has few values")]
    fn best(&self, from: usize, to: usize) -> Option<(usize, f64)> {
        let mut best: Option<(usize, f64)> = None;
        for middle in from + 1..to {
            let left = self.between((from, middle), (from, middle)) / 2.0;
            for end in middle + 1..=to {
                let (n, m) = ((middle - from) as f64, (end - middle) as f64);
                let right = self.between((middle, end), (middle, end)) / 2.0;
                let within = |sum: f64, own: f64, other: f64| {
                    if own > 1.0 { 2.0 * other / (n + m) / (own - 1.0) * sum } else { 0.0 }
                };
                let across = 2.0 / (n + m) * self.between((from, middle), (middle, end));
                let score = across - within(left, n, m) - within(right, m, n);
                if best.is_none_or(|(_, known)| score > known) {
                    best = Some((middle, score));
                }
            }
        }
        best
    }
}

#[expect(clippy::cast_precision_loss, reason = "a series has few values")]
fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The p-value of Student's t-test, two-sided. The deviations are those of the values, as in Otava, and not estimates.
#[expect(clippy::cast_precision_loss, reason = "a series has few values")]
fn p_value(left: &[f64], right: &[f64]) -> f64 {
    let (n, m) = (left.len() as f64, right.len() as f64);
    let freedom = n + m - 2.0;
    if freedom < 1.0 {
        return 1.0;
    }
    let variance = |values: &[f64]| {
        let mean = mean(values);
        values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / values.len() as f64
    };
    let pooled = ((n - 1.0) * variance(left) + (m - 1.0) * variance(right)) / freedom;
    let difference = mean(left) - mean(right);
    if difference == 0.0 {
        return 1.0;
    }
    let t = difference / (pooled * (1.0 / n + 1.0 / m)).sqrt();
    puruspe::betai(freedom / 2.0, 0.5, freedom / (freedom + t * t))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A series, and its change points with p-values.
    type Case = (&'static [f64], &'static [(usize, f64)]);

    /// What Apache Otava 0.8.0 finds.
    const CASES: &[Case] = &[
        (
            &[
                102.6, 102.9, 100.1, 98.5, 97.8, 100.1, 98.0, 97.1, 100.4, 100.3, 101.1, 98.2, 100.0, 99.9,
                97.0, 101.1, 100.6, 104.8, 100.4, 99.7, 102.5, 100.4, 101.8, 99.3, 100.4, 102.0, 101.4,
                100.3, 97.8, 100.9,
            ],
            &[],
        ),
        (
            &[
                104.7, 98.7, 100.8, 100.3, 101.7, 97.2, 99.2, 98.5, 97.9, 98.3, 99.0, 99.4, 108.2, 110.8,
                108.9, 103.6, 112.4, 109.2, 108.5, 110.5, 110.5, 110.1, 108.3, 110.4, 106.9, 112.9,
            ],
            &[(12, 2.092600e-11)],
        ),
        (
            &[
                100.1, 101.3, 99.1, 101.0, 99.7, 99.7, 101.9, 100.2, 100.0, 100.7, 101.1, 100.0, 100.6, 99.0,
                99.6, 104.6, 103.7, 103.5, 103.4, 104.8, 104.8, 104.7, 105.1, 103.7, 104.9, 105.2, 105.8,
                104.2, 104.6, 103.0, 99.5, 97.8, 98.6, 101.1, 97.8, 100.8, 100.3, 99.7, 100.5, 100.5, 101.0,
                99.8, 99.4, 99.4, 99.0,
            ],
            &[(30, 6.898404e-05)],
        ),
        (
            &[
                100.2, 102.3, 97.7, 101.8, 104.6, 102.1, 107.8, 95.6, 100.3, 96.5, 96.1, 99.1, 101.1, 102.1,
                102.5, 111.2, 104.3, 92.0, 101.0, 96.9, 97.4, 106.5, 98.9, 90.2, 101.6, 106.5, 102.1, 103.4,
                104.9, 107.9, 105.9, 108.4, 117.2, 104.0, 104.0, 106.8, 113.5, 104.5, 115.2, 101.5, 102.8,
                107.7, 103.7, 104.9, 110.3, 111.6, 108.6, 106.6, 114.7, 110.0,
            ],
            &[(25, 7.549303e-07)],
        ),
        (
            &[
                196.5, 196.6, 202.0, 193.1, 199.6, 193.2, 203.3, 200.6, 204.1, 198.5, 181.2, 179.1, 177.8,
                180.4, 176.2, 178.9, 182.1, 180.2, 178.8, 186.6, 180.2, 178.2, 180.5, 178.4, 178.8, 178.9,
                186.1, 180.1, 180.5, 182.0, 186.1, 179.3, 178.1, 187.4, 175.6, 178.9, 182.0, 186.9, 177.2,
                172.7, 182.0, 178.4, 178.8, 181.4, 180.7, 180.9, 178.7, 183.9, 184.5, 180.1, 178.6, 182.2,
                181.4, 176.9, 178.6, 183.1, 179.7, 179.0, 180.6, 179.9, 230.0, 224.2, 235.2, 230.6, 227.4,
                232.9, 230.9, 230.1, 233.1, 236.8, 231.7, 234.8, 236.5, 226.9, 228.4, 232.3, 224.9, 229.2,
                233.9, 233.1, 231.7, 224.3, 237.1, 231.7, 232.3, 231.5, 224.9, 225.7, 226.4, 235.8,
            ],
            &[(10, 1.084457e-24), (60, 1.718010e-70)],
        ),
        (
            &[
                50.2, 49.1, 49.6, 50.0, 50.7, 50.0, 49.2, 50.2, 49.4, 50.6, 49.9, 50.9, 49.9, 49.5, 49.3,
                49.8, 50.2, 50.6, 50.1, 49.6, 50.3, 49.3, 50.3, 49.6, 50.7, 50.5, 50.2, 49.5, 50.3, 50.2,
                89.7, 49.7, 50.6, 49.8, 50.2, 50.7, 49.3, 50.9, 50.5, 49.7, 49.5, 49.4, 50.5, 48.7, 50.5,
                50.1,
            ],
            &[],
        ),
    ];
    #[test]
    fn the_same_changes_are_found_as_by_otava() {
        for (values, expected) in CASES {
            let found = change_points(values).unwrap();
            let indices: Vec<usize> = found.iter().map(|point| point.index).collect();
            let wanted: Vec<usize> = expected.iter().map(|(index, _)| *index).collect();
            assert_eq!(indices, wanted);
            for (point, (_, p)) in found.iter().zip(*expected) {
                assert!((point.p.ln() - p.ln()).abs() < 0.01, "{} {p}", point.p);
            }
        }
    }

    #[test]
    fn too_few_values_tell_nothing() {
        assert_eq!(change_points(&[1.0; LEAST_POINTS - 1]), None);
        assert_eq!(change_points(&[1.0; LEAST_POINTS]), Some(Vec::new()));
        assert_eq!(change_points(&[f64::NAN; 40]), None);
        let mut level = vec![1.0; 20];
        level.extend([2.0; 20]);
        let [point] = change_points(&level).unwrap()[..] else { panic!() };
        assert_eq!((point.index, point.before, point.after), (20, 1.0, 2.0));
    }
}
