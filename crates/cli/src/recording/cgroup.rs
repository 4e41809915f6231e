//! The kernel's own files of a container's cgroup, where the engine runs on this machine and they may be read.

#![expect(clippy::disallowed_methods, reason = "files of the kernel are no inputs")]

use std::fs;
use std::path::{Path, PathBuf};

use plimsoll_collect::memory::{Cgroup, EngineSample};

/// Where the files of one container lie.
#[derive(Clone, Debug)]
pub(crate) struct Files {
    memory: PathBuf,
    pids: PathBuf,
}

/// What is read of each; version 1 has some, version 2 others.
const MEMORY: [&str; 12] = [
    "memory.current",
    "memory.max",
    "memory.peak",
    "memory.stat",
    "memory.events",
    "memory.pressure",
    "memory.swap.current",
    "memory.usage_in_bytes",
    "memory.limit_in_bytes",
    "memory.max_usage_in_bytes",
    "memory.failcnt",
    "memory.oom_control",
];

impl Files {
    /// The files of the container whose first process has this ID. That process may be one of another machine:
    /// its cgroup has to carry the ID of the container.
    pub(crate) fn of(pid: u64, container: &str) -> Option<Self> {
        let groups = fs::read_to_string(format!("/proc/{pid}/cgroup")).ok()?;
        let path = |controller: &str| {
            groups.lines().find_map(|line| {
                let mut parts = line.splitn(3, ':');
                let (_, controllers, path) = (parts.next()?, parts.next()?, parts.next()?);
                (controllers.split(',').any(|name| name == controller) && path.contains(container))
                    .then_some(path)
            })
        };
        let root = Path::new("/sys/fs/cgroup");
        let below = |root: PathBuf, path: &str| root.join(path.trim_start_matches('/'));
        let files = match (path("memory"), path("")) {
            (Some(memory), _) => {
                let pids = path("pids").unwrap_or(memory);
                Self { memory: below(root.join("memory"), memory), pids: below(root.join("pids"), pids) }
            }
            (None, Some(unified)) => {
                let all = below(root.to_owned(), unified);
                Self { memory: all.clone(), pids: all }
            }
            (None, None) => return None,
        };
        ["memory.current", "memory.usage_in_bytes"]
            .iter()
            .any(|name| fs::read(files.memory.join(name)).is_ok())
            .then_some(files)
    }

    /// What they say now; nothing if the container has ended.
    pub(crate) fn sample(&self) -> Option<EngineSample> {
        let mut group = Cgroup::default();
        let pids = ("pids.current", &self.pids);
        for (name, directory) in MEMORY.iter().map(|name| (*name, &self.memory)).chain([pids]) {
            let Ok(text) = fs::read_to_string(directory.join(name)) else { continue };
            for line in text.lines() {
                group.line(name, line);
            }
        }
        Some(group.sample()).filter(|sample| !sample.values.is_empty())
    }
}
