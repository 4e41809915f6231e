//! Answers of Prometheus' HTTP API to a query of cAdvisor's metrics (`container_memory_working_set_bytes` and others).

use std::collections::BTreeMap;

use plimsoll_snapshot::Bytes;
use plimsoll_snapshot::runtime::{
    Metric, Quality, Recording, RecordingFormat, Regime, Resolution, Time, Timestamps, UnitBase,
};
use serde_json::Value;

use crate::memory::identity::Identity;
use crate::memory::json::{owned, text};
use crate::memory::labels::service_of_pod;
use crate::memory::printed::PrintedLimit;
use crate::memory::reader::{Reader, Recognition};
use crate::memory::samples::{Row, Sample, Samples};
use crate::memory::time;
use crate::memory::units;

/// Whether a value is such an answer, good or bad.
pub(crate) fn is_answer(value: &Value) -> bool {
    text(value, "status").is_some_and(|status| status == "success" || status == "error")
        && (value.get("data").is_some() || value.get("errorType").is_some())
}

/// What a metric of cAdvisor is here; `None` in it is the peak.
fn metric(name: &str) -> Option<Option<Metric>> {
    Some(match name {
        "container_memory_working_set_bytes" => Some(Metric::WorkingSet),
        "container_memory_usage_bytes" => Some(Metric::Usage),
        "container_memory_rss" => Some(Metric::Anon),
        "container_memory_cache" => Some(Metric::File),
        "container_memory_swap" => Some(Metric::Swap),
        "container_spec_memory_limit_bytes" => Some(Metric::Limit),
        "container_memory_failcnt" => Some(Metric::LimitHits),
        "container_oom_events_total" => Some(Metric::OomKills),
        "container_memory_max_usage_bytes" => None,
        _ => return None,
    })
}

pub(crate) fn read(reader: &mut Reader, answers: &[Value]) -> Recognition {
    let Some(value) = answers.first() else { return Recognition::No("an empty JSON array") };
    reader.input.format = "Prometheus query";
    let results = value.pointer("/data/result").and_then(Value::as_array);
    let Some(results) = results else {
        let said = text(value, "error").unwrap_or("an answer without a result");
        return Recognition::Broken(format!("Prometheus says: {}", crate::redact::text(said)));
    };
    let mut by_time: BTreeMap<Time, Vec<(usize, Sample)>> = BTreeMap::new();
    let mut containers: Vec<Identity> = Vec::new();
    let mut known = std::collections::HashMap::new();
    for result in results {
        let labels = result.get("metric").unwrap_or(&Value::Null);
        let name = text(labels, "__name__");
        let Some(metric) = name.map_or(Some(Some(Metric::WorkingSet)), metric) else {
            reader.warn(None, "a metric that is not of a container's memory");
            continue;
        };
        if name.is_none() {
            reader.warn(None, "a result without a name is taken for `container_memory_working_set_bytes`");
        }
        let Some(who) = who(labels) else {
            reader.warn(None, "a result of no container: sums of pods and machines are left out");
            continue;
        };
        let container = *known.entry(who.clone()).or_insert_with(|| {
            containers.push(who);
            containers.len() - 1
        });
        let range = result.get("values").and_then(Value::as_array).into_iter().flatten();
        for point in range.chain(result.get("value")) {
            match read_point(point) {
                // An absent value, as Prometheus writes it.
                Ok((_, None)) => {}
                Ok((time, Some(value))) => {
                    let mut sample = Sample::default();
                    match metric {
                        // Zero is how cAdvisor writes that there is none.
                        Some(Metric::Limit) if value == 0 => sample.is_unlimited = true,
                        Some(Metric::Limit) => PrintedLimit::of(value).add_to(&mut sample),
                        Some(metric) => sample.set(metric, Some(value)),
                        None => sample.peak = Some(Bytes(value)),
                    }
                    by_time.entry(time).or_default().push((container, sample));
                }
                Err(reason) => reader.warn(None, reason),
            }
        }
    }
    let times: Vec<Time> = by_time.keys().copied().collect();
    let rows = (0..).zip(by_time.into_values()).flat_map(|(frame, samples)| {
        samples.into_iter().map(move |(container, sample)| Row { frame, container, started: None, sample })
    });
    let rows = rows.collect();
    let recording = Recording {
        format: RecordingFormat::Prometheus,
        file: reader.input.file.clone(),
        regime: Regime::UsageMinusInactiveFile,
        quality: Quality {
            resolution: Resolution::Exact,
            base: UnitBase::None,
            timestamps: Timestamps::Source,
        },
        frames: u32::try_from(times.len()).unwrap_or(u32::MAX),
        times: Some(times).filter(|times| !times.is_empty()),
        ..Recording::default()
    };
    reader.input.samples.push(Samples { recording, containers, rows });
    Recognition::Yes
}

/// `[1435781430.781, "1"]`
fn read_point(point: &Value) -> Result<(Time, Option<u64>), &'static str> {
    let time = point.get(0).and_then(time::of_value).ok_or("a point without a time")?;
    let value: f64 = point
        .get(1)
        .and_then(Value::as_str)
        .and_then(|text| text.parse().ok())
        .ok_or("a point without a value")?;
    Ok((time, units::whole(value)))
}

fn who(labels: &Value) -> Option<Identity> {
    let namespace = owned(labels, "namespace");
    if let Some(pod) = text(labels, "pod").or_else(|| text(labels, "pod_name")) {
        let container = text(labels, "container").or_else(|| text(labels, "container_name"))?;
        // The container that holds the namespaces of a pod.
        if container == "POD" {
            return None;
        }
        let service = service_of_pod(pod, container);
        let name = format!("{pod}/{container}");
        return Some(Identity {
            id: Some(name.clone()),
            name: Some(name),
            service: Some(service),
            project: namespace,
        });
    }
    // cAdvisor beside docker.
    let id = text(labels, "id").and_then(|path| path.rsplit(['/', '-']).next());
    let id = id.map(|id| id.trim_end_matches(".scope")).filter(|id| super::docker_stats::is_id(id));
    let name = owned(labels, "name");
    if id.is_none() && name.is_none() {
        return None;
    }
    Some(Identity {
        id: id.map(ToOwned::to_owned),
        name,
        service: owned(labels, "container_label_com_docker_compose_service"),
        project: owned(labels, "container_label_com_docker_compose_project"),
    })
}
