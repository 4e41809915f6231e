//! JSON values within a bound on memory: `{"a":1}` takes eight bytes of a file, and seven hundred in memory.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Memory that values may still take.
#[derive(Debug)]
pub(crate) struct Quota {
    left: Cell<usize>,
    is_spent: Cell<bool>,
}

/// What a map takes: a node of its tree has room for eleven entries.
const MAP: usize = 640;

impl Quota {
    pub(crate) fn new(bytes: usize) -> Self {
        Self { left: Cell::new(bytes), is_spent: Cell::new(false) }
    }

    /// Reads a value, which pays for all it holds.
    pub(crate) fn value(&self, text: &str) -> serde_json::Result<Value> {
        let mut json = serde_json::Deserializer::from_str(text);
        let value = Tree(self).deserialize(&mut json)?;
        json.end()?;
        Ok(value)
    }

    /// Whether something was refused since there was no room for it.
    pub(crate) fn is_spent(&self) -> bool {
        self.is_spent.get()
    }

    fn pay<E: serde::de::Error>(&self, bytes: usize) -> Result<(), E> {
        match self.left.get().checked_sub(bytes) {
            Some(left) => {
                self.left.set(left);
                Ok(())
            }
            None => {
                self.is_spent.set(true);
                Err(E::custom("more values than are kept"))
            }
        }
    }
}

/// A value that pays.
#[derive(Clone, Copy)]
struct Tree<'a>(&'a Quota);

impl<'de> DeserializeSeed<'de> for Tree<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, input: D) -> Result<Value, D::Error> {
        self.0.pay(size_of::<Value>())?;
        input.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Tree<'_> {
    type Value = Value;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Value, E> {
        self.0.pay(value.len())?;
        Ok(Value::String(value.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(element) = elements.next_element_seed(self)? {
            list.push(element);
        }
        list.shrink_to_fit();
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            // The first entry of a node brings the whole node.
            let node = if map.len().is_multiple_of(6) { MAP } else { 0 };
            self.0.pay::<A::Error>(node + key.len())?;
            map.insert(key, entries.next_value_seed(self)?);
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_those_of_json() {
        for text in [
            "null",
            "true",
            "-5",
            "18446744073709551615",
            "1.5e3",
            "\"a\\u0041\"",
            "[1,[],{}]",
            "{\"b\":{\"c\":[null]},\"a\":\"x\"}",
        ] {
            let value: Value = serde_json::from_str(text).unwrap();
            assert_eq!(Quota::new(1 << 20).value(text).unwrap(), value, "{text}");
        }
        for text in ["", "{", "[1,]", "1 2", "{\"a\":}"] {
            assert!(Quota::new(1 << 20).value(text).is_err(), "{text}");
        }
    }

    #[test]
    fn small_maps_pay_for_what_they_take() {
        let text = format!("[{}]", vec!["{\"a\":1}"; 1000].join(","));
        let quota = Quota::new(600_000);
        assert!(quota.value(&text).is_err() && quota.is_spent());
        assert!(Quota::new(800_000).value(&text).is_ok());
    }
}
