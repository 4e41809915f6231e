//! The statistics that recordings of memory need; each says where its formula comes from.
//!
//! Checked against numpy 2 and scipy 1: see the tests.

use super::rng::Rng;

/// The most values that something quadratic is asked of.
const QUADRATIC: usize = 400;

/// The p-th percentile (0 to 100) of values in order, interpolated linearly: numpy's default, type 7 of Hyndman & Fan
/// 1996, "Sample Quantiles in Statistical Packages". None without values.
pub(crate) fn percentile(sorted: &[f64], percent: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    #[expect(clippy::cast_precision_loss, reason = "an index")]
    let place = last as f64 * (percent / 100.0).clamp(0.0, 1.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the slice")]
    let below = place.floor() as usize;
    let above = (below + 1).min(last);
    Some(sorted[below] + (sorted[above] - sorted[below]) * (place - place.floor()))
}

/// The values in order.
pub(crate) fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
}

/// The median; none without values.
pub(crate) fn median(values: &[f64]) -> Option<f64> {
    percentile(&sorted(values), 50.0)
}

#[expect(clippy::cast_precision_loss, reason = "a count")]
pub(crate) fn mean(values: &[f64]) -> f64 {
    if values.is_empty() { 0.0 } else { values.iter().sum::<f64>() / values.len() as f64 }
}

/// The autocorrelation at lag 1, as `statsmodels.tsa.stattools.acf` estimates it (Box & Jenkins 1976, section 2.1.5).
/// None for fewer than 3 values, and for values that are all the same.
pub(crate) fn autocorrelation(values: &[f64]) -> Option<f64> {
    autocorrelation_of_rounded(values, 0.0)
}

/// The autocorrelation of values of which only multiples of a step matter. Rounding to a step adds independent noise with
/// the variance step² / 12 (Widrow 1956, "A Study of Rough Amplitude Quantization by Means of Nyquist Sampling Theory").
#[expect(clippy::cast_precision_loss, reason = "a count")]
fn autocorrelation_of_rounded(values: &[f64], step: f64) -> Option<f64> {
    let mean = mean(values);
    let variance: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    if values.len() < 3 || variance <= 0.0 {
        return None;
    }
    let covariance: f64 = values.windows(2).map(|pair| (pair[0] - mean) * (pair[1] - mean)).sum();
    Some(covariance / (variance + values.len() as f64 * step.powi(2) / 12.0))
}

/// How many independent values a series is worth: n(1−ρ)/(1+ρ) for a first-order autoregressive process (Bayley &
/// Hammersley 1946, "The Effective Number of Independent Observations in an Autocorrelated Time Series"). Never more
/// than there are.
///
/// `step` is the least difference that matters. Without it, a service whose memory drifts by a few pages is worth less than
/// one whose memory is constant, although both say the same about a limit.
#[expect(clippy::cast_precision_loss, reason = "a count")]
pub(crate) fn effective(values: &[f64], step: f64) -> f64 {
    let rho = autocorrelation_of_rounded(values, step).unwrap_or(0.0).clamp(0.0, 0.999_9);
    values.len() as f64 * (1.0 - rho) / (1.0 + rho)
}

/// A trend in a series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Slope {
    /// The median slope between two values, for each step (Theil 1950, Sen 1968).
    pub(crate) per_step: f64,
    /// The two-sided p-value of Mann-Kendall's test, its variance widened for the autocorrelation of the residuals (Yue
    /// & Wang 2004, "The Mann-Kendall Test Modified by Effective Sample Size").
    pub(crate) p: f64,
}

/// The trend of values that lie equally apart; of many values only the means of equal blocks are asked. None for
/// fewer than 4.
#[expect(clippy::cast_precision_loss, reason = "counts")]
pub(crate) fn trend(values: &[f64]) -> Option<Slope> {
    let block = values.len().div_ceil(QUADRATIC).max(1);
    let values: Vec<f64> = values.chunks(block).map(mean).collect();
    let count = values.len();
    if count < 4 {
        return None;
    }
    let mut slopes = Vec::with_capacity(count * (count - 1) / 2);
    let mut score = 0.0;
    for (index, &earlier) in values.iter().enumerate() {
        for (later_index, &later) in values.iter().enumerate().skip(index + 1) {
            slopes.push((later - earlier) / (later_index - index) as f64);
            score += (later - earlier).partial_cmp(&0.0).map_or(0.0, |order| f64::from(order as i8));
        }
    }
    let per_step = median(&slopes)?;
    let residuals: Vec<f64> =
        values.iter().enumerate().map(|(index, value)| value - per_step * index as f64).collect();
    let widened = count as f64 / effective(&residuals, 0.0).max(1.0);
    let n = count as f64;
    // Ties shrink the variance: each group of t equal values takes its part away.
    let ties: f64 = tie_groups(&sorted(&values)).map(|size| size * (size - 1.0) * (2.0 * size + 5.0)).sum();
    let variance = (n * (n - 1.0) * (2.0 * n + 5.0) - ties) / 18.0 * widened;
    let p = if variance <= 0.0 || score == 0.0 {
        1.0
    } else {
        let z = (score.abs() - 1.0) / variance.sqrt();
        2.0 * normal_tail(z)
    };
    Some(Slope { per_step: per_step / block as f64, p })
}

/// How large the groups of equal values are.
fn tie_groups(sorted: &[f64]) -> impl Iterator<Item = f64> + '_ {
    sorted.chunk_by(|left, right| left == right).map(
        #[expect(clippy::cast_precision_loss, reason = "a count")]
        |group| group.len() as f64,
    )
}

/// P(Z > z) of the standard normal distribution (Abramowitz & Stegun 26.2.17, error < 7.5 × 10⁻⁸).
pub(crate) fn normal_tail(z: f64) -> f64 {
    if z < 0.0 {
        return 1.0 - normal_tail(-z);
    }
    let t = 1.0 / (1.0 + 0.231_641_9 * z);
    let polynomial = t
        * (0.319_381_530
            + t * (-0.356_563_782 + t * (1.781_477_937 + t * (-1.821_255_978 + t * 1.330_274_429))));
    (-z * z / 2.0).exp() / std::f64::consts::TAU.sqrt() * polynomial
}

/// The Hodges-Lehmann shift: the median of all differences `after − before` (Hodges & Lehmann 1963). None where a side
/// has no values.
pub(crate) fn hodges_lehmann(before: &[f64], after: &[f64]) -> Option<f64> {
    let differences: Vec<f64> =
        after.iter().flat_map(|later| before.iter().map(move |earlier| later - earlier)).collect();
    median(&differences)
}

/// The most runs of one side that the exact test counts; beyond, it would be the same as its approximation.
pub(crate) const EXACT_RUNS: usize = 30;

/// The two-sided p-value of the Mann-Whitney test, exact: the share of all ways to deal the ranks to two groups whose
/// sum is at least as far out (Mann & Whitney 1947; `scipy.stats.mannwhitneyu(method="exact")`). Equal values share
/// their rank, so with ties it is the exact permutation test. None for no values, or more than [`EXACT_RUNS`].
pub(crate) fn mann_whitney(before: &[f64], after: &[f64]) -> Option<f64> {
    let group = before.len();
    if group == 0 || after.is_empty() || group > EXACT_RUNS || after.len() > EXACT_RUNS {
        return None;
    }
    let all = sorted(&[before, after].concat());
    // Twice the mean rank of each value, so that it is a whole number.
    let rank = |value: f64| {
        let below = all.partition_point(|&other| other.total_cmp(&value).is_lt());
        let through = all.partition_point(|&other| other.total_cmp(&value).is_le());
        below + through + 1
    };
    let ranks: Vec<usize> = all.iter().map(|&value| rank(value)).collect();
    let most: usize = ranks.iter().sum();
    // ways[k][s]: in how many ways k of the values have ranks that sum to s.
    let mut ways = vec![vec![0.0_f64; most + 1]; group + 1];
    ways[0][0] = 1.0;
    for &rank in &ranks {
        for chosen in (1..=group).rev() {
            let (fewer, these) = ways.split_at_mut(chosen);
            for sum in rank..=most {
                these[0][sum] += fewer[chosen - 1][sum - rank];
            }
        }
    }
    let observed: usize = before.iter().map(|&value| rank(value)).sum();
    let total: f64 = ways[group].iter().sum();
    let lower: f64 = ways[group][..=observed].iter().sum();
    let upper: f64 = ways[group][observed..].iter().sum();
    Some((2.0 * lower.min(upper) / total).min(1.0))
}

/// Cliff's delta: how much more often a value after is larger than one before than smaller, −1 to 1 (Cliff 1993).
#[expect(clippy::cast_precision_loss, reason = "counts")]
pub(crate) fn cliffs_delta(before: &[f64], after: &[f64]) -> Option<f64> {
    let before = sorted(before);
    let pairs = before.len() as f64 * after.len() as f64;
    let dominance: f64 = after
        .iter()
        .map(|&value| {
            let smaller = before.partition_point(|&other| other < value);
            let larger = before.len() - before.partition_point(|&other| other <= value);
            smaller as f64 - larger as f64
        })
        .sum();
    (pairs > 0.0).then(|| dominance / pairs)
}

/// How many times the bootstrap draws, and of how many values at most.
const DRAWS: usize = 999;
const BOOTSTRAP: usize = 1000;

/// A 95 % interval for the difference of a statistic between two series, by a circular block bootstrap (Politis &
/// Romano 1992): blocks keep the values of a stretch together, so that what follows from each other is not taken for
/// independent. The blocks are twice the decorrelation length (1+ρ)/(1−ρ), at least the cube root of the length
/// (Künsch 1989), at most half of it. None for fewer than 4 values a side.
pub(crate) fn block_bootstrap(
    before: &[f64],
    after: &[f64],
    statistic: fn(&[f64]) -> Option<f64>,
) -> Option<(f64, f64)> {
    if before.len().min(after.len()) < 4 {
        return None;
    }
    let (before, after) = (thinned(before), thinned(after));
    // The seed is fixed: chance must not make the same input give another report.
    let mut rng = Rng::new(0x504c_494d_534f_4c4c);
    let mut draw = |series: &[f64], drawn: &mut Vec<f64>| {
        let length = block_length(series);
        drawn.clear();
        while drawn.len() < series.len() {
            let start = rng.below(series.len());
            let block = series.iter().cycle().skip(start).take(length.min(series.len() - drawn.len()));
            drawn.extend(block);
        }
        statistic(drawn)
    };
    let (mut one, mut other) = (Vec::new(), Vec::new());
    let mut differences = Vec::with_capacity(DRAWS);
    for _ in 0..DRAWS {
        differences.push(draw(&after, &mut other)? - draw(&before, &mut one)?);
    }
    differences.sort_by(f64::total_cmp);
    Some((percentile(&differences, 2.5)?, percentile(&differences, 97.5)?))
}

/// Every k-th value, so that the bootstrap ends in time whatever the recording.
fn thinned(values: &[f64]) -> Vec<f64> {
    values.iter().step_by(values.len().div_ceil(BOOTSTRAP).max(1)).copied().collect()
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "lengths of at most a thousand"
)]
fn block_length(series: &[f64]) -> usize {
    let rho = autocorrelation(series).unwrap_or(0.0).clamp(0.0, 0.999);
    let correlated = 2.0 * (1.0 + rho) / (1.0 - rho);
    let least = (series.len() as f64).cbrt();
    (correlated.max(least).ceil() as usize).clamp(1, (series.len() / 2).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(value: Option<f64>, expected: f64) {
        let value = value.unwrap();
        assert!((value - expected).abs() < 1e-6 * expected.abs().max(1.0), "{value} is not {expected}");
    }

    /// `numpy.percentile([15, 20, 35, 40, 50], …)`.
    #[test]
    fn percentiles_are_those_of_numpy() {
        let values = [15.0, 20.0, 35.0, 40.0, 50.0];
        near(percentile(&values, 40.0), 29.0);
        near(percentile(&values, 95.0), 48.0);
        near(percentile(&values, 0.0), 15.0);
        near(percentile(&values, 100.0), 50.0);
        assert_eq!(percentile(&[], 50.0), None);
    }

    #[test]
    fn what_repeats_itself_is_worth_less() {
        near(autocorrelation(&[1.0, 2.0, 3.0, 4.0, 5.0]), 0.4);
        assert_eq!(autocorrelation(&[5.0; 10]), None, "no variance, no correlation");
        assert!((effective(&[1.0, 2.0, 3.0, 4.0, 5.0], 0.0) - 5.0 * 0.6 / 1.4).abs() < 1e-9);
        assert!((effective(&[1.0, -1.0, 1.0, -1.0], 0.0) - 4.0).abs() < 1e-9, "never more than there are");
    }

    #[test]
    fn a_drift_below_the_step_hardly_counts_and_one_above_it_does() {
        let drift = |by: f64| (0..20).map(|minute| f64::from(minute) * by / 19.0).collect::<Vec<_>>();
        let worth = |by| effective(&drift(by), 16.0).round();
        assert_eq!([0.0, 0.1, 2.0, 16.0, 160.0].map(worth), [20.0, 20.0, 19.0, 8.0, 2.0]);
        assert_eq!(effective(&drift(0.1), 0.0).round(), 2.0, "without a step only the shape counts");
    }

    /// `scipy.stats.mannwhitneyu(x, y, method="exact").pvalue`.
    #[test]
    fn mann_whitney_is_exact() {
        near(mann_whitney(&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0]), 0.1);
        near(mann_whitney(&[1.0, 2.0, 3.0, 4.0], &[5.0, 6.0, 7.0, 8.0]), 0.028_571_428_571_428_57);
        near(mann_whitney(&[1.0, 3.0, 5.0, 7.0], &[2.0, 4.0, 6.0, 8.0]), 0.685_714_285_714_285_7);
        near(mann_whitney(&[5.0; 4], &[5.0; 4]), 1.0);
        assert_eq!(mann_whitney(&[], &[1.0]), None);
    }

    #[test]
    fn shifts_and_effects() {
        near(hodges_lehmann(&[1.0, 2.0, 3.0], &[11.0, 12.0, 13.0]), 10.0);
        near(cliffs_delta(&[1.0, 2.0], &[3.0, 4.0]), 1.0);
        near(cliffs_delta(&[1.0, 2.0], &[1.0, 2.0]), 0.0);
    }

    /// The figures of numpy 2 and scipy 1.17 for the same values: `numpy.percentile`, `theilslopes`, Mann-Kendall's z with the
    /// variance times (1+ρ)/(1−ρ), `permutation_test` over mid-ranks, `norm.sf`.
    #[test]
    fn figures_are_those_of_scipy() {
        let digits = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3, 2, 3, 8, 4].map(f64::from);
        let in_order = sorted(&digits);
        near(percentile(&in_order, 50.0), 4.5);
        near(percentile(&in_order, 99.0), 9.0);
        near(autocorrelation(&digits), 0.173_060_267_051_606);
        near(trend(&digits).map(|slope| slope.per_step), 0.166_666_666_666_666_66);
        let rising: Vec<f64> = (0..).zip(digits).map(|(step, value)| value + f64::from(step) * 0.5).collect();
        let slope = trend(&rising).unwrap();
        near(Some(slope.per_step), 0.666_666_666_666_666_6);
        near(Some(slope.p), 0.000_345_882_090_532_028_2);
        near(mann_whitney(&[1.0, 2.0, 2.0, 3.0], &[2.0, 3.0, 4.0, 4.0, 5.0]), 0.111_111_111_111_111_1);
        near(hodges_lehmann(&[1.0, 2.0, 4.0, 9.0], &[5.0, 7.0, 11.0]), 3.5);
        near(cliffs_delta(&[1.0, 2.0, 4.0, 9.0], &[5.0, 7.0, 11.0]), 0.666_666_666_666_666_7);
        near(Some(normal_tail(1.234_5)), 0.108_508_323_362_670_19);
    }

    /// `scipy.stats.theilslopes` and `pymannkendall.yue_wang_modification_test` give the same slope; a straight line
    /// has no residuals to widen by.
    #[test]
    fn a_rise_is_seen_and_noise_is_not() {
        let rise: Vec<f64> = (0..20).map(|step| f64::from(step) * 2.0).collect();
        let slope = trend(&rise).unwrap();
        near(Some(slope.per_step), 2.0);
        assert!(slope.p < 1e-6);
        let flat: Vec<f64> = (0..20).map(|step| f64::from(step % 3)).collect();
        assert!(trend(&flat).unwrap().p > 0.05);
        assert_eq!(trend(&[1.0, 2.0]), None);
        assert!((trend(&[1.0; 9]).unwrap().p - 1.0).abs() < 1e-12);
    }

    #[test]
    fn the_tail_of_the_normal_distribution() {
        near(Some(normal_tail(1.959_963_984_540_054)), 0.025);
        near(Some(normal_tail(-1.0)), 0.841_344_746);
    }

    #[test]
    fn the_same_input_gives_the_same_interval() {
        let before: Vec<f64> = (0..200).map(|step| f64::from(step * 37 % 41)).collect();
        let after: Vec<f64> = before.iter().map(|value| value + 100.0).collect();
        let interval = block_bootstrap(&before, &after, median).unwrap();
        assert_eq!(Some(interval), block_bootstrap(&before, &after, median));
        assert!(interval.0 < 100.0 && interval.1 > 100.0 && interval.0 > 80.0, "{interval:?}");
        assert_eq!(block_bootstrap(&[1.0; 3], &after, median), None);
    }
}
