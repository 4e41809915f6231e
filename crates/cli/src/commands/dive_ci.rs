//! `.dive-ci`: the gates of dive, read as targets.

use std::path::Path;

use plimsoll_collect::{DiveRules, read_dive_rules};
use serde_json::{Map, Value, json};

use crate::error::{Error, Result};
use crate::input;

/// The name that dive looks for.
pub(crate) const NAME: &str = ".dive-ci";

/// The largest file: dive knows three rules.
const MAX_BYTES: u64 = 64 << 10;

/// Whether a file is one of dive, by its name.
pub(crate) fn is_of_dive(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(NAME))
}

/// Reads the rules of such a file.
pub(crate) fn rules(path: &Path) -> Result<DiveRules> {
    let bytes = input::read(path, MAX_BYTES).map_err(|error| Error::read(path, error))?;
    let fault = |message: String| Error::Targets { path: path.to_owned(), message };
    let text = String::from_utf8(bytes).map_err(|error| fault(error.to_string()))?;
    read_dive_rules(&text).map_err(fault)
}

/// The same as a document of targets.
pub(crate) fn document(rules: &DiveRules) -> Value {
    let keys: Map<String, Value> =
        targets(rules).into_iter().map(|(key, value)| (key.to_owned(), Value::String(value))).collect();
    json!({ "services": { "*": keys } })
}

/// The rules as keys of a service, with values as a target file writes them.
pub(crate) fn targets(rules: &DiveRules) -> Vec<(&'static str, String)> {
    let percent = |share: f64| {
        let digits = format!("{:.4}", share * 100.0);
        format!("{} %", digits.trim_end_matches('0').trim_end_matches('.'))
    };
    let efficiency = rules.lowest_efficiency.map(|share| ("dive_efficiency", percent(share)));
    let hidden = rules.highest_wasted_bytes.map(|bytes| ("hidden", format!("{} B", bytes.0)));
    let share = rules.highest_wasted_share.map(|share| ("hidden_share", percent(share)));
    [efficiency, hidden, share].into_iter().flatten().collect()
}
