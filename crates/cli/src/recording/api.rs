//! What an engine says of itself, in the words of a recording.

use plimsoll_snapshot::Bytes;
use plimsoll_snapshot::runtime::{Engine, EngineKind, Host, Regime};
use serde::Deserialize;

use crate::error::{Error, Result};
use crate::sources::engine::Connection;

/// Docker Engine API, "Get version".
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Version {
    #[serde(default)]
    version: String,
    #[serde(default)]
    api_version: String,
    #[serde(default)]
    components: Option<Vec<Component>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Component {
    #[serde(default)]
    name: String,
}

/// Docker Engine API, "Get system information".
#[derive(Deserialize)]
struct Info {
    #[serde(rename = "MemTotal", default)]
    memory: u64,
    #[serde(rename = "NCPU", default)]
    cpus: u64,
    #[serde(rename = "KernelVersion", default)]
    kernel: String,
    #[serde(rename = "CgroupVersion", default)]
    cgroup_version: String,
}

/// The engine and its machine.
pub(crate) fn about(connection: &Connection) -> Result<(Engine, Host)> {
    let missing = || Error::usage(format!("{connection} does not say what it is"), "is it an engine?");
    let version: Version = connection.json("version")?.ok_or_else(missing)?;
    let info: Info = connection.json("info")?.ok_or_else(missing)?;
    // Podman listens where Docker would, too.
    let is_podman = version.components.iter().flatten().any(|part| part.name.contains("Podman"));
    let kind = if is_podman { EngineKind::Podman } else { EngineKind::Docker };
    let engine = Engine { kind, version: version.version, api_version: version.api_version };
    let host = Host {
        memory: Some(info.memory).filter(|&memory| memory > 0).map(Bytes),
        cpus: Some(info.cpus).filter(|&cpus| cpus > 0),
        kernel: Some(info.kernel).filter(|kernel| !kernel.is_empty()),
        // Engines before 20.10 know of version 1 alone, and do not say so.
        cgroup_version: Some(info.cgroup_version.parse().unwrap_or(1)),
    };
    Ok((engine, host))
}

/// What the working set is in the answers of an engine. From docker's, and from the kernel's own files, it is computed here.
pub(crate) fn regime(engine: &Engine, host: &Host, has_files: bool) -> Regime {
    if engine.kind != EngineKind::Podman || has_files {
        return Regime::UsageMinusInactiveFile;
    }
    let mut parts = engine.version.split(['.', '-']).map(|part| part.parse().unwrap_or(0_u64));
    let version = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    match version {
        (0, _) => Regime::Unknown,
        _ if version >= (5, 6) => Regime::UsageMinusInactiveFile,
        _ if version >= (4, 9) && host.cgroup_version == Some(2) => Regime::Anon,
        _ => Regime::Usage,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn podman_changed_what_it_counts() {
        let check = |version: &str, cgroup: u64, expected: Regime| {
            let engine =
                Engine { kind: EngineKind::Podman, version: version.to_owned(), api_version: String::new() };
            let host = Host { cgroup_version: Some(cgroup), ..Host::default() };
            assert_eq!(regime(&engine, &host, false), expected, "{version}");
        };
        check("4.3.1", 2, Regime::Usage);
        check("5.4.2", 2, Regime::Anon);
        check("5.4.2", 1, Regime::Usage);
        check("5.6.0-rc1", 2, Regime::UsageMinusInactiveFile);
        check("", 2, Regime::Unknown);
    }
}
