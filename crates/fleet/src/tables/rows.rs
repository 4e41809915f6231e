//! Rows of a table, collected column by column.

use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, BooleanBuilder, Float64Builder, Int64Builder, RecordBatch, StringBuilder,
};
use datafusion::arrow::error::ArrowError;

use super::{Kind, Table};

/// A value of a row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Value<'a> {
    Text(&'a str),
    Number(i64),
    Real(f64),
    Flag(bool),
    None,
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text)
    }
}

impl<'a> From<Option<&'a str>> for Value<'a> {
    fn from(text: Option<&'a str>) -> Self {
        text.map_or(Self::None, Self::Text)
    }
}

impl From<u64> for Value<'_> {
    fn from(number: u64) -> Self {
        Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<bool> for Value<'_> {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

/// Rows that are being collected.
#[derive(Debug)]
pub(crate) struct Rows {
    table: Table,
    columns: Vec<Column>,
    count: usize,
}

#[derive(Debug)]
enum Column {
    Text(StringBuilder),
    Number(Int64Builder),
    Real(Float64Builder),
    Flag(BooleanBuilder),
}

impl Rows {
    /// No rows yet.
    pub(crate) fn new(table: Table) -> Self {
        let column = |&(_, kind): &(&str, Kind)| match kind {
            Kind::Text => Column::Text(StringBuilder::new()),
            Kind::Number => Column::Number(Int64Builder::new()),
            Kind::Real => Column::Real(Float64Builder::new()),
            Kind::Flag => Column::Flag(BooleanBuilder::new()),
        };
        Self { columns: table.columns.iter().map(column).collect(), table, count: 0 }
    }

    /// Adds a row. A value of another kind than its column is none.
    pub(crate) fn push<const N: usize>(&mut self, values: [Value<'_>; N]) {
        assert_eq!(N, self.columns.len(), "a row of `{}` has a value for each column", self.table.name);
        for (column, value) in self.columns.iter_mut().zip(values) {
            match (column, value) {
                (Column::Text(column), Value::Text(text)) => column.append_value(text),
                (Column::Text(column), _) => column.append_null(),
                (Column::Number(column), Value::Number(number)) => column.append_value(number),
                (Column::Number(column), _) => column.append_null(),
                (Column::Real(column), Value::Real(real)) => column.append_value(real),
                (Column::Real(column), _) => column.append_null(),
                (Column::Flag(column), Value::Flag(flag)) => column.append_value(flag),
                (Column::Flag(column), _) => column.append_null(),
            }
        }
        self.count += 1;
    }

    /// How many there are.
    pub(crate) const fn len(&self) -> usize {
        self.count
    }

    /// The rows so far, which are no longer here.
    ///
    /// # Errors
    /// Never, as long as columns and their kinds agree.
    pub(crate) fn take(&mut self) -> Result<RecordBatch, ArrowError> {
        let finished = |column: &mut Column| -> ArrayRef {
            match column {
                Column::Text(column) => Arc::new(column.finish()),
                Column::Number(column) => Arc::new(column.finish()),
                Column::Real(column) => Arc::new(column.finish()),
                Column::Flag(column) => Arc::new(column.finish()),
            }
        };
        self.count = 0;
        RecordBatch::try_new(self.table.schema(), self.columns.iter_mut().map(finished).collect())
    }
}
