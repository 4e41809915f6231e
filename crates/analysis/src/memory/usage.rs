//! What a service uses besides memory: CPU, network, block devices, processes, and the time it waits for memory.
//!
//! Counters become rates between two samples. A counter of traffic that never moves is unknown, not zero: kernels without
//! the accounting report zeros.

use plimsoll_snapshot::runtime::{Metric, Series};
use serde::Serialize;

use super::Confidence;
use super::recorded::Recorded;
use super::samples::{Windows, frame_time, to_bytes, to_float};
use super::stack::StackService;
use super::stats;
use super::suggest::{LimitRefusal, confidence, evidence_lacks};

/// Something that is used, with its unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Resource {
    /// CPU time, in thousandths of one CPU.
    Cpu,
    /// The time that a limit of CPU held threads back, in thousandths of the time of one.
    Throttled,
    /// Received over the network, in bytes each second.
    Received,
    /// Sent over the network, in bytes each second.
    Sent,
    /// Read from block devices, in bytes each second.
    BlockRead,
    /// Written to block devices, in bytes each second.
    BlockWritten,
    /// Processes and threads.
    Pids,
    /// The time in which some process waited for memory, in thousandths.
    Pressure,
}

impl Resource {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 8] = [
        Self::Cpu,
        Self::Throttled,
        Self::Received,
        Self::Sent,
        Self::BlockRead,
        Self::BlockWritten,
        Self::Pids,
        Self::Pressure,
    ];

    /// The metric that tells of it.
    const fn metric(self) -> Metric {
        match self {
            Self::Cpu => Metric::CpuUs,
            Self::Throttled => Metric::ThrottledUs,
            Self::Received => Metric::NetReceived,
            Self::Sent => Metric::NetSent,
            Self::BlockRead => Metric::BlockRead,
            Self::BlockWritten => Metric::BlockWritten,
            Self::Pids => Metric::Pids,
            Self::Pressure => Metric::PressureSomeUs,
        }
    }

    /// How much of the unit one count of the counter in a millisecond is: `None` for what is no counter.
    const fn factor(self) -> Option<f64> {
        match self {
            // A microsecond in a millisecond is a thousandth.
            Self::Cpu | Self::Throttled | Self::Pressure => Some(1.0),
            Self::Received | Self::Sent | Self::BlockRead | Self::BlockWritten => Some(1000.0),
            Self::Pids => None,
        }
    }

    /// Whether zeros throughout may mean that nothing counts it.
    const fn may_be_uncounted(self) -> bool {
        matches!(self, Self::Received | Self::Sent | Self::BlockRead | Self::BlockWritten)
    }
}

/// How much of something a service uses, in its unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[expect(missing_docs, reason = "the names say it")]
pub struct ResourceUsage {
    pub resource: Resource,
    pub count: u64,
    pub p50: u64,
    pub p95: u64,
    pub max: u64,
}

/// A limit of CPU or processes that fits, or why none is named.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ResourceSuggestion {
    /// The limit, in the unit of its resource; absent where it is not named.
    pub limit: Option<u64>,
    /// Whether the true need may be larger, because the limit of today held it back.
    pub at_least: bool,
    /// How much the suggestion rests on; absent with the limit.
    pub confidence: Option<Confidence>,
    /// What was added to the largest window, in percent.
    pub margin_percent: Option<u64>,
    /// The largest window.
    pub largest: u64,
    /// The number of windows.
    pub windows: u64,
    /// How many independent windows they are worth.
    pub independent: u64,
    /// What keeps a limit from being named.
    #[serde(skip)]
    pub refused: Vec<LimitRefusal>,
}

/// The values of a series with their frames, in the unit of the resource. None where it is not recorded.
pub(crate) fn values(recording: &Recorded<'_>, series: &Series, resource: Resource) -> Vec<(u32, f64)> {
    let Some(factor) = resource.factor() else {
        return series.values(resource.metric()).map(|(frame, value)| (frame, to_float(value))).collect();
    };
    if resource == Resource::Cpu && !series.columns.contains_key(&Metric::CpuUs) {
        let printed = series.values(Metric::CpuHundredths);
        return printed.map(|(frame, hundredths)| (frame, to_float(hundredths) / 10.0)).collect();
    }
    // The counters are those since the start: the time before the first sample counts too.
    let mut last: Option<(i64, u64)> = series.started.map(|started| (started.0, 0));
    let mut rates = Vec::new();
    let mut has_moved = false;
    for (frame, value) in series.values(resource.metric()) {
        let Some(time) = frame_time(recording, frame) else { return Vec::new() };
        let before = last.replace((time, value));
        let Some((earlier, less)) = before else { continue };
        let Some(passed) = time.checked_sub(earlier).and_then(|passed| u64::try_from(passed).ok()) else {
            continue;
        };
        // A counter that falls began again.
        let (Some(more), 1..) = (value.checked_sub(less), passed) else { continue };
        has_moved |= more > 0;
        rates.push((frame, to_float(more) / to_float(passed) * factor));
    }
    if resource.may_be_uncounted() && !has_moved { Vec::new() } else { rates }
}

/// What a service uses, for everything that was recorded of it.
pub(crate) fn usage(service: &StackService<'_>) -> Vec<ResourceUsage> {
    Resource::ALL.into_iter().filter_map(|resource| of_resource(service, resource)).collect()
}

fn of_resource(service: &StackService<'_>, resource: Resource) -> Option<ResourceUsage> {
    let all = service.series.iter().flat_map(|(recording, series)| values(recording, series, resource));
    let sorted = stats::sorted(&all.map(|(_, value)| value).collect::<Vec<_>>());
    let at = |percent| stats::percentile(&sorted, percent).map(|value| to_bytes(value).0);
    let (p50, p95, max) = (at(50.0)?, at(95.0)?, at(100.0)?);
    Some(ResourceUsage { resource, count: sorted.len() as u64, p50, p95, max })
}

/// Thousandths of the time that threads may wait for their limit before it counts as too small.
const HELD_BACK: u64 = 50;
/// A limit of CPU is a multiple of this, in thousandths: a tenth is what people write.
const CPU_STEP: u64 = 100;
/// A limit of processes is a multiple of this. Threads are started in groups.
const PIDS_STEP: u64 = 32;

/// The limit of CPU for a service, never more than the host has.
pub(crate) fn cpu(
    service: &StackService<'_>,
    usage: &[ResourceUsage],
    host_cpus: Option<u64>,
) -> ResourceSuggestion {
    let mut suggestion = suggestion(service, Resource::Cpu, CPU_STEP);
    let most = host_cpus.map_or(u64::MAX, |cpus| cpus.saturating_mul(1000));
    suggestion.limit = suggestion.limit.map(|limit| limit.min(most));
    let held_back = usage.iter().find(|usage| usage.resource == Resource::Throttled);
    suggestion.at_least = held_back.is_some_and(|usage| usage.p95 > HELD_BACK);
    suggestion
}

/// The limit of processes and threads for a service.
pub(crate) fn pids(service: &StackService<'_>) -> ResourceSuggestion {
    suggestion(service, Resource::Pids, PIDS_STEP)
}

/// By the rules of evidence that a limit of memory has: windows, the start, a load, no crashes.
fn suggestion(service: &StackService<'_>, resource: Resource, step: u64) -> ResourceSuggestion {
    let windows =
        Windows::of_values(service, to_float(step), |recording, series| values(recording, series, resource));
    let refused = match windows.maxima.as_slice() {
        [] => vec![LimitRefusal::NothingRecorded],
        _ => evidence_lacks(service, &windows),
    };
    let (confidence, margin) = confidence(windows.effective, false);
    let largest = windows.most.max(0.0);
    let need = to_bytes(largest * (1.0 + to_float(margin) / 100.0)).0;
    let is_named = refused.is_empty();
    ResourceSuggestion {
        limit: is_named.then(|| need.max(1).div_ceil(step).saturating_mul(step)),
        at_least: false,
        confidence: is_named.then_some(confidence),
        margin_percent: is_named.then_some(margin),
        largest: to_bytes(largest).0,
        windows: windows.maxima.len() as u64,
        independent: to_bytes(windows.effective).0,
        refused,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use plimsoll_snapshot::Runtime;
    use plimsoll_snapshot::runtime::{Column, Container, Event, EventKind, Load, Recording, Time};

    use super::*;
    use crate::memory::stack::services;

    /// A recording of a frame each second, with a load and a start.
    fn recorded(columns: &[(Metric, Vec<Option<u64>>)]) -> Runtime {
        let length = u32::try_from(columns[0].1.len()).unwrap();
        let columns: BTreeMap<Metric, Column> =
            columns.iter().map(|(metric, values)| (*metric, Column::from(values.clone()))).collect();
        let recording = Recording {
            frames: length,
            times: Some((0..i64::from(length)).map(|second| Time(second * 1000)).collect()),
            series: vec![Series { length, columns, ..Series::default() }],
            load: Some(Load { label: "users".to_owned(), ..Load::default() }),
            ..Recording::default()
        };
        Runtime {
            containers: vec![Container { service: Some("web".to_owned()), ..Container::default() }],
            recordings: vec![recording],
            events: vec![Event { time: Time(0), container: 0, kind: EventKind::Start }],
            ..Runtime::default()
        }
    }

    fn usage_of(runtime: &Runtime) -> Vec<(Resource, u64, u64)> {
        usage(&services(runtime)[0]).iter().map(|usage| (usage.resource, usage.p50, usage.max)).collect()
    }

    #[test]
    fn counters_become_rates() {
        let cpu = vec![Some(0), Some(250_000), None, Some(750_000), Some(10)];
        let received = vec![Some(100), Some(2_100), Some(2_100), Some(2_100), Some(2_100)];
        let pids = vec![Some(3), Some(4), None, Some(9), Some(3)];
        let runtime =
            recorded(&[(Metric::CpuUs, cpu), (Metric::NetReceived, received), (Metric::Pids, pids)]);
        let expected = [(Resource::Cpu, 250, 250), (Resource::Received, 0, 2_000), (Resource::Pids, 4, 9)];
        assert_eq!(usage_of(&runtime), expected);
    }

    #[test]
    fn a_start_counts_from_its_first_moment() {
        let mut runtime = recorded(&[(Metric::CpuUs, vec![Some(3_000_000), Some(3_100_000)])]);
        runtime.recordings[0].series[0].started = Some(Time(-2_000));
        assert_eq!(usage_of(&runtime), [(Resource::Cpu, 800, 1_500)]);
    }

    #[test]
    fn traffic_that_nothing_counts_is_unknown_and_waiting_that_is_none_is_zero() {
        let zeros = || vec![Some(0); 5];
        let runtime = recorded(&[(Metric::BlockRead, zeros()), (Metric::ThrottledUs, zeros())]);
        assert_eq!(usage_of(&runtime), [(Resource::Throttled, 0, 0)]);
    }

    #[test]
    fn limits_follow_the_rules_of_memory() {
        let minutes = |minutes: u64| {
            let cpu = (0..minutes * 60).map(|second| Some(second * 300_000)).collect();
            let pids = (0..minutes * 60).map(|_| Some(20)).collect();
            let memory = (0..minutes * 60).map(|_| Some(1 << 20)).collect();
            recorded(&[(Metric::CpuUs, cpu), (Metric::Pids, pids), (Metric::WorkingSet, memory)])
        };
        let suggested = |runtime: &Runtime, cpus| {
            let services = services(runtime);
            let cpu = cpu(&services[0], &[], cpus);
            (cpu.limit, cpu.confidence, pids(&services[0]).limit)
        };
        assert_eq!(suggested(&minutes(20), Some(8)), (Some(500), Some(Confidence::Low), Some(32)));
        assert_eq!(suggested(&minutes(70), None), (Some(400), Some(Confidence::Medium), Some(32)));
        let short = minutes(5);
        assert_eq!(suggested(&short, None), (None, None, None));
        let refused = pids(&services(&short)[0]).refused;
        assert_eq!(refused, [LimitRefusal::TooFewWindows { windows: 5, least: 10 }]);
    }
}
