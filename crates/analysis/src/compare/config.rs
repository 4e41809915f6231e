//! What differs in how two images are run.

use std::collections::BTreeMap;

use plimsoll_snapshot::{HealthCheck, Image, Order as _, filled};
use serde::Serialize;

/// A setting that is not the same on both sides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ConfigChange {
    /// What it is: `user`, `entrypoint`, `env NAME`, `label NAME`, `port 80/tcp`, …
    pub setting: String,
    /// How it was before; `None` if it was not set.
    pub before: Option<String>,
    /// How it is after; `None` if it is not set.
    pub after: Option<String>,
}

/// Compares the configs of two images. Of environment variables only the names are known: one that is there on both
/// sides is the same as far as a snapshot tells.
#[must_use]
pub fn compare_configs(before: Option<&Image>, after: Option<&Image>) -> Vec<ConfigChange> {
    let (Some(before), Some(after)) = (before, after) else { return Vec::new() };
    let (mut before, mut after) = (settings(before), settings(after));
    let mut names: Vec<String> = before.keys().chain(after.keys()).cloned().collect();
    names.order();
    names.dedup();
    names
        .into_iter()
        .map(|setting| ConfigChange {
            before: before.remove(&setting),
            after: after.remove(&setting),
            setting,
        })
        .filter(|change| change.before != change.after)
        .collect()
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
    use super::*;
    use crate::testing::snapshot;

    #[test]
    fn only_what_differs_is_told() {
        let mut before = snapshot("app", &["f a 1"]).images.remove(0);
        let mut after = before.clone();
        before.config.env_names = vec!["PATH".into(), "API_KEY".into()];
        after.config.env_names = vec!["PATH".into()];
        after.config.user = "1000".into();
        let changes: Vec<_> = compare_configs(Some(&before), Some(&after))
            .into_iter()
            .map(|change| (change.setting, change.before, change.after))
            .collect();
        assert_eq!(
            changes,
            [("env API_KEY".into(), Some("set".into()), None), ("user".into(), None, Some("1000".into()))]
        );
    }
}
