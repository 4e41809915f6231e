//! Which file a path leads to. Links, `..` and letter case make no difference.

use std::fs::Metadata;
use std::io;
use std::path::{Path, PathBuf};

/// A file or a directory, whatever it is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Identity {
    /// Unix: the device and the number of the inode.
    #[cfg(unix)]
    Inode(u64, u64),
    /// Elsewhere: the path as the system spells it.
    #[cfg(not(unix))]
    Path(PathBuf),
}

impl Identity {
    /// The identity of an existing file or directory. Pipes, terminals and `/dev/null` keep nothing, so none of them
    /// can be lost: they have none.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        Self::of_metadata(path, &std::fs::metadata(path).ok()?)
    }

    /// The identity of an open file.
    pub(crate) fn of_open(path: &Path, file: &std::fs::File) -> io::Result<Option<Self>> {
        Ok(Self::of_metadata(path, &file.metadata()?))
    }

    /// The identity of a file that was looked at.
    #[cfg(unix)]
    pub(crate) fn of_metadata(_: &Path, metadata: &Metadata) -> Option<Self> {
        use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
        let kind = metadata.file_type();
        let keeps = kind.is_file() || kind.is_dir() || kind.is_block_device();
        keeps.then(|| Self::Inode(metadata.dev(), metadata.ino()))
    }

    /// The identity of a file that was looked at.
    #[cfg(not(unix))]
    pub(crate) fn of_metadata(path: &Path, metadata: &Metadata) -> Option<Self> {
        let keeps = metadata.is_file() || metadata.is_dir();
        keeps.then(|| std::fs::canonicalize(path).ok().map(Self::Path)).flatten()
    }
}

/// The file that a path leads to, and the directories it lies in. A file that does not exist yet has directories alone.
pub(crate) fn places(path: &Path) -> Vec<Identity> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    let parent = std::fs::canonicalize(parent.unwrap_or(Path::new("."))).unwrap_or_default();
    Identity::of(path).into_iter().chain(parent.ancestors().filter_map(Identity::of)).collect()
}

/// The path behind links, of a file that may not exist yet.
pub(crate) fn resolved(path: &Path) -> PathBuf {
    /// How many links a system follows.
    const LINKS: usize = 40;
    if let Ok(path) = std::fs::canonicalize(path) {
        return path;
    }
    let mut path = path.to_owned();
    for _ in 0..LINKS {
        let Ok(target) = std::fs::read_link(&path) else { break };
        path = path.parent().unwrap_or(Path::new("")).join(target);
    }
    path
}
