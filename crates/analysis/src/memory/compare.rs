//! Whether a service takes less memory than before: first whether the recordings may be compared at all, then how
//! large the difference is, then whether it could be chance.
//!
//! Samples of one recording follow from each other, so a test over them finds differences where there are none: on two
//! identical recordings (first-order autoregressive, φ = 0.99, one sample a second) a plain Mann-Whitney test does so in
//! 89 of 100 cases. One recording a side therefore gives an effect and an interval, called *indicative*. A verdict takes
//! four runs a side, each of which counts as one value: its peak.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_snapshot::runtime::{EventKind, Recording, Series};
use plimsoll_snapshot::{ByteDelta, Bytes, Order as _, Runtime, filled};
use serde::Serialize;

use super::gates::gates;
pub use super::gates::{Gate, GateDetail, GateKind, GateValue, UnknownSide};
use super::samples::{Distribution, is_loaded, taken, to_float, working_set};
use super::stack::{self, StackService};
use super::stats;

/// The fewest runs of each side that can give a verdict: with 3 and 3 the least p-value there is, is 0.10; with 4 and 4
/// it is 0.029.
pub const LEAST_RUNS: usize = 4;
/// The p-value below which a difference is hardly chance.
const P: f64 = 0.05;

/// The recordings of two sides compared.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MemoryComparison {
    /// What has to be alike for figures to be comparable.
    pub gates: Vec<Gate>,
    /// The services that were recorded on both sides, by name.
    pub services: Vec<ServiceMemoryComparison>,
}

/// One service on both sides.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ServiceMemoryComparison {
    /// The name of the service.
    #[serde(rename = "service")]
    pub name: String,
    /// The memory it used before, over all samples: the figures of [`super::ServiceMemory::working_set`].
    pub before: Distribution,
    /// The memory it used after, over all samples.
    pub after: Distribution,
    /// The difference of the medians; absent where the sides must not be compared.
    pub median: Option<ByteDelta>,
    /// The difference of the largest values; absent likewise.
    pub max: Option<ByteDelta>,
    /// How much more often a value after is the larger one: −1 always smaller, 1 always larger (Cliff's delta).
    /// Absent where the sides must not be compared.
    pub cliffs_delta: Option<f64>,
    /// Where the difference of the medians lies with 95 % confidence, by a block bootstrap over one recording a side.
    /// Only an indication: another run may differ by more than the samples of this one.
    pub indicative: Option<(ByteDelta, ByteDelta)>,
    /// What the runs say together; absent with fewer than four a side.
    pub runs: Option<RunVerdict>,
    /// How many runs there are, before and after.
    pub run_count: (usize, usize),
    /// Whether it uses less or more memory, or why this is not decided.
    pub verdict: ChangeVerdict,
    /// The reason for the verdict.
    #[serde(skip)]
    pub reason: ChangeReason,
}

/// Why a comparison comes to its verdict.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ChangeReason {
    /// Something is not alike.
    Unlike {
        /// The gate that differs.
        gate: Gate,
    },
    /// It was restarted while it was recorded.
    Restarted {
        /// Whether that was after; else before.
        after: bool,
    },
    /// Too few runs for a verdict.
    TooFewRuns {
        /// The number of runs before.
        before: u64,
        /// The number of runs after.
        after: u64,
        /// How many are needed on each side.
        least: u64,
    },
    /// The peaks of the runs shifted.
    Shift {
        /// The Hodges-Lehmann shift.
        by: ByteDelta,
        /// The p-value of the exact Mann-Whitney test.
        p: f64,
        /// Whether the machine may have drifted, as the runs of both sides do not alternate.
        drift: bool,
    },
}

/// What several runs say together.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RunVerdict {
    /// The shift of the peaks (Hodges & Lehmann).
    pub shift: ByteDelta,
    /// The two-sided p-value (Mann & Whitney, exact).
    pub p: f64,
    /// Whether the runs of both sides alternate, so that a drift of the machine is not taken for a difference.
    pub alternated: bool,
}

/// What a comparison comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ChangeVerdict {
    /// It takes less, and that is hardly chance.
    Smaller,
    /// It takes more, and that is hardly chance.
    Larger,
    /// The runs do not tell the sides apart.
    NoDifference,
    /// Too few runs for a verdict: the figures are an indication.
    Indicative,
    /// The sides are not alike: the figures must not be compared.
    NotComparable,
}

/// Compares what was recorded of two stacks.
#[must_use]
pub fn compare(before: &Runtime, after: &Runtime) -> MemoryComparison {
    let gates = gates(before, after);
    let broken: Vec<&Gate> = gates.iter().filter(|gate| gate.alike == Some(false)).collect();
    let before_services = stack::services(before);
    let by_name: BTreeMap<&str, &StackService<'_>> =
        filled(before_services.iter().map(|service| (service.name.as_str(), service)));
    let after_services = stack::services(after);
    let services = after_services
        .iter()
        .filter_map(|service| compare_service(by_name.get(service.name.as_str())?, service, &broken))
        .collect();
    MemoryComparison { gates, services }
}

fn compare_service(
    before: &StackService<'_>,
    after: &StackService<'_>,
    broken: &[&Gate],
) -> Option<ServiceMemoryComparison> {
    let (old, new) = (Runs::of(before), Runs::of(after));
    // What is shown and subtracted is what every table shows: the samples of whole recordings.
    let (old_all, new_all) = (taken(before, |_, _| true), taken(after, |_, _| true));
    let (old_figures, new_figures) = (Distribution::of(&old_all)?, Distribution::of(&new_all)?);
    let run_count = (old.values.len(), new.values.len());
    let runs = run_verdict(&old, &new);
    let restarted = [(before, false), (after, true)].into_iter().find(|(service, _)| restarted(service));
    let (verdict, reason) = match (broken, restarted, runs) {
        ([gate, ..], _, _) => (ChangeVerdict::NotComparable, ChangeReason::Unlike { gate: (*gate).clone() }),
        (_, Some((_, after)), _) => (ChangeVerdict::NotComparable, ChangeReason::Restarted { after }),
        (_, _, Some(runs)) => judged(runs),
        _ => {
            let [before, after, least] = [run_count.0, run_count.1, LEAST_RUNS].map(|count| count as u64);
            (ChangeVerdict::Indicative, ChangeReason::TooFewRuns { before, after, least })
        }
    };
    let is_comparable = verdict != ChangeVerdict::NotComparable;
    let change = |figure: fn(&Distribution) -> Bytes| {
        is_comparable.then(|| figure(&old_figures).change_to(figure(&new_figures)))
    };
    let indicative = (is_comparable && run_count == (1, 1))
        .then(|| stats::block_bootstrap(&old_all, &new_all, stats::median))
        .flatten();
    Some(ServiceMemoryComparison {
        name: after.name.clone(),
        median: change(|figures| figures.p50),
        max: change(|figures| figures.max),
        cliffs_delta: is_comparable.then(|| stats::cliffs_delta(&old_all, &new_all)).flatten(),
        before: old_figures,
        after: new_figures,
        indicative: indicative.map(|(low, high)| (to_delta(low), to_delta(high))),
        runs,
        run_count,
        verdict,
        reason,
    })
}

fn judged(runs: RunVerdict) -> (ChangeVerdict, ChangeReason) {
    let verdict = match (runs.p < P, runs.alternated, runs.shift.0) {
        (false, ..) => ChangeVerdict::NoDifference,
        (true, false, _) => ChangeVerdict::Indicative,
        (true, true, ..0) => ChangeVerdict::Smaller,
        (true, true, _) => ChangeVerdict::Larger,
    };
    let drift = verdict == ChangeVerdict::Indicative;
    (verdict, ChangeReason::Shift { by: runs.shift, p: runs.p, drift })
}

/// The runs of a service: one recording is one run.
struct Runs {
    /// The values of each run after its warm-up, oldest run first where times say so.
    values: Vec<Vec<f64>>,
    begins: Vec<Option<i64>>,
}

impl Runs {
    fn of(service: &StackService<'_>) -> Self {
        let mut runs = Self { values: Vec::new(), begins: Vec::new() };
        for series in service.series.chunk_by(|(one, _), (other, _)| one.is(*other)) {
            let recording = &series[0].0;
            let mut values: Vec<f64> = Vec::new();
            for (_, series) in series {
                values.extend(after_warm_up(recording, series));
            }
            if !values.is_empty() {
                runs.values.push(values);
                runs.begins.push(recording.span().map(|span| span.from.0));
            }
        }
        runs
    }

    fn peaks(&self) -> Vec<f64> {
        self.values.iter().map(|values| values.iter().copied().fold(0.0, f64::max)).collect()
    }
}

/// The values under load, or without a named load those after the first fifth: what a service takes while it starts is
/// another question.
fn after_warm_up(recording: &Recording, series: &Series) -> Vec<f64> {
    if recording.load.is_some() {
        return working_set(series)
            .filter(|&(frame, _)| is_loaded(recording, frame))
            .map(|(_, value)| value)
            .collect();
    }
    let cut = series.first.saturating_add(series.length / 5);
    working_set(series).filter(|&(frame, _)| frame >= cut).map(|(_, value)| value).collect()
}

fn run_verdict(before: &Runs, after: &Runs) -> Option<RunVerdict> {
    if before.values.len() < LEAST_RUNS || after.values.len() < LEAST_RUNS {
        return None;
    }
    let (old, new) = (before.peaks(), after.peaks());
    // Beyond what is counted exactly the last runs are as good as any.
    let last = |peaks: &[f64]| peaks[peaks.len().saturating_sub(stats::EXACT_RUNS)..].to_vec();
    let (old, new) = (last(&old), last(&new));
    Some(RunVerdict {
        shift: to_delta(stats::hodges_lehmann(&old, &new)?),
        p: stats::mann_whitney(&old, &new)?,
        alternated: alternated(&before.begins, &after.begins),
    })
}

/// Whether the sides take turns: in time, no side may have all its runs before those of the other. At least half of the
/// neighbours have to differ.
fn alternated(before: &[Option<i64>], after: &[Option<i64>]) -> bool {
    let side = |begins: &[Option<i64>], is_after: bool| -> Option<Vec<(i64, bool)>> {
        begins.iter().map(|begin| Some(((*begin)?, is_after))).collect()
    };
    let (Some(mut runs), Some(others)) = (side(before, false), side(after, true)) else { return false };
    runs.extend(others);
    runs.order();
    let turns = runs.windows(2).filter(|pair| pair[0].1 != pair[1].1).count();
    turns * 2 >= runs.len() - 1
}

/// Whether one of its containers ended or was started again while it was recorded.
fn restarted(service: &StackService<'_>) -> bool {
    let ends = service
        .events
        .iter()
        .filter(|event| matches!(event.kind, EventKind::Die { .. } | EventKind::Restart));
    let ends: BTreeSet<(usize, i64)> = filled(ends.map(|event| (event.container, event.time.0)));
    service.series.iter().any(|(recording, series)| {
        let Some(span) = recording.span() else { return false };
        let (from, to) = (span.from.0.saturating_add(1), span.to.0);
        from < to && ends.range((series.container, from)..(series.container, to)).next().is_some()
    })
}

#[expect(clippy::cast_possible_truncation, reason = "the cast saturates")]
fn to_delta(value: f64) -> ByteDelta {
    ByteDelta(value.round() as i64)
}

/// How much of a change there is, as a share of before; for those who only want one figure.
#[must_use]
pub fn percent(before: Bytes, delta: ByteDelta) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "a percentage of a few digits")]
    (before > Bytes::ZERO).then(|| delta.0 as f64 / to_float(before.0) * 100.0)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use plimsoll_snapshot::runtime::{Column, Container, Load, Metric, Regime, Time};

    use super::super::samples::to_bytes;
    use super::*;
    use crate::memory::memory;
    use crate::memory::rng::Rng;

    /// A runtime with these recordings of one service, each a list of MiB a second, begun at these seconds.
    fn recorded(runs: &[(i64, Vec<f64>)]) -> Runtime {
        let container =
            Container { service: Some("app".into()), name: Some("app-1".into()), ..Container::default() };
        let recordings = runs.iter().map(|(begin, values)| {
            let frames = u32::try_from(values.len()).unwrap();
            let values: Column = values.iter().map(|value| Some(to_bytes(value * 1_048_576.0).0)).collect();
            let columns = BTreeMap::from([(Metric::WorkingSet, values)]);
            let series = Series { length: frames, columns, ..Series::default() };
            Recording {
                frames,
                times: Some((0..i64::from(frames)).map(|second| Time((begin + second) * 1000)).collect()),
                load: Some(Load { label: "50 users".into(), ..Load::default() }),
                regime: Regime::UsageMinusInactiveFile,
                series: vec![series],
                ..Recording::default()
            }
        });
        Runtime { containers: vec![container], recordings: recordings.collect(), ..Runtime::default() }
    }

    /// A first-order autoregressive series: what recordings of a steady service look like.
    fn autoregressive(rng: &mut Rng, phi: f64, length: usize) -> Vec<f64> {
        let mut normal = || {
            // The sum of twelve uniform numbers is normal enough (Irwin-Hall).
            (0..12).map(|_| to_float(rng.next() >> 11) / to_float(1 << 53)).sum::<f64>() - 6.0
        };
        let mut value = normal() / (1.0 - phi * phi).sqrt();
        (0..length)
            .map(|_| {
                value = phi * value + normal();
                300.0 + value
            })
            .collect()
    }

    #[test]
    fn one_recording_a_side_gives_an_indication() {
        let mut rng = Rng::new(1);
        let before = recorded(&[(0, autoregressive(&mut rng, 0.5, 200))]);
        let after =
            recorded(&[(1000, autoregressive(&mut rng, 0.5, 200).iter().map(|v| v - 100.0).collect())]);
        let service = &compare(&before, &after).services[0];
        assert_eq!(service.verdict, ChangeVerdict::Indicative);
        let (low, high) = service.indicative.unwrap();
        let median = service.median.unwrap().0;
        assert!(low.0 < median && median < high.0 && high.0 < 0);
        assert!((service.cliffs_delta.unwrap() + 1.0).abs() < 1e-9);
    }

    #[test]
    fn four_alternated_runs_a_side_give_a_verdict() {
        let side = |offset: i64, mib: f64| -> Vec<(i64, Vec<f64>)> {
            (0..4)
                .map(|run| (run * 2000 + offset, vec![mib + 1.0, mib + to_float(run.unsigned_abs())]))
                .collect()
        };
        let before = recorded(&side(0, 300.0));
        let service = compare(&before, &recorded(&side(1000, 200.0))).services.remove(0);
        assert_eq!(service.verdict, ChangeVerdict::Smaller, "{:?}", service.reason);
        assert!(
            matches!(service.reason, ChangeReason::Shift { p, drift: false, .. } if (p - 0.0286).abs() < 1e-3)
        );
        let drifted = compare(&before, &recorded(&side(100_000, 200.0))).services.remove(0);
        assert_eq!(drifted.verdict, ChangeVerdict::Indicative, "{:?}", drifted.reason);
        let same = compare(&before, &recorded(&side(1000, 300.0))).services.remove(0);
        assert_eq!(same.verdict, ChangeVerdict::NoDifference);
    }

    #[test]
    fn unlike_sides_are_not_compared() {
        let before = recorded(&[(0, vec![300.0; 100])]);
        let mut after = recorded(&[(1000, vec![200.0; 100])]);
        after.recordings[0].regime = Regime::Anon;
        let service = compare(&before, &after).services.remove(0);
        assert_eq!(service.verdict, ChangeVerdict::NotComparable);
        let ChangeReason::Unlike { gate } = &service.reason else { panic!("{:?}", service.reason) };
        assert_eq!(gate.name, GateKind::WorkingSet);
        assert_eq!((service.median, service.max, service.indicative), (None, None, None));
        assert_eq!((service.before.p50, service.after.p50), (Bytes(300 << 20), Bytes(200 << 20)));
    }

    #[test]
    fn a_median_is_the_same_wherever_it_is_shown() {
        let (before, after) = (recorded(&[(0, ramp(616.0))]), recorded(&[(1000, ramp(330.0))]));
        let service = compare(&before, &after).services.remove(0);
        let shown = [&before, &after].map(|side| memory(side).services[0].working_set.unwrap());
        assert_eq!([service.before, service.after], shown);
        assert_eq!(service.median, Some(shown[0].p50.change_to(shown[1].p50)));
    }

    /// A minute that begins below a level and stays there: the median depends on whether the beginning counts.
    fn ramp(mib: f64) -> Vec<f64> {
        (0..60).map(|second| mib - 10.0 + f64::from(second).min(10.0)).collect()
    }

    /// Two sides that are the same must hardly ever be reported as different, however much their samples follow from each other.
    #[test]
    fn identical_sides_are_told_apart_in_at_most_five_of_a_hundred_cases() {
        let mut rng = Rng::new(2026);
        let mut wrong = 0;
        let cases = 500;
        for _ in 0..cases {
            let mut side = |offset: i64| -> Vec<(i64, Vec<f64>)> {
                (0..4).map(|run| (run * 2000 + offset, autoregressive(&mut rng, 0.99, 300))).collect()
            };
            let (before, after) = (side(0), side(1000));
            let service = compare(&recorded(&before), &recorded(&after)).services.remove(0);
            wrong += i32::from(matches!(service.verdict, ChangeVerdict::Smaller | ChangeVerdict::Larger));
        }
        println!("{wrong} of {cases} identical pairs told apart");
        assert!(wrong * 100 <= cases * 5, "{wrong} of {cases}");
    }
}
