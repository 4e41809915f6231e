//! Collects samples line by line into frames: what was measured at one moment.

use std::collections::HashMap;

use plimsoll_snapshot::runtime::{Metric, Recording, Time, Timestamps};
use plimsoll_snapshot::{Bytes, Order as _};

use super::identity::Identity;
use super::labels::is_pause;

/// Samples of some containers, in frames, before their containers are known by service.
#[derive(Debug, Default)]
pub struct Samples {
    /// Everything about the recording but its series.
    pub(crate) recording: Recording,
    pub(crate) containers: Vec<Identity>,
    pub(crate) rows: Vec<Row>,
}

/// What one container took in one frame.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) frame: u32,
    /// Index into [`Samples::containers`].
    pub(crate) container: usize,
    pub(crate) started: Option<Time>,
    pub(crate) sample: Sample,
}

/// The values of one container at one moment; without any, it was there and did not answer.
#[derive(Debug, Default)]
pub(crate) struct Sample {
    pub(crate) values: Vec<(Metric, u64)>,
    pub(crate) peak: Option<Bytes>,
    /// Whether it is known to have no limit. Without this and without a limit, nothing is known.
    pub(crate) is_unlimited: bool,
}

impl Sample {
    pub(crate) fn set(&mut self, metric: Metric, value: Option<u64>) {
        if let Some(value) = value {
            self.values.push((metric, value));
        }
    }
}

/// Lines that are further apart than this belong to different moments.
const FRAME_MS: u64 = 1000;

/// Puts samples into frames: a container that comes again, or a later time, begins the next one.
#[derive(Debug, Default)]
pub(crate) struct Framer {
    samples: Samples,
    /// The time of each frame, as far as there is one.
    times: Vec<Option<Time>>,
    known: HashMap<Identity, usize>,
    /// The last frame of each container, counted from 1.
    last: Vec<usize>,
    /// What was stated before the lines it holds for.
    announced: Option<Time>,
    is_closed: bool,
}

impl Framer {
    pub(crate) fn new(recording: Recording) -> Self {
        Self { samples: Samples { recording, ..Samples::default() }, is_closed: true, ..Self::default() }
    }

    /// Everything that follows is of another moment.
    pub(crate) fn next_frame(&mut self) {
        self.is_closed = true;
    }

    /// Everything that follows is of this moment.
    pub(crate) fn announce(&mut self, time: Time) {
        self.announced = Some(time);
        self.is_closed = true;
    }

    pub(crate) fn push(&mut self, who: Identity, time: Option<Time>, sample: Sample) {
        self.push_started(who, time, None, sample);
    }

    pub(crate) fn push_started(
        &mut self,
        who: Identity,
        time: Option<Time>,
        started: Option<Time>,
        sample: Sample,
    ) {
        if who.name.as_deref().is_some_and(is_pause) {
            return;
        }
        let time = time.or(self.announced);
        let samples = &mut self.samples;
        let container = *self.known.entry(who).or_insert_with_key(|who| {
            samples.containers.push(who.clone());
            self.last.push(0);
            samples.containers.len() - 1
        });
        let is_later = || match (self.times.last().copied().flatten(), time) {
            (Some(frame), Some(time)) => frame.0.abs_diff(time.0) >= FRAME_MS,
            (frame, time) => frame.is_some() != time.is_some(),
        };
        if self.is_closed || self.last[container] == self.times.len() || is_later() {
            self.times.push(time);
            self.is_closed = false;
        }
        self.last[container] = self.times.len();
        let Ok(frame) = u32::try_from(self.times.len() - 1) else { return };
        samples.rows.push(Row { frame, container, started, sample });
    }

    /// The samples of a recording of which something is only known when all was read.
    pub(crate) fn finish_as(mut self, recording: Recording) -> Samples {
        self.samples.recording = recording;
        self.finish()
    }

    /// The samples with frames in the order of their times, if every one has a time.
    pub(crate) fn finish(self) -> Samples {
        let Self { mut samples, times, .. } = self;
        samples.recording.frames = u32::try_from(times.len()).unwrap_or(u32::MAX);
        let times: Option<Vec<Time>> = times.into_iter().collect();
        let Some(times) = times.filter(|times| !times.is_empty()) else {
            samples.recording.quality.timestamps = Timestamps::Absent;
            return samples;
        };
        let mut order: Vec<u32> = (0..samples.recording.frames).collect();
        order.order_by_key(|&frame| times[frame as usize]);
        let mut place = vec![0; order.len()];
        for (new, &old) in (0..).zip(&order) {
            place[old as usize] = new;
        }
        for row in &mut samples.rows {
            row.frame = place[row.frame as usize];
        }
        samples.recording.times = Some(order.iter().map(|&frame| times[frame as usize]).collect());
        samples
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pushes `name@seconds`, and gives the frame of each sample and the times.
    fn check(pushed: &[&str], frames: &[u32], times: Option<&[i64]>) {
        let mut framer = Framer::new(Recording::default());
        for text in pushed {
            let (name, time) = text.split_once('@').unwrap_or((text, ""));
            let time = time.parse().ok().map(|seconds: i64| Time(seconds * 1000));
            framer.push(Identity::named(name), time, Sample::default());
        }
        let samples = framer.finish();
        assert_eq!(samples.rows.iter().map(|row| row.frame).collect::<Vec<_>>(), frames);
        let found = samples.recording.times;
        assert_eq!(found, times.map(|times| times.iter().map(|time| Time(time * 1000)).collect()));
    }

    #[test]
    fn a_container_that_comes_again_begins_a_frame() {
        check(&["a", "b", "a", "b"], &[0, 0, 1, 1], None);
        check(&["a", "b", "b", "a"], &[0, 0, 1, 1], None);
    }

    #[test]
    fn a_later_time_begins_a_frame() {
        check(&["a@1", "b@1", "b@5"], &[0, 0, 1], Some(&[1, 5]));
        check(&["a@1", "b@5"], &[0, 1], Some(&[1, 5]));
    }

    #[test]
    fn frames_are_put_in_order() {
        check(&["a@5", "a@1"], &[1, 0], Some(&[1, 5]));
    }

    #[test]
    fn one_frame_without_a_time_leaves_the_order_alone() {
        check(&["a@5", "a", "a@1"], &[0, 1, 2], None);
    }
}
