//! The steps of the action, as they stand in `action.yml`: run by bash with the files and the variables of a runner.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde::Deserialize;
use serde_json::{Value, json};

use crate::comments::{Conversation, serve};
use crate::saved::save;
use crate::server::Server;

const HEAD: &str = "2222222222222222222222222222222222222222";
const BASE: &str = "1111111111111111111111111111111111111111";

#[derive(Deserialize)]
struct Action {
    inputs: BTreeMap<String, Input>,
    #[serde(default)]
    outputs: BTreeMap<String, Declared>,
    runs: Runs,
}

#[derive(Deserialize)]
struct Input {
    default: Option<String>,
}

#[derive(Deserialize)]
struct Declared {
    value: String,
}

#[derive(Deserialize)]
struct Runs {
    using: String,
    steps: Vec<Step>,
}

#[derive(Deserialize)]
struct Step {
    id: Option<String>,
    shell: String,
    env: BTreeMap<String, String>,
    run: String,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// A runner: its directory, and the variables of every step.
struct Runner {
    home: tempfile::TempDir,
    variables: BTreeMap<String, String>,
}

impl Runner {
    fn new(server: &Server, event: &Value) -> Self {
        let home = tempfile::tempdir().unwrap();
        let at = |name: &str| home.path().join(name);
        save(&at("old.tar"), 500_000, &[("RUN make", "app", 200_000)]);
        save(&at("new.tar"), 500_000, &[("RUN make", "app", 230_000)]);
        fs::write(at("Dockerfile"), "FROM base\nRUN make\n").unwrap();
        fs::write(at("event.json"), event.to_string()).unwrap();
        let variables = [
            ("PATH", std::env::var("PATH").unwrap()),
            ("HOME", at("").display().to_string()),
            ("RUNNER_TEMP", at("").display().to_string()),
            ("GITHUB_ACTIONS", "true".to_owned()),
            ("GITHUB_API_URL", format!("http://{}", server.address)),
            ("GITHUB_REPOSITORY", "o/r".to_owned()),
            ("GITHUB_SHA", HEAD.to_owned()),
            ("GITHUB_EVENT_PATH", at("event.json").display().to_string()),
            ("GITHUB_STEP_SUMMARY", at("summary").display().to_string()),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value));
        Self { home, variables: variables.into() }
    }

    /// Runs every step of an action, until one fails. Its last output, and the outputs of the action.
    fn run(&self, file: &str, given: &[(&str, &str)]) -> (Output, BTreeMap<String, String>) {
        let path = root().join(file);
        let action: Action = serde_saphyr::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        assert_eq!(action.runs.using, "composite");
        for (name, _) in given {
            assert!(action.inputs.contains_key(*name), "{file} has no input {name}");
        }
        let mut known: BTreeMap<String, String> = BTreeMap::new();
        for (name, input) in &action.inputs {
            let value = given.iter().find(|(known, _)| known == name).map(|(_, value)| (*value).to_owned());
            known.insert(
                format!("inputs.{name}"),
                value.or_else(|| input.default.clone()).unwrap_or_default(),
            );
        }
        known.insert("github.action_path".to_owned(), path.parent().unwrap().display().to_string());
        let mut last = None;
        for step in &action.runs.steps {
            // An expression in a script would let an input write the script.
            assert!(!step.run.contains("${{"), "{}", step.run);
            assert_eq!(step.shell, "bash");
            let outputs = self.home.path().join("outputs");
            fs::write(&outputs, "").unwrap();
            let env = step.env.iter().map(|(name, value)| (name.clone(), evaluated(value, &known)));
            let mut command = Command::new("bash");
            command.args(["--noprofile", "--norc", "-eo", "pipefail", "-c", &step.run]);
            command.current_dir(self.home.path()).env_clear().envs(&self.variables).envs(env);
            command.env("GITHUB_OUTPUT", &outputs);
            let output = command.output().unwrap();
            for line in fs::read_to_string(&outputs).unwrap().lines() {
                let (name, value) = line.split_once('=').unwrap();
                let step = step.id.as_deref().unwrap();
                known.insert(format!("steps.{step}.outputs.{name}"), value.to_owned());
            }
            let failed = !output.status.success();
            last = Some(output);
            if failed {
                break;
            }
        }
        let outputs = action.outputs.iter();
        let outputs =
            outputs.map(|(name, output)| (name.clone(), evaluated(&output.value, &known))).collect();
        (last.unwrap(), outputs)
    }
}

/// A value with its expressions replaced.
fn evaluated(text: &str, known: &BTreeMap<String, String>) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("${{") {
        let (expression, behind) = behind.split_once("}}").unwrap();
        out.push_str(before);
        out.push_str(known.get(expression.trim()).map_or("", String::as_str));
        rest = behind;
    }
    out + rest
}

fn pull_request(repository: &str) -> Value {
    let end = |sha: &str, name: &str| json!({ "sha": sha, "repo": { "full_name": name } });
    json!({ "number": 5, "pull_request": { "number": 5, "head": end(HEAD, repository), "base": end(BASE, "o/r") } })
}

const PROGRAM: (&str, &str) = ("program", env!("CARGO_BIN_EXE_plimsoll"));

fn check(output: &Output, code: i32, words: &[&str]) {
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{said}");
    words.iter().for_each(|word| assert!(said.contains(word), "no {word} in {said}"));
}

#[test]
fn a_push_records_and_a_pull_request_is_compared_and_commented() {
    let conversation = Conversation::default();
    let server = serve(&conversation, |_, _| None);
    let push = Runner::new(&server, &json!({ "before": "0".repeat(40), "after": HEAD }));
    // The commit of the push becomes the base of the pull request.
    let mut push = push;
    push.variables.insert("GITHUB_SHA".to_owned(), BASE.to_owned());
    let gates =
        [PROGRAM, ("history", "sizes"), ("max-own-growth", "10 kB"), ("dockerfile", "app=Dockerfile")];
    let with = |more: &[(&'static str, &'static str)]| [&gates[..], more].concat();
    let (output, outputs) = push
        .run("action.yml", &with(&[("images", "app=old.tar"), ("record", "true"), ("allow-first", "true")]));
    check(&output, 0, &["First measurement", "history: added 1111111"]);
    assert_eq!((outputs["verdict"].as_str(), outputs["delta-bytes"].as_str()), ("first-measurement", ""));

    let pull = Runner { variables: push.variables.clone(), home: push.home };
    fs::write(pull.home.path().join("event.json"), pull_request("o/r").to_string()).unwrap();
    let comment = [("images", "app=new.tar\n"), ("comment", "true"), ("token", "t0ken")];
    let (output, outputs) = pull.run("action.yml", &with(&comment));
    check(&output, 1, &["Target missed", "line=2", "comment: created", "commit `1111111`"]);
    assert_eq!(outputs["own-delta-bytes"], "30000");
    assert_eq!((outputs["baseline"].as_str(), outputs["passes"].as_str()), ("history", "false"));
    let (output, _) = pull.run("action.yml", &with(&comment));
    check(&output, 1, &["comment: updated"]);
    assert_eq!(conversation.bodies().len(), 1);
    let summary = fs::read_to_string(pull.home.path().join("summary")).unwrap();
    assert!(summary.contains("own +30.0 kB"), "{summary}");
}

#[test]
fn a_fork_is_measured_without_a_token_and_a_second_workflow_comments() {
    let conversation = Conversation::default();
    let server = serve(&conversation, |_, _| None);
    let fork = Runner::new(&server, &pull_request("x/r"));
    let (output, outputs) =
        fork.run("action.yml", &[PROGRAM, ("images", "app=new.tar"), ("before", "app=old.tar")]);
    check(&output, 0, &["own +30.0 kB"]);
    assert_eq!(outputs["verdict"], "measured");
    assert_eq!(server.requests().len(), 0);
    // The second workflow has the event of the first one.
    fs::write(
        fork.home.path().join("event.json"),
        json!({ "workflow_run": { "head_sha": HEAD } }).to_string(),
    )
    .unwrap();
    let (output, _) = fork.run("comment/action.yml", &[PROGRAM, ("head", HEAD), ("token", "t0ken")]);
    check(&output, 0, &["comment: created"]);
    assert!(conversation.bodies()[0].contains("own +30.0 kB"));
}

#[test]
fn inputs_are_values_whatever_they_say() {
    let conversation = Conversation::default();
    let server = serve(&conversation, |_, _| None);
    let runner = Runner::new(&server, &json!({}));
    let mark = runner.home.path().join("run");
    let hostile = format!("$(touch {0}); `touch {0}` --post", mark.display());
    for input in
        ["images", "before", "history", "max-size", "comment-key", "targets", "output", "fail-on", "record"]
    {
        let mut given = vec![PROGRAM, (input, hostile.as_str())];
        if input != "images" {
            given.push(("images", "app=old.tar"));
        }
        runner.run("action.yml", &given);
        assert!(!mark.exists(), "{input}");
    }
    let (output, _) = runner.run("action.yml", &[PROGRAM, ("images", "--help")]);
    check(&output, 2, &["`--help`"]);
    let (output, _) = runner.run("action.yml", &[PROGRAM, ("images", "app=old.tar"), ("strict", "yes")]);
    check(&output, 2, &["neither true nor false"]);
    // Without a release there is no program to believe in.
    let (output, _) = runner.run("action.yml", &[("images", "app=old.tar")]);
    check(&output, 2, &["::error title=Plimsoll::"]);
}
