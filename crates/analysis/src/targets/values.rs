//! The values of a target file: sizes, memory, shares, durations, each with a minimum and an ideal level.

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use plimsoll_snapshot::Bytes;
use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::title::{Demanded, Figure, Unit};

/// What a target file can write: a number with a unit, or a bare number.
pub trait Written: Copy {
    /// What is expected, for messages.
    const EXPECTED: &'static str;
    /// From a number and the unit behind it; none if that is no such value.
    fn read(number: f64, unit: &str) -> Option<Self>;
}

/// What can be demanded: a figure with a unit.
pub trait Value: Written + PartialOrd {
    /// Its unit.
    const UNIT: Unit;
    /// The figure in [`Value::UNIT`].
    fn number(self) -> f64;
}

/// The size of an image: decimal units as `GB`, unless they are written as `GiB`. A bare number is bytes.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Size(pub f64);

/// Memory: binary units however they are written, as compose reads them. A bare number is bytes.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct MemorySize(pub f64);

/// A share in percent.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Percent(pub f64);

/// A duration in milliseconds. A bare number is seconds.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Duration(pub f64);

/// An amount of money, in the currency of the target file's author.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Price(pub f64);

/// A plain number.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Count(pub f64);

/// The power of a unit of bytes, and whether it is written as a binary one.
fn byte_unit(unit: &str) -> Option<(i32, bool)> {
    let unit = unit.to_ascii_lowercase();
    let letters = unit.strip_suffix('b').unwrap_or(&unit);
    let (letters, binary) = letters.strip_suffix('i').map_or((letters, false), |letters| (letters, true));
    let power = match letters {
        "" if !binary => 0,
        "k" => 1,
        "m" => 2,
        "g" => 3,
        "t" => 4,
        _ => return None,
    };
    Some((power, binary))
}

impl Written for Size {
    const EXPECTED: &'static str = "a size as `1.5 GB`, `700 MiB` or a number of bytes";
    fn read(number: f64, unit: &str) -> Option<Self> {
        let (power, binary) = byte_unit(unit)?;
        let base = if binary { 1024_f64 } else { 1000_f64 };
        Some(Self(number * base.powi(power)))
    }
}

impl Value for Size {
    const UNIT: Unit = Unit::Size;
    fn number(self) -> f64 {
        self.0
    }
}

impl Written for MemorySize {
    const EXPECTED: &'static str =
        "memory as `512 MB` or `1 GiB` (both binary, as in compose) or a number of bytes";
    fn read(number: f64, unit: &str) -> Option<Self> {
        Some(Self(number * 1024_f64.powi(byte_unit(unit)?.0)))
    }
}

impl Value for MemorySize {
    const UNIT: Unit = Unit::Memory;
    fn number(self) -> f64 {
        self.0
    }
}

impl MemorySize {
    /// The bytes.
    #[must_use]
    pub fn bytes(self) -> Bytes {
        to_bytes(self.0)
    }
}

impl Written for Percent {
    const EXPECTED: &'static str = "a share as `50 %` or a number of percent, and `0.5 %` for less than one";
    fn read(number: f64, unit: &str) -> Option<Self> {
        // `0.95` may be a ratio.
        let is_clear = unit == "%" || unit.is_empty() && !(number.abs() > 0.0 && number.abs() < 1.0);
        is_clear.then_some(Self(number))
    }
}

impl Value for Percent {
    const UNIT: Unit = Unit::Percent;
    fn number(self) -> f64 {
        self.0
    }
}

impl Written for Duration {
    const EXPECTED: &'static str = "a duration as `90 s`, `2 min` or a number of seconds";
    fn read(number: f64, unit: &str) -> Option<Self> {
        let factor = match unit {
            "ms" => 1.0,
            "" | "s" => 1000.0,
            "m" | "min" => 60_000.0,
            "h" => 3_600_000.0,
            _ => return None,
        };
        Some(Self(number * factor))
    }
}

impl Value for Duration {
    const UNIT: Unit = Unit::Duration;
    fn number(self) -> f64 {
        self.0
    }
}

impl Written for Price {
    const EXPECTED: &'static str = "a number";
    fn read(number: f64, unit: &str) -> Option<Self> {
        unit.is_empty().then_some(Self(number))
    }
}

impl Value for Price {
    const UNIT: Unit = Unit::Price;
    fn number(self) -> f64 {
        self.0
    }
}

impl Written for Count {
    const EXPECTED: &'static str = "a whole number";
    fn read(number: f64, unit: &str) -> Option<Self> {
        (unit.is_empty() && number.fract() == 0.0).then_some(Self(number))
    }
}

impl Value for Count {
    const UNIT: Unit = Unit::Count;
    fn number(self) -> f64 {
        self.0
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast saturates")]
fn to_bytes(number: f64) -> Bytes {
    Bytes(number.round() as u64)
}

/// What is demanded. `~` before a value makes it about so much: five percent either way are as good.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Demand<T> {
    /// The value.
    pub value: T,
    /// Whether it is only about so much.
    pub about: bool,
}

impl<T: Written> Demand<T> {
    /// What `~` allows, as a share.
    pub const TOLERANCE: f64 = 0.05;

    fn parse(text: &str) -> Option<Self> {
        let trimmed = text.trim();
        let rest = trimmed.strip_prefix('~').map(str::trim_start);
        let (text, about) = (rest.unwrap_or(trimmed), rest.is_some());
        let split = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let (number, unit) = text.split_at(split);
        let number: f64 = number.parse().ok()?;
        Some(Self { value: T::read(number, unit.trim())?, about })
    }
}

impl<T: Value> Demand<T> {
    /// The demand without its type.
    #[must_use]
    pub fn demanded(&self) -> Demanded {
        Demanded { figure: Figure { value: self.value.number(), unit: T::UNIT }, about: self.about }
    }
}

impl<'de, T: Written> Deserialize<'de> for Demand<T> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct Of<T>(PhantomData<T>);
        impl<T: Written> Visitor<'_> for Of<T> {
            type Value = Demand<T>;
            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str(T::EXPECTED)
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
                Demand::parse(text).ok_or_else(|| E::custom(format!("`{text}` is not {}", T::EXPECTED)))
            }
            fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Self::Value, E> {
                #[expect(clippy::cast_precision_loss, reason = "nobody demands more digits")]
                self.visit_f64(number as f64)
            }
            fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Self::Value, E> {
                #[expect(clippy::cast_precision_loss, reason = "nobody demands more digits")]
                self.visit_f64(number as f64)
            }
            fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Self::Value, E> {
                let value = (number.is_finite() && number >= 0.0).then(|| T::read(number, "")).flatten();
                let value = value.ok_or_else(|| E::custom(format!("`{number}` is not {}", T::EXPECTED)))?;
                Ok(Demand { value, about: false })
            }
        }
        input.deserialize_any(Of(PhantomData))
    }
}

/// What is demanded at the least, and what would be ideal. A value alone is the minimum.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Levels<T> {
    /// Missing it fails the check.
    pub minimum: Option<Demand<T>>,
    /// Missing it does not.
    pub ideal: Option<Demand<T>>,
}

impl<'de, T: Written> Deserialize<'de> for Levels<T> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct Of<T>(PhantomData<T>);
        impl<'de, T: Written> Visitor<'de> for Of<T> {
            type Value = Levels<T>;
            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(out, "{}, or `{{ minimum = …, ideal = … }}`", T::EXPECTED)
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
                let minimum = Demand::deserialize(StrDeserializer::new(text))?;
                Ok(Levels { minimum: Some(minimum), ideal: None })
            }
            fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<Self::Value, E> {
                #[expect(clippy::cast_precision_loss, reason = "nobody demands more digits")]
                self.visit_f64(number as f64)
            }
            fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Self::Value, E> {
                #[expect(clippy::cast_precision_loss, reason = "nobody demands more digits")]
                self.visit_f64(number as f64)
            }
            fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Self::Value, E> {
                let minimum = Demand::deserialize(serde::de::value::F64Deserializer::new(number))?;
                Ok(Levels { minimum: Some(minimum), ideal: None })
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                let table = Table::<T>::deserialize(MapAccessDeserializer::new(map))?;
                if table.minimum.is_none() && table.ideal.is_none() {
                    return Err(A::Error::custom("neither `minimum` nor `ideal` is given"));
                }
                Ok(Levels { minimum: table.minimum, ideal: table.ideal })
            }
        }
        input.deserialize_any(Of(PhantomData))
    }
}

impl<T: Written> FromStr for Levels<T> {
    type Err = String;

    /// The minimum alone, as a flag writes it.
    fn from_str(text: &str) -> Result<Self, String> {
        let minimum = Demand::parse(text).ok_or_else(|| format!("`{text}` is not {}", T::EXPECTED))?;
        Ok(Self { minimum: Some(minimum), ideal: None })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, bound = "T: Written")]
struct Table<T> {
    minimum: Option<Demand<T>>,
    ideal: Option<Demand<T>>,
}

/// The schema of each value, for `docs/plimsoll.schema.json`.
#[cfg(feature = "schema")]
mod schema {
    use std::borrow::Cow;

    use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

    use super::{Demand, Levels, Written};

    impl<T: Written> JsonSchema for Demand<T> {
        fn schema_name() -> Cow<'static, str> {
            T::EXPECTED.into()
        }
        fn inline_schema() -> bool {
            true
        }
        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            json_schema!({ "description": T::EXPECTED, "type": ["string", "number"] })
        }
    }

    impl<T: Written> JsonSchema for Levels<T> {
        fn schema_name() -> Cow<'static, str> {
            T::EXPECTED.into()
        }
        fn inline_schema() -> bool {
            true
        }
        fn json_schema(generator: &mut SchemaGenerator) -> Schema {
            let value = Demand::<T>::json_schema(generator);
            json_schema!({
                "description": format!("{}; the minimum, or both levels", T::EXPECTED),
                "anyOf": [
                    value,
                    {
                        "type": "object",
                        "properties": { "minimum": value, "ideal": value },
                        "minProperties": 1,
                        "additionalProperties": false,
                    },
                ],
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<T: Value>(text: &str, expected: Option<f64>) {
        let value = Demand::<T>::parse(text).map(|demand| demand.value.number());
        assert_eq!(value, expected, "{text}");
    }

    #[test]
    fn images_are_decimal_and_memory_is_binary() {
        check::<Size>("1.5 GB", Some(1.5e9));
        check::<Size>("1GiB", Some(1_073_741_824.0));
        check::<Size>("~3.2GB", Some(3.2e9));
        check::<Size>("12", Some(12.0));
        check::<MemorySize>("1 GB", Some(1_073_741_824.0));
        check::<MemorySize>("768m", Some(805_306_368.0));
        check::<MemorySize>("512 MiB", Some(536_870_912.0));
        for wrong in ["", "GB", "1.5.2 GB", "1 XB", "-1 GB", "1 iB", "nan", "inf"] {
            check::<Size>(wrong, None);
        }
    }

    #[test]
    fn shares_and_durations() {
        check::<Percent>("50 %", Some(50.0));
        check::<Percent>("50 s", None);
        check::<Percent>("0.95", None);
        check::<Percent>("0.95 %", Some(0.95));
        check::<Percent>("0", Some(0.0));
        check::<Duration>("2 min", Some(120_000.0));
        check::<Duration>("90s", Some(90_000.0));
        check::<Duration>("5 weeks", None);
    }
}
