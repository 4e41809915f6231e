//! What the page knows of running services: judged once for each report, when it is asked for.

use std::collections::BTreeSet;

use plimsoll_analysis::Changes;
use plimsoll_analysis::memory::compare::{MemoryComparison, ServiceMemoryComparison};
use plimsoll_analysis::memory::timeline::{Timeline, timelines};
use plimsoll_analysis::memory::{Memory, ServiceMemory};
use plimsoll_analysis::regressions::{Regression, RegressionKind};
use plimsoll_report::chart::Side;
use plimsoll_snapshot::{Bundle, filled};

/// Both sides, before and after.
pub(crate) struct Running {
    pub(crate) memory: [Option<Memory>; 2],
    timelines: [Vec<Timeline>; 2],
    pub(crate) comparison: Option<MemoryComparison>,
    regressions: Vec<Regression>,
}

/// Which part of what was recorded a course shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Course {
    /// All there is.
    Whole,
    /// What was recorded without a load.
    WithoutLoad,
    /// What was recorded under a load.
    UnderLoad,
}

impl Course {
    /// Whether it is under a load; none if that is not what tells courses apart.
    pub(crate) const fn under_load(self) -> Option<bool> {
        match self {
            Self::Whole => None,
            Self::WithoutLoad => Some(false),
            Self::UnderLoad => Some(true),
        }
    }
}

impl Running {
    pub(crate) fn of(bundle: &Bundle, changes: &Changes) -> Self {
        let sides = [&bundle.before, &bundle.after].map(|side| side.runtime.as_ref());
        Self {
            memory: changes.running.clone(),
            timelines: sides.map(|side| side.map(timelines).unwrap_or_default()),
            comparison: changes.memory.clone(),
            regressions: changes.regressions.clone(),
        }
    }

    /// Whether nothing is known of either side.
    pub(crate) fn is_empty(&self) -> bool {
        self.memory.iter().flatten().all(|memory| memory.services.is_empty())
    }

    /// The services of both sides, by name.
    pub(crate) fn services(&self) -> Vec<&str> {
        let services = self.memory.iter().flatten().flat_map(|memory| &memory.services);
        let names: BTreeSet<&str> = filled(services.map(|service| service.name.as_str()));
        names.into_iter().collect()
    }

    /// A service, before and after.
    pub(crate) fn service(&self, name: &str) -> [Option<&ServiceMemory>; 2] {
        self.memory.each_ref().map(|memory| {
            memory.as_ref().and_then(|memory| memory.services.iter().find(|service| service.name == name))
        })
    }

    /// All services with their sides, service by service.
    pub(crate) fn sides(&self) -> Vec<(Side, &ServiceMemory)> {
        let sides = |name| Side::ALL.into_iter().zip(self.service(name));
        let services = self.services().into_iter().flat_map(sides);
        services.filter_map(|(side, service)| Some((side, service?))).collect()
    }

    /// Its courses over time, before and after. Where a side was recorded both with a load and without one, each is a
    /// separate course with a label; otherwise all recordings of a side are one course.
    pub(crate) fn courses(&self, name: &str) -> Vec<(Course, [Option<&Timeline>; 2])> {
        let of = |side: &'_ [Timeline], course: Course| {
            let fits =
                |timeline: &&Timeline| course.under_load().is_none_or(|load| timeline.under_load == load);
            side.iter().position(|timeline| timeline.service == name && fits(&timeline))
        };
        let [before, after] = &self.timelines;
        let both =
            |course| [of(before, course).map(|at| &before[at]), of(after, course).map(|at| &after[at])];
        let parts = [Course::WithoutLoad, Course::UnderLoad];
        let is_split = |side: &[Timeline]| parts.iter().all(|part| of(side, *part).is_some());
        if is_split(before) || is_split(after) {
            return parts.map(|part| (part, both(part))).into();
        }
        let sides = both(Course::Whole);
        sides.iter().any(Option::is_some).then_some((Course::Whole, sides)).into_iter().collect()
    }

    /// Whether something of a kind got worse: of a service, or of the stack as a whole.
    pub(crate) fn is_worse(&self, service: Option<&str>, kind: impl Fn(&RegressionKind) -> bool) -> bool {
        let of_it = |regression: &&Regression| regression.service.as_deref() == service;
        self.regressions.iter().filter(of_it).any(|regression| kind(&regression.kind))
    }

    /// What became of it.
    pub(crate) fn compared(&self, name: &str) -> Option<&ServiceMemoryComparison> {
        self.comparison.as_ref()?.services.iter().find(|service| service.name == name)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use plimsoll_analysis::memory::Headroom;
    use plimsoll_snapshot::runtime::{Column, Container, Limits, Load, Metric, Recording, Series};
    use plimsoll_snapshot::{Bytes, Runtime, Snapshot};

    use super::*;

    fn side(services: &[(&str, u64, Option<u64>)]) -> Snapshot {
        let container = |&(name, _, limit): &(&str, u64, Option<u64>)| Container {
            service: Some(name.to_owned()),
            limits: Some(Limits { memory: limit.map(Bytes), ..Limits::default() }),
            ..Container::default()
        };
        let series = services.iter().enumerate().map(|(container, (_, taken, _))| Series {
            container,
            length: 1,
            columns: BTreeMap::from([(Metric::WorkingSet, Column::from(vec![Some(*taken)]))]),
            ..Series::default()
        });
        let recording = Recording { frames: 1, series: series.collect(), ..Recording::default() };
        let runtime = Runtime {
            containers: services.iter().map(container).collect(),
            recordings: vec![recording],
            ..Runtime::default()
        };
        Snapshot { runtime: Some(runtime), ..Snapshot::default() }
    }

    fn running(before: Snapshot, after: Snapshot) -> Running {
        let changes = Changes::between(&before, &after);
        Running::of(&Bundle { before, after, ..Bundle::default() }, &changes)
    }

    #[test]
    fn one_side_alone_is_enough() {
        let after = side(&[("b", 5, Some(10)), ("a", 5, None)]);
        let running = running(Snapshot::default(), after);
        assert_eq!(running.services(), ["a", "b"]);
        assert!(running.service("a")[0].is_none() && running.service("a")[1].is_some());
        assert!(running.comparison.is_none() && !running.is_empty());
        assert!(self::running(Snapshot::default(), Snapshot::default()).is_empty());
    }

    #[test]
    fn a_start_and_a_load_are_two_courses_and_one_of_each_is_one() {
        let side = |loads: &[bool]| {
            let mut side = side(&[("a", 5, None)]);
            if let Some(runtime) = &mut side.runtime {
                let recording = runtime.recordings[0].clone();
                runtime.recordings = loads
                    .iter()
                    .map(|load| Recording { load: load.then(Load::default), ..recording.clone() })
                    .collect();
            }
            side
        };
        let check = |before: &[bool], after: &[bool], expected: &[(Course, [bool; 2])]| {
            let running = running(side(before), side(after));
            let courses = running.courses("a").into_iter();
            let told: Vec<_> =
                courses.map(|(load, sides)| (load, sides.map(|side| side.is_some()))).collect();
            assert_eq!(told, expected);
        };
        check(&[false], &[true], &[(Course::Whole, [true, true])]);
        check(
            &[true],
            &[false, true],
            &[(Course::WithoutLoad, [false, true]), (Course::UnderLoad, [true, true])],
        );
        check(&[false], &[], &[(Course::Whole, [true, false])]);
    }

    #[test]
    fn headroom_is_that_of_the_service_nearest_to_its_limit() {
        let check = |services: &[(&str, u64, Option<u64>)], expected: &str| {
            let running = running(Snapshot::default(), side(services));
            let found = match running.memory[1].as_ref().and_then(Memory::headroom) {
                Some(Headroom::Least { service, .. }) => service.to_owned(),
                Some(Headroom::Unlimited(services)) => format!("none: {}", services.join(" ")),
                None => String::new(),
            };
            assert_eq!(found, expected);
        };
        check(&[("a", 90, Some(200)), ("b", 50, Some(100)), ("c", 1, Some(100))], "b");
        check(&[("a", 90, Some(200)), ("b", 50, None)], "none: b");
        check(&[], "");
    }
}
