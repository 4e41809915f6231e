//! The axes of charts over time and of memory: where they end, and which values are written beside them.

use plimsoll_snapshot::Bytes;

/// An axis from zero on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Axis {
    /// Where it ends.
    pub end: u64,
    /// The distance between two values that are written.
    pub step: u64,
}

/// Steps that people count time in: from a second to a day, in seconds.
const SECONDS: [u64; 17] =
    [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 21_600, 43_200, 86_400];

impl Axis {
    /// An axis of memory, in steps of a power of two: at most four of them hold the most there is.
    #[must_use]
    pub fn of_memory(most: Bytes) -> Self {
        let step = most.0.div_ceil(4).checked_next_power_of_two().unwrap_or(1 << 62).max(1 << 20);
        Self { end: most.0.div_ceil(step).max(1).saturating_mul(step), step }
    }

    /// An axis of milliseconds that ends with the last one, with at most six values.
    #[must_use]
    pub fn of_time(last: u64) -> Self {
        let step = SECONDS.into_iter().map(|step| step * 1000).find(|step| last / step < 6);
        let step = step.unwrap_or(last / 5);
        Self { end: last.max(1), step }
    }

    /// An axis of samples.
    #[must_use]
    pub fn of_samples(last: u64) -> Self {
        Self { end: last.max(1), step: last.div_ceil(5).max(1) }
    }

    /// The position of a value, from 0 to 100; what lies beyond is at the end.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a position on a screen")]
    pub fn at(self, value: u64) -> f64 {
        (value as f64 / self.end as f64 * 100.0).clamp(0.0, 100.0)
    }

    /// The values that are written.
    pub fn ticks(self) -> impl Iterator<Item = u64> {
        (0..=self.end / self.step.max(1)).take(12).map(move |index| index.saturating_mul(self.step))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1 << 20;

    #[test]
    fn memory_is_written_in_powers_of_two() {
        for (most, end, step) in [
            (422 * MIB, 512 * MIB, 128 * MIB),
            (1024 * MIB, 1024 * MIB, 256 * MIB),
            (1025 * MIB, 1536 * MIB, 512 * MIB),
            (0, MIB, MIB),
        ] {
            assert_eq!(Axis::of_memory(Bytes(most)), Axis { end, step });
        }
        let huge = Axis::of_memory(Bytes(u64::MAX));
        assert!(huge.ticks().count() < 10 && huge.at(u64::MAX) <= 100.0);
    }

    #[test]
    fn time_is_written_in_steps_that_people_count_in() {
        for (last, step) in [(78_802, 15_000), (115_298, 30_000), (3_600_000, 900_000), (0, 1_000)] {
            assert_eq!(Axis::of_time(last).step, step, "{last}");
        }
        assert_eq!(Axis::of_time(78_802).ticks().count(), 6);
        assert!(Axis::of_time(u64::MAX).ticks().count() < 10);
        assert_eq!(Axis::of_samples(22).ticks().collect::<Vec<_>>(), [0, 5, 10, 15, 20]);
    }

    #[test]
    fn positions_stay_on_the_axis() {
        let axis = Axis { end: 200, step: 50 };
        assert_eq!((axis.at(0), axis.at(50), axis.at(500)), (0.0, 25.0, 100.0));
    }
}
