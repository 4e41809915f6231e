//! Samples of one service: over time, in windows, under load.

use std::collections::{BTreeSet, HashMap};

use plimsoll_snapshot::runtime::{EventKind, Metric, Recording, Series};
use plimsoll_snapshot::{Bytes, Order as _, filled};
use serde::Serialize;

use super::recorded::{Recorded, WINDOW_MS};
use super::stack::StackService;
use super::stats;

/// How values are distributed. Percentiles are interpolated linearly, as numpy does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[expect(missing_docs, reason = "the names say it")]
pub struct Distribution {
    pub count: u64,
    pub p50: Bytes,
    pub p95: Bytes,
    pub p99: Bytes,
    pub max: Bytes,
}

impl Distribution {
    /// Of these values; none without any.
    pub(crate) fn of(values: &[f64]) -> Option<Self> {
        let sorted = stats::sorted(values);
        let at = |percent| stats::percentile(&sorted, percent).map(to_bytes);
        Some(Self {
            count: sorted.len() as u64,
            p50: at(50.0)?,
            p95: at(95.0)?,
            p99: at(99.0)?,
            max: at(100.0)?,
        })
    }
}

/// A figure of bytes, rounded.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast saturates")]
pub(crate) fn to_bytes(value: f64) -> Bytes {
    Bytes(value.round() as u64)
}

#[expect(clippy::cast_precision_loss, reason = "beyond 2⁵³ bytes nobody counts")]
pub(crate) fn to_float(value: u64) -> f64 {
    value as f64
}

/// The largest values of the windows of a service, pooled over its containers and their starts.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Windows {
    /// One for each window that was lived through, at least by half.
    pub(crate) maxima: Vec<f64>,
    /// The largest value of all, those of shorter lives among them.
    pub(crate) most: f64,
    /// How long its containers were seen to live, in milliseconds.
    pub(crate) lived_ms: i64,
    /// How many independent ones they are worth, each series for itself.
    pub(crate) effective: f64,
    /// Whether some series has no times, so that it cannot be cut into windows.
    pub(crate) untimed: bool,
}

/// When a frame was taken, in milliseconds: as noted, or by the interval that was asked for.
pub(crate) fn frame_time(recording: &Recording, frame: u32) -> Option<i64> {
    match &recording.times {
        Some(times) => times.get(frame as usize).map(|time| time.0),
        None => i64::try_from(u64::from(frame).checked_mul(recording.interval_ms?)?).ok(),
    }
}

/// Whether a frame was taken under load. A recording that names none was not.
pub(crate) fn is_loaded(recording: &Recording, frame: u32) -> bool {
    let Some(load) = &recording.load else { return false };
    let Some(span) = load.span else { return true };
    frame_time(recording, frame).is_some_and(|time| span.from.0 <= time && time <= span.to.0)
}

/// The working sets of a series, with their frames.
pub(crate) fn working_set(series: &Series) -> impl Iterator<Item = (u32, f64)> + '_ {
    series.values(Metric::WorkingSet).map(|(frame, value)| (frame, to_float(value)))
}

/// What a service took in all samples that count, recording by recording.
pub(crate) fn taken(service: &StackService<'_>, counts: fn(&Recording, u32) -> bool) -> Vec<f64> {
    let samples = service.series.iter().flat_map(|(recording, series)| {
        working_set(series).filter(move |&(frame, _)| counts(recording, frame)).map(|(_, value)| value)
    });
    samples.collect()
}

/// A window of one series.
#[derive(Clone, Copy, Debug)]
struct Window {
    number: i64,
    most: f64,
    /// How much of it was lived through, in milliseconds.
    lived_ms: i64,
}

impl Window {
    /// Of less than half a window too little is known: a life of seconds is no minute.
    const fn counts(self) -> bool {
        self.lived_ms * 2 >= WINDOW_MS
    }
}

/// The windows of one series, oldest first; none if it has no times.
fn windows(recording: &Recorded<'_>, values: impl IntoIterator<Item = (u32, f64)>) -> Option<Vec<Window>> {
    let step = recording.sample_ms;
    let mut windows: Vec<Window> = Vec::new();
    let mut start = None;
    for (frame, value) in values {
        let time = frame_time(recording, frame)?;
        let number = time.saturating_sub(*start.get_or_insert(time)) / WINDOW_MS;
        match windows.last_mut() {
            Some(last) if last.number == number => {
                last.most = last.most.max(value);
                last.lived_ms = last.lived_ms.saturating_add(step).min(WINDOW_MS);
            }
            _ => windows.push(Window { number, most: value, lived_ms: step }),
        }
    }
    Some(windows)
}

/// The largest value of each window of one series that counts, oldest first; none if it has no times.
pub(crate) fn window_maxima(recording: &Recorded<'_>, series: &Series) -> Option<Vec<f64>> {
    let windows = windows(recording, working_set(series))?;
    Some(windows.into_iter().filter(|window| window.counts()).map(|window| window.most).collect())
}

impl Windows {
    /// Of the working set. `step` is the least difference that matters.
    pub(crate) fn of(service: &StackService<'_>, step: Bytes) -> Self {
        Self::of_values(service, to_float(step.0), |_, series| working_set(series).collect())
    }

    /// Of any values of its series, with their frames. `step` is the least difference that matters.
    pub(crate) fn of_values(
        service: &StackService<'_>,
        step: f64,
        values: impl Fn(&Recorded<'_>, &Series) -> Vec<(u32, f64)>,
    ) -> Self {
        let mut windows = Self::default();
        for (recording, series) in &service.series {
            let values = values(recording, series);
            let is_empty = values.is_empty();
            match self::windows(recording, values) {
                Some(found) => {
                    let counting = found.iter().filter(|window| window.counts());
                    let maxima: Vec<f64> = counting.map(|window| window.most).collect();
                    windows.effective += stats::effective(&maxima, step);
                    windows.maxima.extend(maxima);
                    windows.most = found.iter().map(|window| window.most).fold(windows.most, f64::max);
                    windows.lived_ms += found.iter().map(|window| window.lived_ms).sum::<i64>();
                }
                None => windows.untimed |= !is_empty,
            }
        }
        windows
    }
}

/// Whether a start of the service was recorded: a series that begins within a window of its start, or a start while
/// the recording ran.
pub(crate) fn start_was_seen(service: &StackService<'_>) -> bool {
    let starts = service.events.iter().filter(|event| event.kind == EventKind::Start);
    let starts: BTreeSet<(usize, i64)> = filled(starts.map(|event| (event.container, event.time.0)));
    service.series.iter().any(|(recording, series)| {
        let (Some((first, _)), Some(times)) = (working_set(series).next(), &recording.times) else {
            return false;
        };
        let (Some(first), Some(last)) = (times.get(first as usize), times.last()) else { return false };
        let soon = |start: i64| (0..=WINDOW_MS).contains(&first.0.saturating_sub(start));
        let from = first.0.saturating_sub(WINDOW_MS);
        series.started.is_some_and(|started| soon(started.0))
            || starts.range((series.container, from)..=(series.container, last.0.max(from))).next().is_some()
    })
}

/// What everything of the stack took at the same instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AtOnce {
    /// The distribution over all frames.
    pub all: Distribution,
    /// Over the frames under load; absent where no load is named.
    pub loaded: Option<Distribution>,
    /// How many frames were left out, because some container did not answer.
    pub incomplete: u64,
}

/// The sums of all services in each frame. A frame in which a container that was there did not answer is left out:
/// its sum would be too small.
pub(crate) fn at_once(services: &[StackService<'_>]) -> Option<AtOnce> {
    let (mut all, mut loaded, mut incomplete) = (Vec::new(), Vec::new(), 0);
    let runtime = services.first()?.runtime;
    let members: BTreeSet<usize> =
        filled(services.iter().flat_map(|service| service.containers.iter().map(|&(index, _)| index)));
    for recording in &runtime.recordings {
        let series = || recording.series.iter().filter(|series| members.contains(&series.container));
        let mut sums: HashMap<u32, (f64, i64)> = HashMap::new();
        for (frame, value) in series().flat_map(working_set) {
            let (sum, answered) = sums.entry(frame).or_default();
            *sum += value;
            *answered += 1;
        }
        // Neither the frames of a recording nor those of a series have to be visited: a file may name billions.
        let mut edges: Vec<(u32, i64)> = series()
            .flat_map(|series| [(series.first, 1), (series.first.saturating_add(series.length), -1)])
            .collect();
        edges.order();
        let mut edges = edges.into_iter().peekable();
        let mut sums: Vec<(u32, (f64, i64))> = sums.into_iter().collect();
        sums.order_by_key(|(frame, _)| *frame);
        let mut expected = 0;
        for (frame, (sum, answered)) in sums {
            while let Some((_, change)) = edges.next_if(|(edge, _)| *edge <= frame) {
                expected += change;
            }
            if answered < expected {
                incomplete += 1;
                continue;
            }
            all.push(sum);
            if is_loaded(recording, frame) {
                loaded.push(sum);
            }
        }
    }
    Some(AtOnce { all: Distribution::of(&all)?, loaded: Distribution::of(&loaded), incomplete })
}
