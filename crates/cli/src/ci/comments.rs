//! One comment on a pull request, found again by its hidden marker: the comments API of GitHub and that of GitLab.

use std::net::IpAddr;
use std::thread;
use std::time::Duration;

use serde::Deserialize;
use serde_json::json;
use ureq::http::{Response, StatusCode};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, Body};
use url::Url;

use super::surroundings::Host;

/// How often something is tried that fails for the moment.
const TRIES: u32 = 4;
/// The longest that a busy server is waited for.
const LONGEST_WAIT: Duration = Duration::from_secs(60);
/// How long an answer may take.
const TIMEOUT: Duration = Duration::from_secs(30);
/// The comments of a page, the most pages that are read, and the most bytes of one.
const PER_PAGE: usize = 100;
const PAGES: usize = 50;
const PAGE_BYTES: u64 = 16 << 20;

/// What became of a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Posted {
    /// There was none, and now there is.
    Created,
    /// The one that was there says something else now.
    Updated,
    /// There was none, and none was wanted.
    Absent,
}

/// Why a comment was not posted, and what helps.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub(crate) struct NotPosted {
    pub(crate) message: String,
    pub(crate) hint: &'static str,
}

/// The comments of one pull request.
pub(crate) struct Comments {
    agent: Agent,
    token: String,
    /// The list of comments, and what the number of one is appended to.
    list: String,
    each: String,
    is_github: bool,
}

#[derive(Debug, Deserialize)]
struct Comment {
    id: u64,
    body: Option<String>,
}

/// An answer: its status, its text, and how long to wait if it asks for that.
struct Answer {
    status: StatusCode,
    text: String,
    wait: Option<Duration>,
}

/// The token of the environment.
pub(crate) fn token(host: &Host) -> Result<String, NotPosted> {
    let own = if matches!(host, Host::GitLab { .. }) { "GITLAB_TOKEN" } else { "GITHUB_TOKEN" };
    let found = ["PLIMSOLL_TOKEN", own].into_iter().find_map(|name| std::env::var(name).ok());
    let found = found.map(|token| token.trim().to_owned()).filter(|token| !token.is_empty());
    found.filter(|token| token.bytes().all(|byte| byte.is_ascii_graphic())).ok_or_else(|| NotPosted {
        message: format!("there is no token in `PLIMSOLL_TOKEN` or `{own}`"),
        hint: "give the step a token, or let a second job post `comment.md` (`plimsoll comment`)",
    })
}

impl Comments {
    /// The comments of a pull request of a host.
    pub(crate) fn of(host: &Host, number: u64, token: String) -> Result<Self, NotPosted> {
        let fault = |message: String| NotPosted { message, hint: "run it in GitHub Actions or GitLab CI" };
        let (api, list, each, is_github) = match host {
            Host::GitHub { api, repository, .. } => {
                let is_name = |text: &str| {
                    !text.is_empty()
                        && text.chars().all(|mark| mark.is_ascii_alphanumeric() || "-_.".contains(mark))
                };
                if !repository.split_once('/').is_some_and(|(owner, name)| is_name(owner) && is_name(name)) {
                    return Err(fault(format!("`{repository}` is not a GitHub repository")));
                }
                let issues = format!("repos/{repository}/issues");
                (api, format!("{issues}/{number}/comments"), format!("{issues}/comments"), true)
            }
            Host::GitLab { api, project, .. } => {
                if project.is_empty() || !project.bytes().all(|byte| byte.is_ascii_digit()) {
                    return Err(fault(format!("`{project}` is not a GitLab project ID")));
                }
                let notes = format!("projects/{project}/merge_requests/{number}/notes");
                (api, notes.clone(), notes, false)
            }
            Host::Other => return Err(fault("no pull request is known".to_owned())),
        };
        let base: Url = api.parse().map_err(|_| fault(format!("`{api}` is not an API address")))?;
        let is_here = base.host_str().is_some_and(|host| {
            let host = host.trim_start_matches('[').trim_end_matches(']');
            host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
        });
        if base.scheme() != "https" && !is_here {
            return Err(fault(format!("`{api}` does not use TLS, so the token is not sent")));
        }
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            .https_only(!is_here)
            // A redirect must not take the token along.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .user_agent(concat!("plimsoll/", env!("CARGO_PKG_VERSION")))
            .timeout_global(Some(TIMEOUT))
            .tls_config(TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build());
        if is_here {
            config = config.proxy(None);
        }
        let base = api.trim_end_matches('/');
        Ok(Self {
            agent: config.build().into(),
            token,
            list: format!("{base}/{list}"),
            each: format!("{base}/{each}"),
            is_github,
        })
    }

    /// Makes a comment say this: the one with the marker, or a new one. With `only_update`, no new one is made.
    pub(crate) fn post(&self, marker: &str, body: &str, only_update: bool) -> Result<Posted, NotPosted> {
        let mut foreign: Vec<u64> = Vec::new();
        for _ in 0..TRIES {
            let own: Vec<u64> =
                self.with_marker(marker)?.into_iter().filter(|id| !foreign.contains(id)).collect();
            if let Some(&id) = own.first() {
                let answer = self.update(id, body)?;
                match answer.status {
                    status if status.is_success() => return Ok(Posted::Updated),
                    // It was deleted meanwhile, or changed at the same time.
                    StatusCode::NOT_FOUND | StatusCode::GONE | StatusCode::CONFLICT => continue,
                    // Another user wrote the marker, too.
                    StatusCode::FORBIDDEN if is_of_another(&answer.text) => {
                        foreign.push(id);
                        continue;
                    }
                    _ => return Err(self.refused(&answer)),
                }
            }
            if only_update {
                return Ok(Posted::Absent);
            }
            let answer = self.ask(|| self.send(self.agent.post(&self.list), body))?;
            match answer.status {
                StatusCode::CONFLICT => continue,
                status if status.is_success() => {
                    let new = serde_json::from_str::<Comment>(&answer.text).ok().map(|comment| comment.id);
                    self.settle(marker, body, new, &foreign)?;
                    return Ok(Posted::Created);
                }
                _ => return Err(self.refused(&answer)),
            }
        }
        Err(NotPosted {
            message: "the comment changed again and again while it was updated".to_owned(),
            hint: "run it again when no other run is active",
        })
    }

    /// Refuses a pull request that is not at a commit: who wrote its number may have meant another one.
    pub(crate) fn expect_head(&self, number: u64, head: &str) -> Result<(), NotPosted> {
        let address = match self.list.rsplit_once("/issues/") {
            Some((repository, _)) if self.is_github => format!("{repository}/pulls/{number}"),
            _ => self.list.trim_end_matches("/notes").to_owned(),
        };
        let answer = self.ask(|| self.send_nothing(self.agent.get(&address)))?;
        if !answer.status.is_success() {
            return Err(self.refused(&answer));
        }
        let document: serde_json::Value = serde_json::from_str(&answer.text).unwrap_or_default();
        let found = document.pointer("/head/sha").or_else(|| document.get("sha"));
        if found.and_then(serde_json::Value::as_str) == Some(head) {
            return Ok(());
        }
        Err(NotPosted {
            message: format!("pull request {number} is not at commit {head}"),
            hint: "it was changed meanwhile, or the results are those of another one",
        })
    }

    /// Two runs at once may both have made a comment: the older one stays.
    fn settle(&self, marker: &str, body: &str, new: Option<u64>, foreign: &[u64]) -> Result<(), NotPosted> {
        let Some(new) = new else { return Ok(()) };
        let older = self.with_marker(marker)?.into_iter().find(|id| *id < new && !foreign.contains(id));
        let Some(older) = older else { return Ok(()) };
        if self.update(older, body)?.status.is_success() {
            self.ask(|| self.send_nothing(self.agent.delete(format!("{}/{new}", self.each))))?;
        }
        Ok(())
    }

    /// The comments that begin with a marker, the oldest first.
    fn with_marker(&self, marker: &str) -> Result<Vec<u64>, NotPosted> {
        let mut found = Vec::new();
        for page in 1..=PAGES {
            let address = format!("{}?per_page={PER_PAGE}&page={page}", self.list);
            let answer = self.ask(|| self.send_nothing(self.agent.get(&address)))?;
            if !answer.status.is_success() {
                return Err(self.refused(&answer));
            }
            let comments: Vec<Comment> = serde_json::from_str(&answer.text).map_err(|_| NotPosted {
                message: "the answer is not a list of comments".to_owned(),
                hint: "look at the address of the API: `GITHUB_API_URL` or `CI_API_V4_URL`",
            })?;
            let begins = |comment: &&Comment| {
                comment.body.as_deref().is_some_and(|body| body.trim_start().starts_with(marker))
            };
            found.extend(comments.iter().filter(begins).map(|comment| comment.id));
            if comments.len() < PER_PAGE {
                break;
            }
        }
        found.sort_unstable();
        Ok(found)
    }

    fn update(&self, id: u64, body: &str) -> Result<Answer, NotPosted> {
        let address = format!("{}/{id}", self.each);
        self.ask(|| {
            let request = if self.is_github { self.agent.patch(&address) } else { self.agent.put(&address) };
            self.send(request, body)
        })
    }

    fn send(
        &self,
        request: ureq::RequestBuilder<ureq::typestate::WithBody>,
        body: &str,
    ) -> Result<Response<Body>, ureq::Error> {
        let (name, value) = self.authorization();
        let text = json!({ "body": body }).to_string();
        request
            .header(name, value)
            .header("accept", "application/json")
            .header("content-type", "application/json")
            .send(text.as_bytes())
    }

    fn send_nothing(
        &self,
        request: ureq::RequestBuilder<ureq::typestate::WithoutBody>,
    ) -> Result<Response<Body>, ureq::Error> {
        let (name, value) = self.authorization();
        request.header(name, value).header("accept", "application/json").call()
    }

    fn authorization(&self) -> (&'static str, String) {
        if self.is_github {
            ("authorization", format!("Bearer {}", self.token))
        } else {
            ("private-token", self.token.clone())
        }
    }

    /// Asks, and asks again where the server is busy.
    fn ask(&self, request: impl Fn() -> Result<Response<Body>, ureq::Error>) -> Result<Answer, NotPosted> {
        let mut attempt = 0;
        loop {
            attempt += 1;
            let answer = match request() {
                Ok(response) => read(response),
                Err(error) => Err(error.to_string()),
            };
            let backoff = Duration::from_secs(1 << attempt.min(5));
            let is_last = attempt >= TRIES;
            match answer {
                Ok(answer) => {
                    let is_busy = answer.wait.is_some()
                        || answer.status == StatusCode::TOO_MANY_REQUESTS
                        || answer.status.is_server_error();
                    if is_last || !is_busy || answer.wait.is_some_and(|wait| wait > LONGEST_WAIT) {
                        return Ok(answer);
                    }
                    thread::sleep(answer.wait.unwrap_or(backoff));
                }
                // A comment may have been made although its answer was lost: who calls looks first.
                Err(reason) if is_last => {
                    return Err(NotPosted {
                        message: format!("the server of the pull request cannot be reached: {reason}"),
                        hint: "run the step again",
                    });
                }
                Err(_) => thread::sleep(backoff),
            }
        }
    }

    /// Why the server refused.
    fn refused(&self, answer: &Answer) -> NotPosted {
        let said = serde_json::from_str::<serde_json::Value>(&answer.text).ok();
        let said = said.as_ref().and_then(|answer| answer.get("message")?.as_str());
        let said = said.map(|text| format!(": {}", text.chars().take(200).collect::<String>()));
        let hint = match answer.status {
            StatusCode::UNAUTHORIZED => "the token is not valid: give one in `PLIMSOLL_TOKEN`",
            StatusCode::TOO_MANY_REQUESTS => "the rate limit is reached: run the step again later",
            StatusCode::FORBIDDEN if answer.wait.is_some() => {
                "the rate limit is reached: run the step again later"
            }
            StatusCode::FORBIDDEN if self.is_github => {
                "the token may only read, as for a pull request of a fork: a second workflow can post the comment \
                 (`plimsoll comment`), or give the job `pull-requests: write`"
            }
            StatusCode::FORBIDDEN => "the token may only read: give one with the scope `api`",
            StatusCode::NOT_FOUND => "the pull request does not exist, or the token cannot see it",
            StatusCode::UNPROCESSABLE_ENTITY => {
                "the comment was refused: the conversation may be locked, or the comment too long"
            }
            _ => "run the step again later",
        };
        let message = format!(
            "the comment was refused with status {}{}",
            answer.status.as_u16(),
            said.unwrap_or_default()
        );
        NotPosted { message, hint }
    }
}

/// Whether GitHub refuses to change a comment because someone else wrote it.
fn is_of_another(text: &str) -> bool {
    text.contains("Must have admin rights") || text.contains("must be the author")
}

fn read(response: Response<Body>) -> Result<Answer, String> {
    let status = response.status();
    let header = |name: &str| {
        response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::trim).map(str::to_owned)
    };
    let is_limited = status == StatusCode::TOO_MANY_REQUESTS
        || (status == StatusCode::FORBIDDEN
            && (header("retry-after").is_some() || header("x-ratelimit-remaining").as_deref() == Some("0")));
    let wait = is_limited.then(|| {
        let seconds = header("retry-after").and_then(|text| text.parse().ok());
        Duration::from_secs(seconds.unwrap_or(LONGEST_WAIT.as_secs()))
    });
    let text = response
        .into_body()
        .with_config()
        .limit(PAGE_BYTES)
        .read_to_vec()
        .map_err(|error| error.to_string())?;
    Ok(Answer { status, text: String::from_utf8_lossy(&text).into_owned(), wait })
}
