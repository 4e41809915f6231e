//! The tables of layers grow by batches: each has the layers that no batch before has.
//!
//! The file of the table `layers` is the last one of a batch that gets its place. Files of other tables without it are what
//! an interrupted run left behind: they are removed before the next batch is written, so no layer is counted twice.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use datafusion::arrow::array::StringArray;
use datafusion::parquet::arrow::ProjectionMask;
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use plimsoll_snapshot::{Contents, DiffId, Node, path};

use super::roll_up::{Content, contents_of, depth, directories};
use super::{CONTENTS, DIRS, LAYERS, Table, Value, writer};
use crate::error::{Error, Result};
use crate::input;
use crate::store::{Locked, Store};

/// The contents that are kept in memory before a part of a batch is written.
const ROWS: usize = 4_000_000;

/// Adds layers to the tables, those that are not there yet. Returns those that could not be read.
///
/// # Errors
/// If a table cannot be read or written.
pub(super) fn add(store: &Store, locked: &Locked, wanted: &BTreeSet<String>) -> Result<Vec<String>> {
    let complete = files(&store.table(LAYERS.name))?;
    let mut known = BTreeSet::new();
    for file in &complete {
        known.extend(layers_in(file).map_err(|error| Error::read(file, error))?);
    }
    let number = complete.iter().filter_map(|file| batch_of(file)).max().map_or(1, |last| last + 1);
    remove_leftovers(store, locked, number)?;
    let new: Vec<&String> = wanted.difference(&known).collect();
    if new.is_empty() {
        return Ok(Vec::new());
    }
    let mut batch = Batch { store, number, part: 0, contents: Vec::new(), layers: Vec::new() };
    let mut lost = Vec::new();
    let mut dirs = Vec::new();
    for layer in new {
        let read =
            plimsoll_snapshot::Digest::parse(layer).ok().and_then(|digest| store.layer(&DiffId::new(digest)));
        let Some(contents) = read else {
            lost.push(layer.clone());
            continue;
        };
        batch.add(layer, &contents);
        dirs.push((layer.as_str(), rolled_up(&contents)));
        if batch.contents.len() >= ROWS {
            batch.flush(&mut dirs)?;
        }
    }
    batch.flush(&mut dirs)?;
    batch.finish()?;
    Ok(lost)
}

type RolledUp = Vec<(String, u64, u64, u64)>;

fn rolled_up(contents: &Contents) -> RolledUp {
    let all = directories(contents).into_iter();
    all.map(|(directory, below)| {
        (path::escape(directory).into_owned(), depth(directory) as u64, below.files, below.bytes)
    })
    .collect()
}

struct Batch<'a> {
    store: &'a Store,
    number: u32,
    part: u32,
    /// With the index of the layer.
    contents: Vec<(Content, usize)>,
    layers: Vec<(String, [u64; 6])>,
}

impl Batch<'_> {
    fn add(&mut self, layer: &str, contents: &Contents) {
        let index = self.layers.len();
        self.contents.extend(contents_of(contents).into_iter().map(|content| (content, index)));
        let (mut bytes, mut files, mut directories, mut links) = (0, 0, 0, 0);
        for entry in contents.entries.iter() {
            match entry.node {
                Node::File { size, .. } => {
                    bytes += size.0;
                    files += 1;
                }
                Node::Directory => directories += 1,
                Node::Symlink { .. } | Node::Hardlink { .. } => links += 1,
                _ => {}
            }
        }
        let whiteouts = (contents.whiteouts.len() + contents.opaque.len()) as u64;
        let counts = [contents.tar_bytes.0, bytes, files, directories, links, whiteouts];
        self.layers.push((layer.to_owned(), counts));
    }

    /// Writes the contents and directories so far as a part.
    fn flush(&mut self, dirs: &mut Vec<(&str, RolledUp)>) -> Result<()> {
        self.part += 1;
        let name = format!("{:06}-{:04}.parquet", self.number, self.part);
        self.contents.sort_unstable();
        let mut parts: BTreeMap<u8, Vec<(Content, usize)>> = BTreeMap::new();
        for row in self.contents.drain(..) {
            parts.entry(row.0.hash.to_be_bytes()[0]).or_default().push(row);
        }
        for (first, rows) in parts {
            let place = self.store.table(CONTENTS.name).join(format!("p={first:02x}")).join(&name);
            writer::write(&CONTENTS, &place, |out| {
                for (content, layer) in &rows {
                    out.rows()?.push([
                        // The same 64 bits: not every engine has unsigned numbers.
                        Value::Number(i64::from_be_bytes(content.hash.to_be_bytes())),
                        content.size.into(),
                        (&self.layers[*layer].0).into(),
                        content.files.into(),
                        content.path.as_deref().into(),
                    ]);
                }
                Ok(())
            })?;
        }
        let rows = std::mem::take(dirs);
        writer::write(&DIRS, &self.store.table(DIRS.name).join(&name), |out| {
            for (layer, directories) in &rows {
                for (path, depth, files, bytes) in directories {
                    out.rows()?.push([
                        (*layer).into(),
                        path.into(),
                        (*depth).into(),
                        (*files).into(),
                        (*bytes).into(),
                    ]);
                }
            }
            Ok(())
        })
    }

    /// Writes the layers: now the batch counts.
    fn finish(self) -> Result<()> {
        let place = self.store.table(LAYERS.name).join(format!("{:06}.parquet", self.number));
        writer::write(&LAYERS, &place, |out| {
            for (layer, [tar, bytes, files, directories, links, whiteouts]) in &self.layers {
                out.rows()?.push([
                    layer.into(),
                    (*tar).into(),
                    (*bytes).into(),
                    (*files).into(),
                    (*directories).into(),
                    (*links).into(),
                    (*whiteouts).into(),
                ]);
            }
            Ok(())
        })
    }
}

/// The number of the batch that a file belongs to.
fn batch_of(file: &Path) -> Option<u32> {
    file.file_stem()?.to_str()?.split('-').next()?.parse().ok()
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let all = input::children(folder).map_err(|error| Error::read(folder, error))?;
    Ok(all.into_iter().filter(|file| file.extension().is_some_and(|one| one == "parquet")).collect())
}

fn remove_leftovers(store: &Store, _: &Locked, next: u32) -> Result<()> {
    let remove = |file: &Path| std::fs::remove_file(file).map_err(|error| Error::write(file, error));
    let leftovers = |table: Table| -> Result<Vec<PathBuf>> {
        let folder = store.table(table.name);
        let mut folders = vec![folder.clone()];
        if table.partition.is_some() {
            folders.extend(input::children(&folder).map_err(|error| Error::read(&folder, error))?);
        }
        let mut all = Vec::new();
        for folder in folders {
            all.extend(files(&folder)?);
        }
        Ok(all)
    };
    for table in [CONTENTS, DIRS] {
        for file in leftovers(table)?.iter().filter(|file| batch_of(file).is_some_and(|batch| batch >= next))
        {
            remove(file)?;
        }
    }
    Ok(())
}

/// The layers of a file of the table `layers`.
fn layers_in(file: &Path) -> io::Result<Vec<String>> {
    let builder =
        ParquetRecordBatchReaderBuilder::try_new(input::regular(file)?).map_err(io::Error::other)?;
    let only = ProjectionMask::columns(builder.parquet_schema(), ["diff_id"]);
    let mut layers = Vec::new();
    for batch in builder.with_projection(only).build().map_err(io::Error::other)? {
        let batch = batch.map_err(io::Error::other)?;
        let column = batch.column(0).as_any().downcast_ref::<StringArray>();
        let column = column.ok_or_else(|| io::Error::other("`diff_id` is not text"))?;
        layers.extend(column.iter().flatten().map(str::to_owned));
    }
    Ok(layers)
}
