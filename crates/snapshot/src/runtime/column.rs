//! The values of one metric, packed: a recording of many containers is mostly gaps and small numbers.

use std::fmt;

use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// One value for each frame of a series; a gap is `None`, never zero.
///
/// A column takes no more memory than the text it is read from: a value takes one byte for every seven of its bits, and
/// a run of gaps a few bytes, however long it is.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Column {
    /// A value is the number one above it; a run of gaps is a zero and its length. Numbers are LEB128.
    packed: Vec<u8>,
    /// How many frames `packed` stands for.
    packed_frames: u32,
    /// The gaps at the end, which are not packed yet.
    gaps: u32,
}

impl Column {
    /// Adds the value of the next frame.
    pub fn push(&mut self, value: Option<u64>) {
        let Some(value) = value else { return self.push_gaps(1) };
        if self.gaps > 0 {
            self.packed.push(0);
            write(&mut self.packed, u128::from(self.gaps));
            self.packed_frames = self.packed_frames.saturating_add(self.gaps);
            self.gaps = 0;
        }
        write(&mut self.packed, u128::from(value) + 1);
        self.packed_frames = self.packed_frames.saturating_add(1);
    }

    /// Adds frames without a value.
    pub fn push_gaps(&mut self, count: u32) {
        self.gaps = self.gaps.saturating_add(count);
    }

    /// How many frames it covers.
    #[must_use]
    pub fn len(&self) -> u32 {
        self.packed_frames.saturating_add(self.gaps)
    }

    /// Whether it covers none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The values that are there, each with the number of its frame in the series.
    pub fn values(&self) -> impl Iterator<Item = (u32, u64)> + '_ {
        let (mut rest, mut frame) = (&self.packed[..], 0_u32);
        std::iter::from_fn(move || {
            loop {
                let number = read(&mut rest)?;
                let Some(value) = number.checked_sub(1) else {
                    let gaps = read(&mut rest)?;
                    frame = frame.saturating_add(u32::try_from(gaps).unwrap_or(u32::MAX));
                    continue;
                };
                let at = frame;
                frame = frame.saturating_add(1);
                return Some((at, u64::try_from(value).unwrap_or(u64::MAX)));
            }
        })
    }

    /// One value or gap for each frame.
    pub fn iter(&self) -> impl Iterator<Item = Option<u64>> + '_ {
        let mut values = self.values().peekable();
        (0..self.len()).map(move |frame| values.next_if(|(at, _)| *at == frame).map(|(_, value)| value))
    }
}

/// Writes a number as LEB128. A `u128` has room for the number one above the largest value.
fn write(out: &mut Vec<u8>, mut number: u128) {
    loop {
        let low = (number & 0x7f) as u8;
        number >>= 7;
        if number == 0 {
            return out.push(low);
        }
        out.push(low | 0x80);
    }
}

/// Reads a number that [`write`] wrote; none at the end.
fn read(bytes: &mut &[u8]) -> Option<u128> {
    let (mut number, mut shift) = (0_u128, 0);
    loop {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u128::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
        shift += 7;
    }
}

impl FromIterator<Option<u64>> for Column {
    fn from_iter<I: IntoIterator<Item = Option<u64>>>(values: I) -> Self {
        let mut column = Self::default();
        values.into_iter().for_each(|value| column.push(value));
        column
    }
}

impl From<Vec<Option<u64>>> for Column {
    fn from(values: Vec<Option<u64>>) -> Self {
        values.into_iter().collect()
    }
}

impl fmt::Debug for Column {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_list().entries(self.iter()).finish()
    }
}

impl Serialize for Column {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.collect_seq(self.iter())
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Column {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Column".into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "One value for each frame of a series, null for a gap.",
            "type": "array",
            "items": generator.subschema_for::<Option<u64>>(),
        })
    }
}

impl<'de> Deserialize<'de> for Column {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct Values;

        impl<'de> Visitor<'de> for Values {
            type Value = Column;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a list of values and gaps")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut values: A) -> Result<Column, A::Error> {
                let mut column = Column::default();
                while let Some(value) = values.next_element()? {
                    column.push(value);
                }
                column.packed.shrink_to_fit();
                Ok(column)
            }
        }

        input.deserialize_seq(Values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(values: &[Option<u64>]) -> Column {
        let column = Column::from(values.to_vec());
        assert_eq!(column.iter().collect::<Vec<_>>(), values);
        let present: Vec<_> =
            (0..).zip(values).filter_map(|(frame, value)| Some((frame, (*value)?))).collect();
        assert_eq!(column.values().collect::<Vec<_>>(), present);
        assert_eq!(column.len() as usize, values.len());
        let json = serde_json::to_string(&column).unwrap();
        assert_eq!(json, serde_json::to_string(values).unwrap());
        assert_eq!(serde_json::from_str::<Column>(&json).unwrap(), column);
        column
    }

    #[test]
    fn values_and_gaps_come_back_as_they_were() {
        check(&[]);
        check(&[None]);
        check(&[Some(0), Some(127), Some(128), Some(u64::MAX - 1), Some(u64::MAX)]);
        check(&[None, None, Some(5), None, Some(6), None, None]);
        check(&[vec![None; 300], vec![Some(1)], vec![None; 300]].concat());
    }

    #[test]
    fn a_column_takes_no_more_memory_than_its_text() {
        let small = check(&vec![Some(1); 1000]);
        let gaps = check(&[vec![Some(1)], vec![None; 100_000], vec![Some(1)]].concat());
        assert_eq!((small.packed.len(), gaps.packed.len()), (1000, 6));
    }
}
