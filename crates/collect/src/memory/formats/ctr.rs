//! `ctr task metrics` of containerd: one container at one moment, as a table or as JSON.
//!
//! The table says only how much is used, page cache included; the JSON has what the kernel has
//! (containerd, `cmd/ctr/commands/tasks/metrics.go`; cgroups, `stats/metrics.proto`).

use plimsoll_snapshot::Bytes;
use plimsoll_snapshot::runtime::{
    Host, Metric, Quality, Recording, RecordingFormat, Regime, Resolution, Time, Timestamps, UnitBase,
};
use serde_json::Value;

use crate::memory::identity::Identity;
use crate::memory::json::{field, number};
use crate::memory::printed::PrintedLimit;
use crate::memory::reader::{Reader, Recognition};
use crate::memory::samples::{Framer, Sample};
use crate::memory::text::lines;
use crate::memory::time;

/// Whether one of the first lines is the head of such a table.
pub(crate) fn is_table(text: &str) -> bool {
    lines(text).take(50).any(|line| is_head(&line.text))
}

fn is_head(line: &str) -> bool {
    line.split_whitespace().eq(["METRIC", "VALUE"])
}

/// What one table says.
#[derive(Default)]
struct Task {
    id: Option<String>,
    time: Option<Time>,
    sample: Sample,
}

pub(crate) fn read_table(reader: &mut Reader, text: &str) -> Recognition {
    reader.input.format = "ctr task metrics, table";
    let mut tasks: Vec<Task> = Vec::new();
    // A row of two words is of whichever table came last.
    let mut names_task = false;
    let mut is_private = false;
    for line in lines(text) {
        let words: Vec<_> = line.text.split_whitespace().collect();
        match &words[..] {
            ["ID", "TIMESTAMP"] => {
                tasks.push(Task::default());
                names_task = true;
            }
            _ if is_head(&line.text) => {
                names_task = false;
                if tasks.last().is_none_or(|task| !task.sample.values.is_empty()) {
                    tasks.push(Task::default());
                }
            }
            [id, ..] if names_task => {
                if let Some(task) = tasks.last_mut() {
                    task.id = Some((*id).to_owned());
                    task.time = time::parse(line.text.trim().strip_prefix(id).unwrap_or_default());
                }
            }
            [metric, value] => {
                let Some(task) = tasks.last_mut() else {
                    reader.warn(Some(line.number), "a line before the head of the table");
                    continue;
                };
                is_private |= *metric == "memory.private_working_set_bytes";
                task.value(metric, value);
            }
            // Lists of figures for each CPU.
            _ if words[0].contains('.') => {}
            _ => reader.warn(Some(line.number), "no metric and value"),
        }
    }
    let regime = if is_private { Regime::PrivateWorkingSet } else { Regime::Usage };
    let mut framer = Framer::new(recording(&reader.input.file, regime));
    for task in tasks {
        let who = who(task.id, &reader.input.file);
        framer.push(who, task.time, task.sample);
    }
    reader.input.samples.push(framer.finish());
    Recognition::Yes
}

impl Task {
    fn value(&mut self, metric: &str, value: &str) {
        let sample = &mut self.sample;
        let Ok(value) = value.parse::<u64>() else { return };
        match metric {
            "memory.usage" | "memory.usage_in_bytes" => {
                sample.set(Metric::WorkingSet, Some(value));
                sample.set(Metric::Usage, Some(value));
            }
            "memory.private_working_set_bytes" => sample.set(Metric::WorkingSet, Some(value)),
            "memory.usage_limit" | "memory.limit_in_bytes" => PrintedLimit::of(value).add_to(sample),
            "memory.swap_usage" => sample.set(Metric::Swap, Some(value)),
            "memory.commit_peak_bytes" => sample.peak = Some(Bytes(value)),
            "memory.stat.cache" => sample.set(Metric::File, Some(value)),
            "cpuacct.usage" => sample.set(Metric::CpuUs, Some(value / 1000)),
            "cpu.usage_usec" => sample.set(Metric::CpuUs, Some(value)),
            "pids.current" => sample.set(Metric::Pids, Some(value)),
            _ => {}
        }
    }
}

/// Whether a value is what `ctr task metrics --format json` prints.
pub(crate) fn is_metrics(value: &Value) -> bool {
    let memory = value.get("memory");
    memory.is_some_and(|memory| {
        memory.get("usage_limit").is_some()
            || (memory.get("usage").is_some() && memory.get("inactive_file").is_some())
            || memory.pointer("/usage/limit").is_some()
    })
}

pub(crate) fn read(reader: &mut Reader, values: &[(u64, &Value)]) -> Recognition {
    reader.input.format = "ctr task metrics, JSON";
    let mut about = recording(&reader.input.file, Regime::UsageMinusInactiveFile);
    let is_v1 = values.iter().any(|(_, value)| value.pointer("/memory/usage/limit").is_some());
    about.host = Some(Host { cgroup_version: Some(if is_v1 { 1 } else { 2 }), ..Host::default() });
    let mut framer = Framer::new(about);
    for (line, value) in values {
        if is_metrics(value) {
            framer.push(who(None, &reader.input.file), None, metrics(value));
        } else {
            reader.warn(Some(*line), "no metrics of a task");
        }
    }
    reader.input.samples.push(framer.finish());
    Recognition::Yes
}

fn metrics(value: &Value) -> Sample {
    let at = |pointer: &str| value.pointer(pointer).and_then(number);
    let memory = value.get("memory").unwrap_or(&Value::Null);
    let is_v1 = memory.get("usage").is_some_and(Value::is_object);
    // Zeros are left out of the JSON.
    let stat = |v1: &str, v2: &str| Some(field(memory, if is_v1 { v1 } else { v2 }).unwrap_or(0));
    let mut sample = Sample::default();
    let Some(usage) = at(if is_v1 { "/memory/usage/usage" } else { "/memory/usage" }) else { return sample };
    let inactive = stat("total_inactive_file", "inactive_file").filter(|&inactive| inactive < usage);
    sample.set(Metric::WorkingSet, Some(usage - inactive.unwrap_or(0)));
    let limit = at(if is_v1 { "/memory/usage/limit" } else { "/memory/usage_limit" });
    limit.map_or(PrintedLimit::Unknown, PrintedLimit::of).add_to(&mut sample);
    for (metric, value) in [
        (Metric::Usage, Some(usage)),
        (Metric::Anon, stat("total_rss", "anon")),
        (Metric::File, stat("total_cache", "file")),
        (Metric::InactiveFile, inactive),
        (Metric::Swap, at(if is_v1 { "/memory/swap/usage" } else { "/memory/swap_usage" })),
        (Metric::LimitHits, at(if is_v1 { "/memory/usage/failcnt" } else { "/memory_events/max" })),
        (Metric::OomKills, at("/memory_events/oom_kill").or_else(|| at("/memory_oom_control/oom_kill"))),
        (Metric::CpuUs, at("/cpu/usage_usec").or_else(|| Some(at("/cpu/usage/total")? / 1000))),
        (Metric::Pids, at("/pids/current")),
    ] {
        sample.set(metric, value);
    }
    if !is_v1 {
        for (metric, key) in [
            (Metric::Shmem, "shmem"),
            (Metric::Slab, "slab"),
            (Metric::SlabUnreclaimable, "slab_unreclaimable"),
            (Metric::KernelStack, "kernel_stack"),
            (Metric::Sock, "sock"),
        ] {
            sample.set(metric, stat("", key));
        }
    }
    sample.peak = at("/memory/usage/max").or_else(|| at("/memory/max_usage")).map(Bytes);
    sample
}

fn recording(file: &str, regime: Regime) -> Recording {
    Recording {
        format: RecordingFormat::CtrMetrics,
        file: file.to_owned(),
        regime,
        quality: Quality {
            resolution: Resolution::Exact,
            base: UnitBase::None,
            timestamps: Timestamps::Source,
        },
        ..Recording::default()
    }
}

/// The JSON does not name the container: its file does.
fn who(id: Option<String>, file: &str) -> Identity {
    match id {
        Some(id) if super::docker_stats::is_id(&id) => Identity { id: Some(id), ..Identity::default() },
        Some(name) => Identity::named(&name),
        None => Identity::named(file.split('.').next().unwrap_or(file)),
    }
}

#[cfg(test)]
mod tests {
    use plimsoll_snapshot::runtime::{Metric, Regime, Runtime};

    use crate::memory::{RuntimeBuilder, Surroundings, read};

    fn runtime(text: &str) -> Runtime {
        let mut builder = RuntimeBuilder::new();
        builder.add(read("web.txt", text.as_bytes(), &Surroundings::NONE).unwrap());
        let runtime = builder.finish();
        assert!(runtime.warnings.is_empty(), "{:?}", runtime.warnings);
        runtime
    }

    fn values(runtime: &Runtime, metrics: &[Metric]) -> Vec<Option<u64>> {
        let series = &runtime.recordings[0].series[0];
        metrics.iter().map(|metric| Some(series.values(*metric).next()?.1)).collect()
    }

    #[test]
    fn tables_of_both_cgroup_versions_are_read() {
        let head = "ID     TIMESTAMP                                  \nweb    2026-11-22 16:38:51.105914413 +0000 UTC    \n\nMETRIC                   VALUE                                  \n";
        let v2 = "pids.current             3                                      \npids.limit               0\ncpu.usage_usec           5000\nmemory.usage             1048576\nmemory.usage_limit       18446744073709551615\nmemory.swap_usage        7\n";
        let found = runtime(&format!("{head}{v2}"));
        assert_eq!(found.containers[0].name.as_deref(), Some("web"));
        let metrics = [Metric::WorkingSet, Metric::Limit, Metric::Swap, Metric::CpuUs, Metric::Pids];
        assert_eq!(values(&found, &metrics), [Some(1 << 20), None, Some(7), Some(5000), Some(3)]);
        assert!(found.recordings[0].series[0].columns.contains_key(&Metric::Limit));
        assert_eq!(found.recordings[0].regime, Regime::Usage);
        assert_eq!(found.recordings[0].times.as_ref().unwrap()[0].0, 1_795_365_531_105);
        let v1 = "memory.usage_in_bytes    3059712\nmemory.limit_in_bytes    1073741824\nmemory.stat.cache        270336\ncpuacct.usage            9000\ncpuacct.usage_percpu     [1 2]\n";
        let found = runtime(&format!("{head}{v1}{head}{v1}"));
        assert_eq!(values(&found, &metrics), [Some(3_059_712), Some(1 << 30), None, Some(9), None]);
        assert_eq!(found.recordings[0].frames, 2);
    }

    #[test]
    fn json_of_both_cgroup_versions_is_read() {
        let v2 = r#"{"pids":{"current":3},"cpu":{"usage_usec":5000},"memory":{"anon":600,"inactive_file":100,"usage":1000,"usage_limit":18446744073709551615},"memory_events":{"oom":1,"oom_kill":2}}"#;
        let found = runtime(v2);
        let metrics = [Metric::WorkingSet, Metric::Anon, Metric::OomKills, Metric::Limit];
        assert_eq!(values(&found, &metrics), [Some(900), Some(600), Some(2), None]);
        assert_eq!(found.recordings[0].regime, Regime::UsageMinusInactiveFile);
        let v1 = r#"{"memory":{"total_inactive_file":100,"total_rss":600,"usage":{"limit":2048,"usage":1000,"max":1500}},"memory_oom_control":{"oom_kill":2}}"#;
        let found = runtime(v1);
        assert_eq!(values(&found, &metrics), [Some(900), Some(600), Some(2), Some(2048)]);
        assert_eq!(found.recordings[0].series[0].peak.unwrap().0, 1500);
    }
}
