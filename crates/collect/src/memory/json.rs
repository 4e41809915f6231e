//! What shape a text has, and values out of JSON and YAML.

use plimsoll_snapshot::Order as _;
use plimsoll_snapshot::runtime::Time;
use serde_json::Value;

use super::quota::Quota;
use super::text::Line;
use super::time;

/// What a text is, seen as JSON.
pub(crate) enum Shape {
    Document(Value),
    /// An object or array a line, perhaps with a time in front, perhaps with escape codes.
    Lines,
    /// It begins as a document and is none.
    Broken(String),
    Other,
}

impl Shape {
    pub(crate) fn of(text: &str, quota: &Quota) -> Self {
        let trimmed = text.trim_start();
        let begins_as_json = trimmed.starts_with(['{', '[']) && !trimmed.starts_with("[2");
        let whole = begins_as_json.then(|| quota.value(trimmed));
        if let Some(Ok(value)) = whole {
            return Self::Document(value);
        }
        let mut lines = Lines::default();
        let is_line = |line| matches!(lines.parse(&line, &Quota::new(QUOTA_OF_LINE)), Ok(Some(_)));
        // The first lines may be a prompt, or cut off.
        if super::text::lines(text).take(20).any(is_line) {
            return Self::Lines;
        }
        match whole {
            Some(Err(error)) => Self::Broken(error.to_string()),
            _ => Self::Other,
        }
    }
}

/// What the values of one line may take in memory while it is read, where none of it is kept.
pub(crate) const QUOTA_OF_LINE: usize = 64 << 20;

/// Where an object of a file of lines stands.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct At {
    pub(crate) line: u64,
    /// The time in front of it.
    pub(crate) time: Option<Time>,
    /// Whether a new frame begins with it.
    pub(crate) clears: bool,
}

/// Reads a file of lines.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    /// A time that stood alone in a line holds for those that follow.
    announced: Option<Time>,
}

impl Lines {
    /// What stands in a line, if it is more than a time; or why it cannot be read.
    pub(crate) fn parse(
        &mut self,
        line: &Line<'_>,
        quota: &Quota,
    ) -> Result<Option<(At, Value)>, &'static str> {
        let text = line.text.trim();
        let (time, json) = match text.find('{') {
            // `[2026-11-22 16:38:51] {…}`, or an array.
            _ if text.starts_with('{') => (None, text),
            Some(at) if at > 0 && !text.starts_with("[{") => {
                let (time, rest) = time::split_prefix(text).unzip();
                (time, rest.unwrap_or(text))
            }
            None => match time::parse(text) {
                Some(time) => {
                    self.announced = Some(time);
                    return Ok(None);
                }
                None if text.starts_with('[') => (None, text),
                None => return Err("no JSON"),
            },
            _ => (None, text),
        };
        let value = quota.value(json).map_err(|error| match error.classify() {
            serde_json::error::Category::Eof => "JSON that is cut off",
            _ if quota.is_spent() => "JSON of more values than are kept",
            _ => "no valid JSON",
        })?;
        if !value.is_object() && !value.is_array() {
            return Err("no JSON object");
        }
        Ok(Some((At { line: line.number, time: time.or(self.announced), clears: line.clears }, value)))
    }
}

/// The text of a field that is there and not empty.
pub(crate) fn text<'a>(value: &'a Value, field: &str) -> Option<&'a str> {
    value.get(field)?.as_str().filter(|text| !text.is_empty())
}

/// The same, to keep.
pub(crate) fn owned(value: &Value, field: &str) -> Option<String> {
    text(value, field).map(ToOwned::to_owned)
}

/// A number that is not negative, be it written as text or as a float.
pub(crate) fn number(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64().or_else(|| super::units::whole(number.as_f64()?)),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// The number in a field.
pub(crate) fn field(value: &Value, field: &str) -> Option<u64> {
    number(value.get(field)?)
}

/// The names in front of `=` in a list of variables, sorted. Never what follows.
pub(crate) fn env_names<'a>(list: impl Iterator<Item = &'a str>) -> Vec<String> {
    let name = |entry: &str| entry.split('=').next().unwrap_or_default().trim().to_owned();
    let mut names: Vec<_> = list.map(name).filter(|name| !name.is_empty()).collect();
    names.order();
    names.dedup();
    names
}

/// A command without what looks like a secret.
pub(crate) fn command(arguments: impl Iterator<Item = impl AsRef<str>>) -> Vec<String> {
    /// More arguments are not a command that anybody wrote.
    const MAX: usize = 1000;
    let arguments: Vec<_> = arguments.take(MAX).collect();
    crate::redact::arguments(&arguments)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_keep_no_secrets() {
        let kept =
            command(["serve", "--password", "hunter2", "--token=abc", "-c", "PGPASSWORD=x psql"].iter());
        assert_eq!(kept, ["serve", "--password", "…", "--token=…", "-c", "PGPASSWORD=… psql"]);
        assert_eq!(env_names(["B=1", "A", "=x", "B=2"].into_iter()), ["A", "B"]);
    }
}
