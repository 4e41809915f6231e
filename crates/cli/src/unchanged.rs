//! Files that may not change while they are read: what was read first would not fit what was read last.

use std::fs::{self, Metadata};
use std::path::Path;
use std::time::SystemTime;

use crate::error::{Error, Result};

/// Reads a file, and fails if it was written to meanwhile. What went wrong then is no news: it changed.
pub(crate) fn unchanged<T>(path: &Path, read: impl FnOnce() -> Result<T>) -> Result<T> {
    let before = state(path);
    let result = read();
    if before.is_some() && before != state(path) {
        return Err(Error::usage(
            format!("`{}` changed while it was being read", path.display()),
            "read it again when nothing writes to it any more",
        ));
    }
    result
}

/// What changes with a file; none for what is not a file, such as a pipe.
fn state(path: &Path) -> Option<(u64, SystemTime)> {
    let metadata = fs::metadata(path).ok().filter(Metadata::is_file)?;
    Some((metadata.len(), metadata.modified().ok()?))
}
