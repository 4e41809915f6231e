//! Containers as `docker inspect` and `podman inspect` describe them. Only the keys named here are read: the rest, the
//! values of environment variables above all, never leaves the input.

use std::collections::BTreeSet;

use plimsoll_snapshot::runtime::{
    Command, Container, ContainerState, Health, HealthStatus, Limits, Logging, Mount, Probe, ProbeRun,
    PublishedPort, RestartPolicy, Status, Swap, Time, UnreadLimit,
};
use plimsoll_snapshot::{Bytes, Digest, Order as _};
use serde_json::Value;

use crate::memory::json::{self, field, owned};
use crate::memory::labels;
use crate::memory::printed::PrintedLimit;
use crate::memory::reader::{Reader, Recognition};
use crate::memory::time;
use crate::redact;

/// Whether a value describes a container, and not an image or a network.
pub(crate) fn is_inspect(value: &Value) -> bool {
    value.get("HostConfig").is_some_and(Value::is_object) && value.get("State").is_some_and(Value::is_object)
}

pub(crate) fn read(reader: &mut Reader, values: &[(u64, &Value)]) -> Recognition {
    reader.input.format = "inspect";
    for (line, value) in values {
        if json::text(value, "Name").is_some_and(labels::is_pause) {
            continue;
        }
        match inspected(value, None) {
            Some(container) => reader.input.containers.push(container),
            None => reader.warn(Some(*line), "not a container"),
        }
    }
    Recognition::Yes
}

/// Reads one container. `observed` is when the engine was asked, if that is known.
#[must_use]
pub fn inspected(value: &Value, observed: Option<Time>) -> Option<Container> {
    if !is_inspect(value) {
        return None;
    }
    let config = value.get("Config").unwrap_or(&Value::Null);
    let host = value.get("HostConfig").unwrap_or(&Value::Null);
    let labelled = config.get("Labels").map(labels::of).unwrap_or_default();
    let arguments = value.get("Args").and_then(Value::as_array);
    let command: Vec<String> = owned(value, "Path").into_iter().chain(strings(arguments)).collect();
    let mut container = Container {
        service: labelled.service,
        project: labelled.project,
        id: owned(value, "Id"),
        name: json::text(value, "Name").map(|name| name.trim_start_matches('/').to_owned()),
        image_id: json::text(value, "Image").and_then(image_id),
        image: owned(config, "Image").or_else(|| owned(value, "ImageName")),
        limits: Some(limits(host)),
        logging: host.get("LogConfig").map(|log| logging(log, "Type", "Config")),
        restart: host.get("RestartPolicy").map(|policy| RestartPolicy {
            name: owned(policy, "Name").unwrap_or_else(|| "no".to_owned()),
            max_retries: field(policy, "MaximumRetryCount").filter(|&retries| retries > 0),
        }),
        published: published(host),
        mounts: mounts(value),
        health_check: config.get("Healthcheck").and_then(probe),
        entrypoint_words: entrypoint_words(config, command.len()),
        command: Some(Command(json::command(command.iter()))).filter(|command| !command.0.is_empty()),
        env_names: json::env_names(
            config.get("Env").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str),
        ),
        states: vec![state(value, observed)],
    };
    // A recording notes it at once.
    redact::container(&mut container);
    Some(container)
}

/// How many of the words that run are those of the entrypoint; none unless they and the command make up all that runs.
fn entrypoint_words(config: &Value, all: usize) -> Option<u32> {
    let words = |key: &str| match config.get(key)? {
        Value::Null => Some(0),
        Value::Array(words) => Some(words.len()),
        // podman before 5.0 joins the words of an entrypoint.
        Value::String(line) if !line.contains(char::is_whitespace) => Some(usize::from(!line.is_empty())),
        _ => None,
    };
    let (entrypoint, command) = (words("Entrypoint")?, words("Cmd")?);
    (entrypoint + command == all).then(|| u32::try_from(entrypoint).ok()).flatten()
}

/// The most ports and mounts of one container that are kept.
const MOST: usize = 200;

/// `HostConfig.PortBindings`, which a stopped container has too.
fn published(host: &Value) -> Vec<PublishedPort> {
    let bindings = host.get("PortBindings").and_then(Value::as_object).into_iter().flatten();
    let mut ports: Vec<_> = bindings
        .flat_map(|(port, hosts)| {
            hosts.as_array().into_iter().flatten().map(|binding| {
                let [address, outside] =
                    ["HostIp", "HostPort"].map(|key| json::text(binding, key).unwrap_or_default());
                let is_all = matches!(address, "" | "0.0.0.0" | "::");
                let host = match address.contains(':') {
                    _ if is_all => outside.to_owned(),
                    true => format!("[{address}]:{outside}"),
                    false => format!("{address}:{outside}"),
                };
                PublishedPort { port: port.clone(), host }
            })
        })
        .take(MOST)
        .collect();
    ports.order();
    ports.dedup();
    ports
}

/// `Mounts`, and the `tmpfs` that engines keep apart from them. The path on the host says more of the machine than of the
/// container and is not kept.
fn mounts(value: &Value) -> Vec<Mount> {
    let listed = value.get("Mounts").and_then(Value::as_array).into_iter().flatten();
    let listed = listed.filter_map(|mount| {
        let is_made_up = |name: &str| name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
        Some(Mount {
            target: owned(mount, "Destination")?,
            kind: owned(mount, "Type").unwrap_or_else(|| "bind".to_owned()),
            volume: owned(mount, "Name").filter(|name| !name.is_empty() && !is_made_up(name)),
            read_only: mount.get("RW").and_then(Value::as_bool) == Some(false),
        })
    });
    let temporary = value.pointer("/HostConfig/Tmpfs").and_then(Value::as_object).into_iter().flatten();
    let temporary = temporary.map(|(target, options)| Mount {
        target: target.clone(),
        kind: "tmpfs".to_owned(),
        volume: None,
        read_only: options.as_str().is_some_and(|options| options.split(',').any(|option| option == "ro")),
    });
    let mut mounts: Vec<_> = listed.chain(temporary).take(MOST).collect();
    mounts.order();
    mounts.dedup_by(|later, kept| later.target == kept.target);
    mounts
}

/// Podman leaves the algorithm away.
fn image_id(text: &str) -> Option<Digest> {
    Digest::parse(text).or_else(|_| Digest::parse(&format!("sha256:{text}"))).ok()
}

pub(crate) fn strings(list: Option<&Vec<Value>>) -> impl Iterator<Item = String> + '_ {
    list.into_iter().flatten().filter_map(Value::as_str).map(ToOwned::to_owned)
}

/// Docker Engine API, `HostConfig`: zero is no limit, and so is the largest number. What is no number is unknown.
fn limits(host: &Value) -> Limits {
    let mut limits = known_limits(host);
    for (name, limit) in [
        ("Memory", UnreadLimit::Memory),
        ("MemorySwap", UnreadLimit::MemorySwap),
        ("MemoryReservation", UnreadLimit::Reservation),
    ] {
        if host.get(name).is_some_and(|value| !value.is_null() && !value.is_number()) {
            limits.forget(limit);
        }
    }
    limits
}

fn known_limits(host: &Value) -> Limits {
    let positive = |name| field(host, name).filter(|&value| value > 0);
    let bytes = |name| positive(name).map(Bytes);
    let signed = |name: &str| host.get(name).and_then(Value::as_i64);
    let quota = || {
        let period = positive("CpuPeriod").unwrap_or(100_000);
        Some(positive("CpuQuota")?.saturating_mul(1000) / period)
    };
    Limits {
        memory: bytes("Memory").filter(|bytes| PrintedLimit::of(bytes.0) != PrintedLimit::None),
        memory_swap: signed("MemorySwap").and_then(swap),
        reservation: bytes("MemoryReservation"),
        oom_kill_disable: host.get("OomKillDisable").and_then(Value::as_bool),
        oom_score_adj: signed("OomScoreAdj"),
        pids: positive("PidsLimit"),
        shm: bytes("ShmSize"),
        cpu_millis: positive("NanoCpus").map(|nano| nano / 1_000_000).or_else(quota),
        cpu_quota: positive("CpuQuota").is_some(),
        cpu_reservation_millis: None,
        unread: BTreeSet::new(),
    }
}

/// −1 is as much as there is, 0 is not set.
pub(crate) fn swap(value: i64) -> Option<Swap> {
    match u64::try_from(value) {
        Err(_) => Some(Swap::Unlimited),
        Ok(0) => None,
        Ok(total) => Some(Swap::Total(Bytes(total))),
    }
}

/// The options that are kept: those that bound what is written. Others may hold addresses and tokens.
pub(crate) fn logging(value: &Value, driver: &str, options: &str) -> Logging {
    const KEPT: [&str; 5] = ["max-size", "max-file", "mode", "max-buffer-size", "compress"];
    let text = |option: &Value| match option {
        Value::String(text) => redact::credentials(text).into_owned(),
        other => redact::text(&other.to_string()).into_owned(),
    };
    let options = value.get(options).and_then(Value::as_object).into_iter().flatten();
    let mut kept: std::collections::BTreeMap<String, String> = options
        .filter(|(name, _)| KEPT.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), text(value)))
        .collect();
    // podman says its bound beside the options.
    if let Some(size) = json::text(value, "Size").filter(|size| *size != "0B") {
        kept.entry("max-size".to_owned()).or_insert_with(|| size.to_owned());
    }
    let driver = json::text(value, driver).unwrap_or_default();
    Logging { driver: redact::credentials(driver).into_owned(), options: kept }
}

/// Docker Engine API, `HealthConfig`: nanoseconds, zero where the default holds.
fn probe(value: &Value) -> Option<Probe> {
    let test = json::command(strings(Some(value.get("Test")?.as_array()?)));
    let milliseconds = |name| field(value, name).filter(|&nano| nano > 0).map(|nano| nano / 1_000_000);
    Some(Probe {
        test,
        interval_ms: milliseconds("Interval"),
        timeout_ms: milliseconds("Timeout"),
        start_period_ms: milliseconds("StartPeriod"),
        start_interval_ms: milliseconds("StartInterval"),
        retries: field(value, "Retries").filter(|&retries| retries > 0),
    })
}

fn state(value: &Value, observed: Option<Time>) -> ContainerState {
    let state = value.get("State").unwrap_or(&Value::Null);
    let at = |name: &str| state.get(name).and_then(time::of_value);
    let finished = at("FinishedAt");
    // podman 3 has it under the name of what checks.
    let health = state.get("Health").or_else(|| state.get("Healthcheck")).and_then(health);
    // Through its compatible API, podman says `starting` of a container without a health check.
    let is_checked = value.pointer("/Config/Healthcheck/Test").is_some();
    let health = health.filter(|health| is_checked || !health.log.is_empty());
    ContainerState {
        observed,
        status: json::text(state, "Status").map(status).unwrap_or_default(),
        exit_code: state.get("ExitCode").and_then(Value::as_i64).filter(|_| finished.is_some()),
        oom_killed: state.get("OOMKilled").and_then(Value::as_bool),
        restart_count: field(value, "RestartCount"),
        started: at("StartedAt"),
        finished,
        health,
    }
}

pub(crate) fn status(text: &str) -> Status {
    match text {
        "created" | "configured" | "initialized" => Status::Created,
        "running" => Status::Running,
        "paused" => Status::Paused,
        "restarting" => Status::Restarting,
        "removing" | "stopping" => Status::Removing,
        "exited" | "stopped" => Status::Exited,
        "dead" => Status::Dead,
        _ => Status::Unknown,
    }
}

/// Without a health check docker says `none`, podman nothing.
pub(crate) fn health_status(text: &str) -> Option<HealthStatus> {
    match text {
        "starting" => Some(HealthStatus::Starting),
        "healthy" => Some(HealthStatus::Healthy),
        "unhealthy" => Some(HealthStatus::Unhealthy),
        _ => None,
    }
}

fn health(value: &Value) -> Option<Health> {
    /// Engines keep five.
    const KEPT: usize = 20;
    let at = |probe: &Value, name: &str| probe.get(name).and_then(time::of_value);
    let log =
        value.get("Log").and_then(Value::as_array).into_iter().flatten().take(KEPT).map(|probe| ProbeRun {
            start: at(probe, "Start"),
            end: at(probe, "End"),
            exit_code: probe.get("ExitCode").and_then(Value::as_i64).unwrap_or_default(),
        });
    Some(Health {
        status: health_status(json::text(value, "Status")?)?,
        failing_streak: field(value, "FailingStreak").unwrap_or_default(),
        log: log.collect(),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn container(host: &Value, state: &Value) -> Container {
        inspected(&json!({"Id": "a", "Name": "/web", "HostConfig": host, "State": state}), None).unwrap()
    }

    #[test]
    fn zero_is_no_limit() {
        let none =
            container(&json!({"Memory": 0, "MemorySwap": 0, "PidsLimit": null}), &json!({})).limits.unwrap();
        assert_eq!(none, Limits::default());
        let host = json!({"Memory": 6, "MemorySwap": -1, "PidsLimit": -1, "CpuQuota": 50_000});
        let some = container(&host, &json!({})).limits.unwrap();
        assert_eq!((some.memory, some.memory_swap, some.pids), (Some(Bytes(6)), Some(Swap::Unlimited), None));
        assert_eq!(some.cpu_millis, Some(500));
        let largest =
            container(&json!({"Memory": 9_223_372_036_854_771_712_u64}), &json!({})).limits.unwrap();
        assert_eq!(largest, Limits::default());
    }

    #[test]
    fn a_limit_that_is_no_number_is_unknown() {
        let host = json!({"Memory": "2Gi", "MemorySwap": 0, "MemoryReservation": "some"});
        let limits = container(&host, &json!({})).limits.unwrap();
        assert_eq!(limits.unread, BTreeSet::from([UnreadLimit::Memory, UnreadLimit::Reservation]));
        assert_eq!(limits.memory, None);
    }

    #[test]
    fn the_entrypoint_is_told_from_the_command() {
        let check = |entrypoint: Value, command: Value, expected: Option<u32>| {
            let value = json!({"Id": "a", "HostConfig": {}, "State": {}, "Path": "docker-entrypoint.sh",
                "Args": ["postgres", "-c", "ssl=on"], "Config": {"Entrypoint": entrypoint, "Cmd": command}});
            assert_eq!(inspected(&value, None).unwrap().entrypoint_words, expected);
        };
        let command = json!(["postgres", "-c", "ssl=on"]);
        check(json!(["docker-entrypoint.sh"]), command.clone(), Some(1));
        check(json!("docker-entrypoint.sh"), command, Some(1));
        check(json!(null), json!(["docker-entrypoint.sh", "postgres", "-c", "ssl=on"]), Some(0));
        check(json!(["docker-entrypoint.sh"]), json!(["postgres"]), None);
        check(json!("tini -- docker-entrypoint.sh"), json!(["postgres"]), None);
    }

    #[test]
    fn no_health_check_is_no_health() {
        for health in [json!({"Status": ""}), json!({"Status": "none"}), json!(null)] {
            assert_eq!(container(&json!({}), &json!({"Health": health})).states[0].health, None);
        }
    }

    #[test]
    fn podman_says_starting_where_nothing_is_checked() {
        let state = json!({"Health": {"Status": "starting", "FailingStreak": 0, "Log": null}});
        assert_eq!(container(&json!({}), &state).states[0].health, None);
        let config = json!({"Healthcheck": {"Test": ["CMD", "true"]}});
        let value = json!({"Id": "a", "HostConfig": {}, "State": state, "Config": config});
        let health = inspected(&value, None).unwrap().states.remove(0).health.unwrap();
        assert_eq!(health.status, HealthStatus::Starting);
    }

    #[test]
    fn ports_and_mounts_are_read_without_the_paths_of_the_host() {
        let value = json!({"Id": "a", "State": {}, "HostConfig": {
            "PortBindings": {"80/tcp": [{"HostIp": "", "HostPort": "8080"}, {"HostIp": "::1", "HostPort": "81"}],
                "9/udp": null, "x": 7},
            "Tmpfs": {"/run": "ro,size=1m"}},
            "Mounts": [
                {"Type": "bind", "Source": "/home/someone/app", "Destination": "/app", "RW": false},
                {"Type": "volume", "Name": "db", "Source": "/var/lib/x", "Destination": "/data", "RW": true},
                {"Type": "volume", "Name": "a".repeat(64), "Destination": "/cache", "RW": true},
                {"Type": "volume"}, 7]});
        let container = inspected(&value, None).unwrap();
        let ports: Vec<_> = container.published.iter().map(|port| (&*port.port, &*port.host)).collect();
        assert_eq!(ports, [("80/tcp", "8080"), ("80/tcp", "[::1]:81")]);
        let mounts: Vec<_> = (container.mounts.iter())
            .map(|mount| (&*mount.target, &*mount.kind, mount.volume.as_deref(), mount.read_only))
            .collect();
        assert_eq!(
            mounts,
            [
                ("/app", "bind", None, true),
                ("/cache", "volume", None, false),
                ("/data", "volume", Some("db"), false),
                ("/run", "tmpfs", None, true),
            ]
        );
        assert!(!format!("{container:?}").contains("someone"));
    }

    #[test]
    fn values_of_variables_stay_out() {
        let value = json!({"Id": "a", "HostConfig": {}, "State": {}, "Args": ["--token", "s3cret"],
            "Config": {"Env": ["API_KEY=s3cret"], "Healthcheck": {"Test": ["CMD-SHELL", "PGPASSWORD=s3cret psql"]}}});
        let container = inspected(&value, None).unwrap();
        assert_eq!(container.env_names, ["API_KEY"]);
        assert!(!format!("{container:?}").contains("s3cret"), "{container:?}");
    }
}
