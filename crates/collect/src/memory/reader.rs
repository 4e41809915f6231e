//! Collects what a file says, and what of it could not be read.

use plimsoll_snapshot::runtime::RuntimeWarning;

use super::input::MemoryInput;

/// Whether a format was recognised.
pub(crate) enum Recognition {
    Yes,
    /// It was not; what it looks like.
    No(&'static str),
    /// It was, but it cannot be read.
    Broken(String),
}

/// Collects the values that were read, and warnings about those that were not.
pub(crate) struct Reader {
    pub(crate) input: MemoryInput,
    /// How many bytes the files may have that this one names.
    pub(super) bytes_left: u64,
}

/// How many different reasons are kept of one file.
const MAX_WARNINGS: usize = 50;

impl Reader {
    /// Notes something that was not read. Equal reasons are counted.
    pub(crate) fn warn(&mut self, line: Option<u64>, reason: &str) {
        let reason = &*crate::redact::message(reason);
        let warnings = &mut self.input.warnings;
        if let Some(known) = warnings.iter_mut().find(|known| known.reason == reason) {
            known.count += 1;
        } else if warnings.len() < MAX_WARNINGS {
            let (file, reason) = (self.input.file.clone(), reason.to_owned());
            warnings.push(RuntimeWarning { file, line, reason, count: 1 });
        } else if let Some(last) = warnings.last_mut() {
            "more of other kinds".clone_into(&mut last.reason);
            last.count += 1;
        }
    }
}
