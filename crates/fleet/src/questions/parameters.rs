//! Parameters of questions: `{{name}}` stands for a value that a comment gives and the user may change.

use std::str::FromStr;

use crate::error::{Error, Result};
use crate::version_key::version_key;

/// `NAME=VALUE` as given on the command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Parameter {
    name: String,
    value: String,
}

impl Parameter {
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn value(&self) -> &str {
        &self.value
    }
}

impl FromStr for Parameter {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        match text.split_once('=') {
            Some((name, value)) if !name.is_empty() => {
                Ok(Self { name: name.to_owned(), value: value.to_owned() })
            }
            _ => Err("expected NAME=VALUE".to_owned()),
        }
    }
}

/// A parameter as a question declares it: `-- parameter: NAME = VALUE  ABOUT`, with text in quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Declared<'s> {
    pub(super) name: &'s str,
    pub(super) value: &'s str,
    pub(super) about: &'s str,
}

/// What stands for the key of `version` in `ecosystem`.
const KEY: &str = "{{version_key}}";

/// The parameters of a question.
pub(super) fn of(sql: &str) -> Vec<Declared<'_>> {
    let declared = sql.lines().filter_map(|line| line.strip_prefix("-- parameter: "));
    declared
        .filter_map(|line| {
            let (name, rest) = line.split_once(" = ")?;
            let end = match rest.strip_prefix('\'') {
                Some(text) => text.find('\'')? + 2,
                None => rest.find(' ').unwrap_or(rest.len()),
            };
            Some(Declared { name, value: &rest[..end], about: rest[end..].trim() })
        })
        .collect()
}

/// The question with its values.
///
/// # Errors
/// If it has no such parameter, or a value should be a number.
pub(crate) fn with_parameters(sql: &str, given: &[Parameter]) -> Result<String> {
    let declared = of(sql);
    let mut values: Vec<(&str, String)> =
        declared.iter().map(|one| (one.name, one.value.to_owned())).collect();
    for Parameter { name, value } in given {
        let Some((_, known)) = values.iter_mut().find(|(known, _)| known == name) else {
            let names: Vec<&str> = declared.iter().map(|one| one.name).collect();
            let hint = match &names[..] {
                [] => "the question has no parameters".to_owned(),
                names => format!("the parameters are {}", names.join(", ")),
            };
            return Err(Error::usage(format!("the question has no parameter `{name}`"), hint));
        };
        if known.starts_with('\'') {
            *known = quoted(value);
        } else if value.parse::<f64>().is_ok_and(f64::is_finite) {
            known.clone_from(value);
        } else {
            return Err(Error::usage(
                format!("`{name}` is a number, not `{value}`"),
                format!("write `--set {name}={known}`"),
            ));
        }
    }
    let mut text = sql.to_owned();
    let plain = |name: &str| {
        let value = values.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str());
        value.map(|value| value.trim_matches('\'').replace("''", "'"))
    };
    if let (Some(ecosystem), Some(version)) = (plain("ecosystem"), plain("version")) {
        text = text.replace(KEY, &quoted(&version_key(&ecosystem, &version)));
    }
    // In one pass: a value that looks like a parameter is none.
    let mut written = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, after)) = after.split_once("}}") else { break };
        let value = values.iter().find(|(known, _)| *known == name);
        let (_, value) = value.ok_or_else(|| {
            Error::usage(
                format!("the question does not declare `{name}`"),
                format!("add a line `-- parameter: {name} = VALUE`"),
            )
        })?;
        written.push_str(before);
        written.push_str(value);
        rest = after;
    }
    written.push_str(rest);
    Ok(written)
}

/// Text as SQL has it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SQL: &str = "-- Title.\n-- parameter: name = 'a b'  a name\n-- parameter: limit = 10  rows\n\
        SELECT x FROM t WHERE n = {{name}} LIMIT {{limit}}";

    fn with(given: &[&str]) -> std::result::Result<String, String> {
        let given: Vec<Parameter> = given.iter().map(|one| one.parse().unwrap()).collect();
        let sql = with_parameters(SQL, &given).map_err(|error| error.to_string())?;
        Ok(sql.lines().last().unwrap().to_owned())
    }

    #[test]
    fn values_take_their_places() {
        assert_eq!(with(&[]).unwrap(), "SELECT x FROM t WHERE n = 'a b' LIMIT 10");
        assert_eq!(with(&["name=o'x", "limit=5"]).unwrap(), "SELECT x FROM t WHERE n = 'o''x' LIMIT 5");
        assert_eq!(with(&["name={{limit}}"]).unwrap(), "SELECT x FROM t WHERE n = '{{limit}}' LIMIT 10");
    }

    #[test]
    fn a_value_adds_no_sql() {
        assert_eq!(
            with(&["limit=1; DROP TABLE t"]).unwrap_err(),
            "`limit` is a number, not `1; DROP TABLE t`"
        );
        assert_eq!(with(&["rows=1"]).unwrap_err(), "the question has no parameter `rows`");
        assert!(with(&["name=' OR 1=1 --"]).unwrap().contains("n = ''' OR 1=1 --' LIMIT"));
    }
}
