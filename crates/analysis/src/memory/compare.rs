//! Whether a service takes less memory than before: first whether the recordings may be compared at all, then how
//! large the difference is, then whether it could be chance.
//!
//! Samples of one recording follow from each other, so a test over them finds differences where there are none: on two
//! identical recordings (first-order autoregressive, φ = 0.99, one sample a second) a plain Mann-Whitney test does so in
//! 89 of 100 cases. One recording a side therefore gives an effect and an interval, called *indicative*. A verdict takes
//! four runs a side, each of which counts as one value: its peak.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_snapshot::runtime::{EventKind, Metric, Recording, Regime, Series};
use plimsoll_snapshot::{ByteDelta, Bytes, Order as _, Runtime};
use serde::Serialize;

use super::samples::{Distribution, frame_time, is_loaded, to_bytes, to_float, working_set};
use super::stack::{self, StackService};
use super::stats;
use super::words::{binary, duration};

/// The fewest runs of each side that can give a verdict: with 3 and 3 the least p-value there is, is 0.10; with 4 and 4
/// it is 0.029.
pub const LEAST_RUNS: usize = 4;
/// The p-value below which a difference is hardly chance.
const P: f64 = 0.05;

/// The recordings of two sides compared.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MemoryComparison {
    /// What has to be alike for figures to be comparable.
    pub gates: Vec<Gate>,
    /// The services that were recorded on both sides, by name.
    pub services: Vec<ServiceMemoryComparison>,
}

/// Something that has to be alike on both sides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Gate {
    /// What.
    pub name: &'static str,
    /// Whether it is; none if that is unknown.
    pub alike: Option<bool>,
    /// Both sides, in words.
    pub detail: String,
}

/// One service on both sides.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ServiceMemoryComparison {
    /// Its name.
    pub name: String,
    /// What it took before and after.
    pub before: Distribution,
    /// The same after.
    pub after: Distribution,
    /// The difference of the medians.
    pub median: ByteDelta,
    /// The difference of the largest values.
    pub max: ByteDelta,
    /// How much more often a value after is the larger one: −1 always smaller, 1 always larger (Cliff's delta).
    pub cliffs_delta: f64,
    /// Where the difference of the medians lies with 95 % confidence, by a block bootstrap over one recording a side.
    /// Only an indication: another run may differ by more than the samples of this one.
    pub indicative: Option<(ByteDelta, ByteDelta)>,
    /// What the runs say together; absent with fewer than four a side.
    pub runs: Option<RunVerdict>,
    /// How many runs there are, before and after.
    pub run_count: (usize, usize),
    /// The verdict.
    pub verdict: ChangeVerdict,
    /// Why, in words.
    pub reason: String,
}

/// What several runs say together.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
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
        before_services.iter().map(|service| (service.name.as_str(), service)).collect();
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
    let (old_all, new_all) = (old.values.concat(), new.values.concat());
    let (old_figures, new_figures) = (Distribution::of(&old_all)?, Distribution::of(&new_all)?);
    let run_count = (old.values.len(), new.values.len());
    let indicative = match (&old.values[..], &new.values[..]) {
        ([old], [new]) => stats::block_bootstrap(old, new, stats::median),
        _ => None,
    };
    let indicative = indicative.map(|(low, high)| (to_delta(low), to_delta(high)));
    let runs = run_verdict(&old, &new);
    let restarted =
        [(before, "before"), (after, "after")].into_iter().find(|(service, _)| restarted(service));
    let (verdict, reason) = match (broken, restarted, runs) {
        ([gate, ..], _, _) => (ChangeVerdict::NotComparable, format!("{}: {}", gate.name, gate.detail)),
        (_, Some((_, side)), _) => {
            (ChangeVerdict::NotComparable, format!("it was restarted {side}, which begins its memory anew"))
        }
        (_, _, Some(runs)) => judged(runs),
        _ => (
            ChangeVerdict::Indicative,
            format!("{} and {} runs: a verdict takes {LEAST_RUNS} a side", run_count.0, run_count.1),
        ),
    };
    Some(ServiceMemoryComparison {
        name: after.name.clone(),
        median: old_figures.p50.change_to(new_figures.p50),
        max: old_figures.max.change_to(new_figures.max),
        cliffs_delta: stats::cliffs_delta(&old_all, &new_all)?,
        before: old_figures,
        after: new_figures,
        indicative,
        runs,
        run_count,
        verdict,
        reason,
    })
}

fn judged(runs: RunVerdict) -> (ChangeVerdict, String) {
    let words = format!(
        "peaks shifted by {}{} (Mann-Whitney, exact: p = {:.3})",
        if runs.shift.0 < 0 { "−" } else { "+" },
        binary(runs.shift.magnitude()),
        runs.p
    );
    match (runs.p < P, runs.alternated, runs.shift.0) {
        (false, ..) => (ChangeVerdict::NoDifference, words),
        (true, false, _) => (
            ChangeVerdict::Indicative,
            format!("{words}, but the runs do not alternate: the machine may have drifted"),
        ),
        (true, true, ..0) => (ChangeVerdict::Smaller, words),
        (true, true, _) => (ChangeVerdict::Larger, words),
    }
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
    let ends: BTreeSet<(usize, i64)> = ends.map(|event| (event.container, event.time.0)).collect();
    service.series.iter().any(|(recording, series)| {
        let Some(span) = recording.span() else { return false };
        let (from, to) = (span.from.0.saturating_add(1), span.to.0);
        from < to && ends.range((series.container, from)..(series.container, to)).next().is_some()
    })
}

fn gates(before: &Runtime, after: &Runtime) -> Vec<Gate> {
    let mut gates = vec![
        gate("memory of the host", before, after, |recording| recording.host.as_ref()?.memory.map(binary)),
        gate("kernel", before, after, |recording| recording.host.as_ref()?.kernel.clone()),
        gate("cgroup version", before, after, |recording| {
            recording.host.as_ref()?.cgroup_version.map(|version| version.to_string())
        }),
        gate("what the working set is", before, after, |recording| match recording.regime {
            Regime::Unknown => None,
            Regime::UsageMinusInactiveFile => Some("usage − inactive file".to_owned()),
            Regime::UsageMinusCache => Some("usage − cache".to_owned()),
            Regime::Usage => Some("usage".to_owned()),
            Regime::Anon => Some("anonymous memory".to_owned()),
            Regime::PrivateWorkingSet => Some("private working set".to_owned()),
        }),
        gate("load", before, after, |recording| recording.load.as_ref().map(|load| load.label.clone())),
    ];
    gates.push(within(
        "duration",
        before,
        after,
        0.10,
        |runtime| mean_of(runtime, length),
        |ms| duration(to_bytes(ms).0),
    ));
    gates.push(within(
        "bytes received",
        before,
        after,
        0.15,
        |runtime| rate(runtime, Metric::NetReceived),
        |value| format!("{}/s", binary(to_bytes(value))),
    ));
    gates.push(within(
        "CPU",
        before,
        after,
        0.15,
        |runtime| rate(runtime, Metric::CpuUs),
        |value| format!("{:.2} CPUs", value / 1e6),
    ));
    gates
}

/// A gate for something that all recordings of both sides have to agree in.
fn gate(
    name: &'static str,
    before: &Runtime,
    after: &Runtime,
    read: fn(&Recording) -> Option<String>,
) -> Gate {
    let side = |runtime: &Runtime| -> Option<Vec<String>> {
        let mut values: Vec<String> = runtime.recordings.iter().map(read).collect::<Option<_>>()?;
        values.order();
        values.dedup();
        (!values.is_empty()).then_some(values)
    };
    match (side(before), side(after)) {
        (Some(old), Some(new)) => {
            let alike = old == new && old.len() == 1;
            let detail =
                if alike { old[0].clone() } else { format!("{} / {}", old.join(", "), new.join(", ")) };
            Gate { name, alike: Some(alike), detail }
        }
        (old, new) => {
            let which = match (old, new) {
                (None, None) => "on either side",
                (None, _) => "before",
                _ => "after",
            };
            Gate { name, alike: None, detail: format!("not known {which}") }
        }
    }
}

/// A gate for a figure that may differ by a share of the larger side.
fn within(
    name: &'static str,
    before: &Runtime,
    after: &Runtime,
    tolerance: f64,
    read: fn(&Runtime) -> Option<f64>,
    words: fn(f64) -> String,
) -> Gate {
    let (Some(old), Some(new)) = (read(before), read(after)) else {
        return Gate { name, alike: None, detail: "not known on both sides".to_owned() };
    };
    let alike = (old - new).abs() <= tolerance * old.max(new);
    let detail = format!("{} / {} (± {:.0} %)", words(old), words(new), tolerance * 100.0);
    Gate { name, alike: Some(alike), detail }
}

fn mean_of(runtime: &Runtime, read: fn(&Recording) -> Option<f64>) -> Option<f64> {
    let values: Vec<f64> = runtime.recordings.iter().map(read).collect::<Option<_>>()?;
    (!values.is_empty()).then(|| stats::mean(&values))
}

/// How long a recording was under load, or lasted.
fn length(recording: &Recording) -> Option<f64> {
    let span = recording.load.as_ref().and_then(|load| load.span).or_else(|| recording.span())?;
    Some(to_float(span.from.until(span.to)?))
}

/// How fast a counter rose over all services of the stack, for each second.
fn rate(runtime: &Runtime, metric: Metric) -> Option<f64> {
    let (mut rise, mut seconds) = (0.0, 0.0);
    for (recording, series) in stack::services(runtime).iter().flat_map(|service| &service.series) {
        let mut values = series.values(metric);
        let (first, first_value) = values.next()?;
        let (last, last_value) = values.last().unwrap_or((first, first_value));
        rise += to_float(last_value.saturating_sub(first_value));
        let (from, to) = (frame_time(recording, first)?, frame_time(recording, last)?);
        seconds += to_float(to.saturating_sub(from).unsigned_abs()) / 1000.0;
    }
    // A counter that never moved (this kernel counts no traffic on loopback) says nothing of the load.
    (seconds > 0.0 && rise > 0.0).then_some(rise / seconds)
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

    use plimsoll_snapshot::runtime::{Column, Container, Load, Time};

    use super::*;
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
        assert!(low.0 < service.median.0 && service.median.0 < high.0 && high.0 < 0);
        assert!((service.cliffs_delta + 1.0).abs() < 1e-9);
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
        assert_eq!(service.verdict, ChangeVerdict::Smaller, "{}", service.reason);
        assert!(service.reason.contains("p = 0.029"), "{}", service.reason);
        let drifted = compare(&before, &recorded(&side(100_000, 200.0))).services.remove(0);
        assert_eq!(drifted.verdict, ChangeVerdict::Indicative, "{}", drifted.reason);
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
        assert!(service.reason.contains("anonymous"), "{}", service.reason);
    }

    /// Two sides that are the same must hardly ever be told apart, however much their samples follow from each other.
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
