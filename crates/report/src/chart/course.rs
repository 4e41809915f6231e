//! Where the lines of a timeline lie: paths, gaps, what is read off at a moment. Without a browser.

use plimsoll_analysis::memory::timeline::{Line, Timeline};
use plimsoll_snapshot::{Bytes, Order as _};

use super::axis::Axis;

/// How many points a line is drawn with: more than there are pixels are not visible.
const POINTS: usize = 600;
/// A limit that is this many times as high as what was taken would make the line invisible.
const FAR: u64 = 5;

/// The frame that both sides are drawn in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame {
    /// The axis of time.
    pub time: Axis,
    /// The axis of memory.
    pub memory: Axis,
    /// Whether the axis of time counts milliseconds: else samples.
    pub is_timed: bool,
}

impl Frame {
    /// A frame that holds both sides, and the limits unless they are far above.
    #[must_use]
    pub fn of(sides: [Option<&Timeline>; 2], limits: [Option<Bytes>; 2]) -> Self {
        let lines = || sides.into_iter().flatten().flat_map(|side| &side.lines).flat_map(|line| &line.points);
        let most = lines().filter_map(|(_, value)| *value).max().unwrap_or(0);
        let near = limits
            .into_iter()
            .flatten()
            .map(|limit| limit.0)
            .filter(|limit| *limit <= most.saturating_mul(FAR));
        let marks = sides.into_iter().flatten().flat_map(|side| &side.marks).map(|mark| mark.at);
        let last = lines().map(|(at, _)| *at).chain(marks).max().unwrap_or(0);
        // One side without times has nothing to be laid beside: both count samples then.
        let is_timed = sides.into_iter().flatten().all(|side| side.is_timed);
        Self {
            time: if is_timed { Axis::of_time(last) } else { Axis::of_samples(last) },
            memory: Axis::of_memory(Bytes(near.chain([most]).max().unwrap_or(most))),
            is_timed,
        }
    }

    /// Whether a level is within the frame.
    #[must_use]
    pub fn holds(self, level: Bytes) -> bool {
        level.0 <= self.memory.end
    }

    /// The path of a line in a field of 1000 by 1000, its gaps left open. A sample between two gaps is a dot.
    #[must_use]
    pub fn path(self, line: &Line) -> String {
        use std::fmt::Write as _;
        let (mut path, mut is_open) = (String::new(), false);
        for (at, value) in thinned(&line.points) {
            let Some(value) = value else {
                is_open = false;
                continue;
            };
            let (x, y) = (self.time.at(at) * 10.0, 1000.0 - self.memory.at(value) * 10.0);
            let _ = if is_open {
                write!(path, "L{x:.1} {y:.1}")
            } else {
                // A line of no length is drawn as a dot by its round ends.
                write!(path, "M{x:.1} {y:.1}h0")
            };
            is_open = true;
        }
        path
    }
}

/// A line with fewer points that still reaches every peak and every low: of each stretch the smallest and the largest
/// value, in their order, and a gap wherever there was one.
fn thinned(points: &[(u64, Option<u64>)]) -> Vec<(u64, Option<u64>)> {
    if points.len() <= POINTS {
        return points.to_vec();
    }
    let stretch = points.len().div_ceil(POINTS / 3);
    let mut kept = Vec::with_capacity(POINTS + 3);
    for points in points.chunks(stretch) {
        let known = || points.iter().filter(|(_, value)| value.is_some());
        let ends = [known().min_by_key(|(_, value)| *value), known().max_by_key(|(_, value)| *value)];
        let mut chosen: Vec<_> = ends.into_iter().flatten().copied().collect();
        chosen.extend(points.iter().find(|(_, value)| value.is_none()));
        chosen.order_by_key(|(at, _)| *at);
        chosen.dedup();
        kept.extend(chosen);
    }
    kept
}

/// What a side took at a moment: the last value before it, of the container that took most. None in a gap and beyond
/// the ends.
pub(super) fn value_at(side: &Timeline, moment: u64) -> Option<Bytes> {
    let of_line = |line: &Line| {
        let next = line.points.partition_point(|(at, _)| *at <= moment);
        let ended = next == line.points.len() && line.points.last().is_some_and(|(at, _)| *at < moment);
        if ended { None } else { line.points[next.checked_sub(1)?].1 }
    };
    side.lines.iter().filter_map(of_line).max().map(Bytes)
}

/// The most a side took within a stretch of time.
pub(super) fn most_within(side: &Timeline, from: u64, to: u64) -> Option<Bytes> {
    let of_line = |line: &Line| {
        let (first, last) = (
            line.points.partition_point(|(at, _)| *at < from),
            line.points.partition_point(|(at, _)| *at < to),
        );
        line.points.get(first..last)?.iter().filter_map(|(_, value)| *value).max()
    };
    side.lines.iter().filter_map(of_line).max().map(Bytes)
}

#[cfg(test)]
mod tests {
    use plimsoll_analysis::memory::timeline::{Mark, MarkKind};

    use super::*;

    const MIB: u64 = 1 << 20;

    fn timeline(points: &[(u64, Option<u64>)]) -> Timeline {
        let lines = vec![Line { points: points.to_vec() }];
        Timeline { service: "web".to_owned(), lines, is_timed: true, ..Timeline::default() }
    }

    #[test]
    fn both_sides_lie_in_one_frame_that_ends_with_the_last_mark() {
        let before = timeline(&[(0, Some(800 * MIB)), (100_000, Some(825 * MIB))]);
        let mut after = timeline(&[(0, Some(52 * MIB)), (80_000, Some(422 * MIB))]);
        after.marks.push(Mark { at: 120_000, kind: MarkKind::OomKill });
        let frame = Frame::of([Some(&before), Some(&after)], [None, Some(Bytes(1024 * MIB))]);
        assert_eq!((frame.time.end, frame.memory.end), (120_000, 1024 * MIB));
        assert!(frame.holds(Bytes(1024 * MIB)));
    }

    #[test]
    fn a_far_limit_does_not_press_the_line_flat() {
        let low = timeline(&[(0, Some(34 * MIB))]);
        let frame = Frame::of([None, Some(&low)], [None, Some(Bytes(768 * MIB))]);
        assert_eq!(frame.memory.end, 48 * MIB);
        assert!(!frame.holds(Bytes(768 * MIB)));
        assert_eq!(Frame::of([None, None], [None, None]).memory.end, MIB);
    }

    #[test]
    fn gaps_stay_gaps() {
        let line = timeline(&[(0, Some(0)), (50, Some(MIB)), (60, None), (100, Some(MIB))]);
        let frame = Frame::of([Some(&line), None], [None; 2]);
        assert_eq!(frame.path(&line.lines[0]), "M0.0 1000.0h0L500.0 0.0M1000.0 0.0h0");
        let read = |moment| value_at(&line, moment).map(|bytes| bytes.0);
        assert_eq!(
            [read(0), read(55), read(70), read(100), read(101)],
            [Some(0), Some(MIB), None, Some(MIB), None]
        );
        assert_eq!(most_within(&line, 10, 61), Some(Bytes(MIB)));
        assert_eq!(most_within(&line, 51, 99), None);
    }

    #[test]
    fn a_long_line_keeps_its_peak_and_its_gap() {
        let points: Vec<_> = (0..50_000)
            .map(|at| (at, (at != 777).then_some(if at == 31_234 { 9_999 } else { at % 100 })))
            .collect();
        let kept = thinned(&points);
        assert!(kept.len() <= POINTS + 3, "{}", kept.len());
        assert!(kept.contains(&(31_234, Some(9_999))) && kept.contains(&(777, None)));
        assert!(kept.is_sorted_by_key(|(at, _)| *at));
    }
}
