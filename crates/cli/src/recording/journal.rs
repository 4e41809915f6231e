//! The file that a recording is written to as it goes, and what is made of it in the end.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use plimsoll_collect::memory::{JOURNAL, JournalLine, RuntimeBuilder, Surroundings, read};
use plimsoll_snapshot::{Limit, Runtime, SCHEMA_VERSION, Snapshot};

use crate::error::{Error, Result};
use crate::files;
use crate::input;
use crate::output::Output;

/// A journal that is being written. No other process writes it meanwhile.
pub(crate) struct Journal {
    path: PathBuf,
    file: File,
    /// Lines since the disk was asked to have them.
    unsynced: u32,
}

/// How many lines a loss of power may take. A kill takes none.
const SYNC_EVERY: u32 = 10;

impl Journal {
    /// Where the journal of an output lies: beside it. That of standard output has none.
    fn path_of(output: &Output) -> Option<PathBuf> {
        let Output::File(output) = output else { return None };
        let mut name = output.as_os_str().to_owned();
        name.push(".journal");
        Some(PathBuf::from(name))
    }

    /// Where it lies.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// A journal of no name that anybody could have foreseen, for this user alone.
    fn temporary() -> Result<Self> {
        let directory = std::env::temp_dir();
        let file = tempfile::Builder::new().prefix("plimsoll-").suffix(".journal").tempfile_in(&directory);
        let kept = file.and_then(|file| Ok(file.keep()?));
        let (file, path) = kept.map_err(|error| Error::write(&directory, error))?;
        Ok(Self { path, file, unsynced: 0 })
    }

    /// Begins a journal. One of the same name was left by a recorder that was killed: it is sealed first, and the path
    /// of what it became is given.
    pub(crate) fn create(output: &Output) -> Result<(Self, Option<PathBuf>)> {
        let Some(path) = Self::path_of(output) else { return Ok((Self::temporary()?, None)) };
        let write = |error| Error::write(&path, error);
        // An existing file may be a pipe, which would wait for a reader, or a device, which keeps nothing.
        if path.exists() {
            files::open_regular(&path).map_err(write)?;
        }
        let file = OpenOptions::new().create(true).append(true).read(true).open(&path).map_err(write)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Error::usage(
                    format!("`{}` is being written by another recorder", path.display()),
                    "give another `--output`, or stop that one",
                ));
            }
            // A file system without locks.
            Err(TryLockError::Error(_)) => {}
        }
        let mut recovered = None;
        if file.metadata().map_err(write)?.len() > 0 {
            if !is_journal(&file).map_err(write)? {
                return Err(Error::usage(
                    format!("`{}` exists and is not a recording journal", path.display()),
                    "move it away, or give another `--output`",
                ));
            }
            // The output is the name of the journal without its last part.
            let place = free_place(&path.with_extension(""));
            seal(&path, &Output::File(place.clone()))?;
            file.set_len(0).map_err(write)?;
            recovered = Some(place);
        }
        Ok((Self { path, file, unsynced: 0 }, recovered))
    }

    /// Writes a line, at once.
    pub(crate) fn write(&mut self, line: &JournalLine) -> Result<()> {
        self.append(line).map_err(|error| Error::write(&self.path, error))
    }

    fn append(&mut self, line: &JournalLine) -> io::Result<()> {
        let mut text = serde_json::to_vec(line)?;
        text.push(b'\n');
        self.file.write_all(&text)?;
        self.unsynced += 1;
        if self.unsynced >= SYNC_EVERY {
            self.unsynced = 0;
            self.file.sync_data()?;
        }
        Ok(())
    }

    /// Makes a snapshot of it, and takes it away.
    pub(crate) fn seal(self, output: &Output) -> Result<Runtime> {
        self.file.sync_data().map_err(|error| Error::write(&self.path, error))?;
        let runtime = seal(&self.path, output)?;
        // The snapshot is there: a journal that stays behind is sealed once more, and no harm done.
        let _ = std::fs::remove_file(&self.path);
        Ok(runtime)
    }
}

/// Makes a snapshot of a journal.
pub(crate) fn seal(journal: &Path, output: &Output) -> Result<Runtime> {
    let most = Limit::MemoryBytes.default_value().saturating_mul(JOURNAL);
    let bytes = input::read(journal, most).map_err(|error| Error::read(journal, error))?;
    if !begins_as_journal(&bytes) {
        return Err(Error::usage(
            format!("`{}` is not the journal of a recording", journal.display()),
            "a recorder that was killed leaves `NAME.plimsoll.journal`",
        ));
    }
    // In the snapshot, it goes by the name of what it becomes.
    let name = match output {
        Output::File(path) => path.file_name().unwrap_or(path.as_os_str()).to_string_lossy(),
        Output::Standard => "(standard output)".into(),
    };
    let mut builder = RuntimeBuilder::new();
    builder.add(read(&name, &bytes, &Surroundings::NONE)?);
    let runtime = builder.finish();
    let snapshot = Snapshot {
        schema_version: SCHEMA_VERSION,
        generator: crate::load::GENERATOR.to_owned(),
        runtime: Some(runtime.clone()),
        ..Snapshot::default()
    };
    output.write_snapshot(&snapshot)?;
    Ok(runtime)
}

/// Whether a file begins as a journal does. Whatever else goes by that name is left alone.
fn is_journal(file: &File) -> io::Result<bool> {
    let mut head = Vec::new();
    file.take(BEGIN.len() as u64).read_to_end(&mut head)?;
    Ok(begins_as_journal(&head))
}

const BEGIN: &[u8] = b"{\"journal\":";

fn begins_as_journal(bytes: &[u8]) -> bool {
    // One that was cut off within its first bytes holds nothing.
    BEGIN.starts_with(&bytes[..bytes.len().min(BEGIN.len())])
}

/// `stack-recovered-1.plimsoll` beside `stack.plimsoll`: nothing that is there is written over.
fn free_place(output: &Path) -> PathBuf {
    let stem = output.file_stem().unwrap_or_default().to_string_lossy();
    let extension = output.extension().map(|extension| format!(".{}", extension.to_string_lossy()));
    let name = |number: u32| format!("{stem}-recovered-{number}{}", extension.as_deref().unwrap_or_default());
    let places = (1..).map(|number| output.with_file_name(name(number)));
    places.into_iter().find(|place| !place.exists()).unwrap_or_else(|| output.with_file_name(name(0)))
}
