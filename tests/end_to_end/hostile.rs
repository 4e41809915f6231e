//! Names that would like to be more than names: shown as text in every output, and nothing breaks.

use std::fs;

use plimsoll_snapshot::hidden::{is_hidden, log_command};
use plimsoll_tests::craft::{Layer, docker_archive};
use plimsoll_tests::made::{File, snapshot};
use plimsoll_tests::program;
use serde_json::Value;
use tempfile::TempDir;

pub(crate) const MARKUP: &str = "</script><img src=x onerror=\"document.hacked = 1\">";

pub(crate) fn names() -> Vec<String> {
    vec![
        MARKUP.to_owned(),
        "\u{202e}gpj.exe".to_owned(),
        "long".repeat(1000),
        "line\nbreak\ttab\u{1b}[31m".to_owned(),
        "a|b`c`*d*_e_[f](g)".to_owned(),
        "=cmd|' /C calc'!A0".to_owned(),
        "@everybody <!-- ${jndi} {{7*7}} $& \u{2028}".to_owned(),
        "www.evil.example http://evil.example eve@evil.example #1 GH-2 !3 ~bug deadbeefcafe :tada: $x$"
            .to_owned(),
        "[a](javascript:x) ![b](c) [[wiki]] <b>c</b> acme/shop#4 %5 &6 JIRA-7 /close".to_owned(),
        "hid\u{61c}\u{feff}\u{ad}\u{e0041}\u{fffe}\u{200b}\u{fe0f}\u{9b}8;;x\u{7}den".to_owned(),
        "\u{b} \t=1+1".to_owned(),
        format!("zalgo{}", "\u{301}".repeat(200)),
        "::stop-commands::x".to_owned(),
        " ::add-mask::a".to_owned(),
        "##[group]x ##vso[task.complete]y".to_owned(),
    ]
}

/// Snapshots in which everything that can have a name has a hostile one.
pub(crate) struct Hostile {
    pub(crate) directory: TempDir,
}

impl Hostile {
    pub(crate) fn new() -> Self {
        let directory = TempDir::new().unwrap();
        let mut names = names();
        // More services than a comment has rows, so that it would be long if it were not bounded.
        names.extend((0..30).map(|index| format!("{index}{}", "<&>".repeat(1300))));
        let services: Vec<&str> = names.iter().map(String::as_str).collect();
        for (name, size) in [("before", 900), ("after", 100)] {
            let file = |text: &String| -> File { (text.replace('/', "_").into_bytes(), size) };
            let mut files: Vec<File> = names.iter().map(file).collect();
            files.push((b"same".to_vec(), 5));
            files.extend((size == 900).then(|| (b"gone".to_vec(), 7)));
            files.sort();
            let made = snapshot(&services, MARKUP, &files);
            let out = fs::File::create(directory.path().join(name)).unwrap();
            plimsoll_snapshot::write_gzip(&made, out).unwrap();
        }
        Self { directory }
    }

    pub(crate) fn call(&self, command: &str, rest: &[&str]) -> String {
        let side = |name: &str| self.directory.path().join(name).display().to_string();
        let mut arguments = vec![command.to_owned(), side("before"), side("after")];
        arguments.extend(rest.iter().map(|argument| (*argument).to_owned()));
        program::succeed(arguments).stdout
    }
}

#[test]
fn a_comment_stays_short_and_holds_no_markup_of_an_image() {
    let hostile = Hostile::new();
    for language in ["en", "es"] {
        let text = hostile.call("report", &["--format", "markdown", "--language", language]);
        assert!(text.len() < 60_000, "{}", text.len());
        assert_eq!(text.chars().find(|character| is_hidden(*character) && *character != '\n'), None);
        // All that is left of HTML is what folds the details and code. Between backticks everything is text, and so is what
        // stands in the code of a summary.
        let outside: String = text.split('`').step_by(2).collect();
        let outside: String =
            outside.split("<code>").map(|part| part.rsplit("</code>").next().unwrap()).collect();
        for more in [
            "@everybody",
            "www.",
            "http",
            "@evil",
            "#1",
            "GH-2",
            "!3",
            "~bug",
            "deadbeef",
            ":tada",
            "$x",
            "[[",
            "%5",
            "&6",
            "JIRA-7",
        ] {
            assert!(!outside.contains(more), "{more}: {text}");
        }
        let folds = ["<details>", "<summary>", "</summary>", "</details>"];
        let mut tags = outside.match_indices('<').map(|(at, _)| &outside[at..]);
        assert_eq!(tags.find(|tag| !folds.iter().any(|fold| tag.starts_with(fold))), None);
    }
}

#[test]
fn a_terminal_is_told_nothing_it_would_obey() {
    let hostile = Hostile::new();
    let text = hostile.call("compare", &[]);
    assert_eq!(text.chars().find(|character| is_hidden(*character) && *character != '\n'), None);
    let json = hostile.call("compare", &["--format", "json"]);
    assert_eq!(json.chars().find(|character| is_hidden(*character) && *character != '\n'), None);
    assert!(serde_json::from_str::<Value>(&json).unwrap().to_string().contains("hid\u{61c}\u{feff}"));
    let marks = |text: &str| text.split(|character| character != '\u{301}').map(str::len).max();
    assert!(marks(&text) <= Some(8), "no line is covered");
}

/// GitHub, Azure and TeamCity obey what begins a line of a log, or stands in it.
#[test]
fn the_runner_of_a_pipeline_is_told_nothing_it_would_obey() {
    let hostile = Hostile::new();
    let side = hostile.directory.path().join("after").display().to_string();
    let targets = hostile.directory.path().join("plimsoll.toml").display().to_string();
    fs::write(&targets, "[services.\"*\"]\nruns = true\nsize = \"1 B\"\n").unwrap();
    let services = names().into_iter().map(|name| format!("{name}={side}"));
    let mut calls: Vec<Vec<String>> = vec![vec!["check".into(), side.clone(), "--targets".into(), targets]];
    for command in ["inspect", "packages", "findings", "compare", "report"] {
        for format in
            ["text", "markdown", "json"].iter().filter(|format| command != "report" || **format != "text")
        {
            let sides = vec![side.clone(); if matches!(command, "compare" | "report") { 2 } else { 1 }];
            calls.push([vec![command.into()], sides, vec!["--format".into(), (*format).to_owned()]].concat());
        }
    }
    calls.push(["inspect".to_owned(), "##[group]missing".to_owned()].to_vec());
    calls.push(["why".to_owned(), "::error::x".to_owned(), side.clone()].to_vec());
    calls.extend(services.map(|named| vec!["inspect".to_owned(), named]));
    for arguments in calls {
        let run = program::run(&arguments);
        for line in run.stdout.lines().chain(run.stderr.lines()) {
            assert_eq!(log_command(line), None, "{arguments:?}: {line:?}");
        }
    }
}

#[test]
fn platforms_and_targets_command_no_terminal() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name).display().to_string();
    let (archive, hostile) = (path("a.tar"), path("hostile.json"));
    let layer = Layer::default().file("a", 1, 1).finish();
    fs::write(&archive, docker_archive(&[layer], "a:1")).unwrap();
    program::succeed(["snapshot", &archive, "-o", &hostile]);
    let mut snapshot: Value = serde_json::from_slice(&fs::read(&hostile).unwrap()).unwrap();
    let escape = "x\u{1b}]0;pwned\u{7}\u{1b}[2J\u{202e}";
    snapshot["images"][0]["platform"]["architecture"] = escape.into();
    snapshot["services"][0]["name"] = escape.into();
    fs::write(&hostile, snapshot.to_string()).unwrap();
    let targets = path("plimsoll.toml");
    fs::write(&targets, "[services.\"*\"]\nruns = true\nsize = \"1 B\"\n").unwrap();
    for arguments in [&["inspect", &hostile][..], &["check", &hostile, "--targets", &targets, "--strict"]] {
        let run = program::run(arguments);
        for text in [run.stdout, run.stderr] {
            let found = text.chars().find(|character| is_hidden(*character) && *character != '\n');
            assert_eq!(found, None, "{arguments:?}: {text:?}");
        }
    }
}

#[test]
fn a_card_is_drawn() {
    let hostile = Hostile::new();
    let svg = hostile.call("report", &["--format", "card"]);
    assert!(!svg.contains("<img") && !svg.contains("<script"), "{svg}");
    let png = hostile.directory.path().join("card.png");
    hostile.call("report", &["--format", "card", "-o", &png.display().to_string()]);
    assert!(fs::read(png).unwrap().starts_with(b"\x89PNG"));
}
