//! Results of the rig: one row per build, and the files that keep them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::workspace::root;

/// One build of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Row {
    /// The name of the case.
    pub(crate) case: String,
    /// What was built.
    pub(crate) build: Built,
    /// The rules whose fixes were applied or refused, in the order of their names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) rules: Vec<String>,
    /// The least confidence of the fixes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) confidence: Option<String>,
    /// What came of it.
    pub(crate) outcome: Outcome,
    /// What `findings --since` and `compare` say about the image before and this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) since: Option<Since>,
}

/// What was built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Built {
    /// The case itself.
    Case,
    /// The case a second time, without a change and without the build cache.
    Unchanged,
    /// The fixes of one rule.
    One,
    /// All fixes.
    All,
}

/// What came of a build.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Outcome {
    /// It was applied, built and run. For the unchanged case both figures are 0.
    Works { promised: i64, saved: i64 },
    /// The build or the probe fails with it.
    Fails { step: String, partly: Option<(i64, i64)> },
    /// It is refused, for this reason.
    Refused { reason: String },
    /// The case itself does not work.
    Broken { error: String },
}

/// What the program says about two images.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Since {
    /// The sum of the ledger.
    pub(crate) ledger: i64,
    /// The difference in image size that `compare` shows.
    pub(crate) compared: i64,
    /// What findings are credited with.
    pub(crate) saved: i64,
    /// How many findings are new.
    pub(crate) new: u64,
}

impl Since {
    /// Whether both agree, and an unchanged image has neither a saving nor a new finding.
    pub(crate) const fn is_right(self, built: Built) -> bool {
        let is_unchanged = matches!(built, Built::Unchanged);
        self.ledger == self.compared && (!is_unchanged || self.saved == 0 && self.new == 0)
    }
}

impl Row {
    /// Whether this row speaks against the program.
    pub(crate) fn is_failure(&self) -> bool {
        matches!(self.outcome, Outcome::Fails { .. } | Outcome::Broken { .. })
            || self.since.is_some_and(|since| !since.is_right(self.build))
    }
}

/// The rows of every case, by its name.
pub(crate) type Results = BTreeMap<String, Vec<Row>>;

/// The rows that the documents show: those of the last run of every case.
pub(crate) fn tracked() -> PathBuf {
    root().join("tests/fixes/results.json")
}

pub(crate) fn read(path: &Path) -> Result<Results> {
    match fs::read(path) {
        Ok(text) => {
            Ok(serde_json::from_slice(&text).map_err(|error| format!("`{}`: {error}", path.display()))?)
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Results::new()),
        Err(error) => Err(format!("`{}`: {error}", path.display()).into()),
    }
}

/// Replaces a file, so that a run that is cut off leaves the old one.
pub(crate) fn write(path: &Path, results: &Results) -> Result {
    let new = path.with_extension("new");
    fs::write(&new, serde_json::to_string_pretty(results)? + "\n")?;
    fs::rename(new, path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unchanged_image_saves_nothing() {
        let since = Since { ledger: -5, compared: -5, saved: 5, new: 0 };
        assert!(since.is_right(Built::One));
        assert!(!since.is_right(Built::Unchanged));
        assert!(Since { saved: 0, ..since }.is_right(Built::Unchanged));
        assert!(!Since { saved: 0, new: 1, ..since }.is_right(Built::Unchanged));
        assert!(!Since { compared: -6, ..since }.is_right(Built::One));
    }

    #[test]
    fn the_tracked_rows_can_be_read() {
        let results = read(&tracked()).unwrap();
        let cases = root().join("tests/fixes");
        for (name, rows) in &results {
            assert!(cases.join(name).join("probe").is_file(), "{name} is no case any more");
            assert!(rows.iter().all(|row| row.case == *name), "{name}");
        }
    }
}
