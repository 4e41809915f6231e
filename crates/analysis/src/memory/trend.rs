//! Whether a service takes more and more.

use plimsoll_snapshot::Bytes;
use plimsoll_snapshot::runtime::Series;
use serde::Serialize;

use super::recorded::Recorded;
use super::recorded::WINDOW_MS;
use super::samples::{frame_time, to_bytes, window_maxima, working_set};
use super::stack::StackService;
use super::stats::{self, median};

/// Fewer points have no trend.
const LEAST_POINTS: usize = 10;
/// A rise below this share of the median, over the whole series, is none to speak of.
const LEAST_RISE: f64 = 0.10;
/// Below this p-value a rise is hardly chance.
const P: f64 = 0.01;
/// A rise above this share of the median counts already below [`LARGE_P`].
const LARGE_RISE: f64 = 0.25;
const LARGE_P: f64 = 0.05;
/// A rise of this share is worth a word where it is hardly chance.
const SLOW_RISE: f64 = 0.02;

/// What can be said of the trend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum TrendVerdict {
    /// It rises, more than chance and more than a little: a possible leak, or a load that grows.
    Rising,
    /// It takes more at the end than at the beginning, in a step or too slowly for a verdict.
    Risen,
    /// It does not rise.
    Steady,
    /// The recording is too short to tell.
    Unknown,
}

/// Whether a service takes more and more, and how fast.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Trend {
    /// What can be said.
    pub verdict: TrendVerdict,
    /// How much it takes more each hour, by the median slope; absent if unknown.
    pub bytes_per_hour: Option<i64>,
    /// The reason for the verdict.
    #[serde(skip)]
    pub reason: TrendReason,
}

/// Why a trend is what it is.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TrendReason {
    /// Too few samples have times.
    TooFewSamples {
        /// How many are needed.
        least: u64,
    },
    /// It goes from one level to another and stays there.
    Step {
        /// The level before the step.
        from: Bytes,
        /// The level after the step.
        to: Bytes,
        /// When, in milliseconds after the first point.
        after_ms: u64,
        /// What was looked at.
        over: Over,
    },
    /// It rises, and that is hardly chance.
    Rise {
        /// The change over all points.
        by: Bytes,
        /// The p-value of the slope.
        p: f64,
        /// What was looked at.
        over: Over,
    },
    /// It ends higher than it begins, without a slope that says so.
    HigherAtEnd {
        /// The median of the first quarter.
        from: Bytes,
        /// The median of the last quarter.
        to: Bytes,
        /// What was looked at.
        over: Over,
    },
    /// It rises by little, and that is hardly chance.
    SlowRise {
        /// The change over all points.
        by: Bytes,
        /// What was looked at.
        over: Over,
    },
    /// A rise that may be chance.
    NoRise {
        /// The change over all points.
        by: Bytes,
        /// What was looked at.
        over: Over,
    },
    /// It falls.
    Fall {
        /// The change over all points.
        by: Bytes,
        /// What was looked at.
        over: Over,
    },
}

/// The points that a trend was asked of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Over {
    /// The time from the first to the last, in milliseconds.
    pub duration_ms: u64,
    /// The number of points.
    pub points: u64,
    /// The kind of points.
    pub unit: PointUnit,
}

/// What a point of a trend is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum PointUnit {
    /// The largest value of a minute.
    Window,
    /// A sample.
    Sample,
}

/// The trend of the series that rises most. Windows of a minute are asked, or the samples themselves where there are too
/// few windows.
pub(crate) fn trend(service: &StackService<'_>) -> Trend {
    let mut worst: Option<Trend> = None;
    for (recording, series) in &service.series {
        let Some(found) = of_series(recording, series) else { continue };
        let rank = |trend: &Trend| {
            let verdict = match trend.verdict {
                TrendVerdict::Rising => 2,
                TrendVerdict::Risen => 1,
                TrendVerdict::Steady | TrendVerdict::Unknown => 0,
            };
            (verdict, trend.bytes_per_hour)
        };
        if worst.as_ref().is_none_or(|worst| rank(&found) > rank(worst)) {
            worst = Some(found);
        }
    }
    worst.unwrap_or(Trend {
        verdict: TrendVerdict::Unknown,
        bytes_per_hour: None,
        reason: TrendReason::TooFewSamples { least: LEAST_POINTS as u64 },
    })
}

#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "figures of a few digits")]
fn of_series(recording: &Recorded<'_>, series: &Series) -> Option<Trend> {
    let first = frame_time(recording, working_set(series).next()?.0)?;
    let last = frame_time(recording, working_set(series).last()?.0)?;
    let span = last.checked_sub(first).filter(|span| *span > 0)?;
    // What a service takes while it starts is no trend: the first minute is left out, or a fifth of what is shorter.
    let windows = window_maxima(recording, series)?;
    let (points, step, unit) = if windows.len() > LEAST_POINTS {
        (windows[1..].to_vec(), WINDOW_MS as f64, PointUnit::Window)
    } else {
        let samples: Vec<f64> = working_set(series).map(|(_, value)| value).collect();
        let cut = samples.len() / 5;
        let step = span as f64 / (samples.len() - 1).max(1) as f64;
        (samples[cut..].to_vec(), step, PointUnit::Sample)
    };
    if points.len() < LEAST_POINTS {
        return None;
    }
    let slope = stats::trend(&points)?;
    let rise = slope.per_step * (points.len() - 1) as f64;
    let middle = median(&points)?;
    let time = |steps: usize| (step * steps as f64) as u64;
    let over = Over { duration_ms: time(points.len() - 1), points: points.len() as u64, unit };
    let change = Change { rise, share: rise / middle.max(1.0), p: slope.p };
    let level = Step::of(&points);
    let (verdict, reason) = match level {
        Some(Step { at, before, after }) => {
            let verdict = if after > before { TrendVerdict::Risen } else { TrendVerdict::Steady };
            let (from, to) = (to_bytes(before), to_bytes(after));
            (verdict, TrendReason::Step { from, to, after_ms: time(at), over })
        }
        None if change.is_rising() => {
            (TrendVerdict::Rising, TrendReason::Rise { by: to_bytes(rise), p: slope.p, over })
        }
        None if let Some((begin, end)) =
            ends(&points).filter(|(begin, end)| end > &(begin * (1.0 + LEAST_RISE))) =>
        {
            let (from, to) = (to_bytes(begin), to_bytes(end));
            (TrendVerdict::Risen, TrendReason::HigherAtEnd { from, to, over })
        }
        None if change.is_slow_rise() => {
            (TrendVerdict::Risen, TrendReason::SlowRise { by: to_bytes(rise), over })
        }
        None if rise >= 0.0 => (TrendVerdict::Steady, TrendReason::NoRise { by: to_bytes(rise), over }),
        None => (TrendVerdict::Steady, TrendReason::Fall { by: to_bytes(-rise), over }),
    };
    Some(Trend { verdict, bytes_per_hour: Some((slope.per_step / step * 3_600_000.0) as i64), reason })
}

/// A slope over a whole series.
struct Change {
    /// The rise over the whole series, in bytes.
    rise: f64,
    /// The rise as a share of the median.
    share: f64,
    p: f64,
}

impl Change {
    fn is_rising(&self) -> bool {
        // Autocorrelation widens the test so much that a large rise of few windows hardly gets below 1 %.
        (self.p < P && self.share > LEAST_RISE) || (self.p < LARGE_P && self.share > LARGE_RISE)
    }

    fn is_slow_rise(&self) -> bool {
        self.rise > 0.0 && self.p < P && self.share > SLOW_RISE
    }
}

/// Where a series goes from one level to another, and stays.
struct Step {
    at: usize,
    before: f64,
    after: f64,
}

impl Step {
    /// The point that parts the values best, if both sides are flat, and further apart than they are wide.
    #[expect(clippy::cast_precision_loss, reason = "counts")]
    fn of(points: &[f64]) -> Option<Self> {
        /// Fewer values are no level.
        const LEAST: usize = 3;
        /// How many times as far apart as wide; a ramp that is cut in two has sides half as wide as they are apart.
        const APART: f64 = 3.0;
        let count = points.len();
        let total: f64 = points.iter().sum();
        let (mut sum, mut best) = (0.0, None);
        for (index, value) in points.iter().enumerate().take(count.saturating_sub(LEAST)) {
            sum += value;
            let left = (index + 1) as f64;
            let right = (count - index - 1) as f64;
            if index + 1 < LEAST {
                continue;
            }
            // The sum of squares between both sides (Page 1955, for one change of the mean).
            let between = (sum / left - (total - sum) / right).powi(2) * left * right;
            if best.is_none_or(|(most, _)| between > most) {
                best = Some((between, index + 1));
            }
        }
        let (_, at) = best?;
        let (left, right) = points.split_at(at);
        let (before, after) = (median(left)?, median(right)?);
        let width = |side: &[f64]| {
            let sorted = stats::sorted(side);
            Some(stats::percentile(&sorted, 90.0)? - stats::percentile(&sorted, 10.0)?)
        };
        let apart = (after - before).abs();
        let is_step =
            apart > LEAST_RISE * before.min(after) && apart >= APART * width(left)?.max(width(right)?);
        is_step.then_some(Self { at, before, after })
    }
}

/// The medians of the first and the last quarter, where hardly a value of the one reaches those of the other.
fn ends(points: &[f64]) -> Option<(f64, f64)> {
    /// How much more often a value at the end is the larger one.
    const APART: f64 = 0.8;
    let quarter = points.len() / 4;
    let (first, last) = (points.get(..quarter)?, points.get(points.len() - quarter..)?);
    (stats::cliffs_delta(first, last)? >= APART).then_some((median(first)?, median(last)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: f64 = 1_048_576.0;

    /// Twenty minutes of windows, in MiB, with a waver of a MiB.
    fn step(level: impl Fn(u32) -> f64) -> Option<(usize, u64, u64)> {
        let points: Vec<f64> = (0..20).map(|at| (level(at) + f64::from(at * 7 % 3)) * MIB).collect();
        let mib = |value: f64| to_bytes(value).0 >> 20;
        Step::of(&points).map(|step| (step.at, mib(step.before), mib(step.after)))
    }

    #[test]
    fn levels_are_told_from_slopes_and_noise() {
        assert_eq!(step(|at| if at < 10 { 200.0 } else { 400.0 }), Some((10, 201, 401)));
        assert_eq!(step(|at| if at < 16 { 200.0 } else { 400.0 }), Some((16, 201, 401)));
        assert_eq!(step(|at| if at < 4 { 400.0 } else { 200.0 }), Some((4, 400, 201)));
        assert_eq!(step(|_| 200.0), None);
        assert_eq!(step(|at| 200.0 + 10.0 * f64::from(at)), None);
        assert_eq!(step(|at| if at == 10 { 400.0 } else { 200.0 }), None);
        assert!(Step::of(&[1.0; 4]).is_none());
    }
}
