//! Runs the program.

use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;

/// A folder for a fleet and its sources.
pub(crate) struct Place(tempfile::TempDir);

impl Place {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll-fleet"));
        command.current_dir(self.0.path()).env("HOME", self.0.path()).env_remove("DOCKER_CONFIG");
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command().args(arguments).output().unwrap()
    }

    /// Scans sources into `fleet`. Returns the exit code and what it printed.
    pub(crate) fn scan(&self, sources: &[&str]) -> (i32, String) {
        let arguments: Vec<&str> = ["scan"].iter().chain(sources).chain(&["-o", "fleet"]).copied().collect();
        let output = self.run(&arguments);
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    }

    /// Scans what has to work.
    pub(crate) fn scan_all(&self, sources: &[&str]) -> String {
        let (code, said) = self.scan(sources);
        assert_eq!(code, 0, "{said}");
        said
    }

    /// The rows of an answer.
    pub(crate) fn ask(&self, arguments: &[&str]) -> Vec<Value> {
        let arguments: Vec<&str> =
            ["query", "--format", "json", "-i", "fleet"].iter().chain(arguments).copied().collect();
        let output = self.run(&arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{said}");
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// The only value of an answer.
    pub(crate) fn number(&self, sql: &str) -> u64 {
        let rows = self.ask(&[sql]);
        rows[0].as_object().unwrap().values().next().unwrap().as_u64().unwrap()
    }

    /// All rows of all tables that describe images and layers, but for the names of sources and runs.
    pub(crate) fn everything(&self) -> Vec<Vec<Value>> {
        [
            "SELECT reference, digest, chain, image_bytes, stored_bytes, hidden_bytes, saving_bytes FROM images ORDER BY ALL",
            "SELECT * FROM image_layers ORDER BY digest, position",
            "SELECT * FROM layers ORDER BY diff_id",
            "SELECT * FROM packages ORDER BY digest, diff_id, ecosystem, name, version",
            "SELECT * FROM dirs ORDER BY diff_id, path",
            "SELECT p, hash, size, diff_id, files, path FROM contents ORDER BY p, hash, size, diff_id",
            "SELECT * FROM findings ORDER BY digest, rule, saving_bytes, evidence",
            "SELECT * FROM hidden ORDER BY digest, diff_id, by_diff_id, cause",
        ]
        .map(|sql| self.ask(&[&sql.replace("ORDER BY ALL", "ORDER BY reference, digest")]))
        .into()
    }
}
