//! A copy of a build context.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Where a file of a context lies in its copy; `None` for one from elsewhere.
pub(super) fn in_copy(context: &Path, copy: &Path, path: &Path) -> Option<PathBuf> {
    let whole = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let inside = whole(parent).strip_prefix(whole(context)).ok()?.to_owned();
    Some(copy.join(inside).join(path.file_name().unwrap_or_default()))
}

/// Copies a directory: files, links as links, and modes. The place of the copy may be inside, and is left out.
pub(super) fn copy_directory(from: &Path, to: &Path, place: &Path) -> io::Result<()> {
    fs::create_dir(to)?;
    #[expect(clippy::disallowed_methods, reason = "the files are copied, and no output is among them")]
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (kind, target) = (entry.file_type()?, to.join(entry.file_name()));
        if kind.is_dir() {
            let is_place = || Some(fs::canonicalize(entry.path()).ok()? == fs::canonicalize(place).ok()?);
            if entry.file_name() == place.file_name().unwrap_or_default() && is_place() == Some(true) {
                continue;
            }
            copy_directory(&entry.path(), &target, place)?;
        } else if kind.is_symlink() {
            #[cfg(unix)]
            std::os::unix::fs::symlink(fs::read_link(entry.path())?, &target)?;
        } else if kind.is_file() {
            fs::copy(entry.path(), &target)?;
        }
    }
    fs::set_permissions(to, fs::metadata(from)?.permissions())
}
