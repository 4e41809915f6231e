//! The workflows of the public host: what they run is fixed, and they may do little.

use std::fs;
use std::path::PathBuf;

use plimsoll_tests::root;

/// Every workflow and action of the repository, with its text.
fn files() -> Vec<(PathBuf, String)> {
    let workflows =
        fs::read_dir(root().join(".github/workflows")).unwrap().map(|entry| entry.unwrap().path());
    let actions = ["action.yml", "action.yaml"].map(|name| root().join(name)).into_iter();
    let is_yaml = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "yml" || ending == "yaml");
    let mut paths: Vec<_> = workflows.chain(actions.filter(|path| path.is_file())).filter(is_yaml).collect();
    paths.sort();
    paths.into_iter().map(|path| (path.clone(), fs::read_to_string(path).unwrap())).collect()
}

/// What a `uses:` names, with the comment behind it.
fn used(text: &str) -> Vec<&str> {
    let lines = text.lines().map(|line| line.trim_start().trim_start_matches("- "));
    lines.filter_map(|line| line.strip_prefix("uses:")).map(str::trim).collect()
}

/// Whether an action can only be what was reviewed: a commit with its version, or a file of this repository.
fn is_fixed(used: &str) -> bool {
    let commit = |(commit, version): (&str, &str)| {
        commit.len() == 40 && commit.bytes().all(|b| b.is_ascii_hexdigit()) && version.starts_with('v')
    };
    used.starts_with("./")
        || used.split_once('@').and_then(|(_, rest)| rest.split_once(" # ")).is_some_and(commit)
}

/// The lines of scripts that contain an expression: its value could be code.
fn interpolated(text: &str) -> Vec<&str> {
    let (mut found, mut script) = (Vec::new(), None);
    for line in text.lines() {
        let trimmed = line.trim_start();
        let indentation = line.len() - trimmed.len();
        if script.is_some_and(|outer| !trimmed.is_empty() && indentation <= outer) {
            script = None;
        }
        let key = trimmed.trim_start_matches("- ");
        if key.starts_with("run:") {
            // The script ends before the next key of the same step.
            script = Some(line.len() - key.len());
        }
        if script.is_some() && line.contains("${{") {
            found.push(trimmed);
        }
    }
    found
}

#[test]
fn actions_are_pinned_to_commits() {
    for (path, text) in files() {
        for used in used(&text) {
            assert!(is_fixed(used), "{}: pin `{used}` to a commit, and name its version", path.display());
        }
    }
}

#[test]
fn no_workflow_may_more_than_it_says() {
    for (path, text) in files().into_iter().filter(|(path, _)| !path.ends_with("action.yml")) {
        let path = path.display();
        assert!(text.lines().any(|line| line.starts_with("permissions:")), "{path} has no `permissions:`");
        for risk in ["pull_request_target", "secrets: inherit", "write-all"] {
            let uses_it = text.lines().any(|line| !line.trim_start().starts_with('#') && line.contains(risk));
            assert!(!uses_it, "{path} uses `{risk}`");
        }
    }
}

#[test]
fn no_script_contains_an_expression() {
    for (path, text) in files() {
        assert_eq!(interpolated(&text), [""; 0], "{}: pass it as a variable", path.display());
    }
}

#[test]
fn a_release_needs_the_tests() {
    let text = fs::read_to_string(root().join(".github/workflows/release.yml")).unwrap();
    // The chain of jobs, and that the first one is the whole CI.
    for part in ["uses: ./.github/workflows/ci.yml", "needs: test", "needs: index", "needs: attest"] {
        assert!(text.contains(part), "release.yml lacks `{part}`");
    }
}

#[test]
fn what_is_not_pinned_is_found() {
    let commit = "3d3c42e5aac5ba805825da76410c181273ba90b1";
    assert!(is_fixed(&format!("actions/checkout@{commit} # v7.0.1")));
    for used in ["actions/checkout@v4", "actions/checkout@main # v4", &format!("actions/checkout@{commit}")] {
        assert!(!is_fixed(used), "{used}");
    }
    let text = "steps:\n  - run: |\n      echo ${{ github.ref }}\n    env:\n      A: ${{ github.ref }}\n";
    assert_eq!(interpolated(text), ["echo ${{ github.ref }}"]);
}
