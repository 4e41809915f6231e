//! `podman stats --format json` (an array of strings in decimal units), `--format '{{json .}}'` (raw numbers), and
//! `podman pod stats --format json`.

use plimsoll_snapshot::runtime::{
    Engine, EngineKind, Metric, Quality, Recording, RecordingFormat, Resolution, Timestamps, UnitBase,
};
use serde_json::Value;

use crate::memory::identity::Identity;
use crate::memory::json;
use crate::memory::printed::{PrintedLimit, memory, others};
use crate::memory::reader::{Reader, Recognition};
use crate::memory::samples::{Framer, Sample};
use plimsoll_snapshot::runtime::Time;

/// Whether a value is a report of one container.
pub(crate) fn is_report(value: &Value) -> bool {
    value.get("mem_usage").is_some() || is_raw(value) || is_of_pod(value)
}

/// podman, `entities.PodStatsReport`.
pub(crate) fn is_of_pod(value: &Value) -> bool {
    ["CID", "Pod", "MemUsage"].iter().all(|field| value.get(field).is_some_and(Value::is_string))
}

fn is_raw(value: &Value) -> bool {
    value.get("MemUsage").is_some_and(Value::is_number) && value.get("ContainerID").is_some()
}

pub(crate) fn read(reader: &mut Reader, values: &[(u64, &Value)]) -> Recognition {
    let raw = values.iter().any(|(_, value)| is_raw(value));
    reader.input.format = if raw { "podman stats, raw JSON" } else { "podman stats, JSON" };
    let (resolution, base) =
        if raw { (Resolution::Exact, UnitBase::None) } else { (Resolution::FourDigits, UnitBase::Decimal) };
    let mut framer = Framer::new(Recording {
        file: reader.input.file.clone(),
        format: RecordingFormat::PodmanStats,
        engine: Some(Engine { kind: EngineKind::Podman, version: String::new(), api_version: String::new() }),
        quality: Quality { resolution, base, timestamps: Timestamps::Source },
        ..Recording::default()
    });
    for (line, value) in values {
        let report = match value {
            value if is_raw(value) => raw_report(value),
            value if is_of_pod(value) => pod_report(value),
            value => report(value),
        };
        match report {
            Ok((who, time, sample)) => framer.push(who, time, sample),
            Err(reason) => reader.warn(Some(*line), reason),
        }
    }
    reader.input.samples.push(framer.finish());
    Recognition::Yes
}

type Report = Result<(Identity, Option<Time>, Sample), &'static str>;

fn report(value: &Value) -> Report {
    let (id, name) = (json::owned(value, "id"), json::owned(value, "name"));
    if id.is_none() && name.is_none() {
        return Err("neither an ID nor a name");
    }
    let text = |field| json::text(value, field).unwrap_or_default();
    let mut sample = Sample::default();
    memory(&mut sample, json::text(value, "mem_usage").ok_or("no `mem_usage`")?)?;
    others(&mut sample, text("cpu_percent"), text("net_io"), text("block_io"), text("pids"));
    Ok((Identity { id, name, ..Identity::default() }, None, sample))
}

fn pod_report(value: &Value) -> Report {
    let (id, name) = (json::owned(value, "CID"), json::owned(value, "Name"));
    let text = |field| json::text(value, field).unwrap_or_default();
    let mut sample = Sample::default();
    memory(&mut sample, text("MemUsage"))?;
    others(&mut sample, text("CPU"), text("NetIO"), text("BlockIO"), text("PIDS"));
    Ok((Identity { id, name, ..Identity::default() }, None, sample))
}

/// podman, `define.ContainerStats`: bytes, and times in nanoseconds.
fn raw_report(value: &Value) -> Report {
    let (id, name) = (json::owned(value, "ContainerID"), json::owned(value, "Name"));
    if id.is_none() && name.is_none() {
        return Err("neither an ID nor a name");
    }
    let mut sample = Sample::default();
    if let Some(used) = json::field(value, "MemUsage").filter(|&used| used > 0) {
        sample.set(Metric::WorkingSet, Some(used));
        let limit = json::field(value, "MemLimit").map_or(PrintedLimit::Unknown, PrintedLimit::of);
        limit.add_to(&mut sample);
        sample.set(Metric::CpuUs, json::field(value, "CPUNano").map(|nanoseconds| nanoseconds / 1000));
        sample.set(Metric::Pids, json::field(value, "PIDs"));
        let read = json::field(value, "BlockInput");
        let written = json::field(value, "BlockOutput");
        if (read, written) != (Some(0), Some(0)) {
            sample.set(Metric::BlockRead, read);
            sample.set(Metric::BlockWritten, written);
        }
        if let Some(networks) = value.get("Network").and_then(Value::as_object) {
            let sum = |field| {
                networks
                    .values()
                    .filter_map(|network| json::field(network, field))
                    .reduce(u64::saturating_add)
            };
            sample.set(Metric::NetReceived, sum("RxBytes"));
            sample.set(Metric::NetSent, sum("TxBytes"));
        }
    }
    let time = value.get("SystemNano").and_then(crate::memory::time::of_value);
    Ok((Identity { id, name, ..Identity::default() }, time, sample))
}
