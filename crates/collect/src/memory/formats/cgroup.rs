//! Files of a cgroup, version 1 or 2, as `grep . memory.*` (`PATH:content`) or `head memory.*` (`==> PATH <==`) show
//! several, or as one of them alone. (Linux, Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/memory.rst.)

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_snapshot::Bytes;
use plimsoll_snapshot::runtime::{
    Host, Metric, Quality, Recording, RecordingFormat, Regime, Resolution, Timestamps, UnitBase,
};

use super::docker_stats::is_id;
use super::engine_stats::EngineSample;
use crate::memory::identity::Identity;
use crate::memory::printed::PrintedLimit;
use crate::memory::reader::{Reader, Recognition};
use crate::memory::samples::{Framer, Sample};
use crate::memory::text::lines;
use crate::memory::time;

/// The values of one cgroup, by `file key` or `file`.
#[derive(Debug, Default)]
pub struct Cgroup {
    values: BTreeMap<String, u64>,
    /// The files that say `max`.
    unlimited: BTreeSet<String>,
}

impl Cgroup {
    /// Adds a line of a file; gives whether anything was in it.
    pub fn line(&mut self, file: &str, line: &str) -> bool {
        let line = line.trim();
        // `max` is no limit, and no limit is no value.
        if line == "max" || line == "-1" {
            self.unlimited.insert(file.to_owned());
            return true;
        }
        if let Ok(number) = line.parse() {
            self.values.insert(file.to_owned(), number);
            return true;
        }
        let mut words = line.split_whitespace();
        let (Some(key), Some(value)) = (words.next(), words.next()) else { return false };
        // `some avg10=0.00 avg60=0.00 avg300=0.00 total=0`
        let total = line.split_whitespace().find_map(|word| word.strip_prefix("total="));
        let value = total.unwrap_or(value).parse();
        value.is_ok_and(|value| {
            self.values.insert(format!("{file} {key}"), value);
            true
        })
    }

    fn get(&self, key: &str) -> Option<u64> {
        self.values.get(key).copied()
    }

    /// What the files say, as far as they were there.
    #[must_use]
    pub fn sample(&self) -> EngineSample {
        let is_v1 =
            self.values.keys().any(|key| key.starts_with("memory.stat total_") || key.contains("_in_bytes"));
        let stat = |v1: &str, v2: &str| self.get(&format!("memory.stat {}", if is_v1 { v1 } else { v2 }));
        let usage = self.get("memory.current").or_else(|| self.get("memory.usage_in_bytes"));
        let inactive = stat("total_inactive_file", "inactive_file");
        let working_set =
            usage.map(|usage| usage - inactive.filter(|&inactive| inactive < usage).unwrap_or(0));
        let limit = self.get("memory.max").or_else(|| self.get("memory.limit_in_bytes"));
        let mut sample = Sample::default();
        for (metric, value) in [
            (Metric::WorkingSet, working_set),
            (Metric::Usage, usage),
            (Metric::Anon, stat("total_rss", "anon")),
            (Metric::File, stat("total_cache", "file")),
            (Metric::InactiveFile, inactive),
            (Metric::Shmem, stat("total_shmem", "shmem")),
            (Metric::Slab, stat("", "slab")),
            (Metric::SlabUnreclaimable, stat("", "slab_unreclaimable")),
            (Metric::KernelStack, stat("", "kernel_stack")),
            (Metric::Sock, stat("", "sock")),
            (Metric::Swap, self.get("memory.swap.current").or_else(|| stat("total_swap", ""))),
            (Metric::PressureSomeUs, self.get("memory.pressure some")),
            (Metric::PressureFullUs, self.get("memory.pressure full")),
            (Metric::LimitHits, self.get("memory.events max").or_else(|| self.get("memory.failcnt"))),
            (
                Metric::OomKills,
                self.get("memory.events oom_kill").or_else(|| self.get("memory.oom_control oom_kill")),
            ),
            (
                Metric::CpuUs,
                self.get("cpu.stat usage_usec").or_else(|| Some(self.get("cpuacct.usage")? / 1000)),
            ),
            (
                Metric::ThrottledUs,
                self.get("cpu.stat throttled_usec")
                    .or_else(|| Some(self.get("cpu.stat throttled_time")? / 1000)),
            ),
            (Metric::Pids, self.get("pids.current")),
        ] {
            sample.set(metric, value);
        }
        let is_unlimited =
            ["memory.max", "memory.limit_in_bytes"].iter().any(|file| self.unlimited.contains(*file));
        match limit {
            None if is_unlimited => PrintedLimit::None,
            limit => limit.map_or(PrintedLimit::Unknown, PrintedLimit::of),
        }
        .add_to(&mut sample);
        let peak = self.get("memory.peak").or_else(|| self.get("memory.max_usage_in_bytes"));
        EngineSample {
            who: Identity::default(),
            time: None,
            values: sample.values,
            is_unlimited: sample.is_unlimited,
            peak: peak.map(Bytes),
            cgroup_version: Some(if is_v1 { 1 } else { 2 }),
        }
    }
}

/// Whether the first lines show such files.
pub(crate) fn is_files(text: &str) -> bool {
    lines(text).take(20).any(|line| place(&line.text).is_some() || only_file(&line.text).is_some())
}

/// The path and what follows it, of a line that says which file it is of.
fn place(line: &str) -> Option<(&str, &str)> {
    if let Some(path) = line.strip_prefix("==> ").and_then(|rest| rest.strip_suffix(" <==")) {
        let name = path.rsplit('/').next().unwrap_or_default();
        return (is_file(name) && !path.contains("  ")).then_some((path, ""));
    }
    let mut name = 0;
    for (at, byte) in line.bytes().enumerate() {
        match byte {
            b'/' => name = at + 1,
            b' ' if line[..at].ends_with(' ') => return None,
            // The path of a cgroup may hold a colon, the name of a file does not.
            b':' if is_file(&line[name..at]) => return Some((&line[..at], &line[at + 1..])),
            _ => {}
        }
    }
    None
}

fn is_file(name: &str) -> bool {
    ["memory.", "cpu.stat", "cpuacct.usage", "pids.current"].iter().any(|known| name.starts_with(known))
}

/// The file that a line without a path is of, by its first word.
fn only_file(line: &str) -> Option<&'static str> {
    let mut words = line.split(' ');
    let (key, value) = (words.next()?, words.next()?);
    if matches!(key, "some" | "full") && value.starts_with("avg10=") {
        return Some("memory.pressure");
    }
    if words.next().is_some() || value.parse::<u64>().is_err() {
        return None;
    }
    match key {
        "low" | "high" | "max" | "oom" | "oom_kill" | "oom_group_kill" => Some("memory.events"),
        "anon" | "file" | "cache" | "rss" | "inactive_file" | "total_inactive_file" | "shmem" => {
            Some("memory.stat")
        }
        _ => None,
    }
}

pub(crate) fn read(reader: &mut Reader, text: &str) -> Recognition {
    reader.input.format = "cgroup files";
    let mut groups: BTreeMap<String, Cgroup> = BTreeMap::new();
    let (mut current, mut time) = (None, None);
    for line in lines(text) {
        if let Some(said) = time::parse(&line.text) {
            // More than one moment needs more than one file: a group has one value a key.
            time.get_or_insert(said);
            continue;
        }
        let (path, content) = match (place(&line.text), &current) {
            (Some((path, "")), _) => {
                current = Some(path.to_owned());
                continue;
            }
            (Some((path, content)), _) => (path.to_owned(), content),
            (None, Some(path)) => (path.clone(), &*line.text),
            (None, None) => match only_file(&line.text) {
                Some(file) => {
                    current = Some(file.to_owned());
                    (file.to_owned(), &*line.text)
                }
                None => {
                    reader.warn(Some(line.number), "no file of a cgroup");
                    continue;
                }
            },
        };
        let (directory, file) = path.rsplit_once('/').unwrap_or(("", &path));
        if !groups.entry(directory.to_owned()).or_default().line(file, content) {
            reader.warn(Some(line.number), "neither a number nor a key and a number");
        }
    }
    let mut framer = Framer::new(Recording {
        format: RecordingFormat::Cgroup,
        file: reader.input.file.clone(),
        regime: Regime::UsageMinusInactiveFile,
        quality: Quality {
            resolution: Resolution::Exact,
            base: UnitBase::None,
            timestamps: Timestamps::Added,
        },
        ..Recording::default()
    });
    let mut version = None;
    for (directory, group) in &groups {
        let sample = group.sample();
        version = version.or(sample.cgroup_version);
        framer.push(who(directory, &reader.input.file), time, sample.sample());
    }
    let mut samples = framer.finish();
    samples.recording.host = Some(Host { cgroup_version: version, ..Host::default() });
    reader.input.samples.push(samples);
    Recognition::Yes
}

/// The container of a cgroup: `…/docker/ID`, `docker-ID.scope`, `libpod-ID.scope`, `cri-containerd-ID.scope`.
fn who(directory: &str, file: &str) -> Identity {
    const ENGINES: [&str; 5] = ["docker-", "libpod-", "cri-containerd-", "crio-", "nerdctl-"];
    let words = || directory.rsplit(|sign: char| !sign.is_ascii_alphanumeric());
    let whole = words().find(|word| word.len() == 64 && is_id(word));
    // A pasted ID may be cut short; the part of a pod's UID looks the same.
    let last = directory.rsplit('/').find(|name| !name.is_empty()).unwrap_or_default();
    let short = ENGINES.iter().find_map(|engine| last.trim_end_matches(".scope").strip_prefix(engine));
    match whole.or(short.filter(|id| is_id(id))) {
        Some(id) => Identity { id: Some(id.to_owned()), ..Identity::default() },
        None => {
            let last = Some(last).filter(|last| !last.is_empty());
            Identity::named(last.unwrap_or_else(|| file.split('.').next().unwrap_or(file)))
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::memory::{RuntimeBuilder, Surroundings, read};
    use plimsoll_snapshot::runtime::{Metric, Runtime};

    fn runtime(text: &str) -> Runtime {
        let mut builder = RuntimeBuilder::new();
        builder.add(read("web.txt", text.as_bytes(), &Surroundings::NONE).unwrap());
        builder.finish()
    }

    fn value(runtime: &Runtime, metric: Metric) -> Option<u64> {
        Some(runtime.recordings[0].series[0].values(metric).next()?.1)
    }

    #[test]
    fn files_with_their_paths_are_read() {
        let id = "7d453f4a3a20".repeat(6)[..64].to_owned();
        let at = format!("/sys/fs/cgroup/system.slice/docker-{id}.scope");
        let text = format!(
            "{at}/memory.current:1000\n{at}/memory.max:max\n{at}/memory.stat:anon 600\n{at}/memory.stat:inactive_file 100\n\
             {at}/memory.peak:2000\n{at}/memory.events:oom_kill 1\n{at}/memory.pressure:some avg10=0.00 avg60=0.00 avg300=0.00 total=77"
        );
        let runtime = runtime(&text);
        assert_eq!(runtime.containers[0].id.as_deref(), Some(&*id));
        let known =
            [Metric::WorkingSet, Metric::Anon, Metric::OomKills, Metric::PressureSomeUs, Metric::Limit];
        assert_eq!(
            known.map(|metric| value(&runtime, metric)),
            [Some(900), Some(600), Some(1), Some(77), None]
        );
        assert_eq!(runtime.recordings[0].series[0].peak.unwrap().0, 2000);
    }

    #[test]
    fn the_path_of_a_cgroup_may_hold_colons() {
        let v2 = runtime("/sys/fs/cgroup/a:b/memory.current:1000\n/sys/fs/cgroup/a:b/memory.stat:anon 1\n");
        assert_eq!((value(&v2, Metric::Usage), value(&v2, Metric::Anon)), (Some(1000), Some(1)));
        assert_eq!(v2.containers[0].name.as_deref(), Some("a:b"));
    }

    #[test]
    fn a_line_of_colons_takes_no_time() {
        assert!(read("a", ":".repeat(1 << 20).as_bytes(), &Surroundings::NONE).is_err());
    }

    #[test]
    fn heads_and_lone_files_are_read() {
        let v1 = runtime(
            "==> memory.usage_in_bytes <==\n1000\n\n==> memory.stat <==\ncache 5\ntotal_inactive_file 100\ntotal_rss 7\n",
        );
        assert_eq!((value(&v1, Metric::WorkingSet), value(&v1, Metric::Anon)), (Some(900), Some(7)));
        assert_eq!(v1.containers[0].name.as_deref(), Some("web"));
        assert_eq!(value(&runtime("anon 4096\nfile 8192\nsock 1\n"), Metric::File), Some(8192));
        assert_eq!(value(&runtime("low 0\nhigh 0\nmax 3\noom 1\noom_kill 2\n"), Metric::OomKills), Some(2));
    }
}
