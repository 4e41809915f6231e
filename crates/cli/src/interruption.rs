//! What an interruption leaves behind: no part of a file that is being written.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::files;

/// The file that is being written, to be removed if the program is interrupted.
static WRITING: Mutex<Option<PathBuf>> = Mutex::new(None);

/// What an interruption ends the program with, as shells have it: 128 and the number of the signal.
pub(crate) const INTERRUPTED: i32 = 130;

/// As long as it is there, an interruption removes the temporary file.
pub(crate) struct Interruptible;

impl Interruptible {
    /// The file, and who removes it. An interruption waits until it is known.
    pub(crate) fn create(directory: &Path) -> io::Result<(tempfile::NamedTempFile, Self)> {
        // Where interruptions cannot be handled, the file is all that is lost.
        let _ = handle();
        let mut writing = writing();
        let temporary = files::temporary(directory)?;
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

/// Leaves interruptions to a command that ends in its own way: a recording.
pub(crate) fn on_interruption(handler: impl FnMut() + Send + 'static) -> Result<(), ctrlc::Error> {
    *HANDLER.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(handler));
    handle()
}

/// Handles interruptions from now on. A program has one handler.
fn handle() -> Result<(), ctrlc::Error> {
    static IS_SET: Mutex<bool> = Mutex::new(false);
    let mut is_set = IS_SET.lock().unwrap_or_else(PoisonError::into_inner);
    if !*is_set {
        ctrlc::set_handler(end)?;
        *is_set = true;
    }
    Ok(())
}

/// Ends the program as an interruption does.
pub(crate) fn end() {
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
