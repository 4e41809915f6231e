//! What each service took over time, and what happened to it meanwhile, as a chart draws it.
//!
//! Every recording counts from its own beginning, so that before and after lie on one scale. What was recorded under a
//! load and what was recorded without one are separate courses: laid over each other they would show nothing.

use plimsoll_snapshot::runtime::{EventKind, HealthStatus, Metric, Recording, Series};
use plimsoll_snapshot::{Order as _, Runtime};
use serde::Serialize;

use super::recorded::Recorded;
use super::samples::{frame_time, to_bytes};
use super::stack::{self, StackService};
use super::usage::{self, Resource};

/// The recordings of one service, either those under a load or those without one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Timeline {
    /// The name of the service.
    pub service: String,
    /// Whether something loaded the stack while it was recorded.
    pub under_load: bool,
    /// One line for each start of each container in each recording.
    pub lines: Vec<Line>,
    /// What it used besides memory, with its lines, in the unit of the resource.
    pub others: Vec<(Resource, Vec<Line>)>,
    /// What happened, in the order of time.
    pub marks: Vec<Mark>,
    /// When it was under load, in milliseconds from the beginning.
    pub loads: Vec<(u64, u64)>,
    /// Whether it is known when: else the positions are numbers of samples.
    pub is_timed: bool,
}

/// The working set of one container between one start and the next.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Line {
    /// Milliseconds from the beginning, or the number of the sample, and bytes: none where the engine did not answer.
    pub points: Vec<(u64, Option<u64>)>,
}

/// Something that happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Mark {
    /// Milliseconds from the beginning.
    pub at: u64,
    /// The kind of event.
    pub kind: MarkKind,
}

/// What can be marked on a line of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum MarkKind {
    /// Something was killed for memory.
    OomKill,
    /// It ended, with this code.
    Died(Option<i64>),
    /// It was started.
    Started,
    /// Its health check began to fail.
    Unhealthy,
}

/// A pause this many times as long as the usual one is a gap.
const GAP: u64 = 3;
/// The maximum number of marks of one service: more cannot be distinguished in a chart.
const MOST_MARKS: usize = 200;

/// A part of what was recorded of one service.
type Recordings<'a> = [(Recorded<'a>, &'a Series)];

/// The timelines of the services that were recorded, by name; those without a load first.
#[must_use]
pub fn timelines(runtime: &Runtime) -> Vec<Timeline> {
    let services = stack::services(runtime);
    let courses = services.iter().flat_map(|service| [false, true].map(|load| timeline(service, load)));
    courses.filter(|timeline| !timeline.lines.is_empty()).collect()
}

fn timeline(service: &StackService<'_>, under_load: bool) -> Timeline {
    let all = service.series.iter().copied();
    let all: Vec<_> = all.filter(|(recording, _)| recording.load.is_some() == under_load).collect();
    let is_timed = all.iter().any(|(recording, _)| frame_time(recording, 0).is_some());
    // A recording without times has no place among those that have.
    let fits = |recording: &Recording| !is_timed || frame_time(recording, 0).is_some();
    let series = all.iter().filter(|(recording, _)| fits(recording));
    let lines = series.clone().filter_map(|(recording, series)| line(recording, series, is_timed)).collect();
    let others = Resource::ALL.into_iter().filter_map(|resource| {
        let lines = series.clone().filter_map(|(recording, series)| {
            other_line(recording, usage::values(recording, series, resource), is_timed)
        });
        let lines: Vec<Line> = lines.collect();
        let is_seen = || lines.iter().flat_map(|line| &line.points).any(|(_, value)| *value > Some(0));
        // That nothing waited needs no line.
        let is_shown = match resource {
            Resource::Throttled | Resource::Pressure => is_seen(),
            _ => !lines.is_empty(),
        };
        is_shown.then_some((resource, lines))
    });
    let others = others.collect();
    let (marks, loads) = (marks(service, &all), loads(&all));
    Timeline { service: service.name.clone(), under_load, lines, others, marks, loads, is_timed }
}

fn other_line(recording: &Recorded<'_>, values: Vec<(u32, f64)>, is_timed: bool) -> Option<Line> {
    let points = values.into_iter().map(|(frame, value)| {
        let at = if is_timed { offset(recording, frame)? } else { u64::from(frame) };
        Some((at, Some(to_bytes(value).0)))
    });
    let points: Vec<_> = points.collect::<Option<_>>()?;
    (!points.is_empty()).then_some(Line { points })
}

fn line(recording: &Recorded<'_>, series: &Series, is_timed: bool) -> Option<Line> {
    let column = series.columns.get(&Metric::WorkingSet)?;
    let usual = recording.usual_step_ms;
    let mut points: Vec<(u64, Option<u64>)> = Vec::new();
    for (frame, value) in (series.first..).zip(column.iter()) {
        // One point is enough for a gap, however long it is.
        if value.is_none() && points.last().is_some_and(|(_, last)| last.is_none()) {
            continue;
        }
        let at = if is_timed { offset(recording, frame)? } else { u64::from(frame) };
        if let (Some((last, Some(_))), Some(usual)) = (points.last(), usual)
            && at.saturating_sub(*last) > usual.saturating_mul(GAP)
        {
            points.push((at, None));
        }
        points.push((at, value));
    }
    points.iter().any(|(_, value)| value.is_some()).then_some(Line { points })
}

/// When a frame was taken, in milliseconds since the first one of its recording.
fn offset(recording: &Recording, frame: u32) -> Option<u64> {
    let (first, time) = (frame_time(recording, 0)?, frame_time(recording, frame)?);
    Some(u64::try_from(time.saturating_sub(first)).unwrap_or(0))
}

/// What happened while it was recorded, or at most half as long after that: a kill ends many a recording.
fn marks(service: &StackService<'_>, recorded: &Recordings<'_>) -> Vec<Mark> {
    let mut spans: Vec<(i64, i64)> = recorded
        .iter()
        .filter_map(|(recording, _)| recording.span())
        .map(|span| {
            let length = span.to.0.saturating_sub(span.from.0);
            (span.from.0, span.to.0.saturating_add(length / 2))
        })
        .collect();
    spans.order();
    spans.dedup();
    let place = |time: i64| {
        let index = spans.partition_point(|(from, _)| *from <= time).checked_sub(1)?;
        let (from, to) = spans[index];
        (time <= to).then(|| u64::try_from(time.saturating_sub(from)).unwrap_or(0))
    };
    let mut marks: Vec<Mark> = service
        .events
        .iter()
        .filter_map(|event| {
            let kind = match event.kind {
                EventKind::Oom => MarkKind::OomKill,
                EventKind::Die { exit_code } => MarkKind::Died(exit_code),
                EventKind::Start => MarkKind::Started,
                EventKind::Health { status: HealthStatus::Unhealthy } => MarkKind::Unhealthy,
                _ => return None,
            };
            Some(Mark { at: place(event.time.0)?, kind })
        })
        .collect();
    // What the kernel counted and no event told.
    if !marks.iter().any(|mark| mark.kind == MarkKind::OomKill) {
        for (recording, series) in recorded {
            let mut last = 0;
            for (frame, kills) in series.values(Metric::OomKills) {
                if let (true, Some(at)) = (kills > last, offset(recording, frame)) {
                    marks.push(Mark { at, kind: MarkKind::OomKill });
                }
                last = kills;
            }
        }
    }
    marks.order();
    marks.dedup();
    marks.truncate(MOST_MARKS);
    marks
}

fn loads(recorded: &Recordings<'_>) -> Vec<(u64, u64)> {
    let mut loads: Vec<(u64, u64)> = recorded
        .iter()
        .filter_map(|(recording, _)| {
            let (load, whole) = (recording.load.as_ref()?, recording.span()?);
            let span = load.span.unwrap_or(whole);
            Some((whole.from.until(span.from).unwrap_or(0), whole.from.until(span.to)?))
        })
        .collect();
    loads.order();
    loads.dedup();
    loads
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use plimsoll_snapshot::runtime::{Column, Container, Event, Load, Span, Time};

    use super::*;

    fn recorded(times: &[i64], values: &[Option<u64>], events: &[(i64, EventKind)]) -> Vec<Timeline> {
        let columns = BTreeMap::from([(Metric::WorkingSet, Column::from(values.to_vec()))]);
        let length = u32::try_from(values.len()).unwrap();
        let recording = Recording {
            frames: length,
            times: (!times.is_empty()).then(|| times.iter().copied().map(Time).collect()),
            series: vec![Series { length, columns, ..Series::default() }],
            load: Some(Load {
                span: (!times.is_empty()).then_some(Span { from: Time(2_000), to: Time(3_000) }),
                ..Load::default()
            }),
            ..Recording::default()
        };
        timelines(&Runtime {
            containers: vec![Container { service: Some("web".to_owned()), ..Container::default() }],
            recordings: vec![recording],
            events: events
                .iter()
                .map(|&(time, kind)| Event { time: Time(time), container: 0, kind })
                .collect(),
            ..Runtime::default()
        })
    }

    #[test]
    fn time_counts_from_the_first_sample_and_pauses_are_gaps() {
        let [timeline] = &recorded(
            &[1_000, 2_000, 3_000, 9_000],
            &[Some(5), None, Some(6), Some(7)],
            &[(500, EventKind::Start), (2_500, EventKind::Oom), (90_000, EventKind::Stop)],
        )[..] else {
            panic!("one service")
        };
        let points = [(0, Some(5)), (1_000, None), (2_000, Some(6)), (8_000, None), (8_000, Some(7))];
        assert_eq!(timeline.lines[0].points, points);
        assert_eq!(timeline.marks, [Mark { at: 1_500, kind: MarkKind::OomKill }]);
        assert_eq!((timeline.loads[0], timeline.is_timed), ((1_000, 2_000), true));
    }

    #[test]
    fn a_kill_soon_after_the_last_sample_is_shown_and_a_late_one_is_not() {
        let died = EventKind::Die { exit_code: Some(137) };
        let timelines = recorded(&[0, 1_000, 2_000], &[Some(5); 3], &[(2_900, died), (3_100, died)]);
        assert_eq!(timelines[0].marks, [Mark { at: 2_900, kind: MarkKind::Died(Some(137)) }]);
    }

    #[test]
    fn a_start_and_a_load_are_courses_of_their_own() {
        let side = |from: i64, load: Option<Load>| Recording {
            frames: 2,
            times: Some(vec![Time(from), Time(from + 1_000)]),
            series: vec![Series {
                length: 2,
                columns: BTreeMap::from([(Metric::WorkingSet, Column::from(vec![Some(5), Some(6)]))]),
                ..Series::default()
            }],
            load,
            ..Recording::default()
        };
        let courses = timelines(&Runtime {
            containers: vec![Container { service: Some("web".to_owned()), ..Container::default() }],
            recordings: vec![side(60_000, Some(Load::default())), side(0, None)],
            events: vec![Event { time: Time(60_500), container: 0, kind: EventKind::Oom }],
            ..Runtime::default()
        });
        let told: Vec<_> = courses
            .iter()
            .map(|course| (course.under_load, course.lines.len(), course.marks.len(), course.loads.len()))
            .collect();
        assert_eq!(told, [(false, 1, 0, 0), (true, 1, 1, 1)]);
    }

    #[test]
    fn without_times_the_order_is_all_there_is() {
        let timelines = recorded(&[], &[Some(5), None], &[(2_500, EventKind::Oom)]);
        assert_eq!(timelines[0].lines[0].points, [(0, Some(5)), (1, None)]);
        assert!(!timelines[0].is_timed && timelines[0].marks.is_empty());
        assert_eq!(recorded(&[], &[None], &[]), []);
    }
}
