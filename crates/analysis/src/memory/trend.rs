//! Whether a service takes more and more.

use serde::Serialize;

use super::samples::{WINDOW_MS, frame_time, window_maxima, working_set};
use super::stack::StackService;
use super::stats::{self, median};
use super::words::{binary, duration};
use plimsoll_snapshot::Bytes;
use plimsoll_snapshot::runtime::{Recording, Series};

use super::samples::to_bytes;

/// Fewer points have no trend.
const LEAST_POINTS: usize = 10;
/// A rise below this share of the median, over the whole series, is none to speak of.
const LEAST_RISE: f64 = 0.10;
/// Below this p-value a rise is hardly chance.
const P: f64 = 0.01;

/// What can be said of the trend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TrendVerdict {
    /// It rises, more than chance and more than a little: a possible leak, or a load that grows.
    Rising,
    /// It does not.
    Steady,
    /// The recording is too short to tell.
    Unknown,
}

/// Whether a service takes more and more, and how fast.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Trend {
    /// What can be said.
    pub verdict: TrendVerdict,
    /// How much it takes more each hour, by the median slope; absent if unknown.
    pub bytes_per_hour: Option<i64>,
    /// Why, in words.
    pub reason: String,
}

/// The trend of the series that rises most. Windows of a minute are asked, or the samples themselves where there are too
/// few windows.
pub(crate) fn trend(service: &StackService<'_>) -> Trend {
    let mut worst: Option<Trend> = None;
    for (recording, series) in &service.series {
        let Some(found) = of_series(recording, series) else { continue };
        let rank = |trend: &Trend| (trend.verdict == TrendVerdict::Rising, trend.bytes_per_hour);
        if worst.as_ref().is_none_or(|worst| rank(&found) > rank(worst)) {
            worst = Some(found);
        }
    }
    worst.unwrap_or_else(|| Trend {
        verdict: TrendVerdict::Unknown,
        bytes_per_hour: None,
        reason: format!("fewer than {LEAST_POINTS} samples with times"),
    })
}

#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "figures of a few digits")]
fn of_series(recording: &Recording, series: &Series) -> Option<Trend> {
    let first = frame_time(recording, working_set(series).next()?.0)?;
    let last = frame_time(recording, working_set(series).last()?.0)?;
    let span = last.checked_sub(first).filter(|span| *span > 0)?;
    // What a service takes while it starts is no trend: the first minute is left out, or a fifth of what is shorter.
    let windows = window_maxima(recording, series)?;
    let (points, step, what) = if windows.len() > LEAST_POINTS {
        (windows[1..].to_vec(), WINDOW_MS as f64, "windows of 60 s")
    } else {
        let samples: Vec<f64> = working_set(series).map(|(_, value)| value).collect();
        let cut = samples.len() / 5;
        let step = span as f64 / (samples.len() - 1).max(1) as f64;
        (samples[cut..].to_vec(), step, "samples")
    };
    if points.len() < LEAST_POINTS {
        return None;
    }
    let slope = stats::trend(&points)?;
    let rise = slope.per_step * (points.len() - 1) as f64;
    let middle = median(&points)?;
    let rising = slope.p < P && rise > LEAST_RISE * middle;
    let lasted = duration((step * (points.len() - 1) as f64) as u64);
    let over = format!("over {lasted}, {} {what}", points.len());
    Some(Trend {
        verdict: if rising { TrendVerdict::Rising } else { TrendVerdict::Steady },
        bytes_per_hour: Some((slope.per_step / step * 3_600_000.0) as i64),
        reason: if rising {
            let p = if slope.p < 0.000_1 { "p < 0.0001".to_owned() } else { format!("p = {:.4}", slope.p) };
            format!("it rises by {} {over} ({p}); if the load did not grow, it leaks", binary(to_bytes(rise)))
        } else if rise >= 0.0 {
            format!("no rise beyond chance {over} ({})", binary(to_bytes(rise)))
        } else {
            format!("it falls by {} {over}", binary(Bytes(to_bytes(-rise).0)))
        },
    })
}
