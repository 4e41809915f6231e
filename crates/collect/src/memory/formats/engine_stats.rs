//! Answers of an engine to `GET /containers/{id}/stats`, of Docker and of Podman's compatible API.

use plimsoll_snapshot::Bytes;
use plimsoll_snapshot::runtime::{
    Metric, Quality, Recording, RecordingFormat, Regime, Resolution, Time, Timestamps, UnitBase,
};
use serde_json::Value;

use crate::memory::identity::Identity;
use crate::memory::json::{self, field};
use crate::memory::printed::PrintedLimit;
use crate::memory::reader::{Reader, Recognition};
use crate::memory::samples::{Framer, Sample};
use crate::memory::time;

/// What an engine says of one container at one moment.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct EngineSample {
    /// Who it is about, as far as the answer says.
    pub who: Identity,
    /// When the engine read it; none of a container that does not run.
    pub time: Option<Time>,
    /// What it read.
    pub values: Vec<(Metric, u64)>,
    /// Whether the answer shows that there is no limit.
    pub is_unlimited: bool,
    /// The most it ever took, where the kernel counts that for the engine (cgroup v1).
    pub peak: Option<Bytes>,
    /// Of which version the cgroups are, as far as the answer shows.
    pub cgroup_version: Option<u64>,
}

impl EngineSample {
    pub(crate) fn sample(self) -> Sample {
        Sample { values: self.values, peak: self.peak, is_unlimited: self.is_unlimited }
    }
}

/// Whether a value is such an answer.
pub(crate) fn is_answer(value: &Value) -> bool {
    value.get("memory_stats").is_some() || (value.get("cpu_stats").is_some() && value.get("read").is_some())
}

pub(crate) fn read(reader: &mut Reader, values: &[(u64, &Value)]) -> Recognition {
    reader.input.format = "answers of an engine's API";
    let mut framer = Framer::new(Recording {
        file: reader.input.file.clone(),
        format: RecordingFormat::EngineApi,
        regime: Regime::UsageMinusInactiveFile,
        quality: Quality {
            resolution: Resolution::Exact,
            base: UnitBase::None,
            timestamps: Timestamps::Source,
        },
        ..Recording::default()
    });
    for (line, value) in values {
        let answer = engine_sample(value);
        if answer.who == Identity::default() {
            reader.warn(Some(*line), "neither an ID nor a name");
            continue;
        }
        if answer.time.is_none() {
            reader.warn(Some(*line), "the container did not run");
        }
        framer.push(answer.who.clone(), answer.time, answer.sample());
    }
    reader.input.samples.push(framer.finish());
    Recognition::Yes
}

/// Reads one answer.
///
/// The working set is docker's own figure (docker/cli, `calculateMemUsageUnixNoCache`): on cgroup v1 the usage without
/// `total_inactive_file`, on v2 without `inactive_file`; the whole usage if that is more than there is.
#[must_use]
pub fn engine_sample(value: &Value) -> EngineSample {
    let who = Identity {
        id: json::owned(value, "id").or_else(|| json::owned(value, "Id")),
        name: json::text(value, "name").map(|name| name.trim_start_matches('/').to_owned()),
        ..Identity::default()
    };
    let mut sample = Sample::default();
    let memory = value.get("memory_stats").unwrap_or(&Value::Null);
    let stats = memory.get("stats").unwrap_or(&Value::Null);
    let is_v1 = stats.get("total_inactive_file").is_some();
    let time = value.get("read").and_then(time::of_value);
    if let Some(usage) = field(memory, "usage").filter(|_| time.is_some()) {
        let stat = |v1: &str, v2: &str| if is_v1 { field(stats, v1) } else { field(stats, v2) };
        let inactive = stat("total_inactive_file", "inactive_file");
        let working_set = usage - inactive.filter(|&inactive| inactive < usage).unwrap_or(0);
        sample.set(Metric::WorkingSet, Some(working_set));
        sample.set(Metric::Usage, Some(usage));
        field(memory, "limit").map_or(PrintedLimit::Unknown, PrintedLimit::of).add_to(&mut sample);
        sample.set(Metric::Anon, stat("total_rss", "anon"));
        sample.set(Metric::File, stat("total_cache", "file"));
        sample.set(Metric::InactiveFile, inactive);
        sample.set(Metric::Shmem, stat("total_shmem", "shmem"));
        sample.set(Metric::Swap, stat("total_swap", "swap"));
        for (metric, key) in [
            (Metric::Slab, "slab"),
            (Metric::SlabUnreclaimable, "slab_unreclaimable"),
            (Metric::KernelStack, "kernel_stack"),
            (Metric::Sock, "sock"),
        ] {
            sample.set(metric, field(stats, key));
        }
        sample.set(Metric::LimitHits, field(memory, "failcnt"));
        others(&mut sample, value);
    }
    let has_stats = stats.as_object().is_some_and(|stats| !stats.is_empty());
    EngineSample {
        who,
        time,
        values: sample.values,
        is_unlimited: sample.is_unlimited,
        peak: field(memory, "max_usage").filter(|&peak| peak > 0).map(Bytes),
        cgroup_version: has_stats.then_some(if is_v1 { 1 } else { 2 }),
    }
}

fn others(sample: &mut Sample, value: &Value) {
    let cpu = value.pointer("/cpu_stats/cpu_usage/total_usage").and_then(json::number);
    sample.set(Metric::CpuUs, cpu.map(|nanoseconds| nanoseconds / 1000));
    let throttled = value.pointer("/cpu_stats/throttling_data/throttled_time").and_then(json::number);
    sample.set(Metric::ThrottledUs, throttled.map(|nanoseconds| nanoseconds / 1000));
    sample.set(Metric::Pids, value.pointer("/pids_stats/current").and_then(json::number));
    if let Some(networks) = value.get("networks").and_then(Value::as_object) {
        let sum =
            |key| networks.values().filter_map(|network| field(network, key)).reduce(u64::saturating_add);
        sample.set(Metric::NetReceived, sum("rx_bytes"));
        sample.set(Metric::NetSent, sum("tx_bytes"));
    }
    let operations = value.pointer("/blkio_stats/io_service_bytes_recursive").and_then(Value::as_array);
    if let Some(operations) = operations.filter(|operations| !operations.is_empty()) {
        let sum = |wanted: &str| {
            let is_wanted =
                |entry: &&Value| json::text(entry, "op").is_some_and(|op| op.eq_ignore_ascii_case(wanted));
            operations
                .iter()
                .filter(is_wanted)
                .filter_map(|entry| field(entry, "value"))
                .fold(0, u64::saturating_add)
        };
        sample.set(Metric::BlockRead, Some(sum("read")));
        sample.set(Metric::BlockWritten, Some(sum("write")));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn value(of: &EngineSample, metric: Metric) -> Option<u64> {
        of.values.iter().find(|(known, _)| *known == metric).map(|(_, value)| *value)
    }

    #[test]
    fn the_working_set_is_that_of_docker() {
        let check = |memory: Value, expected: Option<u64>| {
            let answer =
                engine_sample(&json!({"read": "2026-11-22T16:39:26Z", "id": "a", "memory_stats": memory}));
            assert_eq!(value(&answer, Metric::WorkingSet), expected, "{answer:?}");
        };
        check(json!({"usage": 100, "stats": {"inactive_file": 30}}), Some(70));
        check(json!({"usage": 100, "stats": {"inactive_file": 10, "total_inactive_file": 30}}), Some(70));
        check(json!({"usage": 100, "stats": {"inactive_file": 100}}), Some(100));
        check(json!({"usage": 100}), Some(100));
        check(json!({}), None);
    }

    #[test]
    fn the_largest_number_is_no_limit() {
        let memory = json!({"usage": 1, "limit": u64::MAX, "stats": {"anon": 1}});
        let answer = engine_sample(&json!({"read": "2026-11-22T16:39:26Z", "memory_stats": memory}));
        assert_eq!((value(&answer, Metric::Limit), answer.cgroup_version), (None, Some(2)));
        assert!(answer.is_unlimited);
    }
}
