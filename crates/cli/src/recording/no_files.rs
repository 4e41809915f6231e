//! Opened files are recorded on Linux alone.

use std::path::Path;

use plimsoll_snapshot::runtime::Time;

use crate::error::{Error, Result};

/// What would be seen of one container.
#[derive(Debug, Default)]
pub(crate) struct FileActivity {
    pub(crate) marked: Option<Time>,
    pub(crate) paths: Vec<Vec<u8>>,
    pub(crate) lost: u64,
}

/// There is none on this system.
pub(crate) enum FileWatch {}

impl FileWatch {
    pub(crate) fn start() -> Result<Self> {
        Err(Error::usage(
            "opened files can only be recorded on Linux",
            "run `strace -f -e trace=open,openat,execve,chdir -o SERVICE.strace COMMAND` in the container, and \
             `plimsoll snapshot SERVICE=IMAGE --memory SERVICE.strace`",
        ))
    }

    pub(crate) fn adopt(&self, _: &Path, _: Option<u64>) {
        match *self {}
    }

    pub(crate) fn take(&self, _: &Path) -> Option<FileActivity> {
        match *self {}
    }

    pub(crate) fn finish(&mut self) {
        match *self {}
    }
}
