//! The files that this call is going to write. Nothing that it reads may be one of them.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The files that are going to be written.
static ANNOUNCED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Adds a file.
pub(crate) fn add(path: &Path) {
    let mut announced = ANNOUNCED.lock().unwrap_or_else(PoisonError::into_inner);
    if !announced.iter().any(|known| known == path) {
        announced.push(path.to_owned());
    }
}

/// All of them so far.
pub(crate) fn announced() -> Vec<PathBuf> {
    ANNOUNCED.lock().unwrap_or_else(PoisonError::into_inner).clone()
}
