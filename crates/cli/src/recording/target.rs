//! Which containers are recorded.

use serde::Deserialize;
use std::collections::BTreeMap;

/// What chooses containers. Everything that is given has to hold; without anything, every container is recorded.
#[derive(Clone, Debug, Default)]
pub(crate) struct Target {
    /// The compose project.
    pub(crate) project: Option<String>,
    /// `name` or `name=value`.
    pub(crate) labels: Vec<String>,
    /// Names, IDs or their beginnings, or services.
    pub(crate) names: Vec<String>,
}

/// A container in the list of an engine (Docker Engine API, "List containers").
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Listed {
    pub(crate) id: String,
    #[serde(default)]
    names: Option<Vec<String>>,
    #[serde(default)]
    labels: Option<BTreeMap<String, String>>,
    #[serde(default)]
    state: String,
}

impl Listed {
    /// Whether there are processes of it.
    pub(crate) fn is_running(&self) -> bool {
        matches!(self.state.as_str(), "running" | "paused")
    }
}

const PROJECT_LABELS: [&str; 2] = ["com.docker.compose.project", "io.podman.compose.project"];
const SERVICE_LABELS: [&str; 2] = ["com.docker.compose.service", "io.podman.compose.service"];

impl Target {
    pub(crate) fn is_met_by(&self, container: &Listed) -> bool {
        let label =
            |name: &str| container.labels.as_ref().and_then(|labels| labels.get(name)).map(String::as_str);
        let of_project = self
            .project
            .as_deref()
            .is_none_or(|project| PROJECT_LABELS.iter().any(|name| label(name) == Some(project)));
        let has_labels = self.labels.iter().all(|wanted| match wanted.split_once('=') {
            Some((name, value)) => label(name) == Some(value),
            None => label(wanted).is_some(),
        });
        let is_named = |wanted: &String| {
            let mut names = container.names.iter().flatten();
            names.any(|name| name.trim_start_matches('/') == wanted)
                || SERVICE_LABELS.iter().any(|name| label(name) == Some(wanted))
                || (wanted.len() >= 6 && container.id.starts_with(wanted.as_str()))
        };
        of_project && has_labels && (self.names.is_empty() || self.names.iter().any(is_named))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(target: &Target, expected: bool) {
        let labels =
            [("com.docker.compose.project", "shop"), ("com.docker.compose.service", "web"), ("tier", "1")];
        let container = Listed {
            id: "f2ac88aabab9f2ac".to_owned(),
            state: String::new(),
            names: Some(vec!["/shop-web-1".to_owned()]),
            labels: Some(labels.map(|(name, value)| (name.to_owned(), value.to_owned())).into()),
        };
        assert_eq!(target.is_met_by(&container), expected, "{target:?}");
    }

    #[test]
    fn everything_that_is_given_has_to_hold() {
        check(&Target::default(), true);
        for (project, expected) in [("shop", true), ("other", false)] {
            check(&Target { project: Some(project.to_owned()), ..Target::default() }, expected);
        }
        for (label, expected) in [("tier", true), ("tier=1", true), ("tier=2", false), ("no", false)] {
            check(&Target { labels: vec![label.to_owned()], ..Target::default() }, expected);
        }
        for (name, expected) in
            [("shop-web-1", true), ("web", true), ("f2ac88aabab9", true), ("f2", false), ("db", false)]
        {
            check(&Target { names: vec!["x".to_owned(), name.to_owned()], ..Target::default() }, expected);
        }
    }
}
