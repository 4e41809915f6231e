//! The help of every command, as reviewed in `tests/help`: `-h` and `--help`, 100 columns wide.
//!
//! `PLIMSOLL_WRITE_HELP=1 cargo nextest run -E 'test(/^help::/)'` writes the files again; review their diff.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use plimsoll_tests::{program, root};

/// What renews the files, for the messages of failures.
const RENEW: &str = "if it is right, `PLIMSOLL_WRITE_HELP=1` with this test writes the file again";

fn directory() -> PathBuf {
    root().join("tests/help")
}

fn call(arguments: &[&str]) -> String {
    let mut command = Command::new(program::path());
    // The value of a variable is part of the help, and so is the width of the terminal.
    command.args(arguments).env_remove("PLIMSOLL_NO_CACHE").env("COLUMNS", "100");
    let output = command.output().expect("the program is built by `cargo xtask build`");
    assert!(output.status.success(), "`plimsoll {}` fails", arguments.join(" "));
    String::from_utf8(output.stdout).unwrap()
}

/// The names in the list of commands, as the program prints it.
fn commands() -> Vec<String> {
    let help = call(&["-h"]);
    // Groups of commands stand between the usage and the options.
    let (_, list) = help.split_once("Usage:").expect("the help shows the usage");
    let (list, _) = list.split_once("\nOptions:").expect("the help lists the options");
    let names = list.lines().filter_map(|line| line.strip_prefix("  "));
    names.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

/// Both helps of a command, or of the program where there is none, below the calls that print them.
fn document(command: Option<&str>) -> String {
    let mut text = String::new();
    for flag in ["-h", "--help"] {
        let arguments: Vec<&str> = command.into_iter().chain([flag]).collect();
        text.push_str(&format!("$ plimsoll {}\n", arguments.join(" ")));
        for line in call(&arguments).lines() {
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

/// The lines that differ, by their longest common subsequence; each group below the line before it.
fn difference(expected: &str, actual: &str) -> String {
    let (old, new): (Vec<_>, Vec<_>) = (expected.lines().collect(), actual.lines().collect());
    // How many lines of `old[i..]` and `new[j..]` are common.
    let mut common = vec![vec![0_usize; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            common[i][j] = if old[i] == new[j] {
                common[i + 1][j + 1] + 1
            } else {
                common[i + 1][j].max(common[i][j + 1])
            };
        }
    }
    let (mut i, mut j, mut text, mut is_inside) = (0, 0, String::new(), false);
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            (i, j, is_inside) = (i + 1, j + 1, false);
            continue;
        }
        if !is_inside && i > 0 {
            text.push_str(&format!("  {}\n", old[i - 1]));
        }
        is_inside = true;
        if j == new.len() || (i < old.len() && common[i + 1][j] >= common[i][j + 1]) {
            text.push_str(&format!("- {}\n", old[i]));
            i += 1;
        } else {
            text.push_str(&format!("+ {}\n", new[j]));
            j += 1;
        }
    }
    text
}

#[test]
fn help_is_as_reviewed() {
    let commands = commands();
    assert!(commands.iter().any(|name| name == "inspect"), "{commands:?}");
    let documents = std::iter::once(None).chain(commands.iter().map(|name| Some(name.as_str())));
    let is_written = std::env::var_os("PLIMSOLL_WRITE_HELP").is_some();
    let (mut files, mut differences) = (BTreeSet::new(), String::new());
    for command in documents.filter(|command| *command != Some("help")) {
        let name = format!("{}.txt", command.unwrap_or("plimsoll"));
        let (path, text) = (directory().join(&name), document(command));
        if is_written {
            fs::write(&path, &text).unwrap();
        }
        let expected = fs::read_to_string(&path).unwrap_or_default();
        if expected != text {
            differences.push_str(&format!("tests/help/{name}:\n{}\n", difference(&expected, &text)));
        }
        files.insert(name);
    }
    assert!(differences.is_empty(), "the help differs from the reviewed one:\n\n{differences}{RENEW}");
    for file in fs::read_dir(directory()).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        assert!(files.contains(&name), "tests/help/{name} belongs to no command: delete it");
    }
}

#[test]
fn every_command_shows_examples_that_it_accepts() {
    for command in commands().iter().filter(|name| *name != "help") {
        let help = call(&[command, "--help"]);
        let examples = help.split("Examples:\n").nth(1).unwrap_or_default();
        let own = format!("plimsoll {command}");
        let lines: Vec<&str> = examples.lines().filter(|line| line.contains(&own)).collect();
        assert!(!lines.is_empty(), "`{own} --help` ends without an example");
        let known: BTreeSet<&str> = help.split([' ', ',', '\n', '=']).collect();
        for flag in lines.iter().flat_map(|line| after(line, &own).split_whitespace()) {
            if flag.starts_with('-') && flag != "-" && !flag.contains('"') {
                let is_listed = known.contains(flag);
                assert!(is_listed || is_quoted(&lines, flag), "`{own}` has no `{flag}`");
            }
        }
    }
}

/// What follows a command in a line.
fn after<'a>(line: &'a str, command: &str) -> &'a str {
    line.split_once(command).map_or("", |(_, rest)| rest)
}

/// Whether a flag belongs to a command in quotes.
fn is_quoted(lines: &[&str], flag: &str) -> bool {
    lines.iter().any(|line| line.split('"').skip(1).step_by(2).any(|quoted| quoted.contains(flag)))
}
