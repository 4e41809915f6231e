//! A recording with the figures that every series of it needs. They are worked out once: a recording may have as many
//! series as frames.

use std::ops::Deref;

use plimsoll_snapshot::Order as _;
use plimsoll_snapshot::runtime::Recording;

/// The length of a window, in milliseconds. What a container takes changes within seconds; who looks for a peak asks for
/// the largest value of each minute (Kubernetes' VPA and KRR do the same with their own steps).
pub const WINDOW_MS: i64 = 60_000;

/// A recording, and how far apart its frames are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Recorded<'a> {
    recording: &'a Recording,
    /// How long a sample stands for, in milliseconds: the interval that was asked for, or the usual step.
    pub(crate) sample_ms: i64,
    /// The median of the times between two frames, in milliseconds; none where it is zero or unknown.
    pub(crate) usual_step_ms: Option<u64>,
}

impl<'a> Recorded<'a> {
    pub(crate) fn new(recording: &'a Recording) -> Self {
        let times = recording.times.as_deref().unwrap_or_default();
        let mut steps: Vec<u64> = times.windows(2).filter_map(|pair| pair[0].until(pair[1])).collect();
        steps.order();
        let median = steps.get(steps.len() / 2).copied();
        let asked = recording.interval_ms.unwrap_or(0);
        let sample_ms = i64::try_from(asked.max(median.unwrap_or(0))).unwrap_or(i64::MAX);
        Self {
            recording,
            sample_ms: sample_ms.clamp(1, WINDOW_MS),
            usual_step_ms: median.filter(|step| *step > 0),
        }
    }

    /// Whether both are of one recording.
    pub(crate) fn is(self, other: Self) -> bool {
        std::ptr::eq(self.recording, other.recording)
    }
}

impl Deref for Recorded<'_> {
    type Target = Recording;

    fn deref(&self) -> &Recording {
        self.recording
    }
}
