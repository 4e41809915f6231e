//! Whether two recordings may be compared at all: what has to be alike on both sides.

use std::cmp::Ordering;

use plimsoll_snapshot::runtime::{Metric, Recording, Regime};
use plimsoll_snapshot::{Bytes, Order as _, Runtime};
use serde::Serialize;

use super::samples::{frame_time, to_bytes, to_float};
use super::{stack, stats};

/// Something that has to be alike on both sides.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Gate {
    /// What the gate compares.
    pub name: GateKind,
    /// Whether it is; none if that is unknown.
    pub alike: Option<bool>,
    /// The values of both sides, or which side is unknown.
    pub detail: GateDetail,
}

/// What has to be alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum GateKind {
    /// The memory of the host.
    HostMemory,
    /// The kernel version of the host.
    Kernel,
    /// The version of cgroups.
    CgroupVersion,
    /// How the engine defines the working set.
    WorkingSet,
    /// The load that is named.
    Load,
    /// How long the recordings are.
    Duration,
    /// How many bytes were received each second.
    Received,
    /// How much CPU was used.
    Cpu,
}

/// Both sides of a gate.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum GateDetail {
    /// Something is not known.
    Unknown {
        /// The sides on which it is unknown.
        side: UnknownSide,
    },
    /// What all recordings of each side have; one value if they all agree.
    Values {
        /// The values before.
        before: Vec<GateValue>,
        /// The values after.
        after: Vec<GateValue>,
        /// How far apart they may be, in percent of the larger one; absent where they have to be equal.
        tolerance_percent: Option<u64>,
    },
}

/// The side of which something is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum UnknownSide {
    /// Unknown before.
    Before,
    /// Unknown after.
    After,
    /// Neither side is known.
    Both,
    /// One of them, or both.
    Either,
}

/// One value of a gate.
#[derive(Clone, Debug, PartialEq, PartialOrd, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
pub enum GateValue {
    /// Bytes of memory.
    Memory(Bytes),
    /// A text of the host or of the user.
    Text(String),
    /// A number without a unit.
    Number(u64),
    /// A definition of the working set.
    WorkingSet(Regime),
    /// A duration in milliseconds.
    Duration(u64),
    /// A rate in bytes per second.
    Rate(Bytes),
    /// The mean number of processors in use.
    Cpus(f64),
}

pub(super) fn gates(before: &Runtime, after: &Runtime) -> Vec<Gate> {
    let mut gates = vec![
        gate(GateKind::HostMemory, before, after, |recording| {
            recording.host.as_ref()?.memory.map(GateValue::Memory)
        }),
        gate(GateKind::Kernel, before, after, |recording| {
            recording.host.as_ref()?.kernel.clone().map(GateValue::Text)
        }),
        gate(GateKind::CgroupVersion, before, after, |recording| {
            recording.host.as_ref()?.cgroup_version.map(GateValue::Number)
        }),
        gate(GateKind::WorkingSet, before, after, |recording| {
            (recording.regime != Regime::Unknown).then_some(GateValue::WorkingSet(recording.regime))
        }),
        gate(GateKind::Load, before, after, |recording| {
            recording.load.as_ref().map(|load| GateValue::Text(load.label.clone()))
        }),
    ];
    gates.push(within(GateKind::Duration, [mean_of(before, length), mean_of(after, length)], 10, |ms| {
        GateValue::Duration(to_bytes(ms).0)
    }));
    let rates = |metric| [rate(before, metric), rate(after, metric)];
    gates.push(within(GateKind::Received, rates(Metric::NetReceived), 15, |rate| {
        GateValue::Rate(to_bytes(rate))
    }));
    gates.push(within(GateKind::Cpu, rates(Metric::CpuUs), 15, |rate| GateValue::Cpus(rate / 1e6)));
    gates
}

/// A gate for something that all recordings of both sides have to agree in.
fn gate(
    name: GateKind,
    before: &Runtime,
    after: &Runtime,
    read: fn(&Recording) -> Option<GateValue>,
) -> Gate {
    let side = |runtime: &Runtime| -> Option<Vec<GateValue>> {
        let mut values: Vec<GateValue> = runtime.recordings.iter().map(read).collect::<Option<_>>()?;
        // None of these is a float.
        values.order_by(|one, other| one.partial_cmp(other).unwrap_or(Ordering::Equal));
        values.dedup();
        (!values.is_empty()).then_some(values)
    };
    let (before, after) = match (side(before), side(after)) {
        (Some(before), Some(after)) => (before, after),
        (before, after) => {
            let side = match (before, after) {
                (None, None) => UnknownSide::Both,
                (None, _) => UnknownSide::Before,
                _ => UnknownSide::After,
            };
            return Gate { name, alike: None, detail: GateDetail::Unknown { side } };
        }
    };
    let alike = Some(before == after && before.len() == 1);
    Gate { name, alike, detail: GateDetail::Values { before, after, tolerance_percent: None } }
}

/// A gate for a figure that may differ by a share of the larger side, in percent.
fn within(name: GateKind, sides: [Option<f64>; 2], percent: u32, value: fn(f64) -> GateValue) -> Gate {
    let [Some(before), Some(after)] = sides else {
        return Gate { name, alike: None, detail: GateDetail::Unknown { side: UnknownSide::Either } };
    };
    let alike = Some((before - after).abs() <= f64::from(percent) / 100.0 * before.max(after));
    let (before, after) = (vec![value(before)], vec![value(after)]);
    Gate {
        name,
        alike,
        detail: GateDetail::Values { before, after, tolerance_percent: Some(percent.into()) },
    }
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
    // A counter that never moved (this kernel counts no traffic on loopback) does not describe the load.
    (seconds > 0.0 && rise > 0.0).then_some(rise / seconds)
}
