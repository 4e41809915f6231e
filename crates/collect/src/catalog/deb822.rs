//! Takes deb822 apart, the format of dpkg, opkg and R (deb822(5), "Debian control files").

use std::borrow::Cow;

use plimsoll_snapshot::{MetadataFault, MetadataProblem};

/// A stanza: the fields of one package that are kept.
pub(super) struct Stanza<'a> {
    /// The line it begins at, counted from 1.
    pub(super) line: usize,
    names: &'static [&'static str],
    fields: Vec<Option<Cow<'a, str>>>,
}

impl Stanza<'_> {
    /// A field, with the lines it goes on in.
    pub(super) fn get(&self, field: &str) -> Option<&str> {
        let index = self.names.iter().position(|name| *name == field)?;
        self.fields[index].as_deref()
    }

    /// The first word of a field.
    pub(super) fn word(&self, field: &str) -> Option<&str> {
        self.get(field)?.split_ascii_whitespace().next()
    }
}

/// What is wrong with a stanza.
pub(super) struct Malformed {
    pub(super) line: usize,
    pub(super) problem: MetadataProblem,
}

impl From<Malformed> for MetadataFault {
    fn from(Malformed { line, problem }: Malformed) -> Self {
        Self::from(problem).on_line(line)
    }
}

/// The stanzas of a text. Of a damaged one the place of the damage is given, and nothing else.
pub(super) struct Stanzas<'a> {
    lines: std::iter::Enumerate<std::str::Lines<'a>>,
    names: &'static [&'static str],
}

impl<'a> Stanzas<'a> {
    /// Only the named fields are kept: descriptions and the like are not.
    pub(super) fn of(text: &'a str, names: &'static [&'static str]) -> Self {
        Self { lines: text.lines().enumerate(), names }
    }
}

impl<'a> Iterator for Stanzas<'a> {
    type Item = Result<Stanza<'a>, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        let names = self.names;
        let mut stanza: Option<Stanza<'a>> = None;
        let mut malformed = None;
        // The field that a line which begins with a space goes on with; fields that are not kept are none.
        let mut current = None;
        for (index, line) in self.lines.by_ref() {
            let line_number = index + 1;
            if line.trim_ascii().is_empty() {
                if stanza.is_some() || malformed.is_some() {
                    break;
                }
                continue;
            }
            if line.starts_with('#') {
                continue;
            }
            if line.starts_with([' ', '\t']) {
                match (&mut stanza, current) {
                    (Some(stanza), Some(field)) => {
                        let value: &mut Option<Cow<'_, str>> = &mut stanza.fields[field];
                        let value = value.get_or_insert_default().to_mut();
                        value.push('\n');
                        value.push_str(line.trim_ascii());
                    }
                    (Some(_), None) => {}
                    (None, _) => {
                        let problem = MetadataProblem::NoFieldToContinue;
                        malformed.get_or_insert(Malformed { line: line_number, problem });
                    }
                }
                continue;
            }
            let stanza = stanza.get_or_insert_with(|| Stanza {
                line: line_number,
                names,
                fields: vec![None; names.len()],
            });
            let Some((name, value)) = line.split_once(':') else {
                malformed.get_or_insert(Malformed { line: line_number, problem: MetadataProblem::NotAField });
                current = None;
                continue;
            };
            current = names.iter().position(|field| field.eq_ignore_ascii_case(name));
            if let Some(field) = current {
                stanza.fields[field] = Some(Cow::Borrowed(value.trim_ascii()));
            }
        }
        match (stanza, malformed) {
            (_, Some(malformed)) => Some(Err(malformed)),
            (stanza, None) => stanza.map(Ok),
        }
    }
}
