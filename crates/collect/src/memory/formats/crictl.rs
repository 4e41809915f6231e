//! `crictl stats -o json`: what a container runtime tells Kubernetes (CRI, `ListContainerStatsResponse`).

use plimsoll_snapshot::runtime::{
    Metric, Quality, Recording, RecordingFormat, Regime, Resolution, Time, Timestamps, UnitBase,
};
use serde_json::Value;

use crate::memory::identity::Identity;
use crate::memory::json::{field, owned};
use crate::memory::labels;
use crate::memory::reader::{Reader, Recognition};
use crate::memory::samples::{Framer, Sample};
use crate::memory::time;

/// Whether a value is such a list.
pub(crate) fn is_list(value: &Value) -> bool {
    let stats = value.get("stats").and_then(Value::as_array);
    stats.is_some_and(|stats| stats.iter().all(|one| one.get("attributes").is_some()) && !stats.is_empty())
}

pub(crate) fn read(reader: &mut Reader, values: &[(u64, &Value)]) -> Recognition {
    reader.input.format = "crictl stats, JSON";
    let mut framer = Framer::new(Recording {
        format: RecordingFormat::CrictlStats,
        file: reader.input.file.clone(),
        regime: Regime::UsageMinusInactiveFile,
        quality: Quality {
            resolution: Resolution::Exact,
            base: UnitBase::None,
            timestamps: Timestamps::Source,
        },
        ..Recording::default()
    });
    for (line, value) in values {
        framer.next_frame();
        for stats in value.get("stats").and_then(Value::as_array).into_iter().flatten() {
            match container(stats) {
                Some((who, time, sample)) => framer.push(who, time, sample),
                None => reader.warn(Some(*line), "neither an ID nor a name"),
            }
        }
    }
    reader.input.samples.push(framer.finish());
    Recognition::Yes
}

fn container(stats: &Value) -> Option<(Identity, Option<Time>, Sample)> {
    let attributes = stats.get("attributes")?;
    let name = attributes.get("metadata").and_then(|metadata| owned(metadata, "name"));
    let known = attributes.get("labels").map(labels::of).unwrap_or_default();
    let who = Identity { id: owned(attributes, "id"), name, service: known.service, project: known.project };
    if who.id.is_none() && who.name.is_none() {
        return None;
    }
    let value = |pointer: &str| field(stats.pointer(pointer)?, "value");
    let mut sample = Sample::default();
    if let Some(working_set) = value("/memory/workingSetBytes").filter(|&bytes| bytes > 0) {
        sample.set(Metric::WorkingSet, Some(working_set));
        sample.set(Metric::Usage, value("/memory/usageBytes").filter(|&bytes| bytes > 0));
        sample.set(Metric::Anon, value("/memory/rssBytes").filter(|&bytes| bytes > 0));
        sample.set(Metric::CpuUs, value("/cpu/usageCoreNanoSeconds").map(|nanoseconds| nanoseconds / 1000));
        sample.set(Metric::Swap, value("/swap/swapUsageBytes"));
    }
    // Nanoseconds in a text.
    let time = stats.pointer("/memory/timestamp").and_then(time::of_value);
    Some((who, time, sample))
}

#[cfg(test)]
mod tests {
    use plimsoll_snapshot::runtime::{Metric, Time};

    use crate::memory::{RuntimeBuilder, Surroundings, read};

    #[test]
    fn containers_of_pods_are_read() {
        let text = r#"{"stats":[{"attributes":{"id":"2fb4f7de0f412fb4f7de0f412fb4f7de0f412fb4f7de0f412fb4f7de0f412fb4","metadata":{"name":"app","attempt":0},
            "labels":{"io.kubernetes.container.name":"app","io.kubernetes.pod.name":"web-7d9c4b5f6-xk2vz","io.kubernetes.pod.namespace":"shop"}},
            "cpu":{"timestamp":"1795365531000000000","usageCoreNanoSeconds":{"value":"9000"}},
            "memory":{"timestamp":"1795365531000000000","workingSetBytes":{"value":"12345"}}}]}"#;
        let mut builder = RuntimeBuilder::new();
        builder.add(read("stats.json", text.as_bytes(), &Surroundings::NONE).unwrap());
        let runtime = builder.finish();
        let container = &runtime.containers[0];
        assert_eq!(
            (container.service.as_deref(), container.project.as_deref()),
            (Some("web/app"), Some("shop"))
        );
        let recording = &runtime.recordings[0];
        assert_eq!(recording.series[0].values(Metric::WorkingSet).next(), Some((0, 12_345)));
        assert_eq!(recording.times.as_deref(), Some(&[Time(1_795_365_531_000)][..]));
    }
}
