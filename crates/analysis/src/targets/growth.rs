//! How much an image may grow: a share of what it was, or bytes.

use serde::{Deserialize, Deserializer};

use super::values::{Demand, Levels, Percent, Size, Written};

/// How much an image may grow.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Growth {
    /// A share of the size before.
    Share(Levels<Percent>),
    /// Bytes.
    Bytes(Levels<Size>),
}

/// Growth as it is written: a bare number is a share.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Amount {
    Share(Percent),
    Bytes(Size),
}

impl Written for Amount {
    const EXPECTED: &'static str =
        "growth as `5 %`, `10 MB` or `10 MiB`; a bare number is a number of percent";
    fn read(number: f64, unit: &str) -> Option<Self> {
        match Percent::read(number, unit) {
            Some(share) => Some(Self::Share(share)),
            None => Size::read(number, unit).map(Self::Bytes),
        }
    }
}

impl TryFrom<Levels<Amount>> for Growth {
    type Error = &'static str;

    fn try_from(levels: Levels<Amount>) -> Result<Self, Self::Error> {
        let named: Vec<Amount> =
            [levels.minimum, levels.ideal].into_iter().flatten().map(|demand| demand.value).collect();
        let share = |demand: Demand<Amount>| match demand.value {
            Amount::Share(value) => Some(Demand { value, about: demand.about }),
            Amount::Bytes(_) => None,
        };
        let bytes = |demand: Demand<Amount>| match demand.value {
            Amount::Bytes(value) => Some(Demand { value, about: demand.about }),
            Amount::Share(_) => None,
        };
        if named.iter().all(|amount| matches!(amount, Amount::Share(_))) {
            let (minimum, ideal) = (levels.minimum.and_then(share), levels.ideal.and_then(share));
            return Ok(Self::Share(Levels { minimum, ideal }));
        }
        if named.iter().all(|amount| matches!(amount, Amount::Bytes(_))) {
            let (minimum, ideal) = (levels.minimum.and_then(bytes), levels.ideal.and_then(bytes));
            return Ok(Self::Bytes(Levels { minimum, ideal }));
        }
        Err("`minimum` and `ideal` are both shares or both bytes")
    }
}

impl<'de> Deserialize<'de> for Growth {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        Levels::<Amount>::deserialize(input)?.try_into().map_err(serde::de::Error::custom)
    }
}

impl std::str::FromStr for Growth {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Ok(text.parse::<Levels<Amount>>()?.try_into()?)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Growth {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        Amount::EXPECTED.into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Levels::<Amount>::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_is_a_share_or_bytes() {
        let share = |value| {
            Growth::Share(Levels {
                minimum: Some(Demand { value: Percent(value), about: false }),
                ideal: None,
            })
        };
        let bytes = |value, about| {
            Growth::Bytes(Levels { minimum: Some(Demand { value: Size(value), about }), ideal: None })
        };
        for (text, expected) in [
            ("5", Some(share(5.0))),
            ("5 %", Some(share(5.0))),
            ("2.5%", Some(share(2.5))),
            ("10 MB", Some(bytes(1e7, false))),
            ("~10MiB", Some(bytes(10_485_760.0, true))),
            ("0 B", Some(bytes(0.0, false))),
            ("-1 MB", None),
            ("5 s", None),
            ("", None),
        ] {
            assert_eq!(text.parse().ok(), expected, "{text}");
        }
    }

    #[test]
    fn levels_of_two_kinds_are_refused() {
        let read = |text: &str| serde_json::from_str::<Growth>(text).map_err(|error| error.to_string());
        assert!(read(r#"{"minimum": "10 MB", "ideal": "1 MB"}"#).is_ok());
        assert!(
            read(r#"{"minimum": "10 MB", "ideal": "1 %"}"#)
                .unwrap_err()
                .contains("both shares or both bytes")
        );
    }
}
