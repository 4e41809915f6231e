//! A layout in a directory.

use std::fs;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use plimsoll_collect::{Seekable, Store};

use crate::input;

/// A directory whose files are the members.
pub(crate) struct DirectoryStore {
    root: PathBuf,
}

impl DirectoryStore {
    pub(crate) fn new(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    /// Where a member lies. The name comes out of a manifest, so it must not lead out of the directory.
    fn path(&self, member: &str) -> Option<PathBuf> {
        let relative = Path::new(member);
        let stays_inside = relative.components().all(|part| matches!(part, Component::Normal(_)));
        stays_inside.then(|| self.root.join(relative))
    }
}

impl Store for DirectoryStore {
    fn open(&self, member: &str) -> io::Result<Option<Box<dyn Read + '_>>> {
        let Some(path) = self.path(member) else { return Ok(None) };
        match input::regular(&path) {
            Ok(file) => Ok(Some(Box::new(file))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn open_seekable(&self, member: &str) -> io::Result<Option<Box<dyn Seekable + '_>>> {
        let Some(path) = self.path(member) else { return Ok(None) };
        Ok(Some(Box::new(input::regular(&path)?)))
    }

    fn size(&self, member: &str) -> Option<u64> {
        fs::metadata(self.path(member)?).ok().filter(fs::Metadata::is_file).map(|metadata| metadata.len())
    }
}
