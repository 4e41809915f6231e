//! What differs in how two images are run, and in how their containers were started.

use std::collections::BTreeMap;

use plimsoll_snapshot::runtime::Container;
use plimsoll_snapshot::{HealthCheck, Image, Order as _, Snapshot, filled};
use serde::Serialize;

/// A setting that is not the same on both sides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ConfigChange {
    /// What it is: `user`, `entrypoint`, `env NAME`, `label NAME`, `port 80/tcp`, …
    pub setting: String,
    /// How it was before; `None` if it was not set.
    pub before: Option<String>,
    /// How it is after; `None` if it is not set.
    pub after: Option<String>,
}

/// One side of a service: its image, and what runs it.
#[derive(Clone, Copy, Default)]
pub(super) struct Configured<'a> {
    pub(super) image: Option<&'a Image>,
    pub(super) container: Option<&'a Container>,
}

impl<'a> Configured<'a> {
    /// A service of a snapshot, with its container that was seen last.
    pub(super) fn of(snapshot: &'a Snapshot, service: &str, image: Option<&'a Image>) -> Self {
        let containers = snapshot.runtime.iter().flat_map(|runtime| &runtime.containers);
        let of_service = containers
            .filter(|container| container.service.as_deref() == Some(service) && container.limits.is_some());
        let seen = |container: &&Container| container.states.last().and_then(|state| state.observed);
        Self { image, container: of_service.max_by_key(seen) }
    }
}

/// Compares how the two sides of a service are run. Of environment variables only the names are known: one that is there on
/// both sides is the same as far as a snapshot tells.
pub(super) fn compare_configs(before: Configured<'_>, after: Configured<'_>) -> Vec<ConfigChange> {
    let (Some(old), Some(new)) = (before.image, after.image) else { return Vec::new() };
    let (mut old, mut new) = (settings(old), settings(new));
    // A setting that only one side knows is not a difference.
    if let (Some(before), Some(after)) = (before.container, after.container) {
        old.extend(running(before));
        new.extend(running(after));
    }
    let mut names: Vec<String> = old.keys().chain(new.keys()).cloned().collect();
    names.order();
    names.dedup();
    names
        .into_iter()
        .map(|setting| ConfigChange { before: old.remove(&setting), after: new.remove(&setting), setting })
        .filter(|change| change.before != change.after)
        .collect()
}

/// How a container was started: published ports, mounts as Docker writes them, and the restart policy.
fn running(container: &Container) -> BTreeMap<String, String> {
    let mut settings: BTreeMap<String, String> = BTreeMap::new();
    for port in &container.published {
        let hosts = settings.entry(format!("published port {}", port.port)).or_default();
        let separator = if hosts.is_empty() { "" } else { ", " };
        hosts.push_str(separator);
        hosts.push_str(if port.host.is_empty() { "0" } else { &port.host });
    }
    for mount in &container.mounts {
        let volume = mount.volume.iter().map(|volume| format!(":{volume}")).collect::<String>();
        let mode = if mount.read_only { ":ro" } else { "" };
        settings.insert(format!("mount {}", mount.target), format!("{}{volume}{mode}", mount.kind));
    }
    if let Some(restart) = &container.restart {
        let retries = restart.max_retries.map(|retries| format!(":{retries}")).unwrap_or_default();
        let name = if restart.name.is_empty() { "no" } else { &restart.name };
        settings.insert("restart policy".to_owned(), format!("{name}{retries}"));
    }
    settings
}

/// Everything that is set, by name.
fn settings(image: &Image) -> BTreeMap<String, String> {
    let config = &image.config;
    let single = [
        ("platform", image.platform.to_string()),
        ("user", config.user.clone()),
        ("entrypoint", config.entrypoint.join(" ")),
        ("command", config.command.join(" ")),
        ("working directory", config.working_dir.clone()),
        ("stop signal", config.stop_signal.clone().unwrap_or_default()),
        ("health check", config.health_check.as_ref().map(health_check).unwrap_or_default()),
    ];
    let single = single.into_iter().map(|(name, value)| (name.to_owned(), value));
    let present = |kind: &'static str, list: &[String]| {
        list.iter().map(move |name| (format!("{kind} {name}"), "set".to_owned())).collect::<Vec<_>>()
    };
    let all = single
        .chain(present("env", &config.env_names))
        .chain(present("port", &config.exposed_ports))
        .chain(present("volume", &config.volumes))
        .chain(config.labels.iter().map(|(name, value)| (format!("label {name}"), value.clone())));
    filled(all.filter(|(_, value)| !value.is_empty()))
}

fn health_check(check: &HealthCheck) -> String {
    let seconds = |name: &str, nanoseconds: u64| match nanoseconds {
        0 => String::new(),
        nanoseconds => format!(" {name} {} s", nanoseconds / 1_000_000_000),
    };
    let retries = if check.retries > 0 { format!(" retries {}", check.retries) } else { String::new() };
    [
        check.test.join(" "),
        seconds("every", check.interval_ns),
        seconds("timeout", check.timeout_ns),
        seconds("start period", check.start_period_ns),
        retries,
    ]
    .concat()
}

#[cfg(test)]
mod tests {
    use plimsoll_snapshot::runtime::{Mount, PublishedPort, RestartPolicy};

    use super::*;
    use crate::testing::snapshot;

    fn check(before: Configured<'_>, after: Configured<'_>, expected: &[(&str, Option<&str>, Option<&str>)]) {
        let changes = compare_configs(before, after);
        let changes: Vec<_> = (changes.iter())
            .map(|change| (&*change.setting, change.before.as_deref(), change.after.as_deref()))
            .collect();
        assert_eq!(changes, expected);
    }

    #[test]
    fn only_what_differs_is_told() {
        let mut before = snapshot("app", &["f a 1"]).images.remove(0);
        let mut after = before.clone();
        before.config.env_names = vec!["PATH".into(), "API_KEY".into()];
        after.config.env_names = vec!["PATH".into()];
        after.config.user = "1000".into();
        let image = |image| Configured { image: Some(image), container: None };
        check(
            image(&before),
            image(&after),
            &[("env API_KEY", Some("set"), None), ("user", None, Some("1000"))],
        );
    }

    #[test]
    fn ports_mounts_and_the_restart_policy_are_settings_of_a_container() {
        let image = snapshot("app", &["f a 1"]).images.remove(0);
        let port = |host: &str| PublishedPort { port: "80/tcp".into(), host: host.into() };
        let mount = |kind: &str, volume: Option<&str>, read_only| Mount {
            target: "/data".into(),
            kind: kind.into(),
            volume: volume.map(Into::into),
            read_only,
        };
        let before = Container {
            published: vec![port("80"), port("127.0.0.1:8080")],
            mounts: vec![mount("volume", Some("db"), false)],
            restart: Some(RestartPolicy { name: "on-failure".into(), max_retries: Some(3) }),
            ..Container::default()
        };
        let after = Container { mounts: vec![mount("bind", None, true)], ..Container::default() };
        let running = |container| Configured { image: Some(&image), container: Some(container) };
        check(
            running(&before),
            running(&after),
            &[
                ("mount /data", Some("volume:db"), Some("bind:ro")),
                ("published port 80/tcp", Some("80, 127.0.0.1:8080"), None),
                ("restart policy", Some("on-failure:3"), None),
            ],
        );
        // Where one side was not running, nothing is known.
        check(running(&before), Configured { image: Some(&image), container: None }, &[]);
    }
}
