//! Comments on pull requests: a server that speaks the comments APIs of GitHub and GitLab, on good and on bad days.

use std::collections::BTreeMap;
use std::fs;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use crate::program::Program;
use crate::saved::save;
use crate::server::{Answer, Request, Server};

const HEAD: &str = "2222222222222222222222222222222222222222";
const MARKER: &str = "<!-- plimsoll:size -->";

/// The comments of one pull request.
#[derive(Clone, Default)]
pub(crate) struct Conversation(Arc<Mutex<BTreeMap<u64, String>>>);

impl Conversation {
    pub(crate) fn bodies(&self) -> Vec<String> {
        self.0.lock().unwrap().values().cloned().collect()
    }

    fn add(&self, id: u64, body: &str) {
        self.0.lock().unwrap().insert(id, body.to_owned());
    }

    /// What GitHub and GitLab say.
    fn answer(&self, request: &Request) -> Answer {
        let path = request.path.split('?').next().unwrap().to_owned();
        let body =
            || serde_json::from_str::<Value>(&request.body).unwrap()["body"].as_str().unwrap().to_owned();
        let mut comments = self.0.lock().unwrap();
        let id = path.rsplit('/').next().and_then(|id| id.parse::<u64>().ok());
        let one = |id: u64, body: &str| json!({ "id": id, "body": body });
        let shown = |status, value: &Value| Answer::new(status, value.to_string().as_bytes());
        match (request.method.as_str(), id) {
            ("GET", _) if path.ends_with("/pulls/5") => shown(200, &json!({ "head": { "sha": HEAD } })),
            ("GET", None) => {
                let page = request.path.split("&page=").nth(1).unwrap().parse::<usize>().unwrap();
                let list: Vec<Value> = comments.iter().map(|(id, body)| one(*id, body)).collect();
                shown(200, &list.chunks(100).nth(page - 1).unwrap_or_default().into())
            }
            ("POST", None) => {
                let id = comments.keys().max().unwrap_or(&0) + 1;
                comments.insert(id, body());
                shown(201, &one(id, &body()))
            }
            ("PATCH" | "PUT", Some(id)) if comments.contains_key(&id) => {
                comments.insert(id, body());
                shown(200, &one(id, &body()))
            }
            ("DELETE", Some(id)) => {
                comments.remove(&id);
                Answer::new(204, b"")
            }
            _ => Answer::new(404, br#"{"message": "Not Found"}"#),
        }
    }
}

/// A server for a conversation. Where the function has an answer, that is given.
pub(crate) fn serve(
    conversation: &Conversation,
    bad: impl Fn(&Request, usize) -> Option<Answer> + Send + Sync + 'static,
) -> Server {
    let conversation = conversation.clone();
    let known = Mutex::new(BTreeMap::<String, usize>::new());
    Server::start(move |request, _| {
        let mut known = known.lock().unwrap();
        let times = known.entry(request.method.clone()).or_default();
        *times += 1;
        bad(request, *times).unwrap_or_else(|| conversation.answer(request))
    })
}

fn github(server: &Server, fork: bool) -> Program {
    let program = Program::new();
    let at = |name: &str| program.home.path().join(name);
    save(&at("old.tar"), 500_000, &[("RUN make", "app", 200_000)]);
    save(&at("new.tar"), 500_000, &[("RUN make", "app", 230_000)]);
    let end = |sha: &str, repository: &str| json!({ "sha": sha, "repo": { "full_name": repository } });
    let base = end("1111111111111111111111111111111111111111", "o/r");
    let head = end(HEAD, if fork { "x/r" } else { "o/r" });
    let event = json!({ "number": 5, "pull_request": { "number": 5, "head": head, "base": base } });
    fs::write(at("event.json"), event.to_string()).unwrap();
    let event = at("event.json").display().to_string();
    program
        .variable("GITHUB_ACTIONS", "true")
        .variable("GITHUB_API_URL", &format!("http://{}", server.address))
        .variable("GITHUB_REPOSITORY", "o/r")
        .variable("GITHUB_EVENT_PATH", &event)
        .variable("GITHUB_TOKEN", "t0ken")
}

/// Posts, and gives what standard error says. The verdict is never that of the comment.
fn post(program: &Program, source: &str, more: &[&str]) -> String {
    let source = format!("app={source}");
    let mut arguments = vec!["ci", source.as_str(), "--before", "app=old.tar", "--post"];
    arguments.extend(more);
    let output = program.run(&arguments);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(program.home.path().join("plimsoll-ci/comment.md").exists());
    assert!(!said.contains("t0ken"), "{said}");
    said
}

#[test]
fn one_comment_is_made_and_found_again() {
    let conversation = Conversation::default();
    (1..=150).for_each(|id| conversation.add(id, "LGTM"));
    let server = serve(&conversation, |_, _| None);
    let program = github(&server, false);
    assert!(post(&program, "new.tar", &[]).contains("comment: created"));
    assert!(post(&program, "old.tar", &[]).contains("comment: updated"));
    let bodies = conversation.bodies();
    let own: Vec<_> = bodies.iter().filter(|body| body.starts_with(MARKER)).collect();
    assert_eq!((bodies.len(), own.len()), (151, 1));
    assert!(own[0].contains("own 0 B"), "{}", own[0]);
    assert!(post(&program, "new.tar", &["--comment-key", "other"]).contains("created"));
    assert_eq!(conversation.bodies().len(), 152);
    let request = &server.requests()[0];
    assert_eq!(request.header("authorization"), Some("Bearer t0ken"));
    assert_eq!(request.path, "/repos/o/r/issues/5/comments?per_page=100&page=1");
}

#[test]
fn a_small_change_makes_no_comment_and_updates_one() {
    let conversation = Conversation::default();
    let server = serve(&conversation, |_, _| None);
    let program = github(&server, false);
    let above = ["--comment-above", "10 kB"];
    assert!(post(&program, "old.tar", &above).contains("comment: none"));
    assert!(post(&program, "new.tar", &above).contains("comment: created"));
    assert!(post(&program, "old.tar", &above).contains("comment: updated"));
    assert_eq!(conversation.bodies().len(), 1);
}

#[test]
fn what_changes_meanwhile_is_looked_up_again() {
    for (method, status) in [("PATCH", 404), ("PATCH", 409), ("POST", 409)] {
        let conversation = Conversation::default();
        if method == "PATCH" {
            conversation.add(1, MARKER);
        }
        let inside = conversation.clone();
        let server = serve(&conversation, move |request, times| {
            (request.method == method && times == 1).then(|| {
                if status == 404 {
                    // It was deleted between the list and the update.
                    inside.0.lock().unwrap().clear();
                }
                Answer::new(status, b"{}")
            })
        });
        let said = post(&github(&server, false), "new.tar", &[]);
        assert!(said.contains("comment: created") || said.contains("comment: updated"), "{said}");
        assert_eq!(conversation.bodies().len(), 1, "{method} {status}");
    }
}

#[test]
fn of_two_runs_at_once_one_comment_stays() {
    let conversation = Conversation::default();
    let inside = conversation.clone();
    // The other run makes its comment after we looked, and before ours.
    let server = serve(&conversation, move |request, times| {
        if request.method == "POST" && times == 1 {
            inside.add(1, &format!("{MARKER} of the other run"));
        }
        None
    });
    assert!(post(&github(&server, false), "new.tar", &[]).contains("created"));
    let bodies = conversation.bodies();
    assert_eq!(bodies.len(), 1);
    assert!(bodies[0].contains("own +30.0 kB"), "{bodies:?}");
}

#[test]
fn a_busy_server_is_waited_for() {
    for (status, header) in [(429, "retry-after"), (403, "retry-after"), (503, "x-nothing")] {
        let conversation = Conversation::default();
        let server = serve(&conversation, move |request, times| {
            let is_busy = request.method == "POST" && times == 1;
            is_busy.then(|| Answer::new(status, b"{}").header(header, "1"))
        });
        assert!(post(&github(&server, false), "new.tar", &[]).contains("comment: created"), "{status}");
    }
    // An hour is too long.
    let conversation = Conversation::default();
    let server = serve(&conversation, |_, _| {
        Some(Answer::new(403, b"{}").header("x-ratelimit-remaining", "0").header("retry-after", "3600"))
    });
    assert!(post(&github(&server, false), "new.tar", &[]).contains("rate limit is reached"));
}

#[test]
fn a_refusal_is_told_with_what_helps() {
    for (status, words) in [
        (401, "the token is not valid"),
        (403, "the token may only read"),
        (404, "the pull request does not exist"),
        (422, "the conversation may be locked"),
        (302, "status 302"),
    ] {
        let conversation = Conversation::default();
        let server = serve(&conversation, move |request, _| {
            let refused = Answer::new(status, br#"{"message": "said by the server"}"#);
            (request.method == "POST" || status == 404)
                .then(|| refused.header("location", "http://127.0.0.1:1/"))
        });
        let said = post(&github(&server, true), "new.tar", &[]);
        assert!(said.contains("warning: ") && said.contains(words), "{said}");
        assert!(said.contains("said by the server") && said.contains("comes from a fork"), "{said}");
    }
    let conversation = Conversation::default();
    let server = serve(&conversation, |_, _| None);
    let without = github(&server, false).variable("GITHUB_TOKEN", "");
    assert!(
        post(&without, "new.tar", &[]).contains("there is no token in `PLIMSOLL_TOKEN` or `GITHUB_TOKEN`")
    );
    let elsewhere = github(&server, false).variable("GITHUB_API_URL", "http://api.example");
    assert!(post(&elsewhere, "new.tar", &[]).contains("does not use TLS"));
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn a_second_job_posts_what_the_first_one_wrote() {
    let conversation = Conversation::default();
    let server = serve(&conversation, |_, _| None);
    let program = github(&server, true);
    assert!(program.run(&["ci", "app=new.tar", "--before", "app=old.tar"]).status.success());
    let comment = program.home.path().join("plimsoll-ci/comment.md");
    let text = fs::read_to_string(&comment).unwrap();
    fs::write(&comment, format!("{text}\n@everyone")).unwrap();
    let run = |head: &str| {
        let output = program.run(&["comment", "plimsoll-ci", "--head", head]);
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, said) = run(HEAD);
    assert_eq!(code, Some(0), "{said}");
    assert!(!conversation.bodies()[0].contains("@everyone"));
    let (code, said) = run("3333333333333333333333333333333333333333");
    assert_eq!(code, Some(2));
    assert!(said.contains("pull request 5 is not at commit 3333333"), "{said}");
    fs::write(&comment, "buy this").unwrap();
    let (code, said) = run(HEAD);
    assert_eq!(code, Some(2));
    assert!(said.contains("is not a comment of `plimsoll ci`"), "{said}");
}

#[test]
fn gitlab_has_notes() {
    let conversation = Conversation::default();
    let server = serve(&conversation, |_, _| None);
    let program = github(&server, false)
        .variable("GITHUB_ACTIONS", "")
        .variable("GITLAB_CI", "true")
        .variable("CI_API_V4_URL", &format!("http://{}/api/v4", server.address))
        .variable("CI_PROJECT_ID", "42")
        .variable("CI_MERGE_REQUEST_IID", "9")
        .variable("GITLAB_TOKEN", "t0ken");
    assert!(post(&program, "new.tar", &[]).contains("comment: created"));
    assert!(post(&program, "old.tar", &[]).contains("comment: updated"));
    assert_eq!(conversation.bodies().len(), 1);
    let last = server.requests().pop().unwrap();
    assert_eq!(
        (last.method.as_str(), last.path.as_str()),
        ("PUT", "/api/v4/projects/42/merge_requests/9/notes/1")
    );
    assert_eq!(last.header("private-token"), Some("t0ken"));
}
