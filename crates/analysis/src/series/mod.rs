//! A series: the states of a stack in the order in which they were built. Which of them are steps and what caused them, what
//! was accepted, and what grew so slowly that no step shows it.

mod change_points;
mod line;
mod state;

use plimsoll_snapshot::{ByteDelta, Bytes, Snapshot};
use serde::{Deserialize, Serialize};

pub use change_points::{ChangePoint, LEAST_POINTS, change_points};
pub use line::Line;
pub use state::{Measured, ServiceState, State, measured};

use crate::compare::compare;
use crate::review::{Cause, largest_cause, review};

/// Which size a series follows. All of its values are of one kind: compressed and unpacked bytes do not mix.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Image size: the bytes of the regular files of all layers.
    #[default]
    ImageSize,
    /// The compressed layers, as a registry stores them.
    Compressed,
}

/// From which change on something is reported.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Thresholds {
    /// The least change that is a step, in bytes.
    pub step_bytes: Bytes,
    /// The least change that is a step, in percent of the size before it. Both have to be reached.
    pub step_percent: f64,
    /// The least sum of smaller changes that is a drift, in percent of the size that they started from.
    pub drift_percent: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { step_bytes: Bytes(1_000_000), step_percent: 1.0, drift_percent: 5.0 }
    }
}

/// A series, analysed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Series {
    /// What its sizes are.
    pub measure: Measure,
    /// From which change on something is reported.
    pub thresholds: Thresholds,
    /// The states, the oldest first.
    pub states: Vec<State>,
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// What smaller changes add up to since the last accepted state.
    pub drift: Option<Drift>,
    /// The largest size that is allowed, where targets name one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[serde(rename = "budget_bytes")]
    pub budget: Option<Bytes>,
    /// The number of states without the size that the series follows.
    pub unmeasured: u64,
    /// The memory of all services at the same time, its 95th percentile in bytes, where it was recorded.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub memory: Option<Level>,
    /// Milliseconds until all services were healthy, where starts were seen.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub start_up: Option<Level>,
}

/// Something that was measured, with noise: only a lasting change counts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Level {
    /// The number of states that have it.
    pub points: u64,
    /// Where its level changed, as indices of states; absent if there are too few of them to tell.
    pub changes: Option<Vec<ChangePoint>>,
}

impl Level {
    /// Looks for changes of what some states have; none if no state has it.
    fn of(states: &[State], value: impl Fn(&State) -> Option<u64>) -> Option<Self> {
        let known: Vec<(usize, u64)> =
            states.iter().enumerate().filter_map(|(index, state)| Some((index, value(state)?))).collect();
        if known.is_empty() {
            return None;
        }
        #[expect(clippy::cast_precision_loss, reason = "a measurement has a few digits")]
        let values: Vec<f64> = known.iter().map(|(_, value)| *value as f64).collect();
        let place = |point: ChangePoint| ChangePoint { index: known[point.index].0, ..point };
        let changes = change_points(&values).map(|points| points.into_iter().map(place).collect());
        Some(Self { points: known.len() as u64, changes })
    }
}

/// A change from one state to the next that is large enough to be a step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Step {
    /// Index of the last state before it that has a size.
    pub from: usize,
    /// Index of the state after it.
    pub to: usize,
    /// By how much the size changed.
    pub delta: ByteDelta,
    /// Whether both states are of the same commit: the build changed, not the source.
    pub is_rebuild: bool,
    /// Why someone accepted it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub accepted: Option<String>,
    /// What did most of it; absent if it was not looked for, or cannot be known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub cause: Option<StepCause>,
}

/// What did most of a step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct StepCause {
    /// The layer. Its change is in unpacked bytes, whatever the series follows.
    #[serde(flatten)]
    pub cause: Cause,
    /// How many services there are.
    pub services: u64,
    /// By how many unpacked bytes the images changed apart from their base images, as far as their layers were read.
    pub own: ByteDelta,
    /// By how many the base images did.
    pub base: ByteDelta,
}

/// What the changes add up to that are too small to be steps.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Drift {
    /// Index of the state that it is counted from: the last accepted one, or the first.
    pub since: usize,
    /// The size there.
    #[serde(rename = "start_bytes")]
    pub start: Bytes,
    /// The sum of the changes that are no steps.
    pub delta: ByteDelta,
    /// The number of them.
    pub changes: u64,
    /// Index of the first state at which the sum reached the threshold; absent if it is below it.
    pub reported: Option<usize>,
}

impl Drift {
    /// The sum in percent of the size that it started from.
    #[must_use]
    pub fn percent(&self) -> Option<f64> {
        (!self.start.is_zero()).then(|| share(self.delta, self.start))
    }
}

#[expect(clippy::cast_precision_loss, reason = "a percentage of a few digits")]
fn share(delta: ByteDelta, of: Bytes) -> f64 {
    if of.is_zero() { f64::INFINITY } else { delta.0 as f64 / of.0 as f64 * 100.0 }
}

impl Series {
    /// Analyses states, which are in order. Causes are added with [`Series::explain`].
    #[must_use]
    pub fn of(states: Vec<State>, thresholds: Thresholds, budget: Option<Bytes>) -> Self {
        let measure = measure_of(&states);
        let sizes: Vec<(usize, Bytes)> = states
            .iter()
            .enumerate()
            .filter_map(|(index, state)| Some((index, state.size_in(measure)?)))
            .collect();
        let mut steps = Vec::new();
        for pair in sizes.windows(2) {
            let [(from, before), (to, after)] = [pair[0], pair[1]];
            let delta = before.change_to(after);
            if is_step(delta, before, thresholds) {
                let is_rebuild =
                    states[to].revision.is_some() && states[from].revision == states[to].revision;
                let accepted = states[to].accepted.clone();
                steps.push(Step { from, to, delta, is_rebuild, accepted, cause: None });
            }
        }
        let drift = drift(&states, &sizes, &steps, thresholds);
        let unmeasured = (states.len() - sizes.len()) as u64;
        let memory = Level::of(&states, |state| state.memory.map(|bytes| bytes.0));
        let start_up = Level::of(&states, |state| state.start_ms);
        Self { measure, thresholds, states, steps, drift, budget, unmeasured, memory, start_up }
    }

    /// The size of a state, in what the series follows.
    #[must_use]
    pub fn size(&self, index: usize) -> Option<Bytes> {
        self.states.get(index)?.size_in(self.measure)
    }

    /// The last state that has a size.
    #[must_use]
    pub fn last(&self) -> Option<(usize, Bytes)> {
        (0..self.states.len()).rev().find_map(|index| Some((index, self.size(index)?)))
    }

    /// The first state that has a size.
    #[must_use]
    pub fn first(&self) -> Option<(usize, Bytes)> {
        (0..self.states.len()).find_map(|index| Some((index, self.size(index)?)))
    }

    /// How a state changed the size; absent for the first one.
    #[must_use]
    pub fn change(&self, index: usize) -> Option<ByteDelta> {
        let after = self.size(index)?;
        let before = (0..index).rev().find_map(|before| self.size(before))?;
        Some(before.change_to(after))
    }

    /// The step that ends at a state.
    #[must_use]
    pub fn step_at(&self, index: usize) -> Option<&Step> {
        self.steps.iter().find(|step| step.to == index)
    }

    /// Looks for the cause of a step in its two snapshots. Layers that both sides lack say nothing, and hide nothing: a layer
    /// that both sides have is no cause.
    pub fn explain(step: &mut Step, before: &Snapshot, after: &Snapshot) {
        let comparison = compare(before, after);
        let review = review(&comparison, after);
        let (services, own, base) = (review.services, review.own.delta, review.base.delta);
        let cause = largest_cause(&comparison, after, step.delta);
        step.cause = cause.map(|cause| StepCause { cause, services, own, base });
    }
}

/// The unpacked size, unless more states have the compressed one alone.
fn measure_of(states: &[State]) -> Measure {
    let with = |measure| states.iter().filter(|state| state.size_in(measure).is_some()).count();
    if with(Measure::Compressed) > with(Measure::ImageSize) {
        Measure::Compressed
    } else {
        Measure::ImageSize
    }
}

fn is_step(delta: ByteDelta, before: Bytes, thresholds: Thresholds) -> bool {
    delta.magnitude() >= thresholds.step_bytes
        && delta.0 != 0
        && share(delta, before).abs() >= thresholds.step_percent
}

/// Sums the changes up that are no steps, since the last accepted state.
fn drift(
    states: &[State],
    sizes: &[(usize, Bytes)],
    steps: &[Step],
    thresholds: Thresholds,
) -> Option<Drift> {
    let start = sizes.iter().rposition(|(index, _)| states[*index].accepted.is_some()).unwrap_or(0);
    let (since, size) = *sizes.get(start)?;
    let mut drift = Drift { since, start: size, delta: ByteDelta(0), changes: 0, reported: None };
    for pair in sizes.get(start..)?.windows(2) {
        let [(_, before), (to, after)] = [pair[0], pair[1]];
        let delta = before.change_to(after);
        if delta.0 == 0 || steps.iter().any(|step| step.to == to) {
            continue;
        }
        drift.changes += 1;
        drift.delta = ByteDelta(drift.delta.0.saturating_add(delta.0));
        // What shrank back below it is no drift any more.
        if share(drift.delta, size) < thresholds.drift_percent || drift.delta.0 <= 0 {
            drift.reported = None;
        } else if drift.reported.is_none() {
            drift.reported = Some(to);
        }
    }
    (drift.changes > 0).then_some(drift)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::snapshot;

    fn state(name: &str, size: u64) -> State {
        State { name: name.to_owned(), size: Some(Bytes(size)), ..State::default() }
    }

    fn series(sizes: &[u64]) -> Series {
        let states = sizes.iter().enumerate().map(|(index, size)| state(&index.to_string(), *size)).collect();
        Series::of(states, Thresholds::default(), None)
    }

    #[test]
    fn a_step_is_large_in_bytes_and_in_percent() {
        let series = series(&[100_000_000, 100_900_000, 105_000_000, 104_999_000, 90_000_000]);
        let steps: Vec<(usize, usize, i64)> =
            series.steps.iter().map(|step| (step.from, step.to, step.delta.0)).collect();
        assert_eq!(steps, [(1, 2, 4_100_000), (3, 4, -14_999_000)]);
        assert_eq!(series.change(1), Some(ByteDelta(900_000)));
        assert_eq!(series.change(0), None);
        // A few bytes are most of a small image, and still nothing.
        assert!(self::series(&[1000, 3000]).steps.is_empty());
        assert_eq!(self::series(&[0, 2_000_000]).steps.len(), 1);
    }

    #[test]
    fn small_changes_add_up_since_the_last_accepted_state() {
        let mut sizes = vec![100_000_000];
        (1..12).for_each(|change| sizes.push(100_000_000 + change * 800_000));
        let slow = series(&sizes);
        assert!(slow.steps.is_empty());
        let drift = slow.drift.unwrap();
        assert_eq!((drift.since, drift.delta, drift.changes), (0, ByteDelta(8_800_000), 11));
        // 7 × 0.8 MB is the first sum of 5 %.
        assert_eq!(drift.reported, Some(7));
        let mut states = slow.states;
        states[9].accepted = Some("models".into());
        let drift = Series::of(states, Thresholds::default(), None).drift.unwrap();
        assert_eq!((drift.since, drift.delta, drift.reported), (9, ByteDelta(1_600_000), None));
    }

    #[test]
    fn a_series_follows_the_size_that_most_states_have() {
        let compressed = |name: &str, size: Option<u64>, compressed: u64| State {
            size: size.map(Bytes),
            compressed: Some(Bytes(compressed)),
            ..state(name, 0)
        };
        let mixed = vec![compressed("a", None, 4_000_000), compressed("b", Some(20_000_000), 8_000_000)];
        let series = Series::of(mixed.clone(), Thresholds::default(), None);
        assert_eq!((series.measure, series.steps[0].delta), (Measure::Compressed, ByteDelta(4_000_000)));
        let unpacked = mixed.into_iter().map(|state| State { size: Some(Bytes(5)), ..state }).collect();
        assert_eq!(Series::of(unpacked, Thresholds::default(), None).measure, Measure::ImageSize);
        assert_eq!(Series::of(Vec::new(), Thresholds::default(), None).drift, None);
    }

    #[test]
    fn a_cause_is_found_where_only_what_differs_was_read() {
        let layers = |size: u64| {
            let app = format!("i RUN pip install x\nf app/model {size} m{size}");
            snapshot("app", &["i ADD rootfs /\nf lib/base 5000000 b", &app])
        };
        let (mut before, mut after) = (layers(1_000_000), layers(4_000_000));
        before.layers[0].contents = None;
        after.layers[0].contents = None;
        let mut step = Step {
            from: 0,
            to: 1,
            delta: ByteDelta(3_000_000),
            is_rebuild: false,
            accepted: None,
            cause: None,
        };
        Series::explain(&mut step, &before, &after);
        let cause = step.cause.unwrap();
        assert_eq!(
            (cause.cause.is_base, cause.cause.delta, cause.own),
            (false, ByteDelta(3_000_000), ByteDelta(3_000_000))
        );
        assert_eq!(cause.cause.instruction.as_deref(), Some("RUN pip install x"));
        assert_eq!(cause.cause.parts[0].name, "app/model");
    }
}
