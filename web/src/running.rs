//! What the page knows of running services: judged once for each report, when it is asked for.

use std::collections::BTreeSet;

use plimsoll_analysis::Changes;
use plimsoll_analysis::memory::compare::{MemoryComparison, ServiceMemoryComparison};
use plimsoll_analysis::memory::timeline::{Timeline, timelines};
use plimsoll_analysis::memory::{Memory, ServiceMemory};
use plimsoll_analysis::regressions::{Regression, RegressionKind};
use plimsoll_snapshot::{Bundle, Bytes, filled};

/// Both sides, before and after.
pub(crate) struct Running {
    pub(crate) memory: [Option<Memory>; 2],
    timelines: [Vec<Timeline>; 2],
    pub(crate) comparison: Option<MemoryComparison>,
    regressions: Vec<Regression>,
}

/// The least that a limit leaves free: what a card says of the stack.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Headroom<'a> {
    /// The service with the least, what it took at most, and its limit.
    Least { service: &'a str, taken: Bytes, limit: Bytes },
    /// The services without a limit.
    Unlimited(&'a [String]),
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

    /// Its courses over time, before and after. Where a side was recorded both with a load and without one, each is a
    /// separate course with a label; otherwise all recordings of a side are one course.
    pub(crate) fn courses(&self, name: &str) -> Vec<(Option<bool>, [Option<&Timeline>; 2])> {
        let of = |side: &'_ [Timeline], under_load: Option<bool>| {
            let fits = |timeline: &&Timeline| under_load.is_none_or(|load| timeline.under_load == load);
            side.iter().position(|timeline| timeline.service == name && fits(&timeline))
        };
        let [before, after] = &self.timelines;
        let both = |load| [of(before, load).map(|at| &before[at]), of(after, load).map(|at| &after[at])];
        let is_split = |side: &[Timeline]| of(side, Some(false)).is_some() && of(side, Some(true)).is_some();
        if is_split(before) || is_split(after) {
            return [false, true].map(|load| (Some(load), both(Some(load)))).into();
        }
        let sides = both(None);
        sides.iter().any(Option::is_some).then_some((None, sides)).into_iter().collect()
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

/// The headroom of a side; `None` if it is unknown.
pub(crate) fn headroom(memory: &Memory) -> Option<Headroom<'_>> {
    if !memory.totals.unlimited.is_empty() {
        return Some(Headroom::Unlimited(&memory.totals.unlimited));
    }
    let limited = memory.services.iter().filter_map(|service| {
        let (limit, taken) = (service.limit.bytes()?, service.working_set?.max);
        (!limit.is_zero()).then_some((service.name.as_str(), taken, limit))
    });
    // The one that is nearest to its limit, compared without rounding.
    let least = limited.max_by(|(_, taken, limit), (_, other, other_limit)| {
        let cross = |taken: &Bytes, limit: &Bytes| u128::from(taken.0) * u128::from(limit.0);
        cross(taken, other_limit).cmp(&cross(other, limit))
    });
    least.map(|(service, taken, limit)| Headroom::Least { service, taken, limit })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use plimsoll_snapshot::runtime::{Column, Container, Limits, Load, Metric, Recording, Series};
    use plimsoll_snapshot::{Runtime, Snapshot};

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
        Running::of(&Bundle { before, after, targets: None, names: [None, None] }, &changes)
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
        let check = |before: &[bool], after: &[bool], expected: &[(Option<bool>, [bool; 2])]| {
            let running = running(side(before), side(after));
            let courses = running.courses("a").into_iter();
            let told: Vec<_> =
                courses.map(|(load, sides)| (load, sides.map(|side| side.is_some()))).collect();
            assert_eq!(told, expected);
        };
        check(&[false], &[true], &[(None, [true, true])]);
        check(&[true], &[false, true], &[(Some(false), [false, true]), (Some(true), [true, true])]);
        check(&[false], &[], &[(None, [true, false])]);
    }

    #[test]
    fn headroom_is_that_of_the_service_nearest_to_its_limit() {
        let check = |services: &[(&str, u64, Option<u64>)], expected: &str| {
            let running = running(Snapshot::default(), side(services));
            let found = match running.memory[1].as_ref().and_then(headroom) {
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
