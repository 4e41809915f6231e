//! Runs the program in an empty home directory, without credentials.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

pub(crate) struct Program {
    pub(crate) home: TempDir,
    variables: Vec<(String, String)>,
}

impl Program {
    pub(crate) fn new() -> Self {
        Self { home: tempfile::tempdir().unwrap(), variables: Vec::new() }
    }

    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Writes Docker's config.json.
    pub(crate) fn docker_config(self, config: &Value) -> Self {
        fs::create_dir(self.home.path().join(".docker")).unwrap();
        fs::write(self.home.path().join(".docker/config.json"), config.to_string()).unwrap();
        self
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
        command.args(arguments).current_dir(self.home.path()).env_clear().env("HOME", self.home.path());
        command.env("PATH", self.home.path());
        // A program that is built to say which of its lines ran says so where it was told to, and not in its home.
        command.envs(std::env::vars_os().filter(|(name, _)| name == "LLVM_PROFILE_FILE"));
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.output().unwrap()
    }

    /// What `inspect --format json` says of an image.
    pub(crate) fn inspect(&self, source: &str) -> Value {
        let output = self.run(&["inspect", "--format", "json", source]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// What standard error says when an image cannot be read: nothing else may come of it.
    pub(crate) fn failure(&self, arguments: &[&str]) -> String {
        let file = self.home.path().join("out.json");
        let mut all = vec!["snapshot", "--output", file.to_str().unwrap()];
        all.extend(arguments);
        let output = self.run(&all);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{stderr}");
        assert!(output.stdout.is_empty());
        assert!(stderr.contains("error: "), "{stderr}");
        assert!(!file.exists());
        assert!(leftovers(self.home.path()).is_empty());
        stderr
    }
}

fn leftovers(directory: &Path) -> Vec<String> {
    let names =
        fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.starts_with(".plimsoll")).collect()
}
