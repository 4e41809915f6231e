//! A target file: as it is written, and as it is shown.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use plimsoll_analysis::targets::{Targets, document, read};
use plimsoll_collect::memory::{without_credentials, without_secrets};
use plimsoll_collect::without_names;
use serde_json::{Map, Value};

use super::accepted::{Source, today};
use super::dive_ci;
use super::gates::GateArgs;
use crate::error::{Error, Result};
use crate::input;
use crate::printer::Printer;

/// The largest target file: a thousand services with every target take a tenth of it.
const MAX_BYTES: u64 = 4 << 20;

pub(super) struct TargetFile {
    /// As it is written: arguments name its checks so.
    pub(super) written: Targets,
    /// Without secrets, and with `--redact` without names: what is judged and printed.
    pub(super) shown: Targets,
    /// The same as the document that a page carries along.
    pub(super) document: Value,
    /// The text, to name lines of it.
    pub(super) source: Source,
}

impl TargetFile {
    pub(super) fn read(path: &Path, redact: bool, printer: &Printer) -> Result<Self> {
        Self::read_with(Some(path), &GateArgs::default(), redact, printer)
    }

    /// Reads a file, if there is one, and puts gates in the place of what it says.
    pub(super) fn read_with(
        path: Option<&Path>,
        gates: &GateArgs,
        redact: bool,
        printer: &Printer,
    ) -> Result<Self> {
        if redact {
            // The error may quote a line of the file.
            printer.redact();
        }
        let place = path.unwrap_or(Path::new("the gates"));
        let fault =
            |message: String| Error::Targets { path: place.to_owned(), message: without_values(&message) };
        let mut source = Source::default();
        let mut document = match path {
            Some(path) if dive_ci::is_of_dive(path) => dive_ci::document(&dive_ci::rules(path)?),
            Some(path) => {
                let text = text(path)?;
                let document = document(&text).map_err(fault)?;
                source = Source::new(path, text);
                document
            }
            None => Value::Object(Map::new()),
        };
        gates.add_to(&mut document);
        let mut written = read(&document).map_err(fault)?;
        if let Some(today) = today().filter(|_| !written.accepted.is_empty()) {
            source.drop_ended(&written, &mut document, today, printer);
            written = read(&document).map_err(fault)?;
        }
        // A page needs the targets alone, and sources may be places of this machine.
        if let Some(document) = document.as_object_mut() {
            document.remove("ci");
        }
        Words { redact, ..Words::default() }.of(&mut document);
        let shown = read(&document).map_err(fault)?;
        Ok(Self { written, shown, document, source })
    }

    /// The targets that are shown, with how probes ended, by the id of their check as it is written.
    pub(super) fn with_probes(mut self, probes: &BTreeMap<String, i64>) -> (Targets, Source) {
        for (written, shown) in self.written.checks.iter().zip(&mut self.shown.checks) {
            shown.exit_code = probes.get(&written.id).copied().or(shown.exit_code);
        }
        (self.shown, self.source)
    }
}

/// What a parser says. Of the file it shows the lines that are wrong, as `2 | name = value`.
fn without_values(message: &str) -> String {
    let line = |line: &str| match line.split_once(" | ") {
        Some((number, shown)) => format!("{number} | {}", without_secrets(shown)),
        None => line.to_owned(),
    };
    message.lines().map(line).collect::<Vec<_>>().join("\n")
}

fn text(path: &Path) -> Result<String> {
    let failed = |error: std::io::Error| {
        if error.kind() == std::io::ErrorKind::NotFound {
            let message = format!("there is no `{}`", path.display());
            Error::usage(message, "`plimsoll init` writes one, `--targets FILE` names another")
        } else {
            Error::read(path, error)
        }
    };
    let bytes = input::read(path, MAX_BYTES).map_err(failed)?;
    String::from_utf8(bytes).map_err(|error| failed(std::io::Error::other(error)))
}

/// The words of people in a document of targets.
#[derive(Default)]
struct Words {
    redact: bool,
    /// Who attests each check, in the order of the file.
    people: BTreeMap<String, usize>,
    ids: BTreeSet<String>,
    /// The number that the last id of a name was given, where several are alike.
    taken: BTreeMap<String, u64>,
}

impl Words {
    /// Takes out what may not be shown. Names of services and packages are compared with those of the snapshot: they lose
    /// tokens only, as those do.
    fn of(&mut self, document: &mut Value) {
        self.text(document.get_mut("name"));
        for server in items(document.pointer_mut("/cost/sizes")) {
            self.text(server.get_mut("name"));
        }
        let services = document.get_mut("services").and_then(Value::as_object_mut);
        for service in services.into_iter().flat_map(|services| services.values_mut()) {
            for package in items(service.get_mut("packages_not_allowed")) {
                replace(Some(package), without_credentials);
            }
        }
        for acceptance in items(document.get_mut("accepted")) {
            self.text(acceptance.get_mut("reason"));
        }
        for check in items(document.get_mut("checks")) {
            self.check(check);
        }
    }

    fn check(&mut self, check: &mut Value) {
        let person =
            check.pointer("/attested/by").and_then(Value::as_str).unwrap_or_default().trim().to_owned();
        if self.redact && !person.is_empty() {
            let next = self.people.len() + 1;
            let number = *self.people.entry(person.clone()).or_insert(next);
            for place in ["/title", "/attested/by", "/attested/note"] {
                replace(check.pointer_mut(place), |text| text.replace(&person, &format!("person-{number}")));
            }
        }
        for place in ["/id", "/title", "/attested/by", "/attested/on", "/attested/note"] {
            self.text(check.pointer_mut(place));
        }
        // Different ids stay different.
        let id = check.get("id").and_then(Value::as_str).unwrap_or_default().to_owned();
        if !self.ids.insert(id.clone()) {
            // Counting on where the last one of this name ended: many equal ids take no more time than they are.
            let number = self.taken.entry(id.clone()).or_insert(1);
            let other = loop {
                *number += 1;
                let other = format!("{id}-{number}");
                if self.ids.insert(other.clone()) {
                    break other;
                }
            };
            check["id"] = Value::String(other);
        }
    }

    fn text(&self, text: Option<&mut Value>) {
        replace(text, |text| {
            let kept = without_credentials(text);
            if self.redact { without_names(&kept) } else { kept }
        });
    }
}

fn items(list: Option<&mut Value>) -> impl Iterator<Item = &mut Value> {
    list.and_then(Value::as_array_mut).into_iter().flatten()
}

fn replace(text: Option<&mut Value>, by: impl Fn(&str) -> String) {
    if let Some(value) = text
        && let Value::String(text) = value
    {
        *text = by(text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "[[checks]]\nid = 'at https://me:hunter2@a.example/x'\n\
                        title = 'uses ghp_0123456789abcdefghij'\n\
                        attested = { by = 'Ada Lovelace', on = '2025-12-15', passed = true, \
                        note = 'Ada Lovelace asked ada@corp.example, see https://me:hunter2@a.example' }\n\
                        [[checks]]\nid = 'at https://me:hunter3@a.example/x'\ntitle = 'plain words stay'\n";

    fn shown(redact: bool) -> (Value, Targets) {
        let mut document = document(FILE).unwrap();
        Words { redact, ..Words::default() }.of(&mut document);
        let targets = read(&document).unwrap();
        (document, targets)
    }

    #[test]
    fn words_of_people_hold_no_secrets() {
        let (document, targets) = shown(false);
        let text = document.to_string();
        assert!(!text.contains("hunter") && !text.contains("ghp_"), "{text}");
        assert!(text.contains("Ada Lovelace") && text.contains("plain words stay"), "{text}");
        assert_ne!(targets.checks[0].id, targets.checks[1].id);
    }

    #[test]
    fn with_redact_they_hold_no_names() {
        let text = shown(true).0.to_string();
        assert!(!text.contains("Lovelace") && !text.contains("ada@") && !text.contains("hunter"), "{text}");
        assert!(text.contains("person-1 asked") && text.contains("plain words stay"), "{text}");
    }

    #[test]
    fn an_error_shows_no_value_of_a_secret() {
        let error = without_values(&document("[stack]\npassword = 'hunter2'\n").unwrap_err());
        assert!(error.contains("2 | password = '…'") && error.contains("expected one of `size`"), "{error}");
    }

    #[test]
    fn probes_name_checks_as_they_are_written() {
        let written = read(&document(FILE).unwrap()).unwrap();
        let (document, shown) = shown(true);
        let file = TargetFile { written, shown, document, source: Source::default() };
        let probes = BTreeMap::from([("at https://me:hunter3@a.example/x".to_owned(), 7)]);
        let codes: Vec<_> = file.with_probes(&probes).0.checks.iter().map(|check| check.exit_code).collect();
        assert_eq!(codes, [None, Some(7)]);
    }
}
