//! Writes a table, or a part of one, as a Parquet file: whole or not at all.

use std::io;
use std::path::{Path, PathBuf};

use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::basic::{Compression, ZstdLevel};
use datafusion::parquet::errors::ParquetError;
use datafusion::parquet::file::properties::WriterProperties;
use datafusion::parquet::schema::types::ColumnPath;
use tempfile::NamedTempFile;

use super::{Rows, Table};
use crate::error::{Error, Result};
use crate::store;

/// The rows that are kept in memory before they are encoded.
const ROWS: usize = 64 * 1024;

/// A file that is being written, beside its place.
pub(crate) struct Writer {
    out: ArrowWriter<NamedTempFile>,
    rows: Rows,
    path: PathBuf,
}

impl Writer {
    /// Begins a file of a table.
    ///
    /// # Errors
    /// If it cannot be written.
    pub(crate) fn create(table: &Table, path: &Path) -> Result<Self> {
        let file = store::beside(path)?;
        let out = ArrowWriter::try_new(file, table.schema(), Some(properties(table)));
        let out = out.map_err(|error| Error::write(path, io_error(error)))?;
        Ok(Self { out, rows: Rows::new(*table), path: path.to_owned() })
    }

    /// The rows to add to. They are encoded when there are many.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub(crate) fn rows(&mut self) -> Result<&mut Rows> {
        if self.rows.len() >= ROWS {
            self.flush()?;
        }
        Ok(&mut self.rows)
    }

    /// Moves the file to its place.
    ///
    /// # Errors
    /// If it cannot be written. What was there stays.
    pub(crate) fn commit(mut self) -> Result<()> {
        self.flush()?;
        let at = |error| Error::write(&self.path, error);
        let file = self.out.into_inner().map_err(|error| at(io_error(error)))?;
        file.persist(&self.path).map(drop).map_err(|error| at(error.error))
    }

    fn flush(&mut self) -> Result<()> {
        let at = |error| Error::write(&self.path, error);
        let batch = self.rows.take().map_err(|error| at(io::Error::other(error)))?;
        self.out.write(&batch).map_err(|error| at(io_error(error)))
    }
}

/// Writes a file of a table.
///
/// # Errors
/// If it cannot be written. What was there stays.
pub(crate) fn write(table: &Table, path: &Path, fill: impl FnOnce(&mut Writer) -> Result<()>) -> Result<()> {
    let mut writer = Writer::create(table, path)?;
    fill(&mut writer)?;
    writer.commit()
}

fn properties(table: &Table) -> WriterProperties {
    let level = ZstdLevel::try_new(3).unwrap_or_default();
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(level))
        .set_created_by(crate::generator::GENERATOR.to_owned());
    let properties = match table.looked_up {
        Some(column) => {
            let column = ColumnPath::from(column);
            properties
                .set_column_bloom_filter_enabled(column.clone(), true)
                .set_column_bloom_filter_max_ndv(column, 50_000)
        }
        None => properties,
    };
    // A hash is as good as random: a dictionary of such numbers only adds to them.
    properties.set_column_dictionary_enabled(ColumnPath::from("hash"), false).build()
}

/// The error of the file inside of one of the format.
fn io_error(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(inner) => match inner.downcast::<io::Error>() {
            Ok(inner) => *inner,
            Err(other) => io::Error::other(other),
        },
        other => io::Error::other(other),
    }
}
