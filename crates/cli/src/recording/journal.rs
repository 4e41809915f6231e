//! The file that a recording is written to as it goes, and what is made of it in the end.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use plimsoll_collect::memory::{JOURNAL, JournalLine, MAX_BYTES, RuntimeBuilder, Surroundings, read};
use plimsoll_snapshot::{Runtime, SCHEMA_VERSION, Snapshot};

use crate::error::{Error, Result};
use crate::{files, output};

/// A journal that is being written. Nobody else writes it meanwhile.
pub(crate) struct Journal {
    path: PathBuf,
    file: File,
    /// Lines since the disk was asked to have them.
    unsynced: u32,
}

/// How many lines a loss of power may take. A kill takes none.
const SYNC_EVERY: u32 = 10;

impl Journal {
    /// Where the journal of an output lies: beside it.
    pub(crate) fn path_of(output: &Path) -> PathBuf {
        let mut name = output.as_os_str().to_owned();
        name.push(".journal");
        PathBuf::from(name)
    }

    /// Begins a journal. One of the same name was left by a recorder that was killed: it is sealed first, and the path
    /// of what it became is given.
    pub(crate) fn create(output: &Path) -> Result<(Self, Option<PathBuf>)> {
        let path = Self::path_of(output);
        let write = |error| Error::write(&path, error);
        // What is there already may be a pipe, which would wait for a reader, or a device, which keeps nothing.
        if path.exists() {
            files::open_regular(&path).map_err(write)?;
        }
        let file = OpenOptions::new().create(true).append(true).open(&path).map_err(write)?;
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
            let place = free_place(output);
            seal(&path, &place)?;
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
    pub(crate) fn seal(self, output: &Path) -> Result<Runtime> {
        self.file.sync_data().map_err(|error| Error::write(&self.path, error))?;
        let runtime = seal(&self.path, output)?;
        // The snapshot is there: a journal that stays behind is sealed once more, and no harm done.
        let _ = std::fs::remove_file(&self.path);
        Ok(runtime)
    }
}

/// Makes a snapshot of a journal.
pub(crate) fn seal(journal: &Path, output: &Path) -> Result<Runtime> {
    let most = (MAX_BYTES as u64).saturating_mul(JOURNAL);
    let bytes = files::read_given(journal, most).map_err(|error| Error::read(journal, error))?;
    // In the snapshot, it goes by the name of what it becomes.
    let name = output.file_name().unwrap_or(output.as_os_str()).to_string_lossy();
    let mut builder = RuntimeBuilder::new();
    builder.add(read(&name, &bytes, &Surroundings::NONE)?);
    let runtime = builder.finish();
    let snapshot = Snapshot {
        schema_version: SCHEMA_VERSION,
        generator: crate::load::GENERATOR.to_owned(),
        runtime: Some(runtime.clone()),
        ..Snapshot::default()
    };
    output::write_snapshot(output, &snapshot)?;
    Ok(runtime)
}

/// `stack-recovered-1.plimsoll` beside `stack.plimsoll`: nothing that is there is written over.
fn free_place(output: &Path) -> PathBuf {
    let stem = output.file_stem().unwrap_or_default().to_string_lossy();
    let extension = output.extension().map(|extension| format!(".{}", extension.to_string_lossy()));
    let name = |number: u32| format!("{stem}-recovered-{number}{}", extension.as_deref().unwrap_or_default());
    let places = (1..).map(|number| output.with_file_name(name(number)));
    places.into_iter().find(|place| !place.exists()).unwrap_or_else(|| output.with_file_name(name(0)))
}
