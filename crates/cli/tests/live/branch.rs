//! Histories in a branch of a git repository, with a remote and without.

use std::path::Path;
use std::process::{Command, Output};

use crate::program::Program;
use crate::saved::save;

const BASE: &str = "1111111111111111111111111111111111111111";
const HEAD: &str = "2222222222222222222222222222222222222222";

fn check(output: &Output, code: i32, words: &[&str]) {
    let said =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{said}");
    words.iter().for_each(|word| assert!(said.contains(word), "no {word} in {said}"));
}

fn git(directory: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new("git");
    command.args(["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main"]);
    let output = command.args(arguments).current_dir(directory).env("HOME", directory).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// A program in a repository with an image that no commit has.
fn program() -> Program {
    let program = Program::new().variable("PATH", &std::env::var("PATH").unwrap());
    let home = program.home.path();
    git(home, &["init", "--quiet"]);
    git(home, &["commit", "--quiet", "--allow-empty", "--message", "first"]);
    save(&home.join("app.tar"), 5_000, &[("RUN make", "app", 2_000)]);
    program
}

#[test]
fn a_branch_grows_and_nothing_else_of_the_repository_changes() {
    let program = program();
    let home = program.home.path();
    let state = || {
        let status = git(home, &["status", "--porcelain", "--", ":!.cache"]);
        format!("{status} {} {}", git(home, &["rev-parse", "HEAD"]), git(home, &["branch", "--show-current"]))
    };
    let before = state();
    let add = |revision| program.run(&["history", "add", "git:sizes", "app=app.tar", "--revision", revision]);
    check(&add(BASE), 0, &["added 1111111"]);
    check(&add(HEAD), 0, &["added 2222222"]);
    check(&add(HEAD), 0, &["already exists"]);
    assert_eq!(git(home, &["rev-list", "--count", "sizes"]), "2");
    check(&program.run(&["history", "accept", "git:sizes", HEAD, "--reason", "x"]), 0, &["accepted"]);
    let list = program.run(&["history", "list", "git:sizes"]);
    check(&list, 0, &["1111111", "2222222", "accepted: x"]);
    check(&program.run(&["history", "prune", "git:sizes", "--keep", "1"]), 0, &["1 point removed"]);
    let points = git(home, &["ls-tree", "-r", "--name-only", "sizes"]);
    assert_eq!(points.lines().filter(|name| name.ends_with(".json")).count(), 1, "{points}");
    let report = program.run(&["ci", "app=app.tar", "--history", "git:sizes", "--base", HEAD]);
    check(&report, 0, &["compared with the history entry of commit `2222222`"]);
    std::fs::remove_dir_all(home.join("plimsoll-ci")).unwrap();
    assert_eq!(state(), before);
    check(&program.run(&["history", "list", "git:.."]), 2, &["is not a branch name"]);
    check(&program.run(&["history", "list", "git:main"]), 0, &["0 points"]);
    let elsewhere = Program::new().variable("PATH", &std::env::var("PATH").unwrap());
    check(&elsewhere.run(&["history", "list", "git:sizes"]), 2, &["in no git repository"]);
}

#[test]
fn two_builds_at_once_lose_nothing() {
    let remote = tempfile::tempdir().unwrap();
    git(remote.path(), &["init", "--quiet", "--bare"]);
    let builds: Vec<Program> = (0..4).map(|_| program()).collect();
    for build in &builds {
        git(build.home.path(), &["remote", "add", "origin", remote.path().to_str().unwrap()]);
    }
    std::thread::scope(|scope| {
        for (number, build) in builds.iter().enumerate() {
            scope.spawn(move || {
                let revision = format!("{}", number + 1).repeat(40);
                let output =
                    build.run(&["history", "add", "git:sizes", "app=app.tar", "--revision", &revision]);
                check(&output, 0, &["added"]);
            });
        }
    });
    let list = builds[0].run(&["history", "list", "git:sizes"]);
    check(&list, 0, &["1111111", "2222222", "3333333", "4444444"]);
    assert_eq!(git(remote.path(), &["rev-list", "--count", "sizes"]), "4");
    // What cannot be reached says so, and what was fetched is still read.
    git(builds[0].home.path(), &["fetch", "--quiet", "origin"]);
    git(builds[0].home.path(), &["remote", "set-url", "origin", "/nowhere"]);
    check(&builds[0].run(&["history", "list", "git:sizes"]), 0, &["4444444"]);
    let add = builds[0].run(&["history", "add", "git:sizes", "app=app.tar", "--revision", &"5".repeat(40)]);
    check(&add, 2, &["git push failed"]);
    check(&builds[1].run(&["history", "list", "git:none"]), 0, &["0 points"]);
}
