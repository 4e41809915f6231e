//! Points as a series, and the causes of its steps.

use plimsoll_analysis::series::{Series, State, Thresholds, measured};
use plimsoll_snapshot::Snapshot;

use super::point::Point;
use super::store::Store;
use crate::error::Result;
use crate::printer::Printer;

/// The most steps whose causes are looked for: the largest.
const CAUSES: usize = 100;

/// The points of a history as a series.
pub(crate) fn of_points(store: &Store, points: &[Point], thresholds: Thresholds) -> Series {
    let states = points.iter().map(|point| point.state(store.acceptance(point))).collect();
    Series::of(states, thresholds, None)
}

/// Snapshots as a series, each with its name.
pub(crate) fn of_snapshots(snapshots: &[(String, Snapshot)], thresholds: Thresholds) -> Series {
    let state = |(name, snapshot): &(String, Snapshot)| {
        let measured = measured(snapshot);
        let created = snapshot.images.iter().filter_map(|image| image.created.as_deref().and_then(seconds));
        State {
            name: name.clone(),
            time: created.max(),
            size: measured.size,
            compressed: measured.compressed,
            base: measured.base,
            services: measured.services,
            memory: measured.memory,
            start_ms: measured.start_ms,
            ..State::default()
        }
    };
    Series::of(snapshots.iter().map(state).collect(), thresholds, None)
}

/// A point in time (RFC 3339) in seconds since 1970; none for the first days of a clock, which builders write when the true
/// time should not be known.
pub(crate) fn seconds(time: &str) -> Option<u64> {
    plimsoll_report::format::date(time)?;
    let time: jiff::Timestamp = time.parse().ok()?;
    u64::try_from(time.as_second()).ok()
}

/// Looks for the causes of the steps. A snapshot that cannot be read is named in a note, and its steps have none.
pub(crate) fn explained(
    mut series: Series,
    load: &mut dyn FnMut(usize) -> Result<Snapshot>,
    printer: &Printer,
) -> Series {
    let mut largest: Vec<usize> = (0..series.steps.len()).collect();
    largest.sort_by_key(|&step| std::cmp::Reverse(series.steps[step].delta.magnitude()));
    largest.truncate(CAUSES);
    largest.sort_unstable();
    // A step often begins where the last one ended.
    let mut last: Option<(usize, Snapshot)> = None;
    let mut read = |index: usize| match load(index) {
        Ok(snapshot) => Some(snapshot),
        Err(error) => {
            printer.note(&format!("note: a step has no cause, because its point cannot be read: {error}"));
            None
        }
    };
    for step in largest {
        let step = &mut series.steps[step];
        let before = match last.take() {
            Some((index, snapshot)) if index == step.from => Some(snapshot),
            _ => read(step.from),
        };
        let (Some(mut before), Some(after)) = (before, read(step.to)) else { continue };
        before.take_name_of(&after);
        Series::explain(step, &before, &after);
        last = Some((step.to, after));
    }
    series
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_that_hides_the_true_one_is_none() {
        assert_eq!(seconds("2026-11-22T10:00:00Z"), Some(1_795_341_600));
        assert_eq!(seconds("2026-11-22T10:00:00.5+02:00"), Some(1_795_334_400));
        for none in ["1970-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "yesterday", "2026-99-99T10:00:00Z"] {
            assert_eq!(seconds(none), None, "{none}");
        }
    }
}
