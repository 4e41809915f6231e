//! What is around the commands: loudness, colours, completions, manual pages, and the plugin of Docker.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use plimsoll_tests::{program, root};
use serde_json::Value;

/// A snapshot that every clone has.
fn example() -> PathBuf {
    root().join("examples/agente-after.plimsoll")
}

fn stderr(arguments: &[&str]) -> String {
    program::run(arguments).stderr
}

#[test]
fn quiet_prints_no_notes_but_errors() {
    let directory = tempfile::tempdir().unwrap();
    let output = directory.path().join("copy.plimsoll");
    let (input, output) = (example(), output.to_str().unwrap().to_owned());
    let call = ["snapshot", input.to_str().unwrap(), "-o", &output];
    assert_ne!(stderr(&call), "");
    assert_eq!(stderr(&[&call[..], &["--quiet"]].concat()), "");
    let verbose = stderr(&[&["-v"][..], &call[..]].concat());
    assert!(verbose.contains("note: took "), "{verbose}");
    let error = stderr(&["-q", "inspect", "./no-such-file.tar"]);
    assert!(error.starts_with("error: "), "{error}");
}

#[test]
fn a_pipe_gets_no_colours_and_no_hint_unless_it_wants_them() {
    let missing = "./no-such-file.tar";
    assert!(!stderr(&["inspect", missing]).contains('\u{1b}'));
    assert!(stderr(&["--color", "always", "inspect", missing]).starts_with("\u{1b}[1;31merror:"));
    let run = program::succeed(["--color=always", "-h"]);
    assert!(run.stdout.contains("\u{1b}["), "{}", run.stdout);
    let run = program::succeed(["inspect", example().to_str().unwrap()]);
    assert!(!run.stderr.contains("next:"), "{}", run.stderr);
}

#[test]
fn completions_are_scripts_of_their_shells() {
    for (shell, part) in [
        ("bash", "complete -F"),
        ("elvish", "edit:completion"),
        ("fish", "complete -c plimsoll"),
        ("nushell", "export extern"),
        ("powershell", "Register-ArgumentCompleter"),
        ("zsh", "#compdef plimsoll"),
    ] {
        let script = program::succeed(["generate-completions", shell]).stdout;
        assert!(script.contains(part), "{shell}");
    }
}

#[test]
fn every_command_has_a_manual_page() {
    let directory = tempfile::tempdir().unwrap();
    let pages = directory.path().join("man");
    program::succeed(["generate-man", pages.to_str().unwrap()]);
    for file in fs::read_dir(root().join("tests/help")).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap().replace(".txt", "");
        let page = if name == "plimsoll" { "plimsoll.1".to_owned() } else { format!("plimsoll-{name}.1") };
        let text = fs::read_to_string(pages.join(&page)).unwrap_or_else(|_| panic!("{page} is missing"));
        assert!(text.contains(".SH SYNOPSIS"), "{page}");
    }
}

/// The program under the name that Docker expects, in a directory of configuration.
fn plugin(directory: &Path) -> PathBuf {
    let place = directory.join("cli-plugins");
    fs::create_dir_all(&place).unwrap();
    let plugin = place.join("docker-plimsoll");
    fs::copy(program::path(), &plugin).unwrap();
    plugin
}

#[test]
fn docker_finds_a_plugin() {
    let directory = tempfile::tempdir().unwrap();
    let plugin = plugin(directory.path());
    let call = |arguments: &[&str]| {
        String::from_utf8(Command::new(&plugin).args(arguments).output().unwrap().stdout).unwrap()
    };
    let metadata: Value = serde_json::from_str(&call(&["docker-cli-plugin-metadata"])).unwrap();
    assert_eq!(metadata["SchemaVersion"], "0.1.0");
    let hint: Value =
        serde_json::from_str(&call(&["plimsoll", "docker-cli-plugin-hooks", r#"{"RootCmd":"build"}"#]))
            .unwrap();
    assert_eq!(hint["Type"], 0);
    assert!(call(&["plimsoll", "inspect", "--help"]).contains("Usage: docker plimsoll inspect"));

    // A machine with the client of Docker asks it as well; no daemon is needed.
    let docker = |arguments: &[&str]| {
        Command::new("docker").arg("--config").arg(directory.path()).args(arguments).output()
    };
    let Ok(version) = docker(&["plimsoll", "--version"]) else { return };
    let text = String::from_utf8(version.stdout).unwrap();
    assert!(text.starts_with("plimsoll ") || text.starts_with("docker plimsoll "), "{text}");
    let words = docker(&["__complete", "plimsoll", "ins"]).unwrap();
    assert!(String::from_utf8_lossy(&words.stdout).starts_with("inspect\t"));
}
