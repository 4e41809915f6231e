//! `plimsoll ci` on a laptop and in GitHub Actions: baselines, gates, files, outputs and exit codes.

use std::fs;
use std::process::Output;

use serde_json::{Value, json};

use crate::program::Program;
use crate::saved::{Layer, save};

const MAKE: Layer<'static> = ("RUN make", "app/program", 200_000);
const BASE: &str = "1111111111111111111111111111111111111111";
const HEAD: &str = "2222222222222222222222222222222222222222";

/// A directory with an image, one whose base image was refreshed, and one that grew.
fn program() -> Program {
    let program = Program::new();
    let at = |name: &str| program.home.path().join(name);
    save(&at("old.tar"), 500_000, &[MAKE]);
    save(&at("refreshed.tar"), 900_000, &[MAKE]);
    save(&at("grown.tar"), 500_000, &[("RUN make", "app/program", 290_000)]);
    fs::write(at("Dockerfile"), "FROM base\n# build\nRUN make\n").unwrap();
    program
}

fn check(output: &Output, code: i32, words: &[&str]) {
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{stdout}\n{stderr}");
    for word in words {
        assert!(stdout.contains(word) || stderr.contains(word), "no {word} in\n{stdout}\n{stderr}");
    }
}

fn review(program: &Program) -> Value {
    serde_json::from_slice(&fs::read(program.home.path().join("plimsoll-ci/review.json")).unwrap()).unwrap()
}

#[test]
fn a_base_refresh_passes_and_own_growth_fails() {
    let program = program();
    let ci = |after: &str, gate: &str| {
        program.run(&[
            "ci",
            &format!("app={after}"),
            "--before",
            "app=old.tar",
            gate,
            "--dockerfile",
            "Dockerfile",
        ])
    };
    let own = "--max-own-growth=10kB";
    check(
        &ci("refreshed.tar", own),
        0,
        &[
            "● Targets met; 1/1 met",
            "own 0 B, base image +400 kB, total 700 kB → 1.10 MB",
            "Cause: the base image +400 kB",
        ],
    );
    check(
        &ci("grown.tar", own),
        1,
        &[
            "▲ Target missed: app: what the image adds to its base image has not grown: 90.0 kB (at most 10.0 kB)",
            "own +90.0 kB, base image 0 B",
            "compared with `app=old.tar`",
            "Cause: `RUN make` (`Dockerfile` line 3) +90.0 kB: app/program +90.0 kB",
        ],
    );
    let review = review(&program);
    assert_eq!((&review["verdict"], &review["passes"]), (&json!("missed"), &json!(false)));
    assert_eq!(review["review"]["cause"]["place"], json!({"file": "Dockerfile", "line": 3}));
    let comment = fs::read_to_string(program.home.path().join("plimsoll-ci/comment.md")).unwrap();
    assert!(comment.starts_with("<!-- plimsoll:size -->\n**▲ Target missed: app:"), "{comment}");
    check(&ci("refreshed.tar", "--max-growth=5%"), 1, &["the image has not grown: 57.1 % (at most 5 %)"]);
    check(&ci("grown.tar", "--max-layers=1"), 1, &["number of layers: 2 (at most 1)"]);
    let again = [("RUN make", "app/program", 1_200_000), ("RUN make again", "app/program", 1_200_001)];
    save(&program.home.path().join("again.tar"), 500_000, &again);
    let finding = "no finding of the rule `rewritten-files`";
    check(&ci("again.tar", "--fail-on=rewritten-files"), 1, &[finding]);
    check(&ci("grown.tar", "--fail-on=rewritten-files"), 0, &["1/1 met"]);
    check(&ci("grown.tar", "--fail-on=rewriten-files"), 2, &["did you mean `rewritten-files`?"]);
}

/// What `plimsoll fix` prints stands in the comment, unless names are replaced or a line looks like a secret.
#[test]
fn a_comment_offers_the_fixes_as_a_patch() {
    let program = Program::new();
    let at = |name: &str| program.home.path().join(name);
    let lists = ("RUN apt-get update && apt-get install -y curl", "var/lib/apt/lists/all", 3_000_000);
    save(&at("app.tar"), 500_000, &[lists]);
    let dockerfile = "FROM base\nRUN apt-get update && apt-get install -y curl\n";
    fs::write(at("Dockerfile"), dockerfile).unwrap();
    let comment = |more: &[&str]| {
        let arguments = ["ci", "app=app.tar", "--allow-first", "--dockerfile", "Dockerfile"];
        let output = program.run(&[&arguments[..], more].concat());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        (fs::read_to_string(at("plimsoll-ci/comment.md")).unwrap(), said)
    };
    let (text, _) = comment(&[]);
    let summary = "<details><summary>Patch for app: 1 finding fixed, saving 3.00 MB</summary>";
    assert!(text.contains(summary), "{text}");
    let fixed = program.run(&["fix", "app.tar", "--dockerfile", "Dockerfile", "--patch", "-"]);
    let patch = String::from_utf8(fixed.stdout).unwrap();
    assert!(!patch.is_empty() && text.contains(&format!("```diff\n{patch}```\n")), "{text}\n{patch}");
    assert!(!comment(&["--redact"]).0.contains("```diff"));
    fs::write(at("Dockerfile"), format!("{dockerfile}RUN login --password hunter2hunter2\n")).unwrap();
    let (text, said) = comment(&[]);
    assert!(!text.contains("```diff") && !text.contains("hunter2"), "{text}");
    assert!(said.contains("offers no patch for `app`") && said.contains("look like a secret"), "{said}");
}

#[test]
fn a_first_measurement_is_never_green_and_the_history_is_the_next_baseline() {
    let program = program();
    let ci = |after: &str, more: &[&str]| {
        let source = format!("app={after}");
        let mut arguments = vec!["ci", source.as_str(), "--history", "sizes", "--max-growth", "1 kB"];
        arguments.extend(more);
        program.run(&arguments)
    };
    check(&ci("old.tar", &[]), 1, &["◌ First measurement", "total 700 kB", "--allow-first"]);
    check(&ci("old.tar", &["--base", BASE]), 1, &["the history has no entry of commit 1111111"]);
    // Without a target that compares, there is nothing to miss.
    check(&program.run(&["ci", "app=old.tar", "--max-size", "1MB"]), 0, &["◌ First measurement", "1/1 met"]);
    check(
        &program.run(&["history", "add", "sizes", "app=old.tar", "--revision", BASE]),
        0,
        &["added 1111111"],
    );
    check(
        &program.run(&["history", "add", "sizes", "app=old.tar", "--revision", BASE]),
        0,
        &["already exists"],
    );
    let with_base = ["--base", BASE];
    check(
        &ci("old.tar", &with_base),
        0,
        &["● Targets met", "compared with the history entry of commit `1111111`"],
    );
    check(&ci("grown.tar", &with_base), 1, &["▲ Target missed", "own +90.0 kB"]);
    check(
        &ci("grown.tar", &["--base", BASE, "--accept", "a new model"]),
        0,
        &["● Growth accepted (reason: a new model): app:"],
    );
    check(
        &program.run(&["history", "add", "sizes", "app=grown.tar", "--revision", HEAD]),
        0,
        &["added 2222222"],
    );
    check(
        &program.run(&["history", "accept", "sizes", "2222222", "--reason", "a new model"]),
        0,
        &["accepted"],
    );
    let list = program.run(&["history", "list", "sizes"]);
    check(&list, 0, &["1111111", "790 kB", "+90.0 kB", "accepted: a new model"]);
    // The next change is not charged for it.
    check(&ci("grown.tar", &["--base", HEAD]), 0, &["own 0 B"]);
    check(
        &program.run(&["history", "show", "sizes", "3333333", "-o", "x.plimsoll"]),
        2,
        &["no point `3333333`"],
    );
    check(&program.run(&["history", "show", "sizes", HEAD, "-o", "x.plimsoll"]), 0, &[]);
    check(&program.run(&["check", "app=old.tar", "app=x.plimsoll", "--max-growth=1kB"]), 1, &["missed"]);
}

#[test]
fn images_and_targets_come_from_the_file() {
    let program = program();
    let file = "[ci]\nhistory = 'sizes'\n[ci.images]\nworker = { source = 'old.tar', baseline = 'old.tar' }\napp = { source = 'grown.tar', dockerfile = \
                'Dockerfile', baseline = 'old.tar' }\n[services.app]\nown_growth = '10 %'\n";
    fs::write(program.home.path().join("plimsoll.toml"), file).unwrap();
    check(
        &program.run(&["ci", "--base", BASE]),
        1,
        &[
            "compared with the image `app=old.tar, worker=old.tar`",
            "▲ Target missed: app",
            "45 % (at most 10 %)",
            "Cause: app: `RUN make` (`Dockerfile` line 3) +90.0 kB",
        ],
    );
    check(&program.run(&["ci", "--base", BASE, "--max-own-growth", "50 %"]), 0, &["● Targets met"]);
    fs::write(program.home.path().join("plimsoll.toml"), "[services.none]\nsize = 5\n").unwrap();
    check(&program.run(&["ci", "app=old.tar"]), 2, &["the snapshot has no such service"]);
    check(&program.run(&["ci"]), 2, &["no image is named"]);
    fs::remove_file(program.home.path().join("plimsoll.toml")).unwrap();
    fs::write(program.home.path().join(".dive-ci"), "rules:\n  highestWastedBytes: 1KB\n").unwrap();
    check(&program.run(&["ci", "app=old.tar"]), 0, &["3/3 met"]);
    check(&program.run(&["check", "app=old.tar"]), 0, &["3 of 3"]);
    check(&program.run(&["init"]), 0, &["with the gates of `.dive-ci`"]);
    let written = fs::read_to_string(program.home.path().join("plimsoll.toml")).unwrap();
    assert!(written.contains("hidden = \"1000 B\"") && !written.contains("hidden = \"50 MB\""), "{written}");
}

#[test]
fn a_baseline_that_cannot_be_read_is_told_and_the_next_one_is_asked() {
    let program = program();
    check(
        &program.run(&["ci", "app=grown.tar", "--baseline", "app=missing.tar", "--max-growth", "1%"]),
        1,
        &["note: the image to compare with cannot be read", "◌ First measurement"],
    );
    // What is named is an error where it cannot be read.
    check(&program.run(&["ci", "app=grown.tar", "--before", "missing.tar"]), 2, &["no such file"]);
    fs::create_dir(program.home.path().join("other")).unwrap();
    fs::write(program.home.path().join("other/file"), "x").unwrap();
    check(&program.run(&["ci", "app=grown.tar", "--history", "other"]), 2, &["no history"]);
    fs::create_dir(program.home.path().join("newer")).unwrap();
    fs::write(program.home.path().join("newer/history"), "plimsoll history 2\n").unwrap();
    check(&program.run(&["ci", "app=grown.tar", "--history", "newer"]), 2, &["another version"]);
    // A torn entry is left out, and the report is still written.
    check(&program.run(&["history", "add", "sizes", "app=old.tar", "--revision", BASE]), 0, &[]);
    let layer = fs::read_dir(program.home.path().join("sizes/layers")).unwrap().next().unwrap().unwrap();
    fs::write(layer.path(), "torn").unwrap();
    check(
        &program.run(&["ci", "app=grown.tar", "--history", "sizes", "--base", BASE]),
        0,
        &["an entry of the history cannot be read", "◌ First measurement"],
    );
    assert!(program.home.path().join("plimsoll-ci/comment.md").exists());
}

#[test]
fn github_gets_outputs_a_summary_and_an_annotation() {
    let program = program();
    let (output, summary) = (program.home.path().join("output"), program.home.path().join("summary"));
    fs::write(&output, "of-another-step=1\n").unwrap();
    let program = program
        .variable("GITHUB_ACTIONS", "true")
        .variable("GITHUB_OUTPUT", output.to_str().unwrap())
        .variable("GITHUB_STEP_SUMMARY", summary.to_str().unwrap())
        .variable("GITHUB_REPOSITORY", "o/r")
        .variable("GITHUB_RUN_ID", "7");
    let ci = [
        "ci",
        "app=grown.tar",
        "--before",
        "app=old.tar",
        "--max-own-growth",
        "10kB",
        "--dockerfile",
        "Dockerfile",
    ];
    check(&program.run(&ci), 1, &["::error file=Dockerfile,line=3,title=Plimsoll::▲ Target missed"]);
    let outputs = fs::read_to_string(&output).unwrap();
    for line in [
        "of-another-step=1",
        "verdict=missed",
        "passes=false",
        "baseline=given",
        "size-bytes=790000",
        "delta-bytes=90000",
        "delta-percent=12.86",
        "own-delta-bytes=90000",
        "base-delta-bytes=0",
        "comment-path=plimsoll-ci/comment.md",
    ] {
        assert!(outputs.lines().any(|known| known == line), "no {line} in {outputs}");
    }
    let summary = fs::read_to_string(&summary).unwrap();
    assert!(summary.contains("Target missed") && summary.contains("https://github.com/o/r/actions/runs/7"));
    // Nothing to compare with has no difference, not one of zero.
    check(&program.run(&["ci", "app=grown.tar"]), 0, &["::warning title=Plimsoll::◌ First measurement"]);
    let outputs = fs::read_to_string(&output).unwrap();
    assert!(
        outputs.ends_with("\n") && outputs.contains("\ndelta-bytes=\n") && outputs.contains("baseline=none")
    );
}

#[test]
fn what_an_image_says_is_text_in_a_comment_and_no_command_of_the_runner() {
    let program = program().variable("GITHUB_ACTIONS", "true");
    let hostile = "RUN x\n::set-output name=verdict::met\u{1b}[2J @everyone | `</details>` <img src=x>";
    save(&program.home.path().join("hostile.tar"), 500_000, &[(hostile, "a|b\n::error::x", 300_000)]);
    let output = program.run(&["ci", "app=hostile.tar", "--before", "app=old.tar"]);
    check(&output, 0, &["Cause"]);
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(stdout.lines().all(|line| !line.trim_start().starts_with("::")), "{stdout}");
    assert!(!stdout.contains('\u{1b}'), "{stdout}");
    let comment = fs::read_to_string(program.home.path().join("plimsoll-ci/comment.md")).unwrap();
    let outside: Vec<&str> = comment.lines().filter(|line| line.starts_with("Cause")).collect();
    let [cause] = outside[..] else { panic!("{comment}") };
    // All of it is one code span.
    let plain = cause.split('`').step_by(2).collect::<String>();
    assert!(
        !plain.contains("@everyone") && !plain.contains("<img") && !plain.contains("</details>"),
        "{cause}"
    );
}
