//! Between YAML trees and JSON values.

use serde_json::{Map, Number, Value};

use super::budget::{Budget, Spent};
use super::node::Node;
use super::scalar::{Kind, Origin, Scalar};

impl Node {
    /// A document that was read as JSON.
    pub(crate) fn from_json(value: &Value, origin: Origin) -> Self {
        match value {
            Value::String(text) => Self::text(text, origin),
            Value::Array(items) => {
                Self::sequence(items.iter().map(|item| Self::from_json(item, origin)).collect())
            }
            Value::Object(fields) => Self::mapping(
                fields
                    .iter()
                    .map(|(name, value)| (name.as_str().into(), Self::from_json(value, origin)))
                    .collect(),
            ),
            plain => {
                let text = plain.to_string();
                let kind = Kind::of_plain(&text);
                Self::Scalar(Scalar { text: text.into(), kind, origin }.into())
            }
        }
    }

    /// For readers of formats that are JSON as well. Each alias becomes a copy.
    pub(crate) fn to_json(&self, budget: &Budget) -> Result<Value, Spent> {
        budget.pay(1)?;
        Ok(match self {
            Self::Scalar(scalar) => match scalar.kind {
                Kind::Null => Value::Null,
                Kind::Bool(flag) => Value::Bool(flag),
                Kind::Int(whole) => Value::from(whole),
                Kind::Float(float) => Number::from_f64(float).map_or(Value::Null, Value::Number),
                Kind::Text => {
                    budget.pay_text(&scalar.text)?;
                    Value::String(scalar.text.to_string())
                }
            },
            Self::Sequence(sequence) => Value::Array(
                sequence.items.iter().map(|item| item.to_json(budget)).collect::<Result<_, _>>()?,
            ),
            Self::Mapping(mapping) => {
                let fields = mapping.entries.iter().map(|(name, value)| {
                    budget.pay_text(name)?;
                    Ok((name.to_string(), value.to_json(budget)?))
                });
                Value::Object(fields.collect::<Result<Map<_, _>, Spent>>()?)
            }
            Self::Reset => Value::Null,
            Self::Override(inner) => inner.to_json(budget)?,
        })
    }
}
