//! A history in a branch of a git repository that has nothing else: read into a temporary directory, and written as a commit.
//!
//! No work tree and no index of the user is touched. A branch that another build moved meanwhile is read again: files of a
//! history never conflict, since their names follow from their contents.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::ci::git;
use crate::error::{Error, Result};

/// How often a branch is written that others write, too.
const TRIES: usize = 5;
/// The remote that has it, if the repository has one.
const REMOTE: &str = "origin";

/// A branch, read into a directory.
#[derive(Debug)]
pub(crate) struct Branch {
    name: String,
    directory: tempfile::TempDir,
    has_remote: bool,
    /// The commit that was read; none where the branch does not exist yet.
    tip: Option<String>,
}

impl Branch {
    /// Reads a branch.
    pub(crate) fn read(name: &str) -> Result<Self> {
        git_ok(&["check-ref-format", "--branch", name])
            .map_err(|_| Error::usage(format!("`{name}` is not a branch name"), "write `git:BRANCH`"))?;
        git_ok(&["rev-parse", "--git-dir"]).map_err(|_| {
            Error::usage(
                format!("`git:{name}`: this directory is in no git repository"),
                "run it in a checkout, or name a directory for the history",
            )
        })?;
        let directory = tempfile::Builder::new()
            .prefix("plimsoll-history-")
            .tempdir()
            .map_err(|error| Error::write(&std::env::temp_dir(), error))?;
        let has_remote = git_ok(&["remote", "get-url", REMOTE]).is_ok();
        let mut branch = Self { name: name.to_owned(), directory, has_remote, tip: None };
        std::fs::create_dir(branch.files()).map_err(|error| Error::write(branch.directory.path(), error))?;
        branch.fetch()?;
        branch.check_out()?;
        Ok(branch)
    }

    /// The directory with its files.
    pub(crate) fn files(&self) -> std::path::PathBuf {
        self.directory.path().join("files")
    }

    /// Where the tip is kept: the branch itself, or a copy of the one of the remote.
    fn reference(&self) -> String {
        if self.has_remote {
            format!("refs/plimsoll/{}", self.name)
        } else {
            format!("refs/heads/{}", self.name)
        }
    }

    fn fetch(&mut self) -> Result<()> {
        if self.has_remote {
            // Exit code 2 says that there is no such branch; anything else that the remote was not asked.
            let listed = git(
                &["ls-remote", "--exit-code", "--heads", REMOTE, &format!("refs/heads/{}", self.name)],
                &[],
            );
            match listed {
                Ok(_) => {
                    let spec = format!("+refs/heads/{}:{}", self.name, self.reference());
                    self.git(&["fetch", "--quiet", "--no-tags", REMOTE, &spec])?;
                }
                Err(Failed { code: Some(2), .. }) => {
                    self.tip = None;
                    return Ok(());
                }
                // A checkout without a login may have the branch nevertheless: it is as it was then.
                Err(failed) => {
                    let fetched = format!("refs/remotes/{REMOTE}/{}", self.name);
                    let tip = git_ok(&["rev-parse", "--verify", "--quiet", &fetched]);
                    let tip = tip.ok().filter(|text| git::is_commit(text));
                    self.tip = Some(tip.ok_or_else(|| self.failed(&failed))?);
                    return Ok(());
                }
            }
        }
        let tip = git_ok(&["rev-parse", "--verify", "--quiet", &self.reference()]).ok();
        self.tip = tip.filter(|text| git::is_commit(text));
        Ok(())
    }

    fn check_out(&self) -> Result<()> {
        let Some(tip) = &self.tip else { return Ok(()) };
        self.git(&["read-tree", tip])?;
        let prefix = format!("--prefix={}/", self.files().display());
        self.git(&["checkout-index", "--all", "--force", "--quiet", &prefix]).map(drop)
    }

    /// Writes the files as a commit, and pushes it. Whether anything had changed.
    pub(crate) fn publish(&mut self, message: &str, is_pruned: bool) -> Result<bool> {
        for _ in 0..TRIES {
            self.git(&["add", "--all", "--force", "."])?;
            let tree = self.git(&["write-tree"])?;
            if let Some(tip) = &self.tip
                && git_ok(&["rev-parse", &format!("{tip}^{{tree}}")]).is_ok_and(|known| known == tree)
            {
                return Ok(false);
            }
            let mut arguments = vec!["commit-tree", tree.as_str(), "-m", message];
            if let Some(tip) = &self.tip {
                arguments.extend(["-p", tip.as_str()]);
            }
            let commit = self.git(&arguments)?;
            let written = if self.has_remote {
                git(&["push", "--quiet", REMOTE, &format!("{commit}:refs/heads/{}", self.name)], &[])
            } else {
                let none = "0".repeat(40);
                let old = self.tip.as_deref().unwrap_or(&none);
                git(&["update-ref", &self.reference(), &commit, old], &[])
            };
            match written {
                Ok(_) => {
                    self.tip = Some(commit);
                    return Ok(true);
                }
                Err(failed) => {
                    let before = self.tip.clone();
                    self.fetch()?;
                    // Where the branch stands as before, it was not another build that kept us from writing.
                    if self.tip == before {
                        return Err(self.failed(&failed));
                    }
                    if is_pruned {
                        return Err(Error::usage(
                            format!("another build changed `git:{}` meanwhile", self.name),
                            "run the command again",
                        ));
                    }
                    self.check_out()?;
                }
            }
        }
        Err(Error::usage(
            format!("`git:{}` was changed by others {TRIES} times while it was written", self.name),
            "run the command again",
        ))
    }

    /// Runs git on the files and with a separate index.
    fn git(&self, arguments: &[&str]) -> Result<String> {
        let (index, files) = (self.directory.path().join("index"), self.files());
        let variables = [("GIT_INDEX_FILE", index.as_path()), ("GIT_WORK_TREE", files.as_path())];
        git(arguments, &variables).map_err(|failed| self.failed(&failed))
    }

    fn failed(&self, failed: &Failed) -> Error {
        Error::usage(
            format!("`git:{}`: git {} failed: {}", self.name, failed.command, failed.said),
            "the history needs a checkout that may fetch and push the branch (`contents: write`)",
        )
    }
}

/// A git that failed.
struct Failed {
    command: String,
    code: Option<i32>,
    said: String,
}

fn git_ok(arguments: &[&str]) -> std::result::Result<String, Failed> {
    git(arguments, &[])
}

/// The output of git without the line break at its end.
fn git(arguments: &[&str], variables: &[(&str, &Path)]) -> std::result::Result<String, Failed> {
    let failed = |code, said: String| Failed {
        command: arguments.first().copied().unwrap_or_default().to_owned(),
        code,
        said,
    };
    let mut command = Command::new("git");
    // A commit needs an author, also on a machine without one.
    if arguments.first() == Some(&"commit-tree") && git_ok(&["var", "GIT_COMMITTER_IDENT"]).is_err() {
        for role in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{role}_NAME"), "plimsoll");
            command.env(format!("GIT_{role}_EMAIL"), "plimsoll@localhost");
        }
    }
    if let Some((_, files)) = variables.iter().find(|(name, _)| *name == "GIT_WORK_TREE") {
        // With a work tree, git has to be told where the repository is.
        let directory = git_ok(&["rev-parse", "--absolute-git-dir"])?;
        command.env("GIT_DIR", directory).current_dir(files);
    }
    command.args(arguments).envs(variables.iter().copied()).env("GIT_TERMINAL_PROMPT", "0");
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| failed(None, format!("git cannot be run: {error}")))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let said = said.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or("it said nothing");
        return Err(failed(output.status.code(), said.to_owned()));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
