//! Output files are whole or as they were: written beside their place, and moved there when complete.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use plimsoll_snapshot::Snapshot;

use crate::error::{Error, Result};

/// Writes a file. On any error the old one is untouched and nothing is left behind.
pub(crate) fn write(path: &Path, content: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    write_file(path, content).map_err(|source| Error::write(path, without_path(source)))
}

/// Writes a snapshot, as plain JSON if the name says so.
pub(crate) fn write_snapshot(path: &Path, snapshot: &Snapshot) -> Result<()> {
    let is_plain = path.extension().is_some_and(|extension| extension == "json");
    write(path, |out| {
        if is_plain {
            plimsoll_snapshot::write_json(snapshot, out)
        } else {
            plimsoll_snapshot::write_gzip(snapshot, out)
        }
    })
}

fn write_file(path: &Path, content: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    // A link is followed, so that it stays a link; a device or a pipe cannot be replaced, only written to.
    let path = &fs::canonicalize(path).unwrap_or_else(|_| target(path));
    if fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
        let mut file = io::BufWriter::new(fs::OpenOptions::new().write(true).open(path)?);
        content(&mut file)?;
        return file.flush();
    }
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".plimsoll-");
    // A temporary file is private by default, an output is as open as the user's umask lets it be.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let (temporary, _interruptible) = Interruptible::create(&builder, directory)?;
    let mut file = io::BufWriter::with_capacity(1 << 16, temporary);
    content(&mut file)?;
    let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
    file.as_file().sync_all()?;
    if let Ok(old) = fs::metadata(path) {
        file.as_file().set_permissions(old.permissions())?;
    }
    file.persist(path).map(drop).map_err(|error| error.error)
}

/// The error as the system gives it: the name of a temporary file says nothing to anybody.
fn without_path(error: io::Error) -> io::Error {
    match error.to_string().split_once(" at path ") {
        Some((what, _)) => io::Error::new(error.kind(), what.to_owned()),
        None => error,
    }
}

/// Where a link leads that leads nowhere yet.
fn target(path: &Path) -> PathBuf {
    match fs::read_link(path) {
        Ok(target) => path.parent().unwrap_or(Path::new("")).join(target),
        Err(_) => path.to_owned(),
    }
}

/// The file that is being written, to be removed if somebody interrupts the program.
static WRITING: Mutex<Option<PathBuf>> = Mutex::new(None);

/// What an interruption ends the program with, as shells have it: 128 and the number of the signal.
const INTERRUPTED: i32 = 130;

/// As long as it is there, an interruption removes the temporary file.
struct Interruptible;

impl Interruptible {
    /// The file, and who removes it. An interruption waits until it is known.
    fn create(
        builder: &tempfile::Builder<'_, '_>,
        directory: &Path,
    ) -> io::Result<(tempfile::NamedTempFile, Self)> {
        // Where interruptions cannot be handled, the file is all that is lost.
        let _ = handle();
        let mut writing = writing();
        let temporary = builder.tempfile_in(directory)?;
        *writing = Some(temporary.path().to_owned());
        Ok((temporary, Self))
    }
}

impl Drop for Interruptible {
    fn drop(&mut self) {
        *writing() = None;
    }
}

fn writing() -> MutexGuard<'static, Option<PathBuf>> {
    WRITING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What an interruption does instead of ending the program.
type Handler = Box<dyn FnMut() + Send>;

static HANDLER: Mutex<Option<Handler>> = Mutex::new(None);

/// Leaves interruptions to whoever ends in an own way: a recording.
pub(crate) fn on_interruption(
    handler: impl FnMut() + Send + 'static,
) -> std::result::Result<(), ctrlc::Error> {
    *HANDLER.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(handler));
    handle()
}

/// Handles interruptions from now on. A program has one handler.
fn handle() -> std::result::Result<(), ctrlc::Error> {
    static IS_SET: Mutex<bool> = Mutex::new(false);
    let mut is_set = IS_SET.lock().unwrap_or_else(PoisonError::into_inner);
    if !*is_set {
        ctrlc::set_handler(end)?;
        *is_set = true;
    }
    Ok(())
}

fn end() {
    if let Some(handler) = &mut *HANDLER.lock().unwrap_or_else(PoisonError::into_inner) {
        handler();
        return;
    }
    if let Some(path) = &*writing() {
        // It may be at its place already, and then there is nothing to remove.
        let _ = fs::remove_file(path);
    }
    std::process::exit(INTERRUPTED);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_leaves_the_old_file_and_nothing_else() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("out");
        write(&path, |out| out.write_all(b"old")).unwrap();
        let failed = write(&path, |out| {
            out.write_all(b"new")?;
            Err(io::ErrorKind::StorageFull.into())
        });
        assert!(failed.unwrap_err().to_string().contains("cannot write"));
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
        let failed = write(&directory.path().join("none/out"), |_| Ok(())).unwrap_err();
        let why = std::error::Error::source(&failed).unwrap().to_string();
        assert!(!why.contains(".plimsoll-") && why.contains("os error"), "{why}");
        write(&path, |out| out.write_all(b"new")).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
    }
}
