//! What git knows of the commits that are compared. Without git, or without a repository, nothing is known.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

/// The most ancestors that are looked at for an entry of the history.
const ANCESTORS: &str = "--max-count=200";

/// Runs git, and gives the first line that it prints; none if it fails.
pub(crate) fn line(arguments: &[&str]) -> Option<String> {
    output(arguments)?.lines().next().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty())
}

fn output(arguments: &[&str]) -> Option<String> {
    let output =
        Command::new("git").args(arguments).stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether a text is the ID of a commit: it is an argument of git, and names files.
pub(crate) fn is_commit(text: &str) -> bool {
    (7..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
        // The commit before the first one of a branch.
        && text.bytes().any(|byte| byte != b'0')
}

/// The commit that is checked out.
pub(crate) fn head() -> Option<String> {
    line(&["rev-parse", "HEAD"]).filter(|text| is_commit(text))
}

/// The branch that is checked out.
pub(crate) fn branch() -> Option<String> {
    line(&["symbolic-ref", "--quiet", "--short", "HEAD"])
}

/// The commit where two lines of development part.
pub(crate) fn merge_base(one: &str, other: &str) -> Option<String> {
    line(&["merge-base", "--", one, other]).filter(|text| is_commit(text))
}

/// The branch that changes go into, where nothing else says so: what the remote calls its default, or what is usual.
pub(crate) fn default_branch() -> Option<String> {
    let usual = ["refs/remotes/origin/HEAD", "refs/remotes/origin/main", "refs/remotes/origin/master"];
    let local = ["refs/heads/main", "refs/heads/master"];
    usual.into_iter().chain(local).find_map(|name| line(&["rev-parse", "--verify", "--quiet", name]))
}

/// A commit and those before it on its line, the nearest first. A checkout without history has the one alone.
pub(crate) fn ancestors(commit: &str) -> Vec<String> {
    let listed = output(&["rev-list", "--first-parent", ANCESTORS, commit, "--"]).unwrap_or_default();
    let listed: Vec<String> = listed.lines().map(str::to_owned).filter(|text| is_commit(text)).collect();
    if listed.is_empty() { vec![commit.to_owned()] } else { listed }
}

/// Checks a commit out into a directory that does not exist yet.
pub(crate) fn check_out(commit: &str, directory: &Path) -> bool {
    let directory = directory.to_string_lossy();
    output(&["worktree", "add", "--quiet", "--detach", &directory, commit]).is_some()
}

/// Forgets such a checkout.
pub(crate) fn forget(directory: &Path) {
    let _ = output(&["worktree", "remove", "--force", &directory.to_string_lossy()]);
}

/// When a commit was made, in seconds since 1970; now, where git does not know it.
pub(crate) fn time_of(revision: Option<&str>) -> u64 {
    let of_commit = revision.filter(|text| is_commit(text));
    let of_commit = of_commit.and_then(|text| line(&["show", "--no-patch", "--format=%ct", text, "--"]));
    of_commit
        .and_then(|time| time.parse().ok())
        .unwrap_or_else(|| SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_hexadecimal_names_are_commits() {
        assert!(is_commit("0a1b2c3") && is_commit(&"ab".repeat(20)));
        for wrong in ["", "--all", "main", "0a1b2c", "0A1B2C3D", &"0".repeat(40), "../../x", &"a".repeat(65)]
        {
            assert!(!is_commit(wrong), "{wrong}");
        }
    }
}
