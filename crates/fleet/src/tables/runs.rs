//! The tables of scans: one file for each run.

use super::writer::write;
use super::{ERRORS, Published, RUNS};
use crate::error::Result;
use crate::store::Store;

/// What came of a scan.
#[derive(Debug, Default)]
pub(crate) struct Scanned {
    pub(crate) published: Published,
    pub(crate) images_judged: usize,
    pub(crate) layers_read: usize,
    pub(crate) layers_known: usize,
    pub(crate) bytes_read: u64,
    pub(crate) failures: Vec<Failure>,
}

/// Something that could not be read. Everything else was.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Failure {
    pub(crate) stage: &'static str,
    pub(crate) unit: String,
    pub(crate) message: String,
}

/// Adds a run, which began and ended at these times.
///
/// # Errors
/// If a table cannot be written.
pub(crate) fn record(
    store: &Store,
    run: &str,
    (started, finished): (&str, &str),
    sources: &[String],
    scanned: &Scanned,
) -> Result<()> {
    let file = format!("{}.parquet", run.replace(':', ""));
    write(&ERRORS, &store.table(ERRORS.name).join(&file), |out| {
        for failure in &scanned.failures {
            out.rows()?.push([
                run.into(),
                failure.stage.into(),
                (&failure.unit).into(),
                (&failure.message).into(),
            ]);
        }
        Ok(())
    })?;
    write(&RUNS, &store.table(RUNS.name).join(&file), |out| {
        out.rows()?.push([
            run.into(),
            started.into(),
            finished.into(),
            crate::generator::GENERATOR.into(),
            (&sources.join(" ")).into(),
            (scanned.published.references as u64).into(),
            (scanned.images_judged as u64).into(),
            (scanned.layers_read as u64).into(),
            (scanned.layers_known as u64).into(),
            scanned.bytes_read.into(),
            (scanned.failures.len() as u64).into(),
        ]);
        Ok(())
    })
}
