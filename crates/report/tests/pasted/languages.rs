//! Reads suggested lines with the parsers of their languages.

use std::collections::BTreeSet;

use parse_dockerfile::{Instruction, parse};
use plimsoll_analysis::dockerignore::Ignore;
use plimsoll_analysis::findings::{Fix, FixKind};
use plimsoll_analysis::memory::recommend::{
    Open, Recommendation, Recommended, ServiceRecommendation, Setting, SettingReason,
};
use plimsoll_analysis::memory::{CommandRefusal, LogReason};
use plimsoll_report::compose_override::compose_override;
use plimsoll_report::language::Language;
use serde_json::Value;

use crate::rules::{Words, text};

/// What of some lines does not depend on the words in them: the keywords of a Dockerfile, the structure of the others.
pub(crate) fn shape(fix: &Fix) -> Vec<String> {
    match fix.kind {
        FixKind::Dockerfile => keywords(&fix.lines),
        FixKind::Compose => {
            let document = yaml(&fix.lines);
            document.as_object().unwrap().keys().cloned().collect()
        }
        FixKind::Requirements if fix.lines.contains("+[") => {
            let sections = fix.lines.lines().filter(|line| line.starts_with("+["));
            sections.map(str::to_owned).collect()
        }
        FixKind::Requirements | FixKind::Command | FixKind::Dockerignore => Vec::new(),
    }
}

/// The keywords of a snippet. Comments must be comments, and no instruction may hide in what a builder reads as another.
fn keywords(lines: &str) -> Vec<String> {
    // A file begins with `FROM`, which a snippet need not; what follows it in a file must stay what it is.
    let file = format!("FROM scratch\n{lines}\nSTOPSIGNAL 9\n");
    let parsed = parse(&file).unwrap_or_else(|error| panic!("{error}\n{lines}"));
    let mut words: Vec<String> = parsed.instructions.iter().map(keyword).collect();
    assert_eq!(words.pop().as_deref(), Some("STOPSIGNAL"), "{lines}");
    // The same by lines, since builders differ in what they take for a here-document.
    let mut continued = false;
    let mut by_line = vec!["FROM".to_owned()];
    for line in lines.lines() {
        if !continued && !line.starts_with('#') {
            by_line.push(line.split(' ').next().unwrap().to_owned());
        }
        continued = !line.starts_with('#') && line.ends_with('\\');
        assert!(!line.contains("<<") && !line.trim_end().ends_with('`'), "{lines}");
    }
    assert!(!continued, "{lines}");
    assert_eq!(words, by_line, "{lines}");
    words
}

fn keyword(instruction: &Instruction<'_>) -> String {
    let name = match instruction {
        Instruction::From(_) => "FROM",
        Instruction::Run(run) => {
            assert!(run.here_docs.is_empty());
            "RUN"
        }
        Instruction::Copy(_) => "COPY",
        Instruction::Add(_) => "ADD",
        Instruction::Env(_) => "ENV",
        Instruction::User(_) => "USER",
        Instruction::Healthcheck(_) => "HEALTHCHECK",
        Instruction::Stopsignal(_) => "STOPSIGNAL",
        other => panic!("{other:?}"),
    };
    name.to_owned()
}

fn yaml(lines: &str) -> Value {
    serde_saphyr::from_str(lines).unwrap_or_else(|error| panic!("{error}\n{lines}"))
}

/// Holds a fix to its language.
pub(crate) fn check(fix: &Fix, known: &BTreeSet<Vec<String>>, words: &Words, nasty: &str) {
    let lines = &*fix.lines;
    for line in lines.lines() {
        assert!(line.chars().all(plimsoll_analysis::lines::is_visible), "{lines:?}");
    }
    assert!(!lines.contains('\r'), "{lines:?}");
    assert!(known.contains(&shape(fix)), "{lines}\n{known:?}");
    match fix.kind {
        FixKind::Dockerfile | FixKind::Command => {}
        FixKind::Compose => {
            let document = yaml(lines);
            let services = document["services"].as_object().unwrap();
            let planted = services.keys().any(|name| *name == words.service);
            assert!(planted && services.len() <= 2, "{lines}");
        }
        FixKind::Dockerignore => ignored(lines, nasty),
        FixKind::Requirements if lines.contains("+[") => {
            let document: String = lines.lines().map(|line| format!("{}\n", &line[1..])).collect();
            let document: toml::Table = document.parse().unwrap_or_else(|error| panic!("{error}\n{lines}"));
            let torch = document.get("tool").and_then(|tool| tool.get("poetry"));
            let torch = torch.and_then(|poetry| poetry["dependencies"].get("torch"));
            let version = torch.and_then(|torch| torch["version"].as_str());
            let release = |version: &str| version.split('+').next().unwrap().to_owned();
            assert!(version.is_none_or(|version| version == release(&words.version)), "{lines}");
        }
        FixKind::Requirements => lines.lines().for_each(requirement),
    }
}

/// A line of a patch for a list of requirements: a name and a version, and nothing that pip reads as anything else.
fn requirement(line: &str) {
    let (name, version) = line[1..].split_once("==").unwrap_or_else(|| panic!("{line}"));
    let is_name = |text: &str| text.starts_with(|first: char| first.is_ascii_alphanumeric());
    let known =
        |text: &str, more: &str| text.chars().all(|one| one.is_ascii_alphanumeric() || more.contains(one));
    assert!(line.starts_with(['-', '+']) && is_name(name) && known(name, "._-"), "{line}");
    assert!(is_name(version) && known(version, "._+!-"), "{line}");
}

/// No line of a `.dockerignore` leaves out what it does not name, or takes back what another leaves out.
fn ignored(lines: &str, nasty: &str) {
    for line in lines.lines() {
        assert!(!line.starts_with(['!', '#']) && line == line.trim() && !line.is_empty(), "{lines}");
        let ignore = Ignore::new([line]);
        for other in ["main.py", "src/lib.rs", "x", "y/z"] {
            assert!(other == nasty || !ignore.leaves_out(other), "{line} leaves out {other}");
        }
    }
}

/// The commands of a fix, as a shell gets them.
pub(crate) fn commands(fix: &Fix) -> Vec<String> {
    let joined = fix.lines.replace("\\\n", "");
    match fix.kind {
        FixKind::Command => return vec![joined],
        FixKind::Dockerfile => {}
        FixKind::Dockerignore | FixKind::Compose | FixKind::Requirements => return Vec::new(),
    }
    let runs = joined.lines().filter_map(|line| line.strip_prefix("RUN "));
    let without_options = |run: &str| {
        let mut run = run.trim_start();
        while run.starts_with("--") {
            run = run.split_once(' ').unwrap().1.trim_start();
        }
        run.to_owned()
    };
    runs.map(without_options).collect()
}

/// The blocks of code of a Markdown document.
pub(crate) fn fences(markdown: &str) -> Vec<String> {
    let mut fences = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for line in markdown.lines() {
        let ticks = line.len() - line.trim_start_matches('`').len();
        match &mut open {
            Some((opened, _)) if ticks >= *opened && line.len() == ticks => {
                fences.extend(open.take().map(|(_, block)| block));
            }
            Some((_, block)) => block.push_str(&format!("{line}\n")),
            None if ticks >= 3 => open = Some((ticks, String::new())),
            None => {}
        }
    }
    assert_eq!(open, None);
    fences
}

/// A compose override with a word in every place.
pub(crate) fn overrides(nasty: &str) {
    let log = LogReason::NoMaxSize { driver: nasty.to_owned() };
    let reason = || SettingReason::Log { now: Some(log.clone()), megabytes: 30 };
    let setting = |setting| Recommended { setting, reasons: vec![reason()] };
    let words = vec!["CMD".to_owned(), nasty.to_owned(), format!("a {nasty} b")];
    let service = |name: &str| ServiceRecommendation {
        name: name.to_owned(),
        settings: vec![
            setting(Setting::HealthCheck { test: Some(words.clone()), interval_s: 30 }),
            setting(Setting::Command(words.clone())),
        ],
        open: vec![Open::CommandKept { why: CommandRefusal::Variables, settings: nasty.to_owned() }],
    };
    let recommendation = Recommendation { services: vec![service("web"), service(nasty)], open: Vec::new() };
    let text_of = compose_override(&recommendation, Language::Spanish);
    let document = yaml(&text_of);
    let taken = |word: &str| Value::from(word.replace('$', "$$"));
    let expected: Vec<Value> = words.iter().map(|word| taken(word)).collect();
    for (name, service) in document["services"].as_object().unwrap() {
        assert!(name == "web" || name == nasty, "{text_of}");
        assert_eq!(service["command"], Value::from(expected.clone()), "{text_of}");
        assert_eq!(service["healthcheck"]["test"], Value::from(expected.clone()), "{text_of}");
    }
    let visible = |one: char| one == '\n' || plimsoll_analysis::lines::is_visible(one);
    assert!(text_of.chars().all(visible), "{}", text(text_of.as_bytes()));
}
