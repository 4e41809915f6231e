//! Findings that someone accepted: `[[accepted]]` of the target file. They are shown folded, and no target counts them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::finding::Finding;
use super::fingerprint::Fingerprint;

/// A finding that need not be fixed, for a reason.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Acceptance {
    /// The fingerprint of the finding, or its first 12 digits or more: `plimsoll findings` shows it.
    pub finding: FingerprintStart,
    /// Why it need not be fixed.
    pub reason: String,
    /// The last day on which it is accepted, as `2026-12-31`; without it, always.
    pub until: Option<Day>,
}

/// A finding that is accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcceptedFinding {
    /// The finding.
    pub finding: Finding,
    /// Why it need not be fixed.
    pub reason: String,
    /// The last day on which it is accepted.
    pub until: Option<Day>,
}

impl AcceptedFinding {
    /// The same of another service.
    pub(super) fn of_service(&self, service: &str) -> Self {
        let finding = Finding { service: service.to_owned(), ..self.finding.clone() };
        Self { finding, ..self.clone() }
    }

    /// Whether both say the same, be it about another service.
    pub(super) fn is_alike(&self, other: &Self) -> bool {
        self.finding.is_alike(&other.finding) && self.reason == other.reason && self.until == other.until
    }
}

impl Acceptance {
    /// The acceptance of a finding, if it is accepted.
    #[must_use]
    pub fn of<'a>(accepted: &'a [Self], finding: &Finding) -> Option<&'a Self> {
        if accepted.is_empty() {
            return None;
        }
        let fingerprint = finding.fingerprint();
        accepted.iter().find(|one| one.finding.begins(fingerprint))
    }
}

/// Takes the accepted findings out of a list.
pub(super) fn take(findings: &mut Vec<Finding>, accepted: &[Acceptance]) -> Vec<AcceptedFinding> {
    let mut taken = Vec::new();
    findings.retain(|finding| match Acceptance::of(accepted, finding) {
        Some(Acceptance { reason, until, .. }) => {
            taken.push(AcceptedFinding { finding: finding.clone(), reason: reason.clone(), until: *until });
            false
        }
        None => true,
    });
    taken
}

/// At least the first 12 digits of a fingerprint.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FingerprintStart(String);

impl FingerprintStart {
    /// Whether a fingerprint begins with it.
    #[must_use]
    pub fn begins(&self, fingerprint: Fingerprint) -> bool {
        fingerprint.to_string().starts_with(&self.0)
    }

    /// The digits, as they are written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for FingerprintStart {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if (Fingerprint::SHORT..=32).contains(&text.len()) && text.bytes().all(is_digit) {
            return Ok(Self(text.to_owned()));
        }
        Err(format!("`{text}` is not a fingerprint: expected 12 to 32 hexadecimal digits in lower case"))
    }
}

impl<'de> Deserialize<'de> for FingerprintStart {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        String::deserialize(input)?.parse().map_err(serde::de::Error::custom)
    }
}

/// A day of the Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day {
    year: u16,
    month: u8,
    day: u8,
}

impl Day {
    /// A day; none if the month has no such day.
    #[must_use]
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let days = match month {
            2 => 28 + u8::from(is_leap),
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => 0,
        };
        (1..=days).contains(&day).then_some(Self { year, month, day })
    }
}

impl FromStr for Day {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts: Vec<&str> = text.split('-').collect();
        let is_number = |part: &&str, digits: usize| {
            part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        let day = match &parts[..] {
            [year, month, day] if is_number(year, 4) && is_number(month, 2) && is_number(day, 2) => {
                (year.parse().ok().zip(month.parse().ok()).zip(day.parse().ok()))
                    .and_then(|((year, month), day)| Self::new(year, month, day))
            }
            _ => None,
        };
        day.ok_or_else(|| format!("`{text}` is not a day such as `2026-12-31`"))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        String::deserialize(input)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The schemas of texts with a form.
#[cfg(feature = "schema")]
mod schema {
    use std::borrow::Cow;

    use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

    use super::{Day, FingerprintStart};

    impl JsonSchema for FingerprintStart {
        fn schema_name() -> Cow<'static, str> {
            "FingerprintStart".into()
        }
        fn inline_schema() -> bool {
            true
        }
        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            json_schema!({ "type": "string", "pattern": "^[0-9a-f]{12,32}$" })
        }
    }

    impl JsonSchema for Day {
        fn schema_name() -> Cow<'static, str> {
            "Day".into()
        }
        fn inline_schema() -> bool {
            true
        }
        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            json_schema!({ "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_exists() {
        for (text, is_day) in [
            ("2026-12-31", true),
            ("2024-02-29", true),
            ("2026-02-29", false),
            ("2026-04-31", false),
            ("2026-13-01", false),
            ("2026-1-1", false),
            ("tomorrow", false),
            ("+026-01-01", false),
        ] {
            assert_eq!(text.parse::<Day>().is_ok(), is_day, "{text}");
        }
        let day: Day = "2026-02-03".parse().unwrap();
        assert_eq!(day.to_string(), "2026-02-03");
        assert!(day < "2026-11-01".parse().unwrap());
    }

    #[test]
    fn a_fingerprint_has_enough_digits() {
        let error = |text: &str| text.parse::<FingerprintStart>().is_err();
        assert!(!error("0123456789ab") && !error(&"f".repeat(32)));
        assert!(error("0123456789a") && error(&"f".repeat(33)) && error("0123456789AB") && error(""));
    }
}
