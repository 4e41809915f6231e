//! The query engine over the tables of a store.

use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::DataType;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl};
use datafusion::error::DataFusionError;
use datafusion::execution::runtime_env::RuntimeEnvBuilder;
use datafusion::prelude::{SessionConfig, SessionContext};

use crate::error::{Error, Result};
use crate::store::Store;
use crate::tables::{TABLES, Table};

/// The memory of one query, in bytes. What needs more is written to temporary files.
const MEMORY: usize = 1 << 30;

/// Tables that can be asked.
pub(crate) struct Engine {
    context: SessionContext,
    runtime: tokio::runtime::Runtime,
}

impl Engine {
    /// The tables of a store.
    ///
    /// # Errors
    /// If they cannot be opened.
    pub(crate) fn open(store: &Store) -> Result<Self> {
        let failed = |error: DataFusionError| unusable(store.root(), &error);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .build()
            .map_err(|error| Error::read(store.root(), error))?;
        let memory = RuntimeEnvBuilder::new().with_memory_limit(MEMORY, 1.0).build_arc().map_err(failed)?;
        let config = SessionConfig::new().with_information_schema(true);
        let context = SessionContext::new_with_config_rt(config, memory);
        for table in TABLES {
            let provider = listing(store, &table).map_err(failed)?;
            context.register_table(table.name, Arc::new(provider)).map_err(failed)?;
        }
        Ok(Self { context, runtime })
    }

    /// The rows of a query.
    ///
    /// # Errors
    /// If the query is wrong, or a table cannot be read.
    pub(crate) fn rows(&self, sql: &str) -> Result<Vec<RecordBatch>> {
        let asked = self.runtime.block_on(async { self.context.sql(sql).await?.collect().await });
        asked.map_err(|error| {
            Error::usage(
                format!("the query failed: {}", error.strip_backtrace()),
                "`plimsoll-fleet query --list` lists the questions; docs/fleet.md describes the tables",
            )
        })
    }
}

fn listing(store: &Store, table: &Table) -> datafusion::error::Result<ListingTable> {
    let folder = std::path::absolute(store.table(table.name))?;
    let url = url::Url::from_directory_path(&folder)
        .map_err(|()| DataFusionError::Execution(format!("`{}` is no absolute path", folder.display())))?;
    let partition: Vec<(String, DataType)> =
        table.partition.iter().map(|name| ((*name).to_owned(), DataType::Utf8)).collect();
    let options = ListingOptions::new(Arc::new(ParquetFormat::default()))
        .with_file_extension(".parquet")
        .with_table_partition_cols(partition);
    let config = ListingTableConfig::new(ListingTableUrl::parse(url.as_str())?)
        .with_listing_options(options)
        .with_schema(table.schema());
    ListingTable::try_new(config)
}

fn unusable(root: &Path, error: &DataFusionError) -> Error {
    Error::usage(
        format!("the tables in `{}` cannot be opened: {}", root.display(), error.strip_backtrace()),
        "scan again: the tables are rebuilt from the stored facts",
    )
}
