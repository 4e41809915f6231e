//! Where `plimsoll ci` runs: GitHub Actions and GitLab CI by their variables, a laptop by its git repository.

use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use super::git::{self, is_commit};
use crate::input;

/// The largest event that is read. GitHub cuts what is larger than 25 MB.
const MAX_EVENT: u64 = 32 << 20;

/// The pipeline host, and the change that it builds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Surroundings {
    /// The service that has the pull request.
    pub(crate) host: Host,
    /// The commit that was built.
    pub(crate) revision: Option<String>,
    /// Its branch.
    pub(crate) branch: Option<String>,
    /// The commit that it is compared with: where the change parts from its target branch, or the one before it.
    pub(crate) base: Option<String>,
    /// The labels of the pull request.
    pub(crate) labels: Vec<String>,
    /// The address of this run.
    pub(crate) run: Option<String>,
}

/// The service that has the pull request, and its number there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Host {
    /// GitHub, or a server that speaks its API.
    GitHub { api: String, repository: String, number: Option<u64>, is_fork: bool },
    /// GitLab.
    GitLab { api: String, project: String, number: Option<u64>, is_fork: bool },
    /// None that is known.
    #[default]
    Other,
}

impl Host {
    /// Whether this is GitHub Actions.
    pub(crate) const fn is_github(&self) -> bool {
        matches!(self, Self::GitHub { .. })
    }

    /// The number of the pull request, and whether it comes from a fork.
    pub(crate) const fn pull_request(&self) -> Option<(u64, bool)> {
        match self {
            Self::GitHub { number: Some(number), is_fork, .. }
            | Self::GitLab { number: Some(number), is_fork, .. } => Some((*number, *is_fork)),
            _ => None,
        }
    }
}

/// The parts of an event that are read.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Event {
    number: Option<u64>,
    before: Option<String>,
    pull_request: Option<PullRequest>,
}

#[derive(Debug, Deserialize)]
struct PullRequest {
    number: u64,
    head: End,
    base: End,
    #[serde(default)]
    labels: Vec<Label>,
}

#[derive(Debug, Deserialize)]
struct End {
    sha: String,
    repo: Option<Repository>,
}

#[derive(Debug, Deserialize)]
struct Repository {
    full_name: String,
}

#[derive(Debug, Deserialize)]
struct Label {
    name: String,
}

impl Surroundings {
    /// Reads the variables of this process.
    pub(crate) fn of_process() -> Self {
        Self::of(&|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
    }

    fn of(variable: &dyn Fn(&str) -> Option<String>) -> Self {
        let is_true = |name: &str| variable(name).is_some_and(|value| value == "true");
        let mut found = if is_true("GITHUB_ACTIONS") {
            github(variable)
        } else if is_true("GITLAB_CI") {
            gitlab(variable)
        } else {
            Self::default()
        };
        found.revision = found.revision.filter(|text| is_commit(text)).or_else(git::head);
        found.branch = found.branch.or_else(git::branch);
        found.base =
            found.base.filter(|text| is_commit(text)).or_else(|| base_by_git(found.revision.as_deref()));
        found
    }
}

/// Where a branch parts from the default branch; on the default branch itself, the commit before.
fn base_by_git(revision: Option<&str>) -> Option<String> {
    let revision = revision?;
    let base = git::merge_base(revision, &git::default_branch()?)?;
    if base == revision { git::ancestors(revision).into_iter().nth(1) } else { Some(base) }
}

fn github(variable: &dyn Fn(&str) -> Option<String>) -> Surroundings {
    let event =
        variable("GITHUB_EVENT_PATH").and_then(|path| read_event(Path::new(&path))).unwrap_or_default();
    let repository = variable("GITHUB_REPOSITORY").unwrap_or_default();
    let server = variable("GITHUB_SERVER_URL").unwrap_or_else(|| "https://github.com".to_owned());
    let run = variable("GITHUB_RUN_ID").map(|id| format!("{server}/{repository}/actions/runs/{id}"));
    let api = variable("GITHUB_API_URL").unwrap_or_else(|| "https://api.github.com".to_owned());
    let mut found = Surroundings {
        revision: variable("GITHUB_SHA"),
        branch: variable("GITHUB_HEAD_REF").or_else(|| variable("GITHUB_REF_NAME")),
        base: event.before,
        run,
        ..Surroundings::default()
    };
    let (mut number, mut is_fork) = (None, false);
    if let Some(pull) = event.pull_request {
        let name = |end: &End| end.repo.as_ref().map(|repo| repo.full_name.clone());
        // A fork that was deleted has no name.
        is_fork = name(&pull.head) != name(&pull.base);
        number = event.number.or(Some(pull.number));
        let both = is_commit(&pull.base.sha) && is_commit(&pull.head.sha);
        // A checkout without history does not know where the branches part: the target branch is as near as one gets.
        let base = both.then(|| git::merge_base(&pull.base.sha, &pull.head.sha)).flatten();
        found.base = base.or_else(|| Some(pull.base.sha.clone()));
        found.revision = Some(pull.head.sha);
        found.labels = pull.labels.into_iter().map(|label| label.name).collect();
    }
    found.host = Host::GitHub { api, repository, number, is_fork };
    found
}

fn read_event(path: &Path) -> Option<Event> {
    let bytes = input::read(path, MAX_EVENT).ok()?;
    let value: Value = serde_json::from_slice(&bytes).ok()?;
    // What is not as expected is left out, and the rest counts.
    Event::deserialize(&value).ok().or_else(|| {
        Some(Event {
            before: value.get("before").and_then(Value::as_str).map(str::to_owned),
            ..Event::default()
        })
    })
}

fn gitlab(variable: &dyn Fn(&str) -> Option<String>) -> Surroundings {
    let number = variable("CI_MERGE_REQUEST_IID").and_then(|number| number.parse().ok());
    let project = variable("CI_PROJECT_ID").unwrap_or_default();
    let source = variable("CI_MERGE_REQUEST_SOURCE_PROJECT_ID");
    let is_fork = source.is_some_and(|source| source != project);
    let labels = variable("CI_MERGE_REQUEST_LABELS").unwrap_or_default();
    Surroundings {
        revision: variable("CI_COMMIT_SHA"),
        branch: variable("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME").or_else(|| variable("CI_COMMIT_REF_NAME")),
        base: variable("CI_MERGE_REQUEST_DIFF_BASE_SHA").or_else(|| variable("CI_COMMIT_BEFORE_SHA")),
        labels: labels
            .split(',')
            .map(str::trim)
            .filter(|label| !label.is_empty())
            .map(str::to_owned)
            .collect(),
        run: variable("CI_JOB_URL"),
        host: Host::GitLab { api: variable("CI_API_V4_URL").unwrap_or_default(), project, number, is_fork },
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn of(variables: &[(&str, &str)]) -> Surroundings {
        let variables: BTreeMap<&str, &str> = variables.iter().copied().collect();
        Surroundings::of(&|name| variables.get(name).map(|value| (*value).to_owned()))
    }

    const HEAD: &str = "1111111111111111111111111111111111111111";
    const BASE: &str = "2222222222222222222222222222222222222222";

    fn event(text: &str) -> Surroundings {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        of(&[
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_EVENT_PATH", file.path().to_str().unwrap()),
            ("GITHUB_REPOSITORY", "o/r"),
            ("GITHUB_SHA", "3333333333333333333333333333333333333333"),
            ("GITHUB_REF_NAME", "main"),
            ("GITHUB_RUN_ID", "7"),
        ])
    }

    #[test]
    fn a_pull_request_of_a_fork_is_known_by_its_repository() {
        for (repository, fork) in [("\"o/r\"", false), ("\"x/r\"", true)] {
            let text = format!(
                "{{\"number\": 5, \"pull_request\": {{\"number\": 5, \"head\": {{\"sha\": \"{HEAD}\", \"repo\": {{\"full_name\": \
                 {repository}}}}}, \"base\": {{\"sha\": \"{BASE}\", \"repo\": {{\"full_name\": \"o/r\"}}}}, \
                 \"labels\": [{{\"name\": \"size ok\"}}]}}}}"
            );
            let found = event(&text);
            assert_eq!(found.host.pull_request(), Some((5, fork)), "{found:?}");
            assert_eq!((found.revision.as_deref(), found.base.as_deref()), (Some(HEAD), Some(BASE)));
            assert_eq!(found.labels, ["size ok"]);
            assert_eq!(found.run.as_deref(), Some("https://github.com/o/r/actions/runs/7"));
        }
    }

    #[test]
    fn a_push_is_compared_with_the_commit_before() {
        let found = event(&format!("{{\"before\": \"{BASE}\", \"number\": \"no number\"}}"));
        assert_eq!((found.host.pull_request(), found.base.as_deref()), (None, Some(BASE)));
        // A new branch has none, and an event that cannot be read has no effect.
        for text in ["{\"before\": \"0000000000000000000000000000000000000000\"}", "{", "[]", ""] {
            assert_ne!(event(text).base.as_deref(), Some("0000000000000000000000000000000000000000"));
        }
    }

    #[test]
    fn a_merge_request_of_gitlab() {
        let found = of(&[
            ("GITLAB_CI", "true"),
            ("CI_API_V4_URL", "https://gitlab.example/api/v4"),
            ("CI_PROJECT_ID", "42"),
            ("CI_MERGE_REQUEST_IID", "9"),
            ("CI_MERGE_REQUEST_SOURCE_PROJECT_ID", "43"),
            ("CI_MERGE_REQUEST_DIFF_BASE_SHA", BASE),
            ("CI_COMMIT_SHA", HEAD),
            ("CI_MERGE_REQUEST_LABELS", "a, b"),
        ]);
        assert_eq!(found.host.pull_request(), Some((9, true)));
        assert_eq!((found.base.as_deref(), found.labels), (Some(BASE), vec!["a".to_owned(), "b".to_owned()]));
    }
}
