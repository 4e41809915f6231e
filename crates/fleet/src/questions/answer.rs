//! The answer to a question, as aligned columns, JSON or CSV.

use datafusion::arrow::array::{Array, RecordBatch};
use datafusion::arrow::datatypes::DataType;
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use serde_json::{Map, Number, Value};

use crate::error::{Error, Result};

/// Rows of values.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Answer {
    columns: Vec<String>,
    rows: Vec<Vec<Value>>,
}

impl Answer {
    /// The rows of batches.
    ///
    /// # Errors
    /// If a value has no text.
    pub(crate) fn of(batches: &[RecordBatch]) -> Result<Self> {
        let mut answer = Self::default();
        let options = FormatOptions::default();
        let failed = |error: datafusion::arrow::error::ArrowError| {
            Error::usage(format!("the answer cannot be shown: {error}"), "cast its columns to text")
        };
        for batch in batches {
            if answer.columns.is_empty() {
                answer.columns = batch.schema().fields().iter().map(|field| field.name().clone()).collect();
            }
            let columns: Vec<_> = (batch.columns().iter())
                .map(|column| Ok((column, ArrayFormatter::try_new(column, &options).map_err(failed)?)))
                .collect::<Result<_>>()?;
            for row in 0..batch.num_rows() {
                let mut values = Vec::with_capacity(columns.len());
                for (column, formatter) in &columns {
                    let is_null = column.is_null(row);
                    let text = formatter.value(row).try_to_string().map_err(failed)?;
                    values.push(if is_null { Value::Null } else { value(column.data_type(), text) });
                }
                answer.rows.push(values);
            }
        }
        Ok(answer)
    }

    /// Aligned columns: numbers to the right.
    pub(crate) fn table(&self) -> String {
        let cells: Vec<Vec<String>> = self.rows.iter().map(|row| row.iter().map(shown).collect()).collect();
        let is_number =
            |column: usize| self.rows.iter().all(|row| row[column].is_number() || row[column].is_null());
        let width = |column: usize| {
            let cells = cells.iter().map(|row| row[column].chars().count());
            cells.chain([self.columns[column].chars().count()]).max().unwrap_or_default()
        };
        let layout: Vec<(usize, bool)> =
            (0..self.columns.len()).map(|column| (width(column), is_number(column))).collect();
        let mut text = String::new();
        for row in std::iter::once(&self.columns).chain(&cells) {
            let mut line = String::new();
            for (cell, (width, is_right)) in row.iter().zip(&layout) {
                let space = " ".repeat(width - cell.chars().count());
                line.push_str(&if *is_right { format!("{space}{cell}") } else { format!("{cell}{space}") });
                line.push_str("  ");
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }

    /// An array of objects.
    pub(crate) fn json(&self) -> String {
        let mut text = String::from("[");
        for (index, row) in self.rows.iter().enumerate() {
            let object: Map<String, Value> = self.columns.iter().cloned().zip(row.iter().cloned()).collect();
            text.push_str(if index == 0 { "\n  " } else { ",\n  " });
            text.push_str(&Value::Object(object).to_string());
        }
        text.push_str(if self.rows.is_empty() { "]\n" } else { "\n]\n" });
        text
    }

    /// Comma-separated values (RFC 4180).
    pub(crate) fn csv(&self) -> String {
        let quoted = |cell: &str| {
            if cell.contains([',', '"', '\n', '\r']) {
                format!("\"{}\"", cell.replace('"', "\"\""))
            } else {
                cell.to_owned()
            }
        };
        let line = |cells: Vec<String>| format!("{}\r\n", cells.join(","));
        let mut text = line(self.columns.iter().map(|name| quoted(name)).collect());
        for row in &self.rows {
            text.push_str(&line(row.iter().map(|value| quoted(&shown(value))).collect()));
        }
        text
    }
}

/// A row, whose values are found by the names of their columns. A value that is missing is nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row<'a> {
    columns: &'a [String],
    values: &'a [Value],
}

impl Answer {
    /// Its rows.
    pub(crate) fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        self.rows.iter().map(|values| Row { columns: &self.columns, values })
    }

    /// Its first row.
    pub(crate) fn first(&self) -> Row<'_> {
        self.rows().next().unwrap_or(Row { columns: &self.columns, values: &[] })
    }
}

impl Row<'_> {
    fn value(&self, column: &str) -> Option<&Value> {
        self.values.get(self.columns.iter().position(|known| known == column)?)
    }

    /// A number that is not negative.
    pub(crate) fn number(&self, column: &str) -> u64 {
        self.value(column).and_then(Value::as_u64).unwrap_or_default()
    }

    pub(crate) fn real(&self, column: &str) -> f64 {
        self.value(column).and_then(Value::as_f64).unwrap_or_default()
    }

    pub(crate) fn text(&self, column: &str) -> String {
        self.value(column).and_then(Value::as_str).unwrap_or_default().to_owned()
    }
}

/// A value of a type, from its text.
fn value(kind: &DataType, text: String) -> Value {
    match kind {
        DataType::Boolean => Value::Bool(text == "true"),
        kind if kind.is_integer() => text.parse::<i64>().map_or(Value::String(text), Value::from),
        kind if kind.is_floating() => {
            let number = text.parse().ok().and_then(Number::from_f64);
            number.map_or(Value::String(text), Value::Number)
        }
        _ => Value::String(text),
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        // What an image calls itself is no control of the terminal.
        Value::String(text) => plimsoll_report::format::one_line(text),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer() -> Answer {
        let row = |name: &str, bytes: Value| vec![Value::String(name.to_owned()), bytes];
        Answer {
            columns: vec!["name".to_owned(), "bytes".to_owned()],
            rows: vec![row("a, \"b\"", 1200.into()), row("c", Value::Null)],
        }
    }

    #[test]
    fn an_answer_has_three_forms() {
        assert_eq!(answer().table(), "name    bytes\na, \"b\"   1200\nc\n");
        assert_eq!(answer().csv(), "name,bytes\r\n\"a, \"\"b\"\"\",1200\r\nc,\r\n");
        let json: Value = serde_json::from_str(&answer().json()).unwrap();
        assert_eq!(json[0]["bytes"], 1200);
        assert_eq!(json[1]["bytes"], Value::Null);
        assert_eq!(Answer::default().json(), "[]\n");
    }
}
