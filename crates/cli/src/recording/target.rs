//! Which containers are recorded.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::error::{Error, Result};
use crate::names;

/// What chooses containers. Everything that is given has to hold; without anything, every container is recorded.
#[derive(Clone, Debug, Default)]
pub(crate) struct Target {
    /// The compose project.
    pub(crate) project: Option<String>,
    /// `name` or `name=value`.
    pub(crate) labels: Vec<String>,
    /// Names, IDs or their beginnings, or services.
    pub(crate) names: Vec<String>,
    /// Whether a name may also be that of a project.
    pub(crate) names_projects: bool,
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

impl Listed {
    fn label(&self, name: &str) -> Option<&str> {
        self.labels.as_ref().and_then(|labels| labels.get(name)).map(String::as_str)
    }

    fn project(&self) -> Option<&str> {
        PROJECT_LABELS.iter().find_map(|name| self.label(name))
    }

    /// What people call it: its service, or else its name.
    fn called(&self) -> Option<&str> {
        let service = SERVICE_LABELS.iter().find_map(|name| self.label(name));
        service.or_else(|| self.names.iter().flatten().next().map(|name| name.trim_start_matches('/')))
    }
}

impl Target {
    /// Refuses a project, a label or a name that no container has.
    pub(crate) fn expect_all(&self, containers: &[Listed]) -> Result<()> {
        let sorted = |names: BTreeSet<&str>| names.into_iter().map(str::to_owned).collect::<Vec<_>>();
        if let Some(project) = &self.project {
            let known = sorted(containers.iter().filter_map(Listed::project).collect());
            if !known.contains(project) {
                return Err(Error::usage(
                    format!("no container is of a project `{project}`"),
                    names::hint(project, "the projects are", &known),
                ));
            }
        }
        let chosen = |target: Self| containers.iter().filter(|one| target.is_met_by(one)).collect::<Vec<_>>();
        for label in &self.labels {
            let alone = Self { labels: vec![label.clone()], names: Vec::new(), ..self.clone() };
            if chosen(alone).is_empty() {
                return Err(Error::usage(
                    format!("no container has the label `{label}`"),
                    "`docker ps --all --format '{{.Names}} {{.Labels}}'` lists them",
                ));
            }
        }
        let rest = chosen(Self { names: Vec::new(), ..self.clone() });
        for name in &self.names {
            let alone = Self { names: vec![name.clone()], ..self.clone() };
            if chosen(alone).is_empty() {
                let known = sorted(rest.iter().filter_map(|one| one.called()).collect());
                return Err(Error::usage(
                    format!("no container is called `{name}`"),
                    names::hint(name, "there are", &known),
                ));
            }
        }
        Ok(())
    }

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
                || (self.names_projects && PROJECT_LABELS.iter().any(|name| label(name) == Some(wanted)))
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
    fn what_no_container_has_is_refused_with_what_there_is() {
        let labels = [("com.docker.compose.project", "shop"), ("com.docker.compose.service", "web")];
        let container = Listed {
            id: "f2ac88aabab9f2ac".to_owned(),
            state: String::new(),
            names: Some(vec!["/shop-web-1".to_owned()]),
            labels: Some(labels.map(|(name, value)| (name.to_owned(), value.to_owned())).into()),
        };
        let check = |target: Target, expected: &[&str]| {
            let error = target.expect_all(std::slice::from_ref(&container)).unwrap_err();
            let error = format!("{error} {:?}", error.hint(&|_| false));
            expected.iter().for_each(|words| assert!(error.contains(words), "{error}"));
        };
        let project = |name: &str| Target { project: Some(name.to_owned()), ..Target::default() };
        check(project("shpo"), &["no container is of a project `shpo`", "did you mean `shop`"]);
        check(project("nope"), &["the projects are `shop`"]);
        let names = |names: &[&str]| Target {
            names: names.iter().map(|&name| name.into()).collect(),
            ..Target::default()
        };
        check(names(&["web", "nope"]), &["`nope`", "there are `web`"]);
        check(Target { labels: vec!["tier=2".to_owned()], ..Target::default() }, &["`tier=2`"]);
        assert!(project("shop").expect_all(std::slice::from_ref(&container)).is_ok());
        assert!(names(&["shop-web-1"]).expect_all(std::slice::from_ref(&container)).is_ok());
        // Without a choice, whatever is started is recorded.
        assert!(Target::default().expect_all(&[]).is_ok());
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
