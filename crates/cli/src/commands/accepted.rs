//! Accepted findings of a target file: those whose last day is over, and those that no image has. Both are warnings.

use std::path::{Path, PathBuf};

use plimsoll_analysis::findings::{Acceptance, Day, FingerprintStart};
use plimsoll_analysis::targets::Targets;
use serde_json::Value;

use crate::printer::Printer;

/// The text of a target file, to name lines of it.
#[derive(Debug, Default)]
pub(super) struct Source {
    path: PathBuf,
    text: String,
}

impl Source {
    pub(super) fn new(path: &Path, text: String) -> Self {
        Self { path: path.to_owned(), text }
    }

    /// `plimsoll.toml, line 12`: where an acceptance stands.
    fn place(&self, finding: &FingerprintStart) -> String {
        let names = |line: &str| !line.trim_start().starts_with('#') && line.contains(finding.as_str());
        let line = self.text.lines().position(names);
        let path = self.path.display();
        line.map_or_else(|| format!("`{path}`"), |line| format!("`{path}`, line {}", line + 1))
    }

    /// Warns of acceptances that no finding has.
    pub(super) fn warn_of_unused<'a>(
        &self,
        unused: impl IntoIterator<Item = &'a FingerprintStart>,
        printer: &Printer,
    ) {
        for finding in unused {
            let place = self.place(finding);
            printer.note(&format!(
                "warning: {place}: no finding has the fingerprint `{}`\n  hint: remove the entry if the finding is fixed; \
                 `plimsoll findings` shows fingerprints",
                finding.as_str()
            ));
        }
    }

    /// Takes acceptances out of a document whose last day is before today.
    pub(super) fn drop_ended(&self, targets: &Targets, document: &mut Value, today: Day, printer: &Printer) {
        let has_ended = |one: &Acceptance| one.until.is_some_and(|until| until < today);
        let ended: Vec<bool> = targets.accepted.iter().map(has_ended).collect();
        for acceptance in targets.accepted.iter().filter(|one| has_ended(one)) {
            let place = self.place(&acceptance.finding);
            let until = acceptance.until.map(|day| day.to_string()).unwrap_or_default();
            printer.note(&format!(
                "warning: {place}: the acceptance ended on {until}\n  hint: fix the finding, or extend `until`"
            ));
        }
        if let Some(list) = document.get_mut("accepted").and_then(Value::as_array_mut) {
            let mut ended = ended.into_iter();
            list.retain(|_| !ended.next().unwrap_or(false));
        }
    }
}

/// The day in UTC.
pub(super) fn today() -> Option<Day> {
    let date = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let [year, month, day] = [date.year(), date.month().into(), date.day().into()];
    Day::new(year.try_into().ok()?, month.try_into().ok()?, day.try_into().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_acceptance_has_a_line() {
        let text = "version = 1\n# finding = '0123456789ab'\n[[accepted]]\nfinding = '0123456789ab'\n";
        let source = Source::new(Path::new("plimsoll.toml"), text.to_owned());
        assert_eq!(source.place(&"0123456789ab".parse().unwrap()), "`plimsoll.toml`, line 4");
        assert_eq!(source.place(&"ffffffffffff".parse().unwrap()), "`plimsoll.toml`");
    }

    #[test]
    fn today_is_a_day() {
        assert!(today().unwrap() > Day::new(2025, 1, 1).unwrap());
    }
}
